// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
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

/// A client that behaves: says ping every `pause` on a thread of its own and times the pongs.
class GoodClient
{
public:
    GoodClient(std::uint16_t port, std::chrono::milliseconds pause);
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

inline constexpr std::size_t kAttacks = 6;

/// A row for each attack, with the time in ms after which the server must have ended each try.
void addAttackRows(const std::array<int, kAttacks> &patienceMs);
/// The attack of a row. `firstWords` make the server stream to the one that never reads.
Attack attackOfRow(int row, std::string_view firstWords = {});

/// Attacks for attackTime(), each try with `patience`, beside a good client that pings every `pause`, and fails the
/// test when it costs more than it may. The event loop of the calling thread runs meanwhile.
void survive(std::uint16_t port, const Attack &attack, std::chrono::milliseconds patience,
             const std::function<std::size_t()> &residentBytes,
             std::chrono::milliseconds pause = std::chrono::milliseconds(2));

} // namespace orchestra::test
