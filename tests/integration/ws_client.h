// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/wire/json_codec.h"
#include "shared/wire/ops_codec.h"
#include "shared/wire/protobuf_codec.h"
#include "tests/integration/edge_bench.h"
#include "tests/support/ws_frames.h"

namespace orchestra::test {

inline std::string chatJson(std::string_view id, std::string_view content)
{
    std::string json;
    wire::encodeClientJson(wire::Chat{std::string(id), std::string(content)}, json);
    return json;
}

inline std::string helloJson(std::string_view token)
{
    std::string json;
    wire::encodeClientJson(wire::Hello{"h", {2}, std::string(token)}, json);
    return json;
}

inline std::string pingJson(std::string_view id)
{
    std::string json;
    wire::encodeClientJson(wire::Ping{std::string(id)}, json);
    return json;
}

/// A WebSocket client on the test's event loop that sees every frame.
class WsClient : public RawClient
{
public:
    using RawClient::RawClient;

    static std::string request(std::string_view path, std::string_view fields = {})
    {
        return get(path, "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                         "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
                             std::string(fields));
    }
    static std::string offering(std::string_view subprotocol)
    {
        return "Sec-WebSocket-Protocol: " + std::string(subprotocol) + "\r\n";
    }

    HttpAnswer upgrade(std::string_view path, std::string_view fields = {}, std::string_view glued = {})
    {
        send(request(path, fields) + std::string(glued));
        return answer();
    }
    bool open(std::string_view path = "/chat/ws/ada/s", std::string_view subprotocol = "orchestra.v2.json")
    {
        return upgrade(path, subprotocol.empty() ? std::string() : offering(subprotocol)).status == 101;
    }

    void text(std::string_view payload) { send(WsFrame{.payload = std::string(payload)}.bytes()); }
    void binary(std::string_view payload)
    {
        send(WsFrame{.opcode = WsFrame::Binary, .payload = std::string(payload)}.bytes());
    }

    /// The next frame; an empty payload and opcode 15 when none comes in time.
    WsFrame next(std::chrono::milliseconds timeout = std::chrono::seconds(5))
    {
        WsFrame frame{.opcode = 15, .payload = {}};
        until(
            [&] {
                if (auto taken = takeFrame(received)) {
                    frame = std::move(*taken);
                    return true;
                }
                return isClosed();
            },
            timeout);
        return frame;
    }
    wire::JsonValue json()
    {
        wire::JsonReader reader(64);
        auto value = reader.readValue(next().payload);
        return value ? *value : wire::JsonValue();
    }
    wire::DecodedServerFrame frame()
    {
        wire::JsonReader reader(wire::kServerFrameDepth);
        const WsFrame raw = next();
        auto decoded = raw.opcode == WsFrame::Binary ? wire::decodeServerProtobuf(reader, raw.payload)
                                                     : wire::decodeServerJson(reader, raw.payload);
        return decoded ? *decoded : wire::DecodedServerFrame{};
    }
    /// Skips frames until a close; 0 when none comes.
    std::uint16_t closeCode(std::chrono::milliseconds timeout = std::chrono::seconds(5))
    {
        for (;;) {
            const WsFrame frame = next(timeout);
            if (frame.opcode == WsFrame::Close) {
                closeReason = frame.payload.size() > 2 ? frame.payload.substr(2) : std::string();
                return closeCodeOf(frame);
            }
            if (frame.opcode == 15)
                return 0;
        }
    }

    std::string closeReason;
};

} // namespace orchestra::test
