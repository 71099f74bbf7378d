// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/edge/wire.h"

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QTest>

#include <arpa/inet.h>
#include <array>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string>
#include <sys/socket.h>
#include <unistd.h>

using namespace orchestra;

namespace {

/// Remembers what it is told; reads when it is to.
class Listener final : public WireListener
{
public:
    void onReadable() override
    {
        ++readable;
        if (!reads)
            return;
        std::array<char, 4096> buffer{};
        const std::ptrdiff_t size = wire->read(buffer);
        if (size < 0)
            hasEnded = true;
        else
            bytes.append(buffer.data(), static_cast<std::size_t>(size));
    }
    void onTaken() override { ++taken; }
    void onWireGone() override { ++gone; }

    Wire *wire = nullptr;
    bool reads = true;
    bool hasEnded = false;
    std::string bytes;
    int readable = 0;
    int taken = 0;
    int gone = 0;
};

/// A wire and its peer's end.
struct Pair
{
    Pair()
    {
        std::array<int, 2> ends{};
        if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends.data()) != 0)
            qFatal("socketpair");
        peer = ends[1];
        wire = openPlainWire(ends[0]);
        listener.wire = wire.get();
        wire->tell(&listener);
    }
    ~Pair() { ::close(peer); }

    /// What the peer can read now.
    std::string received() const
    {
        std::string all(16 * 1024 * 1024, '\0');
        const ssize_t size = ::recv(peer, all.data(), all.size(), 0);
        all.resize(size < 0 ? 0 : static_cast<std::size_t>(size));
        return all;
    }
    bool seesTheEnd() const
    {
        char byte = 0;
        return ::recv(peer, &byte, 1, 0) == 0;
    }

    Listener listener;
    std::unique_ptr<Wire> wire;
    int peer = -1;
};

/// Turns the loop for a moment in which nothing is expected.
void turn()
{
    QElapsedTimer timer;
    timer.start();
    while (timer.elapsed() < 20)
        QCoreApplication::processEvents();
}

int option(int descriptor, int level, int name)
{
    int value = -1;
    socklen_t size = sizeof value;
    ::getsockopt(descriptor, level, name, &value, &size);
    return value;
}

} // namespace

