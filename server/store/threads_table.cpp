// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/store/table_access.h"
#include "shared/wire/error_table.h"

#include <algorithm>

namespace orchestra {
namespace {

#define THREAD_COLUMNS                                                                                                 \
    "thread_id, user_id, session_id, title, created_at, updated_at, epoch, head, message_count FROM threads "

ThreadRecord readThread(const SqliteRows &rows)
{
    ThreadRecord thread;
    thread.threadId = rows.id<ThreadId>(0);
    thread.userId = rows.text(1);
    thread.sessionId = rows.text(2);
    thread.title = rows.text(3);
    thread.createdAt = rows.integer(4);
    thread.updatedAt = rows.integer(5);
    thread.epoch = rows.count(6);
    thread.offset = rows.count(7);
    thread.messages = rows.count(8);
    return thread;
}

std::optional<ThreadRecord> findThread(SqliteConnection &database, const ThreadId &id)
{
    auto rows = database.query("SELECT " THREAD_COLUMNS "WHERE thread_id = ?", id);
    return rows.next() ? std::optional(readThread(rows)) : std::nullopt;
}

std::optional<ThreadRecord> findDefault(SqliteConnection &database, const OpenThread &request)
{
    if (request.sessionId.empty())
        return std::nullopt;
    auto rows = database.query("SELECT " THREAD_COLUMNS "WHERE user_id = ? AND session_id = ?", request.userId,
                               request.sessionId);
    return rows.next() ? std::optional(readThread(rows)) : std::nullopt;
}

Error noThread()
{
    return makeError(Code::NotFound, "there is no such thread");
}

} // namespace

Error damaged(std::string_view what)
{
    return Error{Code::Internal, "the database is damaged: " + std::string(what)};
}

Result<ThreadRecord> execute(TableAccess &tables, const OpenThread &request)
{
    SqliteConnection &database = tables.database;
    if (auto thread = findDefault(database, request))
        return *std::move(thread);
    if (auto taken = findThread(database, request.threadId)) {
        if (taken->userId != request.userId || taken->sessionId != request.sessionId)
            return makeError(Code::Conflict, "the thread id is taken");
        return *std::move(taken);
    }
    database.run("INSERT INTO threads (thread_id, user_id, session_id, created_at, updated_at) VALUES (?, ?, ?, ?, ?)",
                 request.threadId, request.userId, request.sessionId, request.at, request.at);
    auto made = findThread(database, request.threadId);
    return made ? Result<ThreadRecord>(*std::move(made)) : noThread();
}

Result<ThreadRecord> execute(TableAccess &tables, const FindThread &request)
{
    auto thread = findThread(tables.database, request.threadId);
    return thread ? Result<ThreadRecord>(*std::move(thread)) : noThread();
}

Result<ThreadRecords> execute(TableAccess &tables, const ListUserThreads &request)
{
    SqliteConnection &database = tables.database;
    std::optional<ThreadRecord> after;
    if (request.after) {
        after = findThread(database, *request.after);
        if (!after || after->userId != request.userId)
            return noThread();
    }
    const std::size_t limit = std::max<std::size_t>(1, request.limit);
    ThreadRecords page;
    const auto read = [&](SqliteRows rows) {
        while (rows.next()) {
            if (page.threads.size() == limit) {
                page.more = true;
                break;
            }
            page.threads.push_back(readThread(rows));
        }
    };
    // One more than asked for tells whether there are more.
    if (after)
        read(database.query("SELECT " THREAD_COLUMNS "WHERE user_id = ? AND (updated_at, thread_id) < (?, ?) "
                            "ORDER BY updated_at DESC, thread_id DESC LIMIT ?",
                            request.userId, after->updatedAt, after->threadId, limit + 1));
    else
        read(database.query("SELECT " THREAD_COLUMNS "WHERE user_id = ? "
                            "ORDER BY updated_at DESC, thread_id DESC LIMIT ?",
                            request.userId, limit + 1));
    return page;
}

Result<Ok> execute(TableAccess &tables, const EraseThread &request)
{
    // Messages, tasks, feedback and index entries go with it: see the triggers and keys of the schema.
    const auto erased = tables.database.run("DELETE FROM threads WHERE thread_id = ?", request.threadId);
    return erased > 0 ? Result<Ok>(Ok{}) : noThread();
}

} // namespace orchestra
