// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/edge/edge_server.h"

#include "server/edge/tls_identity.h"
#include "shared/wire/close_code.h"

#include <QSslConfiguration>

#include <algorithm>

namespace orchestra {
namespace {

std::size_t listenerCapacity(const EdgeSettings &settings)
{
    return std::size_t{4} * (settings.limits.maxConnections + settings.httpConnections + 256);
}

/// The connections that suffer when the message is lost.
std::vector<std::uint64_t> concerned(const ToEdge &message)
{
    return std::visit(Overload{
                          [](const Broadcast &broadcast) { return broadcast.serials; },
                          [](const WatchConnections &) { return std::vector<std::uint64_t>(); },
                          [](const StopAccepting &) { return std::vector<std::uint64_t>(); },
                          [](const auto &other) { return std::vector<std::uint64_t>{other.connection.serial}; },
                      },
                      message);
}

} // namespace

EdgeServer::EdgeServer(EdgeSettings settings, const Clock &clock, LogSink &log, Mailbox<FromEdge> &toHub)
    : settings_(std::move(settings))
    , clock_(clock)
    , log_(log)
    , toHub_(toHub)
    , toListener_(listenerCapacity(settings_), clock)
    , listenerReader_(toListener_)
{
    for (std::uint32_t edge = 0; edge < std::max<std::uint32_t>(1, settings_.threads); ++edge)
        threads_.push_back(std::make_unique<EdgeThread>(edge, settings_, clock_, log_, toHub_, toListener_));
    overflows_.resize(threads_.size());
}

EdgeServer::~EdgeServer()
{
    stop();
}

Status EdgeServer::start()
{
    owner_.check();
    std::optional<QSslConfiguration> tls;
    if (!settings_.tls.certificate.empty()) {
        auto identity = loadTlsIdentity(settings_.tls);
        if (!identity)
            return identity.error();
        tls = std::move(*identity);
    }
    auto listening = openListeningSockets(settings_);
    if (!listening)
        return listening.error();
    port_ = listening->port;
    ListenerDuty duty;
    for (const auto &thread : threads_)
        duty.workers.push_back(&thread->workerMailbox());
    duty.sockets = std::move(listening->sockets);
    // edge-0 last: it accepts for all.
    for (std::size_t edge = threads_.size(); edge-- > 0;) {
        if (edge == 0)
            threads_[edge]->start(tls, std::move(duty), &listenerReader_);
        else
            threads_[edge]->start(tls, std::nullopt, nullptr);
    }
    return Ok{};
}

void EdgeServer::reloadTls(const TlsFiles &files)
{
    owner_.check();
    // A listener does not turn from plain to TLS, or back, while it runs.
    if (settings_.tls.certificate.empty() || files.certificate.empty())
        return;
    (void)threads_.front()->post([this, files] {
        const auto identity = loadTlsIdentity(files);
        if (!identity) {
            log_.write({LogLevel::Error,
                        "tls.reload_failed",
                        "the new certificate cannot be used, the old one stays",
                        "edge",
                        {},
                        {{"error.message", identity.error().message}},
                        0});
            return;
        }
        for (const auto &thread : threads_)
            thread->useTls(*identity);
        log_.write({LogLevel::Info, "tls.reloaded", "new connections use the new certificate", "edge", {}, {}, 0});
    });
}

void EdgeServer::stop()
{
    owner_.check();
    for (auto thread = threads_.rbegin(); thread != threads_.rend(); ++thread)
        (*thread)->stop();
}

void EdgeServer::send(std::uint32_t edge, ToEdge message)
{
    owner_.check();
    Mailbox<ToEdge> &mailbox = threads_.at(edge)->mailbox();
    Overflow &overflow = overflows_[edge];
    if (auto *broadcast = std::get_if<Broadcast>(&message))
        broadcast->sentAt = clock_.now();
    if (overflow.closed.empty()) {
        if (mailbox.size() >= settings_.mailboxCapacity) {
            ++refused_;
            for (const std::uint64_t serial : concerned(message))
                closeForOverflow(edge, serial);
            return;
        }
        (void)mailbox.push(std::move(message));
        return;
    }
    pushOrClose(edge, std::move(message));
}

void EdgeServer::pushOrClose(std::uint32_t edge, ToEdge message)
{
    Mailbox<ToEdge> &mailbox = threads_[edge]->mailbox();
    Overflow &overflow = overflows_[edge];
    // Once the edge has drained everything it knows of the closes, and ignores what else comes for those connections.
    if (mailbox.size() == 0) {
        overflow.closed.clear();
        (void)mailbox.push(std::move(message));
        return;
    }
    const auto serials = concerned(message);
    const auto isClosed = [&](std::uint64_t serial) { return overflow.closed.contains(serial); };
    if (auto *broadcast = std::get_if<Broadcast>(&message))
        std::erase_if(broadcast->serials, isClosed);
    if (!serials.empty() && std::ranges::all_of(serials, isClosed))
        return;
    if (mailbox.size() < settings_.mailboxCapacity) {
        (void)mailbox.push(std::move(message));
        return;
    }
    ++refused_;
    for (const std::uint64_t serial : serials)
        closeForOverflow(edge, serial);
}

void EdgeServer::closeForOverflow(std::uint32_t edge, std::uint64_t serial)
{
    // The mailbox keeps room for one close of each connection, so this push succeeds.
    if (overflows_[edge].closed.insert(serial).second) {
        (void)threads_[edge]->mailbox().push(CloseConnection{
            {edge, serial}, static_cast<std::uint16_t>(CloseCode::TooSlow), "the server could not keep up"});
    }
}

} // namespace orchestra
