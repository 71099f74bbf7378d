// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/link/link_state.h"
#include "tests/support/manual_clock.h"

#include <QTest>

using namespace orchestra;
using namespace std::chrono_literals;

class TstLinkState : public QObject
{
    Q_OBJECT

private:
    ManualClock clock_;
    SeededRandom random_{7};

    LinkState live()
    {
        LinkState link(clock_, random_);
        link.start();
        link.opened();
        link.synced();
        return link;
    }

private Q_SLOTS:
    void goesLiveThroughConnectingAndSyncing()
    {
        LinkState link(clock_, random_);
        QCOMPARE(link.phase(), LinkPhase::Idle);
        link.start();
        QCOMPARE(link.phase(), LinkPhase::Connecting);
        QCOMPARE(link.attempt(), 1U);
        link.opened();
        QCOMPARE(link.phase(), LinkPhase::Syncing);
        link.synced();
        QCOMPARE(link.phase(), LinkPhase::Live);
    }

    void isStaleAfterThreeSilentSecondsAndLiveWithTheNextFrame()
    {
        LinkState link = live();
        clock_.advance(2900ms);
        link.tick();
        QCOMPARE(link.phase(), LinkPhase::Live);
        clock_.advance(200ms);
        link.tick();
        QCOMPARE(link.phase(), LinkPhase::Stale);
        link.heard();
        QCOMPARE(link.phase(), LinkPhase::Live);
    }

    void givesUpASilentLink()
    {
        LinkState link = live();
        clock_.advance(16s);
        QCOMPARE(link.tick(), LinkState::Wish::Nothing); // turns stale
        QCOMPARE(link.tick(), LinkState::Wish::Abort);
    }

    void givesUpAConnectionThatNeverOpens()
    {
        LinkState link(clock_, random_);
        link.start();
        clock_.advance(16s);
        QCOMPARE(link.tick(), LinkState::Wish::Abort);
    }

    void comesBackAfterAJitteredDelayOfAtMostThirtySeconds()
    {
        LinkState link = live();
        for (int round = 0; round < 12; ++round) {
            link.closed(1006, "broken", 0ms);
            QCOMPARE(link.phase(), LinkPhase::Lost);
            const auto ceiling = std::min<std::chrono::nanoseconds>(30s, 1s * (1U << std::min(link.attempt(), 5U)));
            QVERIFY(link.untilRetry() <= ceiling);
            clock_.advance(link.untilRetry());
            QCOMPARE(link.tick(), LinkState::Wish::Open);
            QCOMPARE(link.attempt(), static_cast<unsigned>(round + 1));
        }
    }

    void waitsAsLongAsADrainingServerAsks()
    {
        LinkState link = live();
        link.closed(1001, "draining", 12s);
        QVERIFY(link.untilRetry() >= 12s);
    }

    void neverRetriesAfterATerminalCode_data()
    {
        QTest::addColumn<int>("code");
        for (const int code : {1000, 1002, 1007, 1009, 4001, 4003, 4007, 4042})
            QTest::addRow("%d", code) << code;
    }
    void neverRetriesAfterATerminalCode()
    {
        QFETCH(int, code);
        LinkState link = live();
        link.closed(static_cast<std::uint16_t>(code), "no", 0ms);
        QCOMPARE(link.phase(), LinkPhase::Denied);
        clock_.advance(1h);
        QCOMPARE(link.tick(), LinkState::Wish::Nothing);
        QCOMPARE(static_cast<int>(link.closeCode()), code);
    }

    void retriesAtOnceWhenToldTo()
    {
        LinkState link = live();
        link.closed(1006, "", 20s);
        link.retryNow();
        QCOMPARE(link.tick(), LinkState::Wish::Open);
    }

    void staysIdleAfterLeaving()
    {
        LinkState link = live();
        link.stop();
        link.closed(1000, "", 0ms);
        QCOMPARE(link.phase(), LinkPhase::Idle);
    }
};

QTEST_GUILESS_MAIN(TstLinkState)
#include "tst_link_state.moc"
