// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/server/agents/agents_bench.h"

#include <QTest>

using namespace orchestra;

namespace {

const std::string kQuestion = "write me a short poem about the sea and one about the wind";
const std::string kPlan = "{\"parts\":[{\"title\":\"Sea\",\"task\":\"A poem about the sea\"},"
                          "{\"title\":\"Wind\",\"task\":\"A poem about the wind\"}]}";

struct Bench : AgentsBench
{
    Bench()
    {
        models.empty = false;
        wire::StoredMessage message;
        message.role = wire::MessageRole::User;
        message.content = kQuestion;
        store.reply = StoreValue(MessagePage{{message}, false});
    }
    std::shared_ptr<RecordedTurn> begin()
    {
        return ask(kQuestion, wire::OptimizationHints{.mode = wire::ExecutionMode::Quality});
    }
    const std::string &lastPrompt() const { return models.asked.back()->request.messages.back().content; }
};

bool contains(const std::string &text, std::string_view part)
{
    return text.find(part) != std::string::npos;
}

} // namespace

/// A question that is split among workers, and everything that can go wrong with them.
class TstSwarm : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void checksTheAnswerAndNotItsParts()
    {
        Bench t;
        t.rules.selfCheck.isOn = true;
        const auto turn = t.begin();
        t.models.answerTo(0, kPlan);
        t.models.answerTo(1, "Waves roll.");
        t.models.answerTo(2, "Wind blows.");
        QCOMPARE(t.models.asked.size(), 4U); // straight to the synthesis
        t.models.answerTo(3, "Waves roll and wind blows.");
        QCOMPARE(t.models.asked.size(), 5U);
        QVERIFY(turn->isAlive());
        t.models.answerTo(4, "70");
        QVERIFY(turn->isCompleted());
        QCOMPARE(*turn->completions[0].selfCheck, 0.7);
        QCOMPARE(turn->answer(), std::string("Waves roll and wind blows."));
    }

    void splitsAQuestionAndMakesOneAnswerOfTheParts()
    {
        Bench t;
        const auto turn = t.begin();
        QCOMPARE(turn->agents, std::vector<std::string>{"swarm"});
        QCOMPARE(t.models.asked.size(), 1U); // the plan
        QVERIFY(t.models.asked[0]->request.tools.empty());
        t.models.answerTo(0, kPlan);
        QCOMPARE(t.models.asked.size(), 3U); // both workers at the same time
        QCOMPARE(t.models.asked[1]->request.messages.back().content, std::string("A poem about the sea"));
        QVERIFY(!t.models.asked[1]->request.tools.empty());
        QVERIFY(turn->answer().empty());
        t.models.answerTo(2, "Wind blows.");
        t.models.answerTo(1, "Waves roll.");
        QCOMPARE(t.models.asked.size(), 4U);
        QVERIFY(contains(t.lastPrompt(), "Waves roll.") && contains(t.lastPrompt(), "Wind blows."));
        t.models.sayTo(3, "Waves and ");
        QCOMPARE(turn->answer(), std::string("Waves and ")); // as it comes
        t.models.answerTo(3, "wind.");
        QCOMPARE(turn->answer(), std::string("Waves and wind."));
        const Completion &done = turn->completions.at(0);
        QCOMPARE(done.status, wire::CompletionStatus::Completed);
        QCOMPARE(done.executionMode, wire::ExecutionMode::Quality);
        QCOMPARE(done.source, wire::AnswerSource::Model);
        QCOMPARE(*done.model, std::string("m3"));
        QCOMPARE(done.usage->promptTokens, 40U); // of all four calls
        QCOMPARE(done.usage->completionTokens, 20U);
        QVERIFY(!done.usage->estimated);
        QCOMPARE(t.counters.swarms.at("completed"), 1U);
        std::vector<std::string> parts;
        for (const auto &part : turn->parts)
            parts.push_back(part->order.agentName);
        QCOMPARE(parts, (std::vector<std::string>{"planner", "worker-1", "worker-2", "synthesis"}));
    }

    void namesAWorkerThatFailsAndMakesNothingUp()
    {
        Bench t;
        const auto turn = t.begin();
        t.models.answerTo(0, kPlan);
        t.models.sayTo(1, "Half a po");
        t.models.failFor(1, {Code::ProviderError, "broke off", true});
        t.models.answerTo(2, "Wind blows.");
        QVERIFY(contains(t.lastPrompt(), "(not answered)"));
        QVERIFY(!contains(t.lastPrompt(), "Half a po"));
        t.models.answerTo(3, "The wind blows.");
        QVERIFY(contains(turn->answer(), "The wind blows."));
        QVERIFY(contains(turn->answer(), "Not answered: Sea (worker-1). broke off"));
        const Completion &done = turn->completions.at(0);
        QCOMPARE(done.status, wire::CompletionStatus::Incomplete);
        QCOMPARE(done.error->code, Code::ProviderError);
        QVERIFY(contains(done.error->message, "1 of 2 parts") && contains(done.error->message, "worker-1: broke off"));
        QVERIFY(!contains(done.error->message, "Sea")); // operators see errors
        QCOMPARE(turn->completions.size(), 1U);
        QCOMPARE(t.counters.swarms.at("incomplete"), 1U);
    }

    void failsWithATypedErrorWhenNoWorkerAnswers()
    {
        Bench t;
        const auto turn = t.begin();
        t.models.answerTo(0, kPlan);
        t.models.failFor(1, {Code::ProviderTimeout, "too slow", true});
        t.models.failFor(2, {Code::ProviderError, "broke off", true});
        QCOMPARE(t.models.asked.size(), 3U); // nothing to put together
        QVERIFY(turn->answer().empty());
        QCOMPARE(turn->completions.at(0).status, wire::CompletionStatus::Failed);
        QCOMPARE(turn->errorCode(), Code::ProviderTimeout);
    }

    void failsWhenThereIsNoPlanToBeHad()
    {
        Bench t;
        const auto turn = t.begin();
        t.models.failFor(0, {Code::BreakerOpen, "closed for now", true});
        QCOMPARE(turn->completions.at(0).status, wire::CompletionStatus::Failed);
        QCOMPARE(turn->errorCode(), Code::BreakerOpen);
    }

    void answersWhatCannotBeSplitWithOneWorker()
    {
        for (const std::string plan : {"No plan at all.", "{\"parts\":[{\"task\":\"all of it\"}]}"}) {
            Bench t;
            const auto turn = t.begin();
            t.models.answerTo(0, plan);
            QCOMPARE(t.models.asked.size(), 2U);
            QCOMPARE(t.lastPrompt(), kQuestion);
            QVERIFY(!t.models.asked[1]->request.tools.empty());
            t.models.answerTo(1, "Waves.");
            QCOMPARE(turn->answer(), std::string("Waves."));
            QCOMPARE(turn->completions.at(0).status, wire::CompletionStatus::Completed);
            QCOMPARE(turn->completions.at(0).executionMode, wire::ExecutionMode::Quality);
            QCOMPARE(turn->completions.at(0).usage->promptTokens, 20U);
        }
    }

    void goesOnWithoutAWorkerThatIsCancelled()
    {
        Bench t;
        const auto turn = t.begin();
        t.models.answerTo(0, kPlan);
        turn->parts.at(1)->endFromOutside();
        QVERIFY(!t.models.asked[1]->listener); // its model is let go of
        QVERIFY(turn->isAlive());
        t.models.answerTo(2, "Wind blows.");
        t.models.answerTo(3, "The wind blows.");
        QCOMPARE(turn->completions.at(0).status, wire::CompletionStatus::Incomplete);
        QCOMPARE(turn->errorCode(), Code::Cancelled);
        QVERIFY(contains(turn->answer(), "Not answered: Sea"));
    }

    void isCancelledWhenAllItsWorkersAre()
    {
        Bench t;
        const auto turn = t.begin();
        t.models.answerTo(0, kPlan);
        turn->parts.at(1)->endFromOutside();
        turn->parts.at(2)->endFromOutside();
        QCOMPARE(turn->completions.at(0).status, wire::CompletionStatus::Cancelled);
    }

    void letsGoOfEveryModelWhenTheTurnIsEnded()
    {
        Bench t;
        const auto turn = t.begin();
        t.models.answerTo(0, kPlan);
        turn->endFromOutside();
        QVERIFY(!t.models.asked[1]->listener && !t.models.asked[2]->listener);
        QCOMPARE(turn->completions.size(), 1U);
        QCOMPARE(t.counters.swarms.at("cancelled"), 1U);
    }

    void givesTheWorkersOwnWordsWhenNobodyPutsThemTogether()
    {
        Bench t;
        const auto turn = t.begin();
        t.models.answerTo(0, kPlan);
        t.models.answerTo(1, "Waves roll.");
        t.models.answerTo(2, "Wind blows.");
        t.models.failFor(3, {Code::ProviderUnavailable, "gone", true});
        QCOMPARE(turn->answer(), std::string("Sea:\nWaves roll.\n\nWind:\nWind blows."));
        const Completion &done = turn->completions.at(0);
        QCOMPARE(done.status, wire::CompletionStatus::Incomplete);
        QCOMPARE(done.error->code, Code::ProviderUnavailable);
        QCOMPARE(*done.model, std::string("m1"));
    }

    void keepsWhatWasSaidOfASynthesisThatBreaksOff()
    {
        Bench t;
        const auto turn = t.begin();
        t.models.answerTo(0, kPlan);
        t.models.answerTo(1, "Waves roll.");
        t.models.answerTo(2, "Wind blows.");
        t.models.sayTo(3, "Waves and w");
        t.models.failFor(3, {Code::ProviderError, "broke off", true});
        QCOMPARE(turn->answer(), std::string("Waves and w"));
        QCOMPARE(turn->completions.at(0).status, wire::CompletionStatus::Incomplete);
    }

    void splitsAPartAgainButOnlySoDeep()
    {
        Bench t;
        const auto turn = t.begin();
        t.models.answerTo(0, "{\"parts\":[{\"title\":\"Both\",\"task\":\"two poems\",\"split\":true},"
                             "{\"title\":\"Wind\",\"task\":\"A poem about the wind\"}]}");
        QVERIFY(contains(t.models.asked[0]->request.messages[0].content, "\"split\":true"));
        // 1: the plan of the first part, 2: the second worker
        QVERIFY(!contains(t.models.asked[1]->request.messages[0].content, "\"split\":true"));
        t.models.answerTo(
            1, "{\"parts\":[{\"title\":\"a\",\"task\":\"a\",\"split\":true},{\"title\":\"b\",\"task\":\"b\"}]}");
        QCOMPARE(t.models.asked.size(), 5U);
        QVERIFY(!t.models.asked[3]->request.tools.empty()); // a worker, no planner
        t.models.answerTo(3, "A");
        t.models.answerTo(4, "B");
        t.models.answerTo(5, "AB"); // the part's synthesis
        QVERIFY(turn->answer().empty());
        t.models.answerTo(2, "Wind");
        QVERIFY(contains(t.lastPrompt(), "AB"));
        t.models.answerTo(6, "All.");
        QCOMPARE(turn->answer(), std::string("All."));
        QCOMPARE(turn->completions.at(0).usage->promptTokens, 70U);
        QCOMPARE(t.counters.swarms.at("completed"), 1U); // a part is no execution of its own
    }

    void neverHasMoreWorkersThanItMay()
    {
        Bench t;
        t.swarmRules.workers = 3;
        t.begin();
        t.models.answerTo(0, "{\"parts\":[{\"task\":\"a\",\"split\":true},{\"task\":\"b\",\"split\":true}]}");
        // One is left, and one worker splits nothing.
        QCOMPARE(t.models.asked.size(), 3U);
        QVERIFY(!t.models.asked[1]->request.tools.empty() && !t.models.asked[2]->request.tools.empty());
    }

    void keepsTokensForPuttingThePartsTogether()
    {
        Bench t;
        t.rules.answerTokens = 1000;
        t.swarmRules.tokens = 8000;
        const auto turn = t.begin();
        t.models.answerTo(0, kPlan);
        // The workers say more than there is: they are stopped before what the synthesis needs.
        for (int i = 0; i < 200 && t.models.asked[1]->listener; ++i)
            t.models.sayTo(1, std::string(400, 'x'));
        QVERIFY(!t.models.asked[1]->listener);
        QCOMPARE(turn->parts.at(1)->errorCode(), Code::TooLarge);
        QVERIFY(turn->parts.at(1)->answer().size() < 4 * 8000 * 3 / 4);
        t.models.answerTo(2, "Wind.");
        QCOMPARE(t.models.asked.size(), 4U);
        QVERIFY(turn->isAlive());
        t.models.answerTo(3, "Done.");
        QCOMPARE(turn->completions.at(0).status, wire::CompletionStatus::Incomplete);
        QVERIFY(contains(turn->answer(), "Incomplete: Sea (worker-1)."));
    }

    void boundsTheAnswerAndNotWhatItIsMadeOf()
    {
        Bench t;
        const auto turn = t.ask(kQuestion, {.mode = wire::ExecutionMode::Quality, .maxTokens = 70, .model = "m"});
        t.models.answerTo(0, kPlan);
        t.models.answerTo(1, "Waves roll.");
        t.models.answerTo(2, "Wind blows.");
        for (std::size_t i = 0; i < 4; ++i) {
            QCOMPARE(t.models.asked[i]->request.maxTokens.has_value(), i == 3);
            QCOMPARE(*t.models.asked[i]->wish.model, std::string("m"));
        }
        QCOMPARE(*t.models.asked[3]->request.maxTokens, std::uint64_t(70));
    }

    void restsWhileTheServerIsDegraded()
    {
        Bench t;
        auto turn = std::make_shared<RecordedTurn>(kQuestion);
        turn->hints_ = wire::OptimizationHints{.mode = wire::ExecutionMode::Quality};
        turn->context_.degradationLevel = DegradationLevel::Reduced;
        t.turns.push_back(turn);
        t.dispatcher().run(turn);
        QCOMPARE(turn->agents, std::vector<std::string>{"assistant"});
        QVERIFY(contains(turn->thoughts.at(0).second, "rests"));
        t.models.answerTo(0, "Waves.");
        QCOMPARE(turn->completions.at(0).executionMode, wire::ExecutionMode::Balanced);
    }
};

QTEST_GUILESS_MAIN(TstSwarm)
#include "tst_swarm.moc"
