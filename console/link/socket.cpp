// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/link/socket.h"

#include <QCryptographicHash>
#include <QNetworkRequest>
#include <QRegularExpression>
#include <QSslCertificate>
#include <QSslConfiguration>
#include <QSslError>
#include <QWebSocket>
#include <QWebSocketHandshakeOptions>

namespace orchestra {
namespace {

constexpr quint64 kMaxMessageBytes = 16ULL * 1024 * 1024;

QByteArray pinBytes(QString pin)
{
    return QByteArray::fromHex(pin.remove(QLatin1Char(':')).toLatin1());
}

} // namespace

Socket::Socket(QObject *parent)
    : QObject(parent)
{
}

Socket::~Socket()
{
    release();
}

void Socket::release()
{
    if (!socket_)
        return;
    socket_->disconnect(this);
    socket_->abort();
    socket_->deleteLater();
    socket_ = nullptr;
}

void Socket::open(const Request &request)
{
    release();
    request_ = request;
    error_.clear();
    refusal_.reset();
    wasOpen_ = false;
    closing_ = false;
    socket_ = new QWebSocket(QString(), QWebSocketProtocol::VersionLatest, this);
    socket_->setMaxAllowedIncomingMessageSize(kMaxMessageBytes);
    socket_->setMaxAllowedIncomingFrameSize(kMaxMessageBytes);
    connect(socket_, &QWebSocket::connected, this, [this] {
        wasOpen_ = true;
        Q_EMIT opened();
    });
    connect(socket_, &QWebSocket::disconnected, this, &Socket::whenDisconnected);
    connect(socket_, &QWebSocket::textMessageReceived, this,
            [this](const QString &text) { Q_EMIT textReceived(text.toUtf8()); });
    connect(socket_, &QWebSocket::binaryMessageReceived, this, &Socket::binaryReceived);
    const auto failed = [this] { note(socket_->errorString()); };
#if QT_VERSION >= QT_VERSION_CHECK(6, 5, 0)
    connect(socket_, &QWebSocket::errorOccurred, this, failed);
#else
    connect(socket_, qOverload<QAbstractSocket::SocketError>(&QWebSocket::error), this, failed);
#endif
    if (!request_.pin.isEmpty())
        trustOnlyThePin();
    QNetworkRequest head(request.url);
    if (!request.token.isEmpty())
        head.setRawHeader("Authorization", "Bearer " + request.token.toUtf8());
    QWebSocketHandshakeOptions options;
    if (!request.subprotocol.isEmpty())
        options.setSubprotocols({request.subprotocol});
    socket_->open(head, options);
}

/// The engine tells of an upgrade that was refused in words only. The first error is the one that says why.
void Socket::note(const QString &error)
{
    if (!error_.isEmpty())
        return;
    error_ = error;
    static const QRegularExpression refused(QStringLiteral("http status code: (401|403)"));
    const auto status = refused.match(error).captured(1);
    if (status.isEmpty())
        return;
    refusal_ = status == QLatin1String("401") ? CloseCode::Unauthenticated : CloseCode::Forbidden;
    error_ = status == QLatin1String("401") ? tr("The server does not accept the credential.")
                                            : tr("The server does not let this client in.");
}

/// A pinned certificate is trusted for what it is, whoever signed it, and no other is. Without authorities every
/// certificate is an error, so that each comes to the comparison before a byte of the request is sent.
void Socket::trustOnlyThePin()
{
    QSslConfiguration configuration = socket_->sslConfiguration();
    configuration.setCaCertificates({});
    socket_->setSslConfiguration(configuration);
    connect(socket_, &QWebSocket::sslErrors, this, [this](const QList<QSslError> &errors) {
        const QByteArray pin = pinBytes(request_.pin);
        const bool isPinned = !errors.isEmpty() && !pin.isEmpty() &&
                              errors.first().certificate().digest(QCryptographicHash::Sha256) == pin;
        if (isPinned)
            socket_->ignoreSslErrors(errors);
        else
            error_ = tr("The server's certificate is not the pinned one.");
    });
}

void Socket::whenDisconnected()
{
    QString reason = socket_->closeReason();
    quint16 code = wasOpen_ ? static_cast<quint16>(socket_->closeCode()) : static_cast<quint16>(1006);
    if (refusal_)
        code = static_cast<quint16>(*refusal_);
    // The engine says 1000 also when the server vanished without a close frame.
    if (code == 1000 && reason.isEmpty() && !closing_)
        code = 1006;
    if (reason.isEmpty()) // the engine tells of an error before or after it says that the link is gone
        reason = error_.isEmpty() ? socket_->errorString() : error_;
    finish(code, reason);
}

void Socket::finish(quint16 code, const QString &reason)
{
    release();
    Q_EMIT closed(code, reason);
}

void Socket::sendText(const QByteArray &utf8)
{
    if (isOpen())
        socket_->sendTextMessage(QString::fromUtf8(utf8));
}

void Socket::sendBinary(const QByteArray &bytes)
{
    if (isOpen())
        socket_->sendBinaryMessage(bytes);
}

void Socket::close(quint16 code)
{
    closing_ = true;
    if (socket_)
        socket_->close(static_cast<QWebSocketProtocol::CloseCode>(code));
}

void Socket::abort()
{
    if (socket_)
        finish(1006, tr("The link was cut."));
}

bool Socket::isOpen() const
{
    return socket_ && socket_->state() == QAbstractSocket::ConnectedState;
}

} // namespace orchestra
