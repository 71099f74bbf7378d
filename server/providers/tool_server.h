// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/core/tool_port.h"
#include "server/providers/http_client.h"
#include "shared/base/clock.h"
#include "shared/base/log.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace orchestra {

/// One server of tools, whatever its wire: answers each call and each list once. Lives on: provider.
class ToolServer
{
public:
    /// Where answers go. Any call on the server is allowed from inside, except its destruction.
    struct Output
    {
        std::function<void(ToolPort::Call, const ToolProgress &)> progressed;
        std::function<void(ToolPort::Call, ToolEnd)> ended;
        std::function<void(std::uint64_t question, Result<ToolList>)> listed;
        std::function<void()> listChanged;
    };
    /// What all servers work with; outlives them.
    struct Ground
    {
        HttpClient &http;
        const Clock &clock;
        LogSink *log; ///< may be null
        ToolLimits limits;
    };

    static std::unique_ptr<ToolServer> make(ToolServerSettings settings, const Ground &ground, Output output);

    virtual ~ToolServer() = default;
    virtual void call(ToolPort::Call call, const ToolRequest &request) = 0;
    virtual void cancel(ToolPort::Call call) = 0;
    virtual void list(std::uint64_t question) = 0;
    /// Asks for the end of what it runs, without waiting for it.
    virtual void close() {}
};

} // namespace orchestra
