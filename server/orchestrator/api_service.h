// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/core/live_state.h"
#include "server/core/resilience/rate_limit.h"
#include "server/core/service_gate.h"
#include "server/orchestrator/api_caller.h"
#include "server/orchestrator/auth.h"
#include "server/orchestrator/chat_service.h"
#include "server/orchestrator/completion_service.h"
#include "server/orchestrator/following.h"
#include "server/orchestrator/ops_service.h"
#include "server/orchestrator/outbox.h"

#include <map>
#include <memory>
#include <set>

namespace orchestra {

/// Answers HTTP calls: who may call, what is done, one reply for each; and streams the events of a turn to whoever
/// asked for a stream. A user may call at the rate at which a connection may send. Lives on: hub.
class ApiService
{
public:
    /// Users whose rate is remembered; whoever was quiet for longest is forgotten first.
    static constexpr std::size_t kRatedUsers = 10000;

    ApiService(const Hub &hub, Outbox &outbox, Auth &auth, ServiceGate &gate, ThreadService &threads,
               Following &following, TaskRegistry &tasks, ChatService &chats, CompletionService &completions,
               AdminPort &admin, const LiveState &live, OpsService &ops, const Surroundings &surroundings);
    ~ApiService();
    ApiService(const ApiService &) = delete;
    ApiService &operator=(const ApiService &) = delete;

    void take(ApiCall call);
    void aborted(const ApiAborted &aborted);
    /// False when the connection carries no stream.
    bool drained(const ConnectionKey &key);
    void stalled(const ConnectionKey &key);

private:
    using Request = ApiCaller;
    struct Stream
    {
        Stream(const Request &request, std::string userId, Schedule &schedule)
            : call(request.call)
            , feed(request.connection, std::move(userId), schedule)
        {
        }
        const std::uint64_t call;
        Feed feed;
        bool taskHasEnded = false;
    };

    bool answerOpen(const ApiCall &call);
    Secret credentialOf(const ApiCall &call) const;
    static Role roleFor(const ApiRequest &request);
    std::optional<Error> objection(const Principal &who, const ApiRequest &request);
    void answer(const Request &request, ApiRequest body);
    void reply(const Request &request, Result<ApiBody> body);

    /// Who takes a call over answers it; false when its client has gone meanwhile.
    bool handOver(const Request &request) { return open_.erase({request.connection, request.call}) > 0; }

    void getHealth(const ApiCall &call);
    void getMetrics(const Request &request, bool openMetrics);
    void postChat(const Request &request, PostChat chat);
    void answerTurn(const Request &request, const PostChat &chat, const AcceptedTurn &turn);
    void streamTurn(const Request &request, const PostChat &chat, const AcceptedTurn &turn);
    void endStream(const ConnectionKey &key);
    void endIfDone(const ConnectionKey &key);
    void listThreads(const Request &request, const ListThreads &list);
    void listMessages(const Request &request, const ListMessages &list);
    void getRows(const Request &request, wire::Topic topic);
    void postTicket(const Request &request);

    const Hub &hub_;
    Outbox &outbox_;
    Auth &auth_;
    ServiceGate &gate_;
    ThreadService &threads_;
    Following &following_;
    TaskRegistry &tasks_;
    ChatService &chats_;
    CompletionService &completions_;
    AdminPort &admin_;
    const LiveState &live_;
    OpsService &ops_;
    const Surroundings &surroundings_;
    KeyedRateLimit rates_;                                   ///< by user
    std::set<std::pair<ConnectionKey, std::uint64_t>> open_; ///< calls that nobody has given up
    std::map<ConnectionKey, std::unique_ptr<Stream>> streams_;
};

} // namespace orchestra
