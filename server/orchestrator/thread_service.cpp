// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/orchestrator/thread_service.h"

#include "shared/wire/error_table.h"

#include <algorithm>
#include <utility>

namespace orchestra {
namespace {

Error noSuchThread()
{
    return makeError(Code::NotFound, "there is no such thread");
}

} // namespace

ThreadService::ThreadService(const Hub &hub)
    : hub_(hub)
    , pool_(hub.retention.totalBytes)
    , sweep_(hub.schedule)
{
}

void ThreadService::openSession(const std::string &userId, const std::string &sessionId, Found found)
{
    const SessionKey key{userId, sessionId};
    const auto known = bySession_.find(key);
    if (known != bySession_.end()) {
        found(loaded(known->second));
        return;
    }
    auto &waiters = opening_[key];
    waiters.emplace_back(userId, std::move(found));
    if (waiters.size() > 1)
        return;
    hub_.store.ask(OpenThread{userId, sessionId, hub_.ids.make<ThreadId>(), hub_.clock.wallMs()},
                   [this, key](const Result<ThreadRecord> &record) {
                       loadedOrFailed(record, std::move(opening_.extract(key).mapped()));
                   });
}

void ThreadService::find(const std::string &userId, const ThreadId &threadId, Found found)
{
    if (Conversation *conversation = loaded(threadId)) {
        if (conversation->record.userId == userId)
            found(conversation);
        else
            found(noSuchThread());
        return;
    }
    auto &waiters = finding_[threadId];
    waiters.emplace_back(userId, std::move(found));
    if (waiters.size() > 1)
        return;
    hub_.store.ask(FindThread{threadId}, [this, threadId](const Result<ThreadRecord> &record) {
        loadedOrFailed(record, std::move(finding_.extract(threadId).mapped()));
    });
}

void ThreadService::loadedOrFailed(const Result<ThreadRecord> &record,
                                   std::vector<std::pair<std::string, Found>> waiters)
{
    if (!record) {
        const Error error = record.error().code == Code::NotFound ? noSuchThread() : record.error();
        for (const auto &[user, found] : waiters)
            found(error);
        return;
    }
    // Kept by id, because a waiter may make the conversation go away again.
    const ThreadId id = keep(*record).id();
    for (const auto &[user, found] : waiters) {
        Conversation *conversation = loaded(id);
        if (conversation != nullptr && conversation->record.userId == user)
            found(conversation);
        else
            found(noSuchThread());
    }
}

Conversation &ThreadService::keep(const ThreadRecord &record)
{
    // The other kind of load may have brought it in meanwhile; what is in memory is newer than the record.
    if (Conversation *known = loaded(record.threadId))
        return *known;
    auto conversation = std::make_unique<Conversation>(record);
    Conversation &kept = *conversation;
    conversations_.emplace(record.threadId, std::move(conversation));
    if (!record.sessionId.empty())
        bySession_.insert_or_assign(SessionKey{record.userId, record.sessionId}, record.threadId);
    if (!sweep_.isRunning())
        sweep_.start(kSweep, [this] { sweep(); });
    return kept;
}

Conversation *ThreadService::loaded(const ThreadId &threadId) const
{
    const auto known = conversations_.find(threadId);
    return known == conversations_.end() ? nullptr : known->second.get();
}

void ThreadService::erase(const std::string &userId, const ThreadId &threadId, std::function<void(Status)> done)
{
    find(userId, threadId, [this, threadId, done = std::move(done)](const Result<Conversation *> &found) {
        if (!found) {
            done(found.error());
            return;
        }
        if ((*found)->isBusy()) {
            done(makeError(Code::Busy, "a task runs in this thread: cancel it first"));
            return;
        }
        hub_.store.ask(EraseThread{threadId}, [this, threadId, done](const Result<Ok> &erased) {
            Conversation *conversation = loaded(threadId);
            if (erased && conversation != nullptr && !conversation->isBusy() && !conversation->hasReaders())
                letGo(threadId);
            done(erased);
        });
    });
}

void ThreadService::retain(Conversation &conversation)
{
    conversation.log.trim(hub_.retention, hub_.clock.now());
    pool_.touch(conversation.log);
    conversation.retainedBytes = conversation.log.bytes();
}

void ThreadService::retainGrown(Conversation &conversation)
{
    const std::size_t bytes = conversation.log.bytes();
    const std::size_t before = conversation.retainedBytes;
    if (bytes < before || bytes >= before + kRetainStep) // it was made to forget, or has grown
        retain(conversation);
}

void ThreadService::letGo(const ThreadId &threadId)
{
    const auto known = conversations_.find(threadId);
    const ThreadRecord &record = known->second->record;
    const auto session = bySession_.find({record.userId, record.sessionId});
    if (session != bySession_.end() && session->second == threadId)
        bySession_.erase(session);
    pool_.remove(known->second->log);
    conversations_.erase(known);
}

void ThreadService::sweep()
{
    std::vector<ThreadId> idle;
    const MonotonicTime now = hub_.clock.now();
    for (const auto &[id, conversation] : conversations_) {
        conversation->log.trim(hub_.retention, now);
        pool_.recount(conversation->log);
        if (!conversation->isBusy() && !conversation->hasReaders() && conversation->log.bytes() == 0)
            idle.push_back(id);
    }
    for (const ThreadId &id : idle)
        letGo(id);
    if (!conversations_.empty())
        sweep_.start(kSweep, [this] { sweep(); });
}

std::vector<wire::ThreadRow> ThreadService::rows() const
{
    std::vector<wire::ThreadRow> rows;
    rows.reserve(conversations_.size());
    for (const auto &[id, conversation] : conversations_) {
        const ThreadRecord &record = conversation->record;
        wire::ThreadRow row;
        row.threadId = id;
        row.userId = record.userId;
        row.sessionId = record.sessionId;
        // No title: it is a user's own words, and these rows are for others.
        row.createdAt = {record.createdAt};
        row.updatedAt = {record.updatedAt};
        row.messages = record.messages;
        row.epoch = conversation->log.epoch();
        row.offset = conversation->log.published();
        row.running = conversation->running != nullptr;
        row.connections = conversation->live.size();
        rows.push_back(std::move(row));
    }
    return rows;
}

std::size_t ThreadService::withReaders() const
{
    return static_cast<std::size_t>(
        std::ranges::count_if(conversations_, [](const auto &entry) { return entry.second->hasReaders(); }));
}

} // namespace orchestra
