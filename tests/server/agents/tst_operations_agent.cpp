// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/wire/series_names.h"
#include "tests/server/agents/agents_bench.h"

#include <QTest>

using namespace orchestra;

namespace {

bool has(const std::string &text, std::string_view part)
{
    return text.find(part) != std::string::npos;
}

wire::ConnectionRow connectionOf(std::string user)
{
    wire::ConnectionRow row;
    row.userId = std::move(user);
    row.phase = wire::ConnectionPhase::Active;
    row.apiVersion = 2;
    return row;
}

wire::FlagRow flagCalled(std::string name)
{
    wire::FlagRow row;
    row.name = std::move(name);
    return row;
}

wire::BreakerRow breakerCalled(std::string name)
{
    wire::BreakerRow row;
    row.name = std::move(name);
    row.state = wire::BreakerState::Open;
    row.calls = 20;
    row.failures = 12;
    row.cause = "12 of 20 calls failed";
    return row;
}

} // namespace

class TstOperationsAgent : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void reportsTheStatusFromLiveValues()
    {
        AgentsBench bench;
        bench.state.overviewRow.sentence = "all parts work";
        bench.state.overviewRow.clients = 7;
        bench.state.overviewRow.clientLimit = 1000;
        const auto turn = bench.command("status", "");
        QVERIFY(has(turn->answer(), "Healthy: all parts work"));
        QVERIFY(has(turn->answer(), "7 of 1000 clients"));
        QVERIFY2(has(turn->answer(), "first token p95 unknown."), "an unknown number is not a zero");
        QCOMPARE(turn->completions.at(0).source, wire::AnswerSource::Manager);
        QCOMPARE(turn->toolsStarted.at(0).first, std::string("server_status"));
        QVERIFY(turn->toolsFinished.at(0).first);
        QVERIFY2(turn->deltas.size() > 3, "an answer streams in pieces");
    }

    void keepsWhatOperatorsDidAndWhyThingsFailFromClients()
    {
        AgentsBench bench;
        bench.state.overviewRow.changes = {{{}, "flag:secret_plan", "off", "on", "olga"}};
        bench.state.overviewRow.problems = {{"store_unavailable",
                                             wire::Severity::Problem,
                                             "The store cannot write",
                                             "/srv/x is full",
                                             {},
                                             {},
                                             "store"}};
        bench.state.overviewRow.phases = {{"DATABASE", wire::PhaseState::Failed, 1, "/srv/x is full"}};
        const auto client = bench.command("status", "");
        QVERIFY2(has(client->answer(), "Problem: The store cannot write (for"), client->answer().c_str());
        for (const char *kept : {"/srv/x", "secret_plan", "olga"}) {
            QVERIFY2(!has(client->answer(), kept), kept);
            QVERIFY2(!has(client->toolsFinished.at(0).second, kept), kept);
        }
        const auto viewer = bench.command("status", "", Role::Viewer);
        QVERIFY2(has(viewer->answer(), "The store cannot write. /srv/x is full"), viewer->answer().c_str());
        QVERIFY(has(viewer->toolsFinished.at(0).second, "olga"));
    }

    void showsAClientOnlyItsOwnConnections()
    {
        AgentsBench bench;
        bench.state.connectionRows = {connectionOf("ann"), connectionOf("ben")};
        QVERIFY(!has(bench.command("connections", "")->answer(), "ben"));
        QVERIFY(has(bench.command("connections", "", Role::Viewer)->answer(), "ben"));
        QVERIFY(!has(bench.command("connections", "ben")->answer(), "session"));
        QVERIFY2(!has(bench.command("connections", "")->toolsFinished.at(0).second, "ben"), "nor in the tool's result");
    }

    void showsBreakersToObserversOnly()
    {
        AgentsBench bench;
        bench.state.breakerRows = {breakerCalled("n8n")};
        const auto refused = bench.command("breakers", "");
        QCOMPARE(refused->errorCode(), Code::Forbidden);
        QVERIFY(!refused->toolsFinished.at(0).first);
        const auto turn = bench.command("breakers", "n8n", Role::Viewer);
        QVERIFY(has(turn->answer(), "n8n is open (refusing)"));
        QVERIFY(has(turn->answer(), "12 of 20 calls failed"));
    }

    void readsMetricsOverTheTimeThatWasAskedFor()
    {
        AgentsBench bench;
        bench.state.chunks = {{std::string(series::kFirstTokenP95), 1, {}, {100, 0, 300}, {1}}};
        const auto turn = bench.chat("what was the p95 latency over the last 2 hours?", Role::Viewer);
        QCOMPARE(turn->intent, std::string("metrics"));
        QVERIFY(bench.state.askedRange >= std::chrono::seconds(7199) &&
                bench.state.askedRange <= std::chrono::seconds(7201));
        QVERIFY(std::ranges::find(bench.state.askedNames, series::kFirstTokenP95) != bench.state.askedNames.end());
        QVERIFY2(has(turn->answer(), "now 300.0 ms, mean 200.0, lowest 100.0, highest 300.0"), turn->answer().c_str());
    }

    void saysThatThereIsNoDataInsteadOfZeros()
    {
        AgentsBench bench;
        bench.state.chunks = {{std::string(series::kTokens), 1, {}, {0, 0}, {0, 1}}};
        QVERIFY(has(bench.command("metrics", "tokens", Role::Viewer)->answer(), "There is no data"));
    }

    void quotesTheDocumentationWithItsPlace()
    {
        AgentsBench bench;
        const auto turn = bench.command("docs", "database");
        QVERIFY(has(turn->answer(), "docs/operations.md:"));
        QVERIFY(has(turn->answer(), "> Everything is in one SQLite database."));
        QCOMPARE(turn->completions.at(0).source, wire::AnswerSource::Tool);
    }

    void searchesTheCallersOwnMessages()
    {
        AgentsBench bench;
        bench.store.reply = StoreValue(SearchHits{{{{}, {}, wire::MessageRole::User, 0, "the [redis] incident"}}});
        const auto turn = bench.chat("did I say anything about redis last week?");
        QCOMPARE(turn->intent, std::string("search_history"));
        const auto &search = std::get<SearchMessages>(bench.store.requests.at(0));
        QCOMPARE(search.userId, std::string("ann"));
        QCOMPARE(search.query, std::string("redis"));
        QVERIFY(search.from.has_value());
        QVERIFY(has(turn->answer(), "> the [redis] incident"));
    }

    void passesAStoreFailureOn()
    {
        AgentsBench bench;
        bench.store.reply = Error{Code::StorageUnavailable, "The disk is full.", true};
        const auto turn = bench.command("search", "redis");
        QCOMPARE(turn->errorCode(), Code::StorageUnavailable);
        QVERIFY(turn->completions.at(0).error->retryable);
    }

    void asksToConfirmAChangeAndThenMakesIt()
    {
        AgentsBench bench;
        bench.state.flagRows = {flagCalled("v2_api")};
        bench.admin.reply.message = "v2_api is on for 25 % of sessions";
        const auto turn = bench.command("set_flag", "v2_api 25%", Role::Operator);
        QVERIFY(bench.admin.actions.empty());
        QVERIFY2(has(turn->approvalText, "set flag v2_api to 25 %"), turn->approvalText.c_str());
        QVERIFY(turn->completions.empty());
        turn->approval(wire::ApprovalOutcome::Approved);
        const auto &action = std::get<wire::SetFlag>(bench.admin.actions.at(0).action);
        QCOMPARE(action.name, std::string("v2_api"));
        QCOMPARE(action.percent.value_or(0), 25U);
        QVERIFY(action.enabled.value_or(false));
        QVERIFY(has(turn->answer(), "Done. v2_api is on for 25 %"));
        QVERIFY(!bench.admin.actions.at(0).reason.empty());
    }

    void changesNothingWithoutAYes_data()
    {
        QTest::addColumn<int>("outcome");
        QTest::newRow("denied") << static_cast<int>(wire::ApprovalOutcome::Denied);
        QTest::newRow("expired") << static_cast<int>(wire::ApprovalOutcome::Expired);
    }
    void changesNothingWithoutAYes()
    {
        QFETCH(int, outcome);
        AgentsBench bench;
        const auto turn = bench.command("drain", "", Role::Operator);
        QVERIFY(turn->approval);
        turn->approval(static_cast<wire::ApprovalOutcome>(outcome));
        QVERIFY(bench.admin.actions.empty());
        QVERIFY(turn->isCompleted());
        QVERIFY(has(turn->answer(), "nothing was changed"));
    }

    void neverAsksSomebodyToConfirmWhatTheyMayNotDo()
    {
        AgentsBench bench;
        for (const char *name : {"drain", "close", "set_flag", "breaker"}) {
            const auto turn =
                bench.command(name, std::string(name) == "set_flag" ? "x on" : "store open", Role::Viewer);
            QVERIFY2(!turn->approval, name);
            QCOMPARE(turn->errorCode(), Code::Forbidden);
        }
        QVERIFY(bench.admin.actions.empty());
    }

    void asksForWhatIsMissingInsteadOfGuessing()
    {
        AgentsBench bench;
        for (const char *name : {"set_flag", "breaker", "close", "cancel"}) {
            const auto turn = bench.command(name, "", Role::Operator);
            QVERIFY2(!turn->approval && turn->isCompleted(), name);
            QVERIFY2(has(turn->answer(), "?"), name);
        }
    }

    void understandsBreakerOverrides_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<int>("override");
        QTest::newRow("open") << QStringLiteral("store open 5m") << int(wire::BreakerOverride::ForcedOpen);
        QTest::newRow("disable") << QStringLiteral("store disable") << int(wire::BreakerOverride::Disabled);
        QTest::newRow("count") << QStringLiteral("store count") << int(wire::BreakerOverride::MetricsOnly);
        QTest::newRow("reset") << QStringLiteral("store reset") << int(wire::BreakerOverride::None);
    }
    void understandsBreakerOverrides()
    {
        QFETCH(QString, text);
        QFETCH(int, override);
        AgentsBench bench;
        bench.state.breakerRows = {breakerCalled("store")};
        const auto turn = bench.command("breaker", text.toStdString(), Role::Operator);
        QVERIFY2(turn->approval, turn->answer().c_str());
        turn->approval(wire::ApprovalOutcome::Approved);
        const auto &action = std::get<wire::OverrideBreaker>(bench.admin.actions.at(0).action);
        QCOMPARE(static_cast<int>(action.overrideState), override);
    }
};

QTEST_GUILESS_MAIN(TstOperationsAgent)
#include "tst_operations_agent.moc"
