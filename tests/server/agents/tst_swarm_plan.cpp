// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/agents/execution_mode.h"
#include "server/agents/swarm_plan.h"

#include <QTest>

using namespace orchestra;

class TstSwarmPlan : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsAPlanWithWordsAroundIt()
    {
        const auto parts = readPlan("Here it is:\n```json\n{\"parts\":[{\"title\":\"Sea\",\"task\":\"Write of the "
                                    "sea\"},{\"task\":\"Write of\\nthe wind\",\"split\":true}]}\n```",
                                    4);
        QCOMPARE(parts.size(), 2U);
        QVERIFY((parts[0] == SwarmPart{"Sea", "Write of the sea", false}));
        QVERIFY((parts[1] == SwarmPart{"Write of the wind", "Write of\nthe wind", true}));
    }

    void losesNothingOfAPlanWithTooManyParts()
    {
        const auto parts =
            readPlan("{\"parts\":[{\"task\":\"a\"},{\"task\":\"b\",\"split\":true},{\"task\":\"c\"}]}", 2);
        QCOMPARE(parts.size(), 2U);
        QCOMPARE(parts[1].task, std::string("b\n\nc"));
        QVERIFY(!parts[1].isToBeSplit);
    }

    void seesThatThereIsNoPlan_data()
    {
        QTest::addColumn<QByteArray>("reply");
        for (const char *reply : {"", "I would rather answer it myself.", "{", "}{", "{\"parts\":3}", "[1]",
                                  "{\"parts\":[{\"title\":\"no task\"},{\"task\":\"  \"},7]}", "{\"parts\":[}"})
            QTest::newRow(reply) << QByteArray(reply);
    }
    void seesThatThereIsNoPlan()
    {
        QFETCH(QByteArray, reply);
        QVERIFY(readPlan(reply.toStdString(), 4).empty());
    }

    void cutsWhatIsTooLongBetweenLetters()
    {
        std::string task;
        for (int i = 0; i < 5000; ++i)
            task += "ä";
        const auto parts = readPlan("{\"parts\":[{\"task\":\"" + task + "\"}]}", 4);
        QCOMPARE(parts.at(0).task.size(), 8000U);
        QCOMPARE(parts.at(0).title.size(), 80U);
    }

    void takesTheModeThatIsWishedForAndNoSwarmInNeed()
    {
        using wire::ExecutionMode;
        const auto hint = [](ExecutionMode mode) { return wire::OptimizationHints{.mode = mode}; };
        QVERIFY((chooseMode({}, ExecutionMode::Fast, true) == ModeChoice{ExecutionMode::Fast, false}));
        QVERIFY((chooseMode(wire::OptimizationHints{}, ExecutionMode::Fast, true) ==
                 ModeChoice{ExecutionMode::Fast, false}));
        QVERIFY((chooseMode(hint(ExecutionMode::Quality), ExecutionMode::Fast, true) ==
                 ModeChoice{ExecutionMode::Quality, false}));
        QVERIFY((chooseMode(hint(ExecutionMode::Quality), ExecutionMode::Fast, false) ==
                 ModeChoice{ExecutionMode::Balanced, true}));
        QVERIFY((chooseMode({}, ExecutionMode::Quality, false) == ModeChoice{ExecutionMode::Balanced, true}));
        QVERIFY((chooseMode(hint(ExecutionMode::Fast), ExecutionMode::Quality, false) ==
                 ModeChoice{ExecutionMode::Fast, false}));
    }
};

QTEST_GUILESS_MAIN(TstSwarmPlan)
#include "tst_swarm_plan.moc"
