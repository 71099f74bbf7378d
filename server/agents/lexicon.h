// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/result.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace orchestra {

/// Which words mean much the same: "kick", "boot" and "disconnect" share the concept "close".
/// A word may carry several concepts. Inflected words are found by their stem. Immutable after parsing.
class Lexicon
{
public:
    using ConceptId = std::uint16_t;

    /// Reads lines `concept<TAB>word word ...`; an underscore joins the words of a phrase; `@name` takes in the words
    /// of a concept above; a concept whose name ends in `!` is core: it names a thing that this server deals with. `#`
    /// begins a comment line. Invalid with the line number for a line without a tab, a concept without words, a concept
    /// named twice or a reference to none.
    static Result<Lexicon> parse(std::string_view text);

    /// The concepts of one word, or of a phrase of two or three words joined by blanks. Empty for others.
    const std::vector<ConceptId> &conceptsOf(std::string_view wordOrPhrase) const;
    const std::string &name(ConceptId concept_) const { return names_[concept_]; }
    bool isCore(ConceptId concept_) const { return core_[concept_]; }

    /// Every word as it stands in the text, in the order of the text; phrases word by word.
    const std::vector<std::string> &words() const { return words_; }
    /// The parsed text, to be stored in a model.
    const std::string &source() const { return source_; }

private:
    /// These return what is wrong, or nothing.
    std::string addConcept(std::string_view line);
    std::string include(std::string_view name, ConceptId id);
    void addWord(std::string_view word, ConceptId id);

    std::vector<std::string> names_;
    std::vector<bool> core_;
    std::vector<std::string> words_;
    std::unordered_map<std::string, std::vector<ConceptId>> concepts_; ///< key: the stems, joined by blanks
    std::string source_;
};

} // namespace orchestra
