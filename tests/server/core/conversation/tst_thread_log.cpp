// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/core/conversation/thread_log.h"

#include "server/core/conversation/event_size.h"
#include "tests/support/manual_clock.h"

#include <QTest>

using namespace orchestra;
using namespace std::chrono_literals;

namespace {

wire::ServerFrame token(std::string text)
{
    wire::ServerFrame frame;
    frame.userId = "ann";
    frame.body = wire::StreamToken{0, std::move(text)};
    return frame;
}

std::vector<std::uint64_t> offsets(const std::vector<EventPtr> &events)
{
    std::vector<std::uint64_t> out;
    for (const EventPtr &event : events)
        out.push_back(*event->frame.offset);
    return out;
}

using Offsets = std::vector<std::uint64_t>;

} // namespace

class TstThreadLog : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void numbersEventsFromWhereTheStoreEnded();
    void aReservedOffsetHoldsBackWhatFollows();
    void severalReservationsAreShownInOrder();
    void keepsTheLastEventsWhateverTheirAge();
    void keepsYoungEventsWhateverTheirNumber();
    void keepsAtMostItsBytesBeyondTheLivingTask();
    void keepsALivingTaskWhole();
    void keepsWhatASlowReaderStillNeeds();
    void forgettingSparesLivingTasksOnly();
    void countsItsBytes();
};

void TstThreadLog::numbersEventsFromWhereTheStoreEnded()
{
    ManualClock clock;
    ThreadLog log(3, 17);
    QCOMPARE(log.published(), 17U);
    QCOMPARE(log.first(), 18U);
    const auto shown = log.append(token("a"), clock.now());
    QCOMPARE(offsets(shown), Offsets{18});
    QCOMPARE(*shown[0]->frame.epoch, 3U);
    QCOMPARE(log.published(), 18U);
    QCOMPARE(log.at(18), shown[0]);
}

void TstThreadLog::aReservedOffsetHoldsBackWhatFollows()
{
    ManualClock clock;
    ThreadLog log(1, 0);
    log.append(token("a"), clock.now());
    const auto reserved = log.reserve();
    QCOMPARE(reserved, 2U);
    QVERIFY(log.append(token("c"), clock.now()).empty());
    QVERIFY(log.append(token("d"), clock.now()).empty());
    QCOMPARE(log.published(), 1U);
    QCOMPARE(offsets(log.fill(reserved, token("b"), clock.now())), (Offsets{2, 3, 4}));
    QCOMPARE(log.published(), 4U);
}

void TstThreadLog::severalReservationsAreShownInOrder()
{
    ManualClock clock;
    ThreadLog log(1, 0);
    const auto a = log.reserve();
    const auto b = log.reserve();
    log.append(token("c"), clock.now());
    QVERIFY(log.fill(b, token("b"), clock.now()).empty());
    QCOMPARE(offsets(log.fill(a, token("a"), clock.now())), (Offsets{1, 2, 3}));
}

void TstThreadLog::keepsTheLastEventsWhateverTheirAge()
{
    ManualClock clock;
    ThreadLog log(1, 0);
    for (int i = 0; i < 600; ++i)
        log.append(token("x"), clock.now());
    clock.advance(1h);
    log.trim({}, clock.now());
    QCOMPARE(log.first(), 600U - 512U + 1U);
}

void TstThreadLog::keepsYoungEventsWhateverTheirNumber()
{
    ManualClock clock;
    ThreadLog log(1, 0);
    for (int i = 0; i < 1000; ++i)
        log.append(token("x"), clock.now());
    clock.advance(2min);
    log.trim({}, clock.now());
    QCOMPARE(log.first(), 1U);
    clock.advance(1ms);
    log.trim({}, clock.now());
    QCOMPARE(log.first(), 1000U - 512U + 1U);
}

void TstThreadLog::keepsAtMostItsBytesBeyondTheLivingTask()
{
    ManualClock clock;
    ThreadLog log(1, 0);
    for (int i = 0; i < 100; ++i)
        log.append(token(std::string(100'000, 'x')), clock.now());
    log.trim({}, clock.now());
    QVERIFY(log.bytes() <= 1U << 20U);
    QVERIFY(log.bytes() > 900'000U);
    QCOMPARE(log.published(), 100U);
}

void TstThreadLog::keepsALivingTaskWhole()
{
    ManualClock clock;
    ThreadLog log(1, 0);
    for (int i = 0; i < 20; ++i)
        log.append(token(std::string(100'000, 'x')), clock.now());
    log.pin(21);
    for (int i = 0; i < 50; ++i)
        log.append(token(std::string(100'000, 'x')), clock.now());
    clock.advance(1h);
    log.trim({}, clock.now());
    // Beyond the task the bytes still count: ten events of 100 kB fit into 1 MiB.
    QCOMPARE(log.first(), 11U);
    log.unpin(21);
    log.trim({}, clock.now());
    QCOMPARE(log.first(), 61U);
}

void TstThreadLog::keepsWhatASlowReaderStillNeeds()
{
    ManualClock clock;
    ThreadLog log(1, 0);
    for (int i = 0; i < 2000; ++i)
        log.append(token("x"), clock.now());
    log.hold(5);
    clock.advance(1h);
    log.trim({}, clock.now());
    QCOMPARE(log.first(), 5U);
    log.release(5);
    log.trim({}, clock.now());
    QCOMPARE(log.first(), 2000U - 512U + 1U);
}

void TstThreadLog::forgettingSparesLivingTasksOnly()
{
    ManualClock clock;
    ThreadLog log(1, 0);
    for (int i = 0; i < 10; ++i)
        log.append(token("x"), clock.now());
    log.hold(2);
    log.pin(8);
    log.forget();
    QCOMPARE(log.first(), 8U);
    log.unpin(8);
    log.forget();
    QCOMPARE(log.first(), 11U);
    QCOMPARE(log.bytes(), 0U);
}

void TstThreadLog::countsItsBytes()
{
    ManualClock clock;
    ThreadLog log(1, 0);
    const wire::ServerFrame frame = token("hello");
    const std::size_t one = estimatedBytes(frame);
    log.append(frame, clock.now());
    const auto reserved = log.reserve();
    log.append(frame, clock.now());
    QCOMPARE(log.bytes(), 2 * one);
    log.fill(reserved, frame, clock.now());
    QCOMPARE(log.bytes(), 3 * one);
}

QTEST_APPLESS_MAIN(TstThreadLog)
#include "tst_thread_log.moc"
