// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/orchestrator/completion_threads.h"
#include "shared/base/random.h"
#include "tests/support/manual_clock.h"

#include <QTest>

using namespace orchestra;

namespace {

ModelMessage says(ModelRole role, std::string text)
{
    return {.role = role, .content = std::move(text)};
}

struct Bench
{
    ManualClock clock;
    SeededRandom random{1};
    IdSource ids{clock, random};
    CompletionThreads threads{3};
};

} // namespace

class TstCompletionThreads : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void goesOnWhereTheLastAnswerWas()
    {
        Bench t;
        const auto thread = t.ids.make<ThreadId>();
        std::vector<ModelMessage> messages{says(ModelRole::System, "It is nine."), says(ModelRole::User, "Hello")};
        QVERIFY(!t.threads.find("ann", messages));
        t.threads.note("ann", messages, "Good day.", {}, thread);
        messages[0].content = "It is ten.";
        messages.push_back(says(ModelRole::Assistant, "Good day."));
        messages.push_back(says(ModelRole::User, "And then?"));
        QVERIFY(t.threads.find("ann", messages) == thread);
        QVERIFY(!t.threads.find("ben", messages));
        messages[2].content = "Good night.";
        QVERIFY(!t.threads.find("ann", messages));
    }

    void goesOnBehindCallsOfTools()
    {
        Bench t;
        const auto thread = t.ids.make<ThreadId>();
        const ModelToolCall call{"c1", "weather", "{}", true};
        std::vector<ModelMessage> messages{says(ModelRole::User, "Is it raining?")};
        t.threads.note("ann", messages, "", {call}, thread);
        messages.push_back({.role = ModelRole::Assistant, .toolCalls = {call}});
        messages.push_back({.role = ModelRole::Tool, .content = "yes", .toolCallId = "c1"});
        QVERIFY(t.threads.find("ann", messages) == thread);
        messages[1].toolCalls[0].arguments = "{\"a\":1}";
        QVERIFY(!t.threads.find("ann", messages));
    }

    void forgetsTheOldest()
    {
        Bench t;
        std::vector<std::vector<ModelMessage>> asked;
        for (int i = 0; i < 4; ++i) {
            const auto question = [](int number) {
                return std::vector{says(ModelRole::User, "question " + std::to_string(number))};
            };
            asked.push_back(question(i));
            t.threads.note("ann", question(i), "answer", {}, t.ids.make<ThreadId>());
            if (i == 2) // an old one that is used again is no longer the oldest
                t.threads.note("ann", question(0), "answer", {}, t.ids.make<ThreadId>());
            asked.back().push_back(says(ModelRole::Assistant, "answer"));
            asked.back().push_back(says(ModelRole::User, "more"));
        }
        QCOMPARE(t.threads.size(), std::size_t(3));
        QVERIFY(t.threads.find("ann", asked[0]));
        QVERIFY(!t.threads.find("ann", asked[1]));
        QVERIFY(t.threads.find("ann", asked[3]));
    }

    void showsWhatWasSaidAfterTheLastAnswer()
    {
        std::vector<ModelMessage> messages{says(ModelRole::System, "Be brief."), says(ModelRole::User, "one"),
                                           says(ModelRole::Assistant, "two"), says(ModelRole::User, "three"),
                                           says(ModelRole::User, "four")};
        QCOMPARE(shownQuestion(messages, 100), std::string("three\n\nfour"));
        messages.push_back(says(ModelRole::Assistant, "begun"));
        QCOMPARE(shownQuestion(messages, 100), std::string("one\n\nthree\n\nfour"));
        QCOMPARE(shownQuestion({messages[0]}, 100), std::string("Be brief."));
        QVERIFY(shownQuestion({says(ModelRole::User, "  \n")}, 100).empty());
    }

    void saysWhenItKeepsLess()
    {
        const std::string shown = shownQuestion({says(ModelRole::User, std::string(2000, 'x') + "é")}, 100);
        QVERIFY(shown.size() <= 100);
        QVERIFY(shown.ends_with("[2002 bytes; the rest is not kept]"));
    }
};

QTEST_APPLESS_MAIN(TstCompletionThreads)
#include "tst_completion_threads.moc"
