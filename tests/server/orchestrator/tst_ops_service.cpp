// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/hub_bench.h"

#include <QTest>

using namespace orchestra;
using namespace std::chrono_literals;
using wire::Topic;

namespace {

/// Series that a test fills.
class FixedSeries final : public SeriesSource
{
public:
    std::vector<std::string> seriesNames() const override { return {"clients"}; }
    std::vector<wire::SeriesChunk> series(const std::vector<std::string> &, std::chrono::seconds range) const override
    {
        ++asked;
        std::vector<wire::SeriesChunk> out;
        for (int i = 0; i < 20; ++i)
            out.push_back({"s" + std::to_string(i), 1, {}, std::vector<double>(std::size_t(range.count()), 4.5), {}});
        return out;
    }
    mutable int asked = 0;
};

/// One turn a second, of which some fail.
class TurnSeries final : public SeriesSource
{
public:
    std::vector<std::string> seriesNames() const override { return {}; }
    std::vector<wire::SeriesChunk> series(const std::vector<std::string> &names,
                                          std::chrono::seconds range) const override
    {
        wire::SeriesChunk chunk;
        chunk.name = names.empty() ? std::string() : names.front();
        chunk.stepS = 1;
        const auto count = std::min<std::size_t>(std::size_t(range.count()), failed.size());
        chunk.start = {clock->wallMs() - std::int64_t(count) * 1000};
        for (std::size_t i = failed.size() - count; i < failed.size(); ++i)
            chunk.values.push_back(chunk.name == "turns_per_s" ? 1.0 : failed[i] ? 1.0 : 0.0);
        return {chunk};
    }
    const Clock *clock = nullptr;
    std::vector<bool> failed;
};

struct OpsBench : HubBench
{
    using HubBench::HubBench;

    ConnectionKey console(Role role = Role::Viewer)
    {
        const std::string token = addToken("vera", role, {}, std::string(kLocalOperatorNote));
        server->auth().reload([] {});
        settle();
        return connect({.token = token, .surface = Surface::Ops});
    }
    void watch(const ConnectionKey &key, Topic topic, const std::string &filter = {})
    {
        wire::Subscribe frame;
        frame.id = "s1";
        frame.topic = topic;
        frame.filter = filter;
        ask(key, frame);
    }
    void ask(const ConnectionKey &key, wire::OpsClientFrame frame)
    {
        send(OpsMessage{key, std::move(frame)});
        settle();
    }
    template <class Body>
    std::vector<Body> got(const ConnectionKey &key)
    {
        std::vector<Body> out;
        for (const wire::OpsServerFrame &frame : seen[key].ops)
            if (const auto *body = std::get_if<Body>(&frame))
                out.push_back(*body);
        return out;
    }
};

} // namespace

class TstOpsService : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void onlyViewersMayEnter();
    void anOperatorEntersAFullServer();
    void aSubscriptionBeginsWithASnapshot();
    void snapshotsArePulled();
    void changesAreCoalescedToTenASecond();
    void nobodyWatchingMeansNoWork();
    void revisionsFollowEachOther();
    void metricsBeginWithHistory();
    void aBadFilterIsAnswered();
    void connectionsTellTheirDetails();
    void auditFollowsEachCommand();
    void commandsAreAnswered();
    void tokensEndConsolesToo();
    void logsAreTailed();
    void pingIsAnswered();
    void parametersOfAnApprovalAreForWhoMayDecide();
    void rowsThatAreKeptElsewhereAreShown();
    void failuresAboveTheGuardAreAProblem();
};

