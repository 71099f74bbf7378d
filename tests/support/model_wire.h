// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/wire/json_value.h"
#include "tests/support/http_peer.h"

#include <string>

/// What a model server says on Ollama's wire, for peers of tests.
namespace orchestra::ollama_wire {

inline std::string chunk(wire::JsonValue message)
{
    message.set("role", "assistant");
    wire::JsonValue line;
    line.set("model", "tiny");
    line.set("created_at", "2026-01-02T03:04:05Z");
    line.set("message", std::move(message));
    line.set("done", false);
    return line.toText() + "\n";
}

inline std::string says(const std::string &text)
{
    wire::JsonValue message;
    message.set("content", text);
    return chunk(std::move(message));
}

inline std::string done()
{
    return "{\"model\":\"tiny\",\"message\":{\"role\":\"assistant\",\"content\":\"\"},\"done\":true,"
           "\"done_reason\":\"stop\",\"prompt_eval_count\":5,\"eval_count\":2}\n";
}

/// The list of models, for GET /api/tags; false when the request is another.
inline bool answersList(const PeerRequest &request, PeerReply &reply)
{
    if (request.path != "/api/tags")
        return false;
    reply.send(200, "application/json",
               "{\"models\":[{\"name\":\"tiny\",\"size\":1,\"capabilities\":[\"completion\",\"tools\"]}]}");
    return true;
}

inline void begin(PeerReply &reply)
{
    reply.begin(200, "application/x-ndjson");
}

} // namespace orchestra::ollama_wire
