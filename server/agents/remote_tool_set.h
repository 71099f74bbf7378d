// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/agents/tool.h"
#include "server/core/remote_tools.h"
#include "shared/base/thread_owner.h"

#include <memory>
#include <set>

namespace orchestra {

/// Puts the tools of other programs beside those of this server in a registry, and follows as they come and go.
/// What they say is data: it is cut to what a model and a screen can take, and marked as coming from outside.
/// Lives on: hub.
class RemoteToolSet
{
public:
    /// Bytes of a tool's text, and of its data, that are shown.
    static constexpr std::size_t kShownBytes = std::size_t{12} * 1024;
    /// Of a tool's description, to a model.
    static constexpr std::size_t kDescriptionBytes = std::size_t{4} * 1024;

    /// Both must outlive the set, and the registry is not used for calls after it.
    RemoteToolSet(ToolRegistry &registry, RemoteTools &tools);
    ~RemoteToolSet();
    RemoteToolSet(const RemoteToolSet &) = delete;
    RemoteToolSet &operator=(const RemoteToolSet &) = delete;

    /// How far a call is, for task lists: "40 %, page 4", or "4" where nobody knows of how much.
    static std::string inWords(const ToolProgress &progress);
    /// As users, operators and models see it.
    static wire::RawJson describe(const OfferedTool &tool, const ToolAnswer &answer);

private:
    class Proxy;
    class Running;

    void follow();
    std::function<void()> start(const OfferedTool &tool, const RequestContext &caller, const wire::JsonValue &arguments,
                                ToolProgressed progressed, ToolDone done);

    ThreadOwner owner_;
    ToolRegistry &registry_;
    RemoteTools &tools_;
    std::set<std::shared_ptr<Running>> running_;
};

} // namespace orchestra
