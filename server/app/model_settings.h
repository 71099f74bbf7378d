// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/app/config.h"
#include "server/core/model_port.h"
#include "server/orchestrator/model_desk.h"

#include <string>
#include <vector>

namespace orchestra {

// What the configuration says about models, in the words of the parts that use it. Pure.

ModelPolicy modelPolicy(const Config &config);
/// Only for a configuration without modelProblems().
std::vector<ModelServerSettings> modelServers(const Config &config);
/// Where a model server may be though the configuration names none.
std::vector<ModelServerSettings> likelyModelServers(const Config &config);
/// What is wrong with the entries of `models`, each in words an operator can act on.
std::vector<std::string> modelProblems(const Config &config);

} // namespace orchestra