void TstOpsService::onlyViewersMayEnter()
{
    OpsBench t;
    t.load();
    QCOMPARE(t.seen[t.knock({.surface = Surface::Ops})].refused->code, Code::Forbidden); // anonymous is a client
    const auto nobody = t.knock({.user = "", .surface = Surface::Ops}); // a path of consoles names no user
    QCOMPARE(t.seen[nobody].refused->code, Code::Unauthenticated);
    const std::string client = t.addToken("ann", Role::Client);
    t.server->auth().reload([] {});
    t.settle();
    QCOMPARE(t.seen[t.knock({.token = client, .surface = Surface::Ops})].refused->code, Code::Forbidden);
    QCOMPARE(t.seen[t.knock({.surface = Surface::Ops})].refused->code, Code::Unauthenticated);
    const auto key = t.console();
    const auto welcome = t.got<wire::OpsWelcome>(key);
    QCOMPARE(welcome.size(), 1U);
    QCOMPARE(welcome[0].role, std::string("viewer"));
    QCOMPARE(welcome[0].userId, std::string("vera"));
}

void TstOpsService::anOperatorEntersAFullServer()
{
    OpsBench t;
    t.limits.maxConnections = 1;
    t.load();
    t.join({});
    QVERIFY(t.seen[t.console()].admitted);
    QCOMPARE(t.server->overview().clients, 1U);
}

void TstOpsService::aSubscriptionBeginsWithASnapshot()
{
    OpsBench t;
    t.load();
    t.join({});
    const auto key = t.console();
    for (const Topic topic : {Topic::Overview, Topic::Connections, Topic::Threads, Topic::Tasks, Topic::Breakers,
                              Topic::Flags, Topic::Degradation, Topic::Audit, Topic::Rollouts, Topic::Traces})
        t.watch(key, topic);
    const auto snapshots = t.got<wire::TopicSnapshot>(key);
    QCOMPARE(snapshots.size(), 10U);
    for (const wire::TopicSnapshot &snapshot : snapshots)
        QVERIFY(snapshot.last);
    QCOMPARE(snapshots[0].rows.overview[0].clients, 1U);
    QVERIFY(snapshots[0].rows.overview[0].ready);
    QCOMPARE(snapshots[1].rows.connections[0].userId, std::string("ann"));
    QCOMPARE(snapshots[2].rows.threads.size(), 1U);
    QCOMPARE(snapshots[4].rows.breakers[0].name, std::string("store"));
    QCOMPARE(snapshots[6].rows.degradation[0].level, 0U);
}

void TstOpsService::snapshotsArePulled()
{
    OpsBench t;
    t.limits.maxConnections = 2000;
    t.load();
    for (int i = 0; i < 700; ++i)
        t.join({.user = "u" + std::to_string(i)});
    const auto key = t.console();
    t.drains = false;
    t.watch(key, Topic::Connections);
    QCOMPARE(t.got<wire::TopicSnapshot>(key).size(), 1U);
    t.watch(key, Topic::Flags); // waits behind it
    QCOMPARE(t.got<wire::TopicSnapshot>(key).size(), 1U);
    t.join({.user = "late"});
    t.advance(2s);
    QVERIFY(t.got<wire::TopicDelta>(key).empty()); // no delta into the middle of a snapshot
    t.drains = true;
    t.settle();
    QCOMPARE(t.got<wire::TopicSnapshot>(key).size(), 4U);
    QVERIFY(t.got<wire::TopicSnapshot>(key)[2].last);
    t.advance(2s);
    QCOMPARE(t.got<wire::TopicDelta>(key)[0].upserts.connections[0].userId, std::string("late"));
}

void TstOpsService::changesAreCoalescedToTenASecond()
{
    OpsBench t;
    t.load();
    const auto key = t.console();
    t.watch(key, Topic::Connections);
    for (int i = 0; i < 200; ++i) { // 200 changes within one second
        const auto client = t.connect({.user = "u" + std::to_string(i)});
        t.leave(client);
        t.advance(5ms);
    }
    const auto deltas = t.got<wire::TopicDelta>(key).size();
    QVERIFY2(deltas >= 1 && deltas <= 11, qPrintable(QString::number(deltas)));
}

