// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/bench/measurements.h"

#include "tests/bench/disk_probe.h"
#include "tests/bench/latencies.h"

#include <charconv>
#include <deque>
#include <limits>
#include <optional>

namespace orchestra {
namespace {

constexpr unsigned kText = 1;
constexpr std::chrono::milliseconds kTick{1};
constexpr std::chrono::seconds kGrace{5}; ///< for answers that are under way when a measurement ends

using Seconds = std::chrono::duration<double>;

bool has(std::string_view text, std::string_view part)
{
    return text.find(part) != std::string_view::npos;
}

std::string pingFrame()
{
    return clientFrame(R"({"type":"ping","id":")" + std::string(100, 'p') + R"("})");
}

/// The number in `"ref":"c123"`.
std::optional<std::size_t> refOf(std::string_view frame)
{
    constexpr std::string_view kRef = R"("ref":"c)";
    const auto at = frame.find(kRef);
    if (at == std::string_view::npos)
        return std::nullopt;
    std::size_t number = 0;
    std::from_chars(frame.data() + at + kRef.size(), frame.data() + frame.size(), number);
    return number;
}

std::string chatFrame(std::size_t number, const std::string &content)
{
    return clientFrame(R"({"type":"chat","id":"c)" + std::to_string(number) + R"(","content":")" + content + R"("})");
}

/// What is due of something that happens evenly.
class Pace
{
public:
    Pace(double rate, BenchClock::time_point begin)
        : rate_(rate)
        , begin_(begin)
    {
    }

    /// How many more are to be done by `now`.
    std::size_t due(BenchClock::time_point now)
    {
        const auto all = static_cast<std::size_t>(Seconds(now - begin_).count() * rate_);
        const std::size_t more = all - done_;
        done_ = all;
        return more;
    }

private:
    double rate_;
    BenchClock::time_point begin_;
    std::size_t done_ = 0;
};

/// Chats of a crowd from their sending to their end.
class ChatLoad
{
public:
    ChatLoad(Crowd &crowd, std::string content)
        : crowd_(crowd)
        , content_(std::move(content))
        , running_(crowd.size())
    {
    }

    /// The next member sends, unless it has `most` turns under way.
    void send(std::size_t most = std::numeric_limits<std::size_t>::max())
    {
        const std::size_t member = next_++ % crowd_.size();
        if (running_[member].size() >= most) {
            ++heldBack;
            return;
        }
        crowd_.send(member, chatFrame(firstRef_ + sentAt_.size(), content_));
        running_[member].push_back(sentAt_.size());
        sentAt_.push_back(BenchClock::now());
    }

    void take(std::size_t member, std::string_view frame)
    {
        const auto now = BenchClock::now();
        if (has(frame, R"("type":"ack")")) {
            if (const auto ref = refOf(frame); ref && *ref - firstRef_ < sentAt_.size())
                acks.add(now - sentAt_[*ref - firstRef_]);
        } else if (has(frame, R"("type":"agent_completed")")) {
            // The tasks of a thread end in the order they came in.
            if (running_[member].empty())
                return;
            turns.add(now - sentAt_[running_[member].front()]);
            running_[member].pop_front();
            failures += has(frame, R"("status":"completed")") ? 0 : 1;
        } else if (has(frame, R"("type":"error")")) {
            const auto ref = refOf(frame);
            if (ref && std::erase(running_[member], *ref - firstRef_) > 0)
                ++refused;
            failures += has(frame, R"("code":"BUSY")") ? 0 : 1;
        }
    }

    std::size_t sent() const { return sentAt_.size(); }
    bool isDone() const { return acks.count() + refused >= sent() && turns.count() + refused >= sent(); }

    Latencies acks;
    Latencies turns;
    std::size_t heldBack = 0; ///< not sent, because the member had enough under way
    std::size_t refused = 0;  ///< with an error instead of an acknowledgement
    std::size_t failures = 0; ///< ended otherwise than completed, or refused for another reason than BUSY

private:
    Crowd &crowd_;
    const std::string content_;
    /// A server answers a number that it knows with what it did the first time.
    const std::size_t firstRef_ = static_cast<std::size_t>(BenchClock::now().time_since_epoch().count() / 1000);
    std::vector<BenchClock::time_point> sentAt_;
    std::vector<std::deque<std::size_t>> running_;
    std::size_t next_ = 0;
};

} // namespace

