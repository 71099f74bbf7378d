// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/app/named_entries.h"

#include <algorithm>

namespace orchestra {

std::pair<std::string, std::string> splitEntry(std::string_view entry)
{
    const std::size_t equals = entry.find('=');
    const std::size_t colon = entry.find(':');
    if (equals == std::string_view::npos || (colon != std::string_view::npos && colon < equals))
        return {{}, std::string(entry)};
    return {std::string(entry.substr(0, equals)), std::string(entry.substr(equals + 1))};
}

std::vector<std::pair<std::string, std::string>> splitEntries(std::string_view list)
{
    std::vector<std::pair<std::string, std::string>> entries;
    while (!list.empty()) {
        const std::size_t end = std::min(list.find(','), list.size());
        std::string_view entry = list.substr(0, end);
        while (entry.starts_with(' '))
            entry.remove_prefix(1);
        if (!entry.empty())
            entries.push_back(splitEntry(entry));
        list.remove_prefix(std::min(end + 1, list.size()));
    }
    return entries;
}

bool isServerName(std::string_view name)
{
    return !name.empty() && name.size() <= 64 && std::ranges::all_of(name, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
               c == '.';
    });
}

bool isWebUrl(std::string_view url)
{
    const std::size_t start = url.starts_with("http://") ? 7 : url.starts_with("https://") ? 8 : 0;
    // A URL is shown and logged: what opens a server's door has keys of its own.
    const std::string_view authority = url.substr(start, url.find_first_of("/?#", start) - start);
    return start > 0 && !authority.empty() && authority.find('@') == std::string_view::npos;
}

std::vector<std::string> splitCommand(std::string_view line)
{
    std::vector<std::string> words;
    std::string word;
    bool isInWord = false;
    char quote = 0;
    for (const char c : line) {
        if (quote != 0 && c == quote) {
            quote = 0;
        } else if (quote == 0 && (c == '"' || c == '\'')) {
            quote = c;
            isInWord = true;
        } else if (quote == 0 && (c == ' ' || c == '\t')) {
            if (isInWord)
                words.push_back(std::exchange(word, {}));
            isInWord = false;
        } else {
            word += c;
            isInWord = true;
        }
    }
    if (isInWord)
        words.push_back(std::move(word));
    return words;
}

} // namespace orchestra
