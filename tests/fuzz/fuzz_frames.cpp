// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/base/text.h"
#include "shared/wire/chat_rest.h"
#include "shared/wire/ops_codec.h"
#include "shared/wire/protobuf_codec.h"
#include "shared/wire/v1_adapter.h"

#include <cstdio>
#include <cstdlib>

/// libFuzzer target for everything that reads what others sent. The first byte chooses the reader.
/// Beside not crashing: a failure is typed, and what was read is written so that it reads back as the same.
namespace {

using namespace orchestra;
using namespace orchestra::wire;

void require(bool holds, const char *what)
{
    if (holds)
        return;
    std::fprintf(stderr, "fuzz_frames: %s\n", what);
    std::abort();
}

void checkError(const Error &error)
{
    require(error.code == Code::Invalid || error.code == Code::UnsupportedVersion, "another code");
    require(!error.message.empty() && isValidUtf8(error.message), "a bad message");
    require(isValidUtf8(error.pointer) && (error.pointer.empty() || error.pointer.front() == '/'), "a bad pointer");
}

template <class T>
void checkError(const Result<T> &result)
{
    if (!result)
        checkError(result.error());
}

void checkClient(const ClientDecoding &decoded, JsonReader &reader)
{
    if (const auto *failure = std::get_if<DecodeFailure>(&decoded))
        return checkError(failure->error);
    const auto &frame = std::get<ClientFrame>(decoded);
    std::string json;
    encodeClientJson(frame, json);
    const auto fromJson = decodeClientJson(reader, json);
    require(std::holds_alternative<ClientFrame>(fromJson) && std::get<ClientFrame>(fromJson) == frame, "lost in JSON");
    std::string bytes;
    encodeClientProtobuf(frame, bytes);
    const auto fromBytes = decodeClientProtobuf(reader, bytes);
    require(std::holds_alternative<ClientFrame>(fromBytes) && std::get<ClientFrame>(fromBytes) == frame,
            "lost in protobuf");
}

void checkServer(const Result<DecodedServerFrame> &decoded, JsonReader &reader)
{
    checkError(decoded);
    if (!decoded)
        return;
    // Members that the body hides may have been sent; once written, a frame is stable.
    std::string first;
    encodeServerProtobuf(decoded->frame, first);
    appendSequenceProtobuf(decoded->sequence, first);
    const auto again = decodeServerProtobuf(reader, first);
    require(bool(again), "not read back");
    std::string json;
    encodeServerJson(again->frame, json);
    appendSequenceJson(again->sequence, json);
    const auto fromJson = decodeServerJson(reader, json);
    require(fromJson && fromJson->frame == again->frame && fromJson->sequence == again->sequence, "lost in JSON");
}

void checkVersion1(std::string_view input, JsonReader &reader)
{
    V1Adapter adapter("session");
    (void)classifyFirstFrame(reader, input);
    const auto decoded = adapter.decode(reader, input, "id");
    if (const auto *failure = std::get_if<DecodeFailure>(&decoded))
        checkError(failure->error);
    for (const int version : {0, 1, 2})
        checkError(readChatRequest(reader, input, version));
}

void checkTree(std::string_view input, JsonReader &reader)
{
    const auto value = reader.readValue(input);
    checkError(value);
    const auto raw = reader.readRaw(input);
    require(bool(raw) == bool(value), "a tree but no text, or the other way round");
    if (value)
        require(*reader.readValue(value->toText()) == *value && bool(reader.readRaw(raw->text)),
                "a tree is not stable");
    if (raw)
        require(reader.readRaw(raw->text)->text == raw->text, "a text is not stable");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    if (size == 0)
        return 0;
    const std::string_view input(reinterpret_cast<const char *>(data) + 1, size - 1);
    JsonReader strict;
    JsonReader wide(kServerFrameDepth);
    switch (data[0] % 8) {
    case 0:
        checkClient(decodeClientJson(strict, input), strict);
        break;
    case 1:
        checkClient(decodeClientProtobuf(strict, input), strict);
        break;
    case 2:
        checkServer(decodeServerJson(wide, input), wide);
        break;
    case 3:
        checkServer(decodeServerProtobuf(wide, input), wide);
        break;
    case 4:
        checkError(decodeOpsClient(strict, input));
        break;
    case 5:
        checkError(decodeOpsServer(strict, input));
        break;
    case 6:
        checkVersion1(input, strict);
        break;
    default:
        checkTree(input, strict);
        break;
    }
    return 0;
}
