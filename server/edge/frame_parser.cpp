// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/edge/frame_parser.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace orchestra {

namespace {

constexpr unsigned kContinuation = 0x0;
constexpr unsigned kBinary = 0x2;
constexpr unsigned kClose = 0x8;
constexpr unsigned kPong = 0xA;

constexpr std::size_t kMaskBytes = 4;
constexpr std::size_t kLongestHead = 14;
/// Buffers above this size are given back when they are empty: most messages are small and most connections idle.
constexpr std::size_t kKeptCapacity = 4096;

std::uint64_t bigEndian(std::string_view bytes)
{
    std::uint64_t value = 0;
    for (const char byte : bytes)
        value = value << 8 | static_cast<std::uint8_t>(byte);
    return value;
}

void appendUnmasked(std::string &out, std::string_view payload, std::string_view mask)
{
    const std::size_t start = out.size();
    out.append(payload);
    char *bytes = out.data() + start;
    std::uint64_t wide = 0;
    std::memcpy(&wide, mask.data(), kMaskBytes);
    std::memcpy(reinterpret_cast<char *>(&wide) + kMaskBytes, mask.data(), kMaskBytes);
    std::size_t i = 0;
    for (; i + sizeof wide <= payload.size(); i += sizeof wide) {
        std::uint64_t chunk = 0;
        std::memcpy(&chunk, bytes + i, sizeof chunk);
        chunk ^= wide;
        std::memcpy(bytes + i, &chunk, sizeof chunk);
    }
    for (; i < payload.size(); ++i)
        bytes[i] = static_cast<char>(bytes[i] ^ mask[i % kMaskBytes]);
}

void empty(std::string &buffer)
{
    if (buffer.capacity() > kKeptCapacity)
        std::string().swap(buffer);
    else
        buffer.clear();
}

} // namespace

FrameParser::Step FrameParser::next(std::string_view input, MonotonicTime now)
{
    releaseHandedOn();
    if (hasFailed_ || hasSeenClose_)
        return {{}, input.size(), {}};
    Step step = partial_.empty() ? scan(input, now) : collect(input, now);
    if (step.violation) {
        hasFailed_ = true;
        incompleteSince_.reset();
        return step;
    }
    const bool isIncomplete = (!partial_.empty() && !isPartialHandedOn_) || fragments_ > 0;
    if (isIncomplete && !incompleteSince_)
        incompleteSince_ = now;
    return step;
}

void FrameParser::excuse(std::chrono::nanoseconds pause)
{
    if (incompleteSince_)
        *incompleteSince_ += pause;
}

/// Frames that are whole in the input, as far as they can be handed on in one piece.
FrameParser::Step FrameParser::scan(std::string_view input, MonotonicTime now)
{
    std::size_t position = 0;
    while (position < input.size() && !hasSeenClose_) {
        const std::string_view rest = input.substr(position);
        const Head head = readHead(rest, now);
        const std::string_view before = input.substr(0, position);
        if (head.violation) {
            // First what was right; the next call finds the violation again.
            if (position > 0)
                return {before, position, {}};
            return {{}, input.size(), head.violation};
        }
        if (head.missing > 0 || head.total() > rest.size()) {
            partial_.assign(rest);
            return {before, input.size(), {}};
        }
        const auto total = static_cast<std::size_t>(head.total());
        if (!head.isWhole()) {
            if (position > 0)
                return {before, position, {}};
            return {merge(head, rest.substr(0, total)), total, {}};
        }
        account(head);
        position += total;
    }
    return {input.substr(0, position), position, {}};
}

/// The rest of a frame that began in an earlier input.
FrameParser::Step FrameParser::collect(std::string_view input, MonotonicTime now)
{
    std::size_t consumed = 0;
    for (;;) {
        const Head head = readHead(partial_, now);
        if (head.violation) {
            empty(partial_);
            return {{}, input.size(), head.violation};
        }
        const std::uint64_t missing = head.missing > 0 ? head.missing : head.total() - partial_.size();
        if (missing == 0) {
            if (head.isWhole()) {
                account(head);
                isPartialHandedOn_ = true;
                return {partial_, consumed, {}};
            }
            const std::string_view merged = merge(head, partial_);
            empty(partial_);
            return {merged, consumed, {}};
        }
        const auto taken = static_cast<std::size_t>(std::min<std::uint64_t>(missing, input.size() - consumed));
        if (taken == 0)
            return {{}, consumed, {}};
        partial_.append(input.substr(consumed, taken));
        consumed += taken;
    }
}

