// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/app/network_address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <string>

namespace orchestra {
namespace {

struct Address
{
    int family = AF_INET;
    std::array<unsigned char, 16> bytes{};
};

std::optional<Address> parseAddress(std::string_view text)
{
    const std::string terminated(text);
    // An embedded NUL would make inet_pton see less than we were given.
    if (terminated.find('\0') != std::string::npos)
        return std::nullopt;
    Address address;
    for (const int family : {AF_INET, AF_INET6}) {
        address.family = family;
        if (::inet_pton(family, terminated.c_str(), address.bytes.data()) == 1)
            return address;
    }
    return std::nullopt;
}

std::optional<unsigned> parseNumber(std::string_view text)
{
    unsigned number = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
    if (text.empty() || read.ec != std::errc() || read.ptr != text.data() + text.size())
        return std::nullopt;
    return number;
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

bool isIpAddress(std::string_view text)
{
    return parseAddress(text).has_value();
}

bool isLoopbackAddress(std::string_view address)
{
    const auto parsed = parseAddress(address);
    if (!parsed)
        return false;
    if (parsed->family == AF_INET)
        return parsed->bytes[0] == 127;
    std::array<unsigned char, 16> one{};
    one[15] = 1;
    return parsed->bytes == one;
}

bool isIpNetwork(std::string_view text)
{
    const auto slash = text.find('/');
    const auto address = parseAddress(text.substr(0, slash));
    if (!address || slash == std::string_view::npos)
        return address.has_value();
    const auto prefix = parseNumber(text.substr(slash + 1));
    return prefix && *prefix <= (address->family == AF_INET ? 32U : 128U);
}

bool isHostName(std::string_view text)
{
    if (text.starts_with('[') && text.ends_with(']')) {
        const auto inner = parseAddress(text.substr(1, text.size() - 2));
        return inner && inner->family == AF_INET6;
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
        const auto port = parseNumber(authority.substr(colon + 1));
        return port && *port > 0 && *port <= 65535 && isHostName(authority.substr(0, colon));
    }
    return false;
}

} // namespace orchestra
