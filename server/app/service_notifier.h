// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/app/environment.h"
#include "shared/base/thread_owner.h"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace orchestra {

/// Tells the service manager that started the process (systemd's sd_notify protocol) how the service is doing. Without
/// one, every call does nothing. Never blocks: a notice that cannot be delivered is lost. Lives on: hub.
class ServiceNotifier
{
public:
    /// Reads NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID. `pid` is this process.
    ServiceNotifier(const Environment &environment, int pid);
    ~ServiceNotifier();
    ServiceNotifier(const ServiceNotifier &) = delete;
    ServiceNotifier &operator=(const ServiceNotifier &) = delete;

    void ready();
    void stopping();
    /// One line for `systemctl status`.
    void status(std::string_view text);
    /// Sign of life; due at least every watchdogInterval().
    void alive();
    /// How often alive() must be called: half of what the manager tolerates. Nothing when it does not watch.
    std::optional<std::chrono::milliseconds> watchdogInterval() const { return watchdogInterval_; }

private:
    void send(std::string_view message);

    ThreadOwner owner_;
    int descriptor_ = -1;
    std::string address_; ///< sockaddr_un::sun_path, an abstract name begins with NUL
    std::optional<std::chrono::milliseconds> watchdogInterval_;
};

} // namespace orchestra