FrameParser::Head FrameParser::readHead(std::string_view bytes, MonotonicTime now)
{
    Head head;
    if (bytes.size() < 2) {
        head.missing = 2 - bytes.size();
        return head;
    }
    const auto first = static_cast<std::uint8_t>(bytes[0]);
    const auto second = static_cast<std::uint8_t>(bytes[1]);
    head.opcode = first & 0x0F;
    head.isFinal = first & 0x80;
    head.payload = second & 0x7F;
    if (first & 0x70)
        head.violation = FrameViolation::ReservedBits;
    else if (!(second & 0x80))
        head.violation = FrameViolation::Unmasked;
    else
        head.violation = checkType(head, now);
    if (head.violation)
        return head;

    const std::size_t lengthBytes = head.payload == 126 ? 2 : head.payload == 127 ? 8 : 0;
    const std::size_t smallestLong = lengthBytes == 2 ? 126 : 65536;
    head.size = 2 + lengthBytes + kMaskBytes;
    if (lengthBytes > 0) {
        if (bytes.size() < 2 + lengthBytes) {
            head.missing = 2 + lengthBytes - bytes.size();
            return head;
        }
        head.payload = bigEndian(bytes.substr(2, lengthBytes));
        if (head.payload < smallestLong || head.payload >> 63)
            head.violation = FrameViolation::BadLength;
    }
    if (!head.violation)
        head.violation = checkSize(head);
    if (!head.violation && bytes.size() < head.size)
        head.missing = head.size - bytes.size();
    return head;
}

std::optional<FrameViolation> FrameParser::checkType(const Head &head, MonotonicTime now)
{
    if (head.isControl()) {
        if (head.opcode > kPong)
            return FrameViolation::UnknownOpcode;
        if (!head.isFinal || head.payload > 125)
            return FrameViolation::BadControlFrame;
        refillControlTokens(now);
        if (head.opcode != kClose && controlTokens_ < 1000)
            return FrameViolation::ControlFlood;
        return {};
    }
    if (head.opcode > kBinary)
        return FrameViolation::UnknownOpcode;
    if ((head.opcode == kContinuation) != (fragments_ > 0))
        return FrameViolation::BadContinuation;
    return {};
}

std::optional<FrameViolation> FrameParser::checkSize(const Head &head) const
{
    if (head.isControl())
        return {};
    const std::size_t soFar = fragments_ > 0 ? message_.size() - kLongestHead : 0;
    if (head.payload > limits_->messageBytes || soFar > limits_->messageBytes - head.payload)
        return FrameViolation::MessageTooBig;
    if (head.isWhole())
        return {};
    if (fragments_ + 1 > limits_->fragments)
        return FrameViolation::TooManyFragments;
    if (head.payload == 0 && !head.isFinal && emptyFragments_ + 1 > limits_->emptyFragments)
        return FrameViolation::EmptyFragments;
    return {};
}

void FrameParser::refillControlTokens(MonotonicTime now)
{
    const std::int64_t burst = std::int64_t{limits_->controlBurst} * 1000;
    if (controlTokens_ < 0) {
        controlTokens_ = burst;
        controlRefilledAt_ = now;
        return;
    }
    const auto elapsed = std::chrono::floor<std::chrono::milliseconds>(now - controlRefilledAt_);
    // The fraction of a millisecond is kept for the next refill, or a client at exactly the rate would lose it each
    // time.
    controlRefilledAt_ += elapsed;
    const std::int64_t fullAfter = burst / std::max(1U, limits_->controlPerSecond) + 1;
    controlTokens_ += std::min<std::int64_t>(elapsed.count(), fullAfter) * limits_->controlPerSecond;
    controlTokens_ = std::min(controlTokens_, burst);
}

void FrameParser::account(const Head &head)
{
    ++frameCount_;
    if (head.opcode == kClose)
        hasSeenClose_ = true;
    else if (head.isControl())
        controlTokens_ -= 1000;
    // A control frame inside a fragmented message does not complete it.
    if (fragments_ == 0)
        incompleteSince_.reset();
}

std::string_view FrameParser::merge(const Head &head, std::string_view frame)
{
    ++frameCount_;
    if (fragments_ == 0) {
        messageOpcode_ = head.opcode;
        message_.assign(kLongestHead, '\0');
    }
    ++fragments_;
    if (head.payload == 0)
        ++emptyFragments_;
    appendUnmasked(message_, frame.substr(head.size), frame.substr(head.size - kMaskBytes, kMaskBytes));
    if (!head.isFinal)
        return {};
    fragments_ = 0;
    emptyFragments_ = 0;
    incompleteSince_.reset();
    isMessageHandedOn_ = true;
    return sealMessage();
}

/// Writes the head of the merged frame into the room before the payload. The mask stays zero.
std::string_view FrameParser::sealMessage()
{
    const std::uint64_t length = message_.size() - kLongestHead;
    const std::size_t lengthBytes = length < 126 ? 0 : length < 65536 ? 2 : 8;
    const std::size_t start = kLongestHead - (2 + lengthBytes + kMaskBytes);
    const std::uint64_t code = lengthBytes == 0 ? length : lengthBytes == 2 ? 126 : 127;
    message_[start] = static_cast<char>(0x80 | messageOpcode_);
    message_[start + 1] = static_cast<char>(0x80 | code);
    for (std::size_t i = 0; i < lengthBytes; ++i)
        message_[start + 2 + i] = static_cast<char>(length >> (8 * (lengthBytes - 1 - i)));
    return std::string_view(message_).substr(start);
}

void FrameParser::releaseHandedOn()
{
    if (std::exchange(isPartialHandedOn_, false))
        empty(partial_);
    if (std::exchange(isMessageHandedOn_, false))
        empty(message_);
}

} // namespace orchestra
