// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/agents/commands.h"
#include "server/agents/operations_agent.h"

#include <QTest>

#include <set>

using namespace orchestra;

class TstCommands : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void offersTheCommandsThatTheManualNames()
    {
        for (const char *name : {"help", "status", "connections", "breakers", "flags", "tasks", "search", "docs"})
            QVERIFY2(findCommand(name), name);
    }

    void isFoundInAnyCase()
    {
        QCOMPARE(findCommand("STATUS"), findCommand("status"));
        QVERIFY(!findCommand("stat"));
    }

    void suggestsTheNearest()
    {
        QCOMPARE(nearestCommand("statsu"), findCommand("status"));
        QVERIFY(!nearestCommand("completely-else"));
    }

    void hasOneCommandForEachIntentAndSomebodyWhoAnswersIt()
    {
        std::set<Intent> seen;
        for (const CommandSpec &command : allCommands()) {
            if (command.desk != CommandDesk::Operations) {
                QVERIFY2(command.intent == Intent::Unknown, command.name.data());
                continue;
            }
            QVERIFY2(seen.insert(command.intent).second, command.name.data());
            QVERIFY(OperationsAgent::answers(command.intent) || command.intent == Intent::Help);
            QCOMPARE(command.changes, changesState(command.intent));
        }
    }
};

QTEST_GUILESS_MAIN(TstCommands)
#include "tst_commands.moc"
