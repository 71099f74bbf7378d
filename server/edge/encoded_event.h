// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/core/channels.h"

#include <memory>
#include <string>
#include <string_view>

namespace orchestra {

/// One event for many connections of a thread: each encoding is made when the first connection wants it.
class EncodedEvent
{
public:
    explicit EncodedEvent(const wire::ServerFrame &frame)
        : frame_(frame)
    {
    }

    const wire::ServerFrame &frame() const { return frame_; }
    /// The frame without its sequence and closing brace.
    const std::shared_ptr<const std::string> &json();
    /// The frame without its sequence.
    const std::shared_ptr<const std::string> &protobuf();

private:
    const wire::ServerFrame &frame_;
    std::shared_ptr<const std::string> json_;
    std::shared_ptr<const std::string> protobuf_;
};

/// The wire name of a frame, for example stream_token.
std::string_view typeName(const wire::ServerBody &body);

/// An event as text/event-stream has it: id `epoch:offset` (durable events only), its type and one line of JSON.
std::string eventStreamFrame(EncodedEvent &event, std::uint64_t sequence);

} // namespace orchestra
