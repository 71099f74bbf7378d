// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/store/message_rows.h"
#include "shared/wire/error_table.h"
#include "shared/wire/json_reader.h"
#include "shared/wire/json_writer.h"

#include <algorithm>
#include <limits>

namespace orchestra {
namespace {

/// FNV-1a: each step is a bijection of the state, so a single changed byte always changes the result.
class Digest
{
public:
    void add(std::string_view bytes)
    {
        for (const char c : bytes)
            add(static_cast<std::uint8_t>(c));
    }
    void add(std::int64_t value)
    {
        for (unsigned shift = 0; shift < 64; shift += 8)
            add(static_cast<std::uint8_t>(static_cast<std::uint64_t>(value) >> shift));
    }
    void add(std::uint8_t byte) { state_ = (state_ ^ byte) * 0x100000001b3U; }
    std::int64_t value() const { return static_cast<std::int64_t>(state_); }

private:
    std::uint64_t state_ = 0xcbf29ce484222325U;
};

struct ThreadPlace
{
    std::int64_t key = 0;
    std::int64_t before = std::numeric_limits<std::int64_t>::max(); ///< messages from this key on are left out
};

Result<ThreadPlace> findPlace(SqliteConnection &database, const ReadMessages &request)
{
    ThreadPlace place;
    {
        auto rows = database.query("SELECT thread_key FROM threads WHERE thread_id = ?", request.threadId);
        if (!rows.next())
            return makeError(Code::NotFound, "there is no such thread");
        place.key = rows.integer(0);
    }
    if (request.before) {
        auto rows = database.query("SELECT message_key FROM messages WHERE message_id = ? AND thread_key = ?",
                                   *request.before, place.key);
        if (!rows.next())
            return makeError(Code::NotFound, "there is no such message in the thread");
        place.before = rows.integer(0);
    }
    return place;
}

Result<wire::StoredMessage> readMessage(TableAccess &tables, const SqliteRows &rows)
{
    wire::StoredMessage message;
    message.messageId = rows.id<MessageId>(0);
    const auto role = valueOf<wire::MessageRole>(rows.text(1));
    message.content = rows.text(2);
    message.at.ms = rows.integer(3);
    if (!role || messageDigest(message.messageId, *role, message.at.ms, message.content) != rows.integer(4))
        return damaged("message " + toString(message.messageId) + " is not what was stored");
    message.role = *role;
    message.taskId = rows.id<TaskId>(5);
    if (message.role == wire::MessageRole::User) {
        if (std::string ref = rows.text(6); !ref.empty())
            message.ref = std::move(ref);
    } else {
        const auto outcome = readOutcome(tables, rows.text(7));
        if (!outcome)
            return outcome.error();
        message.status = outcome->status;
        message.error = outcome->error;
    }
    message.epoch = rows.count(8);
    message.offset = rows.count(9);
    return message;
}

/// The text so far of the task that runs. At most one task of a thread runs; the others wait and have said nothing.
void appendCheckpoint(SqliteConnection &database, const ThreadPlace &place, MessagePage &page)
{
    auto rows = database.query("SELECT k.answer_id, k.checkpoint, k.checkpoint_at, k.task_id, t.epoch "
                               "FROM tasks k JOIN threads t USING (thread_key) "
                               "WHERE k.thread_key = ? AND k.outcome IS NULL AND k.checkpoint IS NOT NULL "
                               "ORDER BY k.task_key",
                               place.key);
    while (rows.next()) {
        wire::StoredMessage message;
        message.messageId = rows.id<MessageId>(0);
        message.role = wire::MessageRole::Assistant;
        message.content = rows.text(1);
        message.at.ms = rows.integer(2);
        message.taskId = rows.id<TaskId>(3);
        message.epoch = rows.count(4);
        page.messages.push_back(std::move(message));
    }
}

} // namespace

std::int64_t messageDigest(const MessageId &id, wire::MessageRole role, WallMs at, std::string_view content)
{
    Digest digest;
    for (const std::uint8_t byte : id.bytes())
        digest.add(byte);
    digest.add(static_cast<std::uint8_t>(role));
    digest.add(at);
    digest.add(content);
    return digest.value();
}

std::int64_t insertMessage(SqliteConnection &database, const NewMessage &message)
{
    // The key is asked for beforehand, because a user's message names it as its task's too.
    const auto last = database.integer("SELECT max(message_key) FROM messages");
    const std::int64_t key = last.value_or(0) + 1;
    database.run("INSERT INTO messages (message_key, message_id, thread_key, task_key, role, content, at, epoch, "
                 "event_offset, digest) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                 key, message.messageId, message.threadKey, message.taskKey.value_or(key), nameOf(message.role),
                 message.content, message.at, message.epoch, message.offset,
                 messageDigest(message.messageId, message.role, message.at, message.content));
    return key;
}

std::string outcomeText(wire::AgentCompleted completed)
{
    completed.content.clear();
    return wire::toJson(completed);
}

Result<wire::AgentCompleted> readOutcome(TableAccess &tables, std::string_view outcome)
{
    // A newer version, whose schema is still ours, may have said more.
    auto completed = tables.json.read<wire::AgentCompleted>(outcome, wire::UnknownMembers::Ignore);
    return completed ? std::move(completed) : damaged("the outcome of a task cannot be read");
}

Result<MessagePage> execute(TableAccess &tables, const ReadMessages &request)
{
    SqliteConnection &database = tables.database;
    const auto place = findPlace(database, request);
    if (!place)
        return place.error();
    const std::size_t limit = std::max<std::size_t>(1, request.limit);
    MessagePage page;
    {
        // One more than asked for tells whether there are older ones.
        auto rows = database.query("SELECT m.message_id, m.role, m.content, m.at, m.digest, k.task_id, k.ref, "
                                   "k.outcome, m.epoch, m.event_offset "
                                   "FROM messages m JOIN tasks k ON k.task_key = m.task_key "
                                   "WHERE m.thread_key = ? AND m.message_key < ? "
                                   "ORDER BY m.message_key DESC LIMIT ?",
                                   place->key, place->before, limit + 1);
        while (rows.next()) {
            if (page.messages.size() == limit) {
                page.more = true;
                break;
            }
            auto message = readMessage(tables, rows);
            if (!message)
                return message.error();
            page.messages.push_back(*std::move(message));
        }
    }
    std::reverse(page.messages.begin(), page.messages.end());
    if (!request.before)
        appendCheckpoint(database, *place, page);
    return page;
}

} // namespace orchestra
