// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/app/config.h"
#include "server/edge/edge_settings.h"
#include "server/orchestrator/degradation_service.h"
#include "server/store/store_options.h"

#include <vector>

namespace orchestra {

/// What the parts of the server are told, in their own words, from a configuration without problems.
TlsFiles tlsFiles(const Config &config);
EdgeSettings edgeSettings(const Config &config, std::vector<int> inheritedListeners);
/// Reads how much memory the process may need where the configuration does not say.
DegradationSettings degradationSettings(const Config &config);
/// Of models and of servers of tools.
BreakerPolicy breakerPolicy(const Config &config);
StoreOptions storeOptions(const Config &config);

} // namespace orchestra
