// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/providers/line_splitter.h"

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace orchestra {

/// One server-sent event.
struct ServerSentEvent
{
    std::string_view type; ///< "message" unless the server says otherwise
    std::string_view data;
    std::string_view lastEventId;
};

/// Reads text/event-stream as the HTML standard has it (section 9.2.6), however the bytes arrive. What it hands over is
/// valid during the call.
class EventStream
{
public:
    /// `limit`: bytes of the longest line and of the longest event.
    explicit EventStream(std::size_t limit)
        : lines_(limit)
    {
    }

    /// `event` returns whether to go on. False when it said no or a limit was passed; nothing more can be read then.
    bool take(std::string_view bytes, const std::function<bool(const ServerSentEvent &)> &event);
    bool isTooLong() const { return isTooLong_ || lines_.isTooLong(); }
    std::size_t limit() const { return lines_.limit(); }
    /// The wait before a reconnection that the server asked for last, in milliseconds.
    std::optional<std::int64_t> retryMs() const { return retryMs_; }

private:
    bool takeLine(std::string_view line, const std::function<bool(const ServerSentEvent &)> &event);
    bool dispatch(const std::function<bool(const ServerSentEvent &)> &event);
    void takeField(std::string_view name, std::string_view value);

    LineSplitter lines_;
    std::string type_;
    std::string data_;
    std::string lastEventId_;
    std::optional<std::int64_t> retryMs_;
    bool hasData_ = false;
    bool isFirstLine_ = true;
    bool isTooLong_ = false;
};

} // namespace orchestra
