// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/edge/frame_socket.h"
#include "tests/support/echo_thread.h"

#include <QTest>

#include <arpa/inet.h>
#include <chrono>
#include <cstdint>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

/// What the tests of FrameSocket share: frames, and an EchoServer on a LoopThread.
namespace orchestra {

inline WsFrame text(std::string payload, bool isFinal = true)
{
    return {.payload = std::move(payload), .isFinal = isFinal};
}

inline WsFrame more(std::string payload, bool isFinal)
{
    return {.opcode = WsFrame::Continuation, .payload = std::move(payload), .isFinal = isFinal};
}

/// A descriptor connected to `probe`.
inline int acceptFrom(WsProbe &probe)
{
    const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    ::bind(listener, reinterpret_cast<sockaddr *>(&address), size);
    ::listen(listener, 1);
    ::getsockname(listener, reinterpret_cast<sockaddr *>(&address), &size);
    if (!probe.connect(ntohs(address.sin_port)))
        qFatal("cannot connect to oneself");
    const int descriptor = ::accept4(listener, nullptr, nullptr, SOCK_NONBLOCK);
    ::close(listener);
    return descriptor;
}

inline std::uint64_t violations(EchoThread &server, FrameViolation violation)
{
    return server.run([&](EchoServer &s) { return s.pool().totals().violations[std::size_t(violation)]; });
}

inline EchoSettings settingsFor(bool isTls)
{
    EchoSettings settings;
    if (isTls)
        settings.tls = TestCertificate::make();
    return settings;
}

inline FrameSocket &only(EchoServer &server)
{
    return server.connections().front()->socket();
}

template <class Condition>
bool eventually(Condition condition, std::chrono::milliseconds patience = std::chrono::seconds(10))
{
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (!condition()) {
        if (std::chrono::steady_clock::now() > deadline)
            return false;
        std::this_thread::yield();
    }
    return true;
}

inline bool isEmpty(EchoThread &server)
{
    return eventually([&] { return server.run([](EchoServer &s) { return s.pool().size() == 0; }); });
}

/// The column of a test that runs on both wires.
inline void wires()
{
    QTest::addColumn<bool>("isTls");
    QTest::newRow("plain") << false;
    QTest::newRow("TLS") << true;
}

} // namespace orchestra

Q_DECLARE_METATYPE(orchestra::FrameViolation)
