// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/bench/relay.h"

#include "tests/bench/latencies.h"

#include <arpa/inet.h>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <netinet/tcp.h>
#include <optional>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace orchestra {
namespace {

constexpr std::chrono::seconds kLongest{120};
constexpr std::chrono::milliseconds kTick{2};

std::int64_t nowNs()
{
    return std::chrono::duration_cast<std::chrono::nanoseconds>(BenchClock::now().time_since_epoch()).count();
}

/// What came of the streams. A word is @NANOSECONDS and a space.
class RelayScore
{
public:
    RelayScore(std::size_t streams, const ServerMeter &server, const RelayPlan &plan)
        : server_(server)
        , plan_(plan)
        , streams_(streams)
    {
    }

    void asked(std::size_t stream) { streams_[stream].askedAt = nowNs(); }

    /// Whole frames or events of one stream.
    void takeWords(std::size_t index, std::string_view text)
    {
        Stream &stream = streams_[index];
        const std::int64_t now = nowNs();
        std::size_t words = 0;
        for (std::size_t at = text.find('@'); at != std::string_view::npos; at = text.find('@', at + 1)) {
            const std::int64_t writtenAt = std::strtoll(text.data() + at + 1, nullptr, 10);
            if (++words == 1 && !stream.hasSpoken)
                begin(stream, now);
            if (isMeasuring())
                latencies_.add(std::chrono::nanoseconds(now - writtenAt));
        }
        if (isMeasuring()) {
            words_ += words;
            for (std::size_t at = text.find(plan_.word); words > 0 && at != std::string_view::npos;
                 at = text.find(plan_.word, at + 1))
                ++frames_;
        }
    }

    void takeEnd(std::size_t index)
    {
        Stream &stream = streams_[index];
        ended_ += stream.hasEnded ? 0 : 1;
        if (isMeasuring() && (!plan_.isUntilLast || isOver())) {
            cpu_ += server_.cpuSeconds();
            endedAt_ = nowNs();
        }
        failures_ += stream.hasEnded || stream.hasSpoken ? 0 : 1;
        stream.hasEnded = true;
    }

    bool isOver() const { return ended_ == streams_.size(); }

    Figures figures()
    {
        const double words = double(std::max<std::uint64_t>(words_, 1));
        return {{"streams", double(streams_.size())},
                {"words", double(words_)},
                {"seconds", double(endedAt_ - begunAt_) * 1e-9},
                {"frames_per_word", double(frames_) / words},
                {"cpu_us", cpu_ * 1e6 / words},
                {"p50_us", latencies_.at(0.5)},
                {"p99_us", latencies_.at(0.99)},
                {"first_p50_us", first_.at(0.5)},
                {"first_p99_us", first_.at(0.99)},
                {"failures", double(streams_.size() - ended_ + failures_)}};
    }

private:
    struct Stream
    {
        std::int64_t askedAt = 0;
        bool hasSpoken = false;
        bool hasEnded = false;
    };

    bool isMeasuring() const { return begunAt_ > 0 && endedAt_ == 0; }

    void begin(Stream &stream, std::int64_t now)
    {
        stream.hasSpoken = true;
        first_.add(std::chrono::nanoseconds(now - stream.askedAt));
        if (++spoken_ < streams_.size())
            return;
        cpu_ = -server_.cpuSeconds();
        begunAt_ = now;
    }

