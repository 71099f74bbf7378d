// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

namespace orchestra {

/// What the kernel says of this process. Times in seconds, sizes in bytes.
struct ProcessStats
{
    double cpuSeconds = 0;
    std::uint64_t residentBytes = 0;
    std::uint64_t virtualBytes = 0;
    std::uint64_t openFds = 0;
    std::uint64_t maxFds = 0;
    std::uint64_t threads = 0;
    double startTimeSeconds = 0; ///< since 1970
};

/// Reads /proc/self and the resource limits: microseconds, no blocking I/O. What cannot be read stays 0.
ProcessStats readProcessStats();
/// Only that one figure: counting descriptors takes as long as there are many.
std::uint64_t readResidentBytes();
/// What the process may need: the limit of its control group (v2) or of one above it, else the machine's memory.
std::uint64_t readMemoryLimit();

} // namespace orchestra
