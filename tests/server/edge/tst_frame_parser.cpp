// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/edge/frame_parser.h"
#include "tests/support/ws_frames.h"

#include <QTest>

#include <random>

using namespace orchestra;
using namespace std::chrono_literals;

namespace {

/// What came out of a parser: the frames as a strict reader sees them, and how the stream ended.
struct Outcome
{
    std::vector<WsFrame> frames;
    std::optional<FrameViolation> violation;
    bool isWellFormed = true; ///< every piece was whole, final, masked frames without reserved bits

    bool operator==(const Outcome &) const = default;
};

void feed(FrameParser &parser, std::string_view input, MonotonicTime now, Outcome &outcome)
{
    while (!input.empty()) {
        // A copy of exactly this size, so that the sanitizer sees a read beyond it.
        const std::vector<char> copy(input.begin(), input.end());
        const auto step = parser.next({copy.data(), copy.size()}, now);
        if (!step.frames.empty()) {
            const auto frames = allFrames(step.frames);
            outcome.isWellFormed = outcome.isWellFormed && frames;
            for (const WsFrame &frame : frames.value_or(std::vector<WsFrame>())) {
                outcome.isWellFormed = outcome.isWellFormed && frame.isFinal && frame.isMasked &&
                                       frame.reservedBits == 0 && frame.opcode != WsFrame::Continuation;
                outcome.frames.push_back(frame);
            }
        }
        if (step.violation && !outcome.violation)
            outcome.violation = step.violation;
        if (step.consumed == 0 || step.consumed > input.size()) {
            outcome.isWellFormed = false;
            return;
        }
        input.remove_prefix(step.consumed);
    }
}

Outcome feedWhole(const std::string &input, const FrameLimits &limits = {})
{
    FrameParser parser(limits);
    Outcome outcome;
    feed(parser, input, MonotonicTime(1h), outcome);
    return outcome;
}

std::string text(std::string payload, bool isFinal = true)
{
    return WsFrame{.payload = std::move(payload), .isFinal = isFinal}.bytes();
}

std::string more(std::string payload, bool isFinal)
{
    return WsFrame{.opcode = WsFrame::Continuation, .payload = std::move(payload), .isFinal = isFinal}.bytes();
}

std::string ping(std::string payload = "?")
{
    return WsFrame{.opcode = WsFrame::Ping, .payload = std::move(payload)}.bytes();
}

} // namespace

Q_DECLARE_METATYPE(orchestra::FrameViolation)

