// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/core/conversation/log_pool.h"
#include "server/orchestrator/conversation.h"
#include "server/orchestrator/hub.h"

#include <functional>
#include <map>
#include <memory>
#include <unordered_map>

namespace orchestra {

/// Finds threads, loads them once however many ask, and lets idle ones go. Lives on: hub.
class ThreadService
{
public:
    using Found = std::function<void(Result<Conversation *>)>;
    static constexpr std::chrono::seconds kSweep{30};
    static constexpr std::size_t kRetainStep = 4096; ///< bytes

    explicit ThreadService(const Hub &hub);
    ThreadService(const ThreadService &) = delete;
    ThreadService &operator=(const ThreadService &) = delete;

    /// The default thread of (user, session), made when there is none. `found` may be called at once.
    void openSession(const std::string &userId, const std::string &sessionId, Found found);
    /// NOT_FOUND also for a thread of somebody else: who may not know it learns nothing.
    void find(const std::string &userId, const ThreadId &threadId, Found found);
    Conversation *loaded(const ThreadId &threadId) const;

    /// BUSY while a task runs in it. Readers of the thread go on without it.
    void erase(const std::string &userId, const ThreadId &threadId, std::function<void(Status)> done);

    /// Events were added to the log: applies retention and the memory limit.
    void retain(Conversation &conversation);
    /// The same once they have grown by kRetainStep since the last time. For words of the running task, which is kept
    /// whole anyway.
    void retainGrown(Conversation &conversation);

    std::vector<wire::ThreadRow> rows() const;
    std::size_t withReaders() const;
    std::size_t size() const { return conversations_.size(); }

private:
    using SessionKey = std::pair<std::string, std::string>;

    void loadedOrFailed(const Result<ThreadRecord> &record, std::vector<std::pair<std::string, Found>> waiters);
    Conversation &keep(const ThreadRecord &record);
    void letGo(const ThreadId &threadId);
    void sweep();

    const Hub &hub_;
    LogPool pool_;
    std::unordered_map<ThreadId, std::unique_ptr<Conversation>> conversations_;
    std::map<SessionKey, ThreadId> bySession_;
    // who waits for a load, with the user who asks
    std::map<SessionKey, std::vector<std::pair<std::string, Found>>> opening_;
    std::unordered_map<ThreadId, std::vector<std::pair<std::string, Found>>> finding_;
    Alarm sweep_;
};

} // namespace orchestra
