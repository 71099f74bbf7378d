// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/edge/socket_connection.h"

namespace orchestra {

/// A console's WebSocket: protobuf frames both ways, no idle limit.
/// Lives on: edge.
class OpsConnection final : public SocketConnection
{
public:
    OpsConnection(EdgeContext &context, FrameSocketPool &pool, const SocketLimits &limits, std::uint64_t serial,
                  AdmittedUpgrade &upgrade);

    using SocketConnection::receive;
    void receive(const OpsOut &out) override;
    void sweep(MonotonicTime) override {}

protected:
    void onText(const QString &text) override;
    void onBinary(const QByteArray &bytes) override;

private:
    void refuse(const Error &error);
    void send(const wire::OpsServerFrame &frame);

    MessageBudget budget_;
    EventWindow refusals_;
};

} // namespace orchestra
