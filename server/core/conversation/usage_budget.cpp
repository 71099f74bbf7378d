// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/core/conversation/usage_budget.h"

#include <algorithm>

namespace orchestra {

std::uint64_t UsageBudget::left() const
{
    const std::uint64_t spoken = used_ + reserved_;
    return spoken >= limit_ ? 0 : limit_ - spoken;
}

std::optional<UsageBudget::Share> UsageBudget::reserve(std::uint64_t least, std::uint64_t wanted)
{
    const std::uint64_t given = std::min(wanted, left());
    if (given < least)
        return std::nullopt;
    reserved_ += given;
    return Share(*this, given);
}

UsageBudget::Share &UsageBudget::Share::operator=(Share &&other) noexcept
{
    if (this != &other) {
        settle(0);
        budget_ = std::exchange(other.budget_, nullptr);
        tokens_ = std::exchange(other.tokens_, 0);
    }
    return *this;
}

bool UsageBudget::Share::grow(std::uint64_t more)
{
    if (budget_ == nullptr)
        return false;
    const std::uint64_t given = std::min(more, budget_->left());
    budget_->reserved_ += given;
    tokens_ += given;
    return given > 0;
}

void UsageBudget::Share::settle(std::uint64_t used)
{
    if (budget_ == nullptr)
        return;
    budget_->reserved_ -= tokens_;
    budget_->used_ += used;
    budget_ = nullptr;
    tokens_ = 0;
}

} // namespace orchestra
