// SPDX-License-Identifier: GPL-3.0-or-later
// What ends a connection: its token, acks that do not come, a close, the peer.
#include "server/orchestrator/reception.h"

#include "shared/wire/error_table.h"

#include <algorithm>
#include <utility>

namespace orchestra {

using Phase = wire::ConnectionPhase;

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
    if (hub_.log.wants(LogLevel::Info))
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
