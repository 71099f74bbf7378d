// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/orchestrator/ops_service.h"

#include "shared/wire/error_table.h"

#include <algorithm>
#include <utility>

namespace orchestra {

OpsService::OpsService(const Hub &hub, Outbox &outbox, Auth &auth, const LiveState &live, AdminService &admin,
                       const ClientRegistry &clients, const Surroundings &surroundings, WallMs startedAt)
    : hub_(hub)
    , outbox_(outbox)
    , auth_(auth)
    , live_(live)
    , admin_(admin)
    , clients_(clients)
    , surroundings_(surroundings)
    , startedAt_(startedAt)
    , flush_(hub.schedule)
    , tick_(hub.schedule)
{
}

// ---- consoles -------------------------------------------------------------------------------------------------

void OpsService::admit(const AdmissionRequest &request)
{
    const ConnectionKey key = request.connection;
    if (consoles_.size() >= kMaxConsoles) {
        hub_.edge.send(key.edge, AdmissionDecision{key, makeError(Code::Full, "32 consoles are connected already")});
        return;
    }
    consoles_.emplace(key, std::make_unique<Console>(request, hub_.ids.make<ConnectionId>(), hub_.schedule));
    auth_.authenticate({request.credential, request.clientId, request.peer.isLoopback, false},
                       [this, key](Result<Principal> who) { decide(key, std::move(who)); });
}

void OpsService::decide(const ConnectionKey &key, Result<Principal> who)
{
    const auto known = consoles_.find(key);
    if (known == consoles_.end())
        return;
    if (!who && known->second->request.credential.isEmpty()) // whatever was missed first, it is a token that lacks
        who = makeError(Code::Unauthenticated, "the operations channel needs a token of the role viewer or above");
    if (who && !allows(who->role, Role::Viewer))
        who = makeError(Code::Forbidden, "the operations channel needs the role viewer");
    if (!who) {
        consoles_.erase(known);
        hub_.edge.send(key.edge, AdmissionDecision{key, who.error()});
        return;
    }
    Console &console = *known->second;
    console.principal = *std::move(who);
    if (console.principal.expiresAt)
        console.tokenClock.start(
            std::chrono::milliseconds(*console.principal.expiresAt - hub_.clock.wallMs()),
            [this, &console] { close(console, CloseCode::TokenExpired, "the token has expired"); });
    hub_.edge.send(key.edge, AdmissionDecision{key, Admission{console.id, console.principal, false}});
}

bool OpsService::opened(const ConnectionKey &key)
{
    const auto known = consoles_.find(key);
    if (known == consoles_.end())
        return false;
    const Principal &who = known->second->principal;
    wire::OpsWelcome welcome;
    welcome.connectionId = known->second->id;
    welcome.userId = who.userId;
    welcome.role = wireNames(who.role)[static_cast<std::size_t>(who.role)];
    welcome.serverName = surroundings_.serverName;
    welcome.environment = surroundings_.environment;
    welcome.serverVersion = ORCHESTRA_VERSION;
    welcome.address = surroundings_.address;
    welcome.startedAt = {startedAt_};
    welcome.now = {hub_.clock.wallMs()};
    outbox_.sendOps(key, std::move(welcome));
    return true;
}

bool OpsService::gone(const ConnectionKey &key)
{
    const auto known = consoles_.find(key);
    if (known == consoles_.end())
        return false;
    for (const auto &[topic, subscription] : known->second->subscriptions)
        watch(topic, -1);
    consoles_.erase(known);
    return true;
}

void OpsService::close(Console &console, CloseCode code, std::string reason)
{
    if (console.isClosing)
        return;
    console.isClosing = true;
    console.tokenClock.stop();
    outbox_.close(console.key, code, std::move(reason));
}

void OpsService::closeAll(CloseCode code, const std::string &reason)
{
    for (const auto &[key, console] : consoles_)
        close(*console, code, reason);
}

void OpsService::tokensChanged()
{
    for (const auto &[key, console] : consoles_)
        if (!auth_.isStillGood(console->principal))
            close(*console, CloseCode::Unauthenticated, "the token was revoked");
}

void OpsService::refuse(Console &console, const std::string &id, const Error &error)
{
    wire::OpsReply reply;
    reply.requestId = id;
    reply.error = wire::ErrorBody{error.code, error.message, error.retryable};
    outbox_.sendOps(console.key, std::move(reply));
}

void OpsService::take(OpsMessage message)
{
    const auto known = consoles_.find(message.connection);
    if (known == consoles_.end() || known->second->isClosing)
        return;
    Console &console = *known->second;
    const ConnectionKey key = console.key;
    const auto isHere = [this, key] { return consoles_.contains(key); };
    std::visit(Overload{
                   [&](const wire::Subscribe &frame) { subscribe(console, frame); },
                   [&](const wire::Unsubscribe &frame) { unsubscribe(console, frame.topic); },
                   [&](wire::OpsAction &frame) {
                       admin_.act(console.principal, std::move(frame), [this, key, isHere](wire::OpsReply reply) {
                           if (isHere())
                               outbox_.sendOps(key, std::move(reply));
                       });
                   },
                   [&](const wire::SeriesQuery &frame) {
                       wire::SeriesReply reply{frame.id, {}};
                       if (surroundings_.series != nullptr)
                           reply.series = surroundings_.series->series(
                               frame.names,
                               std::chrono::seconds(std::clamp<std::uint64_t>(frame.rangeS, 1, 24 * 3600)));
                       outbox_.sendOps(key, std::move(reply));
                   },
                   [&](const wire::ConnectionQuery &frame) { tellDetail(console, frame); },
                   [&](const wire::AuditQuery &frame) {
                       admin_.readAudit(console.principal, frame.target, frame.beforeIndex,
                                        frame.count == 0 ? kAuditRows : frame.count,
                                        [this, key, isHere, id = frame.id](const Result<AuditPage> &page) {
                                            const auto still = consoles_.find(key);
                                            if (still == consoles_.end())
                                                return;
                                            if (page)
                                                outbox_.sendOps(key, wire::AuditReply{id, page->rows, page->more});
                                            else
                                                refuse(*still->second, id, page.error());
                                        });
                   },
                   [&](const wire::BreakerQuery &frame) { tellTransitions(console, frame); },
                   [&](const wire::ToolQuery &frame) {
                       outbox_.sendOps(key, wire::ToolReply{frame.id, admin_.tool(frame.name)});
                   },
                   [&](const wire::OpsPing &frame) {
                       outbox_.sendOps(key, wire::OpsPong{frame.id, {hub_.clock.wallMs()}});
                   },
               },
               message.frame);
}

void OpsService::tellTransitions(Console &console, const wire::BreakerQuery &query)
{
    ReadTransitions read{query.breaker, query.beforeIndex, kAuditRows};
    if (query.count > 0)
        read.limit = std::min<std::size_t>(query.count, kMaxTransitions);
    hub_.store.ask(std::move(read), [this, key = console.key, id = query.id](const Result<TransitionPage> &page) {
        const auto still = consoles_.find(key);
        if (still == consoles_.end())
            return;
        if (page)
            outbox_.sendOps(key, wire::BreakerReply{id, page->transitions, page->nextIndex});
        else
            refuse(*still->second, id, page.error());
    });
}

// ---- details of one connection --------------------------------------------------------------------------------

void OpsService::tellDetail(Console &console, const wire::ConnectionQuery &query)
{
    const Client *client = clients_.find(query.connectionId);
    if (client == nullptr) {
        outbox_.sendOps(console.key, wire::ConnectionReply{query.id, {}});
        return;
    }
    const std::uint64_t number = ++lastQuery_;
    auto waiting = std::make_unique<DetailQuery>(console.key, query.id, query.connectionId, hub_.schedule);
    waiting->patience.start(kFramesPatience, [this, number] { answerDetail(number, {}); });
    queries_.emplace(number, std::move(waiting));
    hub_.edge.send(client->key.edge, FramesWanted{client->key, number});
}

void OpsService::takeFrames(FrameHistory history)
{
    answerDetail(history.query, std::move(history.frames));
}

void OpsService::answerDetail(std::uint64_t query, std::vector<wire::FrameTrace> frames)
{
    const auto waiting = queries_.extract(query);
    if (waiting.empty() || !consoles_.contains(waiting.mapped()->console))
        return;
    wire::ConnectionReply reply{waiting.mapped()->id, {}};
    if (const Client *client = clients_.find(waiting.mapped()->connection))
        reply.detail = wire::ConnectionDetail{clients_.row(*client), client->state.history(), std::move(frames)};
    outbox_.sendOps(waiting.mapped()->console, std::move(reply));
}

} // namespace orchestra
