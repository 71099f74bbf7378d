// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/bench/latencies.h"

#include <atomic>
#include <string>
#include <thread>

namespace orchestra {

/// Appends a page and syncs it, again and again, while something else is measured: what the disk gives at that moment.
/// Has a thread of its own; the latencies may be read after stop().
class DiskProbe
{
public:
    /// The file is removed in the end.
    explicit DiskProbe(std::string path);
    ~DiskProbe();

    void stop();
    Latencies &latencies() { return latencies_; }

private:
    void run();

    const std::string path_;
    std::atomic<bool> isStopped_ = false;
    Latencies latencies_;
    std::thread thread_;
};

} // namespace orchestra
