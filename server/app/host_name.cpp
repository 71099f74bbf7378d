// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/app/host_name.h"

#include "server/edge/address.h"

#include <algorithm>
#include <charconv>

namespace orchestra {
namespace {

bool isPort(std::string_view text)
{
    unsigned number = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
    return read.ec == std::errc() && read.ptr == text.data() + text.size() && number > 0 && number <= 65535;
}

bool isLabel(std::string_view label)
{
    return !label.empty() && label.size() <= 63 && label.front() != '-' && label.back() != '-' &&
           std::all_of(label.begin(), label.end(), [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                      c == '_';
           });
}

} // namespace

bool isHostName(std::string_view text)
{
    if (text.starts_with('[') && text.ends_with(']')) {
        const std::string_view inner = text.substr(1, text.size() - 2);
        return inner.find(':') != std::string_view::npos && Address::parse(inner);
    }
    if (text.empty() || text.size() > 253)
        return false;
    for (std::size_t at = 0; at <= text.size();) {
        const std::size_t dot = std::min(text.find('.', at), text.size());
        if (!isLabel(text.substr(at, dot - at)))
            return false;
        at = dot + 1;
    }
    return true;
}

bool isWebOrigin(std::string_view text)
{
    for (const std::string_view scheme : {"http://", "https://"}) {
        if (!text.starts_with(scheme))
            continue;
        const std::string_view authority = text.substr(scheme.size());
        const auto colon = authority.rfind(':');
        const auto bracket = authority.rfind(']');
        if (colon == std::string_view::npos || (bracket != std::string_view::npos && colon < bracket))
            return isHostName(authority);
        return isPort(authority.substr(colon + 1)) && isHostName(authority.substr(0, colon));
    }
    return false;
}

} // namespace orchestra
