// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/edge/edge_thread.h"
#include "shared/base/thread_owner.h"

#include <memory>
#include <set>
#include <vector>

namespace orchestra {

/// All edge threads and the port they serve; the hub's way to them.
/// Lives on: hub.
class EdgeServer final : public EdgePort
{
public:
    /// `toHub` is where every edge thread writes; everything must outlive the server.
    EdgeServer(EdgeSettings settings, const Clock &clock, LogSink &log, Mailbox<FromEdge> &toHub);
    ~EdgeServer() override;

    /// Reads the TLS files, opens the port and starts the threads. Connections are accepted from now on.
    Status start();
    /// The port that is served; the one the system chose when the settings say 0.
    std::uint16_t port() const { return port_; }
    /// Reads these TLS files, the old ones or others, on an edge thread. New connections use them; when they cannot be
    /// used, that is logged and the old ones stay. Does nothing on a server without TLS.
    void reloadTls(const TlsFiles &files);
    /// Cuts what is left and ends the threads. Nothing reaches the hub afterwards.
    void stop();

    std::uint32_t edgeCount() const override { return static_cast<std::uint32_t>(threads_.size()); }
    void send(std::uint32_t edge, ToEdge message) override;
    /// Messages that found an edge's mailbox full; their connections were closed with 4101.
    std::uint64_t refused() const { return refused_; }

private:
    /// What an edge's full mailbox has cost since it was last empty.
    struct Overflow
    {
        std::set<std::uint64_t> closed;
    };

    void pushOrClose(std::uint32_t edge, ToEdge message);
    void closeForOverflow(std::uint32_t edge, std::uint64_t serial);

    const ThreadOwner owner_;
    const EdgeSettings settings_;
    const Clock &clock_;
    LogSink &log_;
    Mailbox<FromEdge> &toHub_;
    Mailbox<ToListener> toListener_;
    MailboxReader<ToListener> listenerReader_;
    std::vector<std::unique_ptr<EdgeThread>> threads_;
    std::vector<Overflow> overflows_;
    std::uint16_t port_ = 0;
    std::uint64_t refused_ = 0;
};

} // namespace orchestra
