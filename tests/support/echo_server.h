// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/edge/frame_socket.h"
#include "server/edge/frame_socket_pool.h"
#include "server/edge/send_queue.h"
#include "tests/support/test_certificate.h"

#include <QObject>
#include <QPointer>
#include <QSslConfiguration>
#include <QTcpServer>
#include <QWebSocket>
#include <QWebSocketServer>

#include <functional>
#include <memory>
#include <optional>
#include <unordered_map>

namespace orchestra {

class EchoServer;

/// One WebSocket of an EchoServer: sends each message back through a SendQueue and, like the product, stops reading
/// while it has more to send than the peer takes.
class EchoConnection final : public QObject, private FrameSocketListener
{
public:
    EchoConnection(EchoServer &server, FrameSocket &socket, std::unique_ptr<QWebSocket> engine);
    ~EchoConnection() override;

    FrameSocket &socket() { return *socket_; }
    bool isConnected() const { return !socket_.isNull(); }
    QWebSocket &engine() { return *engine_; }
    SendQueue &queue() { return queue_; }
    void echo(FrameEncoding encoding, std::string body);

    /// Besides what the connection does with it.
    std::function<void(FrameViolation)> violated;
    std::function<void()> drained;

private:
    void onViolated(FrameViolation violation) override;
    void onDrained() override;
    void onEngineClosing() override { queue_.end(); }
    void onEnded() override {}

    EchoServer &server_;
    QPointer<FrameSocket> socket_;
    std::unique_ptr<QWebSocket> engine_;
    SendQueue queue_;
};

struct EchoSettings
{
    std::uint16_t port = 0;
    FrameLimits limits;
    SendQueueLimits queue;
    std::optional<TestCertificate> tls;
    std::chrono::milliseconds sweep = std::chrono::milliseconds(10);
};

/// A WebSocket server of the edge's FrameSocket and SendQueue, for tests, benchmarks and conformance suites. Its
/// reading of the request is no more than they need: QWebSocketServer answers whatever has a Sec-WebSocket-Key. Lives
/// on: one thread, with its connections.
class EchoServer final : public QTcpServer
{
public:
    EchoServer(EchoSettings settings, const Clock &clock);
    ~EchoServer() override;

    /// Called for each connection before it starts; default: echo.
    void onOpened(std::function<void(EchoConnection &)> then) { onOpened_ = std::move(then); }
    void onViolated(std::function<void(FrameViolation)> then) { onViolated_ = std::move(then); }

    FrameSocketPool &pool() { return *pool_; }
    const EchoSettings &settings() const { return settings_; }
    /// Those whose QWebSocket exists.
    std::vector<EchoConnection *> connections() const;
    /// Destroys a connection and with it its QWebSocket, open or not.
    void destroy(EchoConnection &connection) { connections_.erase(&connection); }
    std::uint64_t closedConnections() const { return closed_; }

protected:
    void incomingConnection(qintptr descriptor) override;

private:
    friend class EchoConnection;

    class Request;

    void forget(Request *request);
    void upgrade(std::unique_ptr<Wire> wire, std::string head, std::string rest);
    void open();

    const EchoSettings settings_;
    QSslConfiguration ssl_;
    std::unique_ptr<FrameSocketPool> pool_;
    QWebSocketServer engines_;
    std::function<void(EchoConnection &)> onOpened_;
    std::function<void(FrameViolation)> onViolated_;
    std::unordered_map<Request *, std::unique_ptr<Request>> requests_;
    std::unordered_map<std::string, QPointer<FrameSocket>> upgrading_;
    std::unordered_map<EchoConnection *, std::unique_ptr<EchoConnection>> connections_;
    std::uint64_t lastId_ = 0;
    std::uint64_t closed_ = 0;
};

} // namespace orchestra
