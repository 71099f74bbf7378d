// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/edge/listener.h"

#include "shared/wire/error_table.h"

#include <QTcpServer>
#include <QTimer>

#include <algorithm>
#include <cstring>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>

namespace orchestra {
namespace {

constexpr std::chrono::milliseconds kPauseAfterError{100};
constexpr std::string_view kBareRefusal = "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nConnection: close\r\n"
                                          "Content-Length: 0\r\n\r\n";

std::size_t openFilesLimit()
{
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY)
        return 1'000'000;
    return static_cast<std::size_t>(limit.rlim_cur);
}

bool peerOf(int fd, Address &address, std::uint16_t &port)
{
    sockaddr_storage storage{};
    socklen_t size = sizeof storage;
    if (::getpeername(fd, reinterpret_cast<sockaddr *>(&storage), &size) != 0)
        return false;
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
    }
    address = Address(bytes);
    return true;
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

/// One listening socket.
class Listener::Port final : public QTcpServer
{
public:
    explicit Port(Listener &listener)
        : listener_(listener)
    {
        QObject::connect(this, &QTcpServer::acceptError, this, [this] {
            // Qt stops accepting by itself then; out of descriptors is the usual reason, and passes.
            listener_.log_.write({LogLevel::Error,
                                  "listener.accept_failed",
                                  "a connection could not be accepted",
                                  "edge",
                                  {},
                                  {{"error.message", errorString().toStdString()}},
                                  0});
            QTimer::singleShot(kPauseAfterError, this, [this] { resumeAccepting(); });
        });
    }

protected:
    void incomingConnection(qintptr descriptor) override { listener_.accept(Descriptor(static_cast<int>(descriptor))); }

private:
    Listener &listener_;
};

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
    for (Descriptor &socket : sockets) {
        auto port = std::make_unique<Port>(*this);
        if (port->setSocketDescriptor(socket.get())) {
            socket.release();
            ports_.push_back(std::move(port));
        } else {
            log_.write({LogLevel::Error,
                        "listener.failed",
                        "a listening socket cannot be used",
                        "edge",
                        {},
                        {{"error.message", port->errorString().toStdString()}},
                        0});
        }
    }
}

void Listener::stopAccepting()
{
    ports_.clear();
}

void Listener::accept(Descriptor socket)
{
    AcceptedSocket accepted;
    // A peer that has gone already has no name any more.
    if (!peerOf(socket.get(), accepted.peer, accepted.peerPort))
        return;
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
        return cutOffSocket(socket);
    }
    accepted.socket = std::move(socket);
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
    ++cutOff_;
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
