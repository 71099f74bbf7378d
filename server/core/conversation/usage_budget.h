// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

namespace orchestra {

/// How many tokens so much text is about. A rule of thumb: good enough to plan with, marked as estimated where shown.
constexpr std::uint64_t estimatedTokens(std::size_t bytes)
{
    return (bytes + 3) / 4;
}

/// The tokens that a turn may use, prompts included. What a call may need is reserved before it and settled with what
/// was measured after it, so that calls side by side cannot count on the same tokens. Lives on: hub.
class UsageBudget
{
public:
    /// Tokens that are set aside for one call. Gives them back unless it is settled. Must not outlive its budget.
    class Share
    {
    public:
        Share(Share &&other) noexcept
            : budget_(std::exchange(other.budget_, nullptr))
            , tokens_(std::exchange(other.tokens_, 0))
        {
        }
        Share &operator=(Share &&other) noexcept;
        ~Share() { settle(0); }

        std::uint64_t tokens() const { return tokens_; }
        /// Sets more aside: as much as there is up to `more`; false when that is nothing.
        bool grow(std::uint64_t more);
        /// The call is over and has used so much; it may be more than was set aside. Once; later calls do nothing.
        void settle(std::uint64_t used);

    private:
        friend class UsageBudget;
        Share(UsageBudget &budget, std::uint64_t tokens)
            : budget_(&budget)
            , tokens_(tokens)
        {
        }
        UsageBudget *budget_;
        std::uint64_t tokens_;
    };

    explicit UsageBudget(std::uint64_t limit)
        : limit_(limit)
    {
    }
    UsageBudget(const UsageBudget &) = delete;
    UsageBudget &operator=(const UsageBudget &) = delete;

    std::uint64_t limit() const { return limit_; }
    std::uint64_t used() const { return used_; }
    std::uint64_t reserved() const { return reserved_; }
    std::uint64_t left() const;
    /// As much as there is up to `wanted`; nothing when that is less than `least`.
    std::optional<Share> reserve(std::uint64_t least, std::uint64_t wanted);

private:
    const std::uint64_t limit_;
    std::uint64_t used_ = 0;
    std::uint64_t reserved_ = 0;
};

} // namespace orchestra
