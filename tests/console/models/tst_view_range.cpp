// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/view_range.h"
#include "tests/support/manual_clock.h"

#include <QTest>

using namespace orchestra;
using namespace std::chrono_literals;

class TstViewRange : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void followsTheClock()
    {
        ManualClock clock;
        ViewRange range(clock, nullptr);
        QCOMPARE(range.toMs() - range.fromMs(), 15.0 * 60'000);
        clock.advance(5s);
        range.tick(qQNaN());
        QCOMPARE(range.toMs(), static_cast<qreal>(clock.wallMs()));
    }

    void standsStillWhilePausedAndCountsWhatComes()
    {
        ManualClock clock;
        ViewRange range(clock, nullptr);
        range.setPaused(true);
        const qreal to = range.toMs();
        clock.advance(60s);
        range.tick(qQNaN());
        range.hold();
        range.hold();
        QCOMPARE(range.toMs(), to);
        QCOMPARE(range.heldText(), QStringLiteral("+2"));
        range.setPaused(false);
        QCOMPARE(range.toMs(), static_cast<qreal>(clock.wallMs()));
        QVERIFY(range.heldText().isEmpty());
    }

    void zoomsAndComesBack()
    {
        ManualClock clock;
        ViewRange range(clock, nullptr);
        range.setPreset(ViewRange::Hour1);
        const qreal to = range.toMs();
        range.zoom(to - 5000, to);
        QVERIFY2(range.preset() == ViewRange::Hour1, "too short to be meant");
        range.zoom(to - 60'000, to - 30'000);
        QCOMPARE(range.preset(), static_cast<int>(ViewRange::Custom));
        QCOMPARE(range.length(), 30s);
        range.goLive();
        QCOMPARE(range.preset(), static_cast<int>(ViewRange::Hour1));
    }

    void stopsAtTheShortestAndLongest()
    {
        ManualClock clock;
        ViewRange range(clock, nullptr);
        for (int i = 0; i < 10; ++i)
            range.shorter();
        QCOMPARE(range.preset(), static_cast<int>(ViewRange::Minutes5));
        for (int i = 0; i < 10; ++i)
            range.longer();
        QCOMPARE(range.preset(), static_cast<int>(ViewRange::Hours24));
    }
};

QTEST_GUILESS_MAIN(TstViewRange)
#include "tst_view_range.moc"
