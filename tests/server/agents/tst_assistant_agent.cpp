// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/server/agents/agents_bench.h"

#include <QTest>

using namespace orchestra;
using namespace std::chrono_literals;

namespace {

const std::string kSetFlag = "{\"name\":\"x\",\"percent\":100}";
const std::string kSearch = "{\"query\":\"storage\"}";

ModelFinish wants(std::initializer_list<ModelToolCall> calls)
{
    ModelFinish finish;
    finish.reason = FinishReason::ToolCalls;
    finish.toolCalls = calls;
    return finish;
}

wire::StoredMessage stored(wire::MessageRole role, const std::string &content,
                           std::optional<wire::CompletionStatus> status = {})
{
    wire::StoredMessage message;
    message.role = role;
    message.content = content;
    message.status = status;
    return message;
}

} // namespace

class TstAssistantAgent : public QObject
{
    Q_OBJECT

private:
    static constexpr const char *kQuestion = "write me a short poem about the sea";

    /// A bench with a model, and a store that knows the conversation.
    struct Bench : AgentsBench
    {
        explicit Bench(std::vector<wire::StoredMessage> earlier = {})
        {
            models.empty = false;
            earlier.push_back(stored(wire::MessageRole::User, kQuestion));
            store.reply = StoreValue(MessagePage{std::move(earlier), false});
        }
        const ModelRequest &request() const { return models.asked.back()->request; }
    };

private Q_SLOTS:
    void answersInTheModelsWords()
    {
        Bench t;
        const auto turn = t.chat(kQuestion);
        QCOMPARE(turn->agents, std::vector<std::string>{"assistant"});
        t.models.say("Waves ");
        t.models.say("roll.");
        t.models.finish({.usage = wire::Usage{.promptTokens = 9, .completionTokens = 2}});
        QCOMPARE(turn->answer(), std::string("Waves roll."));
        QVERIFY(turn->isCompleted());
        const Completion &done = turn->completions[0];
        QCOMPARE(done.status, wire::CompletionStatus::Completed);
        QCOMPARE(done.source, wire::AnswerSource::Model);
        QCOMPARE(*done.provider, std::string("local"));
        QCOMPARE(*done.model, std::string("m"));
        QCOMPARE(done.usage->completionTokens, std::uint64_t(2));
        QVERIFY(!done.qualityScore);
    }

    void saysWhenItHasToWaitForItsModel()
    {
        Bench t;
        const auto turn = t.chat(kQuestion);
        t.models.asked.back()->listener->onWaiting(0);
        QCOMPARE(turn->thoughts.back().second, std::string("The model is busy; this question is the next."));
        t.models.asked.back()->listener->onWaiting(2);
        QCOMPARE(turn->thoughts.back().second, std::string("The model is busy; 2 questions wait before this one."));
        QCOMPARE(turn->thoughts.back().first, std::string("assistant"));
    }

    void takesWhatNobodyUnderstoodToTheModel()
    {
        Bench t;
        const auto turn = t.chat("the cat sat on the purple windowsill yesterday evening");
        QCOMPARE(turn->agents, std::vector<std::string>{"assistant"});
        QCOMPARE(t.request().messages.back().content,
                 std::string("the cat sat on the purple windowsill yesterday evening"));
    }

    void leavesQuestionsAboutTheServerToTheOperationsAgent()
    {
        Bench t;
        QCOMPARE(t.chat("how is the server doing?")->agents, std::vector<std::string>{"operations"});
        QVERIFY(t.models.asked.empty());
    }

    void showsTheModelTheConversationWithoutWhatFailed()
    {
        Bench t({stored(wire::MessageRole::User, "Hello"),
                 stored(wire::MessageRole::Assistant, "Hi.", wire::CompletionStatus::Completed),
                 stored(wire::MessageRole::User, "More"),
                 stored(wire::MessageRole::Assistant, "Half an ans", wire::CompletionStatus::Failed)});
        t.chat(kQuestion);
        QStringList shown;
        for (const ModelMessage &message : t.request().messages)
            shown << QString::fromStdString(message.content);
        QCOMPARE(shown.mid(1), (QStringList{QStringLiteral("Hello"), QStringLiteral("Hi."), QStringLiteral("More"),
                                            QString::fromLatin1(kQuestion)}));
        QCOMPARE(t.request().messages[0].role, ModelRole::System);
        QCOMPARE(t.request().messages[2].role, ModelRole::Assistant);
    }

