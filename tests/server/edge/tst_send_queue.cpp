// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/edge/send_queue.h"
#include "shared/wire/json_codec.h"
#include "shared/wire/protobuf_codec.h"
#include "tests/support/ws_frames.h"

#include <QTest>

using namespace orchestra;

namespace {

/// A sink whose peer reads when the test says so.
class FakeSink final : public FrameSink
{
public:
    void writeFrame(std::string_view head, std::string_view body, std::string_view tail) override
    {
        bytes.append(head).append(body).append(tail);
        unsent += head.size() + body.size() + tail.size();
    }
    std::size_t bytesUnsent() const override { return unsent; }

    std::vector<WsFrame> frames() const { return allFrames(bytes).value(); }

    std::string bytes;
    std::size_t unsent = 0;
};

OutgoingFrame numbered(const std::string &body)
{
    return {std::make_shared<const std::string>(body), FrameEncoding::Text, wire::appendSequenceJson};
}

OutgoingFrame plain(std::size_t size, bool isDroppable = false)
{
    return {std::make_shared<const std::string>(size, 'x'), FrameEncoding::Text, nullptr, isDroppable};
}

} // namespace

class TstSendQueue : public QObject
{
    Q_OBJECT

private:
    const SendQueueLimits limits_;

private Q_SLOTS:
    void writesUnmaskedFramesOfEverySize_data()
    {
        QTest::addColumn<int>("size");
        QTest::addColumn<int>("head");
        for (const int size : {0, 1, 125})
            QTest::addRow("%d", size) << size << 2;
        for (const int size : {126, 127, 65535})
            QTest::addRow("%d", size) << size << 4;
        for (const int size : {65536, 300'000})
            QTest::addRow("%d", size) << size << 10;
    }
    void writesUnmaskedFramesOfEverySize()
    {
        QFETCH(int, size);
        QFETCH(int, head);
        FakeSink sink;
        SendQueue queue(sink, limits_);
        QVERIFY(queue.push(plain(std::size_t(size))));
        QCOMPARE(sink.bytes.size(), std::size_t(size + head));
        const auto frames = sink.frames();
        QCOMPARE(frames.size(), std::size_t(1));
        QCOMPARE(frames[0].opcode, unsigned(WsFrame::Text));
        QVERIFY(frames[0].isFinal && !frames[0].isMasked);
        QCOMPARE(frames[0].payload, std::string(std::size_t(size), 'x'));
    }

    void numbersJsonAndProtobufFramesOfOneConnectionTogether()
    {
        FakeSink sink;
        SendQueue queue(sink, limits_);
        QVERIFY(queue.push(numbered(R"({"type":"pong")")));
        QVERIFY(queue.push(plain(3)));
        QVERIFY(queue.push(
            {std::make_shared<const std::string>("\x0a\x01x"), FrameEncoding::Binary, wire::appendSequenceProtobuf}));
        QVERIFY(queue.push(numbered(R"({"type":"status")")));
        const auto frames = sink.frames();
        QCOMPARE(frames[0].payload, std::string(R"({"type":"pong","sequence":1})"));
        QCOMPARE(frames[1].payload, std::string("xxx"));
        std::string second("\x0a\x01x");
        wire::appendSequenceProtobuf(2, second);
        QCOMPARE(frames[2].payload, second);
        QCOMPARE(frames[2].opcode, unsigned(WsFrame::Binary));
        QCOMPARE(frames[3].payload, std::string(R"({"type":"status","sequence":3})"));
        QCOMPARE(queue.lastSequence(), std::uint64_t(3));
    }

    void countsTheTailIntoTheFrameLength()
    {
        // The tail takes the payload over the border of the short form.
        FakeSink sink;
        SendQueue queue(sink, limits_);
        QVERIFY(queue.push(numbered(std::string(120, ' '))));
        QCOMPARE(sink.frames().front().payload.size(), std::string(R"(,"sequence":1})").size() + 120);
    }

    void feedsTheSinkOnlyBelowItsMark()
    {
        FakeSink sink;
        SendQueue queue(sink, limits_);
        for (int i = 0; i < 100; ++i)
            QVERIFY(queue.push(plain(10'000)));
        QVERIFY(sink.unsent >= limits_.feedBelow);
        QVERIFY(sink.unsent < limits_.feedBelow + 10'010);
        QCOMPARE(queue.waitingFrames(), 100 - sink.frames().size());
        queue.feed();
        QCOMPARE(queue.waitingFrames(), 100 - sink.frames().size()); // nothing was read meanwhile
        std::size_t turns = 0;
        while (!queue.isEmpty()) {
            sink.unsent = 0;
            queue.feed();
            QVERIFY(sink.unsent < limits_.feedBelow + 10'010);
            ++turns;
        }
        QCOMPARE(turns, std::size_t(7));
        QCOMPARE(sink.frames().size(), std::size_t(100));
        QCOMPARE(queue.waitingBytes(), std::size_t(0));
    }

    void keepsTheOrderWhenItIsPushedToBeforeItIsFed()
    {
        FakeSink sink;
        SendQueue queue(sink, limits_);
        sink.unsent = limits_.feedBelow;
        for (int i = 0; i < 10; ++i)
            QVERIFY(queue.push(numbered(std::to_string(i))));
        sink.unsent = 0;
        QVERIFY(queue.push(numbered("10"))); // the sink could take it, but others wait
        QVERIFY(sink.bytes.empty());
        queue.feed();
        const auto frames = sink.frames();
        QCOMPARE(frames.size(), std::size_t(11));
        for (std::size_t i = 0; i < frames.size(); ++i)
            QCOMPARE(frames[i].payload, std::to_string(i) + ",\"sequence\":" + std::to_string(i + 1) + "}");
    }

    void givesUpOverTheLimit_data()
    {
        QTest::addColumn<int>("size");
        QTest::addColumn<int>("accepted");
        QTest::newRow("bytes") << 64 * 1024 << 16;
        QTest::newRow("frames") << 1 << 1024;
    }
    void givesUpOverTheLimit()
    {
        QFETCH(int, size);
        QFETCH(int, accepted);
        FakeSink sink;
        sink.unsent = limits_.feedBelow;
        SendQueue queue(sink, limits_);
        for (int i = 0; i < accepted; ++i)
            QVERIFY(queue.push(plain(std::size_t(size))));
        QVERIFY(!queue.hasGivenUp());
        QVERIFY(!queue.push(plain(std::size_t(size))));
        QVERIFY(queue.hasGivenUp());
        QCOMPARE(queue.waitingBytes(), std::size_t(0)); // the memory is free at once
        sink.unsent = 0;
        queue.feed();
        QVERIFY(!queue.push(plain(1)));
        QVERIFY(sink.bytes.empty());
    }

    void dropsTheOldestProgressBeforeItGivesUp()
    {
        FakeSink sink;
        sink.unsent = limits_.feedBelow;
        SendQueue queue(sink, limits_);
        for (int i = 0; i < 512; ++i) {
            QVERIFY(queue.push(numbered("event " + std::to_string(i))));
            OutgoingFrame progress = numbered("progress " + std::to_string(i));
            progress.isDroppable = true;
            QVERIFY(queue.push(progress));
        }
        for (int i = 512; i < 700; ++i)
            QVERIFY(queue.push(numbered("event " + std::to_string(i))));
        QCOMPARE(queue.waitingFrames(), std::size_t(1024));
        QCOMPARE(queue.droppedFrames(), std::uint64_t(188));
        for (int turn = 0; !queue.isEmpty() && turn < 100; ++turn) {
            sink.unsent = 0;
            queue.feed();
        }
        // No gap in the numbers, all events in order, and the youngest progress is there.
        const auto frames = sink.frames();
        QCOMPARE(frames.size(), std::size_t(1024));
        int events = 0;
        for (std::size_t i = 0; i < frames.size(); ++i) {
            QVERIFY(frames[i].payload.ends_with(",\"sequence\":" + std::to_string(i + 1) + "}"));
            if (frames[i].payload.starts_with("event "))
                QVERIFY(frames[i].payload.starts_with("event " + std::to_string(events++) + ","));
        }
        QCOMPARE(events, 700);
        QVERIFY(frames[0].payload.starts_with("event 0") && frames[1].payload.starts_with("event 1"));
        QVERIFY(std::any_of(frames.begin(), frames.end(),
                            [](const WsFrame &f) { return f.payload.starts_with("progress 511,"); }));
    }

    void dropsAProgressThatDoesNotFitItself()
    {
        FakeSink sink;
        sink.unsent = limits_.feedBelow;
        SendQueue queue(sink, limits_);
        for (int i = 0; i < 1024; ++i)
            QVERIFY(queue.push(plain(1)));
        QVERIFY(queue.push(plain(1, true)));
        QCOMPARE(queue.waitingFrames(), std::size_t(1024));
        QCOMPARE(queue.droppedFrames(), std::uint64_t(1));
    }

    void tellsWhenItHasDrained()
    {
        FakeSink sink;
        SendQueue queue(sink, limits_);
        int told = 0;
        queue.whenDrained([&] { ++told; });
        QCOMPARE(told, 1); // it was empty
        queue.feed();
        QCOMPARE(told, 1); // once

        QVERIFY(queue.push(plain(200'000)));
        QVERIFY(queue.push(plain(10)));
        queue.whenDrained([&] { ++told; });
        queue.feed();
        QCOMPARE(told, 1);
        sink.unsent = 200'000;
        queue.feed();
        QCOMPARE(told, 1); // too much is unsent still
        sink.unsent = 1000;
        queue.feed();
        QCOMPARE(told, 2);
        QVERIFY(queue.isEmpty());
    }

    void pullsAReplayPartByPart()
    {
        FakeSink sink;
        SendQueue queue(sink, limits_);
        int parts = 0;
        std::function<void()> pushPart = [&] {
            if (++parts > 20)
                return;
            for (int i = 0; i < 256; ++i)
                QVERIFY(queue.push(plain(1000)));
            queue.whenDrained(pushPart);
        };
        pushPart();
        std::size_t most = 0;
        for (int turn = 0; turn < 1000 && parts <= 20; ++turn) {
            most = std::max(most, queue.waitingBytes() + sink.unsent);
            sink.unsent = 0;
            queue.feed();
        }
        QCOMPARE(parts, 21);
        QCOMPARE(sink.frames().size(), std::size_t(20 * 256));
        QVERIFY(most < 400'000); // a part, and what the sink may hold
    }

    void sendsNothingAfterItsEnd()
    {
        FakeSink sink;
        SendQueue queue(sink, limits_);
        bool told = false;
        sink.unsent = limits_.feedBelow;
        QVERIFY(queue.push(plain(10)));
        queue.whenDrained([&] { told = true; });
        queue.end();
        sink.unsent = 0;
        queue.feed();
        QVERIFY(!queue.push(plain(10)));
        QVERIFY(sink.bytes.empty());
        QVERIFY(!told);
        QVERIFY(!queue.hasGivenUp());
    }
};

QTEST_APPLESS_MAIN(TstSendQueue)
#include "tst_send_queue.moc"
