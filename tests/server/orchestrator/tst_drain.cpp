// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/hub_bench.h"

#include <QTest>

using namespace orchestra;
using namespace std::chrono_literals;

class TstDrain : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void runningTurnsFinishNewOnesAreRefused();
    void whatDoesNotFinishIsInterruptedAndKept();
    void everybodyIsToldBeforeTheClose();
};

void TstDrain::runningTurnsFinishNewOnesAreRefused()
{
    HubBench t;
    t.load();
    const auto key = t.join({});
    t.chat(key, "m1", "hello");
    t.server->beginDrain("SIGTERM");
    QCOMPARE(t.stopped, 0);
    t.settle();
    QCOMPARE(t.stopped, 2); // every edge thread
    QVERIFY(!t.server->isReady() && t.server->isDraining());
    t.chat(key, "m2", "hello");
    QCOMPARE(t.seen[key].bodies<wire::ErrorFrame>().back().code, Code::Draining);
    QCOMPARE(t.seen[t.knock({.user = "late"})].refused->code, Code::Draining);
    bool idle = false;
    t.server->whenIdle([&] { idle = true; });
    QVERIFY(!idle);
    t.answer(t.runner.turns[0], {"x"});
    QVERIFY(idle);
    QCOMPARE(t.seen[key].bodies<wire::AgentCompleted>()[0].status, wire::CompletionStatus::Completed);
}

void TstDrain::whatDoesNotFinishIsInterruptedAndKept()
{
    HubBench t;
    t.load();
    const auto key = t.join({});
    t.chat(key, "m1", "hello");
    t.chat(key, "m2", "queued");
    t.runner.turns[0]->say(ReportWriter::fill("half an answer"));
    t.server->beginDrain("SIGTERM");
    bool idle = false;
    t.server->whenIdle([&] { idle = true; });
    t.server->interruptTasks();
    t.settle();
    QVERIFY(idle);
    const auto ends = t.seen[key].bodies<wire::AgentCompleted>();
    QCOMPARE(ends.size(), 2U);
    QCOMPARE(t.runner.turns.size(), 1U);
    for (const wire::AgentCompleted &end : ends)
        QCOMPARE(end.error->code, Code::Interrupted);
    QVERIFY(ends[0].content == "half an answer" || ends[1].content == "half an answer");
    for (const auto &[id, task] : t.store.tasks)
        QVERIFY(task.finished);
}

void TstDrain::everybodyIsToldBeforeTheClose()
{
    HubBench t;
    const std::string viewer = t.addToken("vera", Role::Viewer, {}, std::string(kLocalOperatorNote));
    t.load();
    const auto key = t.join({});
    const auto console = t.connect({.token = viewer, .surface = Surface::Ops});
    t.server->beginDrain("SIGTERM");
    t.server->closeEverything(5s, "the server stops");
    t.settle();
    QCOMPARE(t.seen[key].bodies<wire::Drain>()[0].retryAfterMs, 5000U);
    QCOMPARE(*t.seen[key].closed, 1001);
    QCOMPARE(*t.seen[console].closed, 1001);
}

QTEST_APPLESS_MAIN(TstDrain)
#include "tst_drain.moc"
