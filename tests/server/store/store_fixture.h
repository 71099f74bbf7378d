// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/store/sqlite_store.h"
#include "shared/base/random.h"
#include "tests/support/manual_clock.h"

#include <QTemporaryDir>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace orchestra {

/// The value, or the end of the test with the reason why there is none.
template <class T>
T orFail(Result<T> result)
{
    if (!result)
        qFatal("%s", result.error().message.c_str());
    return *std::move(result);
}

class CollectedLog final : public LogSink
{
public:
    void write(LogRecord record) override { records.push_back(std::move(record)); }
    std::size_t count(std::string_view event) const
    {
        std::size_t found = 0;
        for (const LogRecord &record : records)
            found += record.event == event ? 1 : 0;
        return found;
    }
    std::vector<LogRecord> records;
};

/// A store in a directory of its own, and short ways to say what a conversation does.
class StoreFixture
{
public:
    explicit StoreFixture(std::string dataDir = {})
        : ids(clock, random)
    {
        options.dataDir = dataDir.empty() ? directory_.path().toStdString() + "/data" : std::move(dataDir);
        options.busyTimeout = std::chrono::milliseconds(20);
    }

    Result<StoreOpening> open(StoreAccess access = StoreAccess::Server)
    {
        store.reset();
        store = std::make_unique<SqliteStore>(options, clock, log);
        return store->open(access);
    }
    /// As a restart does: closed, opened, and what was interrupted is ended.
    Recovery restart()
    {
        orFail(open());
        return orFail(ask(RecoverInterrupted{clock.wallMs()}));
    }

    template <class Request>
    Result<typename Request::Reply> ask(const Request &request)
    {
        const StoreReply reply = store->execute(StoreRequest(request));
        if (!reply)
            return reply.error();
        return std::get<typename Request::Reply>(*reply);
    }

    ThreadRecord thread(const std::string &user = "alice", const std::string &session = "session-1")
    {
        return orFail(ask(OpenThread{user, session, ids.make<ThreadId>(), clock.wallMs()}));
    }
    AcceptMessage message(const ThreadRecord &thread, const std::string &ref, const std::string &content)
    {
        AcceptMessage request;
        request.threadId = thread.threadId;
        request.userId = thread.userId;
        request.messageId = ids.make<MessageId>();
        request.answerId = ids.make<MessageId>();
        request.taskId = ids.make<TaskId>();
        request.ref = ref;
        request.bodyHash = "hash of " + content;
        request.content = content;
        request.epoch = thread.epoch;
        request.at = clock.wallMs();
        return request;
    }
    /// Accepted, and given back for `ending`.
    AcceptMessage accept(const ThreadRecord &thread, const std::string &ref, const std::string &content)
    {
        AcceptMessage request = message(thread, ref, content);
        orFail(ask(request));
        return request;
    }
    FinishTask ending(const AcceptMessage &accepted, const std::string &answer, std::uint64_t userMessageOffset,
                      std::uint64_t offset)
    {
        FinishTask request;
        request.taskId = accepted.taskId;
        request.threadId = accepted.threadId;
        request.userId = accepted.userId;
        request.epoch = accepted.epoch;
        request.userMessageOffset = userMessageOffset;
        request.offset = offset;
        request.completed.content = answer;
        request.completed.messageId = accepted.answerId;
        request.at = clock.wallMs();
        return request;
    }
    MessagePage messages(const ThreadId &thread, std::size_t limit = 100)
    {
        return orFail(ask(ReadMessages{thread, limit, std::nullopt}));
    }
    std::string databasePath() const { return options.dataDir + "/orchestra.db"; }
    /// Another connection to the same database, as an operator with the sqlite3 program has.
    std::unique_ptr<SqliteConnection> stranger() const
    {
        return orFail(SqliteConnection::open(databasePath(), std::chrono::seconds(1)));
    }

private:
    const QTemporaryDir directory_;
    SeededRandom random{20261120};

public:
    ManualClock clock;
    CollectedLog log;
    IdSource ids;
    StoreOptions options;
    std::unique_ptr<SqliteStore> store;
};

inline std::vector<std::string> contents(const MessagePage &page)
{
    std::vector<std::string> texts;
    for (const wire::StoredMessage &message : page.messages)
        texts.push_back(message.content);
    return texts;
}

using Texts = std::vector<std::string>;

} // namespace orchestra
