// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/store/message_rows.h"
#include "shared/base/text.h"
#include "shared/wire/error_table.h"
#include "shared/wire/json_reader.h"
#include "shared/wire/json_writer.h"

#include <map>

namespace orchestra {
namespace {

constexpr std::size_t kTitleBytes = 80;

struct KnownKey
{
    std::int64_t taskKey = 0;
    std::string bodyHash;
};

/// The last task under this idempotency key, unless that is forgotten by now.
std::optional<KnownKey> findKey(TableAccess &tables, std::int64_t threadKey, const AcceptMessage &request)
{
    if (request.ref.empty())
        return std::nullopt;
    auto rows = tables.database.query("SELECT task_key, body_hash, accepted_at FROM tasks "
                                      "WHERE thread_key = ? AND ref = ? ORDER BY task_key DESC LIMIT 1",
                                      threadKey, request.ref);
    // A clock that was set back makes an age negative: then the key is remembered longer, never shorter.
    if (!rows.next() || request.at - rows.integer(2) >= tables.options.idempotency.count())
        return std::nullopt;
    return KnownKey{rows.integer(0), rows.text(1)};
}

/// What the first use of an idempotency key led to.
Result<AcceptedTask> firstUse(TableAccess &tables, std::int64_t taskKey)
{
    AcceptedTask first;
    first.isNew = false;
    std::optional<std::string> outcome;
    {
        auto rows = tables.database.query("SELECT m.message_id, k.task_id, m.epoch, m.event_offset, k.outcome "
                                          "FROM tasks k JOIN messages m ON m.message_key = k.task_key "
                                          "WHERE k.task_key = ?",
                                          taskKey);
        if (!rows.next())
            return damaged("a task has no message");
        first.messageId = rows.id<MessageId>(0);
        first.taskId = rows.id<TaskId>(1);
        first.epoch = rows.count(2);
        first.offset = rows.count(3);
        outcome = rows.optionalText(4);
    }
    if (!outcome)
        return first;
    auto completed = readOutcome(tables, *outcome);
    if (!completed)
        return completed.error();
    auto rows = tables.database.query("SELECT content, role, at, digest FROM messages WHERE message_id = ?",
                                      completed->messageId);
    if (!rows.next())
        return damaged("a task that has ended has no answer");
    completed->content = rows.text(0);
    if (messageDigest(completed->messageId, wire::MessageRole::Assistant, rows.integer(2), completed->content) !=
        rows.integer(3))
        return damaged("message " + toString(completed->messageId) + " is not what was stored");
    first.completed = *std::move(completed);
    return first;
}

std::string_view titleOf(const AcceptMessage &request)
{
    std::string_view title = request.title;
    if (title.empty())
        title = std::string_view(request.content).substr(0, request.content.find('\n'));
    return cutUtf8(title, kTitleBytes);
}

/// A task that has not been erased, with what its thread says.
struct FoundTask
{
    std::int64_t taskKey = 0;
    std::int64_t threadKey = 0;
    MessageId answerId;
    std::optional<std::string> outcome;
    std::uint64_t epoch = 0;
};

std::optional<FoundTask> findTask(SqliteConnection &database, const FinishTask &request)
{
    auto rows = database.query("SELECT k.task_key, k.thread_key, k.answer_id, k.outcome, t.epoch "
                               "FROM tasks k JOIN threads t USING (thread_key) "
                               "WHERE k.task_id = ? AND t.thread_id = ? AND t.user_id = ?",
                               request.taskId, request.threadId, request.userId);
    if (!rows.next())
        return std::nullopt;
    return FoundTask{rows.integer(0), rows.integer(1), rows.id<MessageId>(2), rows.optionalText(3), rows.count(4)};
}

/// The event and the answer's message, together: neither is ever there without the other.
void endTask(SqliteConnection &database, const FoundTask &task, const wire::AgentCompleted &completed,
             std::uint64_t epoch, std::uint64_t offset, WallMs at)
{
    NewMessage answer;
    answer.messageId = task.answerId;
    answer.threadKey = task.threadKey;
    answer.taskKey = task.taskKey;
    answer.role = wire::MessageRole::Assistant;
    answer.content = completed.content;
    answer.at = at;
    answer.epoch = epoch;
    answer.offset = offset;
    insertMessage(database, answer);
    database.run("UPDATE tasks SET outcome = ?, ended_at = ?, checkpoint = NULL, checkpoint_provenance = NULL, "
                 "checkpoint_at = NULL WHERE task_key = ?",
                 outcomeText(completed), at, task.taskKey);
}

struct Interrupted
{
    FoundTask task;
    std::string checkpoint;
    std::string provenance;
};

std::vector<Interrupted> findInterrupted(SqliteConnection &database)
{
    std::vector<Interrupted> found;
    auto rows = database.query("SELECT k.task_key, k.thread_key, k.answer_id, k.checkpoint, k.checkpoint_provenance, "
                               "t.epoch FROM tasks k INDEXED BY tasks_unfinished JOIN threads t USING (thread_key) "
                               "WHERE k.outcome IS NULL ORDER BY k.task_key");
    while (rows.next())
        found.push_back(
            {{rows.integer(0), rows.integer(1), rows.id<MessageId>(2), {}, rows.count(5)}, rows.text(3), rows.text(4)});
    return found;
}

wire::AgentCompleted interruptedOutcome(TableAccess &tables, Interrupted &interrupted)
{
    wire::AgentCompleted completed;
    completed.status = wire::CompletionStatus::Failed;
    completed.content = std::move(interrupted.checkpoint);
    completed.error = wire::ErrorBody{
        Code::Interrupted, "the server stopped before the answer was complete; send it again under a new id", true};
    completed.messageId = interrupted.task.answerId;
    if (!interrupted.provenance.empty()) {
        auto provenance = tables.json.read<wire::Provenance>(interrupted.provenance, wire::UnknownMembers::Ignore);
        if (provenance)
            completed.provenance = *std::move(provenance);
    }
    return completed;
}

} // namespace

Result<AcceptedTask> execute(TableAccess &tables, const AcceptMessage &request)
{
    SqliteConnection &database = tables.database;
    if (!request.messageId.isSet() || !request.answerId.isSet() || !request.taskId.isSet())
        return makeError(Code::Invalid, "a message needs a message id, an answer id and a task id");
    std::int64_t threadKey = 0;
    std::uint64_t epoch = 0;
    {
        auto rows = database.query("SELECT thread_key, epoch FROM threads WHERE thread_id = ? AND user_id = ?",
                                   request.threadId, request.userId);
        if (!rows.next())
            return makeError(Code::NotFound, "there is no such thread");
        threadKey = rows.integer(0);
        epoch = rows.count(1);
    }
    if (const auto known = findKey(tables, threadKey, request)) {
        if (known->bodyHash != request.bodyHash)
            return makeError(Code::IdempotencyConflict, "this id was used for another message");
        return firstUse(tables, known->taskKey);
    }
    if (epoch != request.epoch)
        return makeError(Code::Conflict, "the thread is in epoch " + std::to_string(epoch));

    NewMessage message;
    message.messageId = request.messageId;
    message.threadKey = threadKey;
    message.content = request.content;
    message.at = request.at;
    message.epoch = epoch;
    const std::int64_t taskKey = insertMessage(database, message);
    database.run("INSERT INTO tasks (task_key, task_id, thread_key, answer_id, ref, body_hash, accepted_at) "
                 "VALUES (?, ?, ?, ?, ?, ?, ?)",
                 taskKey, request.taskId, threadKey, request.answerId, request.ref, request.bodyHash, request.at);
    database.run("UPDATE threads SET updated_at = ?, message_count = message_count + 1, "
                 "title = CASE title WHEN '' THEN ? ELSE title END WHERE thread_key = ?",
                 request.at, titleOf(request), threadKey);
    AcceptedTask accepted;
    accepted.messageId = request.messageId;
    accepted.taskId = request.taskId;
    accepted.epoch = epoch;
    return accepted;
}

Result<Ok> execute(TableAccess &tables, const CheckpointTask &request)
{
    const auto changed =
        tables.database.run("UPDATE tasks SET checkpoint = ?, checkpoint_provenance = ?, "
                            "checkpoint_at = ? WHERE task_id = ? AND outcome IS NULL",
                            request.content, wire::toJson(request.provenance), request.at, request.taskId);
    if (changed > 0)
        return Ok{};
    if (tables.database.query("SELECT 1 FROM tasks WHERE task_id = ?", request.taskId).next())
        return makeError(Code::AlreadyEnded, "the task has ended");
    return makeError(Code::NotFound, "there is no such task");
}

Result<Ok> execute(TableAccess &tables, const FinishTask &request)
{
    SqliteConnection &database = tables.database;
    const auto task = findTask(database, request);
    if (!task)
        return makeError(Code::NotFound, "there is no such task");
    if (request.completed.messageId != task->answerId)
        return makeError(Code::Invalid, "the answer's message id is not the one the task was accepted with");
    if (task->outcome) {
        // The reply to an earlier try may have been lost; the same end twice is one end.
        const auto first = firstUse(tables, task->taskKey);
        if (!first)
            return first.error();
        return first->completed == request.completed ? Result<Ok>(Ok{})
                                                     : makeError(Code::AlreadyEnded, "the task has ended");
    }
    if (task->epoch != request.epoch)
        return makeError(Code::Conflict, "the thread is in epoch " + std::to_string(task->epoch));
    endTask(database, *task, request.completed, request.epoch, request.offset, request.at);
    database.run("UPDATE tasks SET agent = ?, intent = ? WHERE task_key = ?", request.agent, request.intent,
                 task->taskKey);
    database.run("UPDATE messages SET event_offset = ? WHERE message_key = ?", request.userMessageOffset,
                 task->taskKey);
    // Another task's events may have got later offsets before this end became durable.
    database.run("UPDATE threads SET head = max(head, ?), updated_at = ?, message_count = message_count + 1 "
                 "WHERE thread_key = ?",
                 request.offset, request.at, task->threadKey);
    return Ok{};
}

Result<Recovery> execute(TableAccess &tables, const RecoverInterrupted &request)
{
    SqliteConnection &database = tables.database;
    Recovery recovery;
    std::map<std::int64_t, std::uint64_t> answersOfThread;
    for (Interrupted &interrupted : findInterrupted(database)) {
        const wire::AgentCompleted completed = interruptedOutcome(tables, interrupted);
        endTask(database, interrupted.task, completed, interrupted.task.epoch + 1, 0, request.at);
        ++answersOfThread[interrupted.task.threadKey];
        ++recovery.interruptedTasks;
    }
    for (const auto &[threadKey, answers] : answersOfThread) {
        database.run("UPDATE threads SET epoch = epoch + 1, head = 0, message_count = message_count + ? "
                     "WHERE thread_key = ?",
                     answers, threadKey);
        ++recovery.newEpochs;
    }
    return recovery;
}

} // namespace orchestra
