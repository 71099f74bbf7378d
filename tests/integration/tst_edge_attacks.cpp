// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/integration/edge_bench.h"
#include "tests/integration/ws_client.h"
#include "tests/support/ws_probe.h"

#include <QTest>

#include <atomic>
#include <fstream>
#include <random>
#include <thread>
#include <unistd.h>

using namespace orchestra;
using namespace orchestra::test;
using namespace std::chrono_literals;

namespace {

using Clock_ = std::chrono::steady_clock;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kIsSanitized = true; // freed memory is kept back, and everything is slower
#else
constexpr bool kIsSanitized = false;
#endif

constexpr std::size_t kMemoryCeiling = std::size_t{20} << 20U;
constexpr int kAttempts = 3; // a busy machine may spoil a measurement, a broken server spoils each

/// How long each attack lasts: ORCHESTRA_ATTACK_SECONDS, else short enough for every run of the tests.
std::chrono::milliseconds attackTime()
{
    const int seconds = qEnvironmentVariableIntValue("ORCHESTRA_ATTACK_SECONDS");
    return seconds > 0 ? std::chrono::seconds(seconds) : std::chrono::milliseconds(1500);
}

std::size_t residentBytes()
{
    std::ifstream statm("/proc/self/statm");
    std::size_t pages = 0;
    std::size_t resident = 0;
    statm >> pages >> resident;
    return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

/// A client that behaves: says ping every 2 ms on a thread of its own and times the pongs.
class GoodClient
{
public:
    explicit GoodClient(std::uint16_t port)
        : thread_([this, port] { run(port); })
    {
    }
    ~GoodClient()
    {
        isDone_ = true;
        thread_.join();
    }

    /// Forgets what was measured so far.
    void begin()
    {
        const std::lock_guard lock(mutex_);
        times_.clear();
    }
    std::chrono::microseconds p99()
    {
        const std::lock_guard lock(mutex_);
        if (times_.empty())
            return std::chrono::hours(1);
        std::ranges::sort(times_);
        return times_[times_.size() * 99 / 100];
    }
    std::size_t samples()
    {
        const std::lock_guard lock(mutex_);
        return times_.size();
    }
    bool isOpen() const { return isOpen_; }
    bool hasFailed() const { return hasFailed_; }

private:
    void run(std::uint16_t port)
    {
        WsProbe probe;
        if (!probe.connect(port) || !probe.upgrade("/chat/ws/good/s", WsClient::offering("orchestra.v2.json"))) {
            hasFailed_ = true;
            return;
        }
        isOpen_ = true;
        while (!isDone_) {
            const auto sentAt = Clock_::now();
            if (!probe.send(WsFrame{.payload = pingJson("p")}) || !probe.read()) {
                hasFailed_ = true;
                return;
            }
            const auto took = std::chrono::duration_cast<std::chrono::microseconds>(Clock_::now() - sentAt);
            {
                const std::lock_guard lock(mutex_);
                times_.push_back(took);
            }
            std::this_thread::sleep_for(2ms);
        }
    }

    std::mutex mutex_;
    std::vector<std::chrono::microseconds> times_;
    std::atomic<bool> isDone_{false};
    std::atomic<bool> isOpen_{false};
    std::atomic<bool> hasFailed_{false};
    std::thread thread_;
};

/// One try of an attacker: connects, does its worst and returns when the server has ended the connection.
/// False when the server has not by `giveUp`.
using Attack = std::function<bool(std::uint16_t port, Clock_::time_point giveUp)>;

bool openAttacker(WsProbe &probe, std::uint16_t port, int receiveBuffer = 0)
{
    return probe.connect(port, receiveBuffer) &&
           probe.upgrade("/chat/ws/attacker/s", WsClient::offering("orchestra.v2.json"));
}

/// Sends `bytes` again and again without ever reading.
bool flood(WsProbe &probe, const std::string &bytes, Clock_::time_point giveUp)
{
    while (Clock_::now() < giveUp) {
        if (!probe.send(bytes, 200ms)) {
            // Not taken in time is not the end yet: the server may only have stopped to read.
            if (probe.waitForEnd(50ms))
                return true;
        }
    }
    return false;
}

bool pingsWithoutReading(std::uint16_t port, Clock_::time_point giveUp)
{
    WsProbe probe;
    if (!openAttacker(probe, port, 4096))
        return false;
    std::string pings;
    for (int i = 0; i < 200; ++i)
        pings += WsFrame{.opcode = WsFrame::Ping, .payload = std::string(125, 'p')}.bytes();
    return flood(probe, pings, giveUp);
}

bool emptyContinuations(std::uint16_t port, Clock_::time_point giveUp)
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

bool aFrameByteByByte(std::uint16_t port, Clock_::time_point giveUp)
{
    WsProbe probe;
    if (!openAttacker(probe, port))
        return false;
    const std::string frame = WsFrame{.payload = std::string(1000, 'x')}.bytes();
    for (const char byte : frame) {
        if (Clock_::now() > giveUp)
            return false;
        if (!probe.send(std::string_view(&byte, 1)) || probe.waitForEnd(20ms))
            return true;
    }
    return false;
}

bool neverReads(std::uint16_t port, Clock_::time_point giveUp)
{
    // The hub streams to whoever is called attacker.
    WsProbe probe;
    if (!openAttacker(probe, port, 4096))
        return false;
    while (Clock_::now() < giveUp) {
        std::this_thread::sleep_for(20ms);
        if (!probe.send(WsFrame{.opcode = WsFrame::Pong, .payload = {}}.bytes(), 10ms))
            return true;
    }
    return false;
}

bool aDrippedHeader(std::uint16_t port, Clock_::time_point giveUp)
{
    WsProbe probe;
    if (!probe.connect(port) || !probe.send("GET /livez HTTP/1.1\r\nHost: localhost\r\n"))
        return false;
    while (Clock_::now() < giveUp) {
        if (!probe.send("X-" + std::string(58, 'a') + ": b\r\n") || probe.waitForEnd(5ms))
            return true;
    }
    return false;
}

bool randomBytes(std::uint16_t port, Clock_::time_point giveUp)
{
    thread_local std::mt19937_64 random(20261120);
    const auto up = [](std::uint64_t bound) { return static_cast<std::size_t>(random() % bound); };
    WsProbe probe;
    if (up(8) == 0) {
        // Not even HTTP.
        std::string garbage;
        for (std::size_t i = up(2000); i > 0; --i)
            garbage += static_cast<char>(random());
        if (probe.connect(port))
            probe.send(garbage + "\r\n\r\n");
        probe.waitForEnd(50ms);
        return true;
    }
    if (!openAttacker(probe, port))
        return true; // refused, which is as good
    while (Clock_::now() < giveUp) {
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
        std::string bytes = frame.bytes();
        if (up(16) == 0)
            bytes.resize(up(bytes.size()) + 1);
        if (!probe.send(bytes, 100ms))
            return true;
        while (probe.read(0ms)) {
        }
    }
    return true;
}

} // namespace

/// What one hostile client may cost: the server's memory, the others' time, and how long it may go on.
class TstEdgeAttacks : public QObject
{
    Q_OBJECT

private:
    static EdgeSettings hardSettings()
    {
        EdgeSettings settings = quickSettings();
        settings.limits.messagesPerSecond = 1e6;
        settings.limits.messageBurst = 1e6;
        // The deadlines of the protocol, shortened alike.
        settings.limits.requestHead = 500ms;
        settings.limits.messageCompletion = 1s;
        settings.stall = 1s;
        return settings;
    }

