// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/base/clock.h"
#include "shared/base/random.h"
#include "tests/support/manual_clock.h"

#include <QDateTime>
#include <QTest>

#include <limits>

using namespace orchestra;
using namespace std::chrono_literals;

class TstClock : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void writesStamps_data();
    void writesStamps();
    void readsStamps_data();
    void readsStamps();
    void refusesWhatIsNoStamp_data();
    void refusesWhatIsNoStamp();
    void readsWhatItWrote();
    void appendsToWhatIsThere();
    void movesStampsBeyondTheBoundsToThem();
    void systemClocksAgreeWithThePlatform();
    void manualClockMovesOnlyWhenToldTo();
};

void TstClock::writesStamps_data()
{
    QTest::addColumn<qint64>("ms");
    QTest::addColumn<QString>("text");
    QTest::newRow("epoch") << qint64(0) << QStringLiteral("1970-01-01T00:00:00.000Z");
    QTest::newRow("before the epoch") << qint64(-1) << QStringLiteral("1969-12-31T23:59:59.999Z");
    QTest::newRow("example") << qint64(1'795'162'481'250) << QStringLiteral("2026-11-20T08:14:41.250Z");
    QTest::newRow("leap day") << qint64(1'709'164'800'007) << QStringLiteral("2024-02-29T00:00:00.007Z");
    QTest::newRow("no leap day in 1900") << qint64(-2'203'891'200'000) << QStringLiteral("1900-03-01T00:00:00.000Z");
    QTest::newRow("earliest") << qint64(kEarliestTimestamp) << QStringLiteral("0000-01-01T00:00:00.000Z");
    QTest::newRow("latest") << qint64(kLatestTimestamp) << QStringLiteral("9999-12-31T23:59:59.999Z");
}

void TstClock::writesStamps()
{
    QFETCH(qint64, ms);
    QFETCH(QString, text);
    QCOMPARE(QString::fromStdString(formatTimestamp(ms)), text);
}

void TstClock::readsStamps_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<qint64>("ms");
    const auto row = [](const char *text, qint64 ms) { QTest::newRow(text) << QString::fromLatin1(text) << ms; };
    row("2026-11-20T08:14:41Z", 1'795'162'481'000);
    row("2026-11-20T08:14:41.25Z", 1'795'162'481'250);
    row("2026-11-20t08:14:41.250z", 1'795'162'481'250);
    row("2026-11-20 08:14:41.250Z", 1'795'162'481'250);
    row("2026-11-20T08:14:41.2509999999999999999Z", 1'795'162'481'250);
    row("2026-11-20T10:14:41.250+02:00", 1'795'162'481'250);
    row("2026-11-20T02:44:41.250-05:30", 1'795'162'481'250);
    row("2026-11-20T08:14:41.250-00:00", 1'795'162'481'250);
    row("2016-12-31T23:59:60Z", 1'483'228'800'000); // a leap second counts as the next one
}

void TstClock::readsStamps()
{
    QFETCH(QString, text);
    QFETCH(qint64, ms);
    WallMs read = 0;
    QVERIFY(parseTimestamp(text.toStdString(), read));
    QCOMPARE(qint64(read), ms);
}

void TstClock::refusesWhatIsNoStamp_data()
{
    QTest::addColumn<QString>("text");
    for (const char *text : {"",
                             "now",
                             "1795162481250",
                             "2026-11-20",
                             "2026-11-20T08:14Z",
                             "2026-11-20T08:14:41",
                             "2026-11-20T08:14:41.Z",
                             "2026-11-20T08:14:41,5Z",
                             "2026-13-20T08:14:41Z",
                             "2026-02-29T08:14:41Z",
                             "2026-11-31T08:14:41Z",
                             "2026-00-10T08:14:41Z",
                             "2026-11-20T24:00:00Z",
                             "2026-11-20T08:60:00Z",
                             "2026-11-20T08:14:61Z",
                             "2026-11-20T08:14:41+2:00",
                             "2026-11-20T08:14:41+24:00",
                             "2026-11-20T08:14:41+02:60",
                             "2026-11-20T08:14:41Z ",
                             " 2026-11-20T08:14:41Z",
                             "-026-11-20T08:14:41Z",
                             "02026-11-20T08:14:41Z",
                             "0000-01-01T00:00:00+00:01",
                             "9999-12-31T23:59:59.999-00:01",
                             "9999-12-31T23:59:60Z"})
        QTest::newRow(text) << QString::fromLatin1(text);
}

void TstClock::refusesWhatIsNoStamp()
{
    QFETCH(QString, text);
    WallMs read = 0;
    QVERIFY(!parseTimestamp(text.toStdString(), read));
}

void TstClock::readsWhatItWrote()
{
    SeededRandom random(1);
    const auto range = static_cast<std::uint64_t>(kLatestTimestamp - kEarliestTimestamp);
    for (int i = 0; i < 100000; ++i) {
        const WallMs ms = kEarliestTimestamp + static_cast<WallMs>(random.next() % range);
        WallMs read = 0;
        QVERIFY(parseTimestamp(formatTimestamp(ms), read));
        QCOMPARE(read, ms);
    }
}

void TstClock::appendsToWhatIsThere()
{
    std::string out = "at ";
    appendTimestamp(out, 0);
    QCOMPARE(out, std::string("at 1970-01-01T00:00:00.000Z"));
}

void TstClock::movesStampsBeyondTheBoundsToThem()
{
    QCOMPARE(formatTimestamp(std::numeric_limits<WallMs>::min()), formatTimestamp(kEarliestTimestamp));
    QCOMPARE(formatTimestamp(std::numeric_limits<WallMs>::max()), formatTimestamp(kLatestTimestamp));
}

void TstClock::systemClocksAgreeWithThePlatform()
{
    const SystemClock clock;
    const MonotonicTime before = clock.now();
    QVERIFY(std::abs(clock.wallMs() - QDateTime::currentMSecsSinceEpoch()) < 1000);
    QVERIFY(clock.now() >= before);
}

void TstClock::manualClockMovesOnlyWhenToldTo()
{
    ManualClock clock;
    const MonotonicTime start = clock.now();
    const WallMs wall = clock.wallMs();
    QVERIFY(clock.now() == start && clock.wallMs() == wall);
    clock.advance(1500ms);
    QVERIFY(clock.now() - start == 1500ms && clock.wallMs() - wall == 1500);
    clock.setWall(5);
    QVERIFY(clock.now() - start == 1500ms && clock.wallMs() == 5);
}

QTEST_GUILESS_MAIN(TstClock)
#include "tst_clock.moc"
