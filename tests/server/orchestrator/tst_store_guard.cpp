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
    void anOperatorsOverrideEndsTheProbes();
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
    QVERIFY(t.server->breakers()[0].state != wire::BreakerState::Closed);
    t.store.failing = false;
    t.advance(5s); // nobody sends anything: the guard's own probes have to find out
    QCOMPARE(t.server->breakers()[0].state, wire::BreakerState::Closed);
    QCOMPARE(t.server->health().status, wire::HealthState::Healthy);
    for (int i = 0; i < 3; ++i)
        t.chat(key, "n" + std::to_string(i), "hello");
    QCOMPARE(t.seen[key].bodies<wire::ServerAck>().size(), 3U);
    const auto journal = t.store.journal.size();
    t.advance(60s);
    QCOMPARE(t.store.journal.size(), journal); // a store that is well is not probed
}

void TstStoreGuard::anOperatorsOverrideEndsTheProbes()
{
    HubBench t;
    t.load();
    const auto key = t.join({});
    t.store.failing = true;
    for (int i = 0; i < 5; ++i)
        t.chat(key, "m" + std::to_string(i), "hello");
    t.advance(3s);
    QVERIFY(std::ranges::count(t.store.journal, "probe") > 0);
    t.server->breakerBoard().find("store")->overrideWith(wire::BreakerOverride::ForcedOpen, "olga", "disk", 3600s);
    t.advance(3s);
    const auto probes = std::ranges::count(t.store.journal, "probe");
    t.advance(60s);
    QCOMPARE(std::ranges::count(t.store.journal, "probe"), probes);
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
