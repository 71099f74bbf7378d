// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/core/model_call.h"
#include "server/core/resilience/degradation.h"
#include "shared/base/ids.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// A call of a model by a client that speaks OpenAI's chat completions, as it crosses between the edge and the hub.
namespace orchestra {

/// The model name that leaves the choice to the server.
inline constexpr std::string_view kAnyModel = "auto";

/// What such a client asks for.
struct CompletionOrder
{
    std::string model;    ///< as the client names it, or kAnyModel
    ModelRequest request; ///< without model, deadlines and correlation id, which are the server's to fill in
    bool isStreamed = false;
    bool includesUsage = false; ///< a last chunk with the usage
};

/// What every part of an answer says of it.
struct CompletionHead
{
    TaskId taskId;
    std::int64_t createdAt = 0; ///< seconds since 1970
    std::string model;          ///< that answers
    bool includesUsage = false;
    DegradationLevel level = DegradationLevel::Normal; ///< at which the server worked when it was asked
};

/// How an answer ended by itself.
struct CompletionEnding
{
    FinishReason reason = FinishReason::Stop;
    std::vector<ModelToolCall> toolCalls;
    wire::Usage usage;
};

/// A name under which a model can be asked.
struct ListedModel
{
    std::string id;
    std::string owner; ///< the model server
};

} // namespace orchestra
