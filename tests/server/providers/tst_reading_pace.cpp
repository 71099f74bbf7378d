// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/providers/reading_pace.h"

#include <QTest>

using namespace orchestra;
using namespace std::chrono_literals;

namespace {

constexpr MonotonicTime kStart = MonotonicTime{} + 1h;

/// How often a socket is read within `time` that has something again every `interval`, and the longest rest.
struct Readings
{
    int count = 0;
    std::chrono::nanoseconds longest{0};
};

Readings readings(std::chrono::microseconds interval, std::chrono::milliseconds time)
{
    ReadingPace pace;
    Readings out;
    for (MonotonicTime now = kStart; now < kStart + time;) {
        if (pace.earliest() > now) {
            out.longest = std::max<std::chrono::nanoseconds>(out.longest, pace.earliest() - now);
            now = pace.earliest();
        }
        pace.noteReading(now);
        ++out.count;
        now += interval;
    }
    return out;
}

} // namespace

class TstReadingPace : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void neverRestsWhatKeepsToThePace()
    {
        QCOMPARE(readings(20ms, 10s).longest, 0ns);
        QCOMPARE(readings(ReadingPace::kApart, 10s).longest, 0ns);
        QCOMPARE(readings(20ms, 10s).count, 500);
    }

    void readsTheFirstPiecesAtOnce()
    {
        ReadingPace pace;
        for (int i = 0; i <= ReadingPace::kAhead; ++i) {
            QVERIFY(pace.earliest() <= kStart);
            pace.noteReading(kStart);
        }
        QCOMPARE(pace.earliest(), kStart + ReadingPace::kApart);
    }

    void readsAFloodInRounds()
    {
        const Readings flood = readings(10us, 1s);
        QVERIFY(flood.longest <= ReadingPace::kApart);
        QCOMPARE(flood.count, 1000ms / ReadingPace::kApart + ReadingPace::kAhead + 1);
    }

    void startsAnewAfterASilence()
    {
        ReadingPace pace;
        for (int i = 0; i < 100; ++i)
            pace.noteReading(kStart);
        const MonotonicTime later = kStart + 1s;
        for (int i = 0; i <= ReadingPace::kAhead; ++i) {
            QVERIFY(pace.earliest() <= later);
            pace.noteReading(later);
        }
        QVERIFY(pace.earliest() > later);
    }
};

QTEST_GUILESS_MAIN(TstReadingPace)
#include "tst_reading_pace.moc"
