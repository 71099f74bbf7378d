// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/http_peer.h"

#include "shared/base/text.h"

#include <QHostAddress>

#include <sys/socket.h>

#include <cstdlib>

namespace orchestra {

void PeerReply::send(int status, std::string_view type, std::string_view body, std::string_view moreHeaders)
{
    raw("HTTP/1.1 " + std::to_string(status) + " Said\r\nContent-Type: " + std::string(type) + "\r\nContent-Length: " +
        std::to_string(body.size()) + "\r\n" + std::string(moreHeaders) + "\r\n" + std::string(body));
}

void PeerReply::begin(int status, std::string_view type, std::string_view moreHeaders)
{
    raw("HTTP/1.1 " + std::to_string(status) + " Said\r\nContent-Type: " + std::string(type) +
        "\r\nTransfer-Encoding: chunked\r\n" + std::string(moreHeaders) + "\r\n");
}

void PeerReply::chunk(std::string_view bytes)
{
    if (!bytes.empty())
        raw(QByteArray::number(qulonglong(bytes.size()), 16).toStdString() + "\r\n" + std::string(bytes) + "\r\n");
}

void PeerReply::end()
{
    raw("0\r\n\r\n");
}

void PeerReply::raw(std::string_view bytes)
{
    if (isOpen()) {
        socket_->write(bytes.data(), qint64(bytes.size()));
        socket_->flush();
    }
}

void PeerReply::close()
{
    if (isOpen())
        socket_->disconnectFromHost();
}

void PeerReply::reset()
{
    if (!isOpen())
        return;
    const linger none{.l_onoff = 1, .l_linger = 0};
    ::setsockopt(int(socket_->socketDescriptor()), SOL_SOCKET, SO_LINGER, &none, sizeof none);
    socket_->abort();
}

bool PeerReply::isOpen() const
{
    return socket_ && socket_->state() == QAbstractSocket::ConnectedState;
}

void PeerReply::onGone(std::function<void()> gone)
{
    if (socket_)
        QObject::connect(socket_, &QTcpSocket::disconnected, socket_, std::move(gone));
}

HttpPeer::HttpPeer(Handler handler, std::uint16_t port)
    : handler_(std::move(handler))
{
    QObject::connect(&server_, &QTcpServer::newConnection, &server_, [this] { accept(); });
    if (!server_.listen(QHostAddress::LocalHost, port))
        qFatal("the test's peer cannot listen");
}

std::string HttpPeer::url() const
{
    return "http://127.0.0.1:" + std::to_string(port());
}

void HttpPeer::accept()
{
    while (QTcpSocket *socket = server_.nextPendingConnection()) {
        ++accepted_;
        socket->setSocketOption(QAbstractSocket::LowDelayOption, 1);
        auto buffer = std::make_shared<std::string>();
        QObject::connect(socket, &QTcpSocket::readyRead, socket, [this, socket, buffer] { read(*socket, *buffer); });
        QObject::connect(socket, &QTcpSocket::disconnected, socket, &QObject::deleteLater);
    }
}

void HttpPeer::read(QTcpSocket &socket, std::string &buffer)
{
    buffer += socket.readAll().toStdString();
    const std::size_t headEnd = buffer.find("\r\n\r\n");
    if (headEnd == std::string::npos)
        return;
    PeerRequest request;
    std::size_t line = buffer.find("\r\n");
    const std::size_t space = buffer.find(' ');
    request.method = buffer.substr(0, space);
    request.path = buffer.substr(space + 1, buffer.find(' ', space + 1) - space - 1);
    while (line < headEnd) {
        const std::size_t next = buffer.find("\r\n", line + 2);
        const std::string header = buffer.substr(line + 2, next - line - 2);
        const std::size_t colon = header.find(": ");
        request.headers[lowerAscii(header.substr(0, colon))] = header.substr(colon + 2);
        line = next;
    }
    const std::size_t length = std::strtoul(request.headers["content-length"].c_str(), nullptr, 10);
    if (buffer.size() < headEnd + 4 + length)
        return;
    request.body = buffer.substr(headEnd + 4, length);
    buffer.erase(0, headEnd + 4 + length);
    requests_.push_back(request);
    handler_(requests_.back(), std::make_shared<PeerReply>(socket));
}

} // namespace orchestra
