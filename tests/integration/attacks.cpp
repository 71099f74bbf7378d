// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/integration/attacks.h"

#include "tests/integration/ws_client.h"
#include "tests/support/ws_probe.h"

#include <QTest>

#include <random>

namespace orchestra::test {

using namespace std::chrono_literals;

std::chrono::milliseconds attackTime()
{
    const int seconds = qEnvironmentVariableIntValue("ORCHESTRA_ATTACK_SECONDS");
    return seconds > 0 ? std::chrono::seconds(seconds) : std::chrono::milliseconds(1500);
}

GoodClient::GoodClient(std::uint16_t port, std::chrono::milliseconds pause)
    : thread_([this, port, pause] { run(port, pause); })
{
}

GoodClient::~GoodClient()
{
    isDone_ = true;
    thread_.join();
}

void GoodClient::begin()
{
    const std::lock_guard lock(mutex_);
    times_.clear();
}

std::chrono::microseconds GoodClient::p99()
{
    const std::lock_guard lock(mutex_);
    if (times_.empty())
        return std::chrono::hours(1);
    std::ranges::sort(times_);
    return times_[times_.size() * 99 / 100];
}

std::size_t GoodClient::samples()
{
    const std::lock_guard lock(mutex_);
    return times_.size();
}

namespace {

/// Skips what else the server says, for example its welcome.
bool readPong(WsProbe &probe)
{
    for (;;) {
        const auto frame = probe.read();
        if (!frame || frame->opcode == WsFrame::Close)
            return false;
        if (frame->payload.find("\"type\":\"pong\"") != std::string::npos)
            return true;
    }
}

} // namespace

void GoodClient::run(std::uint16_t port, std::chrono::milliseconds pause)
{
    WsProbe probe;
    if (!probe.connect(port) || !probe.upgrade("/chat/ws/good/s", WsClient::offering("orchestra.v2.json"))) {
        hasFailed_ = true;
        return;
    }
    isOpen_ = true;
    while (!isDone_) {
        const auto sentAt = std::chrono::steady_clock::now();
        if (!probe.send(WsFrame{.payload = pingJson("p")}) || !readPong(probe)) {
            hasFailed_ = true;
            return;
        }
        const auto took =
            std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - sentAt);
        {
            const std::lock_guard lock(mutex_);
            times_.push_back(took);
        }
        std::this_thread::sleep_for(pause);
    }
}

