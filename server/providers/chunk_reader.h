// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/result.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

namespace orchestra {

/// One JSON object of another program's stream, looked into by JSON Pointers, or gone through member by member where
/// there are many to come. Keeps its memory between objects. What it hands out is valid until the next open().
class ChunkReader
{
public:
    /// A value of the object that was opened last.
    class Value
    {
    public:
        /// Absent when it is of another type.
        std::optional<std::string_view> text() const;
        std::optional<std::uint64_t> count() const;
        bool isTrue() const;
        bool isNull() const;
        bool isObject() const;
        /// As JSON without spaces.
        std::string json() const;
        /// Calls `member(std::string_view name, Value)` for each member, in their order; none when it is no object.
        template <class Member>
        void eachMember(Member &&member) const
        {
            goThrough([](void *to, std::string_view name,
                         Value value) { (*static_cast<std::remove_reference_t<Member> *>(to))(name, value); },
                      std::addressof(member));
        }
        /// Calls `item(Value)` for each item, in their order; none when it is no array.
        template <class Item>
        void eachItem(Item &&item) const
        {
            goThroughItems([](void *to, Value value) { (*static_cast<std::remove_reference_t<Item> *>(to))(value); },
                           std::addressof(item));
        }

    private:
        friend class ChunkReader;
        void goThrough(void (*call)(void *to, std::string_view name, Value value), void *to) const;
        void goThroughItems(void (*call)(void *to, Value value), void *to) const;

        alignas(void *) std::array<std::byte, 2 * sizeof(void *)> place_; ///< the parser's own name for it
    };

    ChunkReader();
    ~ChunkReader();
    ChunkReader(const ChunkReader &) = delete;
    ChunkReader &operator=(const ChunkReader &) = delete;

    /// PROVIDER_ERROR when this is not one JSON object in UTF-8.
    Status open(std::string_view json);

    /// The object itself. Only after an open() that went well.
    Value root() const;

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
