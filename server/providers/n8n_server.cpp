// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/providers/n8n_server.h"

#include "server/providers/mcp_http.h"
#include "server/providers/model_server.h"
#include "shared/base/text.h"
#include "shared/wire/error_table.h"
#include "shared/wire/json_reader.h"

#include <algorithm>
#include <utility>

namespace orchestra {
namespace {

using wire::JsonValue;

constexpr std::string_view kStarted = "Workflow was started";
constexpr std::size_t kDepth = 20; ///< of data that is shown as data

/// A streaming workflow answers with one object a line; the items' contents together are what it says.
bool readStream(std::string_view body, ToolAnswer &answer)
{
    wire::JsonReader reader;
    bool isStream = false;
    std::string text;
    while (!body.empty()) {
        const std::size_t end = std::min(body.find('\n'), body.size());
        const std::string_view line = body.substr(0, end);
        body.remove_prefix(std::min(end + 1, body.size()));
        if (line.empty())
            continue;
        const auto value = reader.readValue(line);
        const std::string_view type = value ? value->textOf("type") : std::string_view();
        if (type != "begin" && type != "item" && type != "end" && type != "error")
            return false;
        isStream = true;
        answer.isFailure = answer.isFailure || type == "error";
        text += value->textOf("content");
    }
    if (isStream)
        answer.text = std::move(text);
    return isStream;
}

} // namespace

ToolAnswer readWebhookAnswer(std::string_view contentType, std::string_view body)
{
    ToolAnswer answer;
    if (body.empty()) {
        answer.text = "The workflow ran and returned nothing.";
        return answer;
    }
    const std::string type = lowerAscii(contentType.substr(0, contentType.find(';')));
    const bool isText = type.empty() || type.starts_with("text/") || type.ends_with("json") || type.ends_with("xml");
    if (!isText) {
        answer.attachments.push_back(std::string(type) + ", " + std::to_string(body.size()) + " bytes");
        return answer;
    }
    if (auto value = wire::JsonReader(kDepth).readValue(body)) {
        const JsonValue *message =
            value->isObject() && value->members()->size() == 1 ? value->find("message") : nullptr;
        if (message && message->text() && *message->text() == kStarted) {
            answer.isAcknowledgement = true;
            answer.text = "The workflow was started. Its outcome is not known.";
            return answer;
        }
        if (value->textOf("type").empty() || !readStream(body, answer)) {
            if (value->text())
                answer.text = *value->text();
            else
                answer.structured = value->toRaw();
        }
        return answer;
    }
    if (!readStream(body, answer))
        appendRepairedUtf8(answer.text, body);
    return answer;
}

N8nServer::N8nServer(ToolServerSettings settings, const Ground &ground, Output output)
    : settings_(std::move(settings))
    , ground_(ground)
    , output_(std::move(output))
{
    next_.setSingleShot(true);
    QObject::connect(&next_, &QTimer::timeout, &next_, [this] {
        over_.clear();
        for (const auto &what : std::exchange(later_, {}))
            what();
    });
}

N8nServer::~N8nServer() = default;

void N8nServer::later(std::function<void()> what)
{
    later_.push_back(std::move(what));
    next_.start(0);
}

void N8nServer::list(std::uint64_t question)
{
    // Nobody can be asked: the operator has said what there is.
    later([this, question] {
        ToolList list;
        for (const ToolWorkflow &workflow : settings_.workflows)
            list.tools.push_back(workflow.tool);
        output_.listed(question, std::move(list));
    });
}

void N8nServer::call(ToolPort::Call call, const ToolRequest &request)
{
    calls_[call].startedAt = ground_.clock.now();
    const auto workflow =
        std::ranges::find_if(settings_.workflows, [&](const auto &known) { return known.tool.name == request.tool; });
    if (workflow == settings_.workflows.end()) {
        later([this, call, name = request.tool] {
            end(call, makeError(Code::NotFound, "there is no workflow " + name), false, false);
        });
        return;
    }
    HttpRequest http;
    http.method = "POST";
    http.url = workflow->url;
    http.reach = Reach::Configured;
    http.headers = {{"Content-Type", "application/json"}, {"Accept", "application/json, text/*"}};
    if (!request.correlationId.empty())
        http.headers.push_back({"X-Correlation-ID", request.correlationId});
    // n8n knows no such header; a workflow may look at it.
    http.headers.push_back({"Idempotency-Key", request.correlationId + "-" + std::to_string(call)});
    if (!request.traceparent.empty())
        http.headers.push_back({"traceparent", request.traceparent});
    if (!settings_.key.isEmpty())
        http.headers.push_back(keyHeader(settings_.key));
    http.body = request.arguments.text;
    http.freshConnection = true;
    http.caps.body = ground_.limits.resultBytes;
    http.deadlines = {.connect = ground_.limits.connect,
                      .firstByte = ground_.limits.total,
                      .gap = ground_.limits.silence,
                      .total = ground_.limits.total};
    calls_[call].question = std::make_unique<Question>(
        ground_.http, std::move(http), [this, call](const Question::Answer &said) { takeAnswer(call, said); });
}

void N8nServer::cancel(ToolPort::Call call)
{
    calls_.erase(call);
}

void N8nServer::takeAnswer(ToolPort::Call call, const Question::Answer &said)
{
    if (!said.end.outcome)
        return end(call, said.end.outcome.error(), said.end.outcome.error().code != Code::Invalid,
                   said.end.hasConnected);
    if (said.head.isSuccess())
        return end(call, readWebhookAnswer(said.head.find("Content-Type"), said.body), false, true);
    Refusal refusal = readRefusal(said.head, said.body, ground_.clock.wallMs());
    if (said.head.status == 404)
        refusal.error = Error{Code::NotFound, refusal.error.message + " (is the workflow active?)"};
    // A workflow that fails answers 500: n8n itself is well, and a call that arrived is not made again.
    refusal.error.retryable = false;
    end(call, std::move(refusal.error), said.head.status > 500, true);
}

void N8nServer::end(ToolPort::Call call, Result<ToolAnswer> outcome, bool isServersFault, bool wasSent)
{
    auto calling = calls_.extract(call);
    if (calling.empty())
        return;
    over_.push_back(std::move(calling.mapped().question));
    next_.start(0);
    ToolEnd end;
    end.outcome = std::move(outcome);
    end.isServersFault = isServersFault;
    end.wasSent = wasSent;
    end.total = std::chrono::duration_cast<std::chrono::microseconds>(ground_.clock.now() - calling.mapped().startedAt);
    output_.ended(call, std::move(end));
}

} // namespace orchestra
