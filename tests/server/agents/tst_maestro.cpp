// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/server/agents/agents_bench.h"

#include <QTest>

using namespace orchestra;
using namespace std::chrono_literals;

namespace {

bool contains(const std::string &text, std::string_view part)
{
    return text.find(part) != std::string::npos;
}

const std::string &lineOf(const std::shared_ptr<RecordedTurn> &turn)
{
    return turn->thoughts.at(0).second;
}

IntentLabel label(const std::string &question, const std::string &intent, const std::string &user, bool isShared,
                  std::uint8_t id = 1)
{
    IntentLabel label;
    label.messageId = MessageId({id});
    label.userId = user;
    label.isShared = isShared;
    label.intent = intent;
    label.question = question;
    return label;
}

} // namespace

/// What Maestro reads beyond the words of one message, and in which tone it says so.
class TstMaestro : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsWhatGoesOnWithTheLastQuestion()
    {
        AgentsBench t;
        t.state.connectionRows = {{.userId = "bob"}, {.userId = "carl"}};
        QCOMPARE(t.chat("who is connected?", Role::Operator)->intent, std::string("connections"));
        const auto turn = t.chat("and what about bob?", Role::Operator);
        QCOMPARE(turn->intent, std::string("connections"));
        QVERIFY2(contains(lineOf(turn), "goes on"), lineOf(turn).c_str());
        QVERIFY(contains(turn->toolsStarted.at(0).second, "bob"));
    }

    void keepsTheParticularsThatAreNotSaidAnew()
    {
        const auto request = [](std::string user, std::string query) {
            OperationsRequest made;
            made.intent = Intent::SearchHistory;
            made.user = std::move(user);
            made.query = std::move(query);
            made.from = 5;
            return made;
        };
        OperationsRequest now;
        now.from = 7;
        const OperationsRequest both = continued(request("bob", "redis"), now);
        QCOMPARE(both.intent, Intent::SearchHistory);
        QCOMPARE(both.user, std::string("bob"));
        QCOMPARE(both.query, std::string("redis"));
        QCOMPARE(*both.from, std::int64_t(7));
        now.user = "carl";
        QCOMPARE(continued(request("bob", "redis"), now).user, std::string("carl"));
    }

    void forgetsWhatAConversationWasAboutAfterAWhile()
    {
        AgentsBench t;
        t.state.connectionRows = {{.userId = "bob"}};
        t.chat("who is connected?", Role::Operator);
        t.clock.advance(11min);
        QVERIFY(t.chat("and what about bob?", Role::Operator)->intent != "connections");
    }

    void takesAnotherSubjectForAnother()
    {
        AgentsBench t;
        t.chat("who is connected?", Role::Operator);
        QVERIFY(t.chat("and what about the weather", Role::Operator)->intent != "connections");
        t.chat("who is connected?", Role::Operator);
        QCOMPARE(t.chat("and now?", Role::Operator)->intent, std::string("connections"));
        QVERIFY(saysNothingNew("and why?") && !saysNothingNew("and the weather?") && !saysNothingNew("and at 14:00?"));
    }

    void readsNothingIntoAnotherConversation()
    {
        AgentsBench t;
        t.chat("who is connected?", Role::Operator);
        auto turn = std::make_shared<RecordedTurn>("and yesterday evening?");
        turn->context_.threadId = ThreadId({9});
        turn->context_.principal.role = Role::Operator;
        t.turns.push_back(turn);
        t.dispatcher().run(turn);
        QVERIFY(turn->intent != "connections");
    }

    void changesNothingBecauseOfWhatWasSaidBefore()
    {
        AgentsBench t;
        t.state.flagRows = {{.name = "v2_api"}, {.name = "beta"}};
        const auto first = t.chat("turn on the flag v2_api", Role::Operator);
        QCOMPARE(first->intent, std::string("set_flag"));
        const auto second = t.chat("and beta", Role::Operator);
        QVERIFY(second->intent != "set_flag");
        QVERIFY(second->approvalText.empty());
    }

    void leavesWhatGoesOnWithAModelsAnswerToTheModel()
    {
        AgentsBench t;
        t.models.empty = false;
        t.store.reply = StoreValue(MessagePage{});
        t.chat("write me a short poem about the sea");
        const auto turn = t.chat("and make it shorter");
        QCOMPARE(turn->agents, std::vector<std::string>{"assistant"});
        QCOMPARE(t.chat("who is connected right now?")->agents, std::vector<std::string>{"operations"});
    }

    void forgetsTheConversationThatWasQuietForLongest()
    {
        ManualClock clock;
        ConversationContexts contexts(clock);
        const auto thread = [](std::size_t i) { return ThreadId({std::uint8_t(i >> 8), std::uint8_t(i & 0xff), 1}); };
        for (std::size_t i = 0; i <= ConversationContexts::kMost; ++i)
            contexts.note(thread(i), {});
        QCOMPARE(contexts.size(), ConversationContexts::kMost);
        QVERIFY(!contexts.last(thread(0)));
        QVERIFY(contexts.last(thread(1)));
    }

    void itsMoodChangesItsOwnLineAndNothingElse()
    {
        std::vector<std::string> lines;
        std::vector<std::string> answers;
        for (const auto health :
             {wire::HealthState::Healthy, wire::HealthState::Degraded, wire::HealthState::Unhealthy}) {
            AgentsBench t;
            t.state.overviewRow.health = health;
            const auto turn = t.command("help", "");
            const auto asked = t.chat("who is connected?", Role::Operator);
            lines.push_back(lineOf(asked));
            answers.push_back(turn->answer() + asked->answer());
            QVERIFY(contains(lines.back(), "I read this as"));
        }
        QVERIFY(lines[0] != lines[1] && lines[1] != lines[2] && lines[0] != lines[2]);
        QCOMPARE(answers[1], answers[0]);
        QCOMPARE(answers[2], answers[0]);
    }

    void itsMoodComesFromTheServersHealth()
    {
        wire::OverviewRow row;
        row.health = wire::HealthState::Healthy;
        QCOMPARE(moodOf(row), Mood::Calm);
        row.tasksQueued = 3;
        QCOMPARE(moodOf(row), Mood::Busy);
        row.breakersNotClosed = 1;
        QCOMPARE(moodOf(row), Mood::Strained);
        row.degradationLevel = 3;
        QCOMPARE(moodOf(row), Mood::Alarmed);
    }

    void looksAtTheServerOnceASecondAtMost()
    {
        AgentsBench t;
        t.state.overviewRow.health = wire::HealthState::Healthy;
        MoodReader reader(t.state, t.clock);
        QCOMPARE(reader.now(), Mood::Calm);
        t.state.overviewRow.degradationLevel = 4;
        QCOMPARE(reader.now(), Mood::Calm);
        t.clock.advance(1s);
        QCOMPARE(reader.now(), Mood::Alarmed);
    }

    void readsAMessageAsFeedbackHasTaughtIt()
    {
        AgentsBench t;
        const std::string odd = "zeig mir bitte die offenen leitungen";
        QVERIFY(t.chat(odd, Role::Operator)->intent != "connections");
        t.feedback.onLabel(label(odd, "connections", "ann", false), "unknown", true);
        const auto turn = t.chat("zeig mir die offenen leitungen bitte", Role::Operator);
        QCOMPARE(turn->intent, std::string("connections"));
        QVERIFY(contains(lineOf(turn), "taught"));
        QCOMPARE(t.chat("zeig mir bitte ein gedicht vom meer", Role::Operator)->intent != "connections", true);
    }

    void aUserTeachesHowTheirOwnMessagesAreReadAndAnOperatorEverybodys()
    {
        AgentsBench t;
        const std::string odd = "zeig mir bitte die offenen leitungen";
        t.feedback.onLabel(label(odd, "connections", "bob", false), "unknown", true);
        QVERIFY(t.chat(odd, Role::Operator)->intent != "connections"); // ann's
        t.feedback.onLabel(label(odd, "connections", "bob", true), "unknown", false);
        QCOMPARE(t.chat(odd, Role::Operator)->intent, std::string("connections"));
    }

    void nobodyCrowdsOutWhatOthersTaught()
    {
        AgentsBench t;
        LearnedIntents learned(t.classifier, 4);
        learned.learn(label("eins zwei drei", "status", "op", true, 1));
        learned.learn(label("vier fuenf sechs", "tasks", "ann", false, 2));
        for (std::uint8_t i = 10; i < 30; ++i)
            learned.learn(label("flut " + std::to_string(i), "flags", "bob", false, i));
        QCOMPARE(learned.lessons().size(), std::size_t(4));
        QVERIFY(learned.match("ann", "eins zwei drei") && learned.match("ann", "vier fuenf sechs"));
    }

    void learnsOnlySoMuchAndTheLatestCounts()
    {
        AgentsBench t;
        LearnedIntents learned(t.classifier, 2);
        learned.learn(label("eins zwei drei", "status", "ann", true, 1));
        learned.learn(label("eins zwei drei", "flags", "ann", true, 2));
        QCOMPARE(learned.match("ann", "eins zwei drei")->intent, Intent::Flags);
        learned.learn(label("vier fuenf sechs", "tasks", "ann", true, 3));
        QCOMPARE(learned.lessons().size(), std::size_t(2));
        learned.learn(label("vier fuenf sechs", "audit", "ann", true, 3)); // says so anew
        QCOMPARE(learned.lessons().size(), std::size_t(2));
        QCOMPARE(learned.match("ann", "vier fuenf sechs")->intent, Intent::Audit);
        learned.learn(label("sieben acht", "no such intent", "ann", false, 4));
        QCOMPARE(learned.lessons().size(), std::size_t(2));
        QVERIFY(!learned.match("ann", ""));
    }
};

QTEST_GUILESS_MAIN(TstMaestro)
#include "tst_maestro.moc"
