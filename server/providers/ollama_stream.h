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
    /// What one line says, in one pass over it; what is said to be nothing is as good as absent.
    struct Line
    {
        std::string_view createdAt;
        std::string_view model;
        std::string_view thinking;
        std::string_view content;
        bool isDone = false;
        bool hasError = false;
    };

    bool takeLine(std::string_view line, std::vector<ModelPiece> &out);
    Line readLine();
    void readMessage(const ChunkReader::Value &message, Line &line);
    void takeToolCall(const ChunkReader::Value &call);
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
