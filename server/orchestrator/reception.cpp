// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/orchestrator/reception.h"

#include "shared/wire/error_table.h"

#include <algorithm>
#include <utility>

namespace orchestra {

using Phase = wire::ConnectionPhase;

namespace {

constexpr std::int64_t kFullRetryMs = 5000;

Error withRetry(Error error, std::int64_t ms)
{
    error.retryAfterMs = ms;
    return error;
}

Presented presentedBy(const AdmissionRequest &request)
{
    return {request.credential, request.clientId, request.peer.isLoopback, true};
}

} // namespace

Reception::Reception(const Hub &hub, Outbox &outbox, Auth &auth, ServiceGate &gate, ClientRegistry &clients,
                     Following &following, TaskRegistry &tasks)
    : hub_(hub)
    , outbox_(outbox)
    , auth_(auth)
    , gate_(gate)
    , clients_(clients)
    , following_(following)
    , tasks_(tasks)
{
}

void Reception::changed()
{
    if (changed_)
        changed_();
}

bool Reception::moveTo(Client &client, Phase next, std::string cause)
{
    const Phase from = client.state.phase();
    if (client.state.moveTo(next, hub_.clock.wallMs(), std::move(cause))) {
        changed();
        return true;
    }
    ++hub_.counters.refusedTransitions;
    hub_.log.write({LogLevel::Warn,
                    "ws.transition_refused",
                    "a connection was asked for a transition that is not allowed",
                    "orchestrator",
                    client.request.correlationId,
                    {{"connection_id", toString(client.connectionId)},
                     {"from", std::string(wireNames(from)[static_cast<std::size_t>(from)])},
                     {"to", std::string(wireNames(next)[static_cast<std::size_t>(next)])}}});
    return false;
}

// ---- admission ------------------------------------------------------------------------------------------------

void Reception::admit(const AdmissionRequest &request)
{
    Client &client = clients_.add(request);
    if (refusing_) {
        refuse(client, withRetry(makeError(Code::Draining, "the server is going down"), kFullRetryMs));
        return;
    }
    const bool isAnonymous = request.credential.isEmpty();
    if (isAnonymous && request.mayHello && !auth_.check(presentedBy(request))) {
        // It may still say who it is in its hello.
        if (!moveTo(client, Phase::Authenticating, "waits for its hello"))
            return;
        Admission admission;
        admission.connectionId = client.connectionId;
        admission.needsHello = true;
        hub_.edge.send(client.key.edge, AdmissionDecision{client.key, admission});
        return;
    }
    client.isProvisional = isAnonymous && !auth_.knowsTokens();
    auth_.authenticate(presentedBy(request),
                       [this, key = request.connection](Result<Principal> who) { decide(key, std::move(who)); });
}

void Reception::decide(const ConnectionKey &key, Result<Principal> who)
{
    Client *client = clients_.find(key);
    if (client == nullptr)
        return; // it left while the token was looked up
    if (!who) {
        refuse(*client, who.error());
        return;
    }
    const Status room = makeRoom(who->userId);
    if (!room) {
        refuse(*client, room.error());
        return;
    }
    if (!moveTo(*client, Phase::Authenticating, "admitted"))
        return;
    welcome(*client, *std::move(who), false);
}

Status Reception::makeRoom(const std::string &userId)
{
    // The newcomer is in the registry already.
    if (clients_.size() > hub_.limits.maxConnections) {
        if (hub_.limits.overflow == ServerOverflow::Refuse)
            return withRetry(makeError(Code::Full, "the server is full"), kFullRetryMs);
        if (Client *oldest = clients_.longestSilent())
            close(*oldest, CloseCode::Idle, "it made room for a newer connection");
    }
    if (!clients_.isFullFor(userId))
        return Ok{};
    if (hub_.limits.overflowPerUser == UserOverflow::Reject)
        return withRetry(makeError(Code::TooManyConnections, "this user has too many connections"), kFullRetryMs);
    if (Client *oldest = clients_.longestSilentOf(userId))
        close(*oldest, CloseCode::Replaced, "a newer connection of the same user took its place");
    return Ok{};
}

void Reception::refuse(Client &client, Error error)
{
    hub_.log.write({LogLevel::Info,
                    "ws.refused",
                    "a connection was refused",
                    "orchestrator",
                    client.request.correlationId,
                    {{"code", std::string(errorRow(error.code).name)}, {"address", client.request.peer.address}}});
    const ConnectionKey key = client.key;
    (void)moveTo(client, Phase::Closed, error.message);
    hub_.edge.send(key.edge, AdmissionDecision{key, std::move(error)});
    clients_.remove(key); // no ConnectionGone follows a refusal
    changed();
}

/// The client is known now: tells the edge, and lets it in as soon as its socket is open.
void Reception::welcome(Client &client, Principal principal, bool wasOpened)
{
    clients_.setPrincipal(client, std::move(principal));
    grace_.erase(client.principal.userId);
    watchToken(client);
    if (!wasOpened) {
        hub_.edge.send(client.key.edge,
                       AdmissionDecision{client.key, Admission{client.connectionId, client.principal, false}});
        return;
    }
    hub_.edge.send(client.key.edge, Authenticated{client.key, client.principal});
    enter(client);
}

void Reception::opened(const ConnectionKey &key)
{
    Client *client = clients_.find(key);
    if (client == nullptr || client->isClosing)
        return;
    hub_.log.write({LogLevel::Info,
                    "ws.opened",
                    "a chat connection was opened",
                    "orchestrator",
                    client->request.correlationId,
                    {{"connection_id", toString(client->connectionId)},
                     {"user_id", client->principal.userId},
                     {"version", std::to_string(client->apiVersion)}}});
    if (client->isKnown)
        enter(*client);
}

void Reception::decideVersion(const VersionDecided &decided)
{
    Client *client = clients_.find(decided.connection);
    if (client == nullptr || client->apiVersion != 0)
        return;
    client->apiVersion = decided.apiVersion;
    client->encoding = decided.encoding;
    if (client->state.isActive() && client->apiVersion == 1)
        impliesHello(*client);
}

// ---- phases ---------------------------------------------------------------------------------------------------

void Reception::enter(Client &client)
{
    if (client.isProving)
        return;
    if (gate_.isReady()) {
        activate(client);
        return;
    }
    if (client.state.phase() == Phase::Initializing || !moveTo(client, Phase::Initializing, "services are starting"))
        return;
    say(client, wire::SystemEvent::Initializing, "The server is starting its services.");
    scheduleNotice(client);
    gate_.ensure();
}

void Reception::scheduleNotice(Client &client)
{
    client.initNotice.start(kInitNotice, [this, &client] {
        if (++client.initNotices < kInitNotices) {
            say(client, wire::SystemEvent::InitializationProgress,
                "Still starting after " + std::to_string(client.initNotices * kInitNotice.count()) +
                    " s. Messages you send are kept.");
            scheduleNotice(client);
            return;
        }
        closeFor(client, {}, makeError(Code::ServiceInitFailed, "the server could not start its services within 30 s"));
    });
}

void Reception::say(Client &client, wire::SystemEvent event, std::string message)
{
    const std::vector<wire::PhaseRow> phases = gate_.phases();
    wire::SystemMessage body{event, std::move(message), progressOf(phases), {}, {}};
    const auto current = std::ranges::find(phases, wire::PhaseState::Running, &wire::PhaseRow::state);
    if (current != phases.end())
        body.phase = current->name;
    outbox_.send(client.key, outbox_.frame(client.principal.userId, std::move(body)));
}

void Reception::gateChanged()
{
    for (Client *client : clients_.all()) {
        if (client->state.phase() != Phase::Initializing || client->isClosing)
            continue;
        if (gate_.isReady() && client->isProving)
            continue; // proved() takes it on
        if (gate_.isReady()) {
            say(*client, wire::SystemEvent::Ready, "The server is ready.");
            activate(*client);
        } else {
            say(*client, wire::SystemEvent::InitializationProgress, "The server is starting its services.");
        }
    }
}

void Reception::activate(Client &client)
{
    if (client.isProvisional) {
        client.isProvisional = false;
        if (const auto who = auth_.check(presentedBy(client.request)); !who) {
            closeFor(client, {}, who.error());
            return;
        }
    }
    if (!moveTo(client, Phase::Active, "services are ready"))
        return;
    client.initNotice.stop();
    if (client.hello)
        greet(client, std::exchange(client.hello, {}));
    else if (client.apiVersion == 1 || !client.held.empty())
        impliesHello(client);
    else
        client.greeting.start(kImpliedHello, [this, &client] { impliesHello(client); });
    releaseHeld(client);
}

void Reception::releaseHeld(Client &client)
{
    const ConnectionKey key = client.key;
    for (ClientMessage &message : std::exchange(client.held, {})) {
        Client *still = clients_.find(key);
        if (still == nullptr || still->isClosing)
            return;
        onActive_.chat(*still, std::move(message));
    }
}

void Reception::greet(Client &client, std::optional<wire::Hello> hello)
{
    client.greeting.stop();
    client.isGreeted = true;
    onActive_.greet(client, std::move(hello));
}

void Reception::impliesHello(Client &client)
{
    // Nothing decides the version of a silent connection, and no frame can be written in an unknown one.
    if (!client.isGreeted && !client.isProving && client.state.isActive() && client.apiVersion != 0)
        greet(client, {});
}

void Reception::hello(Client &client, wire::Hello hello)
{
    if (!hello.versions.empty() && std::ranges::find(hello.versions, 2U) == hello.versions.end()) {
        closeFor(client, hello.id, makeError(Code::UnsupportedVersion, "version 2 is spoken here", "/versions"));
        return;
    }
    const bool hasCredential = hello.token || hello.ticket;
    const bool needsProof = !client.isKnown || (hasCredential && !client.isGreeted && client.principal.tokenId.empty());
    if (!needsProof) {
        if (client.state.isActive() && !client.isProving)
            greet(client, std::move(hello));
        else
            client.hello = std::move(hello);
        return;
    }
    client.isProving = true;
    client.hello = hello;
    auto done = [this, key = client.key, id = hello.id](Result<Principal> who) { proved(key, id, std::move(who)); };
    if (hello.ticket)
        done(auth_.redeemTicket(*hello.ticket, client.request.peer.origin));
    else
        auth_.authenticate(
            {Secret(hello.token.value_or("")), client.request.clientId, client.request.peer.isLoopback, false},
            std::move(done));
}

/// The credential of a hello was looked up.
void Reception::proved(const ConnectionKey &key, const std::string &helloId, Result<Principal> who)
{
    Client *client = clients_.find(key);
    if (client == nullptr || client->isClosing)
        return;
    client->isProving = false;
    client->isProvisional = false;
    if (!who) {
        closeFor(*client, helloId, who.error());
        return;
    }
    const bool isCounted = client->isKnown && client->principal.userId == who->userId;
    if (const Status room = isCounted ? Status(Ok{}) : makeRoom(who->userId); !room) {
        closeFor(*client, helloId, room.error());
        return;
    }
    if (client->state.isActive()) { // it was let in as an anonymous peer before it said who it is
        clients_.setPrincipal(*client, *std::move(who));
        watchToken(*client);
        hub_.edge.send(key.edge, Authenticated{key, client->principal});
        greet(*client, std::exchange(client->hello, {}));
        releaseHeld(*client);
        return;
    }
    welcome(*client, *std::move(who), true);
}

Status Reception::hold(Client &client, ClientMessage message)
{
    if (client.held.size() >= hub_.limits.heldChats)
        return makeError(Code::NotReady, "the services are still starting and eight messages wait already");
    client.held.push_back(std::move(message));
    return Ok{};
}

// ---- tokens ---------------------------------------------------------------------------------------------------

void Reception::watchToken(Client &client)
{
    client.tokenClock.stop();
    if (!client.principal.expiresAt)
        return;
    const std::chrono::milliseconds left(*client.principal.expiresAt - hub_.clock.wallMs());
    const auto expire = [this, &client] { close(client, CloseCode::TokenExpired, "the token has expired"); };
    if (left <= kExpiryWarning) {
        client.tokenClock.start(left, expire);
        return;
    }
    client.tokenClock.start(left - kExpiryWarning, [this, &client, expire] {
        outbox_.send(client.key,
                     outbox_.frame(client.principal.userId, wire::AuthExpiring{{*client.principal.expiresAt}}));
        client.tokenClock.start(kExpiryWarning, expire);
    });
}

void Reception::refreshToken(Client &client, const wire::AuthRefresh &refresh)
{
    auth_.authenticate({Secret(refresh.token), client.request.clientId, client.request.peer.isLoopback, false},
                       [this, key = client.key, id = refresh.id](Result<Principal> who) {
                           Client *client = clients_.find(key);
                           if (client == nullptr || client->isClosing)
                               return;
                           if (who && who->userId != client->principal.userId)
                               who = makeError(Code::Forbidden, "the token belongs to another user");
                           if (!who) {
                               outbox_.sendError(key, client->principal.userId, id, who.error(),
                                                 client->request.correlationId);
                               return;
                           }
                           client->principal = *std::move(who);
                           watchToken(*client);
                           wire::ServerAck ack;
                           ack.ref = id;
                           outbox_.send(key, outbox_.frame(client->principal.userId, std::move(ack)));
                       });
}

void Reception::tokensChanged()
{
    for (Client *client : clients_.all())
        if (client->isKnown && !client->isProvisional && !client->isClosing && !auth_.isStillGood(client->principal))
            close(*client, CloseCode::Unauthenticated, "the token was revoked");
}

// ---- acks -----------------------------------------------------------------------------------------------------

void Reception::acked(Client &client, const wire::ClientAck &ack)
{
    if (!client.feed.follows.contains(ack.threadId))
        return;
    Client::AckMark &mark = client.acks[ack.threadId];
    mark.handled = std::max(mark.handled, ack.offset);
    if (!client.sendsAcks) {
        client.sendsAcks = true;
        client.ackClock.start(std::chrono::seconds(1), [this, &client] { lookAtAcks(client); });
    }
}

/// Once a second for who ever sent an ack: it must not be silent about an event for 60 s, nor have more than 512 of
/// them open without handling any between two looks.
void Reception::lookAtAcks(Client &client)
{
    const MonotonicTime now = hub_.clock.now();
    bool tooLate = false;
    for (auto &[threadId, mark] : client.acks) {
        const std::uint64_t published = following_.publishedLive(client.feed, threadId).value_or(mark.handled);
        const bool isBehind = published > mark.handled;
        const bool hasMoved = mark.handled > mark.atLastLook;
        if (isBehind && (hasMoved || !mark.isBehind))
            mark.behindSince = now;
        mark.isBehind = isBehind;
        const bool stuck = isBehind && !hasMoved && mark.publishedAtLastLook > mark.handled + kAckWindow;
        tooLate = tooLate || stuck || (isBehind && now - mark.behindSince >= kAckPatience);
        mark.atLastLook = mark.handled;
        mark.publishedAtLastLook = published;
    }
    if (tooLate)
        close(client, CloseCode::AckTimeout, "events were not acknowledged in time");
    else
        client.ackClock.start(std::chrono::seconds(1), [this, &client] { lookAtAcks(client); });
}

// ---- the end --------------------------------------------------------------------------------------------------

void Reception::closeFor(Client &client, std::optional<std::string> ref, const Error &error)
{
    outbox_.sendError(client.key, client.principal.userId, std::move(ref), error, client.request.correlationId);
    close(client, errorRow(error.code).close.value_or(CloseCode::BadHello), error.message);
}

void Reception::close(Client &client, CloseCode code, std::string reason)
{
    if (client.isClosing)
        return;
    client.isClosing = true;
    (void)moveTo(client, client.state.isActive() ? Phase::Closing : Phase::Closed, reason);
    following_.end(client.feed);
    client.initNotice.stop();
    client.greeting.stop();
    client.tokenClock.stop();
    client.ackClock.stop();
    outbox_.close(client.key, code, std::move(reason));
}

void Reception::closeAll(CloseCode code, const std::string &reason)
{
    for (Client *client : clients_.all())
        close(*client, code, reason);
}

void Reception::tellAll(const wire::ServerBody &body)
{
    for (const Client *client : clients_.all())
        if (client->state.maySendControl() && !client->isClosing)
            outbox_.send(client->key, outbox_.frame(client->principal.userId, body));
}

void Reception::gone(const ConnectionGone &gone)
{
    Client *client = clients_.find(gone.connection);
    if (client == nullptr)
        return;
    hub_.log.write({LogLevel::Info,
                    "ws.closed",
                    "a chat connection has ended",
                    "orchestrator",
                    client->request.correlationId,
                    {{"connection_id", toString(client->connectionId)},
                     {"user_id", client->principal.userId},
                     {"close_code", std::to_string(gone.closeCode)}}});
    following_.end(client->feed);
    if (client->state.phase() != Phase::Closed)
        (void)moveTo(*client, Phase::Closed, gone.reason);
    const std::vector<TaskId> endWithMe = client->endWithMe;
    const std::string userId = client->isKnown ? client->principal.userId : std::string();
    clients_.remove(gone.connection);
    for (const TaskId &id : endWithMe)
        if (const auto task = tasks_.find(id))
            tasks_.cancel(*task, "its connection has gone, as the chat asked for");
    if (!userId.empty())
        userLeft(userId);
    changed();
}

/// When that was the user's last connection, its tasks run on for a while and then end.
void Reception::userLeft(const std::string &userId)
{
    if (!clients_.ofUser(userId).empty() || tasks_.ofUser(userId).empty())
        return;
    auto &alarm = grace_[userId];
    alarm = std::make_unique<Alarm>(hub_.schedule);
    alarm->start(hub_.retention.disconnectGrace, [this, userId] {
        const auto own = grace_.extract(userId); // the alarm that is ringing lives until we are done
        for (const auto &task : tasks_.ofUser(userId))
            tasks_.cancel(*task, "nobody came back for it");
    });
}

} // namespace orchestra
