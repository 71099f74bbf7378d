// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/orchestrator/chat_service.h"
#include "server/orchestrator/client_registry.h"
#include "server/orchestrator/following.h"
#include "server/orchestrator/outbox.h"
#include "server/orchestrator/reception.h"
#include "server/orchestrator/thread_service.h"

#include <memory>

namespace orchestra {

/// Takes each frame of a chat client to who does it and sees to its answer: exactly one ack, pong or error for each
/// frame with an id, and the welcome with what the client has missed for a hello. Lives on: hub.
class FrameDesk
{
public:
    FrameDesk(const Hub &hub, Outbox &outbox, Reception &reception, ClientRegistry &clients, ThreadService &threads,
              Following &following, ChatService &chats);
    FrameDesk(const FrameDesk &) = delete;
    FrameDesk &operator=(const FrameDesk &) = delete;

    void take(ClientMessage message);
    void greet(Client &client, const std::optional<wire::Hello> &hello);

private:
    struct Greeting;

    void take(Client &client, ClientMessage message);
    void chat(Client &client, ClientMessage message);
    void submit(Client &client, TurnRequest request, bool endsWithClient);
    void acknowledge(Client &client, const std::string &ref, bool endsWithClient, MonotonicTime receivedAt,
                     const AcceptedTurn &turn);
    void follow(Client &client, const wire::Follow &follow);
    void unfollow(Client &client, const wire::Unfollow &unfollow);
    void finishGreeting(const Greeting &greeting);
    TurnRequest requestOf(const Client &client, const ClientMessage &message) const;

    void answer(Client &client, const std::string &ref, const Status &status);
    void refuse(Client &client, std::optional<std::string> ref, const Error &error);

    const Hub &hub_;
    Outbox &outbox_;
    Reception &reception_;
    ClientRegistry &clients_;
    ThreadService &threads_;
    Following &following_;
    ChatService &chats_;
};

} // namespace orchestra
