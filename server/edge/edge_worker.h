// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/edge/edge_connection.h"
#include "server/edge/frame_socket_pool.h"
#include "server/edge/listener.h"
#include "server/edge/socket_connection.h"
#include "server/loop/mailbox_reader.h"
#include "shared/base/random.h"
#include "shared/base/thread_owner.h"

#include <QObject>
#include <QSslConfiguration>
#include <QTimer>
#include <QWebSocketServer>

#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

namespace orchestra {

/// The mailboxes that an edge thread reads and writes.
struct EdgeDoors
{
    Mailbox<ToEdge> &fromHub;
    Mailbox<FromEdge> &toHub;
    Mailbox<ToWorker> &fromListener;
    Mailbox<ToListener> &toListener;
};

/// Everything that one edge thread owns: its connections, by serial, and what they share. Sorts the hub's messages to
/// them, looks after deadlines and reports its counters once a second.
/// Lives on: edge.
class EdgeWorker final : public QObject, private ConnectionHost
{
    Q_OBJECT

public:
    EdgeWorker(std::uint32_t edge, const EdgeSettings &settings, const Clock &clock, LogSink &log,
               const EdgeDoors &doors, MailboxReader<ToEdge> &hubReader, MailboxReader<ToWorker> &listenerReader);
    ~EdgeWorker() override;

    /// Begins to read the mailboxes. `listener` is this thread's when it is edge-0, else nullptr.
    void start(Listener *listener);
    /// For connections accepted from now on. Without it they are plain.
    void useTls(const QSslConfiguration &configuration);

private:
    void askForSlots(std::uint64_t serial, SlotSet slots, const Address &client) override;
    void releaseSlots(SlotSet slots, const Address &client) override;
    void upgrade(std::uint64_t serial, AdmittedUpgrade upgrade) override;
    void remove(std::uint64_t serial) override;

    void accept(AcceptedSocket &&accepted);
    void openUpgraded();
    void handleFromListener(ToWorker &message);
    void handleFromHub(ToEdge &message);
    void tell(const AdmissionDecision &decision);
    void tell(const WatchConnections &watch);
    void tell(const StopAccepting &stop);
    void tell(const Broadcast &broadcast);
    void tell(const ReplayPart &part);
    template <class Message>
    void tell(const Message &message)
    {
        if (EdgeConnection *connection = find(message.connection.serial))
            connection->receive(message);
    }
    void pauseReading();
    void retryHub();
    void sweep();
    void report();
    /// Destroys it in a later turn: it may be on the stack above us.
    void bury(std::unique_ptr<EdgeConnection> connection);
    void tellListener(ToListener message);
    EdgeConnection *find(std::uint64_t serial);

    struct Entry
    {
        std::unique_ptr<EdgeConnection> connection;
        SocketClosed closed;                ///< what the listener has to be told when the socket has gone
        SocketConnection *socket = nullptr; ///< the same as `connection`, once it is a WebSocket
    };

    const ThreadOwner owner_;
    const EdgeDoors doors_;
    const EdgeSettings &settings_;
    const Clock &clock_;
    LogSink &log_;
    MailboxReader<ToEdge> &hubReader_;
    MailboxReader<ToWorker> &listenerReader_;
    HubLink hub_;
    EdgeCounters counters_;
    MessageBudget refusalLog_;
    SystemRandom random_;
    IdSource ids_;
    wire::JsonReader json_;
    const std::string openApi_;
    std::vector<char> scratch_;
    EdgeContext context_;
    Listener *listener_ = nullptr;
    std::optional<QSslConfiguration> tls_;
    const SocketLimits socketLimits_;
    std::unique_ptr<FrameSocketPool> pool_; ///< outlives the connections
    QWebSocketServer engines_;              ///< never listens; one for plain and TLS, for it sees neither
    std::uint64_t lastSerial_ = 0;
    std::unordered_map<std::uint64_t, Entry> entries_;
    std::vector<std::unique_ptr<EdgeConnection>> buried_;
    std::vector<ToListener> unsentToListener_; ///< its mailbox was full
    bool isWatched_ = false;
    QTimer sweepTimer_;
    QTimer reportTimer_;
    QTimer retryTimer_;
    MonotonicTime lastSweep_{};
    MonotonicTime lastSocketSweep_{};
    const std::chrono::milliseconds socketSweep_; ///< WebSockets are many, and their deadlines long
};

} // namespace orchestra
