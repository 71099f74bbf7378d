// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/core/model_call.h"

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace orchestra {

/// The right to call text a model's words, held by the readers of model streams while they read one answer: no other
/// class can make a key, and without a key there is no ModelText.
class ModelTextKey
{
public:
    ModelText make(std::string_view text) const { return ModelText(std::string(text), upstreamRequestId_); }
    /// Appends `text` to what the same answer has just said, which is told as one.
    void say(std::string_view text, std::vector<ModelPiece> &out) const
    {
        auto *last = out.empty() ? nullptr : std::get_if<ModelText>(&out.back());
        if (last && last->upstreamRequestId_ == upstreamRequestId_)
            last->text_ += text;
        else
            out.emplace_back(make(text));
    }

private:
    friend class OllamaStream;
    friend class OpenAiStream;
    explicit ModelTextKey(std::string upstreamRequestId)
        : upstreamRequestId_(std::make_shared<const std::string>(std::move(upstreamRequestId)))
    {
    }

    std::shared_ptr<const std::string> upstreamRequestId_;
};

} // namespace orchestra