    void givesUpContextAndToolsLevelByLevel_data()
    {
        QTest::addColumn<int>("level");
        QTest::addColumn<int>("messages"); // of eight KiB each
        QTest::addColumn<bool>("hasTools");
        QTest::newRow("normal") << 0 << 5 << true;
        QTest::newRow("reduced") << 1 << 5 << true;
        QTest::newRow("constrained") << 2 << 1 << true;
        QTest::newRow("essential") << 3 << 1 << false;
    }
    void givesUpContextAndToolsLevelByLevel()
    {
        QFETCH(int, level);
        QFETCH(int, messages);
        QFETCH(bool, hasTools);
        std::vector<wire::StoredMessage> earlier;
        for (int i = 0; i < 20; ++i)
            earlier.push_back(stored(wire::MessageRole::User, std::string(8 * 1024, char('a' + i))));
        Bench t(std::move(earlier));
        auto turn = std::make_shared<RecordedTurn>(kQuestion);
        turn->context_.degradationLevel = static_cast<DegradationLevel>(level);
        t.turns.push_back(turn);
        t.dispatcher().run(turn);
        QCOMPARE(t.request().messages.size(), std::size_t(1 + messages + 1));
        QCOMPARE(!t.request().tools.empty(), hasTools);
        QCOMPARE(t.models.asked.back()->wish.userId, std::string("ann"));
    }

    void saysThatAnAnswerWasKept()
    {
        Bench t;
        const auto turn = t.chat(kQuestion);
        t.models.say("Waves roll.");
        ModelRunEnd end;
        end.identity =
            ModelIdentity{.server = "local", .model = "m", .route = "named by the request", .cachedAge = 30s};
        t.models.asked.back()->listener->onEnd(end);
        QCOMPARE(turn->completions.at(0).source, wire::AnswerSource::Cache);
        QCOMPARE(*turn->completions[0].cachedAgeS, std::uint64_t(30));
        QCOMPARE(*turn->completions[0].route, std::string("named by the request"));
    }

    void showsOnlyAsMuchOfTheConversationAsFits()
    {
        std::vector<wire::StoredMessage> earlier;
        for (int i = 0; i < 20; ++i)
            earlier.push_back(stored(wire::MessageRole::User, std::string(8 * 1024, char('a' + i))));
        Bench t(std::move(earlier));
        t.chat(kQuestion);
        QCOMPARE(t.request().messages.size(), std::size_t(1 + 5 + 1));
        QCOMPARE(t.request().messages[1].content[0], 'p'); // the newest ones
    }

    void callsToolsAndShowsTheModelWhatTheySaid()
    {
        Bench t;
        const auto turn = t.chat(kQuestion, Role::Viewer);
        t.models.say("Let me look. ");
        t.models.finish(wants({{"c1", "list_breakers", "{}", true}, {"c2", "no_such_tool", "{}", true}}));
        QCOMPARE(turn->toolsStarted.at(0).first, std::string("list_breakers"));
        QCOMPARE(t.models.asked.size(), std::size_t(2));
        const auto &messages = t.request().messages;
        QCOMPARE(messages[messages.size() - 3].toolCalls.size(), std::size_t(2));
        QCOMPARE(messages[messages.size() - 3].content, std::string("Let me look. "));
        QCOMPARE(messages[messages.size() - 2].toolCallId, std::string("c1"));
        QCOMPARE(messages[messages.size() - 2].role, ModelRole::Tool);
        QVERIFY(messages.back().content.find("error") != std::string::npos);
        t.models.say("All is well.");
        t.models.finish();
        QCOMPARE(turn->answer(), std::string("Let me look. All is well."));
        QVERIFY(turn->isCompleted());
    }

    void offersOnlyToolsThatTheUserMayUse()
    {
        const auto names = [](Role role) {
            Bench t;
            t.chat(kQuestion, role);
            std::vector<std::string> names;
            for (const ModelTool &tool : t.request().tools)
                names.push_back(tool.name);
            return names;
        };
        const auto has = [](const std::vector<std::string> &all, const char *name) {
            return std::ranges::find(all, name) != all.end();
        };
        QVERIFY(!has(names(Role::Client), "set_flag"));
        QVERIFY(has(names(Role::Operator), "set_flag"));
        QVERIFY(has(names(Role::Client), "search_docs"));
    }

