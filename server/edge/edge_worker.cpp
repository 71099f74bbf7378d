// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/edge/edge_worker.h"

#include "server/edge/chat_connection.h"
#include "server/edge/http_api/route.h"
#include "server/edge/http_connection.h"
#include "server/edge/ops_connection.h"

#include <algorithm>

namespace orchestra {
namespace {

constexpr int kMaxPending = 1 << 20; // they are taken as they come
constexpr std::size_t kScratch = std::size_t{64} * 1024;
constexpr double kRefusalLogsPerSecond = 10; // a flood of refusals is not to be a flood of lines
constexpr std::chrono::milliseconds kReportInterval{1000};
// How soon a full hub mailbox is tried again.
constexpr std::chrono::milliseconds kRetryInterval{2};

// No deadline of a WebSocket is missed by more.
constexpr std::chrono::milliseconds kLongestSocketSweep{1000};

QString asQt(std::string_view text)
{
    return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
}

} // namespace

EdgeWorker::EdgeWorker(std::uint32_t edge, const EdgeSettings &settings, const Clock &clock, LogSink &log,
                       const EdgeDoors &doors, MailboxReader<ToEdge> &hubReader,
                       MailboxReader<ToWorker> &listenerReader)
    : doors_(doors)
    , settings_(settings)
    , clock_(clock)
    , log_(log)
    , hubReader_(hubReader)
    , listenerReader_(listenerReader)
    , hub_(doors.toHub)
    , refusalLog_(kRefusalLogsPerSecond, kRefusalLogsPerSecond, clock.now())
    , ids_(clock, random_)
    , json_(settings.limits.jsonDepth)
    , openApi_(openApiDocument())
    , scratch_(kScratch)
    , context_{edge, settings_, clock_, log_, hub_, counters_, refusalLog_, ids_, json_, openApi_, scratch_, *this}
    , socketLimits_(settings)
    , pool_(std::make_unique<FrameSocketPool>(clock, settings.sweep))
    , engines_(QStringLiteral("orchestrad"), QWebSocketServer::NonSecureMode)
    , socketSweep_(std::clamp(std::min(settings.limits.idle, settings.limits.hello) / 10, settings.sweep,
                              std::max(settings.sweep, kLongestSocketSweep)))
{
    engines_.setMaxPendingConnections(kMaxPending);
    engines_.setSupportedSubprotocols(
        {asQt(kChatV1Json), asQt(kChatV2Json), asQt(kChatV2Protobuf), asQt(kOpsV1Protobuf)});
    connect(&engines_, &QWebSocketServer::newConnection, this, &EdgeWorker::openUpgraded);
    hub_.onBlocked([this] { pauseReading(); });
    connect(&sweepTimer_, &QTimer::timeout, this, &EdgeWorker::sweep);
    connect(&reportTimer_, &QTimer::timeout, this, &EdgeWorker::report);
    connect(&retryTimer_, &QTimer::timeout, this, &EdgeWorker::retryHub);
}

EdgeWorker::~EdgeWorker()
{
    // Each QWebSocket before its FrameSocket, which the pool destroys.
    entries_.clear();
    buried_.clear();
    pool_.reset();
}

void EdgeWorker::start(Listener *listener)
{
    owner_.check();
    listener_ = listener;
    lastSweep_ = clock_.now();
    // Precise, because its lateness is the loop's lag.
    sweepTimer_.setTimerType(Qt::PreciseTimer);
    sweepTimer_.start(settings_.sweep);
    reportTimer_.start(kReportInterval);
    retryTimer_.setInterval(kRetryInterval);
    hubReader_.start([this](std::vector<ToEdge> &batch) {
        ++counters_.fromHub.batches;
        counters_.fromHub.values += batch.size();
        for (ToEdge &message : batch)
            handleFromHub(message);
    });
    listenerReader_.start([this](std::vector<ToWorker> &batch) {
        for (ToWorker &message : batch)
            handleFromListener(message);
    });
}

void EdgeWorker::useTls(const QSslConfiguration &configuration)
{
    owner_.check();
    tls_ = configuration;
}

// ---- sockets come and go ---------------------------------------------------------------------------------------

void EdgeWorker::handleFromListener(ToWorker &message)
{
    std::visit(Overload{
                   [this](AcceptedSocket &accepted) { accept(std::move(accepted)); },
                   [this](const SlotAnswer &answer) {
                       if (EdgeConnection *connection = find(answer.serial))
                           connection->decideSlots(answer.granted);
                       else if (answer.granted)
                           releaseSlots(answer.slots, answer.client);
                   },
               },
               message);
}

void EdgeWorker::accept(AcceptedSocket &&accepted)
{
    ++counters_.accepted;
    const SocketClosed closed{accepted.peer, accepted.isExempt, accepted.refusal.has_value()};
    auto wire = tls_ ? openTlsWire(accepted.socket.get(), *tls_) : openPlainWire(accepted.socket.get());
    if (!wire)
        return tellListener(closed);
    accepted.socket.release();
    const std::uint64_t serial = ++lastSerial_;
    const Arrival arrival{accepted.peer, accepted.peerPort, tls_.has_value()};
    auto connection =
        std::make_unique<HttpConnection>(context_, serial, std::move(wire), arrival, std::move(accepted.refusal));
    HttpConnection &http = *connection;
    entries_.emplace(serial, Entry{std::move(connection), closed});
    http.start();
}

void EdgeWorker::upgrade(std::uint64_t serial, AdmittedUpgrade upgrade)
{
    const auto found = entries_.find(serial);
    if (found == entries_.end())
        return;
    std::unique_ptr<SocketConnection> connection;
    if (upgrade.wish.surface == Surface::Ops)
        connection = std::make_unique<OpsConnection>(context_, *pool_, socketLimits_, serial, upgrade);
    else
        connection = std::make_unique<ChatConnection>(context_, *pool_, socketLimits_, serial, upgrade);
    SocketConnection &socket = *connection;
    // The HTTP connection has let go of the wire.
    bury(std::exchange(found->second.connection, std::move(connection)));
    found->second.socket = &socket;
    engines_.handleConnection(&socket.socket());
}

void EdgeWorker::openUpgraded()
{
    std::unique_ptr<QWebSocket> engine(engines_.nextPendingConnection());
    if (!engine)
        return;
    engine->setParent(nullptr);
    const auto found = entries_.find(engine->requestUrl().path().mid(1).toULongLong());
    if (found != entries_.end() && found->second.socket)
        found->second.socket->open(std::move(engine));
}

void EdgeWorker::remove(std::uint64_t serial)
{
    const auto found = entries_.find(serial);
    if (found == entries_.end())
        return;
    tellListener(found->second.closed);
    bury(std::move(found->second.connection));
    entries_.erase(found);
}

void EdgeWorker::bury(std::unique_ptr<EdgeConnection> connection)
{
    buried_.push_back(std::move(connection));
    if (buried_.size() == 1)
        QMetaObject::invokeMethod(
            this, [this] { std::exchange(buried_, {}).clear(); }, Qt::QueuedConnection);
}

EdgeConnection *EdgeWorker::find(std::uint64_t serial)
{
    const auto found = entries_.find(serial);
    return found == entries_.end() ? nullptr : found->second.connection.get();
}

void EdgeWorker::askForSlots(std::uint64_t serial, SlotSet slots, const Address &client)
{
    tellListener(AskSlots{context_.edge, serial, slots, client});
}

void EdgeWorker::releaseSlots(SlotSet slots, const Address &client)
{
    if (!slots.isEmpty())
        tellListener(ReleaseSlots{slots, client});
}

void EdgeWorker::tellListener(ToListener message)
{
    if (!unsentToListener_.empty() || !doors_.toListener.push(std::move(message)))
        unsentToListener_.push_back(std::move(message));
}

// ---- the hub ---------------------------------------------------------------------------------------------------

void EdgeWorker::handleFromHub(ToEdge &message)
{
    std::visit([this](const auto &body) { tell(body); }, message);
}

void EdgeWorker::tell(const AdmissionDecision &decision)
{
    if (EdgeConnection *connection = find(decision.connection.serial))
        connection->receive(decision);
    else if (decision.outcome)
        hub_.send(ConnectionGone{decision.connection, 1006, "left before the upgrade"});
}

void EdgeWorker::tell(const WatchConnections &watch)
{
    isWatched_ = watch.watch;
}

void EdgeWorker::tell(const StopAccepting &)
{
    if (listener_)
        listener_->stopAccepting();
}

void EdgeWorker::tell(const Broadcast &broadcast)
{
    EncodedEvent event(broadcast.event->frame);
    for (const std::uint64_t serial : broadcast.serials) {
        if (EdgeConnection *connection = find(serial))
            connection->deliver(event);
    }
    const auto took = std::chrono::duration_cast<std::chrono::microseconds>(clock_.now() - broadcast.sentAt);
    counters_.deliverUs.record(static_cast<std::uint64_t>(std::max<std::int64_t>(0, took.count())));
}

void EdgeWorker::tell(const ReplayPart &part)
{
    for (const EventPtr &event : part.events) {
        // Looked up each time: a delivery may end the connection.
        EdgeConnection *connection = find(part.connection.serial);
        if (!connection)
            return;
        EncodedEvent encoded(event->frame);
        connection->deliver(encoded);
    }
    if (EdgeConnection *connection = find(part.connection.serial))
        connection->finishPart();
}

void EdgeWorker::pauseReading()
{
    for (auto &[serial, entry] : entries_)
        entry.connection->pauseReading();
    retryTimer_.start();
}

void EdgeWorker::retryHub()
{
    if (!hub_.retry())
        return;
    retryTimer_.stop();
    // Reading again may fill the mailbox, or end connections, while we go round.
    std::vector<std::uint64_t> serials;
    serials.reserve(entries_.size());
    for (const auto &[serial, entry] : entries_)
        serials.push_back(serial);
    for (const std::uint64_t serial : serials) {
        EdgeConnection *connection = hub_.isBlocked() ? nullptr : find(serial);
        if (connection)
            connection->resumeReading();
    }
}

// ---- time ------------------------------------------------------------------------------------------------------

void EdgeWorker::sweep()
{
    const MonotonicTime now = clock_.now();
    const auto lag = std::chrono::duration_cast<std::chrono::microseconds>(now - lastSweep_ - settings_.sweep);
    counters_.loopLagUs.record(static_cast<std::uint64_t>(std::max<std::int64_t>(0, lag.count())));
    lastSweep_ = now;
    std::vector<EdgeConnection *> connections;
    const bool sweepsSockets = now - lastSocketSweep_ >= socketSweep_;
    if (sweepsSockets)
        lastSocketSweep_ = now;
    for (const auto &[serial, entry] : entries_) {
        if (!entry.socket || sweepsSockets)
            connections.push_back(entry.connection.get());
    }
    // A connection that ends here is deleted in a later turn, so every pointer stays good.
    for (EdgeConnection *connection : connections)
        connection->sweep(now);
    while (!unsentToListener_.empty() && doors_.toListener.push(std::move(unsentToListener_.front())))
        unsentToListener_.erase(unsentToListener_.begin());
}

void EdgeWorker::report()
{
    counters_.fromHub.waitUs = hubReader_.wait();
    counters_.bytesIn = pool_->totals().bytesIn;
    counters_.bytesOut = pool_->totals().bytesOut;
    EdgeReport report;
    report.edge = context_.edge;
    report.counters = std::make_shared<const EdgeCounters>(counters_);
    if (isWatched_) {
        for (const auto &[serial, entry] : entries_)
            entry.connection->report(report.connections);
    }
    hub_.send(std::move(report));
}

} // namespace orchestra
