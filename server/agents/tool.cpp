// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/agents/tool.h"

#include "shared/wire/json_writer.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace orchestra {
namespace {

constexpr std::size_t kShownRows = 25;

wire::JsonValue numberOrNull(const std::optional<double> &value)
{
    return value ? wire::JsonValue(*value) : wire::JsonValue();
}

void appendRows(std::string &out, std::string_view name, const auto &rows)
{
    if (rows.empty())
        return;
    out.append(out.size() > 1 ? ",\"" : "\"").append(name).append("\":[");
    for (std::size_t i = 0; i < std::min(rows.size(), kShownRows); ++i) {
        out += i > 0 ? "," : "";
        wire::writeJson(rows[i], out);
    }
    out += ']';
}

void appendMember(std::string &out, std::string_view name, const wire::JsonValue &value)
{
    out.append(out.size() > 1 ? ",\"" : "\"").append(name).append("\":");
    value.appendTo(out);
}

wire::JsonValue metricsJson(const std::vector<MetricSummary> &metrics)
{
    wire::JsonValue list{wire::JsonValue::Array()};
    for (const MetricSummary &metric : metrics) {
        wire::JsonValue item;
        item.set("name", metric.name);
        item.set("latest", numberOrNull(metric.latest));
        item.set("mean", numberOrNull(metric.mean));
        item.set("min", numberOrNull(metric.least));
        item.set("max", numberOrNull(metric.most));
        item.set("points", static_cast<std::int64_t>(metric.points));
        list.append(std::move(item));
    }
    return list;
}

wire::JsonValue hitsJson(const std::vector<SearchHit> &hits)
{
    wire::JsonValue list{wire::JsonValue::Array()};
    for (const SearchHit &hit : hits) {
        wire::JsonValue item;
        item.set("thread_id", toString(hit.threadId));
        item.set("message_id", toString(hit.messageId));
        item.set("role", wireNames(hit.role)[static_cast<std::size_t>(hit.role)]);
        item.set("at", formatTimestamp(hit.at));
        item.set("snippet", hit.snippet);
        list.append(std::move(item));
    }
    return list;
}

wire::JsonValue threadsJson(const std::vector<ThreadRecord> &threads)
{
    wire::JsonValue list{wire::JsonValue::Array()};
    for (const ThreadRecord &thread : threads) {
        wire::JsonValue item;
        item.set("thread_id", toString(thread.threadId));
        item.set("title", thread.title);
        item.set("updated_at", formatTimestamp(thread.updatedAt));
        item.set("messages", static_cast<std::int64_t>(thread.messages));
        list.append(std::move(item));
    }
    return list;
}

wire::JsonValue docsJson(const std::vector<DocsHit> &docs)
{
    wire::JsonValue list{wire::JsonValue::Array()};
    for (const DocsHit &hit : docs) {
        wire::JsonValue item;
        item.set("source", citation(hit));
        item.set("excerpt", hit.excerpt);
        list.append(std::move(item));
    }
    return list;
}

} // namespace

std::string citation(const DocsHit &hit)
{
    return "docs/" + hit.file + ":" + std::to_string(hit.line) + (hit.headings.empty() ? "" : ", " + hit.headings);
}

bool mayUse(const Principal &caller, ToolAccess access)
{
    switch (access) {
    case ToolAccess::Everybody:
        return true;
    case ToolAccess::Observers:
        return caller.isTester || caller.role == Role::Tester || allows(caller.role, Role::Viewer);
    case ToolAccess::Operators:
        return allows(caller.role, Role::Operator);
    }
    return false;
}

std::string_view roleWords(ToolAccess access)
{
    switch (access) {
    case ToolAccess::Everybody:
        return "client";
    case ToolAccess::Observers:
        return "viewer or tester";
    case ToolAccess::Operators:
        return "operator";
    }
    return "admin";
}

