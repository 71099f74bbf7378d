// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace orchestra {

using BenchClock = std::chrono::steady_clock;

/// How the members of a crowd connect.
struct CrowdOptions
{
    std::uint16_t port = 0;
    std::string path = "/";       ///< `{}` stands for the member's number, counted from firstNumber
    std::string subprotocol = {}; ///< offered when not empty
    std::string greeting = {};    ///< bytes sent after the 101; nothing when empty
    std::string welcome = {};     ///< a member is open once a text frame has this in it; after the 101 when empty
    int receiveBuffer = 0;        ///< SO_RCVBUF; the system's when 0
    std::size_t atOnce = 16;      ///< members that connect at the same time
    std::size_t firstNumber = 0;
};

/// WebSocket clients over raw sockets in one thread: no more work than it takes, so that a server can be loaded from
/// the same machine. Ends the program with a message when a connection cannot be made.
class Crowd
{
public:
    /// A whole frame from the server. Members that are not read get none.
    using OnFrame = std::function<void(std::size_t member, unsigned opcode, std::string_view payload)>;

    explicit Crowd(CrowdOptions options);
    ~Crowd();
    Crowd(const Crowd &) = delete;
    Crowd &operator=(const Crowd &) = delete;

    /// Connects and upgrades `count` more members; returns when all are open.
    void open(std::size_t count);
    /// Sends frames as they are.
    void send(std::size_t member, std::string_view frames);
    /// Reads what comes within `wait`, at most once per ready member.
    void poll(std::chrono::milliseconds wait, const OnFrame &onFrame);
    /// Whether poll() reads from the members.
    void setReading(bool isReading);

    std::size_t size() const { return members_.size(); }
    /// Members that the server has closed.
    std::size_t closed() const { return closed_; }
    std::uint64_t bytesRead() const { return bytesRead_; }
    /// To be waited for together with other crowds' descriptors.
    int descriptor() const { return epoll_; }

private:
    enum class State : std::uint8_t { Connecting, Upgrading, Greeting, Open, Closed };
    struct Member
    {
        int socket = -1;
        State state = State::Connecting;
        std::string partial; ///< the begin of a frame or of the answer to the upgrade
    };

    void connectOne();
    void beginUpgrade(std::size_t index);
    void watch(std::size_t index, bool isReading, bool isNew);
    void readFrom(std::size_t index, const OnFrame &onFrame);
    std::size_t takeHead(std::size_t index, std::string_view bytes);
    std::size_t takeFrames(std::size_t index, std::string_view bytes, const OnFrame &onFrame);
    void becomeOpen(Member &member);
    void drop(std::size_t index);

    const CrowdOptions options_;
    const int epoll_;
    std::vector<Member> members_;
    std::vector<char> buffer_;
    std::size_t open_ = 0;
    std::size_t closed_ = 0;
    std::uint64_t bytesRead_ = 0;
};

/// A masked text frame.
std::string clientFrame(std::string payload);

} // namespace orchestra
