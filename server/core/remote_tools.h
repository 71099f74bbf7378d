// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/core/request_context.h"
#include "server/core/tool_port.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace orchestra {

/// Who may have a model call the tools of a server.
enum class ToolAudience : std::uint8_t {
    Everybody,
    Observers, ///< viewer and above, and testers
    Operators,
};
constexpr std::array<std::string_view, 3> wireNames(ToolAudience)
{
    return {"everybody", "observers", "operators"};
}

/// When a tool that nobody has accepted is offered all the same.
enum class ToolTrust : std::uint8_t {
    FirstLook, ///< what a server offers when it is first seen; what comes later waits
    Operator,  ///< never
};

/// A tool of another program that may be called.
struct OfferedTool
{
    std::string name; ///< unique among all tools, in letters, digits, dashes and underscores: SERVER__TOOL
    std::string server;
    RemoteTool tool;
    ToolAudience audience = ToolAudience::Everybody;
    bool needsConsent = true; ///< it may change something
};

enum class ToolStanding : std::uint8_t {
    Offered,
    Waiting, ///< for an operator: it is new, or not what was accepted
};
constexpr std::array<std::string_view, 2> wireNames(ToolStanding)
{
    return {"offered", "waiting"};
}

/// A tool as operators see it.
struct ToolState
{
    OfferedTool offer;
    ToolStanding standing = ToolStanding::Offered;
    std::string acceptedDigest;            ///< empty: it was never accepted
    wire::RawJson acceptedDefinition = {}; ///< null: it was never accepted
    /// While it waits: what it says otherwise than what was accepted, in words for an operator.
    std::vector<std::string> differences = {};
};

/// A server of tools as operators see it.
struct ToolServerState
{
    std::string name;
    ToolServerKind kind = ToolServerKind::McpHttp;
    std::string protocol;
    std::string product;
    std::string breaker;
    std::optional<Error> trouble; ///< why it does not answer; absent while it does
    std::vector<ToolState> tools;
    std::vector<std::string> refused;
    std::size_t inFlight = 0;
};

/// What operators decide about tools. Lives on: hub.
class ToolReview
{
public:
    virtual ~ToolReview() = default;
    /// `name` is SERVER/TOOL; nothing when there is no such tool.
    virtual std::optional<ToolState> find(const std::string &name) const = 0;
    /// Lets the tool be offered as it is now. STALE_REVISION when it is no longer what has this digest.
    virtual Status accept(const std::string &name, const std::string &digest, const std::string &actor) = 0;
};

/// A call under way. Destroying it cancels what still runs. Lives on: hub.
class ToolRun
{
public:
    virtual ~ToolRun() = default;
};

/// The tools of other programs, each server behind its circuit breaker and limits. Lives on: hub.
class RemoteTools
{
public:
    virtual ~RemoteTools() = default;
    /// What may be called now, whoever asks: `audience` is the caller's to respect.
    virtual std::vector<OfferedTool> offers() const = 0;
    virtual std::vector<ToolServerState> servers() const = 0;
    /// Calls the offered tool `name` if it is still the one of that digest. `listener` must outlive the run; it hears
    /// of the end in a later turn of the loop and may destroy the run there. A call that needs consent is written to
    /// the audit log before it is made.
    virtual std::unique_ptr<ToolRun> call(const std::string &name, const std::string &digest, wire::RawJson arguments,
                                          const RequestContext &caller, ToolListener &listener) = 0;
    /// `changed` is called when offers() gives something else than before.
    virtual void onChange(std::function<void()> changed) = 0;
};

} // namespace orchestra
