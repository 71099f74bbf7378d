// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/core/remote_tools.h"
#include "server/core/store_port.h"

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace orchestra {

/// Which descriptions of tools were accepted. A server may change a tool's words after somebody has looked at them, to
/// have models do something else: whatever is not as it was accepted waits for an operator. Lives on: hub.
class ToolAcceptance
{
public:
    void load(const std::vector<ToolPin> &pins);
    void accept(const ToolPin &pin);
    /// Nothing of the server was ever accepted.
    bool isNew(const std::string &server) const;
    /// Null when the tool was never accepted.
    const ToolPin *find(const std::string &server, const std::string &tool) const;
    /// The tool is what was accepted.
    bool isAccepted(const std::string &server, const RemoteTool &tool) const;
    /// True once for each description that is not what was accepted, as long as its server keeps it.
    bool isNews(const std::string &server, const RemoteTool &tool, WallMs now);
    /// Forgets what was noticed of a server and is not among its tools any more.
    void keepNoticed(const std::string &server, const std::vector<RemoteTool> &tools);
    /// When that was; nothing when it was not.
    std::optional<WallMs> noticedAt(const std::string &server, const RemoteTool &tool) const;

private:
    using Name = std::pair<std::string, std::string>;

    std::map<Name, ToolPin> pins_;
    std::map<std::pair<Name, std::string>, WallMs> noticed_; ///< by tool and digest
};

/// A name for a tool that every model's wire takes: SERVER__TOOL in at most 64 letters, digits, dashes and underscores;
/// what does not fit is told apart by a digest.
std::string toolName(const std::string &server, const std::string &tool);

} // namespace orchestra
