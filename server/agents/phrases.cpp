// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/agents/phrases.h"

#include "shared/base/text.h"

#include <algorithm>
#include <unordered_map>

namespace orchestra {
namespace {

Error lineError(std::size_t line, std::string_view what)
{
    return {.code = Code::Invalid, .message = "line " + std::to_string(line) + ": " + std::string(what)};
}

/// The existing intent whose name is nearest to `name`, for "did you mean".
std::string_view nearestIntentName(std::string_view name)
{
    return wireName(*std::min_element(allIntents().begin(), allIntents().end(), [&](Intent a, Intent b) {
        return editDistance(name, wireName(a)) < editDistance(name, wireName(b));
    }));
}

} // namespace

Result<std::vector<Phrase>> parsePhrases(std::string_view text)
{
    std::vector<Phrase> phrases;
    std::unordered_map<std::string, std::size_t> firstLines;
    std::array<std::size_t, kIntentCount> counts{};
    std::size_t number = 0;
    for (std::size_t from = 0; from < text.size();) {
        const std::size_t to = std::min(text.find('\n', from), text.size());
        const std::string_view line = text.substr(from, to - from);
        from = to + 1;
        ++number;
        if (line.empty() || line.front() == '#')
            continue;
        const std::size_t tab = line.find('\t');
        if (tab == std::string_view::npos)
            return lineError(number, "expected intent<TAB>phrase");
        const std::string_view name = line.substr(0, tab);
        const auto intent = intentFromWireName(name);
        if (!intent)
            return lineError(number, "no intent \"" + std::string(name) + "\"; did you mean \"" +
                                         std::string(nearestIntentName(name)) + "\"?");
        const std::string_view phrase = line.substr(tab + 1);
        if (phrase.find_first_not_of(" \t\r") == std::string_view::npos)
            return lineError(number, "the phrase is empty");
        if (!isValidUtf8(phrase))
            return lineError(number, "the phrase is not well-formed UTF-8");
        const auto [first, isNew] = firstLines.emplace(std::string(phrase), number);
        if (!isNew)
            return lineError(number, "the phrase is also in line " + std::to_string(first->second));
        ++counts[static_cast<std::size_t>(*intent)];
        phrases.push_back({*intent, std::string(phrase), number});
    }
    for (const Intent intent : allIntents()) {
        if (counts[static_cast<std::size_t>(intent)] == 0)
            return Error{.code = Code::Invalid,
                         .message = "no phrase for intent \"" + std::string(wireName(intent)) + '"'};
    }
    return phrases;
}

} // namespace orchestra
