// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/orchestrator/conversation.h"
#include "server/orchestrator/hub.h"
#include "server/orchestrator/outbox.h"
#include "server/orchestrator/thread_service.h"

#include <functional>
#include <map>

namespace orchestra {

/// Carries thread events to their readers: live ones at once, others a pulled part at a time until they are up to date.
/// Lives on: hub.
class Following
{
public:
    /// A reader that has not drained a part for so long is closed with 4101.
    static constexpr std::chrono::seconds kStall{60};
    /// How many of the newest messages a snapshot shows; older ones are a REST call away.
    static constexpr std::size_t kSnapshotMessages = 200;

    Following(const Hub &hub, Outbox &outbox, ThreadService &threads);
    Following(const Following &) = delete;
    Following &operator=(const Following &) = delete;

    /// Events of `conversation` that have just become visible.
    void publish(Conversation &conversation, const std::vector<EventPtr> &events);
    /// The same for words of a running task, which come in great numbers: retention looks at them by the page.
    void publishWords(Conversation &conversation, const std::vector<EventPtr> &events);
    /// A frame without an offset for everybody who reads the thread live.
    void tell(const Conversation &conversation, wire::ServerFrame frame);

    /// Lets `feed` read `conversation` from `cursor`, or from now. Returns how it will be brought up to date; nothing
    /// goes out before pump(). A feed that reads the thread already is set back to the cursor.
    wire::ThreadPosition join(Feed &feed, Conversation &conversation, const std::optional<wire::Cursor> &cursor);
    void leave(Feed &feed, const ThreadId &threadId);
    /// Leaves all threads. Must be called before `feed` dies.
    void end(Feed &feed);

    /// Sends the next part, or makes the feed live when it is up to date.
    void pump(Feed &feed);
    /// The edge has written the last part.
    void drained(Feed &feed);

    /// The last offset that `feed` was sent of a thread it reads live; nothing while it is catching up.
    std::optional<std::uint64_t> publishedLive(const Feed &feed, const ThreadId &threadId) const;

    /// How `feed`'s connection is closed when it stalls. Set once.
    void onStall(std::function<void(const Feed &)> stalled) { stalled_ = std::move(stalled); }

private:
    void deliver(const Conversation &conversation, const std::vector<EventPtr> &events);
    void goLive(Feed &feed);
    void leaveLive(const Feed &feed, Conversation &conversation);
    void readSnapshot(Feed &feed, const ThreadId &threadId);
    std::vector<EventPtr> snapshotParts(const Conversation &conversation,
                                        std::vector<wire::StoredMessage> messages) const;

    const Hub &hub_;
    Outbox &outbox_;
    ThreadService &threads_;
    std::map<ConnectionKey, Feed *> feeds_; ///< those that follow anything: a late reply looks here first
    std::function<void(const Feed &)> stalled_;
};

/// What a snapshot shows: the stored messages as of the last visible event, with the running answer as far as it is
/// visible and without messages whose event is not. Free, so that it can be tested by tables.
std::vector<wire::StoredMessage> messagesAsVisible(const Conversation &conversation,
                                                   std::vector<wire::StoredMessage> stored, WallMs now);

} // namespace orchestra
