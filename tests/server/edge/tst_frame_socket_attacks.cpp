// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/edge/frame_socket.h"
#include "tests/support/echo_thread.h"
#include "tests/support/process_meter.h"

#include <QTest>
#include <QTimer>

#include <algorithm>
#include <atomic>
#include <random>
#include <thread>

using namespace orchestra;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t kMiB = 1024 * 1024;
/// What an attacker may cost before it is shut out.
constexpr std::size_t kMemoryCeiling = 8 * kMiB;
constexpr std::chrono::nanoseconds kCpuCeiling = 300ms;

std::string repeated(const std::string &bytes, int times)
{
    std::string all;
    for (int i = 0; i < times; ++i)
        all += bytes;
    return all;
}

/// Lets the server's clock follow the real one while an attack runs, and measures what the attack costs.
class Attack
{
public:
    explicit Attack(EchoThread &server)
        : server_(server)
        , memoryBefore_(residentBytes())
        , cpuBefore_(server.cpu())
        , last_(std::chrono::steady_clock::now())
    {
    }

    /// False when the attack has gone on for `longest`.
    bool goesOn(std::chrono::milliseconds longest)
    {
        const auto now = std::chrono::steady_clock::now();
        server_.clock.advance(now - last_);
        elapsed_ += now - std::exchange(last_, now);
        mostMemory_ = std::max(mostMemory_, residentBytes());
        return elapsed_ < longest;
    }

    std::size_t memory() const { return mostMemory_ > memoryBefore_ ? mostMemory_ - memoryBefore_ : 0; }
    std::chrono::nanoseconds cpu() const { return server_.cpu() - cpuBefore_; }

    void verifyCost() const
    {
        const auto spent = std::chrono::duration_cast<std::chrono::milliseconds>(cpu());
        qInfo("memory +%.1f MiB, server CPU %lld ms", double(memory()) / double(kMiB),
              static_cast<long long>(spent.count()));
        if (kIsSanitized)
            return;
        QVERIFY2(memory() <= kMemoryCeiling, qPrintable(QString::number(memory())));
        QVERIFY2(spent <= kCpuCeiling, qPrintable(QString::number(spent.count())));
    }

private:
    EchoThread &server_;
    const std::size_t memoryBefore_;
    const std::chrono::nanoseconds cpuBefore_;
    std::chrono::steady_clock::time_point last_;
    std::chrono::nanoseconds elapsed_{};
    std::size_t mostMemory_ = 0;
};

EchoSettings settingsFor(bool isTls)
{
    EchoSettings settings;
    settings.sweep = 50ms;
    if (isTls)
        settings.tls = TestCertificate::make();
    return settings;
}

std::size_t open(EchoThread &server)
{
    return server.run([](EchoServer &s) { return s.pool().size(); });
}

} // namespace

/// What a bare QWebSocketServer of Qt 6.4 does not survive: each attack is one client at full speed.
class TstFrameSocketAttacks : public QObject
{
    Q_OBJECT

private:
    static void wires()
    {
        QTest::addColumn<bool>("isTls");
        QTest::newRow("plain") << false;
        QTest::newRow("TLS") << true;
    }

    /// Sends `bytes` again and again without reading, until the server has shut the client out.
    static void flood(const std::string &first, const std::string &bytes, FrameViolation expected)
    {
        QFETCH(bool, isTls);
        EchoThread server(settingsFor(isTls));
        {
            WsProbe warmUp = server.open();
            QVERIFY(warmUp.send(WsFrame{.payload = "x"}));
            QVERIFY(warmUp.read());
        }
        QTRY_COMPARE(open(server), std::size_t(0));
        WsProbe attacker = server.open();
        Attack attack(server);
        attacker.send(first);
        while (open(server) > 0 && attack.goesOn(10s)) {
            for (int i = 0; i < 100; ++i)
                attacker.sendSome(bytes);
        }
        QCOMPARE(open(server), std::size_t(0));
        QVERIFY(server.run([&](EchoServer &s) { return s.pool().totals().violations[std::size_t(expected)]; }) == 1);
        attack.verifyCost();
    }

private Q_SLOTS:
    void survivesPingsWhosePongsNobodyReads_data() { wires(); }
    void survivesPingsWhosePongsNobodyReads()
    {
        const std::string ping = WsFrame{.opcode = WsFrame::Ping, .payload = std::string(125, 'p')}.bytes();
        flood({}, repeated(ping, 500), FrameViolation::ControlFlood);
    }

