// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/agents/docs_index.h"

#include "server/agents/markdown_blocks.h"
#include "server/agents/tokens.h"
#include "shared/base/text.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>
#include <utility>

namespace orchestra {
namespace {

constexpr std::size_t kQueryBytes = 500;
constexpr std::size_t kExcerptBytes = 400;
constexpr float kHeadingWeight = 1.5F; // of a word in the innermost heading, against 1 in the text
constexpr float kOuterWeight = 0.5F;   // in a heading further out, or in the name of the file
constexpr double kSaturation = 1.2;    // BM25's k1
constexpr double kLengthShare = 0.5;   // BM25's b; mild, because blocks are short by nature

// Words of asking that say nothing about what is asked for.
constexpr std::array<std::string_view, 44> kAsking = {
    "anything", "chapter",    "cite",    "describe", "doc",     "docs", "documentation", "documented", "explain",
    "find",     "get",        "give",    "guide",    "happens", "help", "know",          "learn",      "look",
    "manual",   "mean",       "meaning", "means",    "mention", "need", "open",          "page",       "quote",
    "read",     "say",        "says",    "search",   "section", "show", "tell",          "there",      "topic",
    "tutorial", "understand", "use",     "want",     "word",    "work", "works",         "write",
};
static_assert(std::is_sorted(kAsking.begin(), kAsking.end()));

bool isLower(char c)
{
    return (c >= 'a' && c <= 'z') || static_cast<unsigned char>(c) >= 0x80;
}
bool isUpper(char c)
{
    return c >= 'A' && c <= 'Z';
}
bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}
bool isTermByte(char c)
{
    return isLower(c) || isUpper(c) || isDigit(c) || c == '_';
}

/// A word of a text: as written in lower case, and what it is matched by.
struct Term
{
    std::string word;
    std::string key;
    std::size_t offset = 0;
};

void addTerm(std::string_view raw, std::size_t offset, std::vector<Term> &out)
{
    std::string word = lowerAscii(raw);
    std::string key = stem(word);
    out.push_back({std::move(word), std::move(key), offset});
}

/// Words, and of joined names both the whole and the parts: FrameSocket, drain_timeout.
std::vector<Term> termsIn(std::string_view text)
{
    std::vector<Term> terms;
    for (std::size_t at = 0; at < text.size();) {
        std::size_t end = at;
        while (end < text.size() && isTermByte(text[end]))
            ++end;
        if (end == at) {
            ++at;
            continue;
        }
        const std::string_view whole = text.substr(at, end - at);
        std::vector<std::pair<std::size_t, std::size_t>> parts;
        std::size_t from = 0;
        for (std::size_t i = 1; i <= whole.size(); ++i) {
            const bool breaks = i == whole.size() || whole[i] == '_' || whole[i - 1] == '_' ||
                                (isUpper(whole[i]) && isLower(whole[i - 1]));
            if (!breaks)
                continue;
            if (whole[from] != '_')
                parts.emplace_back(from, i - from);
            from = i;
        }
        addTerm(whole, at, terms);
        for (const auto &[begin, length] : parts) {
            if (length < whole.size())
                addTerm(whole.substr(begin, length), at + begin, terms);
        }
        at = end;
    }
    return terms;
}

bool isAsking(std::string_view word)
{
    return isStopWord(word) || std::binary_search(kAsking.begin(), kAsking.end(), word);
}

std::string joined(const std::vector<std::string> &headings)
{
    std::string path;
    for (const std::string &heading : headings)
        path += (path.empty() ? "" : " > ") + heading;
    return path;
}

} // namespace

DocsIndex::DocsIndex(std::vector<Document> documents)
    : documents_(std::move(documents))
{
    for (std::size_t number = 0; number < documents_.size(); ++number) {
        const Document &document = documents_[number];
        for (const MarkdownBlock &found : markdownBlocks(document.text)) {
            std::map<std::string, float> weights;
            const auto count = [&](std::string_view text, float weight) {
                for (const Term &term : termsIn(text)) {
                    weights[term.key] += weight;
                    words_.learn(term.word, 1);
                }
            };
            count(std::string_view(document.text).substr(found.offset, found.length), 1);
            for (std::size_t depth = 0; depth < found.headings.size(); ++depth)
                count(found.headings[depth], depth + 1 == found.headings.size() ? kHeadingWeight : kOuterWeight);
            count(document.file, kOuterWeight);
            Block block{number, joined(found.headings), found.headingLine, found.line, found.offset, found.length};
            for (const auto &[key, weight] : weights) {
                postings_[key].push_back({static_cast<std::uint32_t>(blocks_.size()), weight});
                block.weight += weight;
            }
            blocks_.push_back(std::move(block));
        }
    }
    double sum = 0;
    for (const Block &block : blocks_)
        sum += block.weight;
    meanWeight_ = blocks_.empty() ? 1 : sum / static_cast<double>(blocks_.size());
}