namespace {

std::chrono::milliseconds timeTo(SteadyTime end)
{
    return std::max(0ms, std::chrono::duration_cast<std::chrono::milliseconds>(end - std::chrono::steady_clock::now()));
}

bool openAttacker(WsProbe &probe, std::uint16_t port, int receiveBuffer = 0)
{
    return probe.connect(port, receiveBuffer) &&
           probe.upgrade("/chat/ws/attacker/s", WsClient::offering("orchestra.v2.json"));
}

/// Sends `bytes` again and again without ever reading.
bool flood(WsProbe &probe, const std::string &bytes, SteadyTime giveUp)
{
    while (std::chrono::steady_clock::now() < giveUp) {
        if (!probe.send(bytes, 200ms)) {
            // Not taken in time is not the end yet: the server may only have stopped to read.
            if (probe.waitForEnd(50ms))
                return true;
        }
    }
    return false;
}

bool pingsWithoutReading(std::uint16_t port, SteadyTime giveUp)
{
    WsProbe probe;
    if (!openAttacker(probe, port, 4096))
        return false;
    std::string pings;
    for (int i = 0; i < 200; ++i)
        pings += WsFrame{.opcode = WsFrame::Ping, .payload = std::string(125, 'p')}.bytes();
    return flood(probe, pings, giveUp);
}

bool emptyContinuations(std::uint16_t port, SteadyTime giveUp)
{
    WsProbe probe;
    if (!openAttacker(probe, port))
        return false;
    std::string frames;
    for (int i = 0; i < 2000; ++i)
        frames += WsFrame{.opcode = WsFrame::Continuation, .payload = {}, .isFinal = false}.bytes();
    probe.send(WsFrame{.payload = {}, .isFinal = false});
    return flood(probe, frames, giveUp);
}

bool aFrameByteByByte(std::uint16_t port, SteadyTime giveUp)
{
    WsProbe probe;
    if (!openAttacker(probe, port))
        return false;
    const std::string frame = WsFrame{.payload = std::string(1000, 'x')}.bytes();
    for (const char byte : frame) {
        if (std::chrono::steady_clock::now() > giveUp)
            return false;
        if (!probe.send(std::string_view(&byte, 1)) || probe.waitForEnd(20ms))
            return true;
    }
    return false;
}

/// Says `firstWords`, so that the server streams to it, and reads nothing of the answer.
bool neverReads(std::uint16_t port, SteadyTime giveUp, std::string_view firstWords)
{
    WsProbe probe;
    if (!openAttacker(probe, port, 4096))
        return false;
    if (!firstWords.empty())
        probe.send(WsFrame{.payload = std::string(firstWords)});
    while (std::chrono::steady_clock::now() < giveUp) {
        // Only sending tells whether the server has cut us, and more of these in a second would be an attack
        // themselves.
        std::this_thread::sleep_for(200ms);
        if (!probe.send(WsFrame{.opcode = WsFrame::Pong, .payload = {}}.bytes(), 10ms))
            return true;
    }
    return false;
}

bool aDrippedHeader(std::uint16_t port, SteadyTime giveUp)
{
    WsProbe probe;
    if (!probe.connect(port) || !probe.send("GET /livez HTTP/1.1\r\nHost: localhost\r\n"))
        return false;
    while (std::chrono::steady_clock::now() < giveUp) {
        if (!probe.send("X-" + std::string(58, 'a') + ": b\r\n") || probe.waitForEnd(5ms))
            return true;
    }
    return false;
}

WsFrame randomFrame(std::mt19937_64 &random)
{
    const auto up = [&random](std::uint64_t bound) { return static_cast<std::size_t>(random() % bound); };
    WsFrame frame{.opcode = static_cast<unsigned>(up(16)), .payload = {}};
    if (up(2) == 0)
        frame.opcode = WsFrame::Text;
    frame.isFinal = up(4) != 0;
    frame.isMasked = up(32) != 0;
    frame.reservedBits = up(16) == 0 ? static_cast<unsigned>(up(8)) : 0;
    for (std::size_t i = up(4) == 0 ? up(70000) : up(200); i > 0; --i)
        frame.payload += up(2) == 0 ? static_cast<char>(random()) : "{\"type:id[]}0123"[up(16)];
    if (up(16) == 0)
        frame.claimedLength = random();
    return frame;
}

bool speaksNoHttp(std::mt19937_64 &random, std::uint16_t port, SteadyTime giveUp)
{
    std::string garbage;
    for (std::size_t i = random() % 2000; i > 0; --i)
        garbage += static_cast<char>(random());
    WsProbe probe;
    if (!probe.connect(port))
        return false;
    return !probe.send(garbage + "\r\n\r\n") || probe.waitForEnd(timeTo(giveUp));
}

/// What comes to mind of a generator: damaged frames, good frames of nonsense, and what is not even HTTP.
bool randomBytes(std::uint16_t port, SteadyTime giveUp)
{
    static std::mt19937_64 random(20261120); // one attacker at a time
    if (random() % 8 == 0)
        return speaksNoHttp(random, port, giveUp);
    WsProbe probe;
    if (!openAttacker(probe, port))
        return false;
    while (std::chrono::steady_clock::now() < giveUp) {
        std::string bytes = randomFrame(random).bytes();
        if (random() % 16 == 0)
            bytes.resize(random() % bytes.size() + 1);
        if (!probe.send(bytes, 100ms) && probe.waitForEnd(50ms))
            return true;
        while (probe.read(0ms)) {
        }
    }
    return false;
}

} // namespace

