// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <memory>

class QSocketNotifier;

namespace orchestra {

/// SIGTERM, SIGINT and SIGHUP as calls in the event loop, instead of interruptions of whatever runs.
/// Lives on: the thread that constructs it.
class Signals
{
public:
    /// Must be called before the first thread is started: threads inherit what is blocked.
    static void block();

    explicit Signals(std::function<void(int signal)> received);
    ~Signals();
    Signals(const Signals &) = delete;
    Signals &operator=(const Signals &) = delete;

private:
    void read();

    const std::function<void(int)> received_;
    int descriptor_ = -1;
    std::unique_ptr<QSocketNotifier> notifier_;
};

} // namespace orchestra
