// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <string>
#include <sys/types.h>
#include <unistd.h>

namespace orchestra {

/// What another process has used.
class ServerMeter
{
public:
    explicit ServerMeter(pid_t pid)
        : statm_("/proc/" + std::to_string(pid) + "/statm")
    {
        if (::clock_getcpuclockid(pid, &clock_) != 0) {
            std::fprintf(stderr, "load: there is no process %d\n", int(pid));
            std::exit(1);
        }
    }

    /// Of all its threads, user and system; finer than the ticks of /proc/PID/stat.
    double cpuSeconds() const
    {
        timespec time{};
        if (::clock_gettime(clock_, &time) != 0) {
            std::fputs("load: the server has ended\n", stderr);
            std::exit(1);
        }
        return double(time.tv_sec) + double(time.tv_nsec) * 1e-9;
    }

    std::size_t residentBytes() const
    {
        std::size_t total = 0;
        std::size_t resident = 0;
        std::ifstream(statm_) >> total >> resident;
        return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    }

private:
    std::string statm_;
    clockid_t clock_{};
};

} // namespace orchestra
