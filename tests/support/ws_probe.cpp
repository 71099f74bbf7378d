// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/ws_probe.h"

#include <arpa/inet.h>
#include <cerrno>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace orchestra {

struct WsProbe::Tls
{
    Tls()
        : context(SSL_CTX_new(TLS_client_method()))
        , session(SSL_new(context))
    {
    }
    ~Tls()
    {
        SSL_free(session);
        SSL_CTX_free(context);
    }
    Tls(const Tls &) = delete;
    Tls &operator=(const Tls &) = delete;

    SSL_CTX *context;
    SSL *session;
};

WsProbe::WsProbe() = default;
WsProbe::WsProbe(WsProbe &&other) noexcept
{
    *this = std::move(other);
}
WsProbe &WsProbe::operator=(WsProbe &&other) noexcept
{
    close();
    socket_ = std::exchange(other.socket_, -1);
    tls_ = std::move(other.tls_);
    reply_ = std::move(other.reply_);
    received_ = std::move(other.received_);
    hasEnded_ = other.hasEnded_;
    hasEndedInOrder_ = other.hasEndedInOrder_;
    return *this;
}
WsProbe::~WsProbe()
{
    close();
}

bool WsProbe::connect(std::uint16_t port, int receiveBuffer)
{
    close();
    reply_.clear();
    received_.clear();
    hasEnded_ = hasEndedInOrder_ = false;
    socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (receiveBuffer > 0)
        ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receiveBuffer, sizeof receiveBuffer);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(socket_, reinterpret_cast<sockaddr *>(&address), sizeof address) != 0)
        return false;
    const int on = 1;
    ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    ::fcntl(socket_, F_SETFL, O_NONBLOCK);
    return true;
}

bool WsProbe::connectTls(std::uint16_t port, int receiveBuffer)
{
    if (!connect(port, receiveBuffer))
        return false;
    tls_ = std::make_unique<Tls>();
    SSL_set_fd(tls_->session, socket_);
    const Deadline deadline = std::chrono::steady_clock::now() + kPatience;
    for (;;) {
        const int result = SSL_connect(tls_->session);
        if (result == 1)
            return true;
        const int error = SSL_get_error(tls_->session, result);
        if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE)
            return false;
        if (!waitFor(error == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT, deadline))
            return false;
    }
}

bool WsProbe::upgrade(std::string_view path, std::string_view headers, std::string_view glued)
{
    std::string request = "GET ";
    request.append(path).append(" HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n");
    request.append("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n");
    request.append(headers).append("\r\n").append(glued);
    return send(request) && readReply() && reply_.starts_with("HTTP/1.1 101");
}

bool WsProbe::readReply(Timeout timeout)
{
    const Deadline deadline = std::chrono::steady_clock::now() + timeout;
    std::size_t end = std::string::npos;
    while ((end = received_.find("\r\n\r\n")) == std::string::npos) {
        if (!receiveMore(deadline))
            return false;
    }
    reply_ = received_.substr(0, end + 4);
    received_.erase(0, end + 4);
    return true;
}

bool WsProbe::send(std::string_view bytes, Timeout timeout)
{
    const Deadline deadline = std::chrono::steady_clock::now() + timeout;
    while (!bytes.empty()) {
        const long sent = trySend(bytes.data(), bytes.size());
        if (sent < 0)
            return false;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
        if (sent == 0 && !waitFor(POLLOUT, deadline))
            return false;
    }
    return true;
}

std::size_t WsProbe::sendSome(std::string_view bytes)
{
    const long sent = trySend(bytes.data(), bytes.size());
    return sent > 0 ? static_cast<std::size_t>(sent) : 0;
}

std::optional<WsFrame> WsProbe::read(Timeout timeout)
{
    const Deadline deadline = std::chrono::steady_clock::now() + timeout;
    for (;;) {
        if (auto frame = takeFrame(received_))
            return frame;
        if (!receiveMore(deadline))
            return {};
    }
}

std::optional<std::uint16_t> WsProbe::readClose(Timeout timeout)
{
    const Deadline deadline = std::chrono::steady_clock::now() + timeout;
    for (;;) {
        const auto left = std::chrono::ceil<Timeout>(deadline - std::chrono::steady_clock::now());
        const auto frame = read(std::max(left, Timeout(0)));
        if (!frame)
            return {};
        if (frame->opcode == WsFrame::Close)
            return closeCodeOf(*frame);
    }
}

bool WsProbe::waitForEnd(Timeout timeout)
{
    const Deadline deadline = std::chrono::steady_clock::now() + timeout;
    while (!hasEnded_) {
        received_.clear();
        if (!receiveMore(deadline) && !hasEnded_)
            return false;
    }
    return true;
}

void WsProbe::closeForWriting()
{
    ::shutdown(socket_, SHUT_WR);
}

void WsProbe::close(bool withReset)
{
    tls_.reset();
    if (socket_ < 0)
        return;
    if (withReset) {
        const linger now{1, 0};
        ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    }
    ::close(std::exchange(socket_, -1));
}

bool WsProbe::waitFor(short events, Deadline deadline) const
{
    const auto left = std::chrono::ceil<Timeout>(deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0)
        return false;
    pollfd waiter{socket_, events, 0};
    return ::poll(&waiter, 1, static_cast<int>(left.count())) > 0;
}

long WsProbe::trySend(const char *data, std::size_t size)
{
    if (tls_) {
        const int sent = SSL_write(tls_->session, data, static_cast<int>(size));
        if (sent > 0)
            return sent;
        const int error = SSL_get_error(tls_->session, sent);
        return error == SSL_ERROR_WANT_WRITE || error == SSL_ERROR_WANT_READ ? 0 : -1;
    }
    const auto sent = ::send(socket_, data, size, MSG_NOSIGNAL);
    return sent >= 0 ? sent : errno == EAGAIN ? 0 : -1;
}

long WsProbe::tryReceive(char *data, std::size_t size)
{
    if (tls_) {
        const int got = SSL_read(tls_->session, data, static_cast<int>(size));
        if (got > 0)
            return got;
        const int error = SSL_get_error(tls_->session, got);
        if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE)
            return 0;
        hasEndedInOrder_ = error == SSL_ERROR_ZERO_RETURN;
        return -1;
    }
    const auto got = ::recv(socket_, data, size, 0);
    if (got > 0)
        return got;
    if (got < 0 && errno == EAGAIN)
        return 0;
    hasEndedInOrder_ = got == 0;
    return -1;
}

bool WsProbe::receiveMore(Deadline deadline)
{
    if (hasEnded_ || socket_ < 0)
        return false;
    char buffer[65536];
    for (;;) {
        const long got = tryReceive(buffer, sizeof buffer);
        if (got > 0) {
            received_.append(buffer, static_cast<std::size_t>(got));
            return true;
        }
        if (got < 0) {
            hasEnded_ = true;
            return false;
        }
        if (!waitFor(POLLIN, deadline))
            return false;
    }
}

} // namespace orchestra