    const ServerMeter &server_;
    const RelayPlan &plan_;
    std::vector<Stream> streams_;
    std::size_t spoken_ = 0;
    std::size_t ended_ = 0;
    std::size_t failures_ = 0; ///< that ended without a word
    std::int64_t begunAt_ = 0;
    std::int64_t endedAt_ = 0;
    double cpu_ = 0;
    std::uint64_t words_ = 0;
    std::uint64_t frames_ = 0;
    Latencies latencies_;
    Latencies first_;
};

[[noreturn]] void fail(const char *what)
{
    std::perror(what);
    std::exit(1);
}

/// Connections that each ask once and read what comes.
class Posts
{
public:
    Posts(std::uint16_t port, std::size_t count)
        : epoll_(::epoll_create1(EPOLL_CLOEXEC))
        , buffer_(256 * 1024)
        , partial_(count)
    {
        for (std::size_t i = 0; i < count; ++i)
            connectOne(port);
    }
    ~Posts()
    {
        for (const int socket : sockets_)
            ::close(socket);
        ::close(epoll_);
    }
    Posts(const Posts &) = delete;
    Posts &operator=(const Posts &) = delete;

    void send(std::size_t index, std::string_view request)
    {
        if (::send(sockets_[index], request.data(), request.size(), MSG_NOSIGNAL) != ssize_t(request.size()))
            fail("send");
    }

    /// Calls `take` with whole events only.
    template <class Take>
    void poll(std::chrono::milliseconds wait, Take take)
    {
        std::array<epoll_event, 512> events{};
        const int count = ::epoll_wait(epoll_, events.data(), int(events.size()), int(wait.count()));
        for (int i = 0; i < count; ++i) {
            const auto index = std::size_t(events[std::size_t(i)].data.u64);
            const ssize_t got = ::recv(sockets_[index], buffer_.data(), buffer_.size(), MSG_DONTWAIT);
            if (got <= 0)
                continue;
            std::string &text = partial_[index];
            text.append(buffer_.data(), std::size_t(got));
            const std::size_t end = text.rfind("\n\n");
            if (end == std::string::npos)
                continue;
            take(index, std::string_view(text).substr(0, end + 2));
            text.erase(0, end + 2);
        }
    }

private:
    void connectOne(std::uint16_t port)
    {
        const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        const int on = 1;
        ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (::connect(socket, reinterpret_cast<sockaddr *>(&address), sizeof address) != 0)
            fail("connect");
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.u64 = sockets_.size();
        ::epoll_ctl(epoll_, EPOLL_CTL_ADD, socket, &event);
        sockets_.push_back(socket);
    }

    const int epoll_;
    std::vector<char> buffer_;
    std::vector<int> sockets_;
    std::vector<std::string> partial_;
};

} // namespace

Figures measureRelay(Crowd &crowd, const ServerMeter &server, const RelayPlan &plan)
{
    RelayScore score(crowd.size(), server, plan);
    const std::string question = clientFrame(plan.question);
    std::size_t asked = 0;
    const auto end = BenchClock::now() + kLongest;
    while (!score.isOver() && crowd.closed() == 0 && BenchClock::now() < end) {
        // A few at a time, so that the first ones are read while the last ones ask.
        for (std::size_t i = 0; i < 16 && asked < crowd.size(); ++i, ++asked) {
            score.asked(asked);
            crowd.send(asked, question);
        }
        crowd.poll(kTick, [&](std::size_t member, unsigned, std::string_view frame) {
            // The end may repeat the whole text.
            if (frame.find(plan.end) != std::string_view::npos)
                score.takeEnd(member);
            else
                score.takeWords(member, frame);
        });
    }
    return score.figures();
}

Figures measureGateway(std::uint16_t port, std::size_t streams, const ServerMeter &server, const RelayPlan &plan)
{
    Posts posts(port, streams);
    RelayScore score(streams, server, plan);
    std::size_t asked = 0;
    const auto end = BenchClock::now() + kLongest;
    while (!score.isOver() && BenchClock::now() < end) {
        for (std::size_t i = 0; i < 16 && asked < streams; ++i, ++asked) {
            score.asked(asked);
            posts.send(asked, plan.question);
        }
        posts.poll(kTick, [&](std::size_t stream, std::string_view text) {
            score.takeWords(stream, text);
            if (text.find(plan.end) != std::string_view::npos)
                score.takeEnd(stream);
        });
    }
    return score.figures();
}

} // namespace orchestra
