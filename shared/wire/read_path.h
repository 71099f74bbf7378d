// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/result.h"

#include <span>
#include <string>
#include <string_view>

namespace orchestra::wire {

/// The way from the root to the value being read. Lives on the stack and costs nothing until it is needed.
struct ReadPath
{
    const ReadPath *parent = nullptr;
    std::string_view name = {}; ///< of a member; an item of a list has an index instead
    std::size_t index = 0;
    bool isItem = false;
    std::size_t depth = 1; ///< the root object has 1

    ReadPath member(std::string_view memberName) const { return {this, memberName, 0, false, depth + 1}; }
    ReadPath item(std::size_t at) const { return {this, {}, at, true, depth + 1}; }

    /// RFC 6901; "" for the root. A name that the other side chose is cut to 64 bytes.
    std::string pointer() const;
};

/// Remembers the first failure of a read.
class ReadFailure
{
public:
    /// Always false, so that a reader can end with `return fail(...)`.
    bool operator()(const ReadPath &path, std::string message)
    {
        error_ = Error{Code::Invalid, std::move(message), false, path.pointer(), {}};
        return false;
    }

    /// A failure inside the text at `path`.
    bool operator()(const ReadPath &path, const Error &inner)
    {
        error_ = inner;
        error_.pointer.insert(0, path.pointer());
        return false;
    }

    const Error &error() const { return error_; }

private:
    Error error_;
};

/// `"a", "b"`, for messages.
std::string quotedList(std::span<const std::string_view> names);

} // namespace orchestra::wire
