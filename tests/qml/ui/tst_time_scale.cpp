// SPDX-License-Identifier: GPL-3.0-or-later
#include "qml/ui/time_scale.h"

#include <QTest>

using orchestra::ui::TimeScale;

namespace {
constexpr qreal kMinute = 60'000;
constexpr qreal kTwoOClock = 14 * 60 * kMinute; // 1970-01-01 14:00:00 UTC
} // namespace

class TstTimeScale : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void ticksOnWholeMinutes()
    {
        TimeScale scale;
        scale.setMost(5);
        scale.setFromMs(kTwoOClock - 11 * kMinute - 38'000);
        scale.setToMs(kTwoOClock + 3 * kMinute + 22'000);
        QCOMPARE(scale.labels(), QStringLiteral("13:51 13:54 13:57 14:00 14:03").split(u' '));
        QCOMPARE(scale.ticks().last(), kTwoOClock + 3 * kMinute);
    }
    void neverMoreThanThereIsRoomFor_data()
    {
        QTest::addColumn<qreal>("minutes");
        for (const qreal minutes : {0.1, 1.0, 5.0, 15.0, 60.0, 360.0, 1440.0})
            QTest::newRow(qPrintable(QString::number(minutes))) << minutes;
    }
    void neverMoreThanThereIsRoomFor()
    {
        QFETCH(qreal, minutes);
        for (int most = 1; most < 9; ++most) {
            TimeScale scale;
            scale.setMost(most);
            scale.setFromMs(kTwoOClock);
            scale.setToMs(kTwoOClock + minutes * kMinute);
            QVERIFY2(scale.ticks().size() <= most + 1, qPrintable(QString::number(scale.ticks().size())));
        }
    }
    void showsSecondsWhenTicksAreSeconds()
    {
        TimeScale scale;
        scale.setMost(3);
        scale.setFromMs(kTwoOClock);
        scale.setToMs(kTwoOClock + 30'000);
        QCOMPARE(scale.labels().first(), QStringLiteral("14:00:00"));
    }
    void followsTheZoneThatIsShown()
    {
        TimeScale scale;
        scale.setUtcOffsetSeconds(5 * 3600 + 30 * 60);
        scale.setMost(2);
        scale.setFromMs(kTwoOClock);
        scale.setToMs(kTwoOClock + 120 * kMinute);
        QCOMPARE(scale.labels(), QStringLiteral("20:00 21:00").split(u' ')); // 19:30 to 21:30 there
        QCOMPARE(scale.textOf(kTwoOClock), QStringLiteral("19:30:00"));
    }
    void hasNoTicksWithoutATime()
    {
        TimeScale scale;
        QVERIFY(scale.ticks().isEmpty());
        scale.setFromMs(qQNaN());
        scale.setToMs(kTwoOClock);
        QVERIFY(scale.ticks().isEmpty());
        QCOMPARE(scale.textOf(qQNaN()), QStringLiteral("—"));
    }
};

QTEST_GUILESS_MAIN(TstTimeScale)
#include "tst_time_scale.moc"
