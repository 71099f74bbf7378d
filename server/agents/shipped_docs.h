// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/agents/docs_index.h"

#include <vector>

namespace orchestra {

/// The Markdown files of docs/ as they were when this program was built, by path below docs/. Empty when there were
/// none.
std::vector<Document> shippedDocuments();

} // namespace orchestra
