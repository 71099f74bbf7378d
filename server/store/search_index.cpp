// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/store/table_access.h"
#include "shared/base/text.h"
#include "shared/wire/error_table.h"

#include <algorithm>
#include <limits>

namespace orchestra {
namespace {

// Enough for a sentence; a longer query is cut, so that a search costs no more than its index entries.
constexpr std::size_t kQueryWords = 32;
constexpr std::size_t kWordBytes = 64;
// Everybody's messages wait behind a search. Of a word that is in very many messages all have to be weighed.
constexpr auto kSearchTime = std::chrono::milliseconds(150);

bool isSpace(char c)
{
    // Control characters too: a NUL would end the expression.
    return static_cast<unsigned char>(c) <= 0x20 || c == 0x7f;
}

/// The word as an FTS5 string: whatever is between the quotes is text, never an operator.
std::string quoted(std::string_view word)
{
    std::string out = "\"";
    for (const char c : cutUtf8(word, kWordBytes)) {
        out += c;
        if (c == '"')
            out += c;
    }
    return out + "\"";
}

/// Every word must occur; the last one may be the beginning of a word, as it is while somebody types.
std::string wordsExpression(std::string_view query)
{
    std::string out;
    std::size_t words = 0;
    for (std::size_t at = 0; at < query.size() && words < kQueryWords;) {
        if (isSpace(query[at])) {
            ++at;
            continue;
        }
        const std::size_t begin = at;
        while (at < query.size() && !isSpace(query[at]))
            ++at;
        // Words side by side, not joined by AND: then one without a letter or digit is left out of the search.
        out += (words++ ? " " : "") + quoted(query.substr(begin, at - begin));
    }
    return words ? out + " *" : out;
}

std::string expressionFor(const SearchMessages &request)
{
    return "owner : \"" + hex(request.userId) + "\" AND content : (" + wordsExpression(request.query) + ")";
}

} // namespace

Result<SearchHits> execute(TableAccess &tables, const SearchMessages &request)
{
    SearchHits found;
    if (std::all_of(request.query.begin(), request.query.end(), isSpace))
        return found;
    const SqliteConnection::TimeLimit limit(tables.database, tables.clock, tables.clock.now() + kSearchTime);
    // The index is asked for the user's entries only; the thread's own user is compared all the same.
    auto rows = tables.database.query(
        "SELECT t.thread_id, m.message_id, m.role, m.at, snippet(message_index, 1, '[', ']', '…', 16) "
        "FROM message_index i JOIN messages m ON m.message_key = i.rowid JOIN threads t USING (thread_key) "
        "WHERE message_index MATCH ? AND rank MATCH 'bm25(0.0, 1.0)' AND t.user_id = ? AND m.at >= ? AND m.at <= ? "
        "ORDER BY rank LIMIT ?",
        expressionFor(request), request.userId, request.from.value_or(std::numeric_limits<WallMs>::min()),
        request.to.value_or(std::numeric_limits<WallMs>::max()), std::max<std::size_t>(1, request.limit));
    while (rows.next()) {
        SearchHit hit;
        hit.threadId = rows.id<ThreadId>(0);
        hit.messageId = rows.id<MessageId>(1);
        hit.role = valueOf<wire::MessageRole>(rows.text(2)).value_or(wire::MessageRole::User);
        hit.at = rows.integer(3);
        hit.snippet = rows.text(4);
        found.hits.push_back(std::move(hit));
    }
    if (tables.database.hasFailed() && tables.database.failure().isTimeout()) {
        tables.database.clearFailure();
        return makeError(Code::Invalid, "too many messages match; add a rarer word");
    }
    return found;
}

} // namespace orchestra