class TstWire : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void tellsOfBytesAndOfTheEnd()
    {
        Pair pair;
        QCOMPARE(::send(pair.peer, "hello", 5, 0), ssize_t(5));
        QTRY_COMPARE(pair.listener.bytes, std::string("hello"));
        ::shutdown(pair.peer, SHUT_WR);
        QTRY_VERIFY(pair.listener.hasEnded);
        const int told = pair.listener.readable;
        turn();
        QCOMPARE(pair.listener.readable, told); // an end is no reason to be told again and again
    }

    void leavesWhoeverDoesNotReadAlone()
    {
        Pair pair;
        pair.listener.reads = false;
        QCOMPARE(::send(pair.peer, "hello", 5, 0), ssize_t(5));
        QTRY_COMPARE(pair.listener.readable, 1);
        turn();
        QCOMPARE(pair.listener.readable, 1);
        pair.listener.reads = true;
        QVERIFY(!pair.wire->resume());
        QTRY_COMPARE(pair.listener.bytes, std::string("hello"));
    }

    void sendsAtOnceWhatTheSystemTakes()
    {
        Pair pair;
        QVERIFY(pair.wire->write("hello"));
        QCOMPARE(pair.wire->unsent(), std::size_t(0));
        QCOMPARE(pair.received(), std::string("hello"));
    }

    void keepsTheRestAndItsOrder()
    {
        Pair pair;
        std::string all;
        for (char c = 'a'; c <= 'p'; ++c) {
            const std::string piece(300'000, c);
            all += piece;
            QVERIFY(pair.wire->write(piece));
        }
        QVERIFY(pair.wire->unsent() > 0);
        std::string got;
        QTRY_VERIFY((got += pair.received()).size() == all.size());
        QVERIFY(got == all);
        QTRY_COMPARE(pair.wire->unsent(), std::size_t(0));
        QVERIFY(pair.listener.taken > 0);
        const int told = pair.listener.taken;
        turn();
        QCOMPARE(pair.listener.taken, told);
    }

    void finishesWhenTheRestHasGone()
    {
        Pair pair;
        const std::string all(2'000'000, 'x');
        QVERIFY(pair.wire->write(all));
        pair.wire->finish();
        QVERIFY(pair.wire->isFinishing());
        QVERIFY(!pair.wire->write("more"));
        QCOMPARE(pair.listener.gone, 0);
        std::string got;
        QTRY_VERIFY((got += pair.received()).size() == all.size());
        QTRY_COMPARE(pair.listener.gone, 1);
        QVERIFY(pair.seesTheEnd());
    }

    void shutsItsWritingHalfBehindTheRest()
    {
        Pair pair;
        const std::string all(2'000'000, 'x');
        QVERIFY(pair.wire->write(all));
        pair.wire->shutWrite();
        std::string got;
        QTRY_VERIFY((got += pair.received()).size() == all.size());
        QTRY_VERIFY(pair.seesTheEnd());
        QCOMPARE(::send(pair.peer, "still", 5, 0), ssize_t(5));
        QTRY_COMPARE(pair.listener.bytes, std::string("still"));
        QCOMPARE(pair.listener.gone, 0);
    }

    void tellsOfTheEndOfAPeerThatDoesNotRead()
    {
        Pair pair;
        QVERIFY(pair.wire->write(std::string(2'000'000, 'x')));
        pair.listener.reads = false;
        turn();
        ::close(std::exchange(pair.peer, -1));
        QTRY_COMPARE(pair.listener.gone, 1);
        QCOMPARE(pair.wire->unsent(), std::size_t(0));
        QVERIFY(!pair.wire->write("x"));
    }

    void tellsWhoeverReadsThatItCannotWrite()
    {
        Pair pair;
        pair.listener.reads = false;
        QCOMPARE(::send(pair.peer, "x", 1, 0), ssize_t(1));
        QTRY_COMPARE(pair.listener.readable, 1);
        ::close(std::exchange(pair.peer, -1));
        pair.listener.reads = true;
        QVERIFY(!pair.wire->write("y"));
        QTRY_VERIFY(pair.listener.hasEnded);
    }

    void abortsAtOnceAndTellsOnce()
    {
        Pair pair;
        QVERIFY(pair.wire->write(std::string(2'000'000, 'x')));
        pair.wire->abort();
        pair.wire->abort();
        QCOMPARE(pair.listener.gone, 1);
        std::array<char, 1> buffer{};
        QCOMPARE(pair.wire->read(buffer), std::ptrdiff_t(-1));
    }

    void inheritsItsOptionsFromTheListeningSocket()
    {
        const int listening = ::socket(AF_INET, SOCK_STREAM, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        QCOMPARE(::bind(listening, reinterpret_cast<sockaddr *>(&address), size), 0);
        QCOMPARE(::listen(listening, 1), 0);
        prepareForWires(listening);
        ::getsockname(listening, reinterpret_cast<sockaddr *>(&address), &size);
        const int client = ::socket(AF_INET, SOCK_STREAM, 0);
        QCOMPARE(::connect(client, reinterpret_cast<sockaddr *>(&address), size), 0);
        const int accepted = ::accept(listening, nullptr, nullptr);
        QVERIFY(accepted >= 0);
        QVERIFY(option(accepted, IPPROTO_TCP, TCP_NODELAY) > 0);
        QVERIFY(option(accepted, SOL_SOCKET, SO_KEEPALIVE) > 0);
        QVERIFY(option(accepted, IPPROTO_TCP, TCP_NOTSENT_LOWAT) > 0);
        QVERIFY(option(accepted, IPPROTO_TCP, TCP_NOTSENT_LOWAT) <= 256 * 1024);
        ::close(accepted);
        ::close(client);
        ::close(listening);
    }

    void isNothingOverNoDescriptor() { QVERIFY(!openPlainWire(-1)); }
};

QTEST_GUILESS_MAIN(TstWire)
#include "tst_wire.moc"
