// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/agents/answers.h"

namespace orchestra::answers {
namespace {

using wire::JsonValue;

void sayHits(Report &report, const ToolOutcome &outcome, const ToolCall &call, const std::string &query)
{
    if (outcome.hits.empty())
        return report.line("Nothing in your messages matches \"{}\".", {query});
    report.line("{} for \"{}\", best first:", {sayCount(outcome.hits.size(), "message", "messages"), query});
    for (const SearchHit &hit : outcome.hits) {
        report.line("{}, {}:", {formatTimestamp(hit.at), hit.role == wire::MessageRole::User ? "you" : "answer"});
        report.quote(call, hit.snippet);
    }
}

void saySections(Report &report, const ToolOutcome &outcome, const ToolCall &call, const std::string &query)
{
    if (outcome.docs.empty())
        return report.line("The documentation has nothing about \"{}\".", {query});
    for (const DocsHit &hit : outcome.docs) {
        report.line("{}:", {citation(hit)});
        report.quote(call, hit.excerpt);
    }
}

void sayAudit(Report &report, const ToolOutcome &outcome)
{
    if (outcome.rows.audit.empty())
        return report.line("Nobody has changed anything yet.");
    report.line("The last changes, newest first:");
    for (const wire::AuditRow &row : outcome.rows.audit) {
        report.line("- {} {} did {} on {}: {} to {}, {}", {formatTimestamp(row.at.ms), row.actor, row.action,
                                                           row.target, row.before.empty() ? "nothing" : row.before,
                                                           row.after.empty() ? "nothing" : row.after, row.result});
        if (!row.reason.empty())
            report.line("  Reason: {}", {row.reason});
    }
}

void sayConversations(Report &report, const ToolOutcome &outcome, WallMs now)
{
    if (outcome.threads.empty())
        return report.line("You have no conversations yet.");
    report.line("Your conversations, newest first:");
    for (const ThreadRecord &thread : outcome.threads)
        report.line("- {} ({}, {} ago), {}", {thread.title.empty() ? std::string("untitled") : thread.title,
                                              sayCount(thread.messages, "message", "messages"),
                                              sayAge(now - thread.updatedAt), toString(thread.threadId)});
    if (outcome.total > outcome.threads.size())
        report.line("There are older ones.");
}

} // namespace

void searchHistory(const Asking &asking)
{
    JsonValue arguments;
    arguments.set("query", asking.request.query);
    if (asking.request.from)
        arguments.set("from", formatTimestamp(*asking.request.from));
    if (asking.request.to)
        arguments.set("to", formatTimestamp(*asking.request.to));
    withTool(asking, "search_history", arguments,
             [query = asking.request.query](Report &report, const ToolOutcome &outcome, const ToolCall &call) {
                 sayHits(report, outcome, call, query);
             });
}

void docs(const Asking &asking)
{
    JsonValue arguments;
    arguments.set("query", asking.request.query);
    withTool(asking, "search_docs", arguments,
             [query = asking.request.query](Report &report, const ToolOutcome &outcome, const ToolCall &call) {
                 saySections(report, outcome, call, query);
             });
}

void audit(const Asking &asking)
{
    JsonValue arguments{JsonValue::Object()};
    const std::string &target = asking.request.flag.empty() ? asking.request.breaker : asking.request.flag;
    if (!target.empty())
        arguments.set("target", target);
    withTool(asking, "read_audit", arguments,
             [](Report &report, const ToolOutcome &outcome, const ToolCall &) { sayAudit(report, outcome); });
}

void conversations(const Asking &asking)
{
    withTool(asking, "list_conversations", JsonValue(JsonValue::Object()),
             [&clock = asking.clock](Report &report, const ToolOutcome &outcome, const ToolCall &) {
                 sayConversations(report, outcome, clock.wallMs());
             });
}

} // namespace orchestra::answers
