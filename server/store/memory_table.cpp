// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/store/table_access.h"
#include "shared/base/text.h"
#include "shared/wire/error_table.h"

#include <algorithm>
#include <limits>

namespace orchestra {
namespace {

constexpr std::size_t kWords = 32;
constexpr std::size_t kWordBytes = 64;
/// A word as short as this is looked for as it is, not as the beginning of others.
constexpr std::size_t kWholeWord = 2;

/// The word as an FTS5 string: whatever is between the quotes is text, never an operator.
std::string quoted(std::string_view word)
{
    std::string out = "\"";
    for (const char c : cutUtf8(word, kWordBytes)) {
        if (static_cast<unsigned char>(c) < 0x20)
            continue; // a NUL would end the expression
        out += c;
        if (c == '"')
            out += c;
    }
    return out + "\"";
}

std::string expressionFor(const RecallMemories &request)
{
    std::string words;
    for (std::size_t i = 0; i < std::min(request.words.size(), kWords); ++i) {
        words += (words.empty() ? "" : " OR ") + quoted(request.words[i]);
        if (request.words[i].size() > kWholeWord)
            words += " *";
    }
    return "owner : \"" + hex(request.userId) + "\" AND content : (" + words + ")";
}

void readInto(MemoryPage &page, SqliteRows rows)
{
    while (rows.next())
        page.memories.push_back({rows.count(0), rows.text(1), rows.integer(2)});
}

std::optional<bool> choiceOf(SqliteConnection &database, const std::string &userId)
{
    auto rows = database.query("SELECT is_on FROM memory_choices WHERE user_id = ?", userId);
    return rows.next() ? std::optional(rows.integer(0) != 0) : std::nullopt;
}

std::uint64_t countOf(SqliteConnection &database, const std::string &userId)
{
    auto rows = database.query("SELECT count(*) FROM memories WHERE user_id = ?", userId);
    return rows.next() ? rows.count(0) : 0;
}

} // namespace

Result<std::uint64_t> execute(TableAccess &tables, const Remember &request)
{
    SqliteConnection &database = tables.database;
    if (request.most > 0 && countOf(database, request.userId) >= request.most)
        return makeError(Code::TooLarge, "there are " + std::to_string(request.most) + " memories already");
    std::uint64_t number = 1;
    {
        auto rows =
            database.query("SELECT coalesce(max(number), 0) + 1 FROM memories WHERE user_id = ?", request.userId);
        number = rows.next() ? rows.count(0) : number;
    }
    database.run("INSERT INTO memories (user_id, number, content, at) VALUES (?, ?, ?, ?)", request.userId, number,
                 request.content, request.at);
    return number;
}

Result<MemoryPage> execute(TableAccess &tables, const RecallMemories &request)
{
    SqliteConnection &database = tables.database;
    MemoryPage page;
    page.isOn = choiceOf(database, request.userId);
    page.total = countOf(database, request.userId);
    const auto limit = static_cast<std::int64_t>(std::min<std::size_t>(request.limit, 100'000));
    if (limit == 0)
        return page;
    if (request.words.empty())
        readInto(page, database.query("SELECT number, content, at FROM memories WHERE user_id = ? "
                                      "ORDER BY number DESC LIMIT ?",
                                      request.userId, limit));
    else // The index is asked for the user's entries only; the owner of each row is compared all the same.
        readInto(page, database.query("SELECT m.number, m.content, m.at FROM memory_index i "
                                      "JOIN memories m ON m.memory_key = i.rowid "
                                      "WHERE memory_index MATCH ? AND rank MATCH 'bm25(0.0, 1.0)' AND m.user_id = ? "
                                      "ORDER BY rank LIMIT ?",
                                      expressionFor(request), request.userId, limit));
    return page;
}

Result<std::uint64_t> execute(TableAccess &tables, const ForgetMemories &request)
{
    SqliteConnection &database = tables.database;
    std::int64_t gone = 0;
    if (request.number)
        gone = database.run("DELETE FROM memories WHERE user_id = ? AND number = ?", request.userId, *request.number);
    else
        gone = database.run("DELETE FROM memories WHERE user_id = ?", request.userId);
    if (request.number && gone == 0)
        return makeError(Code::NotFound, "there is no memory " + std::to_string(*request.number));
    return static_cast<std::uint64_t>(gone);
}

Result<Ok> execute(TableAccess &tables, const ChooseMemory &request)
{
    tables.database.run("INSERT INTO memory_choices (user_id, is_on, at) VALUES (?, ?, ?) "
                        "ON CONFLICT (user_id) DO UPDATE SET is_on = excluded.is_on, at = excluded.at",
                        request.userId, request.isOn, request.at);
    return Ok{};
}

} // namespace orchestra