class TstFrameParser : public QObject
{
    Q_OBJECT

private:
    const FrameLimits limits_;
    const MonotonicTime start_{1h};

private Q_SLOTS:
    void handsOnWholeFramesWhereTheyLie()
    {
        FrameParser parser(limits_);
        const std::string input = text("one") + ping() + text(std::string(10'000, 'x')) + text("");
        const auto step = parser.next(input, start_);
        QCOMPARE(step.frames.data(), input.data());
        QCOMPARE(step.frames.size(), input.size());
        QCOMPARE(step.consumed, input.size());
        QVERIFY(!parser.incompleteSince());
        QCOMPARE(parser.frameCount(), std::uint64_t(4));
    }

    void collectsAFrameFromItsPieces()
    {
        FrameParser parser(limits_);
        const std::string input = text("hello, world");
        for (std::size_t i = 0; i + 1 < input.size(); ++i) {
            const auto step = parser.next({&input[i], 1}, start_);
            QVERIFY(step.frames.empty());
            QCOMPARE(step.consumed, std::size_t(1));
        }
        const auto step = parser.next({&input.back(), 1}, start_);
        QCOMPARE(step.frames, std::string_view(input));
    }

    void mergesFragmentsIntoOneFrame_data()
    {
        QTest::addColumn<int>("size");
        for (const int size : {0, 1, 3, 4, 7, 8, 9, 125, 126, 127, 4000, 65535, 65536})
            QTest::addRow("%d bytes", size) << size;
    }
    void mergesFragmentsIntoOneFrame()
    {
        QFETCH(int, size);
        std::string payload;
        for (int i = 0; i < size; ++i)
            payload += static_cast<char>(i * 7);
        const std::size_t a = payload.size() / 3;
        const std::size_t b = payload.size() / 2;
        const WsFrame first{
            .opcode = WsFrame::Binary, .payload = payload.substr(0, a), .isFinal = false, .mask = 0x01020304};
        const WsFrame second{.opcode = 0, .payload = payload.substr(a, b - a), .isFinal = false, .mask = 0xfffefdfc};
        const WsFrame third{.opcode = 0, .payload = payload.substr(b), .mask = 0x80000001};
        const Outcome outcome = feedWhole(first.bytes() + second.bytes() + third.bytes() + text("next"));
        QVERIFY(!outcome.violation);
        QVERIFY(outcome.isWellFormed);
        QCOMPARE(outcome.frames.size(), std::size_t(2));
        QCOMPARE(outcome.frames[0].opcode, unsigned(WsFrame::Binary));
        QVERIFY(outcome.frames[0].payload == payload);
        QCOMPARE(outcome.frames[1].payload, std::string("next"));
    }

    void letsControlFramesPassBetweenFragments()
    {
        const Outcome outcome =
            feedWhole(text("a", false) + ping("1") + more("b", false) + ping("2") + more("c", true));
        QVERIFY(!outcome.violation);
        QCOMPARE(outcome.frames.size(), std::size_t(3));
        QCOMPARE(outcome.frames[0].payload, std::string("1"));
        QCOMPARE(outcome.frames[1].payload, std::string("2"));
        QCOMPARE(outcome.frames[2].payload, std::string("abc"));
        QCOMPARE(outcome.frames[2].opcode, unsigned(WsFrame::Text));
    }

    void refusesWhatBreaksTheRules_data()
    {
        using enum FrameViolation;
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<FrameViolation>("violation");
        const auto row = [](const char *name, const std::string &bytes, FrameViolation violation) {
            QTest::newRow(name) << QByteArray::fromStdString(bytes) << violation;
        };
        row("unmasked", WsFrame{.payload = "x", .isMasked = false}.bytes(), Unmasked);
        row("unmasked close", WsFrame{.opcode = 8, .payload = {}, .isMasked = false}.bytes(), Unmasked);
        for (unsigned bits = 1; bits < 8; ++bits)
            row("reserved bits", WsFrame{.payload = "x", .reservedBits = bits}.bytes(), ReservedBits);
        for (const unsigned opcode : {3U, 7U, 11U, 15U})
            row("opcode", WsFrame{.opcode = opcode, .payload = "x"}.bytes(), UnknownOpcode);
        row("long ping", ping(std::string(126, 'x')), BadControlFrame);
        row("fragmented ping", WsFrame{.opcode = 9, .payload = "x", .isFinal = false}.bytes(), BadControlFrame);
        row("continuation of nothing", more("x", true), BadContinuation);
        row("open continuation of nothing", more("x", false), BadContinuation);
        row("message in a message", text("a", false) + text("b"), BadContinuation);
        row("fragmented message in a message", text("a", false) + text("b", false), BadContinuation);
        row("continuation after the end", text("a", false) + more("b", true) + more("c", true), BadContinuation);
        row("long form of a short length", WsFrame{.payload = std::string(125, 'x'), .lengthBytes = 2}.bytes(),
            BadLength);
        row("longest form of a short length", WsFrame{.payload = std::string(200, 'x'), .lengthBytes = 8}.bytes(),
            BadLength);
        row("longest form of 65535", WsFrame{.payload = std::string(65535, 'x'), .lengthBytes = 8}.bytes(), BadLength);
        row("negative length", WsFrame{.payload = {}, .lengthBytes = 8, .claimedLength = 1ULL << 63}.bytes(),
            BadLength);
        row("all bits of the length", WsFrame{.payload = {}, .lengthBytes = 8, .claimedLength = ~0ULL}.bytes(),
            BadLength);
        row("one byte too much", text(std::string(65537, 'x')), MessageTooBig);
        row("2^63 - 1 bytes", WsFrame{.payload = {}, .claimedLength = (1ULL << 63) - 1}.bytes(), MessageTooBig);
        row("too much in fragments", text(std::string(65536, 'x'), false) + more("x", true), MessageTooBig);
    }
    void refusesWhatBreaksTheRules()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(FrameViolation, violation);
        // What came before is still handed on, what comes after is not.
        const std::string input = text("good") + bytes.toStdString() + text("lost");
        for (const bool isBytewise : {false, true}) {
            FrameParser parser(limits_);
            Outcome outcome;
            for (std::size_t i = 0; isBytewise && i < input.size(); ++i)
                feed(parser, {&input[i], 1}, start_, outcome);
            if (!isBytewise)
                feed(parser, input, start_, outcome);
            QCOMPARE(outcome.violation, std::optional(violation));
            QVERIFY(!outcome.frames.empty());
            QCOMPARE(outcome.frames.front().payload, std::string("good"));
            QVERIFY(outcome.frames.back().payload != "lost");
            QVERIFY(!parser.incompleteSince());
        }
    }

    void refusesAtTheHeadWithoutWaitingForThePayload()
    {
        FrameParser parser(limits_);
        const std::string head = text(std::string(70'000, 'x')).substr(0, 10);
        QCOMPARE(parser.next(head, start_).violation, std::optional(FrameViolation::MessageTooBig));
    }

    void allowsAMessageOfExactlyTheLimit()
    {
        const std::string most(limits_.messageBytes, 'x');
        QVERIFY(!feedWhole(text(most)).violation);
        const Outcome outcome = feedWhole(text(most.substr(1), false) + more("x", true));
        QVERIFY(!outcome.violation);
        QCOMPARE(outcome.frames.front().payload.size(), most.size());
    }

    void countsTheFragmentsOfEachMessage()
    {
        FrameLimits limits;
        limits.fragments = 5;
        std::string message = text("0", false);
        for (int i = 1; i < 4; ++i)
            message += more("x", false);
        QVERIFY(!feedWhole(message + more("x", true) + message + more("x", true), limits).violation);
        QCOMPARE(feedWhole(message + more("x", false) + more("x", true), limits).violation,
                 std::optional(FrameViolation::TooManyFragments));
    }

    void allowsAFewEmptyFragments()
    {
        std::string message = text("", false);
        for (unsigned i = 1; i < limits_.emptyFragments; ++i)
            message += more("", false);
        const Outcome outcome = feedWhole(message + more("", true) + message + more("end", true));
        QVERIFY(!outcome.violation);
        QCOMPARE(outcome.frames.size(), std::size_t(2));
        QCOMPARE(outcome.frames[1].payload, std::string("end"));
        QCOMPARE(feedWhole(message + more("", false)).violation, std::optional(FrameViolation::EmptyFragments));
    }

    void allowsABurstOfControlFramesAndARate()
    {
        FrameParser parser(limits_);
        Outcome outcome;
        std::string burst;
        for (unsigned i = 0; i < limits_.controlBurst; ++i)
            burst += ping();
        feed(parser, burst, start_, outcome);
        QVERIFY(!outcome.violation);
        // Then ten a second for as long as it likes; they need not arrive on full milliseconds.
        MonotonicTime now = start_;
        for (int i = 0; i < 1000; ++i) {
            now += i % 2 ? 99'100us : 100'900us;
            feed(parser, ping(), now, outcome);
        }
        QVERIFY(!outcome.violation);
        feed(parser, ping(), now + 1ms, outcome);
        QCOMPARE(outcome.violation, std::optional(FrameViolation::ControlFlood));
    }

    void endsAStreamOfTooManyControlFrames()
    {
        FrameParser parser(limits_);
        Outcome outcome;
        MonotonicTime now = start_;
        int sent = 0;
        for (; sent < 1000 && !outcome.violation; ++sent) {
            feed(parser, ping(), now, outcome);
            now += 50ms; // twice the rate
        }
        QCOMPARE(outcome.violation, std::optional(FrameViolation::ControlFlood));
        QVERIFY(sent > 35 && sent < 45);
    }

    void refillsTheBurstInTimeButNotBeyond()
    {
        FrameParser parser(limits_);
        Outcome outcome;
        std::string burst;
        for (unsigned i = 0; i < limits_.controlBurst; ++i)
            burst += ping();
        feed(parser, burst, start_, outcome);
        feed(parser, burst, start_ + 24h, outcome);
        QVERIFY(!outcome.violation);
        feed(parser, ping(), start_ + 24h, outcome);
        QCOMPARE(outcome.violation, std::optional(FrameViolation::ControlFlood));
    }

    void letsACloseThroughEvenAfterABurst()
    {
        std::string input;
        for (unsigned i = 0; i < limits_.controlBurst; ++i)
            input += ping();
        const Outcome outcome = feedWhole(input + closeFrame(1000).bytes());
        QVERIFY(!outcome.violation);
        QCOMPARE(outcome.frames.back().opcode, unsigned(WsFrame::Close));
    }

    void swallowsWhatFollowsAClose()
    {
        FrameParser parser(limits_);
        Outcome outcome;
        feed(parser, text("a") + closeFrame(1000).bytes() + text("b"), start_, outcome);
        feed(parser, text("c") + "garbage", start_, outcome);
        QVERIFY(parser.hasSeenClose());
        QVERIFY(!outcome.violation);
        QCOMPARE(outcome.frames.size(), std::size_t(2));
        QVERIFY(!parser.incompleteSince());
    }

    void knowsSinceWhenAMessageIsIncomplete()
    {
        FrameParser parser(limits_);
        Outcome outcome;
        const std::string frame = text("hello");
        feed(parser, frame.substr(0, 1), start_, outcome);
        QCOMPARE(parser.incompleteSince(), std::optional(start_));
        feed(parser, frame.substr(1, 3), start_ + 5s, outcome);
        QCOMPARE(parser.incompleteSince(), std::optional(start_));
        feed(parser, frame.substr(4), start_ + 6s, outcome);
        QCOMPARE(parser.incompleteSince(), std::nullopt);

        // A fragmented message counts from its first byte; control frames inside do not help it.
        feed(parser, text("a", false), start_ + 10s, outcome);
        feed(parser, more("b", false) + ping(), start_ + 12s, outcome);
        feed(parser, ping().substr(0, 3), start_ + 13s, outcome);
        feed(parser, ping().substr(3), start_ + 14s, outcome);
        QCOMPARE(parser.incompleteSince(), std::optional(start_ + 10s));
        parser.excuse(3s);
        QCOMPARE(parser.incompleteSince(), std::optional(start_ + 13s));
        feed(parser, more("c", true), start_ + 15s, outcome);
        QCOMPARE(parser.incompleteSince(), std::nullopt);
        parser.excuse(3s);
        QCOMPARE(parser.incompleteSince(), std::nullopt);
        QVERIFY(!outcome.violation);
    }

    void startsAnewWithEachMessageOfASteadyStream()
    {
        // Every input ends inside a frame, but never inside the same: nothing is ever late.
        FrameParser parser(limits_);
        Outcome outcome;
        const std::string frame = text("hello");
        std::string stream;
        for (int i = 0; i < 100; ++i)
            stream += frame;
        MonotonicTime now = start_;
        for (std::size_t at = 0; at < stream.size(); at += frame.size() + 1) {
            feed(parser, std::string_view(stream).substr(at, frame.size() + 1), now, outcome);
            if (parser.incompleteSince())
                QCOMPARE(*parser.incompleteSince(), now);
            now += 1s;
        }
        QCOMPARE(outcome.frames.size(), std::size_t(100));
    }

    void appliesNewLimitsAtOnce()
    {
        FrameLimits small;
        small.messageBytes = 10;
        FrameParser parser(small);
        parser.setLimits(limits_);
        Outcome outcome;
        feed(parser, text("more than ten bytes"), start_, outcome);
        QVERIFY(!outcome.violation);
        feed(parser, text("more than ten bytes", false), start_, outcome);
        parser.setLimits(small);
        feed(parser, more("", true), start_, outcome);
        QCOMPARE(outcome.violation, std::optional(FrameViolation::MessageTooBig));
    }

    /// Random streams, right and wrong: however they are cut, the outcome is the same, and for right ones it is what
    /// the plain reader says.
    void doesNotDependOnHowTheBytesAreCut()
    {
        std::mt19937 random(6455);
        const auto upTo = [&](unsigned n) { return static_cast<unsigned>(random() % (n + 1)); };
        FrameLimits limits;
        limits.controlBurst = 1'000'000;
        int violations = 0;
        for (int round = 0; round < 1500; ++round) {
            std::string stream;
            std::vector<WsFrame> expected;
            const unsigned messages = 1 + upTo(6);
            for (unsigned m = 0; m < messages; ++m) {
                const unsigned opcode = 1 + upTo(1);
                WsFrame whole{.opcode = opcode, .payload = {}};
                const unsigned fragments = random() % 2 ? 1 : 1 + upTo(6);
                for (unsigned f = 0; f < fragments; ++f) {
                    std::string payload(upTo(9) == 0 ? upTo(9000) : upTo(200), '\0');
                    for (char &c : payload)
                        c = static_cast<char>(random());
                    const bool isLast = f + 1 == fragments;
                    stream += WsFrame{.opcode = f == 0 ? opcode : 0,
                                      .payload = payload,
                                      .isFinal = isLast,
                                      .mask = std::uint32_t(random())}
                                  .bytes();
                    whole.payload += payload;
                    if (random() % 5 == 0 && !isLast) {
                        const WsFrame pong{.opcode = WsFrame::Pong, .payload = std::string(upTo(125), 'p')};
                        stream += pong.bytes();
                        expected.push_back(pong);
                    }
                }
                expected.push_back(whole);
            }
            const bool isBroken = random() % 2;
            for (unsigned i = 0; isBroken && i < 1 + upTo(3); ++i)
                stream[random() % stream.size()] ^= static_cast<char>(1U << upTo(7));
            if (isBroken && random() % 2)
                stream.insert(random() % stream.size(), std::string(upTo(20), static_cast<char>(random())));

            const Outcome reference = feedWhole(stream, limits);
            QVERIFY(reference.isWellFormed);
            violations += reference.violation.has_value();
            if (!isBroken) {
                QVERIFY(!reference.violation);
                QVERIFY(reference.frames == expected);
            }
            for (int cutting = 0; cutting < 4; ++cutting) {
                FrameParser parser(limits);
                Outcome outcome;
                const unsigned longest = cutting == 0 ? 1 : cutting == 1 ? 7 : cutting == 2 ? 300 : 5000;
                for (std::size_t at = 0; at < stream.size();) {
                    const std::size_t size = std::min<std::size_t>(1 + upTo(longest - 1), stream.size() - at);
                    feed(parser, std::string_view(stream).substr(at, size), start_, outcome);
                    at += size;
                }
                QVERIFY(outcome == reference);
            }
        }
        QVERIFY(violations > 300);
    }

    void survivesGarbage()
    {
        std::mt19937_64 random(13);
        for (int round = 0; round < 3000; ++round) {
            FrameParser parser(limits_);
            Outcome outcome;
            for (int piece = 0; piece < 20; ++piece) {
                std::string bytes(random() % 400, '\0');
                for (char &c : bytes)
                    c = static_cast<char>(random());
                // Garbage dies at its first byte; a plausible beginning gets it further.
                if (piece == 0 && bytes.size() > 2) {
                    bytes[0] = static_cast<char>((random() % 2 ? 0x80 : 0) | random() % 3);
                    bytes[1] = static_cast<char>(0x80 | (random() % 128));
                }
                feed(parser, bytes, start_, outcome);
            }
            QVERIFY(outcome.isWellFormed);
        }
    }
};

QTEST_APPLESS_MAIN(TstFrameParser)
#include "tst_frame_parser.moc"