wire::RawJson ToolOutcome::toJson() const
{
    if (said)
        return *said;
    std::string out = "{";
    appendRows(out, "overview", rows.overview);
    appendRows(out, "connections", rows.connections);
    appendRows(out, "threads", rows.threads);
    appendRows(out, "tasks", rows.tasks);
    appendRows(out, "breakers", rows.breakers);
    appendRows(out, "flags", rows.flags);
    appendRows(out, "degradation", rows.degradation);
    appendRows(out, "audit", rows.audit);
    if (!metrics.empty())
        appendMember(out, "metrics", metricsJson(metrics));
    if (!hits.empty())
        appendMember(out, "hits", hitsJson(hits));
    if (!threads.empty())
        appendMember(out, "conversations", threadsJson(threads));
    if (!docs.empty())
        appendMember(out, "sections", docsJson(docs));
    if (reply) {
        appendMember(out, "message", reply->message);
        appendMember(out, "revision", static_cast<std::int64_t>(reply->revision));
    }
    appendMember(out, "total", static_cast<std::int64_t>(total));
    out += '}';
    return {std::move(out)};
}

ToolCall::ToolCall(std::shared_ptr<Turn> turn, std::string_view tool, wire::RawJson arguments)
    : turn_(std::move(turn))
{
    id_ = turn_->startTool(std::string(tool), std::move(arguments));
}

void ToolCall::fail(const Error &error)
{
    wire::JsonValue result;
    result.set("code", wireNames(error.code)[static_cast<std::size_t>(error.code)]);
    result.set("message", error.message);
    turn_->finishTool(id_, false, result.toRaw());
}

void ToolRegistry::add(std::unique_ptr<Tool> tool)
{
    if (find(tool->spec().name)) {
        std::fprintf(stderr, "orchestra: two tools are called %.*s\n", static_cast<int>(tool->spec().name.size()),
                     tool->spec().name.data());
        std::abort();
    }
    tools_.push_back(std::move(tool));
}

void ToolRegistry::setRemote(std::vector<std::shared_ptr<Tool>> tools)
{
    remote_.clear();
    for (std::shared_ptr<Tool> &tool : tools) {
        if (!find(tool->spec().name))
            remote_.push_back(std::move(tool));
    }
}

std::shared_ptr<Tool> ToolRegistry::named(std::string_view name) const
{
    for (const auto *tools : {&tools_, &remote_}) {
        const auto found = std::ranges::find_if(*tools, [&](const auto &tool) { return tool->spec().name == name; });
        if (found != tools->end())
            return *found;
    }
    return nullptr;
}

const Tool *ToolRegistry::find(std::string_view name) const
{
    return named(name).get();
}

std::vector<const ToolSpec *> ToolRegistry::specs() const
{
    std::vector<const ToolSpec *> out;
    for (const auto *tools : {&tools_, &remote_}) {
        for (const auto &tool : *tools)
            out.push_back(&tool->spec());
    }
    return out;
}

std::vector<const ToolSpec *> ToolRegistry::ownSpecs() const
{
    std::vector<const ToolSpec *> out;
    for (const auto &tool : tools_)
        out.push_back(&tool->spec());
    return out;
}

std::function<void()> ToolRegistry::call(const std::shared_ptr<Turn> &turn, std::string_view name,
                                         const wire::JsonValue &arguments, CallDone done) const
{
    const std::shared_ptr<Tool> tool = named(name);
    auto call = std::make_shared<ToolCall>(turn, name, arguments.toRaw());
    const auto refuse = [&](Error error) -> std::function<void()> {
        call->fail(error);
        done(std::move(error), *call);
        return {};
    };
    if (!tool)
        return refuse({Code::NotFound, "There is no tool \"" + std::string(name) + "\"."});
    const ToolSpec &spec = tool->spec();
    if (!mayUse(turn->context().principal, spec.access))
        return refuse({Code::Forbidden, "This needs the role " + std::string(roleWords(spec.access)) + "."});
    return tool->start(
        turn->context(), arguments, [call](const std::string &words) { call->progress(words); },
        [call, done = std::move(done)](Result<ToolOutcome> outcome) {
            if (outcome)
                call->report(!outcome->isFailure, outcome->toJson());
            else
                call->fail(outcome.error());
            done(std::move(outcome), *call);
        });
}

} // namespace orchestra
