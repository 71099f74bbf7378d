// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/core/conversation/resume.h"

#include "tests/support/manual_clock.h"

#include <QTest>

using namespace orchestra;
using Outcome = wire::ResumeOutcome;

namespace {

constexpr std::size_t kPart = 256 * 1024;
constexpr std::size_t kMany = 1'000'000;

void append(ThreadLog &log, int events, std::size_t bytes = 20)
{
    for (int i = 0; i < events; ++i) {
        wire::ServerFrame frame;
        frame.body = wire::StreamToken{0, std::string(bytes, 'x')};
        log.append(std::move(frame), {});
    }
}

ThreadId threadNumber(std::uint8_t n)
{
    return ThreadId({n});
}

/// What a reader has received of one thread.
struct Reader
{
    std::uint64_t last = 0;
    std::size_t snapshots = 0;

    void take(const std::vector<EventPtr> &events)
    {
        for (const EventPtr &event : events) {
            if (const auto *snapshot = std::get_if<wire::Snapshot>(&event->frame.body)) {
                last = snapshot->offset;
                ++snapshots;
                continue;
            }
            QCOMPARE(*event->frame.offset, last + 1);
            last = *event->frame.offset;
        }
    }
};

EventPtr snapshotOf(const ThreadLog &log)
{
    wire::ServerFrame frame;
    frame.body = wire::Snapshot{log.epoch(), log.published(), 0, true, {}};
    return std::make_shared<const Event>(Event{std::move(frame), 1000});
}

} // namespace

class TstResume : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void plansTheFourOutcomes_data();
    void plansTheFourOutcomes();
    void handsOutPartsOfTheAskedSize();
    void handsOutPartsOfTheAskedNumber();
    void convergesWithASlowReaderWhileTheTaskGoesOn();
    void aSingleHugeEventStillPasses();
    void severalThreadsCatchUpTogether();
    void aSnapshotIsFollowedByWhatCameAfterIt();
    void fallsBackToASnapshotWhenRetentionOvertakesIt();
    void letsTheLogGoWhenItEnds();
};

void TstResume::plansTheFourOutcomes_data()
{
    QTest::addColumn<bool>("hasCursor");
    QTest::addColumn<quint64>("epoch");
    QTest::addColumn<quint64>("offset");
    QTest::addColumn<bool>("hasMessages");
    QTest::addColumn<int>("outcome");
    // The log is at epoch 2 and keeps offsets 11..20.
    QTest::newRow("no cursor: from now") << false << quint64(0) << quint64(0) << true << int(Outcome::Current);
    QTest::newRow("nothing missed") << true << quint64(2) << quint64(20) << true << int(Outcome::Current);
    QTest::newRow("one missed") << true << quint64(2) << quint64(19) << true << int(Outcome::Replayed);
    QTest::newRow("the oldest that is kept") << true << quint64(2) << quint64(10) << true << int(Outcome::Replayed);
    QTest::newRow("one too old") << true << quint64(2) << quint64(9) << true << int(Outcome::Snapshot);
    QTest::newRow("from the beginning") << true << quint64(2) << quint64(0) << true << int(Outcome::Snapshot);
    QTest::newRow("an older epoch") << true << quint64(1) << quint64(20) << true << int(Outcome::Snapshot);
    QTest::newRow("a newer epoch") << true << quint64(3) << quint64(20) << true << int(Outcome::Snapshot);
    QTest::newRow("ahead of the log") << true << quint64(2) << quint64(21) << true << int(Outcome::Snapshot);
    QTest::newRow("the messages are gone") << true << quint64(1) << quint64(20) << false << int(Outcome::Reset);
}

void TstResume::plansTheFourOutcomes()
{
    QFETCH(bool, hasCursor);
    QFETCH(quint64, epoch);
    QFETCH(quint64, offset);
    QFETCH(bool, hasMessages);
    QFETCH(int, outcome);
    ThreadLog log(2, 10);
    append(log, 10);
    std::optional<wire::Cursor> cursor;
    if (hasCursor)
        cursor = wire::Cursor{threadNumber(1), epoch, offset};
    const wire::ThreadPosition plan = planResume(threadNumber(1), log, hasMessages, cursor);
    QCOMPARE(int(plan.outcome), outcome);
    QCOMPARE(plan.epoch, 2U);
    QCOMPARE(plan.to, 20U);
    QCOMPARE(plan.from, hasCursor ? offset : 20U);
}

void TstResume::handsOutPartsOfTheAskedSize()
{
    ThreadLog log(1, 0);
    append(log, 5000);
    CatchUp catchUp;
    catchUp.addReplay(threadNumber(1), log, 0);
    Reader reader;
    int parts = 0;
    for (;;) {
        const CatchUp::Part part = catchUp.next(kPart, kMany);
        std::size_t bytes = 0;
        for (const EventPtr &event : part.events)
            bytes += event->bytes;
        QVERIFY(bytes <= kPart);
        reader.take(part.events);
        ++parts;
        if (part.caughtUp)
            break;
        QVERIFY(bytes > kPart - 1000);
    }
    QCOMPARE(reader.last, 5000U);
    QVERIFY(parts >= 4);
}

