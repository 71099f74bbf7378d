// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/core/tool_port.h"
#include "server/providers/http_message.h"
#include "shared/wire/json_value.h"

#include <string>
#include <string_view>
#include <vector>

/// What servers of the Model Context Protocol say about tools, and what their tools say. Pure.
namespace orchestra::mcp {

/// As JSON without spaces, the members of every object in the order of their names: two texts are equal when they mean
/// the same.
std::string canonicalText(const wire::JsonValue &value);
/// SHA-256, lower-case hexadecimal.
std::string digestOf(std::string_view text);

/// One entry of tools/list. Fails with the reason why it cannot be used.
/// `mirrorsHeaders`: the tool is called over HTTP, so a wrong x-mcp-header makes it useless.
Result<RemoteTool> readTool(const wire::JsonValue &tool, const ToolLimits &limits, bool mirrorsHeaders);

/// The headers that repeat arguments of a call, as the tool's schema wants it (x-mcp-header).
std::vector<HttpHeader> argumentHeaders(const wire::JsonValue &schema, const wire::JsonValue &arguments);
/// `value` as a header may carry it: as it is, or in base64 between marks.
std::string headerValue(std::string_view value);

/// The result of tools/call.
Result<ToolAnswer> readAnswer(const wire::JsonValue &result);

} // namespace orchestra::mcp
