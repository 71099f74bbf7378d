// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/wire/json_value.h"
#include "shared/wire/read_path.h"

#include <string>

namespace simdjson::dom {
class array;
class element;
class object;
} // namespace simdjson::dom

namespace orchestra::wire {

/// Copies parsed JSON of any shape into a tree or a text: strictly, with no member twice and a bounded depth.
class JsonCopier
{
public:
    /// `fail` remembers what was wrong, and must outlive the copier.
    JsonCopier(std::size_t maxDepth, ReadFailure &fail)
        : maxDepth_(maxDepth)
        , fail_(fail)
    {
    }

    bool readTree(JsonValue &value, const simdjson::dom::element &element, const ReadPath &path);
    /// Text without spaces, as the writer would have written it, so that equal values have equal texts.
    bool copyText(std::string &out, const simdjson::dom::element &element, const ReadPath &path);

private:
    bool shallowEnough(const ReadPath &path);
    bool readArray(JsonValue &value, const simdjson::dom::array &array, const ReadPath &path);
    bool readObject(JsonValue &value, const simdjson::dom::object &object, const ReadPath &path);
    bool copyArray(std::string &out, const simdjson::dom::array &array, const ReadPath &path);
    bool copyObject(std::string &out, const simdjson::dom::object &object, const ReadPath &path);

    const std::size_t maxDepth_;
    ReadFailure &fail_;
};

/// What is said of JSON that nests too deep.
std::string tooDeep(std::size_t maxDepth);

} // namespace orchestra::wire
