// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/providers/model_stream.h"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace orchestra {

/// All that a stream has said, flattened so that two readings can be compared whatever their pieces were.
struct StreamReading
{
    std::string text;
    std::string thinking;
    std::string upstreamRequestId;
    std::string error; ///< empty when it ended well
    FinishReason reason = FinishReason::Stop;
    std::vector<ModelToolCall> calls;
    std::optional<wire::Usage> usage;
    std::string model;
    bool operator==(const StreamReading &) const = default;
};

/// Reads pieces of `sizes` bytes in turn, the last size again and again.
inline StreamReading readStream(ModelStream &stream, std::string_view bytes, std::vector<std::size_t> sizes)
{
    std::vector<ModelPiece> pieces;
    for (std::size_t i = 0; !bytes.empty(); ++i) {
        const std::string_view part = bytes.substr(0, sizes[std::min(i, sizes.size() - 1)]);
        bytes.remove_prefix(part.size());
        if (!stream.take(part, pieces))
            break;
    }
    const Result<ModelFinish> end = stream.finish(pieces);
    StreamReading reading;
    for (const ModelPiece &piece : pieces) {
        if (const auto *text = std::get_if<ModelText>(&piece)) {
            reading.text += text->text();
            reading.upstreamRequestId = text->upstreamRequestId();
        } else {
            reading.thinking += std::get<ModelThinking>(piece).text;
        }
    }
    if (!end) {
        reading.error = end.error().message;
        return reading;
    }
    reading.reason = end->reason;
    reading.calls = end->toolCalls;
    reading.usage = end->usage;
    reading.model = end->model;
    return reading;
}

using MakeStream = std::function<std::unique_ptr<ModelStream>()>;

/// The reading of the whole; empty `where` when every other way of cutting gives the same, else the first that differs.
inline StreamReading readEveryWay(const MakeStream &make, std::string_view bytes, std::string &where)
{
    const StreamReading whole = readStream(*make(), bytes, {bytes.size() + 1});
    const auto differs = [&](std::vector<std::size_t> sizes, const std::string &how) {
        if (where.empty() && readStream(*make(), bytes, std::move(sizes)) != whole)
            where = how;
    };
    for (std::size_t size = 1; size <= 7; ++size)
        differs({size}, "in pieces of " + std::to_string(size));
    for (std::size_t first = 1; first < bytes.size(); ++first)
        differs({first, bytes.size()}, "cut after " + std::to_string(first));
    return whole;
}

} // namespace orchestra
