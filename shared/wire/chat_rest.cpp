// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/wire/chat_rest.h"

#include "shared/wire/frame_rules.h"

namespace orchestra::wire {
namespace {

/// 1 or 2; an Error when the body asks for a version that is not spoken.
Result<int> versionOf(const JsonReader &body, int pathVersion)
{
    if (pathVersion != 0)
        return pathVersion;
    if (body.lastHas("api_version")) {
        const auto version = body.lastText("api_version");
        if (version == "v1")
            return 1;
        if (version == "v2")
            return 2;
        return makeError(Code::UnsupportedVersion, "must be \"v1\" or \"v2\"", "/api_version");
    }
    for (const std::string_view member : {"optimization_hints", "thread_id", "stream"}) {
        if (body.lastHas(member))
            return 2;
    }
    return 1;
}

Result<ChatRequestV2> readBody(JsonReader &reader, std::string_view json, int version)
{
    if (version == 2)
        return reader.read<ChatRequestV2>(json);
    auto old = reader.read<ChatRequestV1>(json, UnknownMembers::Ignore);
    if (!old)
        return old.error();
    return ChatRequestV2{std::move(old->apiVersion), std::move(old->message), std::move(old->sessionId)};
}

} // namespace

Result<ChatRequest> readChatRequest(JsonReader &reader, std::string_view json, int pathVersion)
{
    const Status object = reader.open(json);
    if (!object)
        return object.error();
    const auto version = versionOf(reader, pathVersion);
    if (!version)
        return version.error();
    auto body = readBody(reader, json, *version);
    if (!body)
        return body.error();
    if (!isClientId(body->sessionId))
        return makeError(Code::Invalid, "must have 1 to 128 bytes", "/session_id");
    return ChatRequest{*version, *std::move(body)};
}

std::string answerText(const AgentCompleted &completed)
{
    return completed.content.empty() && completed.error ? completed.error->message : completed.content;
}

ChatReplyV1 chatReplyV1(const AgentCompleted &completed, std::string sessionId)
{
    return {completed.status == CompletionStatus::Completed, answerText(completed), std::move(sessionId),
            completed.executionMode, completed.qualityScore};
}

ChatReplyV2 chatReplyV2(const AgentCompleted &completed, std::string sessionId, ThreadId threadId, TaskId taskId)
{
    return {completed.status == CompletionStatus::Completed,
            answerText(completed),
            std::move(sessionId),
            completed.executionMode,
            completed.qualityScore,
            {threadId, taskId, completed.messageId, completed.status, completed.error, completed.usage,
             completed.timings, completed.provenance, completed.degradationLevel}};
}

} // namespace orchestra::wire
