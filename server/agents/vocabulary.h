// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace orchestra {

/// The words a reader knows, and the spelling correction towards those that matter to it.
/// A word that is known, or a form of one that is, is never corrected, even if it lies close to a target.
class Vocabulary
{
public:
    /// Makes `word` known. `weight` > 0 makes it a target of correction too; among equally close targets the larger
    /// sum of weights wins.
    void learn(std::string_view word, std::uint32_t weight);

    /// True for a learned word and for another form of one ("connecting" for "connection").
    bool knows(std::string_view word) const;
    bool isTarget(std::string_view word) const;
    std::size_t size() const { return words_.size(); }

    /// `word` itself when it is known or nothing is near; else the nearest target, or two words with a blank between
    /// them when that was merely forgotten ("showtasks"). Linear in the number of targets.
    std::string corrected(std::string_view word) const;

    struct Entry
    {
        std::string word;
        std::uint32_t weight;
    };
    /// Every word in alphabetical order, fit to rebuild the vocabulary with learn().
    std::vector<Entry> entries() const;

private:
    struct Target
    {
        std::string word;
        std::uint32_t letters; ///< one bit per letter, to dismiss most targets without an edit distance
    };

    std::string nearestTarget(std::string_view word) const;
    std::string splitInTwo(std::string_view word) const;

    std::unordered_map<std::string, std::uint32_t> words_; ///< word -> weight
    std::unordered_set<std::string> stems_;
    std::vector<Target> targets_;
};

} // namespace orchestra
