// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/edge/frame_limits.h"
#include "shared/base/clock.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace orchestra {

/// Cuts the bytes of a WebSocket client (RFC 6455) into whole frames that QtWebSockets can be trusted with.
/// Frames that are whole in the input are handed on where they lie; one that is spread over several inputs is collected
/// first; the fragments of a message are unmasked and merged into one frame with FIN and a mask of zero. What breaks
/// the rules or the limits ends the stream. The same bytes give the same frames however they are cut into inputs.
/// Pure: the time is an argument. Not thread-safe.
class FrameParser
{
public:
    /// `limits` must outlive the parser or be replaced.
    explicit FrameParser(const FrameLimits &limits)
        : limits_(&limits)
    {
    }
    void setLimits(const FrameLimits &limits) { limits_ = &limits; }

    struct Step
    {
        /// Whole frames to hand on, or empty. Valid until the next call, and no longer than the input.
        std::string_view frames;
        /// How much of the input is done with. Call again with the rest until it is empty.
        std::size_t consumed = 0;
        /// Set when the stream ends here. What is fed afterwards is swallowed.
        std::optional<FrameViolation> violation;
    };
    Step next(std::string_view input, MonotonicTime now);

    /// When the first byte of the message (or lone control frame) that is still incomplete arrived; nothing between
    /// two.
    std::optional<MonotonicTime> incompleteSince() const { return incompleteSince_; }
    /// Takes a time during which nothing was read out of `incompleteSince()`.
    void excuse(std::chrono::nanoseconds pause);

    /// True once a close frame was handed on. What is fed afterwards is swallowed.
    bool hasSeenClose() const { return hasSeenClose_; }
    /// Frames that arrived so far, fragments and control frames included.
    std::uint64_t frameCount() const { return frameCount_; }

private:
    struct Head
    {
        unsigned opcode = 0;
        bool isFinal = false;
        std::size_t size = 0; ///< bytes before the payload
        std::uint64_t payload = 0;
        std::size_t missing = 0; ///< bytes to add before more can be said; 0: the head is whole
        std::optional<FrameViolation> violation;

        std::uint64_t total() const { return size + payload; }
        bool isControl() const { return opcode >= 8; }
        /// Neither a fragment nor the end of a fragmented message.
        bool isWhole() const { return isControl() || (isFinal && opcode != 0); }
    };

    Head readHead(std::string_view bytes, MonotonicTime now);
    std::optional<FrameViolation> checkType(const Head &head, MonotonicTime now);
    std::optional<FrameViolation> checkSize(const Head &head) const;
    void refillControlTokens(MonotonicTime now);

    Step scan(std::string_view input, MonotonicTime now);
    Step collect(std::string_view input, MonotonicTime now);
    /// Counts a frame that has arrived whole.
    void account(const Head &head);
    /// Adds a fragment; returns the merged frame when it was the last.
    std::string_view merge(const Head &head, std::string_view frame);
    std::string_view sealMessage();
    void releaseHandedOn();

    const FrameLimits *limits_;
    std::string partial_; ///< the frame that has begun, or was handed on by the last step
    std::string message_; ///< room for a head, then the unmasked fragments so far
    bool isPartialHandedOn_ = false;
    bool isMessageHandedOn_ = false;
    bool hasSeenClose_ = false;
    bool hasFailed_ = false;
    unsigned messageOpcode_ = 0;
    unsigned fragments_ = 0; ///< of the present message; 0: none has begun
    unsigned emptyFragments_ = 0;
    std::int64_t controlTokens_ = -1; ///< thousandths of a frame; -1: not yet counted
    MonotonicTime controlRefilledAt_{};
    std::optional<MonotonicTime> incompleteSince_;
    std::uint64_t frameCount_ = 0;
};

} // namespace orchestra
