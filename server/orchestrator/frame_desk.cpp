// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/orchestrator/frame_desk.h"

#include "shared/wire/error_table.h"

#include <algorithm>
#include <utility>

namespace orchestra {

/// A hello whose threads are being loaded.
struct FrameDesk::Greeting
{
    ConnectionKey client;
    std::optional<std::string> ref;
    std::vector<std::pair<ThreadId, std::optional<wire::Cursor>>> wanted; ///< in the order of the answer
    std::vector<wire::ThreadPosition> unknown;                            ///< threads this user does not have
    std::optional<ThreadId> session;
    std::size_t open = 0; ///< loads that have not ended
    std::optional<Error> failed;
};

FrameDesk::FrameDesk(const Hub &hub, Outbox &outbox, Reception &reception, ClientRegistry &clients,
                     ThreadService &threads, Following &following, ChatService &chats)
    : hub_(hub)
    , outbox_(outbox)
    , reception_(reception)
    , clients_(clients)
    , threads_(threads)
    , following_(following)
    , chats_(chats)
{
}

void FrameDesk::answer(Client &client, const std::string &ref, const Status &status)
{
    if (!status) {
        refuse(client, ref, status.error());
        return;
    }
    wire::ServerAck ack;
    ack.ref = ref;
    outbox_.send(client.key, outbox_.frame(client.principal.userId, std::move(ack)));
}

void FrameDesk::refuse(Client &client, std::optional<std::string> ref, const Error &error)
{
    outbox_.sendError(client.key, client.principal.userId, std::move(ref), error, client.request.correlationId);
}

void FrameDesk::take(ClientMessage message)
{
    Client *client = clients_.find(message.connection);
    if (client == nullptr || client->isClosing)
        return; // it was sent before the close arrived
    client->lastHeard = hub_.clock.now();
    const bool isHello = std::holds_alternative<wire::Hello>(message.frame);
    const bool isPing = std::holds_alternative<wire::Ping>(message.frame);
    if (!client->isKnown && !isHello && !isPing) {
        reception_.close(*client, CloseCode::BadHello, "the first frame must be a hello");
        return;
    }
    if (!isHello && !isPing)
        reception_.impliesHello(*client);
    take(*client, std::move(message));
}

void FrameDesk::take(Client &client, ClientMessage message)
{
    const std::string userId = client.principal.userId;
    std::visit(Overload{
                   [&](wire::Hello &frame) { reception_.hello(client, std::move(frame)); },
                   [&](wire::Chat &) { chat(client, std::move(message)); },
                   [&](wire::Command &) { chat(client, std::move(message)); },
                   [&](wire::Cancel &frame) { answer(client, frame.id, chats_.cancel(userId, frame)); },
                   [&](wire::Approve &frame) { answer(client, frame.id, chats_.approve(userId, frame)); },
                   [&](wire::Feedback &frame) {
                       chats_.saveFeedback(client.principal, frame,
                                           [this, key = client.key, id = frame.id](const Status &done) {
                                               if (Client *still = clients_.find(key))
                                                   answer(*still, id, done);
                                           });
                   },
                   [&](wire::AuthRefresh &frame) { reception_.refreshToken(client, frame); },
                   [&](wire::Follow &frame) { follow(client, frame); },
                   [&](wire::Unfollow &frame) { unfollow(client, frame); },
                   [&](wire::Ping &frame) { outbox_.send(client.key, outbox_.frame(userId, wire::Pong{frame.id})); },
                   [&](wire::ClientAck &frame) { reception_.acked(client, frame); },
               },
               message.frame);
}

// ---- turns ----------------------------------------------------------------------------------------------------

TurnRequest FrameDesk::requestOf(const Client &client, const ClientMessage &message) const
{
    TurnRequest request;
    request.principal = client.principal;
    request.sessionId = client.request.sessionId;
    request.correlationId = client.request.correlationId;
    request.apiVersion = client.apiVersion;
    request.receivedAt = message.receivedAt;
    if (const auto *chat = std::get_if<wire::Chat>(&message.frame)) {
        request.threadId = chat->threadId;
        request.id = chat->id;
        request.message = chat->content;
        request.hints = chat->optimizationHints;
        request.busy = chat->busy.value_or(wire::BusyPolicy::Queue);
        request.traceparent = chat->traceparent.value_or("");
        request.tracestate = chat->tracestate.value_or("");
    } else if (const auto *command = std::get_if<wire::Command>(&message.frame)) {
        request.threadId = command->threadId;
        request.id = command->id;
        request.commandName = command->name;
        request.commandArguments = command->arguments;
    }
    return request;
}

void FrameDesk::chat(Client &client, ClientMessage message)
{
    TurnRequest request = requestOf(client, message);
    if (!client.state.isActive() || client.isProving) {
        const std::string id = request.id;
        const Status held = reception_.hold(client, std::move(message));
        if (!held) {
            refuse(client, id, held.error());
            return;
        }
        wire::ServerFrame status =
            outbox_.frame(client.principal.userId, wire::StatusFrame{wire::TurnStatus::Queued, client.held.size()});
        status.requestId = id;
        outbox_.send(client.key, std::move(status));
        return;
    }
    const auto *chat = std::get_if<wire::Chat>(&message.frame);
    const bool endsWithClient = chat != nullptr && chat->onDisconnect == wire::OnDisconnect::Cancel;
    submit(client, std::move(request), endsWithClient);
}

void FrameDesk::submit(Client &client, TurnRequest request, bool endsWithClient)
{
    const bool isNewThread = request.threadId && !client.feed.follows.contains(*request.threadId);
    if (isNewThread && client.feed.follows.size() >= hub_.limits.followedThreads) {
        refuse(
            client, request.id,
            makeError(Code::Invalid, "this connection follows 32 threads already: unfollow one first", "/thread_id"));
        return;
    }
    ++hub_.counters.apiRequests[request.apiVersion == 1 ? "v1 ws" : "v2 ws"];
    const MonotonicTime receivedAt = request.receivedAt;
    const std::string ref = request.id;
    chats_.submit(std::move(request),
                  [this, key = client.key, ref, endsWithClient, receivedAt](const Result<AcceptedTurn> &turn) {
                      Client *client = clients_.find(key);
                      if (client == nullptr || client->isClosing) {
                          if (turn && turn->task && endsWithClient)
                              chats_.cancelSoon(*turn->task);
                          return;
                      }
                      if (turn)
                          acknowledge(*client, ref, endsWithClient, receivedAt, *turn);
                      else
                          refuse(*client, ref, turn.error());
                  });
}

void FrameDesk::acknowledge(Client &client, const std::string &ref, bool endsWithClient, MonotonicTime receivedAt,
                            const AcceptedTurn &turn)
{
    if (endsWithClient && turn.task)
        client.endWithMe.push_back(turn.taskId);
    wire::ServerAck ack;
    ack.ref = ref;
    ack.duplicate = turn.isDuplicate;
    ack.messageId = turn.messageId;
    ack.epoch = turn.epoch;
    ack.offset = turn.offset;
    ack.taskId = turn.taskId;
    wire::ServerFrame frame = outbox_.frame(client.principal.userId, std::move(ack));
    frame.threadId = turn.conversation->id();
    frame.requestId = ref;
    frame.taskId = turn.taskId;
    outbox_.send(client.key, std::move(frame));
    hub_.counters.ackUs.record(static_cast<std::uint64_t>(std::max<std::int64_t>(
        std::chrono::duration_cast<std::chrono::microseconds>(hub_.clock.now() - receivedAt).count(), 0)));
    if (!client.feed.follows.contains(turn.conversation->id())) {
        (void)following_.join(client.feed, *turn.conversation, {});
        following_.pump(client.feed);
    }
}

// ---- hello and follow -----------------------------------------------------------------------------------------

void FrameDesk::greet(Client &client, const std::optional<wire::Hello> &hello)
{
    auto greeting = std::make_shared<Greeting>();
    greeting->client = client.key;
    if (hello) {
        greeting->ref = hello->id;
        if (hello->cursors.size() + 1 > hub_.limits.followedThreads) {
            refuse(client, hello->id,
                   makeError(Code::Invalid, "a connection follows at most 32 threads, its session's among them",
                             "/cursors"));
            client.isGreeted = false; // another hello may follow
            return;
        }
    }
    greeting->open = 1 + (hello ? hello->cursors.size() : 0);
    const auto loaded = [this, greeting] {
        if (--greeting->open == 0)
            finishGreeting(*greeting);
    };
    const std::string &userId = client.principal.userId;
    if (hello) {
        for (const wire::Cursor &cursor : hello->cursors)
            threads_.find(userId, cursor.threadId, [greeting, cursor, loaded](const Result<Conversation *> &found) {
                if (found)
                    greeting->wanted.emplace_back(cursor.threadId, cursor);
                else if (found.error().code == Code::NotFound)
                    greeting->unknown.push_back({cursor.threadId, wire::ResumeOutcome::Reset, 0, cursor.offset, 0});
                else
                    greeting->failed = found.error();
                loaded();
            });
    }
    threads_.openSession(userId, client.request.sessionId, [greeting, loaded](const Result<Conversation *> &found) {
        if (found)
            greeting->session = (*found)->id();
        else
            greeting->failed = found.error();
        loaded();
    });
}

void FrameDesk::finishGreeting(const Greeting &greeting)
{
    Client *client = clients_.find(greeting.client);
    if (client == nullptr || client->isClosing)
        return;
    if (greeting.failed) {
        refuse(*client, greeting.ref, *greeting.failed);
        client->isGreeted = false;
        return;
    }
    auto wanted = greeting.wanted;
    const bool hasSession = std::ranges::any_of(wanted, [&](const auto &w) { return w.first == *greeting.session; });
    if (!hasSession)
        wanted.emplace_back(*greeting.session, std::nullopt);

    wire::Welcome welcome;
    welcome.ref = greeting.ref;
    welcome.connectionId = client->connectionId;
    welcome.role = wireNames(client->principal.role)[static_cast<std::size_t>(client->principal.role)];
    welcome.limits = {
        hub_.limits.messageBytes, static_cast<std::uint64_t>(hub_.limits.messagesPerSecond),
        static_cast<std::uint64_t>(hub_.limits.messageBurst),
        static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::seconds>(hub_.limits.idle).count())};
    welcome.threads = greeting.unknown;
    welcome.serverVersion = ORCHESTRA_VERSION;
    welcome.correlationId = client->request.correlationId;
    for (const auto &[threadId, cursor] : wanted) {
        // A thread may have been let go between two loads; whoever asks again finds it.
        Conversation *conversation = threads_.loaded(threadId);
        if (conversation == nullptr)
            continue;
        welcome.threads.push_back(following_.join(client->feed, *conversation, cursor));
        const auto outcome = welcome.threads.back().outcome;
        ++hub_.counters.replays[std::string(wireNames(outcome)[static_cast<std::size_t>(outcome)])];
    }
    client->feed.owesResumeDone = true;
    outbox_.send(client->key, outbox_.frame(client->principal.userId, std::move(welcome)));
    following_.pump(client->feed);
}

