// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/observe/process_stats.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <dirent.h>
#include <memory>
#include <string>
#include <sys/resource.h>
#include <unistd.h>

namespace orchestra {
namespace {

struct CloseFile
{
    void operator()(std::FILE *file) const { std::fclose(file); }
};
struct CloseDir
{
    void operator()(DIR *dir) const { closedir(dir); }
};

std::uint64_t countEntries(const char *path)
{
    const std::unique_ptr<DIR, CloseDir> dir(opendir(path));
    if (!dir)
        return 0;
    std::uint64_t count = 0;
    while (const dirent *entry = readdir(dir.get()))
        count += entry->d_name[0] != '.' ? 1 : 0;
    return count;
}

double seconds(const timeval &time)
{
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

struct Memory
{
    std::uint64_t virtualBytes = 0;
    std::uint64_t residentBytes = 0;
};

Memory readMemory()
{
    const std::unique_ptr<std::FILE, CloseFile> file(std::fopen("/proc/self/statm", "r"));
    unsigned long long pages = 0;
    unsigned long long resident = 0;
    if (!file || std::fscanf(file.get(), "%llu %llu", &pages, &resident) != 2)
        return {};
    const auto size = static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
    return {pages * size, resident * size};
}

/// Start of the process by the wall clock: its age is the boot clock minus field 22 of /proc/self/stat, which stays
/// readable where /proc/stat (boot time) is hidden.
double readStartTime()
{
    const std::unique_ptr<std::FILE, CloseFile> file(std::fopen("/proc/self/stat", "r"));
    if (!file)
        return 0;
    unsigned long long startTicks = 0;
    // The name in field 2 may hold spaces but is ours, so it does not.
    if (std::fscanf(file.get(),
                    "%*d %*s %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d %*d %llu",
                    &startTicks) != 1)
        return 0;
    timespec boot{};
    timespec wall{};
    clock_gettime(CLOCK_BOOTTIME, &boot);
    clock_gettime(CLOCK_REALTIME, &wall);
    const double age = static_cast<double>(boot.tv_sec) + static_cast<double>(boot.tv_nsec) / 1e9 -
                       static_cast<double>(startTicks) / static_cast<double>(sysconf(_SC_CLK_TCK));
    return static_cast<double>(wall.tv_sec) + static_cast<double>(wall.tv_nsec) / 1e9 - age;
}

} // namespace

ProcessStats readProcessStats()
{
    ProcessStats stats;
    rusage usage{};
    if (getrusage(RUSAGE_SELF, &usage) == 0)
        stats.cpuSeconds = seconds(usage.ru_utime) + seconds(usage.ru_stime);
    const Memory memory = readMemory();
    stats.virtualBytes = memory.virtualBytes;
    stats.residentBytes = memory.residentBytes;
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0)
        stats.maxFds = limit.rlim_cur;
    stats.openFds = countEntries("/proc/self/fd");
    stats.threads = countEntries("/proc/self/task");
    stats.startTimeSeconds = readStartTime();
    return stats;
}

std::uint64_t readMemoryLimit()
{
    const auto pages = static_cast<std::uint64_t>(std::max(sysconf(_SC_PHYS_PAGES), 0L));
    std::uint64_t limit = pages * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
    const std::unique_ptr<std::FILE, CloseFile> group(std::fopen("/proc/self/cgroup", "r"));
    std::array<char, 512> line{};
    while (group && std::fgets(line.data(), line.size(), group.get())) {
        std::string path(line.data());
        if (!path.starts_with("0::/"))
            continue;
        path = path.substr(3, path.find('\n') - 3);
        // A limit of a group binds the groups below it.
        for (; !path.empty(); path.resize(path.rfind('/'))) {
            const std::unique_ptr<std::FILE, CloseFile> file(
                std::fopen(("/sys/fs/cgroup" + path + "/memory.max").c_str(), "r"));
            unsigned long long bytes = 0;
            if (file && std::fscanf(file.get(), "%llu", &bytes) == 1) // "max" is no number
                limit = std::min<std::uint64_t>(limit, bytes);
        }
    }
    return limit;
}

std::uint64_t readResidentBytes()
{
    return readMemory().residentBytes;
}

} // namespace orchestra
