// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/app/config.h"
#include "server/edge/edge_settings.h"
#include "server/store/store_options.h"

#include <vector>

namespace orchestra {

/// What the parts of the server are told, in their own words, from a configuration without problems.
TlsFiles tlsFiles(const Config &config);
EdgeSettings edgeSettings(const Config &config, std::vector<int> inheritedListeners);
StoreOptions storeOptions(const Config &config);

} // namespace orchestra
