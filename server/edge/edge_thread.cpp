// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/edge/edge_thread.h"

#include "server/edge/edge_worker.h"

namespace orchestra {
namespace {

constexpr std::size_t kAcceptedWaiting = 4096;

std::size_t mailboxCapacity(const EdgeSettings &settings)
{
    // Room is kept for one close of each connection, see EdgeServer::send().
    return settings.mailboxCapacity + settings.limits.maxConnections + settings.httpConnections;
}

} // namespace

/// What lives in the thread.
struct EdgeThread::Interior
{
    std::unique_ptr<Listener> listener;
    std::unique_ptr<EdgeWorker> worker;
};

EdgeThread::EdgeThread(std::uint32_t edge, const EdgeSettings &settings, const Clock &clock, LogSink &log,
                       Mailbox<FromEdge> &toHub, Mailbox<ToListener> &toListener)
    : edge_(edge)
    , settings_(settings)
    , clock_(clock)
    , log_(log)
    , toHub_(toHub)
    , toListener_(toListener)
    , fromHub_(mailboxCapacity(settings), clock)
    , fromListener_(kAcceptedWaiting, clock)
    , hubReader_(fromHub_)
    , listenerReader_(fromListener_)
    , interior_(std::make_shared<Interior>())
    , thread_("edge-" + std::to_string(edge), clock)
{
}

EdgeThread::~EdgeThread()
{
    stop();
}

void EdgeThread::start(std::optional<QSslConfiguration> tls, std::optional<ListenerDuty> duty,
                       MailboxReader<ToListener> *listenerReader)
{
    // The descriptors are shared with a task that must be copyable; only that task uses them.
    auto shared = std::make_shared<std::optional<ListenerDuty>>(std::move(duty));
    thread_.start(
        [this, tls = std::move(tls), shared, listenerReader] {
            Interior &in = *interior_;
            in.worker = std::make_unique<EdgeWorker>(edge_, settings_, clock_, log_,
                                                     EdgeDoors{fromHub_, toHub_, fromListener_, toListener_},
                                                     hubReader_, listenerReader_);
            if (tls)
                in.worker->useTls(*tls);
            if (*shared) {
                ListenerDuty &listenerDuty = **shared;
                in.listener = std::make_unique<Listener>(settings_, clock_, log_, std::move(listenerDuty.workers));
                listenerReader->start([&listener = *in.listener](std::vector<ToListener> &batch) {
                    for (ToListener &message : batch)
                        listener.handle(message);
                });
                in.listener->listen(std::move(listenerDuty.sockets));
            }
            in.worker->start(in.listener.get());
        },
        [this, listenerReader] {
            hubReader_.stop();
            listenerReader_.stop();
            if (listenerReader && interior_->listener)
                listenerReader->stop();
            interior_->worker.reset();
            interior_->listener.reset();
        });
}

void EdgeThread::useTls(const QSslConfiguration &configuration)
{
    (void)thread_.post([this, configuration] { interior_->worker->useTls(configuration); });
}

void EdgeThread::stop()
{
    thread_.stop();
}

} // namespace orchestra
