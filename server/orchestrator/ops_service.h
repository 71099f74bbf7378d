// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/core/live_state.h"
#include "server/orchestrator/admin_service.h"
#include "server/orchestrator/auth.h"
#include "server/orchestrator/client_registry.h"
#include "server/orchestrator/outbox.h"
#include "server/orchestrator/surroundings.h"
#include "server/orchestrator/topic_view.h"

#include <array>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>

namespace orchestra {

/// The operators' channel: consoles subscribe to topics, get a snapshot in pulled parts and then what changes, at most
/// ten times a second and topic. Nobody watching a topic means no work for it. Lives on: hub.
class OpsService
{
public:
    static constexpr std::size_t kMaxConsoles = 32;
    static constexpr std::chrono::milliseconds kPause{100};
    static constexpr std::chrono::seconds kTick{1};
    static constexpr std::size_t kLogRows = 500;
    static constexpr std::size_t kAuditRows = 100;
    static constexpr std::size_t kMaxTransitions = 1000; ///< in one answer
    static constexpr std::chrono::seconds kFramesPatience{2};

    OpsService(const Hub &hub, Outbox &outbox, Auth &auth, const LiveState &live, AdminService &admin,
               const ClientRegistry &clients, const Surroundings &surroundings, WallMs startedAt);
    OpsService(const OpsService &) = delete;
    OpsService &operator=(const OpsService &) = delete;

    void admit(const AdmissionRequest &request);
    /// False when the connection is no console.
    bool opened(const ConnectionKey &key);
    bool gone(const ConnectionKey &key);
    void take(OpsMessage message);
    bool drained(const ConnectionKey &key);
    void takeFrames(FrameHistory history);

    /// Rows of `topic` may have changed. Cheap when nobody watches.
    void touch(wire::Topic topic);
    void tokensChanged();
    void closeAll(CloseCode code, const std::string &reason);
    std::size_t consoles() const { return consoles_.size(); }
    bool isWatched(wire::Topic topic) const { return watchers_[static_cast<std::size_t>(topic)] > 0; }

    /// Where the rows of a topic come from that the hub does not keep itself: `fill` puts them into the rows.
    void showRows(wire::Topic topic, std::function<void(wire::Rows &)> fill) { sources_[topic] = std::move(fill); }
    /// Called when the first console begins to watch a topic, and when the last one has ceased to.
    void onWatch(wire::Topic topic, std::function<void(bool isWatched)> told) { watches_[topic] = std::move(told); }

    /// The rows of a topic as they are now, for REST too. Empty for topics that are not kept as rows.
    wire::Rows rows(wire::Topic topic) const;

private:
    static constexpr std::size_t kTopics = wireNames(wire::Topic{}).size();

    struct Subscription
    {
        std::unique_ptr<TopicView> view; ///< null for topics without rows
        std::uint64_t revision = 0;
        bool isComplete = false; ///< the last part of its snapshot is out
    };
    struct Console
    {
        Console(AdmissionRequest request, ConnectionId id, Schedule &schedule)
            : key(request.connection)
            , id(id)
            , request(std::move(request))
            , tokenClock(schedule)
        {
        }
        const ConnectionKey key;
        const ConnectionId id;
        const AdmissionRequest request;
        Principal principal;
        std::map<wire::Topic, Subscription> subscriptions;
        std::deque<wire::TopicSnapshot> parts; ///< still to be sent
        bool partIsOut = false;
        bool isClosing = false;
        Alarm tokenClock;
    };
    struct DetailQuery
    {
        DetailQuery(ConnectionKey console, std::string id, ConnectionId connection, Schedule &schedule)
            : console(console)
            , id(std::move(id))
            , connection(connection)
            , patience(schedule)
        {
        }
        ConnectionKey console;
        std::string id;
        ConnectionId connection;
        Alarm patience;
    };

    void decide(const ConnectionKey &key, Result<Principal> who);
    void subscribe(Console &console, const wire::Subscribe &subscription);
    void unsubscribe(Console &console, wire::Topic topic);
    void begin(Console &console, wire::Topic topic);
    void queueParts(Console &console, std::vector<wire::TopicSnapshot> parts);
    void sendParts(Console &console);
    void beginMetrics(Console &console);
    void tellTransitions(Console &console, const wire::BreakerQuery &query);
    void tellDetail(Console &console, const wire::ConnectionQuery &query);
    void answerDetail(std::uint64_t query, std::vector<wire::FrameTrace> frames);
    void refuse(Console &console, const std::string &id, const Error &error);
    void close(Console &console, CloseCode code, std::string reason);
    void watch(wire::Topic topic, int change);
    static wire::Rows rowsFor(const Principal &who, wire::Rows rows);

    void scheduleFlush();
    void flush();
    void flushTopic(wire::Topic topic);
    void flushMetrics();
    void readAudit();
    void tick();

    const Hub &hub_;
    Outbox &outbox_;
    Auth &auth_;
    const LiveState &live_;
    AdminService &admin_;
    const ClientRegistry &clients_;
    const Surroundings &surroundings_;
    const WallMs startedAt_;
    std::map<wire::Topic, std::function<void(wire::Rows &)>> sources_;
    std::map<wire::Topic, std::function<void(bool)>> watches_;
    std::map<ConnectionKey, std::unique_ptr<Console>> consoles_;
    std::array<std::size_t, kTopics> watchers_{};
    std::array<std::uint64_t, kTopics> revisions_{};
    std::set<wire::Topic> touched_;
    std::vector<wire::AuditRow> audit_; ///< the newest, while somebody watches
    std::uint64_t auditsTold_ = 0;      ///< of those that were ever written
    std::uint64_t lastQuery_ = 0;
    std::map<std::uint64_t, std::unique_ptr<DetailQuery>> queries_;
    std::optional<MonotonicTime> lastFlush_;
    Alarm flush_;
    Alarm tick_;
};

} // namespace orchestra
