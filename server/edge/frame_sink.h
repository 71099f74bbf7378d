// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <string_view>

namespace orchestra {

/// Where whole frames for a client go.
class FrameSink
{
public:
    virtual ~FrameSink() = default;
    /// Takes one frame in three parts. Never blocks and never sends at once: the frames of a loop turn leave together.
    virtual void writeFrame(std::string_view head, std::string_view body, std::string_view tail) = 0;
    /// Bytes taken that the system has not yet accepted.
    virtual std::size_t bytesUnsent() const = 0;
};

} // namespace orchestra
