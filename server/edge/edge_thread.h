// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/edge/listener.h"
#include "server/loop/loop_thread.h"
#include "server/loop/mailbox_reader.h"

#include <memory>
#include <optional>
#include <vector>

class QSslConfiguration;

namespace orchestra {

class EdgeWorker;

/// What edge-0 needs besides, to accept connections for all.
struct ListenerDuty
{
    std::vector<Mailbox<ToWorker> *> workers;
    std::vector<Descriptor> sockets;
};

/// One thread of sockets, from outside: its mailboxes, its start and its end. The worker is hidden in the .cpp.
/// Lives on: hub; the mailboxes are for everybody.
class EdgeThread
{
public:
    /// Everything must outlive the thread.
    EdgeThread(std::uint32_t edge, const EdgeSettings &settings, const Clock &clock, LogSink &log,
               Mailbox<FromEdge> &toHub, Mailbox<ToListener> &toListener);
    ~EdgeThread();
    EdgeThread(const EdgeThread &) = delete;
    EdgeThread &operator=(const EdgeThread &) = delete;

    Mailbox<ToEdge> &mailbox() { return fromHub_; }
    Mailbox<ToWorker> &workerMailbox() { return fromListener_; }

    /// `tls`: for the connections accepted from the start on. `duty`: edge-0's, read by `listenerReader`.
    void start(std::optional<QSslConfiguration> tls, std::optional<ListenerDuty> duty,
               MailboxReader<ToListener> *listenerReader);
    /// Connections accepted from now on use it; those that are open keep theirs.
    void useTls(const QSslConfiguration &configuration);
    /// Runs `task` in the thread. False when it is stopping.
    bool post(LoopThread::Task task) { return thread_.post(std::move(task)); }
    /// Cuts every connection and waits until the thread has ended.
    void stop();

private:
    struct Interior;

    const std::uint32_t edge_;
    const EdgeSettings &settings_;
    const Clock &clock_;
    LogSink &log_;
    Mailbox<FromEdge> &toHub_;
    Mailbox<ToListener> &toListener_;
    Mailbox<ToEdge> fromHub_;
    Mailbox<ToWorker> fromListener_;
    MailboxReader<ToEdge> hubReader_;
    MailboxReader<ToWorker> listenerReader_;
    std::shared_ptr<Interior> interior_; // the edge thread only, once started
    LoopThread thread_;
};

} // namespace orchestra
