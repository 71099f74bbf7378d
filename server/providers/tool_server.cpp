// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/providers/tool_server.h"

#include "server/providers/mcp_server.h"
#include "server/providers/n8n_server.h"

namespace orchestra {

std::unique_ptr<ToolServer> ToolServer::make(ToolServerSettings settings, const Ground &ground, Output output)
{
    if (settings.kind == ToolServerKind::N8n)
        return std::make_unique<N8nServer>(std::move(settings), ground, std::move(output));
    return std::make_unique<McpServer>(std::move(settings), ground, std::move(output));
}

} // namespace orchestra
