// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/bench/disk_probe.h"

#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <unistd.h>

namespace orchestra {
namespace {

constexpr std::size_t kPage = 4096;
/// Often enough for a 99th percentile, seldom enough to leave the disk to what is measured.
constexpr std::chrono::milliseconds kPause{20};

} // namespace

DiskProbe::DiskProbe(std::string path)
    : path_(std::move(path))
    , thread_([this] { run(); })
{
}

DiskProbe::~DiskProbe()
{
    stop();
}

void DiskProbe::stop()
{
    isStopped_ = true;
    if (thread_.joinable())
        thread_.join();
}

void DiskProbe::run()
{
    const int file = ::open(path_.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
    const std::string page(kPage, 'x');
    while (!isStopped_) {
        const auto begin = std::chrono::steady_clock::now();
        if (::write(file, page.data(), page.size()) != ssize_t(page.size()) || ::fdatasync(file) != 0) {
            std::perror("load: the disk probe");
            std::exit(1);
        }
        latencies_.add(std::chrono::steady_clock::now() - begin);
        std::this_thread::sleep_for(kPause);
    }
    ::close(file);
    ::unlink(path_.c_str());
}

} // namespace orchestra
