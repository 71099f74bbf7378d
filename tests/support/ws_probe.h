// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/support/ws_frames.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace orchestra {

/// A WebSocket client that sends exactly the bytes a test tells it to and reads when it is told to.
/// Blocks, with a deadline on every wait. Plain sockets and OpenSSL: nothing of Qt or of the server.
class WsProbe
{
public:
    using Timeout = std::chrono::milliseconds;
    static constexpr Timeout kPatience = std::chrono::seconds(10);

    WsProbe();
    ~WsProbe();
    WsProbe(WsProbe &&) noexcept;
    WsProbe &operator=(WsProbe &&) noexcept;

    /// To 127.0.0.1. `receiveBuffer` > 0 sets SO_RCVBUF.
    bool connect(std::uint16_t port, int receiveBuffer = 0);
    /// The same with TLS; any certificate will do.
    bool connectTls(std::uint16_t port, int receiveBuffer = 0);
    /// Sends an upgrade request with `headers` (each ended by CRLF) and, in the same segment, `glued`; true when the
    /// answer is 101. What follows the answer is kept for `read()`.
    bool upgrade(std::string_view path = "/", std::string_view headers = {}, std::string_view glued = {});
    /// The head of the last answer, and whether one came.
    const std::string &reply() const { return reply_; }
    bool readReply(Timeout timeout = kPatience);

    /// False when the peer has gone or does not take all of it in time.
    bool send(std::string_view bytes, Timeout timeout = kPatience);
    bool send(const WsFrame &frame) { return send(frame.bytes()); }
    /// Sends what can be sent without waiting; how many bytes that were. 0 also when the peer has gone.
    std::size_t sendSome(std::string_view bytes);

    std::optional<WsFrame> read(Timeout timeout = kPatience);
    /// Skips frames until a close; its code, or nothing when the connection ended without one or none came in time.
    std::optional<std::uint16_t> readClose(Timeout timeout = kPatience);
    /// Reads and throws away until the peer has ended the connection.
    bool waitForEnd(Timeout timeout = kPatience);
    /// True when waitForEnd() or read() found an orderly end, not a reset.
    bool hasEndedInOrder() const { return hasEndedInOrder_; }
    /// Bytes that were received but do not make a whole frame.
    const std::string &unread() const { return received_; }

    void closeForWriting();
    /// `withReset`: the peer sees a reset and not an end.
    void close(bool withReset = false);

private:
    struct Tls;

    using Deadline = std::chrono::steady_clock::time_point;
    bool waitFor(short events, Deadline deadline) const;
    /// Bytes moved; 0: not now; negative: the connection has ended.
    long trySend(const char *data, std::size_t size);
    long tryReceive(char *data, std::size_t size);
    bool receiveMore(Deadline deadline);

    int socket_ = -1;
    std::unique_ptr<Tls> tls_;
    std::string reply_;
    std::string received_;
    bool hasEnded_ = false;
    bool hasEndedInOrder_ = false;
};

} // namespace orchestra
