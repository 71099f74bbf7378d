// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/core/store_port.h"
#include "server/store/store_options.h"
#include "shared/base/clock.h"
#include "shared/base/log.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

namespace orchestra {

/// The store on its own thread, behind the hub's port. Idle, a request is committed at once; what arrives during a
/// commit is the next batch and shares one commit. Each request of a batch fails or succeeds alone; when the commit
/// itself fails, every request of the batch that writes is answered StorageUnavailable and nothing of it is there,
/// while those that only read are answered from what is durable. The store comes back by itself when the disk does.
///
/// Everything the hub gets is called in the event loop of the thread that constructed this, in the order of the
/// requests. Lives on: hub.
class StoreThread final : public StorePort
{
public:
    /// What the store tells without being asked. Each may be empty.
    struct Notices
    {
        /// Another process (`orchestrad token add`) has written to the database: LoadTokens says what is now.
        std::function<void()> tokensChanged;
        /// Once a second.
        std::function<void(const StoreCounters &)> counted;
        /// Writing began to fail (with the reason) or works again (nothing). The store itself tries once a second.
        std::function<void(const std::optional<Error> &)> availabilityChanged;
    };

    /// `clock` and `log` must outlive this.
    StoreThread(StoreOptions options, const Clock &clock, LogSink &log, Notices notices = {});
    /// Writes everything that was submitted, then closes the database. `done` functions still open are not called.
    /// Not to be destroyed from within one of its callbacks.
    ~StoreThread() override;

    /// Locks the data directory against a second server, makes or migrates the database and opens it. May be asked
    /// again after a failure. Requests submitted meanwhile are executed after it; before a successful `open` they
    /// are answered with the reason why there is none.
    void open(std::function<void(Result<StoreOpening>)> done);

    void submit(StoreRequest request, std::function<void(StoreReply)> done) override;

    /// Requests whose `done` has not been called yet.
    std::size_t waiting() const;
    /// How replies came to the hub, for HubCounters::fromStore.
    MailboxCounters replyCounters() const;

private:
    class HubSide;
    std::unique_ptr<HubSide> hub_;
};

} // namespace orchestra
