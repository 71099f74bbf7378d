// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/edge/encoded_event.h"

#include "server/core/conversation/event_size.h"
#include "shared/wire/json_codec.h"
#include "shared/wire/protobuf_codec.h"

namespace orchestra {
namespace {

/// What the estimate of a word's frame is short of with all ids in it.
constexpr std::size_t kSpare = 96;

} // namespace

const std::shared_ptr<const std::string> &EncodedEvent::json()
{
    if (!json_) {
        std::string text;
        text.reserve(estimatedBytes(frame_) + kSpare);
        wire::encodeServerJson(frame_, text);
        json_ = std::make_shared<const std::string>(std::move(text));
    }
    return json_;
}

const std::shared_ptr<const std::string> &EncodedEvent::protobuf()
{
    if (!protobuf_) {
        std::string bytes;
        bytes.reserve(estimatedBytes(frame_));
        wire::encodeServerProtobuf(frame_, bytes);
        protobuf_ = std::make_shared<const std::string>(std::move(bytes));
    }
    return protobuf_;
}

std::string_view typeName(const wire::ServerBody &body)
{
    return std::visit([](const auto &alternative) { return std::decay_t<decltype(alternative)>::kType; }, body);
}

std::string eventStreamFrame(EncodedEvent &event, std::uint64_t sequence)
{
    const wire::ServerFrame &frame = event.frame();
    std::string out;
    out.reserve(event.json()->size() + 96);
    if (frame.epoch && frame.offset)
        out += "id: " + std::to_string(*frame.epoch) + ":" + std::to_string(*frame.offset) + "\n";
    out.append("event: ").append(typeName(frame.body)).append("\ndata: ");
    // JSON text holds no line end, so one data line is enough.
    out += *event.json();
    wire::appendSequenceJson(sequence, out);
    out += "\n\n";
    return out;
}

} // namespace orchestra
