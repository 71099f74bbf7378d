// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/core/counters.h"
#include "server/core/model_port.h"
#include "server/core/tool_port.h"
#include "server/providers/http_client.h"
#include "shared/base/log.h"

#include <memory>

namespace orchestra {

/// All outgoing traffic on a thread of its own, behind the hub's ports. When the hub does not keep up, the thread stops
/// reading answers, so that their senders wait. Everything the hub gets is called in the event loop of the thread that
/// constructed this. Lives on: hub.
class ProviderThread final : public ModelPort
{
public:
    struct Settings
    {
        HttpClientSettings http;
        std::size_t maxWaiting = 65536; ///< values in each direction
        LogSink *log = nullptr;         ///< for what programs of tools say; may be null
    };

    /// `clock` must outlive this.
    ProviderThread(Settings settings, const Clock &clock);
    /// Ends all calls without telling their listeners.
    ~ProviderThread() override;

    void setServers(std::vector<ModelServerSettings> servers) override;
    Call call(const std::string &server, ModelRequest request, ModelListener &listener) override;
    void cancel(Call call) override;
    void list(const std::string &server, std::function<void(Result<std::vector<ModelInfo>>)> done) override;
    void probe(const std::string &server, std::function<void(Status)> done) override;
    void setLoaded(const std::string &server, const std::string &model, bool loaded,
                   std::function<void(Status)> done) override;

    /// Servers of tools, on the same thread.
    ToolPort &tools();

    /// How values came to the hub, for HubCounters::fromProviders; `refused` are the calls it could not be given.
    MailboxCounters replyCounters() const;
    /// How the thread itself does, at most a second old.
    ProviderCounters counters() const;

private:
    class HubSide;
    std::unique_ptr<HubSide> hub_;
};

} // namespace orchestra
