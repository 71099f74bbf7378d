// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/app/signals.h"

#include <QSocketNotifier>

#include <csignal>
#include <sys/signalfd.h>
#include <unistd.h>
#include <utility>

namespace orchestra {
namespace {

sigset_t watched()
{
    sigset_t set;
    sigemptyset(&set);
    for (const int signal : {SIGTERM, SIGINT, SIGHUP})
        sigaddset(&set, signal);
    return set;
}

} // namespace

void Signals::block()
{
    const sigset_t set = watched();
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
    // A peer that has gone is an error of that write, not the end of the server.
    signal(SIGPIPE, SIG_IGN);
}

Signals::Signals(std::function<void(int)> received)
    : received_(std::move(received))
{
    const sigset_t set = watched();
    descriptor_ = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    notifier_ = std::make_unique<QSocketNotifier>(descriptor_, QSocketNotifier::Read);
    QObject::connect(notifier_.get(), &QSocketNotifier::activated, notifier_.get(), [this] { read(); });
}

Signals::~Signals()
{
    notifier_.reset();
    ::close(descriptor_);
}

void Signals::read()
{
    signalfd_siginfo info{};
    while (::read(descriptor_, &info, sizeof info) == static_cast<ssize_t>(sizeof info))
        received_(static_cast<int>(info.ssi_signo));
}

} // namespace orchestra
