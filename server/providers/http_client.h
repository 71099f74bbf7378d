// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/providers/http_message.h"
#include "shared/base/clock.h"
#include "shared/base/thread_owner.h"

#include <memory>
#include <string>

namespace orchestra {

/// What all exchanges of a client have in common.
struct HttpClientSettings
{
    std::size_t maxConnections = 1024; ///< open at once; further exchanges wait, and their deadlines run
    std::size_t keptIdle = 64;         ///< connections kept for the next exchange
    std::string proxy;                 ///< URL; empty: none, whatever the environment says
    std::string caFile;                ///< PEM; empty: the system's
};

/// Exchanges over HTTP/1.1 and HTTP/2, all on the event loop of one thread (libcurl's multi interface, driven by
/// socket notifiers and one timer). Listeners are called from the loop, never from inside a call of the client.
/// Lives on: the thread that made it, which must run a Qt event loop.
class HttpClient
{
public:
    /// Names an exchange; never reused, 0 is none.
    using Exchange = std::uint64_t;

    /// `clock` must outlive the client.
    HttpClient(const Clock &clock, HttpClientSettings settings);
    /// Ends all exchanges without telling their listeners.
    ~HttpClient();
    HttpClient(const HttpClient &) = delete;
    HttpClient &operator=(const HttpClient &) = delete;

    /// Begins an exchange. `listener` must live until onEnd or cancel. A request that cannot be begun (a URL that is
    /// none) ends like one that fails later: by onEnd.
    Exchange start(HttpRequest request, HttpListener &listener);
    /// Ends an exchange now, without onEnd: an HTTP/1.1 connection is closed, an HTTP/2 stream is reset. Unknown ones
    /// are ignored.
    void cancel(Exchange exchange);
    /// Stops reading the answer, so that the sender has to wait, until `resume`. The gap's deadline waits too.
    void pause(Exchange exchange);
    void resume(Exchange exchange);

    std::size_t running() const;

private:
    class Core;
    ThreadOwner owner_;
    std::unique_ptr<Core> core_;
};

} // namespace orchestra
