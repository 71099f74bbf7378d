// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/app/config.h"
#include "server/app/environment.h"
#include "server/core/model_port.h"
#include "server/orchestrator/model_desk.h"

#include <string>
#include <vector>

namespace orchestra {

// What the configuration says about models, in the words of the parts that use it. Pure.

ModelPolicy modelPolicy(const Config &config);
/// Only for a configuration without modelProblems().
std::vector<ModelServerSettings> modelServers(const Config &config);
/// Where a model server may be though the configuration names none: what OLLAMA_HOST, or else the usual port, leads to,
/// and OPENAI_BASE_URL with OPENAI_API_KEY, as the programs of those servers read them.
std::vector<ModelServerSettings> likelyModelServers(const Config &config, const Environment &environment);
/// What is wrong with the entries of `models`, each in words an operator can act on.
std::vector<std::string> modelProblems(const Config &config);

} // namespace orchestra
