// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/orchestrator/following.h"

#include "server/core/conversation/event_size.h"
#include "server/orchestrator/task.h"
#include "shared/wire/error_table.h"

#include <algorithm>

namespace orchestra {
namespace {

constexpr std::chrono::seconds kSnapshotRetry{1};

} // namespace

Following::Following(const Hub &hub, Outbox &outbox, ThreadService &threads)
    : hub_(hub)
    , outbox_(outbox)
    , threads_(threads)
{
}

void Following::publish(Conversation &conversation, const std::vector<EventPtr> &events)
{
    deliver(conversation, events);
    threads_.retain(conversation);
}

void Following::publishWords(Conversation &conversation, const std::vector<EventPtr> &events)
{
    deliver(conversation, events);
    threads_.retainGrown(conversation);
}

void Following::deliver(const Conversation &conversation, const std::vector<EventPtr> &events)
{
    for (const EventPtr &event : events) {
        if (conversation.streams.empty()) {
            outbox_.broadcast(event, conversation.live);
            continue;
        }
        std::vector<ConnectionKey> to = conversation.live;
        for (const Feed *stream : conversation.streams)
            if (event->frame.taskId == stream->onlyTask)
                to.push_back(stream->key);
        std::ranges::sort(to);
        outbox_.broadcast(event, to);
    }
}

void Following::tell(const Conversation &conversation, wire::ServerFrame frame)
{
    outbox_.broadcast(std::move(frame), conversation.live);
}

wire::ThreadPosition Following::join(Feed &feed, Conversation &conversation, const std::optional<wire::Cursor> &cursor)
{
    const bool isReading = feed.follows.contains(conversation.id());
    const wire::ThreadPosition plan =
        planResume(conversation.id(), conversation.log, conversation.record.messages > 0, cursor);
    if (isReading && !cursor)
        return plan;
    leave(feed, conversation.id());
    feeds_.insert_or_assign(feed.key, &feed);
    feed.follows.insert(conversation.id());
    ++conversation.catchingUp;
    if (plan.outcome == wire::ResumeOutcome::Snapshot) {
        feed.catchUp.addSnapshot(conversation.id(), conversation.log);
        readSnapshot(feed, conversation.id());
    } else {
        // Who has missed nothing waits with the others, so that live events come after the whole replay.
        const bool replays = plan.outcome == wire::ResumeOutcome::Replayed;
        feed.catchUp.addReplay(conversation.id(), conversation.log, replays ? plan.from : plan.to);
    }
    return plan;
}

void Following::leaveLive(const Feed &feed, Conversation &conversation)
{
    std::erase(conversation.live, feed.key);
    std::erase(conversation.streams, &feed);
}

void Following::leave(Feed &feed, const ThreadId &threadId)
{
    if (feed.follows.erase(threadId) == 0)
        return;
    Conversation *conversation = threads_.loaded(threadId);
    if (feed.catchUp.covers(threadId)) {
        feed.catchUp.drop(threadId);
        --conversation->catchingUp;
    } else {
        leaveLive(feed, *conversation);
    }
}

void Following::end(Feed &feed)
{
    while (!feed.follows.empty()) {
        const ThreadId threadId = *feed.follows.begin(); // a copy: leaving erases the element
        leave(feed, threadId);
    }
    feed.stalled.stop();
    feeds_.erase(feed.key);
}

void Following::pump(Feed &feed)
{
    if (feed.partIsOut)
        return;
    CatchUp::Part part = feed.catchUp.next(hub_.limits.replayPartBytes, hub_.limits.replayPartEvents);
    for (const ThreadId &threadId : part.needSnapshot)
        readSnapshot(feed, threadId);
    if (feed.onlyTask)
        std::erase_if(part.events, [&](const EventPtr &event) { return event->frame.taskId != feed.onlyTask; });
    if (!part.events.empty()) {
        feed.partIsOut = true;
        feed.stalled.start(kStall, [this, &feed] { stalled_(feed); });
        outbox_.sendPart(feed.key, std::move(part.events));
    }
    if (part.caughtUp)
        goLive(feed);
    else if (!feed.partIsOut && part.needSnapshot.empty() && feed.onlyTask)
        pump(feed); // nothing of this part was for it
}

void Following::goLive(Feed &feed)
{
    for (const ThreadId &threadId : feed.catchUp.threads()) {
        Conversation &conversation = *threads_.loaded(threadId);
        feed.catchUp.drop(threadId);
        --conversation.catchingUp;
        if (feed.onlyTask)
            conversation.streams.push_back(&feed);
        else
            conversation.live.insert(std::ranges::upper_bound(conversation.live, feed.key), feed.key);
    }
    if (feed.owesResumeDone) {
        feed.owesResumeDone = false;
        outbox_.send(feed.key, outbox_.frame(feed.userId, wire::ResumeDone{}));
    }
}

void Following::drained(Feed &feed)
{
    if (!feed.partIsOut)
        return;
    feed.partIsOut = false;
    feed.stalled.stop();
    if (!feed.catchUp.threads().empty())
        pump(feed);
}

std::optional<std::uint64_t> Following::publishedLive(const Feed &feed, const ThreadId &threadId) const
{
    if (!feed.follows.contains(threadId) || feed.catchUp.covers(threadId))
        return std::nullopt;
    return threads_.loaded(threadId)->log.published();
}

void Following::readSnapshot(Feed &feed, const ThreadId &threadId)
{
    hub_.store.ask(
        ReadMessages{threadId, kSnapshotMessages, {}}, [this, key = feed.key, threadId](Result<MessagePage> page) {
            const auto known = feeds_.find(key);
            if (known == feeds_.end() || !known->second->catchUp.covers(threadId))
                return;
            if (!page) {
                hub_.schedule.start(kSnapshotRetry, [this, key, threadId] {
                    const auto again = feeds_.find(key);
                    if (again != feeds_.end() && again->second->catchUp.covers(threadId))
                        readSnapshot(*again->second, threadId);
                });
                return;
            }
            const Conversation &conversation = *threads_.loaded(threadId);
            known->second->catchUp.snapshotReady(threadId, snapshotParts(conversation, std::move(page->messages)));
            pump(*known->second);
        });
}

std::vector<EventPtr> Following::snapshotParts(const Conversation &conversation,
                                               std::vector<wire::StoredMessage> messages) const
{
    messages = messagesAsVisible(conversation, std::move(messages), hub_.clock.wallMs());
    std::vector<wire::Snapshot> parts(1);
    std::size_t bytes = 0;
    for (wire::StoredMessage &message : messages) {
        const std::size_t size = estimatedBytes(message);
        if (!parts.back().messages.empty() && bytes + size > hub_.limits.replayPartBytes) {
            parts.emplace_back();
            bytes = 0;
        }
        bytes += size;
        parts.back().messages.push_back(std::move(message));
    }
    std::vector<EventPtr> events;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        parts[i].epoch = conversation.log.epoch();
        parts[i].offset = conversation.log.published();
        parts[i].part = i;
        parts[i].last = i + 1 == parts.size();
        wire::ServerFrame frame = outbox_.frame(conversation.record.userId, std::move(parts[i]));
        frame.threadId = conversation.id();
        const std::size_t size = estimatedBytes(frame);
        events.push_back(std::make_shared<const Event>(Event{std::move(frame), size}));
    }
    return events;
}

