// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/core/model_call.h"
#include "shared/base/result.h"

#include <string_view>
#include <vector>

namespace orchestra {

/// Reads the body of one streamed answer, however it is cut: pure, without a clock or a socket.
/// Every failure is PROVIDER_ERROR, except what the server itself calls something else.
class ModelStream
{
public:
    /// The longest line that is taken; what the reference client of Ollama takes.
    static constexpr std::size_t kLongestLine = 8 * 1024 * 1024;

    virtual ~ModelStream() = default;
    /// Appends what `bytes` say to `out`; also on failure what came before it. After a failure nothing more is read.
    virtual Status take(std::string_view bytes, std::vector<ModelPiece> &out) = 0;
    /// The marker that ends an answer has come: the rest of the body is of no interest.
    virtual bool isComplete() const = 0;
    /// Call once, when the body has ended or isComplete(). An answer without its marker is a failure, never a success.
    virtual Result<ModelFinish> finish(std::vector<ModelPiece> &out) = 0;
};

} // namespace orchestra
