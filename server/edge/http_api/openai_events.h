// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/core/completion.h"
#include "shared/base/result.h"

#include <string>
#include <vector>

namespace orchestra {

/// One completion as OpenAI's event stream: a chunk that says who speaks, chunks of words, at last the tool calls, the
/// reason of the end, the usage where it was asked for, and [DONE]. Pure. Lives on: edge.
class OpenAiEvents
{
public:
    explicit OpenAiEvents(const CompletionHead &head);

    std::string begin() const;
    /// Empty when nothing was said.
    std::string part(const std::vector<ModelPiece> &pieces) const;
    /// A failure has no [DONE]: what broke off must not look whole.
    std::string end(const Result<CompletionEnding> &ending) const;

private:
    void append(std::string &out, std::string_view delta, std::string_view reason = {}) const;

    const bool includesUsage_;
    std::string opening_; ///< of every chunk, up to its choices
    std::string closing_; ///< behind its choices
};

} // namespace orchestra
