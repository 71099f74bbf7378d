// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/core/models.h"
#include "server/core/resilience/circuit_breaker.h"

#include <functional>
#include <string>
#include <vector>

namespace orchestra {

/// The models there are as consoles see them, server by server; a server that has told of none is a row without a
/// model. `breakerNamed` finds a circuit breaker, or null. Pure.
std::vector<wire::ModelRow> modelRows(const Models &models,
                                      const std::function<const CircuitBreaker *(const std::string &)> &breakerNamed);

} // namespace orchestra
