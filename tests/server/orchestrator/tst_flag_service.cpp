// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/orchestrator/flag_service.h"
#include "tests/support/hub_bench.h"

#include <QTest>

using namespace orchestra;

class TstFlagService : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aShareOfTheSessionsIsIn();
    void aSessionNeverFlips();
    void anUnknownFlagIsOff();
    void evaluationsAreCountedAndSurviveAChange();
};

void TstFlagService::aShareOfTheSessionsIsIn()
{
    HubBench t;
    FlagService flags(t.hub);
    wire::FlagRow row;
    row.name = "v2_api";
    row.enabled = true;
    row.percent = 25;
    flags.setFlags({row});
    int on = 0;
    for (int i = 0; i < 4000; ++i)
        on += flags.isOn("v2_api", flagUnit("user" + std::to_string(i), "session-1")) ? 1 : 0;
    QVERIFY2(on > 880 && on < 1120, qPrintable(QString::number(on)));
    row.enabled = false;
    flags.setFlags({row});
    QVERIFY(!flags.isOn("v2_api", "ann/s1"));
    QCOMPARE(flags.on(), 0U);
}

void TstFlagService::aSessionNeverFlips()
{
    HubBench t;
    FlagService flags(t.hub);
    wire::FlagRow row;
    row.name = "f";
    row.enabled = true;
    row.percent = 50;
    flags.setFlags({row});
    for (int i = 0; i < 100; ++i) {
        const std::string session = std::to_string(i);
        const std::string first = flags.evaluate("ann", session).at("f");
        QCOMPARE(flags.evaluate("ann", session).at("f"), first);
    }
}

void TstFlagService::anUnknownFlagIsOff()
{
    HubBench t;
    const FlagService flags(t.hub);
    QVERIFY(!flags.isOn("nothing", "ann/s1"));
    QVERIFY(flags.find("nothing") == nullptr);
}

void TstFlagService::evaluationsAreCountedAndSurviveAChange()
{
    HubBench t;
    FlagService flags(t.hub);
    wire::FlagRow row;
    row.name = "f";
    flags.setFlags({row});
    flags.evaluate("ann", "s1");
    flags.evaluate("ann", "s1");
    auto planned = flags.planned({"f", true, 5}, "olga");
    flags.evaluate("ann", "s1"); // before it is durable
    flags.save(*planned, {}, [](const Status &) {});
    QVERIFY(!flags.find("f")->enabled);
    t.settle();
    t.store.deliver();
    QVERIFY(flags.find("f")->enabled);
    QCOMPARE(flags.find("f")->evaluations, 3U);
    QVERIFY(flags.find("f")->lastSeen);
}

QTEST_APPLESS_MAIN(TstFlagService)
#include "tst_flag_service.moc"