Figures measureEcho(Crowd &crowd, const ServerMeter &server, const EchoPlan &plan)
{
    const std::string ping = pingFrame();
    std::vector<BenchClock::time_point> sentAt(plan.active);
    std::size_t underWay = 0;
    const auto send = [&](std::size_t member) {
        sentAt[member] = BenchClock::now();
        crowd.send(member, ping);
        ++underWay;
    };
    Latencies latencies;
    bool isMeasuring = false;
    bool isEnding = false;
    const auto take = [&](std::size_t member, unsigned opcode, std::string_view payload) {
        if (opcode != kText || member >= plan.active || !has(payload, plan.answer))
            return;
        --underWay;
        if (isMeasuring)
            latencies.add(BenchClock::now() - sentAt[member]);
        if (!isEnding)
            send(member);
    };
    const auto runFor = [&](Seconds time) {
        const auto end = BenchClock::now() + time;
        while (BenchClock::now() < end)
            crowd.poll(std::chrono::milliseconds(10), take);
    };
    for (std::size_t i = 0; i < plan.active; ++i)
        send(i);
    runFor(plan.warmUp);
    isMeasuring = true;
    const auto begin = BenchClock::now();
    const double cpuBefore = server.cpuSeconds();
    runFor(plan.time);
    const double cpu = server.cpuSeconds() - cpuBefore;
    const double elapsed = Seconds(BenchClock::now() - begin).count();
    isMeasuring = false;
    isEnding = true;
    for (const auto end = BenchClock::now() + kGrace; underWay > 0 && BenchClock::now() < end;)
        crowd.poll(std::chrono::milliseconds(10), take);

    const double messages = double(latencies.count());
    return {{"messages", messages},
            {"per_second", messages / elapsed},
            {"cpu_us", cpu * 1e6 / std::max(1.0, messages)},
            {"p50_us", latencies.at(0.5)},
            {"p99_us", latencies.at(0.99)},
            {"unanswered", double(underWay)}};
}

Figures measureChats(Crowd &crowd, const ServerMeter &server, const ChatPlan &plan)
{
    ChatLoad load(crowd, plan.content);
    const auto take = [&](std::size_t member, unsigned, std::string_view frame) { load.take(member, frame); };
    DiskProbe probe(plan.probePath);
    const auto begin = BenchClock::now();
    const double cpuBefore = server.cpuSeconds();
    Pace pace(plan.rate, begin);
    while (BenchClock::now() - begin < plan.time) {
        for (std::size_t due = pace.due(BenchClock::now()); due > 0; --due)
            load.send();
        crowd.poll(kTick, take);
    }
    const double elapsed = Seconds(BenchClock::now() - begin).count();
    for (const auto end = BenchClock::now() + kGrace; !load.isDone() && BenchClock::now() < end;)
        crowd.poll(kTick, take);
    const double cpu = server.cpuSeconds() - cpuBefore;
    probe.stop();
    return {{"chats", double(load.sent())},
            {"acks", double(load.acks.count())},
            {"ends", double(load.turns.count())},
            {"failures", double(load.failures + load.refused + crowd.closed())},
            {"ack_p50_us", load.acks.at(0.5)},
            {"ack_p99_us", load.acks.at(0.99)},
            {"turn_p50_us", load.turns.at(0.5)},
            {"turn_p99_us", load.turns.at(0.99)},
            {"probes", double(probe.latencies().count())},
            {"probe_p50_us", probe.latencies().at(0.5)},
            {"probe_p99_us", probe.latencies().at(0.99)},
            {"cpu_us", cpu * 1e6 / std::max(1.0, double(load.sent()))},
            {"cores", cpu / elapsed}};
}

namespace {

/// Pings of a crowd, evenly, whether they are answered or not.
class PingLoad
{
public:
    explicit PingLoad(Crowd &crowd)
        : crowd_(crowd)
        , sentAt_(crowd.size())
    {
    }