void TstOpsService::nobodyWatchingMeansNoWork()
{
    FixedSeries series;
    Surroundings around;
    around.series = &series;
    OpsBench t(around);
    t.load();
    t.join({});
    const auto key = t.console();
    series.asked = 0;
    t.advance(10s);
    QCOMPARE(series.asked, 0);
    QVERIFY(t.watches.empty());
    t.watch(key, Topic::Connections);
    t.watch(key, Topic::Metrics);
    QCOMPARE(t.watches, (std::vector<bool>{true, true})); // both edge threads
    t.advance(5s);
    QVERIFY(series.asked > 3);
    t.ask(key, wire::Unsubscribe{"u1", Topic::Connections});
    QCOMPARE(t.watches, (std::vector<bool>{true, true, false, false}));
    t.leave(key);
    series.asked = 0;
    const std::size_t timers = t.schedule.size();
    t.advance(10s);
    QCOMPARE(series.asked, 0);
    QVERIFY(t.schedule.size() <= timers);
}

void TstOpsService::revisionsFollowEachOther()
{
    OpsBench t;
    t.load();
    const auto key = t.console();
    t.watch(key, Topic::Connections);
    std::uint64_t revision = t.got<wire::TopicSnapshot>(key)[0].revision;
    for (int i = 0; i < 5; ++i) {
        t.join({.user = "u" + std::to_string(i)});
        t.advance(3s); // ticks without a change between
    }
    const auto deltas = t.got<wire::TopicDelta>(key);
    QVERIFY(deltas.size() >= 5);
    for (const wire::TopicDelta &delta : deltas) {
        QCOMPARE(delta.baseRevision, revision);
        QVERIFY(delta.revision > revision);
        revision = delta.revision;
    }
}

void TstOpsService::metricsBeginWithHistory()
{
    FixedSeries series;
    Surroundings around;
    around.series = &series;
    OpsBench t(around);
    t.load();
    const auto key = t.console();
    t.watch(key, Topic::Metrics);
    const auto parts = t.got<wire::TopicSnapshot>(key);
    QCOMPARE(parts.size(), 2U);
    QCOMPARE(parts[0].rows.series[0].values.size(), 600U);
    QCOMPARE(parts[0].rows.series.size() + parts[1].rows.series.size(), 20U);
    t.advance(2100ms);
    const auto deltas = t.got<wire::TopicDelta>(key);
    QCOMPARE(deltas.size(), 2U);
    QCOMPARE(deltas[0].upserts.series[0].values.size(), 1U);
    t.ask(key, wire::SeriesQuery{"q1", {"clients"}, 7200});
    QCOMPARE(t.got<wire::SeriesReply>(key)[0].id, std::string("q1"));
    QCOMPARE(t.got<wire::SeriesReply>(key)[0].series[0].values.size(), 7200U);
}

void TstOpsService::aBadFilterIsAnswered()
{
    OpsBench t;
    t.load();
    const auto key = t.console();
    t.watch(key, Topic::Connections, "idle:>soon");
    const auto replies = t.got<wire::OpsReply>(key);
    QCOMPARE(replies[0].requestId, std::string("s1"));
    QCOMPARE(replies[0].error->code, Code::Invalid);
    QVERIFY(t.got<wire::TopicSnapshot>(key).empty());
}

void TstOpsService::connectionsTellTheirDetails()
{
    OpsBench t;
    t.load();
    const auto client = t.join({});
    const ConnectionId id = t.seen[client].bodies<wire::Welcome>()[0].connectionId;
    const auto key = t.console();
    t.ask(key, wire::ConnectionQuery{"q1", id});
    QCOMPARE(t.framesWanted.size(), 1U);
    FrameHistory history{client, t.framesWanted[0].query, {}};
    history.frames.resize(3);
    t.send(std::move(history));
    const auto reply = t.got<wire::ConnectionReply>(key)[0];
    QCOMPARE(reply.detail->row.userId, std::string("ann"));
    QCOMPARE(reply.detail->frames.size(), 3U);
    QCOMPARE(reply.detail->history.back().phase, wire::ConnectionPhase::Active);
    t.ask(key, wire::ConnectionQuery{"q2", id}); // the edge never answers
    t.advance(3s);
    QCOMPARE(t.got<wire::ConnectionReply>(key).size(), 2U);
    t.ask(key, wire::ConnectionQuery{"q3", t.ids.make<ConnectionId>()});
    QVERIFY(!t.got<wire::ConnectionReply>(key)[2].detail);
    t.ask(key, wire::ToolQuery{"q4", "files/read"});
    QCOMPARE(t.got<wire::ToolReply>(key)[0].id, std::string("q4"));
    QVERIFY(!t.got<wire::ToolReply>(key)[0].tool);
}

