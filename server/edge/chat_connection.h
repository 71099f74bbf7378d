// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/edge/socket_connection.h"
#include "shared/wire/v1_adapter.h"

#include <memory>
#include <optional>

namespace orchestra {

/// A client's WebSocket: finds out which version and encoding it speaks, turns its frames into ClientMessages within
/// its limits, and sends it what belongs to its user and nothing else.
/// Lives on: edge.
class ChatConnection final : public SocketConnection
{
public:
    /// `limits` must outlive the connection.
    ChatConnection(EdgeContext &context, FrameSocketPool &pool, const SocketLimits &limits, std::uint64_t serial,
                   AdmittedUpgrade &upgrade);
    ~ChatConnection() override;

    using SocketConnection::receive;
    void receive(const Authenticated &authenticated) override;
    void receive(const Unicast &unicast) override;
    void deliver(EncodedEvent &event) override;
    void sweep(MonotonicTime now) override;

protected:
    void onText(const QString &text) override;
    void onBinary(const QByteArray &bytes) override;

private:
    /// What came in: its bytes and how they are encoded.
    struct Inbound
    {
        std::string_view bytes;
        wire::Encoding encoding;
        MonotonicTime at;
    };

    void take(const Inbound &inbound);
    bool decideVersion(const Inbound &inbound);
    void settleOn(int version, wire::Encoding encoding);
    wire::ClientDecoding decode(const Inbound &inbound);
    void handle(wire::ClientFrame frame, const Inbound &inbound);
    bool isWithinBudget(const wire::ClientFrame &frame, const Inbound &inbound);
    bool mayPass(const wire::ClientFrame &frame);
    void refuse(const std::string &ref, const Error &error);
    void say(wire::ServerBody body);
    void send(EncodedEvent &event, bool isDroppable);
    bool isForThisUser(const wire::ServerFrame &frame);

    const SocketLimits &limits_;
    const ConnectionId connectionId_;
    std::string userId_;
    int version_; ///< 0 until the first frame has decided
    wire::Encoding encoding_;
    bool needsHello_;
    bool hasSaidHello_ = false;
    MessageBudget budget_;
    EventWindow refusals_;
    std::unique_ptr<wire::V1Adapter> v1_; ///< while the version is 1 or not decided
};

/// The wire name of a client's frame, for example chat.
std::string_view typeName(const wire::ClientFrame &frame);

} // namespace orchestra
