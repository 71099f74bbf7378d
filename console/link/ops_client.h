// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/link/endpoint.h"
#include "console/link/link_state.h"
#include "console/link/mirror.h"
#include "console/link/socket.h"
#include "shared/base/ids.h"
#include "shared/wire/json_reader.h"
#include "shared/wire/ops_messages.h"

#include <QTimer>

#include <functional>
#include <map>
#include <optional>

namespace orchestra {

/// The operator's link to one server: keeps it open, keeps the subscribed topics in step, sends commands and queries
/// and brings back their answers. Lives on: gui.
class OpsClient final : public QObject
{
    Q_OBJECT

public:
    /// Why an answer will not come is an Error: NotReady when the link is not live, ProviderUnavailable when it broke
    /// first (whether a command was carried out is then unknown), Invalid when the frame could not be read.
    template <class T>
    using Answer = std::function<void(Result<T>)>;

    /// Both must outlive the client.
    OpsClient(const Clock &clock, RandomSource &random, QObject *parent = nullptr);

    void connectTo(const Endpoint &endpoint, const QString &token, const QString &pin = {});
    void leave();
    void retryNow();
    /// Asks for every topic anew.
    void refresh();

    /// Remembered, and sent again after each reconnect. Replaces an earlier subscription of the same topic.
    void subscribe(wire::Subscribe subscription);
    void unsubscribe(wire::Topic topic);
    /// The whole topic, for as long as anybody watches it: each watch() is ended by an unwatch().
    void watch(wire::Topic topic);
    void unwatch(wire::Topic topic);

    void act(wire::ActionBody action, std::optional<std::uint64_t> expectedRevision, std::string reason,
             Answer<wire::OpsReply> done);
    void querySeries(std::vector<std::string> names, std::chrono::seconds range, Answer<wire::SeriesReply> done);
    void queryConnection(ConnectionId connection, Answer<wire::ConnectionReply> done);
    void queryAudit(std::string target, std::uint64_t beforeIndex, std::uint64_t count, Answer<wire::AuditReply> done);
    /// How a breaker's state changed, newest first, for a day back; an empty name asks for all of them.
    void queryBreaker(std::string breaker, std::uint64_t beforeIndex, std::uint64_t count,
                      Answer<wire::BreakerReply> done);
    /// How a tool (SERVER/TOOL) describes itself.
    void queryTool(std::string name, Answer<wire::ToolReply> done);

    const LinkState &link() const { return link_; }
    const Mirror &mirror() const { return mirror_; }
    /// Of the present or last session; absent before the first.
    const std::optional<wire::OpsWelcome> &welcome() const { return welcome_; }
    const Endpoint &endpoint() const { return endpoint_; }
    /// The wall clock of the last frame in ms; 0 before the first.
    WallMs lastFrameAt() const { return lastFrameAt_; }

Q_SIGNALS:
    /// The phase or its numbers (attempt, age) changed; at least twice a second while a server is chosen.
    void linkChanged();
    void welcomed();
    void topicChanged(const orchestra::TopicChange &change);
    /// A frame could not be read.
    void malformed(const QString &why);

private:
    using Waiting = std::function<void(Result<wire::OpsServerFrame>)>;

    void open();
    void whenOpened();
    void whenReceived(const QByteArray &bytes);
    void whenClosed(quint16 code, const QString &reason);
    void tick();
    void handle(const wire::OpsServerFrame &frame);
    template <class Frame>
    void applyTopic(const Frame &frame);
    void sendSubscription(const wire::Subscribe &subscription);
    void send(const wire::OpsClientFrame &frame);
    std::string nextId();
    template <class Reply>
    void ask(wire::OpsClientFrame frame, std::string id, Answer<Reply> done);
    void answer(const std::string &id, const wire::OpsServerFrame &frame);
    void failAll(const Error &error);
    void noteSynced();

    const Clock &clock_;
    IdSource ids_;
    wire::JsonReader reader_;
    LinkState link_;
    Mirror mirror_;
    Endpoint endpoint_ = Endpoint::local();
    QString token_;
    QString pin_;
    Socket socket_;
    QTimer timer_;
    std::optional<wire::OpsWelcome> welcome_;
    std::map<wire::Topic, wire::Subscribe> subscriptions_;
    std::map<wire::Topic, int> watchers_;
    std::map<wire::Topic, MonotonicTime> awaited_; ///< snapshots that have not come, and when they were asked for
    std::map<std::string, Waiting> waiting_;
    WallMs lastFrameAt_ = 0;
};

} // namespace orchestra

Q_DECLARE_METATYPE(orchestra::TopicChange)