    /// Streams 20 kB events to every attacker that is connected, as a model would that talks without end.
    void streamToAttackers(TestHub &hub)
    {
        hub.other = [this](const FromEdge &message) {
            if (const auto *request = std::get_if<AdmissionRequest>(&message);
                request && request->clientId == "attacker")
                attackers_.insert(request->connection);
            if (const auto *gone = std::get_if<ConnectionGone>(&message))
                attackers_.erase(gone->connection);
        };
        auto event = std::make_shared<Event>();
        event->frame.userId = "attacker";
        event->frame.body = wire::StreamToken{0, std::string(20000, 'x')};
        stream_.disconnect();
        connect(&stream_, &QTimer::timeout, this, [this, &hub, event] {
            for (const ConnectionKey &key : attackers_)
                hub.send(key, Broadcast{event, {key.serial}});
        });
        stream_.start(1);
    }

    struct Outcome
    {
        std::chrono::microseconds baseline{};
        std::chrono::microseconds attacked{};
        std::size_t growth = 0;
        int tries = 0;
        int survivors = 0; ///< attackers that the server did not end in time
        std::chrono::milliseconds longest{};
    };

    Outcome measure(TestHub &hub, GoodClient &good, const Attack &attack, std::chrono::milliseconds patience)
    {
        Outcome outcome;
        good.begin();
        until([] { return false; }, 500ms);
        outcome.baseline = good.p99();

        const std::size_t before = residentBytes();
        std::size_t peak = before;
        std::atomic<bool> isOver = false;
        const auto end = Clock_::now() + attackTime();
        good.begin();
        std::thread attacker([&] {
            do {
                const auto begin = Clock_::now();
                const bool ended = attack(hub.port(), begin + patience);
                outcome.longest = std::max(
                    outcome.longest, std::chrono::duration_cast<std::chrono::milliseconds>(Clock_::now() - begin));
                ++outcome.tries;
                outcome.survivors += ended ? 0 : 1;
            } while (Clock_::now() < end);
            isOver = true;
        });
        until(
            [&] {
                peak = std::max(peak, residentBytes());
                return isOver.load();
            },
            attackTime() + patience + 5s);
        attacker.join();
        outcome.attacked = good.p99();
        outcome.growth = peak - before;
        return outcome;
    }

