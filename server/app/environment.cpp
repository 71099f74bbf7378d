// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/app/environment.h"

#include <charconv>

namespace orchestra {

Environment environmentFrom(const char *const *block)
{
    Environment environment;
    for (; block != nullptr && *block != nullptr; ++block) {
        const std::string_view entry(*block);
        const auto equals = entry.find('=');
        if (equals != std::string_view::npos)
            environment.emplace_back(entry.substr(0, equals), entry.substr(equals + 1));
    }
    return environment;
}

std::string_view textOf(const Environment &environment, std::string_view name)
{
    for (const auto &[key, value] : environment) {
        if (key == name)
            return value;
    }
    return {};
}

std::optional<std::int64_t> numberOf(const Environment &environment, std::string_view name)
{
    const std::string_view text = textOf(environment, name);
    std::int64_t number = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
    if (text.empty() || read.ec != std::errc() || read.ptr != text.data() + text.size())
        return std::nullopt;
    return number;
}

} // namespace orchestra
