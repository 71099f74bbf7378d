// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/agents/misspelling.h"

#include <array>
#include <utility>
#include <vector>

namespace orchestra {
namespace {

// The keys beside each letter, a to z.
constexpr std::array<std::string_view, 26> kBeside = {"sqz", "vn", "xv", "sf", "wr", "dg", "fh", "gj", "uo",
                                                      "hk",  "jl", "k",  "n",  "bm", "ip", "o",  "wa", "et",
                                                      "ad",  "ry", "yi", "cb", "qe", "zc", "tu", "x"};

bool isLetter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

} // namespace

std::string misspelled(std::string_view text, RandomSource &random)
{
    std::string out(text);
    std::vector<std::pair<std::size_t, std::size_t>> words;
    for (std::size_t at = 0; at < out.size();) {
        std::size_t end = at;
        while (end < out.size() && isLetter(out[end]))
            ++end;
        if (end - at >= 4)
            words.emplace_back(at, end - at);
        at = end + 1;
    }
    if (words.empty())
        return out;
    const auto [begin, length] = words[random.next() % words.size()];
    const std::size_t at = begin + 1 + random.next() % (length - 1); // the first letter is rarely the wrong one
    switch (random.next() % 4) {
    case 0:
        out.erase(at, 1);
        break;
    case 1:
        out.insert(at, 1, out[at]);
        break;
    case 2:
        std::swap(out[at], out[at + 1 < begin + length ? at + 1 : at - 1]);
        break;
    default:
        if (out[at] >= 'a' && out[at] <= 'z') {
            const std::string_view keys = kBeside[static_cast<std::size_t>(out[at] - 'a')];
            out[at] = keys[random.next() % keys.size()];
        }
    }
    return out;
}

} // namespace orchestra
