// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/providers/chunk_reader.h"
#include "server/providers/line_splitter.h"
#include "server/providers/model_stream.h"
#include "server/providers/model_text_key.h"

#include <optional>
#include <string>

namespace orchestra {

/// The answer of Ollama's POST /api/chat: one JSON object a line, the last with "done": true.
class OllamaStream final : public ModelStream
{
public:
    OllamaStream();
    Status take(std::string_view bytes, std::vector<ModelPiece> &out) override;
    bool isComplete() const override { return isDone_; }
    Result<ModelFinish> finish(std::vector<ModelPiece> &out) override;

private:
    bool takeLine(std::string_view line, std::vector<ModelPiece> &out);
    void takeToolCalls();
    void takeEnd();
    void fail(Error error);

    LineSplitter lines_;
    ChunkReader chunk_;
    std::optional<ModelTextKey> key_;
    ModelFinish finish_;
    std::optional<Error> failure_;
    bool isDone_ = false;
};

} // namespace orchestra
