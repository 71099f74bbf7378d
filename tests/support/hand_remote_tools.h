// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/core/remote_tools.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace orchestra {

/// The tools of other programs as an agent sees them; the test says what they answer.
class HandRemoteTools final : public RemoteTools
{
public:
    struct Called
    {
        std::string name;
        std::string arguments;
        ToolListener *listener = nullptr; ///< null once the agent has let go of the run
    };

    std::vector<OfferedTool> offers() const override { return offered; }
    std::vector<ToolServerState> servers() const override { return {}; }
    std::unique_ptr<ToolRun> call(const std::string &name, const std::string &, wire::RawJson arguments,
                                  const RequestContext &, ToolListener &listener) override
    {
        calls.push_back(std::make_shared<Called>(Called{name, std::move(arguments.text), &listener}));
        return std::make_unique<Run>(calls.back());
    }
    void onChange(std::function<void()> told) override { changed = std::move(told); }

    void offer(const std::string &server, const std::string &tool, bool needsConsent,
               ToolAudience audience = ToolAudience::Everybody)
    {
        OfferedTool offer{.name = server + "__" + tool, .server = server, .audience = audience};
        offer.tool = {.name = tool, .description = "What " + tool + " does.", .parameters = {"{\"type\":\"object\"}"}};
        offer.tool.digest = "d";
        offer.needsConsent = needsConsent;
        offered.push_back(std::move(offer));
        if (changed)
            changed();
    }
    void finish(std::size_t call, ToolAnswer answer)
    {
        ToolEnd end;
        end.outcome = std::move(answer);
        calls[call]->listener->onEnd(end);
    }
    void fail(std::size_t call, Error error)
    {
        ToolEnd end;
        end.outcome = std::move(error);
        calls[call]->listener->onEnd(end);
    }

    std::vector<OfferedTool> offered;
    std::vector<std::shared_ptr<Called>> calls;
    std::function<void()> changed;

private:
    class Run final : public ToolRun
    {
    public:
        explicit Run(std::shared_ptr<Called> called)
            : called_(std::move(called))
        {
        }
        ~Run() override { called_->listener = nullptr; }

    private:
        std::shared_ptr<Called> called_;
    };
};

} // namespace orchestra
