// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/core/tool_port.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace orchestra {

/// The hub's way to servers of tools, with a test at the other end.
class HandToolPort final : public ToolPort
{
public:
    struct Started
    {
        ToolRequest request;
        ToolListener *listener = nullptr; ///< null once it was cancelled or has ended
    };
    using Listed = std::function<void(Result<ToolList>)>;

    void setServers(std::vector<ToolServerSettings> list, ToolLimits) override { servers = std::move(list); }
    Call call(ToolRequest request, ToolListener &listener) override
    {
        calls.push_back({std::move(request), &listener});
        return calls.size();
    }
    void cancel(Call call) override
    {
        calls[call - 1].listener = nullptr;
        cancelled.push_back(call);
    }
    void list(const std::string &server, Listed done) override
    {
        ++looks;
        lists[server] = std::move(done);
    }
    void onListChanged(std::function<void(const std::string &)> told) override { changed = std::move(told); }

    /// A tool that describes itself with these words.
    static RemoteTool tool(const std::string &name, const std::string &words, bool readOnly = true)
    {
        RemoteTool tool{.name = name, .description = words, .parameters = {"{\"type\":\"object\"}"}};
        tool.isReadOnly = readOnly;
        tool.definition.text = "{\"description\":\"" + words + "\",\"name\":\"" + name + "\"}";
        tool.digest = "digest of " + words;
        return tool;
    }
    bool isAsked(const std::string &server) const { return lists.contains(server) && lists.at(server); }
    void answerList(const std::string &server, Result<ToolList> list)
    {
        const Listed done = std::exchange(lists[server], {});
        done(std::move(list));
    }
    void offer(const std::string &server, std::vector<RemoteTool> tools)
    {
        answerList(server, ToolList{.tools = std::move(tools), .protocol = "2026-07-28", .product = "p 1"});
    }
    void finish(std::size_t call, ToolAnswer answer)
    {
        ToolEnd end;
        end.outcome = std::move(answer);
        std::exchange(calls[call].listener, nullptr)->onEnd(end);
    }
    void fail(std::size_t call, Error error, bool isServersFault = true)
    {
        ToolEnd end;
        end.outcome = std::move(error);
        end.isServersFault = isServersFault;
        std::exchange(calls[call].listener, nullptr)->onEnd(end);
    }

    std::vector<ToolServerSettings> servers;
    std::vector<Started> calls;
    std::vector<Call> cancelled;
    std::map<std::string, Listed> lists;
    std::function<void(const std::string &)> changed;
    int looks = 0;
};

} // namespace orchestra
