// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/echo_server.h"

#include <QSslCertificate>
#include <QSslKey>
#include <QSslSocket>

namespace orchestra {

namespace {

constexpr std::size_t kHeadBytes = 16 * 1024;

} // namespace

EchoConnection::EchoConnection(EchoServer &server, FrameSocket &socket, std::unique_ptr<QWebSocket> engine)
    : server_(server)
    , socket_(&socket)
    , engine_(std::move(engine))
    , queue_(socket, server.settings().queue)
{
    connect(engine_.get(), &QWebSocket::textMessageReceived, this,
            [this](const QString &text) { echo(FrameEncoding::Text, text.toStdString()); });
    connect(engine_.get(), &QWebSocket::binaryMessageReceived, this,
            [this](const QByteArray &bytes) { echo(FrameEncoding::Binary, bytes.toStdString()); });
    socket.tell(this);
    connect(engine_.get(), &QWebSocket::disconnected, this, [this] {
        queue_.end();
        ++server_.closed_;
        const auto node =
            std::make_shared<decltype(server_.connections_)::node_type>(server_.connections_.extract(this));
        // Not inside the signal of an object that this one owns.
        QMetaObject::invokeMethod(
            &server_, [node] {}, Qt::QueuedConnection);
    });
}

EchoConnection::~EchoConnection()
{
    // A QWebSocket that is destroyed while it is open says so, but the queue has gone by then.
    engine_->disconnect(this);
    if (socket_)
        socket_->tell(nullptr);
}

void EchoConnection::onViolated(FrameViolation violation)
{
    if (violated)
        violated(violation);
    if (server_.onViolated_)
        server_.onViolated_(violation);
}

void EchoConnection::onDrained()
{
    if (drained)
        drained();
    queue_.feed();
}

/// What comes before the WebSocket.
class EchoServer::Request final : public WireListener
{
public:
    Request(EchoServer &server, std::unique_ptr<Wire> wire)
        : server_(server)
        , wire_(std::move(wire))
    {
        wire_->tell(this);
    }
    ~Request()
    {
        if (wire_)
            wire_->tell(nullptr);
    }

    void onReadable() override;
    void onTaken() override {}
    void onWireGone() override { server_.forget(this); }

private:
    EchoServer &server_;
    std::unique_ptr<Wire> wire_;
    std::string head_;
};

void EchoServer::Request::onReadable()
{
    if (!wire_)
        return;
    char buffer[4096];
    const auto size = wire_->read(buffer);
    if (size > 0)
        head_.append(buffer, static_cast<std::size_t>(size));
    const std::size_t end = head_.find("\r\n\r\n");
    if (end != std::string::npos) {
        std::string rest = head_.substr(end + 4);
        head_.resize(end + 4);
        wire_->tell(nullptr);
        server_.upgrade(std::move(wire_), std::move(head_), std::move(rest));
        server_.forget(this);
    } else if (size < 0 || head_.size() > kHeadBytes) {
        server_.forget(this);
    } else if (wire_->resume()) {
        onReadable();
    }
}

/// Not inside its own call.
void EchoServer::forget(Request *request)
{
    QMetaObject::invokeMethod(
        this, [this, request] { requests_.erase(request); }, Qt::QueuedConnection);
}

void EchoConnection::echo(FrameEncoding encoding, std::string body)
{
    const bool isAlive = queue_.push({std::make_shared<const std::string>(std::move(body)), encoding});
    if (!isAlive && queue_.hasGivenUp())
        engine_->close(static_cast<QWebSocketProtocol::CloseCode>(CloseCode::TooSlow));
    if (!isAlive || queue_.isEmpty())
        return;
    socket_->pauseReading();
    queue_.whenDrained([this] { socket_->resumeReading(); });
}

EchoServer::EchoServer(EchoSettings settings, const Clock &clock)
    : settings_(std::move(settings))
    , pool_(std::make_unique<FrameSocketPool>(clock, settings_.sweep))
    , engines_(QStringLiteral("echo"), settings_.tls ? QWebSocketServer::SecureMode : QWebSocketServer::NonSecureMode)
{
    if (settings_.tls) {
        ssl_ = QSslConfiguration::defaultConfiguration();
        ssl_.setLocalCertificate(QSslCertificate(QByteArray::fromStdString(settings_.tls->certificatePem)));
        ssl_.setPrivateKey(QSslKey(QByteArray::fromStdString(settings_.tls->keyPem), QSsl::Ec));
        ssl_.setPeerVerifyMode(QSslSocket::VerifyNone);
    }
    engines_.setMaxPendingConnections(1 << 20);
    connect(&engines_, &QWebSocketServer::newConnection, this, &EchoServer::open);
    setListenBacklogSize(4096);
    if (!listen(QHostAddress::LocalHost, settings_.port))
        qFatal("cannot listen: %s", qPrintable(errorString()));
    prepareForWires(static_cast<int>(socketDescriptor()));
}

EchoServer::~EchoServer()
{
    close();
    requests_.clear();
    connections_.clear();
    pool_.reset();
}

std::vector<EchoConnection *> EchoServer::connections() const
{
    std::vector<EchoConnection *> all;
    for (const auto &[connection, owner] : connections_)
        all.push_back(connection);
    return all;
}

void EchoServer::incomingConnection(qintptr descriptor)
{
    auto wire =
        settings_.tls ? openTlsWire(static_cast<int>(descriptor), ssl_) : openPlainWire(static_cast<int>(descriptor));
    if (!wire)
        return;
    auto request = std::make_unique<Request>(*this, std::move(wire));
    Request &pending = *request;
    requests_.emplace(&pending, std::move(request));
}

void EchoServer::upgrade(std::unique_ptr<Wire> wire, std::string head, std::string rest)
{
    auto *socket = new FrameSocket(*pool_, settings_.limits, std::move(wire));
    const std::string id = std::to_string(++lastId_);
    head.insert(head.size() - 2, "X-Conn: " + id + "\r\n");
    upgrading_[id] = socket;
    connect(socket, &QObject::destroyed, this, [this, id] { upgrading_.erase(id); });
    socket->offerHandshake(std::move(head), std::move(rest));
    engines_.handleConnection(socket);
}

void EchoServer::open()
{
    std::unique_ptr<QWebSocket> engine(engines_.nextPendingConnection());
    const auto node = upgrading_.extract(engine->request().rawHeader("X-Conn").toStdString());
    if (!node || !node.mapped())
        return;
    FrameSocket &socket = *node.mapped();
    auto connection = std::make_unique<EchoConnection>(*this, socket, std::move(engine));
    EchoConnection &opened = *connection;
    connections_.emplace(&opened, std::move(connection));
    if (onOpened_)
        onOpened_(opened);
    socket.start(opened.engine());
}

} // namespace orchestra