    void survivesEmptyContinuationFrames_data() { wires(); }
    void survivesEmptyContinuationFrames()
    {
        const std::string first = WsFrame{.payload = "", .isFinal = false}.bytes();
        const std::string empty = WsFrame{.opcode = WsFrame::Continuation, .payload = "", .isFinal = false}.bytes();
        flood(first, repeated(empty, 10'000), FrameViolation::EmptyFragments);
    }

    void survivesTinyFragments_data() { wires(); }
    void survivesTinyFragments()
    {
        const std::string first = WsFrame{.payload = "x", .isFinal = false}.bytes();
        const std::string tiny = WsFrame{.opcode = WsFrame::Continuation, .payload = "x", .isFinal = false}.bytes();
        flood(first, repeated(tiny, 10'000), FrameViolation::TooManyFragments);
    }

    void survivesAnEndlessMessage_data() { wires(); }
    void survivesAnEndlessMessage()
    {
        const std::string first = WsFrame{.payload = "x", .isFinal = false}.bytes();
        const std::string part =
            WsFrame{.opcode = WsFrame::Continuation, .payload = std::string(4096, 'x'), .isFinal = false}.bytes();
        flood(first, repeated(part, 16), FrameViolation::MessageTooBig);
    }

    void survivesGarbage_data() { wires(); }
    void survivesGarbage()
    {
        QFETCH(bool, isTls);
        EchoThread server(settingsFor(isTls));
        std::mt19937_64 random(99);
        {
            WsProbe warmUp = server.open();
        }
        QTRY_COMPARE(open(server), std::size_t(0));
        Attack attack(server);
        int clients = 0;
        while (attack.goesOn(2s)) {
            WsProbe attacker = server.open();
            ++clients;
            std::string bytes(2000, '\0');
            for (char &c : bytes)
                c = static_cast<char>(random());
            bytes[0] = static_cast<char>((random() % 2 ? 0x80 : 0) | random() % 16);
            bytes[1] = static_cast<char>(0x80 | random() % 128);
            attacker.send(bytes);
            if (random() % 2)
                attacker.read(1ms);
        }
        QTRY_VERIFY(open(server) == 0 || !attack.goesOn(20s));
        QCOMPARE(open(server), std::size_t(0));
        QVERIFY(clients > 20);
        if (!kIsSanitized)
            QVERIFY2(attack.memory() <= kMemoryCeiling, qPrintable(QString::number(attack.memory())));
    }

    void doesNotWaitForAFrameThatComesByteByByte_data() { wires(); }
    void doesNotWaitForAFrameThatComesByteByByte()
    {
        QFETCH(bool, isTls);
        EchoThread server(settingsFor(isTls));
        WsProbe attacker = server.open();
        const std::string frame = WsFrame{.payload = std::string(60'000, 'x')}.bytes();
        std::size_t sent = 0;
        // One byte each 100 ms of the server's time, which begins when it has seen the first.
        QVERIFY(attacker.send(frame.substr(sent++, 1)));
        QTRY_VERIFY(server.run([](EchoServer &s) { return s.pool().totals().bytesIn; }) > 0);
        for (; sent < 1000 && attacker.send(frame.substr(sent, 1)); ++sent) {
            server.clock.advance(100ms);
            if (sent > 90)
                std::this_thread::sleep_for(60ms);
            if (sent > 90 && attacker.readClose(1ms))
                break;
        }
        QVERIFY2(sent > 95 && sent < 115, qPrintable(QString::number(sent)));
        server.clock.advance(3s);
        QTRY_COMPARE(open(server), std::size_t(0));
    }

    void doesNotBufferForAReaderThatHasStopped_data()
    {
        QTest::addColumn<bool>("isTls");
        QTest::addColumn<bool>("isQueued");
        QTest::newRow("plain, send queue") << false << true;
        QTest::newRow("TLS, send queue") << true << true;
        QTest::newRow("plain, straight through Qt") << false << false;
        QTest::newRow("TLS, straight through Qt") << true << false;
    }
    void doesNotBufferForAReaderThatHasStopped()
    {
        QFETCH(bool, isTls);
        QFETCH(bool, isQueued);
        // The server streams as fast as its loop turns.
        EchoThread server(settingsFor(isTls), [isQueued](EchoServer &s) {
            s.onOpened([isQueued](EchoConnection &c) {
                auto *timer = new QTimer(&c.engine());
                QObject::connect(timer, &QTimer::timeout, &c.engine(), [&c, isQueued] {
                    if (isQueued)
                        c.echo(FrameEncoding::Text, std::string(5000, 's'));
                    else
                        c.engine().sendTextMessage(QString(5000, QLatin1Char('s')));
                });
                QObject::connect(&c.engine(), &QWebSocket::aboutToClose, timer, &QTimer::stop);
                timer->start(0);
            });
        });
        WsProbe reader = server.open(4096);
        Attack attack(server);
        while (open(server) > 0 && attack.goesOn(20s))
            std::this_thread::sleep_for(1ms);
        QCOMPARE(open(server), std::size_t(0));
        attack.verifyCost();
    }

    void keepsServingOthersMeanwhile()
    {
        // Every kind of attacker at once, over and over, and one client that behaves.
        EchoSettings settings;
        EchoThread server(settings);
        std::atomic<bool> isOver = false;
        const std::vector<std::string> attacks = {
            repeated(WsFrame{.opcode = WsFrame::Ping, .payload = std::string(125, 'p')}.bytes(), 500),
            WsFrame{.payload = "", .isFinal = false}.bytes() +
                repeated(WsFrame{.opcode = WsFrame::Continuation, .payload = "", .isFinal = false}.bytes(), 5000),
            WsFrame{.payload = std::string(100'000, 'x')}.bytes(),
            repeated(WsFrame{.payload = "unmasked", .isMasked = false}.bytes(), 100),
        };
        WsProbe good = server.open();
        std::thread attacker([&] {
            for (std::size_t i = 0; !isOver; ++i) {
                WsProbe probe = server.open();
                const std::string &bytes = attacks[i % attacks.size()];
                for (int k = 0; k < 20; ++k)
                    probe.sendSome(bytes);
            }
        });
        std::vector<std::chrono::microseconds> latencies;
        Attack attack(server);
        while (attack.goesOn(3s)) {
            const auto before = std::chrono::steady_clock::now();
            QVERIFY(good.send(WsFrame{.payload = std::string(200, 'g')}));
            const auto answer = good.read();
            if (!answer)
                break;
            latencies.push_back(
                std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - before));
            std::this_thread::sleep_for(2ms);
        }
        isOver = true;
        attacker.join();
        QVERIFY(latencies.size() > 100);
        std::sort(latencies.begin(), latencies.end());
        const auto p99 = latencies[latencies.size() * 99 / 100];
        qInfo("%zu echoes, p50 %lld us, p99 %lld us", latencies.size(),
              static_cast<long long>(latencies[latencies.size() / 2].count()), static_cast<long long>(p99.count()));
        QVERIFY(p99 < 100ms);
        if (!kIsSanitized)
            QVERIFY2(attack.memory() <= kMemoryCeiling, qPrintable(QString::number(attack.memory())));
    }
};

QTEST_GUILESS_MAIN(TstFrameSocketAttacks)
#include "tst_frame_socket_attacks.moc"
