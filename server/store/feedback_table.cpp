// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/store/table_access.h"
#include "shared/wire/error_table.h"

#include <algorithm>

namespace orchestra {

Result<SavedFeedback> execute(TableAccess &tables, const SaveFeedback &request)
{
    SqliteConnection &database = tables.database;
    const wire::Feedback &feedback = request.feedback;
    SavedFeedback saved;
    std::int64_t key = 0;
    {
        auto rows = database.query("SELECT m.message_key, q.content, k.intent, f.intent IS NOT NULL "
                                   "FROM messages m JOIN threads t USING (thread_key) "
                                   "JOIN tasks k ON k.task_key = m.task_key "
                                   "JOIN messages q ON q.message_key = k.task_key "
                                   "LEFT JOIN feedback f ON f.message_key = m.message_key "
                                   "WHERE m.message_id = ? AND m.role = 'assistant' AND t.user_id = ?",
                                   feedback.messageId, request.userId);
        if (!rows.next())
            return makeError(Code::NotFound, "there is no such answer");
        key = rows.integer(0);
        saved.question = rows.text(1);
        saved.intent = rows.text(2);
        saved.isFirstLabel = rows.integer(3) == 0;
    }
    // A label that comes again is a new one, also where the former one was taken back; a rating alone leaves it as it
    // is.
    database.run("INSERT INTO feedback (message_key, rating, intent, comment, at, is_shared) VALUES (?, ?, ?, ?, ?, ?) "
                 "ON CONFLICT (message_key) DO UPDATE SET rating = excluded.rating, comment = excluded.comment, "
                 "at = excluded.at, intent = coalesce(excluded.intent, intent), "
                 "is_shared = iif(excluded.intent IS NULL, is_shared, excluded.is_shared), "
                 "reverted_at = iif(excluded.intent IS NULL, reverted_at, NULL)",
                 key, nameOf(feedback.rating), feedback.intent, feedback.comment, request.at, request.isShared);
    if (request.audit) {
        if (const auto audited = execute(tables, AppendAudit{*request.audit}); !audited)
            return audited.error();
    }
    return saved;
}

Result<IntentLabels> execute(TableAccess &tables, const LoadLabels &request)
{
    IntentLabels loaded;
    auto rows =
        tables.database.query("SELECT message_id, user_id, is_shared, intent, content, at FROM ("
                              "SELECT m.message_id, t.user_id, f.is_shared, f.intent, q.content, f.at, "
                              "row_number() OVER (PARTITION BY t.user_id, f.is_shared ORDER BY f.at DESC) AS place "
                              "FROM feedback f JOIN messages m USING (message_key) JOIN threads t USING (thread_key) "
                              "JOIN messages q ON q.message_key = m.task_key "
                              "WHERE f.intent IS NOT NULL AND f.reverted_at IS NULL) "
                              "WHERE is_shared <> 0 OR place <= ? ORDER BY is_shared DESC, at DESC LIMIT ?",
                              std::max<std::size_t>(1, request.perUser), std::max<std::size_t>(1, request.limit));
    while (rows.next()) {
        IntentLabel label;
        label.messageId = rows.id<MessageId>(0);
        label.userId = rows.text(1);
        label.isShared = rows.integer(2) != 0;
        label.intent = rows.text(3);
        label.question = rows.text(4);
        label.at = rows.integer(5);
        loaded.labels.push_back(std::move(label));
    }
    std::ranges::stable_sort(loaded.labels, {}, &IntentLabel::at);
    return loaded;
}

Result<std::uint64_t> execute(TableAccess &tables, const RevertLabels &request)
{
    SqliteConnection &database = tables.database;
    std::int64_t reverted = 0;
    if (request.messageId)
        reverted = database.run("UPDATE feedback SET reverted_at = ? WHERE intent IS NOT NULL AND reverted_at IS NULL "
                                "AND message_key = (SELECT message_key FROM messages WHERE message_id = ?)",
                                request.at, *request.messageId);
    else
        reverted = database.run("UPDATE feedback SET reverted_at = ? WHERE intent IS NOT NULL AND reverted_at IS NULL",
                                request.at);
    if (request.messageId && reverted == 0)
        return makeError(Code::NotFound, "nothing was learnt from that answer");
    if (const auto audited = execute(tables, AppendAudit{request.audit}); !audited)
        return audited.error();
    return static_cast<std::uint64_t>(reverted);
}

} // namespace orchestra
