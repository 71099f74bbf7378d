// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/providers/chunk_reader.h"
#include "server/providers/event_stream.h"
#include "server/providers/model_stream.h"
#include "server/providers/model_text_key.h"

#include <map>
#include <optional>
#include <string>

namespace orchestra {

/// The answer of POST /v1/chat/completions with "stream": true, as OpenAI and the many servers that speak like it
/// write it: server-sent events, each a chunk of JSON, the last "[DONE]". Servers that leave out the last are
/// believed when they have given a reason for the end.
class OpenAiStream final : public ModelStream
{
public:
    /// `requestId`: what the server calls the request in its headers; empty when it does not.
    explicit OpenAiStream(std::string requestId);
    Status take(std::string_view bytes, std::vector<ModelPiece> &out) override;
    bool isComplete() const override { return isDone_; }
    Result<ModelFinish> finish(std::vector<ModelPiece> &out) override;

private:
    /// What one event says, in one pass over it; what is said to be nothing is as good as absent.
    struct Chunk
    {
        std::string_view id;
        std::string_view model;
        std::string_view thinking;
        std::string_view content;
        std::string_view refusal;
        std::optional<std::string_view> reason;
        bool hasError = false;
    };

    bool takeEvent(const ServerSentEvent &event, std::vector<ModelPiece> &out);
    Chunk readChunk();
    void readChoice(const ChunkReader::Value &choice, Chunk &chunk);
    void readDelta(const ChunkReader::Value &delta, Chunk &chunk);
    void takeToolCall(const ChunkReader::Value &call, std::uint64_t place);
    void takeReason(std::string_view reason);
    void takeUsage(const ChunkReader::Value &usage);
    void fail(Error error);

    EventStream events_;
    ChunkReader chunk_;
    std::string requestId_;
    std::optional<ModelTextKey> key_;
    std::map<std::uint64_t, ModelToolCall> calls_; ///< by the server's index
    ModelFinish finish_;
    std::optional<Error> failure_;
    bool hasReason_ = false;
    bool isDone_ = false;
};

} // namespace orchestra
