// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/core/store_port.h"

#include <deque>
#include <map>
#include <set>
#include <utility>

namespace orchestra {

/// A store in memory that answers when a test says so: requests wait until deliver(), which executes and answers them
/// in their order. `failing` makes every write StorageUnavailable.
class MemoryStore final : public StorePort
{
public:
    MemoryStore();
    ~MemoryStore() override;

    bool failing = false;
    std::vector<TokenRecord> tokens;
    std::map<std::string, wire::FlagRow> flags;
    std::map<std::pair<std::string, std::string>, ToolPin> toolPins; ///< by server and tool
    std::vector<wire::AuditRow> audit;
    std::vector<wire::BreakerTransition> transitions;
    std::optional<DegradationPin> degradationPin;
    std::vector<std::string> journal; ///< names of the requests, in order

    struct StoredTask
    {
        AcceptMessage accepted;
        std::string checkpoint;
        std::optional<FinishTask> finished;
    };
    std::map<TaskId, StoredTask> tasks;
    std::map<ThreadId, ThreadRecord> threads;

    void submit(StoreRequest request, std::function<void(StoreReply)> done) override;

    std::size_t waiting() const { return waiting_.size(); }

    /// Executes and answers what waits, and what its answers make wait.
    void deliver();
    bool deliverOne();

private:
    static Error unavailable();
    bool fails(const char *name);
    StoreReply execute(OpenThread &r);
    StoreReply execute(FindThread &r);
    StoreReply execute(ListUserThreads &r);
    StoreReply execute(EraseThread &r);
    StoreReply execute(AcceptMessage &r);
    StoreReply execute(CheckpointTask &r);
    StoreReply execute(FinishTask &r);
    StoreReply execute(ReadMessages &r);
    StoreReply execute(SearchMessages &);
    StoreReply execute(RecoverInterrupted &);
    StoreReply execute(LoadTokens &);
    StoreReply execute(AddToken &r);
    StoreReply execute(RevokeToken &r);
    StoreReply execute(LoadFlags &);
    StoreReply execute(SaveFlag &r);
    StoreReply execute(wire::AuditRow &row);
    StoreReply execute(AppendAudit &r);
    StoreReply execute(ReadAudit &r);
    StoreReply execute(SaveTransition &r);
    StoreReply execute(ReadTransitions &r);
    StoreReply execute(LoadTransitions &);
    StoreReply execute(LoadDegradationPin &);
    StoreReply execute(SaveDegradationPin &r);
    StoreReply execute(ProbeWrite &);
    StoreReply execute(SaveFeedback &r);
    StoreReply execute(LoadLabels &);
    StoreReply execute(RevertLabels &);
    StoreReply execute(Remember &);
    StoreReply execute(RecallMemories &);
    StoreReply execute(ForgetMemories &);
    StoreReply execute(ChooseMemory &);
    StoreReply execute(LoadToolPins &);
    StoreReply execute(SaveToolPins &r);

    std::set<MessageId> labelled_;
    std::deque<std::pair<StoreRequest, std::function<void(StoreReply)>>> waiting_;
};

} // namespace orchestra
