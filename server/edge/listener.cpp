// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/edge/listener.h"

#include "server/edge/wire.h"
#include "server/loop/descriptor_watch.h"
#include "shared/wire/error_table.h"

#include <QTimer>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>

namespace orchestra {
namespace {

constexpr std::chrono::milliseconds kPauseAfterError{100};
/// Then it is the others' turn.
constexpr int kAcceptsPerTurn = 64;
constexpr std::string_view kBareRefusal = "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nConnection: close\r\n"
                                          "Content-Length: 0\r\n\r\n";

std::size_t openFilesLimit()
{
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY)
        return 1'000'000;
    return static_cast<std::size_t>(limit.rlim_cur);
}

/// False for a family that this server does not listen in.
bool readPeer(const sockaddr_storage &storage, Address &address, std::uint16_t &port)
{
    std::array<std::uint8_t, 16> bytes{};
    if (storage.ss_family == AF_INET) {
        const auto *in = reinterpret_cast<const sockaddr_in *>(&storage);
        bytes[10] = bytes[11] = 0xff;
        std::memcpy(bytes.data() + 12, &in->sin_addr, 4);
        port = ntohs(in->sin_port);
    } else if (storage.ss_family == AF_INET6) {
        const auto *in = reinterpret_cast<const sockaddr_in6 *>(&storage);
        std::memcpy(bytes.data(), &in->sin6_addr, 16);
        port = ntohs(in->sin6_port);
    } else {
        return false;
    }
    address = Address(bytes);
    return true;
}

/// Errors of the connection that was to be accepted, which say nothing about the next one.
bool isItsOwnFault(int reason)
{
    return reason == EINTR || reason == ECONNABORTED || reason == EPROTO || reason == EPERM || reason == ENETDOWN ||
           reason == EHOSTUNREACH || reason == ENETUNREACH;
}

} // namespace

LedgerLimits ledgerLimits(const EdgeSettings &settings, std::size_t openFiles)
{
    LedgerLimits limits;
    const Limits &configured = settings.limits;
    limits.perAddress = configured.connectionsPerIp;
    limits.preAuth = configured.preAuthConnections;
    limits.preAuthPerAddress = configured.preAuthPerIp;
    limits.ops = settings.opsConnections;
    limits.refusedSockets = settings.opsConnections + 32;
    limits.sockets = configured.maxConnections + configured.preAuthConnections + settings.httpConnections;
    const std::size_t reserved = settings.reservedDescriptors + limits.refusedSockets;
    const std::size_t room = openFiles > reserved ? openFiles - reserved : 1;
    limits.sockets = std::min(limits.sockets, room);
    return limits;
}

/// One listening socket. QTcpServer would do, but asks the system more often than accepting takes.
class Listener::Port
{
public:
    Port(Listener &listener, Descriptor socket)
        : listener_(listener)
        , socket_(std::move(socket))
        , watch_(socket_.get(), QSocketNotifier::Read, this, [](void *port) { static_cast<Port *>(port)->accept(); })
    {
        prepareForWires(socket_.get());
    }

private:
    void accept();

    Listener &listener_;
    const Descriptor socket_;
    DescriptorWatch watch_;
};

void Listener::Port::accept()
{
    for (int count = 0; count < kAcceptsPerTurn; ++count) {
        sockaddr_storage peer{};
        socklen_t size = sizeof peer;
        Descriptor accepted(
            ::accept4(socket_.get(), reinterpret_cast<sockaddr *>(&peer), &size, SOCK_NONBLOCK | SOCK_CLOEXEC));
        if (accepted.isOpen()) {
            AcceptedSocket socket;
            if (readPeer(peer, socket.peer, socket.peerPort)) {
                socket.socket = std::move(accepted);
                listener_.accept(std::move(socket));
            }
            continue;
        }
        if (errno == EAGAIN || errno == EWOULDBLOCK)
            return;
        if (isItsOwnFault(errno))
            continue;
        listener_.log_.write({LogLevel::Error,
                              "listener.accept_failed",
                              "a connection could not be accepted",
                              "edge",
                              {},
                              {{"error.message", std::strerror(errno)}},
                              0});
        // Out of descriptors is the usual reason, and passes.
        watch_.setEnabled(false);
        QTimer::singleShot(kPauseAfterError, &watch_, [this] { watch_.setEnabled(true); });
        return;
    }
}

Listener::Listener(const EdgeSettings &settings, const Clock &clock, LogSink &log,
                   std::vector<Mailbox<ToWorker> *> workers)
    : settings_(settings)
    , clock_(clock)
    , log_(log)
    , workers_(std::move(workers))
    , ledger_(ledgerLimits(settings, openFilesLimit()))
{
}

Listener::~Listener() = default;

void Listener::listen(std::vector<Descriptor> sockets)
{
    for (Descriptor &socket : sockets)
        ports_.push_back(std::make_unique<Port>(*this, std::move(socket)));
}

void Listener::stopAccepting()
{
    ports_.clear();
}

void Listener::accept(AcceptedSocket accepted)
{
    ++accepted_;
    accepted.isExempt = accepted.peer.isLoopback() ||
                        std::ranges::any_of(settings_.gate.trustedProxies,
                                            [&](const AddressRange &range) { return range.contains(accepted.peer); });
    switch (ledger_.enter(accepted.peer, accepted.isExempt)) {
    case SocketLedger::Welcome::Enter:
        break;
    case SocketLedger::Welcome::TooManyFromAddress:
        accepted.refusal = makeError(Code::TooManyConnections, "There are too many connections from this address.");
        break;
    case SocketLedger::Welcome::Full:
        accepted.refusal = makeError(Code::Full, "The server is full.");
        accepted.refusal->retryAfterMs = 5000;
        break;
    case SocketLedger::Welcome::CutOff:
        return cutOffSocket(accepted.socket);
    }
    const SocketClosed back{accepted.peer, accepted.isExempt, accepted.refusal.has_value()};
    ToWorker message(std::move(accepted));
    Mailbox<ToWorker> &worker = *workers_[next_++ % workers_.size()];
    if (worker.push(std::move(message)))
        return;
    ledger_.leave(back.peer, back.wasExempt, back.wasRefused);
    cutOffSocket(std::get<AcceptedSocket>(message).socket);
}

void Listener::cutOffSocket(const Descriptor &socket)
{
    // Without TLS the words can be said at once; whether they arrive is the peer's luck.
    if (settings_.tls.certificate.empty()) {
        (void)::send(socket.get(), kBareRefusal.data(), kBareRefusal.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
        ::shutdown(socket.get(), SHUT_WR);
    }
}

void Listener::handle(ToListener &message)
{
    std::visit(
        Overload{
            [this](const AskSlots &ask) {
                const bool granted = ledger_.take(ask.slots, ask.client);
                ToWorker answer(SlotAnswer{ask.serial, ask.slots, ask.client, granted});
                if (!workers_[ask.edge]->push(std::move(answer)) && granted)
                    ledger_.release(ask.slots, ask.client);
            },
            [this](const ReleaseSlots &release) { ledger_.release(release.slots, release.client); },
            [this](const SocketClosed &closed) { ledger_.leave(closed.peer, closed.wasExempt, closed.wasRefused); },
        },
        message);
}

} // namespace orchestra
