// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/clock.h"
#include "shared/wire/ops_messages.h"

#include <cstdint>
#include <string_view>
#include <vector>

namespace orchestra {

/// The last frames of one connection: when, which type and how large, never what they said.
class FrameTraces
{
public:
    static constexpr std::size_t kKept = 50;

    /// `type` must be a constant of the program: a frame type's kType or a literal.
    void add(WallMs at, bool isOutbound, std::string_view type, std::size_t bytes, std::uint64_t sequence);
    /// Oldest first.
    std::vector<wire::FrameTrace> list() const;

private:
    struct Row
    {
        WallMs at;
        std::string_view type;
        std::uint64_t sequence;
        std::uint32_t bytes;
        bool isOutbound;
    };
    std::vector<Row> rows_; ///< a ring once it is full
    std::size_t next_ = 0;
};

} // namespace orchestra
