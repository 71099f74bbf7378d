// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/agents/vocabulary.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace orchestra {

/// A Markdown file. `file` is what a citation calls it, for example "adr/0004-circuit-breaker.md".
struct Document
{
    std::string file;
    std::string text;
};

/// A place in the documentation that answers a query.
struct DocsHit
{
    std::string file;
    std::string headings; ///< path of headings, outermost first, joined by " > "
    std::size_t line = 1; ///< of the excerpt's first line, 1-based
    std::string excerpt;  ///< verbatim text of the file, at most about 400 bytes
    double score = 0;     ///< comparable within one answer only
    double coverage = 0;  ///< 0..1: how much of what the query asks for stands here, rare words counting more

    bool operator==(const DocsHit &) const = default;
};

/// Full-text search over Markdown files: BM25 over paragraphs, list items and table rows, whose headings count too; at
/// most one hit for each section. Query words are corrected towards the words of the documents, and matched by their
/// stems. Immutable after construction.
class DocsIndex
{
public:
    explicit DocsIndex(std::vector<Document> documents);

    /// The best places, best first. Nothing for a query without a word that the documents know.
    std::vector<DocsHit> search(std::string_view query, std::size_t limit) const;

    std::size_t blockCount() const { return blocks_.size(); }

private:
    struct Block
    {
        std::size_t document = 0;
        std::string headings;
        std::size_t headingLine = 1;
        std::size_t line = 1;
        std::size_t offset = 0;
        std::size_t length = 0;
        double weight = 0; ///< sum of its terms' weights, the length that BM25 asks for
    };
    struct Posting
    {
        std::uint32_t block = 0;
        float weight = 0; ///< how often the term stands there, headings counting more
    };
    struct QueryTerm
    {
        std::string term;
        const std::vector<Posting> *postings = nullptr;
        double rarity = 0;
    };

    std::vector<QueryTerm> termsOf(std::string_view query) const;
    std::string excerptOf(const Block &block, const std::vector<QueryTerm> &terms, std::size_t &line) const;

    std::vector<Document> documents_;
    std::vector<Block> blocks_;
    std::unordered_map<std::string, std::vector<Posting>> postings_;
    Vocabulary words_;
    double meanWeight_ = 1;
};

} // namespace orchestra