    void refusesAToolThatTheUserMayNotUseThoughTheModelAsksForIt()
    {
        Bench t;
        const auto turn = t.chat(kQuestion, Role::Client);
        t.models.finish(wants({{"c1", "set_flag", kSetFlag, true}}));
        QVERIFY(t.admin.actions.empty());
        QVERIFY(t.request().messages.back().content.find("error") != std::string::npos);
        QVERIFY(turn->isAlive());
    }

    void changesNothingWithoutTheUsersConsent()
    {
        for (const bool agrees : {false, true}) {
            Bench t;
            const auto turn = t.chat(kQuestion, Role::Operator);
            t.models.finish(wants({{"c1", "set_flag", kSetFlag, true}}));
            QVERIFY(bool(turn->approval));
            QVERIFY(t.admin.actions.empty());
            QCOMPARE(t.models.asked.size(), std::size_t(1));
            turn->approval(agrees ? wire::ApprovalOutcome::Approved : wire::ApprovalOutcome::Denied);
            QCOMPARE(t.admin.actions.size(), std::size_t(agrees ? 1 : 0));
            QCOMPARE(t.models.asked.size(), std::size_t(2));
        }
    }

    void givesArgumentsThatAreNoneBackToTheModel()
    {
        Bench t;
        t.chat(kQuestion);
        t.models.finish(wants({{"c1", "search_docs", "{\"query\":", false}}));
        QVERIFY(t.request().messages.back().content.find("not a JSON object") != std::string::npos);
    }

    void stopsAModelThatNeverAnswers()
    {
        Bench t;
        const auto turn = t.chat(kQuestion);
        for (int i = 0; i < 20 && turn->isAlive(); ++i)
            t.models.finish(wants({{"c", "search_docs", "{\"query\":\"" + std::to_string(i) + "\"}", true}}));
        QCOMPARE(turn->completions.at(0).status, wire::CompletionStatus::Incomplete);
        QCOMPARE(t.models.asked.size(), std::size_t(8));
    }

    void stopsAModelThatCallsTooMuchAtOnce()
    {
        Bench t;
        const auto turn = t.chat(kQuestion);
        ModelFinish finish = wants({});
        finish.toolCalls.assign(17, {"c", "search_docs", "{}", true});
        t.models.finish(finish);
        QCOMPARE(turn->completions.at(0).status, wire::CompletionStatus::Incomplete);
        QVERIFY(turn->toolsStarted.empty());
    }

    void repeatsTheSameCallOnlyOnce()
    {
        Bench t;
        const auto turn = t.chat(kQuestion);
        for (int i = 0; i < 3; ++i)
            t.models.finish(wants({{"c", "search_docs", kSearch, true}}));
        QCOMPARE(turn->toolsStarted.size(), std::size_t(2));
        QVERIFY(t.request().messages.back().content.find("made before") != std::string::npos);
    }

    void failsWithTheModelsErrorAndKeepsWhatWasSaid()
    {
        Bench t;
        const auto turn = t.chat(kQuestion);
        t.models.say("Half");
        t.models.fail({Code::ProviderError, "broke off", true});
        QCOMPARE(turn->completions.at(0).status, wire::CompletionStatus::Failed);
        QCOMPARE(turn->errorCode(), Code::ProviderError);
        QCOMPARE(turn->answer(), std::string("Half"));
    }

    void marksAnAnswerThatWasCutAsIncomplete()
    {
        Bench t;
        const auto turn = t.chat(kQuestion);
        t.models.say("Long");
        t.models.finish({.reason = FinishReason::Length});
        QCOMPARE(turn->completions.at(0).status, wire::CompletionStatus::Incomplete);
    }

    void letsGoOfTheModelWhenTheTurnIsEnded()
    {
        Bench t;
        const auto turn = t.chat(kQuestion);
        QVERIFY(t.models.asked.back()->listener);
        turn->endFromOutside();
        QVERIFY(!t.models.asked.back()->listener);
    }

