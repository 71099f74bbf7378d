// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/edge/http_api/route.h"

#include "server/edge/http_api/bodies.h"
#include "server/edge/http_api/openai_bodies.h"
#include "server/edge/http_api/readers.h"
#include "shared/wire/chat_rest.h"

#include <algorithm>
#include <array>

namespace orchestra {
namespace {

using namespace std::chrono_literals;
using Kind = QueryField::Kind;

template <class T>
constexpr BodyShape shape(std::string_view name)
{
    return {name, &wire::kMessageType<T>, "application/json"};
}

constexpr BodyShape kAnyJson{"Json", nullptr, "application/json"};

// Every request can also meet 400, 403 (Host, Origin, proxies), 429 and 503; they are part of each list so that the
// document says so. 401 is for who calls with a credential that is none, or without one where one is needed.
constexpr std::array kOpen{200, 400, 401, 403, 429, 503};
constexpr std::array kOpenList{200, 400, 401, 403, 404, 429, 503};
constexpr std::array kNothing{204, 400, 401, 403, 404, 409, 429, 503};
constexpr std::array kChat{200, 400, 401, 403, 404, 409, 413, 415, 429, 500, 502, 503, 504, 507};
constexpr std::array kFeedback{204, 400, 401, 403, 404, 413, 415, 429, 503, 507};
constexpr std::array kAction{200, 400, 401, 403, 404, 409, 412, 413, 415, 429, 503, 507};
constexpr std::array kUpgrade{101, 400, 401, 403, 404, 426, 429, 503};
constexpr std::array kDocument{200, 400, 401, 403, 429};

constexpr std::array kThreadQuery{QueryField{"limit", Kind::Integer, "How many, 1 to 200; 50 when left out."},
                                  QueryField{"after", Kind::Uuid, "`next` of the page before."}};
constexpr std::array kMessageQuery{QueryField{"limit", Kind::Integer, "How many, 1 to 200; 50 when left out."},
                                   QueryField{"before", Kind::Uuid, "`next` of the page before."}};
constexpr std::array kAuditQuery{QueryField{"limit", Kind::Integer, "How many, 1 to 1000; 100 when left out."},
                                 QueryField{"before", Kind::Integer, "Only entries with a smaller index."},
                                 QueryField{"target", Kind::Text, "Only entries about this target."}};

constexpr Route kRoutes[] = {
    {.method = "GET",
     .path = "/livez",
     .id = "live",
     .summary = "The process answers.",
     .role = "",
     .read = readLive,
     .answer = shape<wire::Liveness>("Liveness"),
     .statuses = kOpen,
     .patience = 5s},
    {.method = "GET",
     .path = "/ready",
     .id = "ready",
     .summary = "Whether chats are taken now, and why not.",
     .role = "",
     .read = readReady,
     .answer = shape<wire::Readiness>("Readiness"),
     .statuses = kOpen,
     .tells503InAnswer = true,
     .patience = 5s},
    {.method = "GET",
     .path = "/health",
     .id = "health",
     .summary = "Checks by name; details for viewers. As application/health+json when asked for.",
     .role = "",
     .read = readHealth,
     .answer = {"Health", nullptr, "application/json"},
     .statuses = kOpen,
     .tells503InAnswer = true,
     .patience = 5s},
    {.method = "GET",
     .path = "/metrics",
     .id = "metrics",
     .summary = "Prometheus or OpenMetrics text.",
     .role = "viewer",
     .read = readMetrics,
     .answer = {"Metrics", nullptr, "text/plain"},
     .statuses = kOpen},
    {.method = "GET",
     .path = "/openapi.json",
     .id = "openapi",
     .summary = "This document.",
     .role = "",
     .serving = Serving::OpenApi,
     .answer = kAnyJson,
     .statuses = kDocument},

    {.method = "GET",
     .path = "/chat/ws/{client_id}/{session_id}",
     .id = "chatSocket",
     .summary = "Chat over WebSocket. Subprotocols orchestra.v1.json, orchestra.v2.json, orchestra.v2.protobuf.",
     .role = "client",
     .serving = Serving::Upgrade,
     .statuses = kUpgrade},
    {.method = "GET",
     .path = "/ops/ws",
     .id = "opsSocket",
     .summary = "Operations over WebSocket. Subprotocol orchestra.ops.v1.protobuf.",
     .role = "viewer",
     .serving = Serving::Upgrade,
     .statuses = kUpgrade},

    {.method = "POST",
     .path = "/chat",
     .id = "chat",
     .summary = "One turn; api_version, else the members, tell the version. `stream` answers as an event stream.",
     .role = "client",
     .read = readChat,
     .request = shape<wire::ChatRequestV2>("ChatRequestV2"),
     .isBodyRequired = true,
     .answer = shape<wire::ChatReplyV2>("ChatReplyV2"),
     .statuses = kChat,
     .streamsEvents = true,
     .patience = 0s},
    {.method = "POST",
     .path = "/api/v1/chat",
     .id = "chatV1",
     .summary = "One turn, version 1.",
     .role = "client",
     .read = readChat,
     .request = shape<wire::ChatRequestV1>("ChatRequestV1"),
     .isBodyRequired = true,
     .answer = shape<wire::ChatReplyV1>("ChatReplyV1"),
     .statuses = kChat,
     .isDeprecated = true,
     .patience = 0s},
    {.method = "POST",
     .path = "/api/v2/chat",
     .id = "chatV2",
     .summary = "One turn, version 2. `stream` answers as an event stream whose ids Last-Event-ID resumes from.",
     .role = "client",
     .read = readChat,
     .request = shape<wire::ChatRequestV2>("ChatRequestV2"),
     .isBodyRequired = true,
     .answer = shape<wire::ChatReplyV2>("ChatReplyV2"),
     .statuses = kChat,
     .streamsEvents = true,
     .patience = 0s},
    {.method = "GET",
     .path = "/api/v2/threads",
     .id = "threads",
     .summary = "The caller's threads, newest first.",
     .role = "client",
     .read = readThreads,
     .answer = shape<wire::ThreadList>("ThreadList"),
     .statuses = kOpen,
     .query = kThreadQuery},
    {.method = "GET",
     .path = "/api/v2/threads/{thread_id}/messages",
     .id = "messages",
     .summary = "A thread's messages, newest first.",
     .role = "client",
     .read = readMessages,
     .answer = shape<wire::MessageList>("MessageList"),
     .statuses = kOpenList,
     .query = kMessageQuery},
    {.method = "DELETE",
     .path = "/api/v2/threads/{thread_id}",
     .id = "deleteThread",
     .summary = "Deletes a thread with its messages.",
     .role = "client",
     .read = readThreadDeletion,
     .statuses = kNothing},
    {.method = "GET",
     .path = "/api/v2/tasks",
     .id = "tasks",
     .summary = "The caller's running and latest tasks.",
     .role = "client",
     .read = readTasks,
     .answer = shape<wire::TaskList>("TaskList"),
     .statuses = kOpen},
    {.method = "POST",
     .path = "/api/v2/tasks/{task_id}/cancel",
     .id = "cancelTask",
     .summary = "Cancels a task.",
     .role = "client",
     .read = readCancel,
     .statuses = kNothing},
    {.method = "POST",
     .path = "/api/v2/feedback",
     .id = "feedback",
     .summary = "Rates an answer.",
     .role = "client",
     .read = readFeedback,
     .request = shape<wire::FeedbackRequest>("FeedbackRequest"),
     .isBodyRequired = true,
     .statuses = kFeedback},
    {.method = "POST",
     .path = "/api/v2/ws-ticket",
     .id = "wsTicket",
     .summary = "A single-use ticket, good for 30 seconds, for the hello of a browser's WebSocket.",
     .role = "client",
     .read = readTicketWish,
     .answer = shape<wire::Ticket>("Ticket"),
     .statuses = kOpen},

    {.method = "GET",
     .path = "/v1/models",
     .id = "openAiModels",
     .summary = "The models that can be called, as OpenAI lists them.",
     .role = "client",
     .read = readModelList,
     .answer = {"OpenAiModelList", nullptr, "application/json"},
     .statuses = kOpen,
     .isOpenAi = true},
    {.method = "GET",
     .path = "/v1/models/{model}",
     .id = "openAiModel",
     .summary = "One model.",
     .role = "client",
     .read = readModelName,
     .answer = {"OpenAiModel", nullptr, "application/json"},
     .statuses = kOpenList,
     .isOpenAi = true},
    {.method = "GET",
     .path = "/v1/models/{server}/{model}",
     .id = "openAiModelOfServer",
     .summary = "One model by its full name, written with a plain slash.",
     .role = "client",
     .read = readModelName,
     .answer = {"OpenAiModel", nullptr, "application/json"},
     .statuses = kOpenList,
     .isOpenAi = true},
    {.method = "POST",
     .path = "/v1/chat/completions",
     .id = "openAiCompletion",
     .summary = "OpenAI's chat completions: an answer of the named model, or of any for auto. `stream` answers as an "
                "event stream of chunks that [DONE] ends.",
     .role = "client",
     .read = readCompletion,
     .request = shape<wire::CompletionRequest>("OpenAiCompletionRequest"),
     .isBodyRequired = true,
     .answer = {"OpenAiCompletion", nullptr, "application/json"},
     .statuses = kChat,
     .isOpenAi = true,
     .streamsEvents = true,
     .patience = 0s},

    {.method = "GET",
     .path = "/admin/feature-flags",
     .id = "flags",
     .summary = "Feature flags.",
     .role = "viewer",
     .read = readFlagRows,
     .answer = shape<wire::FlagList>("FlagList"),
     .statuses = kOpen},
    {.method = "PATCH",
     .path = "/admin/feature-flags/{name}",
     .id = "setFlag",
     .summary = "Changes a flag.",
     .role = "operator",
     .read = readFlagChange,
     .request = shape<wire::FlagRequest>("FlagRequest"),
     .isBodyRequired = true,
     .answer = shape<wire::OpsReply>("ActionReply"),
     .statuses = kAction},
    {.method = "GET",
     .path = "/admin/breakers",
     .id = "breakers",
     .summary = "Circuit breakers.",
     .role = "viewer",
     .read = readBreakerRows,
     .answer = shape<wire::BreakerList>("BreakerList"),
     .statuses = kOpen},
    {.method = "POST",
     .path = "/admin/breakers/{name}/override",
     .id = "overrideBreaker",
     .summary = "Forces a breaker open, off or to count only, for a time; none gives it back.",
     .role = "operator",
     .read = readBreakerOverride,
     .request = shape<wire::BreakerRequest>("BreakerRequest"),
     .isBodyRequired = true,
     .answer = shape<wire::OpsReply>("ActionReply"),
     .statuses = kAction},
    {.method = "POST",
     .path = "/admin/breakers/{name}/probe",
     .id = "probeBreaker",
     .summary = "Lets the next call of an open breaker through now.",
     .role = "operator",
     .read = readBreakerProbe,
     .request = shape<wire::ReasonRequest>("ReasonRequest"),
     .isBodyRequired = true,
     .answer = shape<wire::OpsReply>("ActionReply"),
     .statuses = kAction},
    {.method = "GET",
     .path = "/admin/connections",
     .id = "connections",
     .summary = "Open connections.",
     .role = "viewer",
     .read = readConnectionRows,
     .answer = shape<wire::ConnectionList>("ConnectionList"),
     .statuses = kOpen},
    {.method = "POST",
     .path = "/admin/connections/close",
     .id = "closeConnections",
     .summary = "Closes connections by id, or all of a user.",
     .role = "operator",
     .read = readConnectionClosing,
     .request = shape<wire::CloseRequest>("CloseRequest"),
     .isBodyRequired = true,
     .answer = shape<wire::OpsReply>("ActionReply"),
     .statuses = kAction},
    {.method = "GET",
     .path = "/admin/degradation",
     .id = "degradation",
     .summary = "What is shed now, and why.",
     .role = "viewer",
     .read = readDegradation,
     .answer = shape<wire::DegradationRow>("Degradation"),
     .statuses = kOpen},
    {.method = "POST",
     .path = "/admin/degradation",
     .id = "pinDegradation",
     .summary = "Holds a level of degradation for a time; without a level it is automatic again.",
     .role = "operator",
     .read = readDegradationPin,
     .request = shape<wire::DegradationRequest>("DegradationRequest"),
     .isBodyRequired = true,
     .answer = shape<wire::OpsReply>("ActionReply"),
     .statuses = kAction},
    {.method = "POST",
     .path = "/admin/cache/clear",
     .id = "clearCache",
     .summary = "Forgets kept answers: all, those of a user, or those of a model.",
     .role = "operator",
     .read = readCacheClearing,
     .request = shape<wire::CacheRequest>("CacheRequest"),
     .isBodyRequired = true,
     .answer = shape<wire::OpsReply>("ActionReply"),
     .statuses = kAction},
    {.method = "POST",
     .path = "/admin/drain",
     .id = "drain",
     .summary = "Takes no new work, lets running tasks end, then closes every connection.",
     .role = "operator",
     .read = readDrain,
     .request = shape<wire::ReasonRequest>("ReasonRequest"),
     .isBodyRequired = true,
     .answer = shape<wire::OpsReply>("ActionReply"),
     .statuses = kAction},
    {.method = "POST",
     .path = "/admin/undo",
     .id = "undo",
     .summary = "Takes a change back by its undo token.",
     .role = "operator",
     .read = readUndo,
     .request = shape<wire::UndoRequest>("UndoRequest"),
     .isBodyRequired = true,
     .answer = shape<wire::OpsReply>("ActionReply"),
     .statuses = kAction},
    {.method = "GET",
     .path = "/admin/audit",
     .id = "audit",
     .summary = "Who changed what, newest first.",
     .role = "viewer",
     .read = readAudit,
     .answer = shape<wire::AuditList>("AuditList"),
     .statuses = kOpen,
     .query = kAuditQuery},
    {.method = "GET",
     .path = "/admin/config",
     .id = "config",
     .summary = "The effective configuration with the origin of each value; secrets are left out.",
     .role = "operator",
     .read = readConfig,
     .answer = kAnyJson,
     .statuses = kOpen},
    {.method = "GET",
     .path = "/admin/tools",
     .id = "tools",
     .summary = "The tools of other programs: what their servers say of them, and which wait to be accepted.",
     .role = "viewer",
     .read = readTools,
     .answer = kAnyJson,
     .statuses = kOpen},
    {.method = "POST",
     .path = "/admin/tools/accept",
     .id = "acceptTool",
     .summary = "Lets a tool be offered as it describes itself now.",
     .role = "operator",
     .read = readToolAcceptance,
     .request = shape<wire::ToolAcceptanceRequest>("ToolAcceptanceRequest"),
     .isBodyRequired = true,
     .answer = shape<wire::OpsReply>("ActionReply"),
     .statuses = kAction},
};

/// Compares segment by segment; fills `parameters` with the decoded values of {name} segments.
bool matches(std::string_view pattern, std::string_view path, std::vector<std::string> &parameters)
{
    parameters.clear();
    while (!pattern.empty() && !path.empty()) {
        pattern.remove_prefix(1);
        path.remove_prefix(1);
        const auto wanted = pattern.substr(0, pattern.find('/'));
        const auto given = path.substr(0, path.find('/'));
        if (wanted.starts_with('{')) {
            auto value = percentDecode(given);
            if (!value || value->empty())
                return false;
            parameters.push_back(std::move(*value));
        } else if (wanted != given) {
            return false;
        }
        pattern.remove_prefix(wanted.size());
        path.remove_prefix(given.size());
    }
    return pattern.empty() && path.empty();
}

} // namespace

std::span<const Route> routes()
{
    return kRoutes;
}

RouteMatch findRoute(std::string_view method, std::string_view path)
{
    RouteMatch found;
    if (!path.starts_with('/'))
        return found;
    for (const Route &route : kRoutes) {
        std::vector<std::string> parameters;
        if (!matches(route.path, path, parameters))
            continue;
        if (route.method == method || (method == "HEAD" && route.method == "GET")) {
            found.route = &route;
            found.parameters = std::move(parameters);
            return found;
        }
        found.allowed += (found.allowed.empty() ? "" : ", ") + std::string(route.method);
        if (route.method == "GET")
            found.allowed += ", HEAD";
    }
    return found;
}

int versionOf(std::string_view path)
{
    if (path.starts_with("/api/v1/"))
        return 1;
    return path.starts_with("/api/v2/") ? 2 : 0;
}

} // namespace orchestra
