// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/wire/close_code.h"

#include <QAbstractSocket>
#include <QByteArray>
#include <QObject>
#include <QString>
#include <QUrl>

#include <memory>
#include <optional>

class QWebSocket;

namespace orchestra {

/// One WebSocket to a server: opens with a bearer token and a subprotocol, checks the certificate or its pin, and says
/// exactly once how it ended. Reusable: open() again after closed(). Lives on: gui.
class Socket final : public QObject
{
    Q_OBJECT

public:
    struct Request
    {
        QUrl url;
        QString token;       ///< empty: none is sent
        QString subprotocol; ///< empty: none is offered
        /// SHA-256 of the server's certificate in hexadecimal, colons allowed: it and no other is trusted, whoever
        /// signed it. Empty: the usual chain check.
        QString pin;
    };

    explicit Socket(QObject *parent = nullptr);
    ~Socket() override;

    /// Drops whatever was open, without a signal, and opens anew.
    void open(const Request &request);
    void sendText(const QByteArray &utf8);
    void sendBinary(const QByteArray &bytes);
    /// Ends with a close frame.
    void close(quint16 code = 1000);
    /// Drops the connection without a close frame.
    void abort();
    bool isOpen() const;

Q_SIGNALS:
    void opened();
    void textReceived(const QByteArray &utf8);
    void binaryReceived(const QByteArray &bytes);
    /// `code` 1006 when the link broke or was never made, 4001 or 4003 when the upgrade was refused for the credential;
    /// `reason` is for people.
    void closed(quint16 code, const QString &reason);

private:
    void release();
    void trustOnlyThePin();
    void note(const QString &error);
    void finish(quint16 code, const QString &reason);
    void whenDisconnected();

    QWebSocket *socket_ = nullptr; ///< child; replaced at each open
    Request request_;
    QString error_;
    std::optional<CloseCode> refusal_; ///< of the upgrade, by its HTTP status
    bool wasOpen_ = false;
    bool closing_ = false; ///< close() was called
};

} // namespace orchestra
