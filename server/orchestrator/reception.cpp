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

std::optional<wire::Hello> takeHello(Client &client)
{
    const auto hello = std::exchange(client.hello, nullptr);
    return hello ? std::optional(std::move(*hello)) : std::nullopt;
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
        if (hub_.limits.overflow == ServerOverflow::Refuse) {
            ++hub_.counters.overloads;
            return withRetry(makeError(Code::Full, "the server is full"), kFullRetryMs);
        }
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
    if (hub_.log.wants(LogLevel::Info))
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
        greet(client, takeHello(client));
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
            client.hello = std::make_unique<wire::Hello>(std::move(hello));
        return;
    }
    client.isProving = true;
    client.hello = std::make_unique<wire::Hello>(hello);
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
        greet(*client, takeHello(*client));
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

} // namespace orchestra
