// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/core/resilience/circuit_breaker.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>

/// Prints what it costs to ask a closed breaker for a permit and to tell it how the call ended, and what one look at
/// the clock costs, which is part of it: nanoseconds of CPU, as JSON, the median of eleven runs.
namespace {

using namespace orchestra;

/// CPU time of this process, so that neighbours on a busy machine count little.
double cpuNanoseconds()
{
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

template <class Once>
double medianNanoseconds(Once once)
{
    constexpr int kRounds = 1000000;
    std::array<double, 11> runs{};
    for (double &run : runs) {
        const double begin = cpuNanoseconds();
        for (int i = 0; i < kRounds; ++i)
            once(i);
        run = (cpuNanoseconds() - begin) / kRounds;
    }
    std::ranges::sort(runs);
    return runs[runs.size() / 2];
}

} // namespace

int main()
{
    SystemClock clock;
    SeededRandom random(1);
    CircuitBreaker breaker("upstream", {}, clock, random);
    std::uint64_t admitted = 0;
    const double both = medianNanoseconds([&](int i) {
        const auto permit = breaker.admit();
        if (!permit)
            return;
        ++admitted;
        // One in sixteen fails, so that every branch of a closed breaker is taken.
        breaker.finish(*permit, i % 16 == 0 ? CallOutcome::Failed : CallOutcome::Ok);
    });
    std::int64_t sink = 0;
    const double look = medianNanoseconds([&](int) { sink += clock.now().time_since_epoch().count(); });
    if (admitted != 11000000 || sink == 0) {
        std::fputs("bench_breaker: the breaker has opened\n", stderr);
        return 1;
    }
    std::printf("{\"admit_and_record_ns\": %.1f, \"clock_ns\": %.1f}\n", both, look);
    return 0;
}
