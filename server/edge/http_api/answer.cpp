// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/edge/http_api/answer.h"

#include "server/edge/http_api/bodies.h"
#include "server/edge/http_api/openai_answer.h"
#include "shared/wire/chat_rest.h"
#include "shared/wire/error_table.h"
#include "shared/wire/json_value.h"
#include "shared/wire/json_writer.h"

namespace orchestra {
namespace {

using wire::JsonValue;

// Version 1 is deprecated since 20 November 2026 and may go a year later.
constexpr std::string_view kDeprecatedSince = "@1795132800";
constexpr std::string_view kSunset = "Sat, 20 Nov 2027 00:00:00 GMT";

HttpResponse json(std::string text, int status = 200)
{
    return {status, "application/json", std::move(text), {}};
}

template <class T>
HttpResponse json(const T &body, int status = 200)
{
    return json(wire::toJson(body), status);
}

std::string_view passOrFail(wire::HealthState state)
{
    switch (state) {
    case wire::HealthState::Healthy:
        return "pass";
    case wire::HealthState::Degraded:
        return "warn";
    case wire::HealthState::Unhealthy:
        break;
    }
    return "fail";
}

std::string_view healthName(wire::HealthState state)
{
    return wireNames(wire::HealthState{})[static_cast<std::size_t>(state)];
}

HttpResponse healthAnswer(const HealthBody &body, std::string_view accept)
{
    const bool asDraft = accept.find("application/health+json") != std::string_view::npos;
    const HealthReport &report = body.report;
    JsonValue checks{JsonValue::Object{}};
    if (body.detailed) {
        for (const HealthCheck &check : report.checks) {
            JsonValue entry;
            entry.set("status", asDraft ? passOrFail(check.status) : healthName(check.status));
            if (!check.detail.empty())
                entry.set(asDraft ? "output" : "detail", check.detail);
            if (asDraft) {
                entry.set("time", formatTimestamp(report.at.ms));
                checks.set(check.name, JsonValue::Array{std::move(entry)});
            } else {
                checks.set(check.name, std::move(entry));
            }
        }
    } else if (!asDraft) {
        for (const HealthCheck &check : report.checks) {
            JsonValue entry;
            entry.set("status", healthName(check.status));
            checks.set(check.name, std::move(entry));
        }
    }
    JsonValue out;
    out.set("status", asDraft ? passOrFail(report.status) : healthName(report.status));
    if (asDraft)
        out.set("version", ORCHESTRA_VERSION);
    else
        out.set("timestamp", formatTimestamp(report.at.ms));
    out.set("checks", std::move(checks));
    HttpResponse response = json(out.toText(), report.status == wire::HealthState::Unhealthy ? 503 : 200);
    if (asDraft)
        response.contentType = "application/health+json";
    return response;
}

HttpResponse readyAnswer(const ReadyBody &body)
{
    if (body.ready)
        return json(std::string(R"({"ready":true})"));
    wire::Readiness out{false, body.reason, body.phases};
    HttpResponse response = json(out, 503);
    response.fields.push_back({"Retry-After", "1"});
    return response;
}

/// A turn that failed is a problem to HTTP; what is known of it goes along.
HttpResponse failedTurn(const ChatBody &chat, const wire::ErrorBody &error, std::string_view correlationId)
{
    Error reason = makeError(error.code, error.message);
    reason.retryable = error.retryable;
    HttpFailure failure = httpFailure(std::move(reason));
    if (errorRow(error.code).httpStatus == 0)
        failure.status = 503; // interrupted: the same question under a new key may well be answered
    HttpResponse response = problem(failure, correlationId);
    JsonValue members;
    members.set("session_id", chat.sessionId);
    members.set("thread_id", toString(chat.threadId));
    members.set("task_id", toString(chat.taskId));
    response.body.back() = ',';
    response.body += members.toText().substr(1);
    return response;
}

HttpResponse chatAnswer(const ChatBody &chat, std::string_view correlationId)
{
    // Version 1 tells a failure by `success`; version 2 as HTTP tells one.
    if (chat.apiVersion == 1)
        return json(wire::chatReplyV1(chat.completed, chat.sessionId));
    if (chat.completed.status == wire::CompletionStatus::Failed && chat.completed.error)
        return failedTurn(chat, *chat.completed.error, correlationId);
    return json(wire::chatReplyV2(chat.completed, chat.sessionId, chat.threadId, chat.taskId));
}

HttpResponse rowsAnswer(const RowsBody &body)
{
    switch (body.topic) {
    case wire::Topic::Connections:
        return json(wire::ConnectionList{body.rows.connections});
    case wire::Topic::Threads:
        return json(wire::ThreadList{body.rows.threads, {}});
    case wire::Topic::Tasks:
        return json(wire::TaskList{body.rows.tasks});
    case wire::Topic::Breakers:
        return json(wire::BreakerList{body.rows.breakers});
    case wire::Topic::Flags:
        return json(wire::FlagList{body.rows.flags});
    case wire::Topic::Degradation:
        return json(body.rows.degradation.empty() ? wire::DegradationRow{} : body.rows.degradation.front());
    default:
        return json(body.rows);
    }
}

HttpResponse actionAnswer(const wire::OpsReply &reply, std::string_view correlationId)
{
    if (!reply.error)
        return json(reply);
    Error error = makeError(reply.error->code, reply.error->message);
    error.retryable = reply.error->retryable;
    return problem(httpFailure(std::move(error)), correlationId);
}

} // namespace

HttpResponse answerOf(const Result<ApiBody> &body, const AnswerContext &context)
{
    if (!body)
        return problem(httpFailure(body.error()), context.correlationId);
    return std::visit(
        Overload{
            [&](const DoneBody &) {
                return context.wantsBody ? json(wire::Liveness{"ok"}) : HttpResponse{204, {}, {}, {}};
            },
            [](const TextBody &text) {
                return HttpResponse{200, text.contentType, text.text, {}};
            },
            [](const JsonBody &raw) { return json(raw.json.text); },
            [&](const HealthBody &health) { return healthAnswer(health, context.accept); },
            [](const ReadyBody &ready) { return readyAnswer(ready); },
            [&](const ChatBody &chat) { return chatAnswer(chat, context.correlationId); },
            [](const ThreadsBody &threads) {
                return json(wire::ThreadList{threads.threads, threads.next});
            },
            [](const MessagesBody &list) {
                return json(wire::MessageList{list.messages, list.next});
            },
            [](const RowsBody &rows) { return rowsAnswer(rows); },
            [](const AuditBody &audit) {
                return json(wire::AuditList{audit.rows, audit.more});
            },
            [](const TicketBody &ticket) {
                return json(wire::Ticket{ticket.ticket, ticket.expiresAt});
            },
            [&](const ActionBodyReply &action) { return actionAnswer(action.reply, context.correlationId); },
            [&](const ListedModel &) { return openAiAnswer(body, context.correlationId); },
            [&](const ModelsBody &) { return openAiAnswer(body, context.correlationId); },
            [&](const CompletionBody &) { return openAiAnswer(body, context.correlationId); },
        },
        *body);
}

void addDeprecation(HttpResponse &response)
{
    response.fields.push_back({"Deprecation", std::string(kDeprecatedSince)});
    response.fields.push_back({"Sunset", std::string(kSunset)});
    response.fields.push_back({"Link", "</api/v2/chat>; rel=\"successor-version\""});
}

} // namespace orchestra
