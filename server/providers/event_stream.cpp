// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/providers/event_stream.h"

#include <charconv>
#include <utility>

namespace orchestra {

bool EventStream::take(std::string_view bytes, const std::function<bool(const ServerSentEvent &)> &event)
{
    return lines_.take(bytes, [this, &event](std::string_view line) { return takeLine(line, event); });
}

bool EventStream::takeLine(std::string_view line, const std::function<bool(const ServerSentEvent &)> &event)
{
    constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
    if (std::exchange(isFirstLine_, false) && line.starts_with(kByteOrderMark))
        line.remove_prefix(kByteOrderMark.size());
    if (line.empty())
        return dispatch(event);
    const std::size_t colon = line.find(':');
    if (colon == 0)
        return true; // a comment
    std::string_view value = colon == std::string_view::npos ? std::string_view() : line.substr(colon + 1);
    if (value.starts_with(' '))
        value.remove_prefix(1);
    takeField(line.substr(0, colon), value);
    return !isTooLong_;
}

void EventStream::takeField(std::string_view name, std::string_view value)
{
    if (name == "data") {
        if (std::exchange(hasData_, true))
            data_ += '\n';
        data_ += value;
        isTooLong_ = data_.size() > lines_.limit();
    } else if (name == "event") {
        type_ = value;
    } else if (name == "id") {
        if (value.find('\0') == std::string_view::npos)
            lastEventId_ = value;
    } else if (name == "retry") {
        std::int64_t ms = 0;
        const auto [end, failure] = std::from_chars(value.data(), value.data() + value.size(), ms);
        if (failure == std::errc() && end == value.data() + value.size() && ms >= 0)
            retryMs_ = ms;
    }
}

bool EventStream::dispatch(const std::function<bool(const ServerSentEvent &)> &event)
{
    bool goOn = true;
    if (hasData_)
        goOn = event({type_.empty() ? std::string_view("message") : std::string_view(type_), data_, lastEventId_});
    type_.clear();
    data_.clear();
    hasData_ = false;
    return goOn;
}

} // namespace orchestra
