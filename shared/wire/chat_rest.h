// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/wire/chat_messages.h"
#include "shared/wire/json_reader.h"

/// The bodies of POST /chat, /api/v1/chat and /api/v2/chat.
namespace orchestra::wire {

struct ChatRequestV1
{
    std::optional<std::string> apiVersion; ///< "v1"
    std::string message;
    std::string sessionId;
    bool operator==(const ChatRequestV1 &) const = default;
    template <class S = ChatRequestV1>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "api_version", &S::apiVersion), field(2, "message", &S::message),
                          field(3, "session_id", &S::sessionId));
    }
};

struct ChatRequestV2
{
    std::optional<std::string> apiVersion; ///< "v2"
    std::string message;
    std::string sessionId;
    std::optional<OptimizationHints> optimizationHints;
    std::optional<ThreadId> threadId;
    std::optional<bool> stream; ///< answer with text/event-stream
    bool operator==(const ChatRequestV2 &) const = default;
    template <class S = ChatRequestV2>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "api_version", &S::apiVersion), field(2, "message", &S::message),
                          field(3, "session_id", &S::sessionId), field(4, "optimization_hints", &S::optimizationHints),
                          field(5, "thread_id", &S::threadId), field(6, "stream", &S::stream));
    }
};

struct ChatReplyV1
{
    bool success = false;
    std::string response;
    std::string sessionId;
    ExecutionMode executionMode = ExecutionMode::Fast;
    std::optional<double> qualityScore;
    bool operator==(const ChatReplyV1 &) const = default;
    template <class S = ChatReplyV1>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "success", &S::success), field(2, "response", &S::response),
                          field(3, "session_id", &S::sessionId), field(4, "execution_mode", &S::executionMode),
                          nullableField(5, "quality_score", &S::qualityScore));
    }
};

/// What version 2 says about an answer beside its text.
struct ChatMetadata
{
    ThreadId threadId;
    TaskId taskId;
    MessageId messageId;
    CompletionStatus status = CompletionStatus::Completed;
    std::optional<ErrorBody> error;
    Usage usage;
    Timings timings;
    Provenance provenance;
    std::uint64_t degradationLevel = 0;
    bool operator==(const ChatMetadata &) const = default;
    template <class S = ChatMetadata>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "thread_id", &S::threadId), field(2, "task_id", &S::taskId),
                          field(3, "message_id", &S::messageId), field(4, "status", &S::status),
                          field(5, "error", &S::error), field(6, "usage", &S::usage), field(7, "timings", &S::timings),
                          field(8, "provenance", &S::provenance), field(9, "degradation_level", &S::degradationLevel));
    }
};

struct ChatReplyV2
{
    bool success = false;
    std::string response;
    std::string sessionId;
    ExecutionMode executionMode = ExecutionMode::Fast;
    std::optional<double> qualityScore;
    ChatMetadata metadata;
    bool operator==(const ChatReplyV2 &) const = default;
    template <class S = ChatReplyV2>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "success", &S::success), field(2, "response", &S::response),
                          field(3, "session_id", &S::sessionId), field(4, "execution_mode", &S::executionMode),
                          nullableField(5, "quality_score", &S::qualityScore), field(6, "metadata", &S::metadata));
    }
};

/// A request of either version, and which one it was.
struct ChatRequest
{
    int apiVersion = 2;
    ChatRequestV2 body;
};

/// `pathVersion`: 1 or 2 when the path says it, else 0; then `api_version` decides, else the shape: what only version
/// 2 has makes it version 2. Version 1 ignores members that it does not know, version 2 refuses them.
Result<ChatRequest> readChatRequest(JsonReader &reader, std::string_view json, int pathVersion);

/// The whole answer; when a turn failed before it said anything, why.
std::string answerText(const AgentCompleted &completed);

ChatReplyV1 chatReplyV1(const AgentCompleted &completed, std::string sessionId);
ChatReplyV2 chatReplyV2(const AgentCompleted &completed, std::string sessionId, ThreadId threadId, TaskId taskId);

} // namespace orchestra::wire
