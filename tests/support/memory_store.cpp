// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/memory_store.h"

#include "shared/wire/error_table.h"

#include <algorithm>

namespace orchestra {

MemoryStore::MemoryStore() = default;
MemoryStore::~MemoryStore() = default;

void MemoryStore::submit(StoreRequest request, std::function<void(StoreReply)> done)
{
    waiting_.emplace_back(std::move(request), std::move(done));
}

void MemoryStore::deliver()
{
    while (deliverOne()) {
    }
}

bool MemoryStore::deliverOne()
{
    if (waiting_.empty())
        return false;
    auto [request, done] = std::move(waiting_.front());
    waiting_.pop_front();
    StoreReply reply = std::visit([this](auto &body) { return execute(body); }, request);
    done(std::move(reply));
    return true;
}

Error MemoryStore::unavailable()
{
    return makeError(Code::StorageUnavailable, "disk full");
}

bool MemoryStore::fails(const char *name)
{
    journal.emplace_back(name);
    return failing;
}

StoreReply MemoryStore::execute(OpenThread &r)
{
    for (const auto &[id, thread] : threads)
        if (thread.userId == r.userId && thread.sessionId == r.sessionId)
            return StoreValue(thread);
    if (fails("open"))
        return unavailable();
    ThreadRecord record{r.threadId, r.userId, r.sessionId, {}, r.at, r.at, 1, 0, 0};
    threads.emplace(r.threadId, record);
    return StoreValue(record);
}

StoreReply MemoryStore::execute(FindThread &r)
{
    const auto known = threads.find(r.threadId);
    if (known == threads.end())
        return makeError(Code::NotFound, "no thread");
    return StoreValue(known->second);
}

StoreReply MemoryStore::execute(ListUserThreads &r)
{
    ThreadRecords out;
    for (const auto &[id, thread] : threads)
        if (thread.userId == r.userId)
            out.threads.push_back(thread);
    return StoreValue(out);
}

StoreReply MemoryStore::execute(EraseThread &r)
{
    threads.erase(r.threadId);
    return StoreValue(Ok{});
}

StoreReply MemoryStore::execute(AcceptMessage &r)
{
    if (fails("accept"))
        return unavailable();
    for (const auto &[id, task] : tasks) {
        const AcceptMessage &a = task.accepted;
        if (a.threadId != r.threadId || a.ref != r.ref)
            continue;
        if (a.bodyHash != r.bodyHash)
            return makeError(Code::IdempotencyConflict, "another body");
        AcceptedTask known{false, a.messageId, a.taskId, a.epoch, 0, {}};
        if (task.finished) {
            known.offset = task.finished->userMessageOffset;
            known.completed = task.finished->completed;
        }
        return StoreValue(known);
    }
    tasks[r.taskId] = {r, {}, {}};
    ++threads[r.threadId].messages;
    return StoreValue(AcceptedTask{true, r.messageId, r.taskId, r.epoch, 0, {}});
}

StoreReply MemoryStore::execute(CheckpointTask &r)
{
    if (fails("checkpoint"))
        return unavailable();
    tasks[r.taskId].checkpoint = r.content;
    return StoreValue(Ok{});
}

StoreReply MemoryStore::execute(FinishTask &r)
{
    if (fails("finish"))
        return unavailable();
    StoredTask &task = tasks[r.taskId];
    if (task.finished)
        return makeError(Code::AlreadyEnded, "ended");
    task.finished = r;
    ThreadRecord &thread = threads[r.threadId];
    thread.offset = std::max(thread.offset, r.offset);
    ++thread.messages;
    return StoreValue(Ok{});
}

StoreReply MemoryStore::execute(ReadMessages &r)
{
    journal.emplace_back("read");
    MessagePage page;
    for (const auto &[id, task] : tasks) {
        const AcceptMessage &a = task.accepted;
        if (a.threadId != r.threadId)
            continue;
        wire::StoredMessage user{
            a.messageId, wire::MessageRole::User, a.content, {a.at}, a.ref, a.taskId, {}, {}, a.epoch, 0};
        wire::StoredMessage answer{
            a.answerId, wire::MessageRole::Assistant, task.checkpoint, {a.at}, {}, a.taskId, {}, {}, a.epoch, 0};
        if (task.finished) {
            user.offset = task.finished->userMessageOffset;
            answer.offset = task.finished->offset;
            answer.content = task.finished->completed.content;
            answer.status = task.finished->completed.status;
            answer.error = task.finished->completed.error;
        }
        page.messages.push_back(user);
        if (task.finished || !task.checkpoint.empty())
            page.messages.push_back(answer);
    }
    return StoreValue(page);
}

StoreReply MemoryStore::execute(SearchMessages &)
{
    return StoreValue(SearchHits{});
}

StoreReply MemoryStore::execute(RecoverInterrupted &)
{
    return StoreValue(Recovery{});
}

StoreReply MemoryStore::execute(LoadTokens &)
{
    journal.emplace_back("load_tokens");
    return StoreValue(TokenRecords{tokens});
}

StoreReply MemoryStore::execute(AddToken &r)
{
    tokens.push_back(r.token);
    return StoreValue(Ok{});
}

StoreReply MemoryStore::execute(RevokeToken &r)
{
    for (TokenRecord &token : tokens)
        if (token.tokenId == r.tokenId)
            token.revokedAt = r.at;
    return StoreValue(Ok{});
}

StoreReply MemoryStore::execute(LoadFlags &)
{
    FlagRecords out;
    for (const auto &[name, flag] : flags)
        out.flags.push_back(flag);
    return StoreValue(out);
}

StoreReply MemoryStore::execute(SaveFlag &r)
{
    if (fails("save_flag"))
        return unavailable();
    flags[r.flag.name] = r.flag;
    (void)execute(r.audit);
    return StoreValue(Ok{});
}

StoreReply MemoryStore::execute(wire::AuditRow &row)
{
    row.index = audit.size() + 1;
    audit.push_back(row);
    return StoreValue(row.index);
}

StoreReply MemoryStore::execute(AppendAudit &r)
{
    if (fails("audit"))
        return unavailable();
    return execute(r.audit);
}

StoreReply MemoryStore::execute(ReadAudit &r)
{
    AuditPage page;
    for (auto row = audit.rbegin(); row != audit.rend() && page.rows.size() < r.limit; ++row)
        if (r.target.empty() || row->target == r.target)
            page.rows.push_back(*row);
    return StoreValue(page);
}

StoreReply MemoryStore::execute(SaveTransition &r)
{
    if (fails("save_transition"))
        return unavailable();
    transitions.push_back(r.transition);
    return StoreValue(Ok{});
}

StoreReply MemoryStore::execute(ReadTransitions &r)
{
    TransitionPage page;
    for (std::size_t i = r.beforeIndex == 0 ? transitions.size() : r.beforeIndex - 1; i > 0; --i) {
        if (!r.breaker.empty() && transitions[i - 1].breaker != r.breaker)
            continue;
        if (page.transitions.size() == r.limit) {
            page.nextIndex = i + 1;
            break;
        }
        page.transitions.push_back(transitions[i - 1]);
    }
    return StoreValue(page);
}

StoreReply MemoryStore::execute(LoadTransitions &)
{
    TransitionPage page;
    page.transitions.assign(transitions.rbegin(), transitions.rend());
    return StoreValue(page);
}

StoreReply MemoryStore::execute(LoadDegradationPin &)
{
    return StoreValue(PinnedLevel{degradationPin});
}

StoreReply MemoryStore::execute(SaveDegradationPin &r)
{
    if (fails("save_degradation_pin"))
        return unavailable();
    degradationPin = r.pin;
    return StoreValue(Ok{});
}

StoreReply MemoryStore::execute(ProbeWrite &)
{
    return fails("probe") ? StoreReply(unavailable()) : StoreReply(StoreValue(Ok{}));
}

StoreReply MemoryStore::execute(SaveFeedback &r)
{
    for (auto &[id, task] : tasks) {
        if (task.accepted.answerId != r.feedback.messageId || task.accepted.userId != r.userId)
            continue;
        if (r.audit)
            (void)execute(*r.audit);
        const bool isFirst = labelled_.insert(r.feedback.messageId).second;
        return StoreValue(SavedFeedback{task.accepted.content, task.finished ? task.finished->intent : "", isFirst});
    }
    return makeError(Code::NotFound, "no such answer");
}

StoreReply MemoryStore::execute(LoadLabels &)
{
    return StoreValue(IntentLabels{});
}

StoreReply MemoryStore::execute(RevertLabels &)
{
    return StoreValue(std::uint64_t{0});
}

StoreReply MemoryStore::execute(Remember &)
{
    return StoreValue(std::uint64_t{1});
}

StoreReply MemoryStore::execute(RecallMemories &)
{
    return StoreValue(MemoryPage{});
}

StoreReply MemoryStore::execute(ForgetMemories &)
{
    return StoreValue(std::uint64_t{0});
}

StoreReply MemoryStore::execute(ChooseMemory &)
{
    return StoreValue(Ok{});
}

StoreReply MemoryStore::execute(LoadToolPins &)
{
    ToolPins out;
    for (const auto &[name, pin] : toolPins)
        out.pins.push_back(pin);
    return StoreValue(out);
}

StoreReply MemoryStore::execute(SaveToolPins &r)
{
    if (fails("save_tool_pins"))
        return unavailable();
    for (const ToolPin &pin : r.pins)
        toolPins[{pin.server, pin.tool}] = pin;
    if (r.audit)
        (void)execute(*r.audit);
    return StoreValue(Ok{});
}

} // namespace orchestra
