// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/agents/tool.h"

namespace orchestra {

/// Adds the tools that look things up: search_history and list_conversations (the caller's own), read_audit, and
/// search_docs. The ports and the index must outlive the registry.
void addRecordTools(ToolRegistry &registry, StorePort &store, AdminPort &admin, const DocsIndex &docs);

} // namespace orchestra