    std::set<ConnectionKey> attackers_;
    QTimer stream_;

private Q_SLOTS:
    void survives_data()
    {
        QTest::addColumn<int>("attack");
        QTest::addColumn<int>("patienceMs");
        // The patience is the limit that the attack runs into, the close deadline of 2 s and time for a busy machine.
        QTest::newRow("pings without reading") << 0 << 6000;
        QTest::newRow("empty continuations") << 1 << 6000;
        QTest::newRow("a frame byte by byte") << 2 << 6000;
        QTest::newRow("a reader that never reads") << 3 << 8000;
        QTest::newRow("a header in drops") << 4 << 4000;
        QTest::newRow("random frames") << 5 << 10000;
    }
    void survives()
    {
        QFETCH(int, attack);
        QFETCH(int, patienceMs);
        static const std::array<Attack, 6> kAttacks{pingsWithoutReading, emptyContinuations, aFrameByteByByte,
                                                    neverReads,          aDrippedHeader,     randomBytes};
        const Attack &chosen = kAttacks[static_cast<std::size_t>(attack)];
        TestHub hub(hardSettings());
        hub.remembers = false;
        QVERIFY(hub.start());
        attackers_.clear();
        if (attack == 3)
            streamToAttackers(hub);
        GoodClient good(hub.port());
        QVERIFY(until([&] { return good.isOpen(); }));

        Outcome outcome;
        for (int attempt = 0; attempt < kAttempts; ++attempt) {
            outcome = measure(hub, good, chosen, std::chrono::milliseconds(patienceMs));
            const bool isCalm = outcome.attacked <= 2 * outcome.baseline + 5ms && outcome.growth < kMemoryCeiling;
            if (isCalm || kIsSanitized)
                break;
        }
        stream_.stop();
        qInfo("%d tries, the longest %lld ms, memory +%.1f MB, p99 of others %lld us (alone %lld us, %zu samples)",
              outcome.tries, static_cast<long long>(outcome.longest.count()),
              static_cast<double>(outcome.growth) / 1048576, static_cast<long long>(outcome.attacked.count()),
              static_cast<long long>(outcome.baseline.count()), good.samples());
        QVERIFY(!good.hasFailed());
        QVERIFY(outcome.tries > 0);
        QCOMPARE(outcome.survivors, 0);
        if (kIsSanitized)
            return;
        QVERIFY2(outcome.growth < kMemoryCeiling, "memory");
        QVERIFY2(outcome.attacked <= 2 * outcome.baseline + 5ms, "others wait too long");
    }
};

QTEST_GUILESS_MAIN(TstEdgeAttacks)
#include "tst_edge_attacks.moc"
