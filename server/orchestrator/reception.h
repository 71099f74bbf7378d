// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/core/service_gate.h"
#include "server/orchestrator/auth.h"
#include "server/orchestrator/client_registry.h"
#include "server/orchestrator/following.h"
#include "server/orchestrator/outbox.h"
#include "server/orchestrator/task_registry.h"

#include <functional>
#include <map>
#include <memory>
#include <string>

namespace orchestra {

/// Takes chat connections from the request to upgrade to their end: who may come in, their phases, what they hear while
/// the services start, when their token ends, and how long their tasks run on without them. Lives on: hub.
class Reception
{
public:
    /// Without a hello for so long after a connection became ACTIVE, one without cursors is taken as said.
    static constexpr std::chrono::seconds kImpliedHello{1};
    static constexpr std::chrono::seconds kExpiryWarning{60};
    /// A waiting connection hears a notice at each of these; the last one ends it.
    static constexpr std::chrono::seconds kInitNotice{10};
    static constexpr int kInitNotices = 3;
    /// Who ever sent acks must not fall behind further than this.
    static constexpr std::chrono::seconds kAckPatience{60};
    static constexpr std::uint64_t kAckWindow = 512;

    Reception(const Hub &hub, Outbox &outbox, Auth &auth, ServiceGate &gate, ClientRegistry &clients,
              Following &following, TaskRegistry &tasks);
    Reception(const Reception &) = delete;
    Reception &operator=(const Reception &) = delete;

    /// What is done with a client that has become ACTIVE: its hello (null: implied), and the chats it sent too early.
    struct OnActive
    {
        std::function<void(Client &, std::optional<wire::Hello>)> greet;
        std::function<void(Client &, ClientMessage)> chat;
    };
    void onActive(OnActive handlers) { onActive_ = std::move(handlers); }
    void onChange(std::function<void()> changed) { changed_ = std::move(changed); }

    void admit(const AdmissionRequest &request);
    void opened(const ConnectionKey &key);
    void decideVersion(const VersionDecided &decided);
    void gone(const ConnectionGone &gone);

    /// A hello: authenticates a connection that has not been yet, then greets it as soon as it is ACTIVE.
    void hello(Client &client, wire::Hello hello);
    /// A frame other than hello has come: then none will.
    void impliesHello(Client &client);
    /// Keeps a chat until the client is ACTIVE; NOT_READY when it has sent too many.
    Status hold(Client &client, ClientMessage message);
    void refreshToken(Client &client, const wire::AuthRefresh &refresh);
    void acked(Client &client, const wire::ClientAck &ack);
    /// The services have come further, or are there.
    void gateChanged();
    /// Tokens were changed or revoked.
    void tokensChanged();

    /// New connections are refused with DRAINING from now on.
    void refuseConnections() { refusing_ = true; }
    void close(Client &client, CloseCode code, std::string reason);
    void closeAll(CloseCode code, const std::string &reason);
    /// The same frame for every connection that may hear control frames.
    void tellAll(const wire::ServerBody &body);
    bool moveTo(Client &client, wire::ConnectionPhase next, std::string cause);

private:
    void decide(const ConnectionKey &key, Result<Principal> who);
    void proved(const ConnectionKey &key, const std::string &helloId, Result<Principal> who);
    Status makeRoom(const std::string &userId);
    void refuse(Client &client, Error error);
    void closeFor(Client &client, std::optional<std::string> ref, const Error &error);
    void welcome(Client &client, Principal principal, bool wasOpened);
    void enter(Client &client);
    void activate(Client &client);
    void releaseHeld(Client &client);
    void say(Client &client, wire::SystemEvent event, std::string message);
    void scheduleNotice(Client &client);
    void watchToken(Client &client);
    void greet(Client &client, std::optional<wire::Hello> hello);
    void lookAtAcks(Client &client);
    void userLeft(const std::string &userId);
    void changed();

    const Hub &hub_;
    Outbox &outbox_;
    Auth &auth_;
    ServiceGate &gate_;
    ClientRegistry &clients_;
    Following &following_;
    TaskRegistry &tasks_;
    OnActive onActive_;
    std::function<void()> changed_;
    bool refusing_ = false;
    std::map<std::string, std::unique_ptr<Alarm>> grace_; ///< by user who has tasks and no connection
};

} // namespace orchestra
