// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/wire/chat_messages.h"
#include "shared/wire/json_reader.h"

#include <QString>
#include <QWebSocket>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace orchestra {

/// A plain chat client of protocol version 2 over a real WebSocket: says hello with the cursors it has, keeps every
/// frame, and counts what must never happen. Knows nothing of the server but the wire.
class WireClient
{
public:
    struct Options
    {
        quint16 port = 0;
        QString user = QStringLiteral("ann");
        QString session = QStringLiteral("s1");
        QString token;
        bool protobuf = false;
    };

    explicit WireClient(Options options);

    /// Connects and says hello with the cursors of what was seen so far; keeps the frames of earlier connections.
    void connectNow();
    /// Connects and welcomed, or not within `timeoutMs`.
    bool join(int timeoutMs = 10000);
    /// As a broken link would.
    void cut();
    bool isWelcome() const { return welcomes > 0; }

    /// Sends a frame; false when there is no connection.
    bool send(const wire::ClientFrame &frame);
    bool chat(const std::string &id, const std::string &content);

    /// Every frame, over all connections, in the order of arrival.
    std::vector<wire::ServerFrame> frames;
    std::function<void(const wire::ServerFrame &)> onFrame;
    int welcomes = 0; ///< of the present connection
    std::optional<int> closeCode;
    int sequenceGaps = 0;
    int offsetGaps = 0;    ///< a durable event that was not the next one of its thread and epoch
    int foreignFrames = 0; ///< for another user
    int unreadable = 0;

    template <class Body>
    std::vector<Body> bodies() const
    {
        std::vector<Body> out;
        for (const wire::ServerFrame &frame : frames)
            if (const auto *body = std::get_if<Body>(&frame.body))
                out.push_back(*body);
        return out;
    }
    template <class Body>
    int count() const
    {
        int n = 0;
        for (const wire::ServerFrame &frame : frames)
            n += std::holds_alternative<Body>(frame.body) ? 1 : 0;
        return n;
    }
    /// Epoch and offset of every durable event, in the order of arrival.
    std::vector<std::pair<std::uint64_t, std::uint64_t>> positions() const;
    std::string text() const;
    const std::map<ThreadId, wire::Cursor> &cursors() const { return cursors_; }
    std::optional<ThreadId> thread() const { return thread_; }

private:
    void receive(std::string_view bytes, bool binary);
    void note(const wire::ServerFrame &frame, std::uint64_t sequence);
    void sayHello();

    const Options options_;
    wire::JsonReader reader_;
    std::unique_ptr<QWebSocket> socket_;
    std::map<ThreadId, wire::Cursor> cursors_;
    std::optional<ThreadId> thread_;
    std::uint64_t sequence_ = 0;
    bool isHelloAnswered_ = false;
};

/// Runs the event loop until `condition` holds; false after `timeoutMs`.
bool waitUntil(const std::function<bool()> &condition, int timeoutMs = 10000);

} // namespace orchestra
