// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/wire/v1_adapter.h"

#include "shared/wire/chat_rest.h"
#include "shared/wire/json_text.h"
#include "shared/wire/json_writer.h"

namespace orchestra::wire {
namespace {

// ---- client frames of version 1 -------------------------------------------------------------------------------

struct V1ChatData
{
    std::string message;
    template <class S = V1ChatData>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "message", &S::message));
    }
};

struct V1Chat
{
    V1ChatData data;
    static constexpr std::string_view kType = "chat";
    template <class S = V1Chat>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "data", &S::data));
    }
};

struct V1CommandData
{
    std::string command;
    template <class S = V1CommandData>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "command", &S::command));
    }
};

struct V1Command
{
    V1CommandData data;
    static constexpr std::string_view kType = "command";
    template <class S = V1Command>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "data", &S::data));
    }
};

struct V1Ping
{
    static constexpr std::string_view kType = "ping";
    static constexpr auto fields() { return std::tuple(); }
};

struct V1Envelope
{
    std::variant<V1Chat, V1Command, V1Ping> body;
    static constexpr auto fields() { return std::tuple(); }
    template <class S = V1Envelope>
    static constexpr auto choice()
    {
        return oneOf(1, &S::body);
    }
};

/// "status" and "/status" name a command; with arguments it is the chat that says the same.
ClientFrame commandFrame(std::string id, std::string text)
{
    if (text.starts_with('/'))
        text.erase(0, 1);
    if (text.find_first_of(" \t\n") != std::string::npos)
        return Chat{.id = std::move(id), .content = "/" + text};
    return Command{.id = std::move(id), .name = std::move(text)};
}

// ---- server frames of version 1 -------------------------------------------------------------------------------

std::string tokenFrame(std::string_view type, std::string_view content)
{
    std::string out = R"({"type":"stream_token","data":{"type":")";
    out.append(type).append(R"(","content":)");
    appendJsonText(out, content);
    return out += "}}";
}

std::string systemFrame(const ServerFrame &frame, const SystemMessage &message)
{
    std::string out = R"({"type":"system_message","event":")";
    out.append(wireNames(message.event)[static_cast<std::size_t>(message.event)]).append(R"(","message":)");
    appendJsonText(out, message.message);
    out += ",\"user_id\":";
    appendJsonText(out, frame.userId);
    // Seconds with a fraction, as version 1 always had it.
    out += ",\"timestamp\":";
    appendJsonNumber(out, static_cast<double>(frame.timestamp.ms) / 1000);
    if (message.progress) {
        out += ",\"progress\":";
        appendJsonNumber(out, *message.progress);
    }
    return out += '}';
}

std::string errorDetails(const std::vector<FieldError> &errors)
{
    std::string details;
    for (const FieldError &error : errors) {
        details += details.empty() ? "" : "; ";
        details += error.pointer.empty() ? error.message : error.pointer + ' ' + error.message;
    }
    return details;
}

} // namespace

FirstFrame classifyFirstFrame(JsonReader &reader, std::string_view json)
{
    if (!reader.open(json))
        return FirstFrame::Unreadable;
    if (reader.lastHasObject("data"))
        return FirstFrame::Version1;
    if (reader.lastText("type") == "ping" && !reader.lastHas("id"))
        return FirstFrame::Undecided;
    return FirstFrame::Version2;
}

ClientDecoding V1Adapter::decode(JsonReader &reader, std::string_view json, std::string id)
{
    auto envelope = reader.read<V1Envelope>(json, UnknownMembers::Ignore);
    if (!envelope)
        return DecodeFailure{envelope.error(), {}};
    return std::visit(Overload{[&](V1Chat &chat) -> ClientFrame {
                                   asked_.emplace(id, Asked::Chat);
                                   return Chat{.id = std::move(id), .content = std::move(chat.data.message)};
                               },
                               [&](V1Command &command) -> ClientFrame {
                                   asked_.emplace(id, Asked::Command);
                                   return commandFrame(std::move(id), std::move(command.data.command));
                               },
                               [](V1Ping &) -> ClientFrame { return Ping{}; }},
                      envelope->body);
}

