// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/bench/crowd.h"

#include "tests/support/ws_frames.h"

#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace orchestra {
namespace {

constexpr std::size_t kReadBytes = 256 * 1024;
constexpr std::chrono::seconds kOpenTimeout{60};

[[noreturn]] void fail(const char *what)
{
    std::perror(what);
    std::exit(1);
}

[[noreturn]] void giveUp(const char *what, std::string_view detail)
{
    std::fprintf(stderr, "load: %s: %.*s\n", what, int(detail.size()), detail.data());
    std::exit(1);
}

struct FrameHead
{
    unsigned opcode = 0;
    std::size_t headBytes = 0;
    std::size_t payloadBytes = 0;
};

/// Of an unmasked frame; headBytes is 0 when `bytes` ends before it does.
FrameHead headOf(std::string_view bytes)
{
    const auto at = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
    FrameHead head;
    if (bytes.size() < 2)
        return head;
    head.opcode = at(0) & 0x0fU;
    head.payloadBytes = at(1) & 0x7fU;
    const std::size_t more = head.payloadBytes == 126 ? 2 : head.payloadBytes == 127 ? 8 : 0;
    if (bytes.size() < 2 + more)
        return head;
    if (more > 0)
        head.payloadBytes = 0;
    for (std::size_t i = 0; i < more; ++i)
        head.payloadBytes = head.payloadBytes << 8U | at(2 + i);
    head.headBytes = 2 + more;
    return head;
}

} // namespace

std::string clientFrame(std::string payload)
{
    return WsFrame{.payload = std::move(payload)}.bytes();
}

Crowd::Crowd(CrowdOptions options)
    : options_(std::move(options))
    , epoll_(::epoll_create1(EPOLL_CLOEXEC))
    , buffer_(kReadBytes)
{
}

