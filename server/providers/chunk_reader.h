// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/result.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace orchestra {

/// One JSON object of another program's stream, looked into by JSON Pointers; members nobody asks for cost nothing.
/// Keeps its memory between objects. What it hands out is valid until the next open().
class ChunkReader
{
public:
    ChunkReader();
    ~ChunkReader();
    ChunkReader(const ChunkReader &) = delete;
    ChunkReader &operator=(const ChunkReader &) = delete;

    /// PROVIDER_ERROR when this is not one JSON object in UTF-8.
    Status open(std::string_view json);

    /// Absent when there is no such value, or it is of another type.
    std::optional<std::string_view> text(std::string_view pointer) const;
    std::optional<std::uint64_t> count(std::string_view pointer) const;
    bool isTrue(std::string_view pointer) const;
    /// There is such a value, and it is not null.
    bool has(std::string_view pointer) const;
    bool isObject(std::string_view pointer) const;
    /// How many elements the array has; 0 when there is none.
    std::size_t size(std::string_view pointer) const;
    /// The value as JSON without spaces; empty when there is none.
    std::string json(std::string_view pointer) const;

private:
    class Document;
    std::unique_ptr<Document> document_;
};

/// The error text of a JSON error body as Ollama ({"error":"..."}), OpenAI-compatible servers ({"error":{"message"}})
/// and n8n ({"message"}) write it; what is no such body is quoted in part. Never empty.
std::string upstreamMessage(std::string_view body);

} // namespace orchestra
