// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/loop/epoll_set.h"

#include <QCoreApplication>
#include <QEvent>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <utility>

namespace orchestra {

namespace {

constexpr int kBatch = 256;

// What the kernel is asked for, and what counts as ready, for Read, Write and Exception. A hang-up or an error is told
// to whoever listens: each of them finds the reason by its own system call.
constexpr std::array<std::uint32_t, 3> kAsk = {EPOLLIN | EPOLLRDHUP, EPOLLOUT, EPOLLPRI};
constexpr std::array<std::uint32_t, 3> kCounts = {EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR,
                                                  EPOLLOUT | EPOLLHUP | EPOLLERR, EPOLLPRI | EPOLLHUP | EPOLLERR};

int milliseconds(std::optional<std::chrono::nanoseconds> timeout)
{
    if (!timeout)
        return -1;
    const auto ms = std::chrono::ceil<std::chrono::milliseconds>(*timeout).count();
    return static_cast<int>(std::clamp<decltype(ms)>(ms, 0, INT_MAX));
}

int orDie(int descriptor, const char *call)
{
    if (descriptor < 0)
        qFatal("%s: %s", call, std::strerror(errno));
    return descriptor;
}

} // namespace

EpollSet::EpollSet()
    : epoll_(orDie(::epoll_create1(EPOLL_CLOEXEC), "epoll_create1"))
    , wake_(orDie(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC), "eventfd"))
{
    epoll_event event{};
    // Edge-triggered: every write to it is told once, and nobody has to read what was written.
    event.events = EPOLLIN | EPOLLET;
    event.data.fd = wake_;
    orDie(::epoll_ctl(epoll_, EPOLL_CTL_ADD, wake_, &event), "epoll_ctl");
}

EpollSet::~EpollSet()
{
    ::close(wake_);
    ::close(epoll_);
}

EpollSet::Descriptor &EpollSet::at(int descriptor)
{
    const auto index = static_cast<std::size_t>(descriptor);
    if (index >= descriptors_.size())
        descriptors_.resize(index + 1);
    return descriptors_[index];
}

std::uint32_t EpollSet::wantedEvents(const Descriptor &entry)
{
    std::uint32_t events = 0;
    for (std::size_t type = 0; type < kTypes; ++type)
        events |= entry.notifiers[type] ? kAsk[type] : 0;
    return events;
}

void EpollSet::add(QSocketNotifier *notifier)
{
    const int descriptor = static_cast<int>(notifier->socket());
    const auto type = static_cast<std::size_t>(notifier->type());
    Descriptor &entry = at(descriptor);
    if (entry.notifiers[type] && entry.notifiers[type] != notifier) {
        qWarning("EpollSet: a second notifier of type %zu for descriptor %d replaces the first", type, descriptor);
        entry.mayBeReopened = true;
    }
    entry.notifiers[type] = notifier;
    markChanged(descriptor, entry);
}

void EpollSet::remove(QSocketNotifier *notifier)
{
    const int descriptor = static_cast<int>(notifier->socket());
    const auto type = static_cast<std::size_t>(notifier->type());
    Descriptor &entry = at(descriptor);
    if (entry.notifiers[type] != notifier)
        return;
    entry.notifiers[type] = nullptr;
    entry.ready &= static_cast<std::uint8_t>(~(1U << type));
    if (wantedEvents(entry) != 0) {
        markChanged(descriptor, entry);
        return;
    }
    if (entry.known != 0)
        ::epoll_ctl(epoll_, EPOLL_CTL_DEL, descriptor, nullptr); // fails when the descriptor is closed: just as well
    entry.known = 0;
}

void EpollSet::markChanged(int descriptor, Descriptor &entry)
{
    if (entry.isChanged)
        return;
    entry.isChanged = true;
    changed_.push_back(descriptor);
}

void EpollSet::tellKernel()
{
    for (const int descriptor : changed_)
        tellKernel(descriptor, at(descriptor));
    changed_.clear();
}

void EpollSet::tellKernel(int descriptor, Descriptor &entry)
{
    entry.isChanged = false;
    const std::uint32_t wanted = wantedEvents(entry);
    const bool isStale = std::exchange(entry.mayBeReopened, false);
    if (wanted == entry.known && !isStale)
        return;
    epoll_event event{};
    event.events = wanted;
    event.data.fd = descriptor;
    // A descriptor that was closed and opened again behind our back is unknown to the kernel, hence the second try.
    const bool isKnown = entry.known != 0 && ::epoll_ctl(epoll_, EPOLL_CTL_MOD, descriptor, &event) == 0;
    if (isKnown || ::epoll_ctl(epoll_, EPOLL_CTL_ADD, descriptor, &event) == 0) {
        entry.known = wanted;
        return;
    }
    qWarning("EpollSet: descriptor %d cannot be watched: %s", descriptor, std::strerror(errno));
    entry.known = 0;
}

bool EpollSet::wait(std::optional<std::chrono::nanoseconds> timeout)
{
    tellKernel();
    std::array<epoll_event, kBatch> events;
    const int count = ::epoll_wait(epoll_, events.data(), kBatch, milliseconds(timeout));
    for (int i = 0; i < count; ++i) {
        const epoll_event &event = events[static_cast<std::size_t>(i)];
        if (event.data.fd != wake_)
            markReady(event.data.fd, event.events);
    }
    return nextReady_ < ready_.size();
}

void EpollSet::markReady(int descriptor, std::uint32_t events)
{
    Descriptor &entry = at(descriptor);
    std::uint8_t ready = 0;
    for (std::size_t type = 0; type < kTypes; ++type) {
        if (entry.notifiers[type] && (events & kCounts[type]))
            ready |= static_cast<std::uint8_t>(1U << type);
    }
    // In a nested loop the outer one may have found it before and not told yet.
    if (ready != 0 && entry.ready == 0)
        ready_.push_back(descriptor);
    entry.ready |= ready;
}

void EpollSet::waitForWake(std::optional<std::chrono::nanoseconds> timeout)
{
    pollfd waiter{wake_, POLLIN, 0};
    if (::poll(&waiter, 1, milliseconds(timeout)) > 0)
        drainWake();
}

void EpollSet::drainWake() const
{
    std::uint64_t count = 0;
    [[maybe_unused]] const auto size = ::read(wake_, &count, sizeof count);
}

bool EpollSet::deliver()
{
    bool toldAny = false;
    // The list is a member and is taken from its front, so that a nested loop goes on where this one stopped, and the
    // entry is looked up afresh after each slot, since a slot may change everything.
    while (nextReady_ < ready_.size()) {
        const int descriptor = ready_[nextReady_++];
        for (std::size_t type = 0; type < kTypes; ++type) {
            Descriptor &entry = at(descriptor);
            const auto bit = static_cast<std::uint8_t>(1U << type);
            if (!(entry.ready & bit))
                continue;
            entry.ready &= static_cast<std::uint8_t>(~bit);
            QEvent activation(QEvent::SockAct);
            QCoreApplication::sendEvent(entry.notifiers[type], &activation);
            toldAny = true;
        }
    }
    ready_.clear();
    nextReady_ = 0;
    return toldAny;
}

void EpollSet::wake()
{
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto size = ::write(wake_, &one, sizeof one);
}

} // namespace orchestra
