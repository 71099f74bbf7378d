// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/loop/loop_thread.h"
#include "tests/support/echo_server.h"
#include "tests/support/manual_clock.h"
#include "tests/support/ws_probe.h"

#include <ctime>
#include <future>
#include <type_traits>

namespace orchestra {

/// An EchoServer on a LoopThread of its own, for tests that are its clients. Its deadlines follow a clock that only the
/// test moves.
class EchoThread
{
public:
    explicit EchoThread(EchoSettings settings = {}, std::function<void(EchoServer &)> prepare = {})
        : isTls_(settings.tls.has_value())
        , thread_("echo", system_)
    {
        thread_.start(
            [this, settings = std::move(settings), prepare = std::move(prepare)] {
                server_ = std::make_unique<EchoServer>(settings, clock);
                if (prepare)
                    prepare(*server_);
            },
            [this] { server_.reset(); });
        port_ = run([](EchoServer &server) { return server.serverPort(); });
    }

    std::uint16_t port() const { return port_; }

    /// Runs `what` in the server's thread and returns what it returns.
    template <class What>
    auto run(What what) -> std::invoke_result_t<What, EchoServer &>
    {
        std::packaged_task<std::invoke_result_t<What, EchoServer &>()> task([&] { return what(*server_); });
        auto result = task.get_future();
        if (!thread_.post([&task] { task(); }))
            qFatal("the echo thread has stopped");
        return result.get();
    }

    /// A connected client whose upgrade has succeeded.
    WsProbe open(int receiveBuffer = 0, std::string_view glued = {})
    {
        WsProbe probe;
        const bool isConnected = isTls_ ? probe.connectTls(port_, receiveBuffer) : probe.connect(port_, receiveBuffer);
        if (!isConnected || !probe.upgrade("/", {}, glued))
            qFatal("cannot open a WebSocket to the echo server");
        return probe;
    }

    /// CPU time of the server's thread so far.
    std::chrono::nanoseconds cpu()
    {
        return run([](EchoServer &) {
            timespec time{};
            ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
            return std::chrono::nanoseconds(time.tv_sec * 1'000'000'000LL + time.tv_nsec);
        });
    }

    ManualClock clock;

private:
    const bool isTls_;
    SystemClock system_;
    std::unique_ptr<EchoServer> server_; // its thread only
    LoopThread thread_;
    std::uint16_t port_ = 0;
};

} // namespace orchestra