    void givesAQuickAnswerWithoutTools()
    {
        Bench t;
        auto turn = std::make_shared<RecordedTurn>(kQuestion);
        turn->hints_ = wire::OptimizationHints{.mode = wire::ExecutionMode::Fast, .maxTokens = 50, .model = "m"};
        t.dispatcher().run(turn);
        QVERIFY(t.request().tools.empty());
        QCOMPARE(*t.request().maxTokens, std::uint64_t(50));
        QCOMPARE(*t.models.asked.back()->wish.model, std::string("m"));
        t.models.finish();
        QCOMPARE(turn->completions.at(0).executionMode, wire::ExecutionMode::Fast);
    }

    void runsNoToolWhereNoneWasOffered()
    {
        Bench t;
        auto turn = std::make_shared<RecordedTurn>(kQuestion);
        turn->hints_ = wire::OptimizationHints{.mode = wire::ExecutionMode::Fast};
        t.dispatcher().run(turn);
        t.models.finish(wants({{"c1", "search_docs", kSearch, true}}));
        QVERIFY(t.request().messages.back().content.find("no tool") != std::string::npos);
        QVERIFY(!turn->toolsFinished.at(0).first);
        t.models.finish();
        QVERIFY(turn->isCompleted());
    }

    void readsAVerdictOnlyWhereThereIsOneAndNothingElse_data()
    {
        QTest::addColumn<QByteArray>("reply");
        QTest::addColumn<double>("score"); // less than 0: none
        QTest::newRow("a number") << QByteArray("85") << 0.85;
        QTest::newRow("the least") << QByteArray(" 0\n") << 0.0;
        QTest::newRow("the most") << QByteArray("100") << 1.0;
        QTest::newRow("zeros before it") << QByteArray("007") << 0.07;
        QTest::newRow("nothing") << QByteArray() << -1.0;
        for (const char *none : {"101", "1000", "-1", "8.5", "85%", "85 of 100", "I give it 85", "eighty", "85 90"})
            QTest::newRow(none) << QByteArray(none) << -1.0;
    }
    void readsAVerdictOnlyWhereThereIsOneAndNothingElse()
    {
        QFETCH(QByteArray, reply);
        QFETCH(double, score);
        QCOMPARE(readVerdict(reply.toStdString()).value_or(-1), score);
    }

    void checksItsAnswerWhereTheOperatorWantsIt()
    {
        Bench t;
        t.rules.selfCheck.isOn = true;
        const auto turn = t.chat(kQuestion);
        t.models.say("Waves roll.");
        t.models.finish({.usage = wire::Usage{100, 3, false}});
        QVERIFY(turn->isAlive());
        QCOMPARE(t.models.asked.size(), std::size_t(2));
        const ModelWish &wish = t.models.asked[1]->wish;
        QCOMPARE(*wish.model, std::string("local/m"));
        QVERIFY(wish.isOnce && wish.userId.empty() && !wish.allowFallback.value_or(true));
        QCOMPARE(*wish.maxLatency, t.rules.selfCheck.within);
        QVERIFY(t.request().tools.empty());
        QCOMPARE(*t.request().maxTokens, t.rules.selfCheck.tokens);
        const auto &messages = t.request().messages;
        QCOMPARE(messages[messages.size() - 2].content, std::string("Waves roll."));
        QCOMPARE(messages[messages.size() - 2].role, ModelRole::Assistant);
        t.models.say("8");
        t.models.say("5");
        t.models.finish({.usage = wire::Usage{150, 1, false}});
        QCOMPARE(turn->answer(), std::string("Waves roll.")); // not a word of the verdict
        QCOMPARE(turn->thoughts.back().second, std::string("At a second look the model gives its answer 85 of 100."));
        const Completion &done = turn->completions.at(0);
        QCOMPARE(done.status, wire::CompletionStatus::Completed);
        QCOMPARE(*done.selfCheck, 0.85);
        QCOMPARE(done.usage->promptTokens, std::uint64_t(250));
        QCOMPARE(done.usage->completionTokens, std::uint64_t(4));
    }

    void anAnswerWhoseCheckComesToNothingIsNotMeasured()
    {
        for (const bool fails : {false, true}) {
            Bench t;
            t.rules.selfCheck.isOn = true;
            const auto turn = t.chat(kQuestion);
            t.models.say("Waves roll.");
            t.models.finish();
            if (fails) {
                t.models.fail({Code::ProviderTimeout, "silent", true});
            } else {
                t.models.say("It is very good: 99");
                t.models.finish();
            }
            const Completion &done = turn->completions.at(0);
            QCOMPARE(done.status, wire::CompletionStatus::Completed);
            QVERIFY(!done.error && !done.selfCheck);
            QCOMPARE(turn->thoughts.back().second, std::string("A second look at the answer came to no verdict."));
        }
    }

