// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/link/ops_client.h"

#include "shared/wire/json_codec.h"
#include "shared/wire/ops_codec.h"

namespace orchestra {
namespace {

constexpr std::chrono::milliseconds kTick{250};
/// A quiet link is asked for a sign of life after this long, so that silence means something.
constexpr std::chrono::milliseconds kPingAfter{1000};

/// A snapshot that has not come by then, though other frames of its topic have, is asked for again.
constexpr std::chrono::seconds kAskAgainAfter{5};

const Error kNotLive{Code::NotReady, "The link to the server is not live.", true};
const Error kBroken{Code::ProviderUnavailable,
                    "The link broke before the server answered; whether it was done is not known.", true};

} // namespace

OpsClient::OpsClient(const Clock &clock, RandomSource &random, QObject *parent)
    : QObject(parent)
    , clock_(clock)
    , ids_(clock, random)
    , reader_(wire::kServerFrameDepth)
    , link_(clock, random)
{
    connect(&socket_, &Socket::opened, this, &OpsClient::whenOpened);
    connect(&socket_, &Socket::binaryReceived, this, &OpsClient::whenReceived);
    connect(&socket_, &Socket::closed, this, &OpsClient::whenClosed);
    timer_.setInterval(kTick);
    connect(&timer_, &QTimer::timeout, this, &OpsClient::tick);
}

void OpsClient::connectTo(const Endpoint &endpoint, const QString &token, const QString &pin)
{
    if (!(endpoint == endpoint_)) {
        mirror_.clear();
        welcome_.reset();
        lastFrameAt_ = 0;
    }
    endpoint_ = endpoint;
    token_ = token;
    pin_ = pin;
    failAll(kBroken);
    link_.start();
    timer_.start();
    open();
}

void OpsClient::open()
{
    socket_.open({endpoint_.opsUrl(), token_, QStringLiteral("orchestra.ops.v1.protobuf"), pin_});
    Q_EMIT linkChanged();
}

void OpsClient::leave()
{
    timer_.stop();
    link_.stop();
    socket_.close();
    failAll(kBroken);
    Q_EMIT linkChanged();
}

void OpsClient::retryNow()
{
    if (link_.phase() == LinkPhase::Denied)
        connectTo(endpoint_, token_, pin_);
    else
        link_.retryNow();
    tick();
}

void OpsClient::refresh()
{
    for (const auto &[topic, subscription] : subscriptions_)
        sendSubscription(subscription);
}

void OpsClient::whenOpened()
{
    link_.opened();
    for (const auto &[topic, subscription] : subscriptions_)
        sendSubscription(subscription);
    noteSynced();
    Q_EMIT linkChanged();
}

void OpsClient::whenClosed(quint16 code, const QString &reason)
{
    awaited_.clear();
    for (const auto &[topic, subscription] : subscriptions_)
        mirror_.forgetRevision(topic);
    link_.closed(code, reason.toStdString(), std::chrono::milliseconds(0));
    failAll(kBroken);
    Q_EMIT linkChanged();
}

void OpsClient::tick()
{
    switch (link_.tick()) {
    case LinkState::Wish::Open:
        open();
        break;
    case LinkState::Wish::Abort:
        socket_.abort();
        break;
    case LinkState::Wish::Nothing:
        break;
    }
    if (socket_.isOpen() && link_.sinceFrame() >= kPingAfter)
        send(wire::OpsPing{nextId()});
    Q_EMIT linkChanged();
}

void OpsClient::whenReceived(const QByteArray &bytes)
{
    link_.heard();
    lastFrameAt_ = clock_.wallMs();
    const auto decoded =
        wire::decodeOpsServer(reader_, std::string_view(bytes.constData(), static_cast<std::size_t>(bytes.size())));
    if (decoded)
        handle(decoded->frame);
    else // Of a newer server, perhaps. If it was a delta, the next one's revision will not follow and heals it.
        Q_EMIT malformed(QString::fromStdString(decoded.error().message));
}

template <class Frame>
void OpsClient::applyTopic(const Frame &frame)
{
    TopicChange change;
    const auto applied = mirror_.apply(frame, change);
    const auto subscription = subscriptions_.find(frame.topic);
    if (applied == Mirror::Applied::Gap) {
        // Deltas that were under way when a snapshot was asked for follow nothing; the snapshot heals that.
        const auto asked = awaited_.find(frame.topic);
        const bool isOnItsWay = std::is_same_v<Frame, wire::TopicDelta> && asked != awaited_.end() &&
                                clock_.now() - asked->second < kAskAgainAfter;
        if (subscription != subscriptions_.end() && !isOnItsWay)
            sendSubscription(subscription->second);
    } else if (applied == Mirror::Applied::Changed) {
        awaited_.erase(frame.topic);
        noteSynced();
        Q_EMIT topicChanged(change);
    }
}

void OpsClient::handle(const wire::OpsServerFrame &frame)
{
    std::visit(Overload{
                   [&](const wire::OpsWelcome &welcome) {
                       welcome_ = welcome;
                       noteSynced();
                       Q_EMIT welcomed();
                   },
                   [&](const wire::TopicSnapshot &snapshot) { applyTopic(snapshot); },
                   [&](const wire::TopicDelta &delta) { applyTopic(delta); },
                   [&](const wire::OpsReply &reply) { answer(reply.requestId, frame); },
                   [&](const wire::SeriesReply &reply) { answer(reply.id, frame); },
                   [&](const wire::ConnectionReply &reply) { answer(reply.id, frame); },
                   [&](const wire::AuditReply &reply) { answer(reply.id, frame); },
                   [&](const wire::BreakerReply &reply) { answer(reply.id, frame); },
                   [&](const wire::ToolReply &reply) { answer(reply.id, frame); },
                   [](const wire::OpsPong &) {},
               },
               frame);
}

void OpsClient::noteSynced()
{
    if (link_.phase() != LinkPhase::Syncing || !welcome_)
        return;
    for (const auto &[topic, subscription] : subscriptions_) {
        if (!mirror_.isSynced(topic))
            return;
    }
    link_.synced();
    Q_EMIT linkChanged();
}

void OpsClient::subscribe(wire::Subscribe subscription)
{
    subscription.id = nextId();
    const wire::Topic topic = subscription.topic;
    subscriptions_[topic] = subscription;
    mirror_.forgetRevision(topic);
    sendSubscription(subscription);
}

void OpsClient::sendSubscription(const wire::Subscribe &subscription)
{
    mirror_.forgetRevision(subscription.topic);
    awaited_[subscription.topic] = clock_.now();
    send(subscription);
}

void OpsClient::unsubscribe(wire::Topic topic)
{
    if (subscriptions_.erase(topic) > 0)
        send(wire::Unsubscribe{nextId(), topic});
}

void OpsClient::watch(wire::Topic topic)
{
    if (watchers_[topic]++ > 0)
        return;
    wire::Subscribe subscription;
    subscription.topic = topic;
    subscribe(std::move(subscription));
}

void OpsClient::unwatch(wire::Topic topic)
{
    if (--watchers_[topic] == 0)
        unsubscribe(topic);
}

std::string OpsClient::nextId()
{
    return toString(ids_.make<EventId>());
}

void OpsClient::send(const wire::OpsClientFrame &frame)
{
    if (!socket_.isOpen())
        return;
    std::string bytes;
    wire::encodeOpsClient(frame, bytes);
    socket_.sendBinary(QByteArray(bytes.data(), static_cast<qsizetype>(bytes.size())));
}

template <class Reply>
void OpsClient::ask(wire::OpsClientFrame frame, std::string id, Answer<Reply> done)
{
    if (!socket_.isOpen()) {
        done(kNotLive);
        return;
    }
    waiting_[std::move(id)] = [done = std::move(done)](Result<wire::OpsServerFrame> reply) {
        if (!reply)
            done(reply.error());
        else if (const auto *value = std::get_if<Reply>(&*reply))
            done(*value);
        else
            done(Error{Code::Invalid, "The server answered with another kind of frame."});
    };
    send(frame);
}

void OpsClient::answer(const std::string &id, const wire::OpsServerFrame &frame)
{
    const auto found = waiting_.find(id);
    if (found == waiting_.end())
        return;
    const Waiting done = std::move(found->second);
    waiting_.erase(found);
    done(frame);
}

void OpsClient::failAll(const Error &error)
{
    const auto waiting = std::exchange(waiting_, {});
    for (const auto &[id, done] : waiting)
        done(error);
}

void OpsClient::act(wire::ActionBody action, std::optional<std::uint64_t> expectedRevision, std::string reason,
                    Answer<wire::OpsReply> done)
{
    std::string id = nextId();
    ask(wire::OpsAction{id, expectedRevision, std::move(reason), std::move(action)}, id, std::move(done));
}

void OpsClient::querySeries(std::vector<std::string> names, std::chrono::seconds range, Answer<wire::SeriesReply> done)
{
    std::string id = nextId();
    ask(wire::SeriesQuery{id, std::move(names), static_cast<std::uint64_t>(range.count())}, id, std::move(done));
}

void OpsClient::queryConnection(ConnectionId connection, Answer<wire::ConnectionReply> done)
{
    std::string id = nextId();
    ask(wire::ConnectionQuery{id, connection}, id, std::move(done));
}

void OpsClient::queryAudit(std::string target, std::uint64_t beforeIndex, std::uint64_t count,
                           Answer<wire::AuditReply> done)
{
    std::string id = nextId();
    ask(wire::AuditQuery{id, std::move(target), beforeIndex, count}, id, std::move(done));
}

void OpsClient::queryBreaker(std::string breaker, std::uint64_t beforeIndex, std::uint64_t count,
                             Answer<wire::BreakerReply> done)
{
    std::string id = nextId();
    ask(wire::BreakerQuery{id, std::move(breaker), beforeIndex, count}, id, std::move(done));
}

void OpsClient::queryTool(std::string name, Answer<wire::ToolReply> done)
{
    std::string id = nextId();
    ask(wire::ToolQuery{id, std::move(name)}, id, std::move(done));
}

} // namespace orchestra
