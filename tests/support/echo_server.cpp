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
    connect(engine_.get(), &QWebSocket::aboutToClose, this, [this] { queue_.end(); });
    connect(&socket, &FrameSocket::drained, this, [this] { queue_.feed(); });
    connect(&socket, &FrameSocket::violated, this, [this](FrameViolation violation) {
        if (server_.onViolated_)
            server_.onViolated_(violation);
    });
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
}

EchoServer::~EchoServer()
{
    close();
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
    QAbstractSocket *wire = nullptr;
    if (settings_.tls) {
        auto *tls = new QSslSocket;
        tls->setSslConfiguration(ssl_);
        tls->setSocketDescriptor(descriptor);
        tls->setSocketOption(QAbstractSocket::LowDelayOption, 1);
        tls->startServerEncryption();
        wire = tls;
    } else {
        wire = FrameSocket::openPlainWire(descriptor).release();
    }
    if (!wire)
        return;
    wire->setParent(this);
    connect(wire, &QIODevice::readyRead, this, [this, wire] { readHead(wire); });
    connect(wire, &QAbstractSocket::disconnected, this, [this, wire] {
        heads_.erase(wire);
        wire->deleteLater();
    });
}

void EchoServer::readHead(QAbstractSocket *wire)
{
    std::string &head = heads_[wire];
    char buffer[4096];
    const qint64 size = wire->read(buffer, sizeof buffer);
    if (size > 0)
        head.append(buffer, static_cast<std::size_t>(size));
    const std::size_t end = head.find("\r\n\r\n");
    if (end != std::string::npos) {
        std::string whole = std::move(head);
        heads_.erase(wire);
        std::string rest = whole.substr(end + 4);
        whole.resize(end + 4);
        upgrade(wire, std::move(whole), std::move(rest));
    } else if (size < 0 || head.size() > kHeadBytes) {
        heads_.erase(wire);
        wire->disconnect(this);
        wire->deleteLater();
    }
}

void EchoServer::upgrade(QAbstractSocket *wire, std::string head, std::string rest)
{
    wire->disconnect(this);
    auto *socket = new FrameSocket(*pool_, settings_.limits, std::unique_ptr<QAbstractSocket>(wire));
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
