// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace orchestra {

/// What one worker of a swarm is to do.
struct SwarmPart
{
    std::string title;
    std::string task;
    bool isToBeSplit = false; ///< it is large enough for workers of its own

    bool operator==(const SwarmPart &) const = default;
};

/// The plan in a model's reply: the first JSON object in it, with words around it forgiven. At most `most` parts; what
/// would be more is joined to the last one, so that nothing of the question is lost. Empty when there is no plan.
std::vector<SwarmPart> readPlan(std::string_view reply, std::size_t most);

} // namespace orchestra