void V1Adapter::begin(const std::string &ref, const TaskId &task)
{
    // The ack and the user_message of a turn both say so, in either order.
    const auto asked = asked_.find(ref);
    if (asked == asked_.end())
        return;
    turns_.emplace(task, asked->second == Asked::Chat ? Shown::Whole : Shown::Response);
    asked_.erase(asked);
}

V1Adapter::Shown &V1Adapter::turn(const ServerFrame &frame)
{
    // A turn that was not seen to begin ran already when the connection was made.
    return turns_.emplace(frame.taskId.value_or(TaskId()), Shown::WhatFollows).first->second;
}

void V1Adapter::showManager(std::string_view content, Shown &shown, std::vector<std::string> &out)
{
    out.push_back(tokenFrame("manager", content));
    out.push_back(R"({"type":"status","status":"processing"})");
    shown = Shown::Rest;
}

void V1Adapter::translateThinking(const ServerFrame &frame, const AgentThinking &thinking,
                                  std::vector<std::string> &out)
{
    Shown &shown = turn(frame);
    if ((shown == Shown::Whole || shown == Shown::WhatFollows) && thinking.agentName == "maestro")
        showManager(thinking.content, shown, out);
}

void V1Adapter::translateToken(const ServerFrame &frame, const StreamToken &token, std::vector<std::string> &out)
{
    Shown &shown = turn(frame);
    if (shown == Shown::Whole)
        showManager({}, shown, out);
    else if (shown == Shown::WhatFollows)
        shown = Shown::Rest;
    if (shown == Shown::Rest)
        out.push_back(tokenFrame("token", token.content));
}

void V1Adapter::translateCompleted(const ServerFrame &frame, const AgentCompleted &completed,
                                   std::vector<std::string> &out)
{
    Shown &shown = turn(frame);
    if (shown == Shown::Whole)
        showManager({}, shown, out);
    if (shown != Shown::Nothing) {
        std::string response = R"({"type":"response","data":)";
        writeJson(chatReplyV1(completed, sessionId_), response);
        out.push_back(response += '}');
    }
    turns_.erase(frame.taskId.value_or(TaskId()));
}

void V1Adapter::translateError(const ErrorFrame &error, std::vector<std::string> &out)
{
    if (error.ref)
        asked_.erase(*error.ref);
    std::string text = R"({"type":"error","message":)";
    appendJsonText(text, error.message);
    text.append(R"(,"error_code":")").append(errorRow(error.code).name).append("\"");
    if (!error.errors.empty()) {
        text += ",\"details\":";
        appendJsonText(text, errorDetails(error.errors));
    }
    out.push_back(text += '}');
}

void V1Adapter::translate(const ServerFrame &frame, std::vector<std::string> &out)
{
    std::visit(Overload{[&](const ServerAck &ack) {
                            if (ack.taskId)
                                begin(ack.ref, *ack.taskId);
                        },
                        [&](const UserMessage &message) {
                            const TaskId task = frame.taskId.value_or(TaskId());
                            begin(message.ref, task);
                            turns_.emplace(task, Shown::Nothing);
                        },
                        [&](const AgentStarted &started) {
                            // A part of a turn is not a turn: only the whole has a response.
                            if (started.parentTaskId)
                                turns_.emplace(frame.taskId.value_or(TaskId()), Shown::Nothing);
                        },
                        [&](const AgentThinking &thinking) { translateThinking(frame, thinking, out); },
                        [&](const StreamToken &token) { translateToken(frame, token, out); },
                        [&](const AgentCompleted &completed) { translateCompleted(frame, completed, out); },
                        [&](const ErrorFrame &error) { translateError(error, out); },
                        [&](const SystemMessage &message) { out.push_back(systemFrame(frame, message)); },
                        [&](const Pong &) { out.push_back(R"({"type":"pong"})"); },
                        // Version 1 has no words for these; the connection's close code says the rest.
                        [](const Welcome &) {}, [](const ResumeDone &) {}, [](const Snapshot &) {},
                        [](const StatusFrame &) {}, [](const ToolExecuting &) {}, [](const ToolCompleted &) {},
                        [](const ApprovalRequired &) {}, [](const ApprovalResolved &) {}, [](const AuthExpiring &) {},
                        [](const Drain &) {}},
               frame.body);
}

} // namespace orchestra::wire