std::vector<wire::StoredMessage> messagesAsVisible(const Conversation &conversation,
                                                   std::vector<wire::StoredMessage> stored, WallMs now)
{
    const auto openTask = [&](const std::optional<TaskId> &id) -> const Task * {
        if (conversation.running && id == conversation.running->id())
            return conversation.running.get();
        for (const auto &task : conversation.queue)
            if (id == task->id())
                return task.get();
        for (const auto &task : conversation.ending)
            if (id == task->id())
                return task.get();
        return nullptr;
    };
    std::erase_if(stored, [&](wire::StoredMessage &message) {
        const Task *task = openTask(message.taskId);
        if (task == nullptr)
            return false;
        if (message.role == wire::MessageRole::Assistant)
            return true; // its checkpoint: memory knows better
        message.epoch = conversation.log.epoch();
        message.offset = task->messageOffset();
        return message.offset > conversation.log.published();
    });
    if (!conversation.running)
        return stored;
    const Task &task = *conversation.running;
    std::string text = task.text();
    for (const EventPtr &hidden : conversation.log.hidden())
        if (const auto *token = std::get_if<wire::StreamToken>(&hidden->frame.body))
            text.resize(text.size() - std::min(text.size(), token->content.size()));
    if (!text.empty()) {
        wire::StoredMessage answer;
        answer.messageId = task.order().answerId;
        answer.role = wire::MessageRole::Assistant;
        answer.content = std::move(text);
        answer.at = {now};
        answer.taskId = task.id();
        answer.epoch = conversation.log.epoch();
        stored.push_back(std::move(answer));
    }
    return stored;
}

} // namespace orchestra