bool AttackOutcome::isCalm() const
{
    return attacked <= 2 * baseline + 5ms && growth < kMemoryCeiling;
}

void AttackOutcome::print(std::size_t samples) const
{
    qInfo("%d tries, the longest %lld ms, memory +%.1f MB, p99 of others %lld us (alone %lld us, %zu samples)", tries,
          static_cast<long long>(longest.count()), static_cast<double>(growth) / 1048576,
          static_cast<long long>(attacked.count()), static_cast<long long>(baseline.count()), samples);
}

void addAttackRows(const std::array<int, kAttacks> &patienceMs)
{
    static constexpr std::array<const char *, kAttacks> kNames{"pings without reading", "empty continuations",
                                                               "a frame byte by byte",  "a reader that never reads",
                                                               "a header in drops",     "random frames"};
    QTest::addColumn<int>("attack");
    QTest::addColumn<int>("patienceMs");
    for (std::size_t i = 0; i < kAttacks; ++i)
        QTest::newRow(kNames[i]) << static_cast<int>(i) << patienceMs[i];
}

Attack attackOfRow(int row, std::string_view firstWords)
{
    const std::array<Attack, kAttacks> attacks{
        pingsWithoutReading,
        emptyContinuations,
        aFrameByteByByte,
        [words = std::string(firstWords)](std::uint16_t port, SteadyTime giveUp) {
            return neverReads(port, giveUp, words);
        },
        aDrippedHeader,
        randomBytes,
    };
    return attacks[static_cast<std::size_t>(row)];
}

namespace {

AttackOutcome measure(std::uint16_t port, GoodClient &good, const Attack &attack, std::chrono::milliseconds patience,
                      const std::function<std::size_t()> &residentBytes)
{
    AttackOutcome outcome;
    good.begin();
    QTest::qWait(500);
    outcome.baseline = good.p99();

    const std::size_t before = residentBytes();
    std::size_t peak = before;
    std::atomic<bool> isOver = false;
    const auto end = std::chrono::steady_clock::now() + attackTime();
    good.begin();
    std::thread attacker([&] {
        do {
            const auto begin = std::chrono::steady_clock::now();
            const bool ended = attack(port, begin + patience);
            outcome.longest = std::max(outcome.longest, std::chrono::duration_cast<std::chrono::milliseconds>(
                                                            std::chrono::steady_clock::now() - begin));
            ++outcome.tries;
            outcome.survivors += ended ? 0 : 1;
        } while (std::chrono::steady_clock::now() < end);
        isOver = true;
    });
    while (!isOver) {
        QTest::qWait(10);
        peak = std::max(peak, residentBytes());
    }
    attacker.join();
    outcome.attacked = good.p99();
    outcome.growth = peak - before;
    return outcome;
}

} // namespace

void survive(std::uint16_t port, const Attack &attack, std::chrono::milliseconds patience,
             const std::function<std::size_t()> &residentBytes, std::chrono::milliseconds pause)
{
    constexpr int kAttempts = 3; // a busy machine may spoil a measurement, a broken server spoils each
    GoodClient good(port, pause);
    QTRY_VERIFY(good.isOpen());
    AttackOutcome outcome;
    for (int attempt = 0; attempt < kAttempts; ++attempt) {
        outcome = measure(port, good, attack, patience, residentBytes);
        if (outcome.isCalm() || kIsSanitized)
            break;
    }
    outcome.print(good.samples());
    QVERIFY(!good.hasFailed());
    QVERIFY(outcome.tries > 0);
    QCOMPARE(outcome.survivors, 0);
    if (kIsSanitized)
        return;
    QVERIFY2(outcome.growth < kMemoryCeiling, "memory");
    QVERIFY2(outcome.attacked <= 2 * outcome.baseline + 5ms, "others wait too long");
}

} // namespace orchestra::test