void TstOpsService::auditFollowsEachCommand()
{
    OpsBench t;
    t.load();
    const auto key = t.console(Role::Operator);
    t.watch(key, Topic::Audit);
    t.ask(key, wire::OpsAction{"r1", {}, "because", wire::SetFlag{"f", true, {}}});
    t.advance(1s);
    const auto deltas = t.got<wire::TopicDelta>(key);
    QVERIFY(!deltas.empty());
    QCOMPARE(deltas[0].upserts.audit[0].target, std::string("flag:f"));
    t.ask(key, wire::AuditQuery{"q1", {}, 0, 0});
    QCOMPARE(t.got<wire::AuditReply>(key)[0].rows.size(), 1U);
    // What users decide is written down by nobody's command, and follows all the same.
    const auto ann = t.join({});
    t.chat(ann, "m1", "change it");
    t.runner.turns[0]->requireApproval("set flag", {"{}"}, [](wire::ApprovalOutcome) {});
    t.settle();
    const auto asked = t.seen[ann].bodies<wire::ApprovalRequired>().back();
    t.say(ann, wire::Approve{"a1", asked.approvalId, wire::ApprovalDecision::Deny});
    t.advance(2s);
    const auto after = t.got<wire::TopicDelta>(key);
    QCOMPARE(after.size(), deltas.size() + 1);
    QCOMPARE(after.back().upserts.audit.at(0).action, std::string("resolve_approval"));
}

void TstOpsService::commandsAreAnswered()
{
    OpsBench t;
    t.load();
    const auto viewer = t.console(Role::Viewer);
    t.ask(viewer, wire::OpsAction{"r1", {}, "because", wire::SetFlag{"f", true, {}}});
    QCOMPARE(t.got<wire::OpsReply>(viewer)[0].error->code, Code::Forbidden);
    const auto oper = t.console(Role::Operator);
    t.watch(oper, Topic::Flags);
    t.ask(oper, wire::OpsAction{"r1", {}, "because", wire::SetFlag{"f", true, {}}});
    QVERIFY(!t.got<wire::OpsReply>(oper)[0].error);
    t.advance(200ms);
    QCOMPARE(t.got<wire::TopicDelta>(oper)[0].upserts.flags[0].name, std::string("f"));
}

void TstOpsService::tokensEndConsolesToo()
{
    OpsBench t;
    t.load();
    const auto key = t.console();
    t.store.tokens[0].revokedAt = 1;
    t.server->auth().reload([] {});
    t.settle();
    QCOMPARE(*t.seen[key].closed, 4001);
    const std::string brief = t.addToken("bea", Role::Viewer, t.clock.wallMs() + 5000);
    t.server->auth().reload([] {});
    t.settle();
    const auto other = t.connect({.token = brief, .surface = Surface::Ops});
    t.advance(6s);
    QCOMPARE(*t.seen[other].closed, 4202);
}

void TstOpsService::logsAreTailed()
{
    std::vector<wire::LogRow> rows(3);
    for (std::size_t i = 0; i < rows.size(); ++i)
        rows[i].index = i + 1;
    Surroundings around;
    around.logs = [&rows](std::uint64_t, std::size_t) { return rows; };
    OpsBench t(around);
    t.load();
    const auto key = t.console();
    t.watch(key, Topic::Logs);
    QCOMPARE(t.got<wire::TopicSnapshot>(key)[0].rows.logs.size(), 3U);
    rows.emplace_back().index = 4;
    t.advance(1100ms);
    QCOMPARE(t.got<wire::TopicDelta>(key)[0].upserts.logs[0].index, 4U);
}

