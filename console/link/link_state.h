// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/clock.h"
#include "shared/base/random.h"

#include <cstdint>
#include <string>

namespace orchestra {

enum class LinkPhase : std::uint8_t {
    Idle,       ///< no server
    Connecting, ///< opening, or opening again
    Syncing,    ///< open; the first snapshots are on their way
    Live,
    Stale,  ///< open, but silent for longer than a server ever is
    Lost,   ///< broken; will be opened again
    Denied, ///< closed with a code that makes another try pointless
};

/// The life of a link, without sockets: what happens on each event and when to try again.
/// Retries wait a full-jitter delay that doubles from 1 s to 30 s. Lives on: gui.
class LinkState
{
public:
    static constexpr std::chrono::milliseconds kStaleAfter{3000};
    static constexpr std::chrono::milliseconds kGiveUpAfter{15000}; ///< a silent link is abandoned
    static constexpr std::chrono::milliseconds kFirstDelay{1000};
    static constexpr std::chrono::milliseconds kLongestDelay{30000};

    enum class Wish : std::uint8_t { Nothing, Open, Abort };

    /// Both must outlive the state.
    LinkState(const Clock &clock, RandomSource &random)
        : clock_(clock)
        , random_(random)
    {
    }

    void start();
    void stop();
    void opened();
    void synced();
    /// Any frame arrived.
    void heard();
    /// The socket closed or could not be opened (code 1006). `retryAfter` from a drain frame, 0 when there was none.
    void closed(std::uint16_t code, std::string reason, std::chrono::milliseconds retryAfter);
    /// Call a few times a second. Tells what the owner of the socket has to do now.
    Wish tick();
    /// Skips the wait of Lost.
    void retryNow();

    LinkPhase phase() const { return phase_; }
    /// Tries since the link was last live; 1 for the first.
    unsigned attempt() const { return attempt_; }
    std::chrono::nanoseconds sinceFrame() const { return clock_.now() - lastFrame_; }
    std::chrono::nanoseconds untilRetry() const;
    std::uint16_t closeCode() const { return closeCode_; }
    const std::string &closeReason() const { return closeReason_; }

private:
    const Clock &clock_;
    RandomSource &random_;
    LinkPhase phase_ = LinkPhase::Idle;
    unsigned attempt_ = 0;
    MonotonicTime lastFrame_{};
    MonotonicTime retryAt_{};
    std::uint16_t closeCode_ = 0;
    std::string closeReason_;
};

} // namespace orchestra
