// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/result.h"
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

/// One of the ways in which model servers go wrong, and what is to be made of it.
struct Misbehaviour
{
    const char *name;
    Code code;             ///< of the failure
    bool isServersFault;   ///< its circuit breaker counts it
    const char *text = ""; ///< what the model had said by then
};

inline constexpr Misbehaviour kMisbehaviours[] = {
    {"hang before the first byte", Code::ProviderTimeout, true},
    {"hang after the head", Code::ProviderTimeout, true},
    {"hang in the middle", Code::ProviderTimeout, true, "half"},
    {"reset", Code::ProviderError, true, "half"},
    {"no marker", Code::ProviderError, true, "half"},
    {"garbage", Code::ProviderError, true},
    {"10 MB line", Code::ProviderError, true},
    {"invalid UTF-8", Code::ProviderError, true},
    {"error in the middle", Code::ProviderError, true, "half"},
    {"status 500", Code::ProviderError, true},
    {"status 503", Code::ProviderUnavailable, true},
    {"status 429", Code::ProviderUnavailable, false},
    {"status 404", Code::NoModel, false},
    {"status 400", Code::ProviderError, false},
};

/// Answers a chat in one of those ways, by its name.
inline void misbehave(const std::string &what, PeerReply &reply)
{
    if (what == "hang before the first byte")
        return;
    if (what.starts_with("status ")) {
        reply.send(std::stoi(what.substr(7)), "application/json", "{\"error\":\"no\"}", "Retry-After: 7\r\n");
        return;
    }
    begin(reply);
    if (what == "garbage")
        reply.chunk("<html>\n");
    else if (what == "10 MB line")
        reply.chunk(std::string(10 * 1024 * 1024, 'x'));
    else if (what == "invalid UTF-8")
        reply.chunk("{\"message\":{\"content\":\"\xff\"}}\n");
    else if (what != "hang after the head")
        reply.chunk(says("half"));
    if (what == "error in the middle")
        reply.chunk("{\"error\":\"boom\"}\n");
    if (what == "reset")
        reply.reset();
    else if (!what.starts_with("hang"))
        reply.end();
}

} // namespace orchestra::ollama_wire