    void checksNothingThatIsNotWorthIt()
    {
        const auto asksTwice = [](const std::function<void(Bench &)> &prepare, const ModelFinish &finish = {},
                                  DegradationLevel level = DegradationLevel::Normal, const char *said = "Waves roll.") {
            Bench t;
            t.rules.selfCheck.isOn = true;
            prepare(t);
            auto turn = std::make_shared<RecordedTurn>(kQuestion);
            turn->context_.degradationLevel = level;
            t.turns.push_back(turn);
            t.dispatcher().run(turn);
            t.models.say(said);
            t.models.finish(finish);
            return t.models.asked.size() == 2;
        };
        const auto nothing = [](Bench &) {};
        QVERIFY(asksTwice(nothing));
        QVERIFY(!asksTwice([](Bench &t) { t.rules.selfCheck.isOn = false; }));
        QVERIFY(!asksTwice(nothing, {.reason = FinishReason::Length}));
        QVERIFY(!asksTwice(nothing, {}, DegradationLevel::Reduced));
        QVERIFY(!asksTwice([](Bench &t) { t.rules.turnTokens = t.rules.answerTokens = 3500; },
                           {.usage = wire::Usage{3400, 90, false}})); // the budget is used up
    }

    void aTurnThatIsEndedFromOutsideTakesItsCheckAlong()
    {
        Bench t;
        t.rules.selfCheck.isOn = true;
        const auto turn = t.chat(kQuestion);
        t.models.say("Waves roll.");
        t.models.finish();
        QVERIFY(t.models.asked[1]->listener);
        turn->endFromOutside();
        QVERIFY(!t.models.asked[1]->listener);
        QCOMPARE(turn->completions.size(), std::size_t(1));
    }

    void setsTokensAsideBeforeEachCallAndStopsWhenTheyAreUsedUp()
    {
        Bench t;
        t.rules.turnTokens = 6000;
        t.rules.answerTokens = 500;
        const auto turn = t.chat(kQuestion);
        QVERIFY(!t.request().maxTokens); // there is enough: the model's own limit counts
        ModelFinish finish = wants({{"c1", "search_docs", kSearch, true}});
        finish.usage = wire::Usage{5000, 900, false}; // measured: nearly all
        t.models.finish(finish);
        QCOMPARE(t.models.asked.size(), std::size_t(1));
        const Completion &done = turn->completions.at(0);
        QCOMPARE(done.status, wire::CompletionStatus::Incomplete);
        QCOMPARE(done.error->code, Code::TooLarge);
        QCOMPARE(done.usage->promptTokens, std::uint64_t(5000));
        QCOMPARE(done.usage->completionTokens, std::uint64_t(900));
    }

    void tellsTheModelHowMuchIsLeftWhenItIsLessThanUsual()
    {
        Bench t;
        t.rules.turnTokens = 4000;
        t.rules.answerTokens = 3900;
        t.chat(kQuestion);
        QVERIFY(t.request().maxTokens && *t.request().maxTokens < 3900);
    }

    void stopsAnAnswerThatIsLongerThanTheTurnMayBe()
    {
        Bench t;
        t.rules.turnTokens = 3000;
        t.rules.answerTokens = 200;
        const auto turn = t.chat(kQuestion);
        for (int i = 0; i < 100 && turn->isAlive(); ++i)
            t.models.say(std::string(400, 'x'));
        QCOMPARE(turn->completions.at(0).status, wire::CompletionStatus::Incomplete);
        QCOMPARE(turn->errorCode(), Code::TooLarge);
        QVERIFY(!t.models.asked.back()->listener); // the model is let go of
        QVERIFY(turn->answer().size() <= 4 * 3000U);
        QVERIFY(turn->completions[0].usage->estimated);
    }

    void saysSoWhenTheConversationCannotBeRead()
    {
        Bench t;
        t.store.reply = Error{Code::StorageUnavailable, "The disk is gone.", true};
        QCOMPARE(t.chat(kQuestion)->errorCode(), Code::StorageUnavailable);
        QVERIFY(t.models.asked.empty());
    }
};

QTEST_GUILESS_MAIN(TstAssistantAgent)
#include "tst_assistant_agent.moc"
