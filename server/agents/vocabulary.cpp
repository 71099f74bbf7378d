// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/agents/vocabulary.h"

#include "server/agents/tokens.h"
#include "shared/base/text.h"

#include <algorithm>
#include <bit>

namespace orchestra {
namespace {

constexpr std::size_t kShortestTarget = 4;
constexpr std::size_t kLongestWord = 24;

std::uint32_t letterMask(std::string_view word)
{
    std::uint32_t mask = 0;
    for (const char c : word)
        mask |= 1U << (static_cast<unsigned char>(c) % 32U);
    return mask;
}

/// How many edits a word of this length may be away from what was meant.
std::size_t allowedEdits(std::size_t length)
{
    return length < 7 ? 1 : 2;
}

/// People rarely mistype the first letter; without it, short words drift too far ("mask" is no "task").
bool beginsAlike(std::string_view word, std::string_view target)
{
    if (word[0] == target[0])
        return true;
    return word.size() > 1 && ((word[0] == target[1] && word[1] == target[0]) || // the first two swapped
                               (word.size() >= 5 && (word[0] == target[1] || word[1] == target[0]))); // one lost or new
}

} // namespace

void Vocabulary::learn(std::string_view word, std::uint32_t weight)
{
    std::uint32_t &known = words_[std::string(word)];
    stems_.insert(stem(word));
    const bool letters = std::all_of(word.begin(), word.end(), [](char c) { return c >= 'a' && c <= 'z'; });
    if (known == 0 && weight > 0 && word.size() >= kShortestTarget && letters)
        targets_.push_back({std::string(word), letterMask(word)});
    known += weight;
}

bool Vocabulary::knows(std::string_view word) const
{
    return words_.contains(std::string(word)) || stems_.contains(stem(word));
}

bool Vocabulary::isTarget(std::string_view word) const
{
    const auto found = words_.find(std::string(word));
    return found != words_.end() && found->second > 0;
}

std::string Vocabulary::corrected(std::string_view word) const
{
    if (word.size() < 3 || word.size() > kLongestWord || knows(word))
        return std::string(word);
    if (std::string near = nearestTarget(word); !near.empty())
        return near;
    if (std::string two = splitInTwo(word); !two.empty())
        return two;
    return std::string(word);
}

std::string Vocabulary::nearestTarget(std::string_view word) const
{
    const std::uint32_t letters = letterMask(word);
    const std::size_t allowed = allowedEdits(word.size());
    std::size_t best = allowed + 1;
    std::uint32_t bestWeight = 0;
    const Target *nearest = nullptr;
    for (const Target &target : targets_) {
        const std::size_t longer = std::max(target.word.size(), word.size());
        const std::size_t shorter = std::min(target.word.size(), word.size());
        if (longer - shorter > allowed || std::popcount(letters ^ target.letters) > static_cast<int>(2 * allowed))
            continue;
        if (!beginsAlike(word, target.word))
            continue;
        // Three letters say little: only a letter missing from the middle is repaired ("hlp", "tsk").
        if (word.size() == 3 && (target.word.size() != 4 || word[0] != target.word[0] || word[2] != target.word[3]))
            continue;
        const std::size_t distance = editDistance(word, target.word);
        if (distance > allowed || (distance == 2 && target.word.size() < 6))
            continue;
        const std::uint32_t weight = words_.at(target.word);
        if (distance < best || (distance == best && weight > bestWeight)) {
            best = distance;
            bestWeight = weight;
            nearest = &target;
        }
    }
    return nearest == nullptr ? std::string() : nearest->word;
}

std::string Vocabulary::splitInTwo(std::string_view word) const
{
    for (std::size_t at = 2; at + 2 <= word.size() && word.size() >= 6; ++at) {
        const std::string_view left = word.substr(0, at);
        const std::string_view right = word.substr(at);
        const bool longOnes = left.size() >= 4 || right.size() >= 4;
        if (longOnes && isTarget(left) && isTarget(right))
            return std::string(left) + ' ' + std::string(right);
    }
    return {};
}

std::vector<Vocabulary::Entry> Vocabulary::entries() const
{
    std::vector<Entry> all;
    all.reserve(words_.size());
    for (const auto &[word, weight] : words_)
        all.push_back({word, weight});
    std::sort(all.begin(), all.end(), [](const Entry &a, const Entry &b) { return a.word < b.word; });
    return all;
}

} // namespace orchestra
