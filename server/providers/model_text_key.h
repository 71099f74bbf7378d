// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/core/answer_text.h"

#include <string>
#include <string_view>
#include <utility>

namespace orchestra {

/// The right to call text a model's words, held by the readers of model streams while they read one answer: no other
/// class can make a key, and without a key there is no ModelText.
class ModelTextKey
{
public:
    ModelText make(std::string_view text) const { return ModelText(std::string(text), upstreamRequestId_); }

private:
    friend class OllamaStream;
    friend class OpenAiStream;
    explicit ModelTextKey(std::string upstreamRequestId)
        : upstreamRequestId_(std::move(upstreamRequestId))
    {
    }

    std::string upstreamRequestId_;
};

} // namespace orchestra