void FrameDesk::follow(Client &client, const wire::Follow &follow)
{
    if (client.feed.follows.size() >= hub_.limits.followedThreads && !client.feed.follows.contains(follow.threadId)) {
        refuse(
            client, follow.id,
            makeError(Code::Invalid, "this connection follows 32 threads already: unfollow one first", "/thread_id"));
        return;
    }
    threads_.find(client.principal.userId, follow.threadId,
                  [this, key = client.key, follow](const Result<Conversation *> &found) {
                      Client *client = clients_.find(key);
                      if (client == nullptr || client->isClosing)
                          return;
                      if (!found) {
                          refuse(*client, follow.id, found.error());
                          return;
                      }
                      std::optional<wire::Cursor> cursor = follow.cursor;
                      if (cursor)
                          cursor->threadId = follow.threadId;
                      wire::ServerAck ack;
                      ack.ref = follow.id;
                      ack.resume = following_.join(client->feed, **found, cursor);
                      wire::ServerFrame frame = outbox_.frame(client->principal.userId, std::move(ack));
                      frame.threadId = follow.threadId;
                      outbox_.send(key, std::move(frame));
                      following_.pump(client->feed);
                  });
}

void FrameDesk::unfollow(Client &client, const wire::Unfollow &unfollow)
{
    if (!client.feed.follows.contains(unfollow.threadId)) {
        refuse(client, unfollow.id, makeError(Code::NotFound, "this connection does not follow the thread"));
        return;
    }
    following_.leave(client.feed, unfollow.threadId);
    client.acks.erase(unfollow.threadId);
    answer(client, unfollow.id, Ok{});
}

} // namespace orchestra
