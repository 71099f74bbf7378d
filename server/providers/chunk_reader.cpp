// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/providers/chunk_reader.h"

#include "shared/base/text.h"
#include "shared/wire/error_table.h"

#include <simdjson.h>

#include <bit>

namespace orchestra {
namespace dom = simdjson::dom;
namespace {

using Place = std::array<std::byte, 2 * sizeof(void *)>;
static_assert(sizeof(dom::element) == sizeof(Place) && std::is_trivially_copyable_v<dom::element>);

dom::element elementAt(const Place &place)
{
    return std::bit_cast<dom::element>(place);
}

} // namespace

class ChunkReader::Document
{
public:
    Status open(std::string_view json)
    {
        root_ = {};
        isOpen_ = false;
        // The parser reads beyond the end, so it needs a copy with room.
        padded_.assign(json);
        padded_.resize(json.size() + simdjson::SIMDJSON_PADDING);
        const auto error = parser_.parse(padded_.data(), json.size(), false).get(root_);
        if (error || !root_.is_object())
            return makeError(Code::ProviderError, error ? simdjson::error_message(error) : "not a JSON object");
        isOpen_ = true;
        return Ok{};
    }

    const dom::element &root() const { return root_; }

    simdjson::simdjson_result<dom::element> at(std::string_view pointer) const
    {
        if (!isOpen_)
            return simdjson::NO_SUCH_FIELD;
        return root_.at_pointer(pointer);
    }

private:
    dom::parser parser_;
    std::string padded_;
    dom::element root_;
    bool isOpen_ = false;
};

std::optional<std::string_view> ChunkReader::Value::text() const
{
    std::string_view value;
    if (elementAt(place_).get(value))
        return {};
    return value;
}

std::optional<std::uint64_t> ChunkReader::Value::count() const
{
    std::uint64_t value = 0;
    if (elementAt(place_).get(value))
        return {};
    return value;
}

bool ChunkReader::Value::isTrue() const
{
    bool value = false;
    return !elementAt(place_).get(value) && value;
}

bool ChunkReader::Value::isNull() const
{
    return elementAt(place_).is_null();
}

bool ChunkReader::Value::isObject() const
{
    return elementAt(place_).is_object();
}

std::string ChunkReader::Value::json() const
{
    return std::string(simdjson::minify(elementAt(place_)));
}

void ChunkReader::Value::goThrough(void (*call)(void *to, std::string_view name, Value value), void *to) const
{
    dom::object object;
    if (elementAt(place_).get(object))
        return;
    Value value;
    for (const dom::key_value_pair member : object) {
        value.place_ = std::bit_cast<Place>(member.value);
        call(to, member.key, value);
    }
}

void ChunkReader::Value::goThroughItems(void (*call)(void *to, Value value), void *to) const
{
    dom::array array;
    if (elementAt(place_).get(array))
        return;
    Value value;
    for (const dom::element item : array) {
        value.place_ = std::bit_cast<Place>(item);
        call(to, value);
    }
}

ChunkReader::ChunkReader()
    : document_(std::make_unique<Document>())
{
}

ChunkReader::~ChunkReader() = default;

Status ChunkReader::open(std::string_view json)
{
    return document_->open(json);
}

ChunkReader::Value ChunkReader::root() const
{
    Value value;
    value.place_ = std::bit_cast<Place>(document_->root());
    return value;
}

std::optional<std::string_view> ChunkReader::text(std::string_view pointer) const
{
    std::string_view value;
    if (document_->at(pointer).get(value))
        return {};
    return value;
}

std::optional<std::uint64_t> ChunkReader::count(std::string_view pointer) const
{
    std::uint64_t value = 0;
    if (document_->at(pointer).get(value))
        return {};
    return value;
}

bool ChunkReader::isTrue(std::string_view pointer) const
{
    bool value = false;
    return !document_->at(pointer).get(value) && value;
}

bool ChunkReader::has(std::string_view pointer) const
{
    dom::element value;
    return !document_->at(pointer).get(value) && !value.is_null();
}

bool ChunkReader::isObject(std::string_view pointer) const
{
    dom::object value;
    return !document_->at(pointer).get(value);
}

std::size_t ChunkReader::size(std::string_view pointer) const
{
    dom::array value;
    return document_->at(pointer).get(value) ? 0 : value.size();
}

std::string ChunkReader::json(std::string_view pointer) const
{
    dom::element value;
    return document_->at(pointer).get(value) ? std::string() : std::string(simdjson::minify(value));
}

std::string upstreamMessage(std::string_view body)
{
    constexpr std::size_t kQuoted = 300;
    ChunkReader reader;
    if (reader.open(body)) {
        for (const std::string_view pointer : {"/error/message", "/error", "/message"}) {
            if (const auto text = reader.text(pointer); text && !text->empty())
                return std::string(cutUtf8(*text, kQuoted));
        }
    }
    std::string quoted;
    appendRepairedUtf8(quoted, body.substr(0, kQuoted));
    return quoted.empty() ? "no reason given" : quoted;
}

} // namespace orchestra
