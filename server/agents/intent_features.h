// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/agents/lexicon.h"
#include "server/agents/tokens.h"
#include "server/agents/vocabulary.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace orchestra {

/// Kinds of evidence. Each group is scaled to unit length on its own, so that the many letter groups of a text do not
/// drown its few words.
enum class FeatureGroup : std::uint8_t { Words, WordPairs, Concepts, ConceptPairs, Frames, Letters };
inline constexpr std::size_t kFeatureGroups = 6;

/// A hashed feature. Two features of different groups never share a key on purpose; a collision of the 32-bit hash is
/// harmless noise.
struct Feature
{
    std::uint32_t key = 0;
    FeatureGroup group = FeatureGroup::Words;

    auto operator<=>(const Feature &) const = default;
};

/// A text as the classifier sees it.
struct ReadText
{
    std::vector<Feature> features; ///< sorted, without repeats
    std::size_t contentWords = 0;  ///< words that are no stop words, and recognised things
    std::size_t knownWords = 0;    ///< those of them that are known, perhaps after correction, or recognised
};

/// Turns text into features: stems of words, their pairs, first and last; concepts and ordered pairs of concepts;
/// groups of 3 to 5 letters within a word. Spelling is corrected first; numbers, names and quotations count only by
/// their kind. Reads at most the first 600 bytes and 48 tokens: what a person wants stands at the beginning.
/// Borrows both arguments. Pure.
class IntentFeatures
{
public:
    IntentFeatures(const Lexicon &lexicon, const Vocabulary &vocabulary)
        : lexicon_(lexicon)
        , vocabulary_(vocabulary)
    {
    }

    /// `novelWords` reads every word that has a concept as if it were met for the first time, known by its concept
    /// alone: training uses it to prepare for words that no phrase contains.
    ReadText read(std::string_view text, bool novelWords = false) const;

private:
    const Lexicon &lexicon_;
    const Vocabulary &vocabulary_;
};

} // namespace orchestra
