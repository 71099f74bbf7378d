// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/agents/lexicon.h"

#include "server/agents/tokens.h"

#include <algorithm>

namespace orchestra {
namespace {

/// The stems of the words in `phrase`, which are divided by `separator`, joined by blanks.
std::string stemmed(std::string_view phrase, char separator)
{
    std::string key;
    for (std::size_t from = 0; from <= phrase.size();) {
        const std::size_t to = std::min(phrase.find(separator, from), phrase.size());
        if (to > from) {
            if (!key.empty())
                key += ' ';
            key += stem(phrase.substr(from, to - from));
        }
        from = to + 1;
    }
    return key;
}

/// Calls `each` with every part of `text` between `separator`s that is not empty.
template <class Each>
void forEachPart(std::string_view text, char separator, Each &&each)
{
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find(separator, at), text.size());
        if (end > at)
            each(text.substr(at, end - at));
        at = end + 1;
    }
}

} // namespace

Result<Lexicon> Lexicon::parse(std::string_view text)
{
    Lexicon lexicon;
    lexicon.source_ = std::string(text);
    std::size_t number = 0;
    for (std::size_t from = 0; from < text.size();) {
        const std::size_t to = std::min(text.find('\n', from), text.size());
        const std::string_view line = text.substr(from, to - from);
        from = to + 1;
        ++number;
        if (line.empty() || line.front() == '#')
            continue;
        if (std::string problem = lexicon.addConcept(line); !problem.empty())
            return Error{.code = Code::Invalid, .message = "line " + std::to_string(number) + ": " + problem};
    }
    return lexicon;
}

std::string Lexicon::addConcept(std::string_view line)
{
    const std::size_t tab = line.find('\t');
    if (tab == std::string_view::npos || tab == 0)
        return "expected concept<TAB>words";
    std::string name(line.substr(0, tab));
    const bool core = name.back() == '!';
    if (core)
        name.pop_back();
    if (std::find(names_.begin(), names_.end(), name) != names_.end())
        return "concept \"" + name + "\" is named twice";
    const auto id = static_cast<ConceptId>(names_.size());
    std::size_t found = 0;
    std::string problem;
    forEachPart(line.substr(tab + 1), ' ', [&](std::string_view word) {
        ++found;
        if (word.front() == '@')
            problem = problem.empty() ? include(word.substr(1), id) : problem;
        else
            addWord(word, id);
    });
    if (found == 0)
        return "concept \"" + name + "\" has no words";
    names_.push_back(std::move(name));
    core_.push_back(core);
    return problem;
}

void Lexicon::addWord(std::string_view word, ConceptId id)
{
    auto &ids = concepts_[stemmed(word, '_')];
    if (std::find(ids.begin(), ids.end(), id) == ids.end())
        ids.push_back(id);
    forEachPart(word, '_', [&](std::string_view part) { words_.emplace_back(part); });
}

std::string Lexicon::include(std::string_view name, ConceptId id)
{
    const auto found = std::find(names_.begin(), names_.end(), name);
    if (found == names_.end())
        return "no concept \"" + std::string(name) + "\" stands above";
    const auto other = static_cast<ConceptId>(found - names_.begin());
    for (auto &[key, ids] : concepts_) {
        if (std::find(ids.begin(), ids.end(), other) != ids.end() && std::find(ids.begin(), ids.end(), id) == ids.end())
            ids.push_back(id);
    }
    return {};
}

const std::vector<Lexicon::ConceptId> &Lexicon::conceptsOf(std::string_view wordOrPhrase) const
{
    static const std::vector<ConceptId> kNone;
    const auto found = concepts_.find(stemmed(wordOrPhrase, ' '));
    return found == concepts_.end() ? kNone : found->second;
}

} // namespace orchestra