Crowd::~Crowd()
{
    // A reset leaves nothing in TIME_WAIT, so that a run does not use up the ports of the next.
    const linger reset{1, 0};
    for (const Member &member : members_) {
        if (member.socket < 0)
            continue;
        ::setsockopt(member.socket, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
        ::close(member.socket);
    }
    ::close(epoll_);
}

// ---- connecting ------------------------------------------------------------------------------------------------

void Crowd::open(std::size_t count)
{
    const std::size_t end = members_.size() + count;
    const auto deadline = BenchClock::now() + kOpenTimeout;
    while (open_ + closed_ < end) {
        while (members_.size() < end && members_.size() - open_ - closed_ < options_.atOnce)
            connectOne();
        poll(std::chrono::milliseconds(100), [](std::size_t, unsigned, std::string_view) {});
        if (closed_ > 0)
            giveUp("the server closed a connection", options_.path);
        if (BenchClock::now() > deadline)
            giveUp("not every connection was opened in time", options_.path);
    }
}

void Crowd::connectOne()
{
    Member member;
    member.socket = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (member.socket < 0)
        fail("socket");
    const int on = 1;
    ::setsockopt(member.socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (options_.receiveBuffer > 0)
        ::setsockopt(member.socket, SOL_SOCKET, SO_RCVBUF, &options_.receiveBuffer, sizeof options_.receiveBuffer);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(options_.port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(member.socket, reinterpret_cast<sockaddr *>(&address), sizeof address) != 0 && errno != EINPROGRESS)
        fail("connect");
    members_.push_back(std::move(member));
    watch(members_.size() - 1, true, true);
    beginUpgrade(members_.size() - 1);
}

/// On the loopback interface a connection is there at once.
void Crowd::beginUpgrade(std::size_t index)
{
    std::string path = options_.path;
    if (const auto hole = path.find("{}"); hole != std::string::npos)
        path.replace(hole, 2, std::to_string(options_.firstNumber + index));
    std::string request = "GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(options_.port) +
                          "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                          "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n";
    if (!options_.subprotocol.empty())
        request += "Sec-WebSocket-Protocol: " + options_.subprotocol + "\r\n";
    members_[index].state = State::Upgrading;
    send(index, request + "\r\n");
}

void Crowd::watch(std::size_t index, bool isReading, bool isNew)
{
    epoll_event event{};
    event.events = isReading ? std::uint32_t{EPOLLIN} : 0;
    event.data.u64 = index;
    if (::epoll_ctl(epoll_, isNew ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, members_[index].socket, &event) != 0)
        fail("epoll_ctl");
}

void Crowd::becomeOpen(Member &member)
{
    member.state = State::Open;
    ++open_;
}

// ---- traffic ---------------------------------------------------------------------------------------------------

void Crowd::send(std::size_t member, std::string_view frames)
{
    if (members_[member].state == State::Closed)
        return;
    // What a client sends here always fits the socket's buffer; if not, the server does not read what it should.
    const ssize_t sent = ::send(members_[member].socket, frames.data(), frames.size(), MSG_NOSIGNAL);
    if (sent == ssize_t(frames.size()))
        return;
    if (sent < 0 && (errno == ECONNRESET || errno == EPIPE))
        return drop(member);
    fail("send");
}

void Crowd::setReading(bool isReading)
{
    for (std::size_t i = 0; i < members_.size(); ++i)
        if (members_[i].state != State::Closed)
            watch(i, isReading, false);
}

void Crowd::poll(std::chrono::milliseconds wait, const OnFrame &onFrame)
{
    std::array<epoll_event, 512> events{};
    const int count = ::epoll_wait(epoll_, events.data(), int(events.size()), int(wait.count()));
    for (int i = 0; i < count; ++i)
        readFrom(events[std::size_t(i)].data.u64, onFrame);
}

void Crowd::readFrom(std::size_t index, const OnFrame &onFrame)
{
    if (members_[index].state == State::Closed)
        return;
    const ssize_t got = ::recv(members_[index].socket, buffer_.data(), buffer_.size(), 0);
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (got <= 0)
        return drop(index);
    bytesRead_ += std::uint64_t(got);
    std::string joined;
    std::string_view bytes(buffer_.data(), std::size_t(got));
    if (!members_[index].partial.empty()) {
        joined = std::move(members_[index].partial);
        joined += bytes;
        bytes = joined;
    }
    if (members_[index].state == State::Upgrading)
        bytes.remove_prefix(takeHead(index, bytes));
    if (members_[index].state != State::Upgrading)
        bytes.remove_prefix(takeFrames(index, bytes, onFrame));
    members_[index].partial.assign(bytes);
}

std::size_t Crowd::takeHead(std::size_t index, std::string_view bytes)
{
    const auto end = bytes.find("\r\n\r\n");
    if (end == std::string_view::npos)
        return 0;
    if (bytes.substr(0, end).find(" 101 ") == std::string_view::npos)
        giveUp("the upgrade was refused", bytes.substr(0, bytes.find('\r')));
    Member &member = members_[index];
    member.state = State::Greeting;
    if (!options_.greeting.empty())
        send(index, options_.greeting);
    if (options_.welcome.empty())
        becomeOpen(member);
    return end + 4;
}

std::size_t Crowd::takeFrames(std::size_t index, std::string_view bytes, const OnFrame &onFrame)
{
    std::size_t taken = 0;
    while (members_[index].state != State::Closed) {
        const std::string_view rest = bytes.substr(taken);
        const FrameHead head = headOf(rest);
        if (head.headBytes == 0 || rest.size() < head.headBytes + head.payloadBytes)
            break;
        const std::string_view payload = rest.substr(head.headBytes, head.payloadBytes);
        taken += head.headBytes + head.payloadBytes;
        if (members_[index].state == State::Open)
            onFrame(index, head.opcode, payload);
        else if (payload.find(options_.welcome) != std::string_view::npos)
            becomeOpen(members_[index]);
    }
    return taken;
}

void Crowd::drop(std::size_t index)
{
    Member &member = members_[index];
    if (member.state == State::Open)
        --open_;
    member.state = State::Closed;
    ++closed_;
    ::close(member.socket);
    member.socket = -1;
}

} // namespace orchestra