std::vector<DocsIndex::QueryTerm> DocsIndex::termsOf(std::string_view query) const
{
    const std::vector<Term> words = termsIn(cutUtf8(query, kQueryBytes));
    const bool onlyAsking =
        std::all_of(words.begin(), words.end(), [](const Term &term) { return isAsking(term.word); });
    std::vector<QueryTerm> terms;
    std::set<std::string> seen;
    for (const Term &word : words) {
        if (!onlyAsking && isAsking(word.word))
            continue;
        for (const Term &part : termsIn(words_.corrected(word.word))) {
            if (!seen.insert(part.key).second)
                continue;
            const auto found = postings_.find(part.key);
            const double blocks = static_cast<double>(blocks_.size());
            const double holding = found == postings_.end() ? 0 : static_cast<double>(found->second.size());
            const double rarity = std::log(1 + (blocks - holding + 0.5) / (holding + 0.5));
            terms.push_back({part.key, found == postings_.end() ? nullptr : &found->second, rarity});
        }
    }
    return terms;
}

std::vector<DocsHit> DocsIndex::search(std::string_view query, std::size_t limit) const
{
    const std::vector<QueryTerm> terms = termsOf(query);
    struct Score
    {
        double score = 0;
        double matched = 0;
    };
    std::map<std::uint32_t, Score> scores;
    double asked = 0;
    for (const QueryTerm &term : terms) {
        asked += term.rarity;
        if (term.postings == nullptr)
            continue;
        for (const Posting &posting : *term.postings) {
            const double length = 1 - kLengthShare + kLengthShare * blocks_[posting.block].weight / meanWeight_;
            const double often = posting.weight;
            Score &score = scores[posting.block];
            score.score += term.rarity * often * (kSaturation + 1) / (often + kSaturation * length);
            score.matched += term.rarity;
        }
    }
    std::vector<std::pair<double, std::uint32_t>> ranked;
    for (const auto &[block, score] : scores) // a block that holds all that was asked beats one that repeats a part
        ranked.emplace_back(score.score * score.matched / asked, block);
    std::sort(ranked.begin(), ranked.end(), [](const auto &a, const auto &b) {
        return a.first != b.first ? a.first > b.first : a.second < b.second;
    });

    std::vector<DocsHit> hits;
    std::set<std::pair<std::size_t, std::size_t>> sections;
    for (const auto &[score, number] : ranked) {
        if (hits.size() >= limit)
            break;
        const Block &block = blocks_[number];
        if (!sections.emplace(block.document, block.headingLine).second)
            continue;
        DocsHit hit{.file = documents_[block.document].file, .headings = block.headings, .line = block.line};
        hit.excerpt = excerptOf(block, terms, hit.line);
        hit.score = score;
        hit.coverage = scores[number].matched / asked;
        hits.push_back(std::move(hit));
    }
    return hits;
}

std::string DocsIndex::excerptOf(const Block &block, const std::vector<QueryTerm> &terms, std::size_t &line) const
{
    std::string_view text = std::string_view(documents_[block.document].text).substr(block.offset, block.length);
    if (text.size() > kExcerptBytes) {
        // Begin with the line of the first match, unless the beginning shows it anyway.
        const std::vector<Term> words = termsIn(text);
        const auto match = std::find_if(words.begin(), words.end(), [&](const Term &word) {
            return std::any_of(terms.begin(), terms.end(),
                               [&](const QueryTerm &term) { return term.term == word.key; });
        });
        if (match != words.end() && match->offset > kExcerptBytes / 2) {
            const std::size_t begin = text.rfind('\n', match->offset);
            if (begin != std::string_view::npos) {
                line += static_cast<std::size_t>(
                    std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(begin) + 1, '\n'));
                text.remove_prefix(begin + 1);
            }
        }
    }
    std::string_view excerpt = cutUtf8(text, kExcerptBytes);
    if (excerpt.size() < text.size()) {
        if (const std::size_t blank = excerpt.find_last_of(" \n"); blank != std::string_view::npos && blank > 0)
            excerpt = excerpt.substr(0, blank);
    }
    return std::string(excerpt);
}

} // namespace orchestra
