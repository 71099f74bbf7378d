// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/core/counters.h"
#include "server/loop/mailbox_bell.h"
#include "server/providers/tool_worker.h"

#include <optional>
#include <unordered_map>
#include <vector>

namespace orchestra {

/// The hub's end of what goes on with tools on the provider thread. Everything is answered in the event loop of the
/// thread that constructed this. Lives on: hub, but for attach() and detach().
class ToolLink final : public ToolPort
{
public:
    /// `maxWaiting`: values in each direction. `clock` and `log` (which may be null) must outlive the link.
    ToolLink(std::size_t maxWaiting, HttpClientSettings http, const Clock &clock, LogSink *log);
    /// After the provider thread has detached it.
    ~ToolLink() override;
    ToolLink(const ToolLink &) = delete;
    ToolLink &operator=(const ToolLink &) = delete;

    /// Provider thread: begins and ends the work there.
    void attach();
    void detach();
    /// Nothing is taken or told any more.
    void stop();

    void setServers(std::vector<ToolServerSettings> servers, ToolLimits limits) override;
    Call call(ToolRequest request, ToolListener &listener) override;
    void cancel(Call call) override;
    void list(const std::string &server, std::function<void(Result<ToolList>)> done) override;
    void onListChanged(std::function<void(const std::string &server)> changed) override
    {
        changed_ = std::move(changed);
    }

private:
    using Listed = std::function<void(Result<ToolList>)>;

    void send(ToTools command);
    void catchUp();
    void receive(std::vector<FromTools> &batch);
    void deliver(const ToolCallProgressed &progressed);
    void deliver(const ToolCallEnded &ended);
    void deliver(ToolsListed &listed);
    void deliver(const ToolListChanged &changed);

    ThreadOwner owner_;
    const HttpClientSettings http_;
    const Clock &clock_;
    LogSink *const log_;
    Mailbox<ToTools> toWorker_;
    Mailbox<FromTools> toHub_;
    MailboxReader<ToTools> commands_; // the worker's
    MailboxReader<FromTools> answers_;
    MailboxBell later_;
    std::unordered_map<Call, ToolListener *> listeners_;
    std::unordered_map<std::uint64_t, Listed> lists_;
    std::function<void(const std::string &)> changed_;
    std::vector<ToTools> unsent_;    ///< what must not be lost
    std::vector<FromTools> refused_; ///< answers to what found no room
    Call lastCall_ = 0;
    std::uint64_t lastQuestion_ = 0;
    std::optional<ToolWorker> worker_; // made, used and destroyed by the provider thread
};

} // namespace orchestra
