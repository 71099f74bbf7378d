// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/result.h"
#include "shared/wire/json_value.h"
#include "shared/wire/message_type.h"

#include <memory>

namespace orchestra::wire {

/// What a reader does with a member that the struct does not have. Servers refuse (a misspelt member is a mistake that
/// the client should hear of), clients ignore (a newer server may say more).
enum class UnknownMembers : std::uint8_t { Refuse, Ignore };

/// Reads strict JSON (RFC 8259, UTF-8, no member twice, bounded depth) into structs and trees.
/// Every failure is an Error{Code::Invalid} whose pointer leads to the culprit, "" being the whole text.
/// Owns the parser and its memory, which are reused. Not thread-safe: one reader per thread.
class JsonReader
{
public:
    static constexpr std::size_t kDepth = 32;

    /// `maxDepth`: how deep objects and arrays may nest, the outermost counting as 1.
    explicit JsonReader(std::size_t maxDepth = kDepth);
    ~JsonReader();
    JsonReader(JsonReader &&) noexcept;
    JsonReader &operator=(JsonReader &&) noexcept;

    /// Any struct with `fields()` (and `choice()`): exactly its members, each of its type, required ones there.
    template <class T>
    Result<T> read(std::string_view json, UnknownMembers unknown = UnknownMembers::Refuse)
    {
        T message{};
        const Status status = readInto(kMessageType<T>, &message, json, unknown);
        return status ? Result<T>(std::move(message)) : Result<T>(status.error());
    }

    /// The same without the C++ type. On failure `message` holds what was read before it.
    Status readInto(const MessageType &type, void *message, std::string_view json, UnknownMembers unknown);

    /// Parses an object without reading it, so that `last...` can look at its members first.
    Status open(std::string_view json);

    /// Any JSON value as a tree. Integers beyond 64 bits signed become doubles.
    Result<JsonValue> readValue(std::string_view json);

    /// Any JSON value as text without spaces. `outer`: how many levels of nesting are around it already.
    Result<RawJson> readRaw(std::string_view json, std::size_t outer = 0);

    /// Members of the object that was read last, even when reading it failed later on; valid until the next read.
    /// Nothing when the text was not a JSON object, or has no such member of that type.
    std::optional<std::string_view> lastText(std::string_view member) const;
    std::optional<std::uint64_t> lastInteger(std::string_view member) const;
    bool lastHas(std::string_view member) const;
    bool lastHasObject(std::string_view member) const;

private:
    class Document;
    std::unique_ptr<Document> document_;
};

} // namespace orchestra::wire
