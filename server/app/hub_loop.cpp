// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/app/hub_loop.h"

#include <algorithm>
#include <utility>

namespace orchestra {

HubLoop::HubLoop(const Clock &clock, Schedule &schedule, Mailbox<FromEdge> &fromEdge, HubCounters &counters)
    : clock_(clock)
    , schedule_(schedule)
    , counters_(counters)
    , reader_(fromEdge)
{
    timer_.setSingleShot(true);
    timer_.setTimerType(Qt::PreciseTimer);
    QObject::connect(&timer_, &QTimer::timeout, &timer_, [this] { runDue(); });
    schedule_.onEarlier([this] { arm(); });
}

HubLoop::~HubLoop()
{
    stop();
}

void HubLoop::start(std::function<void(std::vector<FromEdge> &)> handle)
{
    owner_.check();
    reader_.start([this, handle = std::move(handle)](std::vector<FromEdge> &batch) {
        ++counters_.fromEdge.batches;
        counters_.fromEdge.values += batch.size();
        handle(batch);
    });
    arm();
}

void HubLoop::stop()
{
    schedule_.onEarlier({});
    timer_.stop();
    reader_.stop();
}

void HubLoop::count()
{
    counters_.fromEdge.waitUs = reader_.wait();
}

void HubLoop::arm()
{
    const auto due = schedule_.nextDue();
    if (!due) {
        timer_.stop();
        return;
    }
    armedFor_ = *due;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(*due - clock_.now());
    timer_.start(std::max(left, std::chrono::milliseconds(0)));
}

void HubLoop::runDue()
{
    const auto late = std::chrono::duration_cast<std::chrono::microseconds>(clock_.now() - armedFor_).count();
    counters_.loopLagUs.record(static_cast<std::uint64_t>(std::max<std::int64_t>(late, 0)));
    schedule_.runDue();
    arm();
}

} // namespace orchestra