    void send()
    {
        sentAt_[next_].push_back(BenchClock::now());
        crowd_.send(next_, frame_);
        next_ = (next_ + 1) % crowd_.size();
    }

    void take(std::size_t member, std::string_view frame)
    {
        if (!has(frame, R"("type":"pong")") || sentAt_[member].empty())
            return;
        latencies.add(BenchClock::now() - sentAt_[member].front());
        sentAt_[member].pop_front();
    }

    Latencies latencies;

private:
    Crowd &crowd_;
    const std::string frame_ = pingFrame();
    std::vector<std::deque<BenchClock::time_point>> sentAt_;
    std::size_t next_ = 0;
};

} // namespace

Figures measurePings(Crowd &crowd, double rate, std::chrono::duration<double> time)
{
    PingLoad pings(crowd);
    const auto begin = BenchClock::now();
    Pace pace(rate, begin);
    while (BenchClock::now() - begin < time) {
        for (std::size_t due = pace.due(BenchClock::now()); due > 0; --due)
            pings.send();
        crowd.poll(kTick, [&](std::size_t member, unsigned, std::string_view frame) { pings.take(member, frame); });
    }
    return {{"pings", double(pings.latencies.count())}, {"p99_us", pings.latencies.at(0.99)}};
}

Figures measureSlowReaders(Crowd &others, Crowd &drivers, Crowd &readers, const ServerMeter &server,
                           const SlowPlan &plan)
{
    constexpr std::chrono::milliseconds kNoWait{0};
    constexpr std::chrono::milliseconds kLook{50};
    // A thread takes one turn and eight that wait; who asks for more is refused, and that is not what is measured here.
    constexpr std::size_t kMostUnderWay = 6;
    PingLoad pings(others);
    ChatLoad chats(drivers, plan.content);
    const auto takePong = [&](std::size_t member, unsigned, std::string_view frame) { pings.take(member, frame); };
    const auto takeTurn = [&](std::size_t member, unsigned, std::string_view frame) { chats.take(member, frame); };
    const auto ignore = [](std::size_t, unsigned, std::string_view) {};

    const double before = double(server.residentBytes());
    const std::uint64_t bytesBefore = drivers.bytesRead();
    double peak = before;
    readers.setReading(!plan.isStalled);
    const auto begin = BenchClock::now();
    auto nextLook = begin;
    Pace pingPace(plan.pingRate, begin);
    Pace chatPace(plan.chatRate, begin);
    while (BenchClock::now() - begin < plan.time) {
        for (std::size_t due = pingPace.due(BenchClock::now()); due > 0; --due)
            pings.send();
        for (std::size_t due = chatPace.due(BenchClock::now()); due > 0; --due)
            chats.send(kMostUnderWay);
        others.poll(kTick, takePong);
        drivers.poll(kNoWait, takeTurn);
        if (!plan.isStalled)
            readers.poll(kNoWait, ignore);
        if (BenchClock::now() >= nextLook) {
            peak = std::max(peak, double(server.residentBytes()));
            nextLook += kLook;
        }
    }
    for (const auto end = BenchClock::now() + kGrace; !chats.isDone() && BenchClock::now() < end;) {
        drivers.poll(kTick, takeTurn);
        others.poll(kNoWait, takePong);
    }
    // Who was closed learns it by reading.
    readers.setReading(true);
    for (const auto end = BenchClock::now() + std::chrono::seconds(1); BenchClock::now() < end;)
        readers.poll(kTick, ignore);
    return {{"pings", double(pings.latencies.count())},
            {"p50_us", pings.latencies.at(0.5)},
            {"p99_us", pings.latencies.at(0.99)},
            {"turns", double(chats.turns.count())},
            {"held_back", double(chats.heldBack)},
            {"refused", double(chats.refused)},
            {"failures", double(chats.failures + others.closed() + drivers.closed())},
            {"bytes_each", double(drivers.bytesRead() - bytesBefore) / double(drivers.size())},
            {"closed", double(readers.closed())},
            {"resident_before", before},
            {"resident_peak", peak}};
}

} // namespace orchestra
