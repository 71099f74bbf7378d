// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/providers/chunk_reader.h"

#include "shared/base/text.h"
#include "shared/wire/error_table.h"

#include <simdjson.h>

namespace orchestra {
namespace dom = simdjson::dom;

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

ChunkReader::ChunkReader()
    : document_(std::make_unique<Document>())
{
}

ChunkReader::~ChunkReader() = default;

Status ChunkReader::open(std::string_view json)
{
    return document_->open(json);
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
