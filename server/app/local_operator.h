// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/core/store_port.h"
#include "shared/base/random.h"
#include "shared/base/result.h"

#include <functional>
#include <string>

namespace orchestra {

/// A new opaque token and what is kept of it.
struct FreshToken
{
    std::string text; ///< shown once, never stored
    TokenRecord record;
};
FreshToken makeToken(RandomSource &random, std::string userId, Role role, WallMs now, std::optional<WallMs> expiresAt,
                     std::string note);

/// Where the operator's token for programs on this machine lies.
std::string localOperatorFile(const std::string &dataDir);

/// Sees to it that the file holds a token that the store knows: makes one on the first start, and a new one when
/// either side has lost it. `done` is called when both are durable. Lives on: hub.
void ensureLocalOperator(StorePort &store, RandomSource &random, const Clock &clock, const std::string &dataDir,
                         std::function<void(Status)> done);

} // namespace orchestra
