// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/providers/ollama_stream.h"
#include "server/providers/openai_stream.h"
#include "tests/server/providers/stream_reading.h"

#include <cstdio>
#include <cstdlib>

/// libFuzzer target for the readers of model streams. The first byte chooses the reader, the second how the rest is
/// cut. Beside not crashing: the reading does not depend on the cutting, and a failure has words.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    using namespace orchestra;
    if (size < 2)
        return 0;
    const auto make = [isOllama = data[0] % 2 == 0]() -> std::unique_ptr<ModelStream> {
        if (isOllama)
            return std::make_unique<OllamaStream>();
        return std::make_unique<OpenAiStream>("request");
    };
    const std::string_view body(reinterpret_cast<const char *>(data) + 2, size - 2);
    const StreamReading whole = readStream(*make(), body, {body.size() + 1});
    const StreamReading cut = readStream(*make(), body, {std::size_t(data[1] % 16) + 1, std::size_t(data[1] / 16) + 1});
    if (whole != cut) {
        std::fputs("fuzz_model_streams: the reading depends on the cutting\n", stderr);
        std::abort();
    }
    return 0;
}
