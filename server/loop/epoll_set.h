// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QSocketNotifier>

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

namespace orchestra {

/// The socket notifiers of one event dispatcher, watched with epoll (level-triggered), and the descriptor that ends a
/// wait from another thread.
/// Changes are told to the kernel just before a wait, so that a notifier which is switched on and off within one turn
/// costs nothing; only the last notifier of a descriptor is removed at once, because the descriptor may be closed and
/// its number given to another file right after.
/// Not thread-safe, except `wake()`.
class EpollSet
{
public:
    EpollSet();
    ~EpollSet();
    EpollSet(const EpollSet &) = delete;
    EpollSet &operator=(const EpollSet &) = delete;

    void add(QSocketNotifier *notifier);
    void remove(QSocketNotifier *notifier);

    /// Waits for a socket, a `wake()` or the end of `timeout` (none: for ever), rounded up to milliseconds.
    /// True when `deliver()` has something to do.
    bool wait(std::optional<std::chrono::nanoseconds> timeout);
    /// The same, but leaves the sockets alone: they stay ready for a later `wait()`.
    void waitForWake(std::optional<std::chrono::nanoseconds> timeout);
    /// Tells the notifiers that `wait()` found ready. Slots may add, remove and delete notifiers, close and open
    /// descriptors and run nested loops. False when there was nobody to tell.
    bool deliver();

    /// Ends the present wait, or the next one. Thread-safe.
    void wake();

private:
    static constexpr std::size_t kTypes = 3; ///< QSocketNotifier::Read, Write, Exception

    struct Descriptor
    {
        std::array<QSocketNotifier *, kTypes> notifiers{};
        std::uint32_t known = 0; ///< events the kernel watches for us
        std::uint8_t ready = 0;  ///< bit per type: found ready, not yet told; cleared when its notifier goes
        bool isChanged = false;
        bool mayBeReopened = false; ///< what the kernel knows may concern a file that was closed meanwhile
    };

    Descriptor &at(int descriptor);
    static std::uint32_t wantedEvents(const Descriptor &entry);
    void markChanged(int descriptor, Descriptor &entry);
    void tellKernel();
    void tellKernel(int descriptor, Descriptor &entry);
    void markReady(int descriptor, std::uint32_t events);
    void drainWake() const;

    const int epoll_;
    const int wake_;
    std::vector<Descriptor> descriptors_; ///< indexed by descriptor number
    std::vector<int> changed_;
    std::vector<int> ready_; ///< descriptors with something to tell, or whose notifiers have gone since
    std::size_t nextReady_ = 0;
};

} // namespace orchestra
