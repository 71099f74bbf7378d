// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/server/agents/agents_bench.h"

#include <QTest>

using namespace orchestra;

class TstDispatcher : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsASentenceAndSaysHowItReadIt()
    {
        AgentsBench bench;
        const auto turn = bench.chat("how is the server doing?");
        QCOMPARE(turn->intent, std::string("status"));
        QVERIFY(turn->confidence > 0.4);
        QCOMPARE(turn->thoughts.size(), 1U);
        QCOMPARE(turn->thoughts[0].first, std::string("maestro"));
        QCOMPARE(turn->agents, std::vector<std::string>{"operations"});
        QVERIFY(turn->isCompleted());
    }

    void toleratesTypingErrors()
    {
        AgentsBench bench;
        QCOMPARE(bench.chat("whcih circuit braekers are opne", Role::Viewer)->intent, std::string("breakers"));
    }

    void takesACommandAtItsWord()
    {
        AgentsBench bench;
        const auto turn = bench.command("status", "");
        QCOMPARE(turn->intent, std::string("status"));
        QCOMPARE(turn->confidence, 1.0);
        QVERIFY2(turn->thoughts.empty(), "a command is not read, so nobody says how it was read");
        QVERIFY(turn->isCompleted());
    }

    void asksBackInsteadOfGuessing()
    {
        AgentsBench bench;
        const auto turn = bench.chat("the cat sat on the purple windowsill yesterday evening");
        QCOMPARE(turn->intent, std::string("unknown"));
        QVERIFY(turn->toolsStarted.empty());
        QCOMPARE(turn->completions.at(0).status, wire::CompletionStatus::Completed);
        QVERIFY(turn->answer().find("/help") != std::string::npos);
    }

    void refusesWhatNeedsAModelAndSaysWhatToDo()
    {
        AgentsBench bench;
        const auto turn = bench.chat("write me a short poem about the sea");
        QCOMPARE(turn->errorCode(), Code::NoModel);
        QCOMPARE(turn->completions.at(0).status, wire::CompletionStatus::Failed);
        QVERIFY(turn->completions.at(0).error->message.find("/help") != std::string::npos);
        QVERIFY2(turn->deltas.empty(), "not one word of answer");
    }

    void refusesAnUnknownCommandAndNamesTheNearest()
    {
        AgentsBench bench;
        const auto turn = bench.command("statsu", "");
        QCOMPARE(turn->errorCode(), Code::NotFound);
        QVERIFY(turn->completions.at(0).error->message.find("/status") != std::string::npos);
    }

    void listsEveryCommandInHelp()
    {
        AgentsBench bench;
        const auto turn = bench.command("help", "");
        for (const char *name : {"/status", "/connections", "/set_flag", "/docs"})
            QVERIFY2(turn->answer().find(name) != std::string::npos, name);
        QVERIFY(bench.command("help", "close")->answer().find("operators only") != std::string::npos);
    }

    void endsEveryIntentExactlyOnce()
    {
        AgentsBench bench;
        bench.store.reply = Error{Code::StorageUnavailable, "The disk is full.", true};
        for (const char *name : {"help", "status", "connections", "breakers", "flags", "tasks", "metrics", "search",
                                 "docs", "threads", "audit"}) {
            const auto turn = bench.command(name, "redis", Role::Viewer);
            QVERIFY2(turn->completions.size() == 1, name);
        }
    }
};

QTEST_GUILESS_MAIN(TstDispatcher)
#include "tst_dispatcher.moc"