void TstResume::handsOutPartsOfTheAskedNumber()
{
    ThreadLog log(1, 0);
    append(log, 1200);
    CatchUp catchUp;
    catchUp.addReplay(threadNumber(1), log, 0);
    QCOMPARE(catchUp.next(kPart, 512).events.size(), 512U);
    QCOMPARE(catchUp.next(kPart, 512).events.size(), 512U);
    const CatchUp::Part rest = catchUp.next(kPart, 512);
    QCOMPARE(rest.events.size(), 176U);
    QVERIFY(rest.caughtUp);
}

void TstResume::convergesWithASlowReaderWhileTheTaskGoesOn()
{
    ThreadLog log(1, 0);
    log.pin(1);
    append(log, 5000);
    CatchUp catchUp;
    catchUp.addReplay(threadNumber(1), log, 0);
    Reader reader;
    bool live = false;
    // Each time the reader has drained a part, 300 more events have come.
    for (int round = 0; round < 100 && !live; ++round) {
        const CatchUp::Part part = catchUp.next(kPart, kMany);
        reader.take(part.events);
        live = part.caughtUp;
        if (!live)
            append(log, 300);
        log.trim({}, MonotonicTime(std::chrono::hours(round)));
    }
    QVERIFY(live);
    QCOMPARE(reader.last, log.published());
    QCOMPARE(reader.snapshots, 0U);
}

void TstResume::aSingleHugeEventStillPasses()
{
    ThreadLog log(1, 0);
    append(log, 1, 2 * kPart);
    append(log, 1);
    CatchUp catchUp;
    catchUp.addReplay(threadNumber(1), log, 0);
    QCOMPARE(catchUp.next(kPart, kMany).events.size(), 1U);
    const CatchUp::Part rest = catchUp.next(kPart, kMany);
    QCOMPARE(rest.events.size(), 1U);
    QVERIFY(rest.caughtUp);
}

void TstResume::severalThreadsCatchUpTogether()
{
    ThreadLog a(1, 0);
    ThreadLog b(1, 0);
    append(a, 10);
    append(b, 2000);
    CatchUp catchUp;
    catchUp.addReplay(threadNumber(1), a, 0);
    catchUp.addReplay(threadNumber(2), b, 0);
    CatchUp::Part part = catchUp.next(kPart, kMany);
    QVERIFY(!part.caughtUp);
    append(a, 1); // while b is still being sent
    std::uint64_t lastOfA = 10;
    while (!part.caughtUp) {
        part = catchUp.next(kPart, kMany);
        for (const EventPtr &event : part.events)
            if (event == a.at(11))
                lastOfA = 11;
    }
    QCOMPARE(lastOfA, 11U);
}

void TstResume::aSnapshotIsFollowedByWhatCameAfterIt()
{
    ThreadLog log(2, 7);
    CatchUp catchUp;
    catchUp.addSnapshot(threadNumber(1), log);
    append(log, 3);
    CatchUp::Part part = catchUp.next(kPart, kMany);
    QVERIFY(part.events.empty() && !part.caughtUp);
    catchUp.snapshotReady(threadNumber(1), {snapshotOf(log)}); // as of 10
    append(log, 2);
    part = catchUp.next(kPart, kMany);
    QVERIFY(part.caughtUp);
    Reader reader;
    reader.take(part.events);
    QCOMPARE(reader.snapshots, 1U);
    QCOMPARE(reader.last, 12U);
}

void TstResume::fallsBackToASnapshotWhenRetentionOvertakesIt()
{
    ThreadLog log(1, 0);
    append(log, 5000);
    CatchUp catchUp;
    catchUp.addReplay(threadNumber(1), log, 0);
    Reader reader;
    reader.take(catchUp.next(kPart, kMany).events);
    QVERIFY(reader.last > 0 && reader.last < 5000);
    log.forget(); // memory ran short
    CatchUp::Part part = catchUp.next(kPart, kMany);
    QCOMPARE(part.needSnapshot, std::vector<ThreadId>{threadNumber(1)});
    QVERIFY(part.events.empty() && !part.caughtUp);
    QVERIFY(catchUp.next(kPart, kMany).needSnapshot.empty()); // asked for once
    append(log, 2);
    catchUp.snapshotReady(threadNumber(1), {snapshotOf(log)});
    append(log, 1);
    part = catchUp.next(kPart, kMany);
    reader.take(part.events);
    QVERIFY(part.caughtUp);
    QCOMPARE(reader.last, 5003U);
}

void TstResume::letsTheLogGoWhenItEnds()
{
    ThreadLog log(1, 0);
    append(log, 2000);
    {
        CatchUp catchUp;
        catchUp.addReplay(threadNumber(1), log, 0);
        catchUp.next(1000, kMany);
        log.trim({}, MonotonicTime(std::chrono::hours(1)));
        QVERIFY(log.first() < 100U);
    }
    log.trim({}, MonotonicTime(std::chrono::hours(1)));
    QCOMPARE(log.first(), 2000U - 512U + 1U);
}

QTEST_APPLESS_MAIN(TstResume)
#include "tst_resume.moc"