void TstOpsService::parametersOfAnApprovalAreForWhoMayDecide()
{
    OpsBench t;
    t.load();
    const auto viewer = t.console(Role::Viewer);
    const auto oper = t.console(Role::Operator);
    for (const auto &key : {viewer, oper})
        t.watch(key, Topic::Tasks);
    const auto ann = t.join({});
    t.chat(ann, "m1", "change it");
    t.runner.turns[0]->requireApproval("set_flag", {R"({"name":"x"})"}, [](wire::ApprovalOutcome) {});
    t.advance(200ms);
    const auto toldTo = [&](const ConnectionKey &key) {
        return t.got<wire::TopicDelta>(key).back().upserts.tasks.at(0).approvals.at(0);
    };
    QCOMPARE(toldTo(oper).parameters.text, std::string(R"({"name":"x"})"));
    QCOMPARE(toldTo(viewer).parameters.text, std::string("null"));
    QCOMPARE(toldTo(viewer).what, std::string("set_flag"));
    const auto late = t.console(Role::Viewer);
    t.watch(late, Topic::Tasks);
    QCOMPARE(t.got<wire::TopicSnapshot>(late)[0].rows.tasks.at(0).approvals.at(0).parameters.text, std::string("null"));
}

void TstOpsService::rowsThatAreKeptElsewhereAreShown()
{
    OpsBench t;
    t.load();
    std::vector<bool> watched;
    wire::ModelRow row;
    row.server = "a";
    row.model = "one";
    t.server->showRows(Topic::Models, [&row](wire::Rows &rows) { rows.models.push_back(row); });
    t.server->onWatch(Topic::Models, [&watched](bool isWatched) { watched.push_back(isWatched); });
    const auto first = t.console();
    const auto second = t.console();
    t.watch(first, Topic::Models);
    t.watch(second, Topic::Models);
    QCOMPARE(t.got<wire::TopicSnapshot>(first)[0].rows.models.at(0), row);
    row.trouble = "connection refused";
    t.server->touch(Topic::Models);
    t.advance(150ms);
    QCOMPARE(t.got<wire::TopicDelta>(second)[0].upserts.models.at(0).trouble, row.trouble);
    t.leave(first);
    t.ask(second, wire::Unsubscribe{"u1", Topic::Models});
    QCOMPARE(watched, (std::vector<bool>{true, false}));
}

void TstOpsService::failuresAboveTheGuardAreAProblem()
{
    TurnSeries series;
    Surroundings around;
    around.series = &series;
    OpsBench t(around);
    t.load();
    series.clock = &t.clock;
    series.failed.assign(300, false);
    QVERIFY(t.server->overview().problems.empty());
    series.failed[300 - 20] = series.failed[300 - 70] = true; // and one long before
    series.failed[10] = true;
    const auto problems = t.server->overview().problems;
    QCOMPARE(problems.size(), 1U);
    QCOMPARE(problems[0].kind, std::string("error_rate"));
    QCOMPARE(problems[0].title, std::string("The error rate of 1.7 % is above its guard of 0.1 %"));
    QCOMPARE(problems[0].detail, std::string("1 of 60 turns failed within the last minute"));
    QCOMPARE(problems[0].since.ms, t.clock.wallMs() - 70'000);
    QCOMPARE(t.server->overview().sentence, problems[0].title + ".");
    series.failed.assign(300, false);
    series.failed[300 - 61] = true;
    QVERIFY(t.server->overview().problems.empty());
}

void TstOpsService::pingIsAnswered()
{
    OpsBench t;
    t.load();
    const auto key = t.console();
    t.ask(key, wire::OpsPing{"p1"});
    QCOMPARE(t.got<wire::OpsPong>(key)[0].id, std::string("p1"));
}

QTEST_APPLESS_MAIN(TstOpsService)
#include "tst_ops_service.moc"
