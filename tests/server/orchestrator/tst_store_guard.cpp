// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/hub_bench.h"

#include <QTest>

using namespace orchestra;
using namespace std::chrono_literals;

class TstStoreGuard : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aFailingStoreIsLeftAloneForAWhile();
    void historyIsReadWhileWritingFails();
    void serviceReturnsByItself();
    void conflictsAreNoFailures();
};

void TstStoreGuard::aFailingStoreIsLeftAloneForAWhile()
{
    HubBench t;
    t.load();
    const auto key = t.join({});
    t.store.failing = true;
    for (int i = 0; i < 5; ++i)
        t.chat(key, "m" + std::to_string(i), "hello");
    QCOMPARE(t.server->breakers()[0].state, wire::BreakerState::Open);
    const auto asked = t.store.journal.size();
    t.chat(key, "m9", "hello");
    const auto error = t.seen[key].bodies<wire::ErrorFrame>().back();
    QCOMPARE(error.code, Code::StorageUnavailable);
    QVERIFY(error.retryable && error.retryAfterMs);
    QCOMPARE(t.store.journal.size(), asked);
    QCOMPARE(t.server->health().status, wire::HealthState::Degraded);
    QCOMPARE(t.server->overview().problems[0].target, std::string("store"));
}

void TstStoreGuard::historyIsReadWhileWritingFails()
{
    HubBench t;
    t.load();
    const auto a = t.join({});
    t.chat(a, "m0", "hello");
    t.answer(t.runner.turns[0], {"x"});
    t.store.failing = true;
    for (int i = 1; i < 7; ++i)
        t.chat(a, "m" + std::to_string(i), "hello");
    const auto b = t.join({}, {{t.threadOf(a), 9, 9}});
    QCOMPARE(t.seen[b].bodies<wire::Snapshot>().size(), 1U);
}

void TstStoreGuard::serviceReturnsByItself()
{
    HubBench t;
    t.load();
    const auto key = t.join({});
    t.store.failing = true;
    for (int i = 0; i < 5; ++i)
        t.chat(key, "m" + std::to_string(i), "hello");
    t.advance(60s); // long enough for the longest wait
    t.store.failing = false;
    t.advance(7s);
    for (int i = 0; i < 3; ++i)
        t.chat(key, "n" + std::to_string(i), "hello");
    QCOMPARE(t.seen[key].bodies<wire::ServerAck>().size(), 3U);
    QCOMPARE(t.server->breakers()[0].state, wire::BreakerState::Closed);
}

void TstStoreGuard::conflictsAreNoFailures()
{
    HubBench t;
    t.load();
    const auto key = t.join({});
    t.chat(key, "m0", "hello");
    t.answer(t.runner.turns[0], {"x"});
    for (int i = 0; i < 30; ++i)
        t.chat(key, "m0", "other " + std::to_string(i));
    QCOMPARE(t.server->breakers()[0].state, wire::BreakerState::Closed);
    QCOMPARE(t.server->breakers()[0].failures, 0U);
}

QTEST_APPLESS_MAIN(TstStoreGuard)
#include "tst_store_guard.moc"
