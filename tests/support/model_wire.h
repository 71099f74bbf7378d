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

} // namespace orchestra::ollama_wire

/// The same on OpenAI's wire.
namespace orchestra::openai_wire {

inline std::string event(const std::string &data)
{
    return "data: " + data + "\n\n";
}

/// `delta`, and why it ends, if it does: "null" or a string in quotes.
inline std::string chunk(const std::string &delta, const std::string &reason = "null")
{
    return event("{\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"model\":\"tiny\",\"choices\":[{"
                 "\"index\":0,\"delta\":" +
                 delta + ",\"finish_reason\":" + reason + "}]}");
}

inline std::string says(const std::string &text)
{
    wire::JsonValue delta;
    delta.set("content", text);
    return chunk(delta.toText());
}

/// Why it ends, what it has cost, and the marker.
inline std::string done(const std::string &reason = "stop")
{
    return chunk("{}", "\"" + reason + "\"") +
           event("{\"id\":\"chatcmpl-1\",\"choices\":[],\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":2}}") +
           event("[DONE]");
}

/// The list of models, for GET /v1/models; false when the request is another.
inline bool answersList(const PeerRequest &request, PeerReply &reply)
{
    if (request.path != "/v1/models")
        return false;
    reply.send(200, "application/json", "{\"object\":\"list\",\"data\":[{\"id\":\"tiny\"}]}");
    return true;
}

inline void begin(PeerReply &reply)
{
    reply.begin(200, "text/event-stream");
}

} // namespace orchestra::openai_wire

/// Model servers that go wrong, on either wire.
namespace orchestra::model_wire {

/// What a peer says on one of the wires, so that a test can be the same for both.
struct Wire
{
    const char *name;   ///< as in the configuration: models.NAME
    const char *prefix; ///< of its paths
    bool (*answersList)(const PeerRequest &, PeerReply &);
    void (*begin)(PeerReply &);
    std::string (*says)(const std::string &);
    std::string (*done)();
    const char *garbage;
    const char *invalidUtf8;
    const char *error; ///< in the middle of an answer

    std::string entry(const HttpPeer &peer) const { return "peer=" + peer.url() + prefix; }
};

inline constexpr Wire kWires[] = {
    {"ollama", "", ollama_wire::answersList, ollama_wire::begin, ollama_wire::says, ollama_wire::done, "<html>\n",
     "{\"message\":{\"content\":\"\xff\"}}\n", "{\"error\":\"boom\"}\n"},
    {"openai", "/v1", openai_wire::answersList, openai_wire::begin, openai_wire::says,
     [] { return openai_wire::done(); }, "data: <html>\n\n",
     "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"\xff\"}}]}\n\n",
     "data: {\"error\":{\"message\":\"boom\"}}\n\n"},
};

/// What a circuit breaker makes of a call that went wrong.
enum class Counted : std::uint8_t {
    Nothing,  ///< it says nothing about the server
    Failed,   ///< before its first token
    BrokeOff, ///< after it
};

/// One of the ways in which model servers go wrong, and what is to be made of it.
struct Misbehaviour
{
    const char *name;
    Code code; ///< of the failure
    Counted counted;
    const char *text = ""; ///< what the model had said by then
    constexpr bool isServersFault() const { return counted != Counted::Nothing; }
};

inline constexpr Misbehaviour kMisbehaviours[] = {
    {"hang before the first byte", Code::ProviderTimeout, Counted::Failed},
    {"hang after the head", Code::ProviderTimeout, Counted::Failed},
    {"hang in the middle", Code::ProviderTimeout, Counted::BrokeOff, "half"},
    {"reset before the first byte", Code::ProviderError, Counted::Failed},
    {"reset", Code::ProviderError, Counted::BrokeOff, "half"},
    {"no marker", Code::ProviderError, Counted::BrokeOff, "half"},
    {"garbage", Code::ProviderError, Counted::Failed},
    {"10 MB line", Code::ProviderError, Counted::Failed},
    {"invalid UTF-8", Code::ProviderError, Counted::Failed},
    {"error in the middle", Code::ProviderError, Counted::BrokeOff, "half"},
    {"status 500", Code::ProviderError, Counted::Failed},
    {"status 503", Code::ProviderUnavailable, Counted::Failed},
    {"status 429", Code::ProviderUnavailable, Counted::Nothing},
    {"status 404", Code::NoModel, Counted::Nothing},
    {"status 400", Code::ProviderError, Counted::Nothing},
};

/// Answers a chat in one of those ways, by its name.
inline void misbehave(const Wire &wire, const std::string &what, PeerReply &reply)
{
    if (what == "hang before the first byte")
        return;
    if (what == "reset before the first byte")
        return reply.reset();
    if (what.starts_with("status ")) {
        reply.send(std::stoi(what.substr(7)), "application/json", "{\"error\":\"no\"}", "Retry-After: 7\r\n");
        return;
    }
    wire.begin(reply);
    if (what == "garbage")
        reply.chunk(wire.garbage);
    else if (what == "10 MB line")
        reply.chunk(std::string(10 * 1024 * 1024, 'x'));
    else if (what == "invalid UTF-8")
        reply.chunk(wire.invalidUtf8);
    else if (what != "hang after the head")
        reply.chunk(wire.says("half"));
    if (what == "error in the middle")
        reply.chunk(wire.error);
    if (what == "reset")
        reply.reset();
    else if (!what.starts_with("hang"))
        reply.end();
}

} // namespace orchestra::model_wire

namespace orchestra::ollama_wire {

inline void misbehave(const std::string &what, PeerReply &reply)
{
    model_wire::misbehave(model_wire::kWires[0], what, reply);
}

} // namespace orchestra::ollama_wire
