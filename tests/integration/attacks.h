// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

/// Hostile clients, and a well-behaved one that measures what they cost the others.
namespace orchestra::test {

using SteadyTime = std::chrono::steady_clock::time_point;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool kIsSanitized = true; // freed memory is kept back, and everything is slower
#else
inline constexpr bool kIsSanitized = false;
#endif

inline constexpr std::size_t kMemoryCeiling = std::size_t{20} << 20U;

/// How long each attack lasts: ORCHESTRA_ATTACK_SECONDS, else short enough for every run of the tests.
std::chrono::milliseconds attackTime();

/// A client that behaves: says ping every 2 ms on a thread of its own and times the pongs.
class GoodClient
{
public:
    explicit GoodClient(std::uint16_t port, std::chrono::milliseconds pause = std::chrono::milliseconds(2));
    ~GoodClient();

    /// Forgets what was measured so far.
    void begin();
    std::chrono::microseconds p99();
    std::size_t samples();
    bool isOpen() const { return isOpen_; }
    bool hasFailed() const { return hasFailed_; }

private:
    void run(std::uint16_t port, std::chrono::milliseconds pause);

    std::mutex mutex_;
    std::vector<std::chrono::microseconds> times_;
    std::atomic<bool> isDone_{false};
    std::atomic<bool> isOpen_{false};
    std::atomic<bool> hasFailed_{false};
    std::thread thread_;
};

/// One try of an attacker: connects, does its worst and returns when the server has ended the connection.
/// False when the server has not by `giveUp`.
using Attack = std::function<bool(std::uint16_t port, SteadyTime giveUp)>;

bool pingsWithoutReading(std::uint16_t port, SteadyTime giveUp);
bool emptyContinuations(std::uint16_t port, SteadyTime giveUp);
bool aFrameByteByByte(std::uint16_t port, SteadyTime giveUp);
/// Says `firstWords`, so that the server streams to it, and reads nothing of the answer.
bool neverReads(std::uint16_t port, SteadyTime giveUp, std::string_view firstWords = {});
bool aDrippedHeader(std::uint16_t port, SteadyTime giveUp);
/// What comes to mind of a generator: damaged frames, good frames of nonsense, and what is not even HTTP.
bool randomBytes(std::uint16_t port, SteadyTime giveUp);

/// What an attack cost.
struct AttackOutcome
{
    std::chrono::microseconds baseline{}; ///< the good client's p99 before
    std::chrono::microseconds attacked{}; ///< and during the attack
    std::size_t growth = 0;               ///< of the server's resident memory, in bytes, at its peak
    int tries = 0;
    int survivors = 0; ///< attackers that the server did not end in time
    std::chrono::milliseconds longest{};

    bool isCalm() const;
    void print(std::size_t samples) const;
};

/// Attacks for attackTime(), each try with `patience`. The event loop of the calling thread runs meanwhile.
AttackOutcome attack(std::uint16_t port, GoodClient &good, const Attack &attack, std::chrono::milliseconds patience,
                     const std::function<std::size_t()> &residentBytes);

} // namespace orchestra::test
