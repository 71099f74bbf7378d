// SPDX-License-Identifier: GPL-3.0-or-later
// What is at work, and with what: tasks, models, tools.
#include "console/ctl/render.h"

#include "console/link/revealed.h"

#include <functional>
#include <map>

namespace orchestra::ctl {
namespace {

using wire::TaskState;

Span stateMark(TaskState state)
{
    switch (state) {
    case TaskState::Queued:
        return {QStringLiteral("○ queued"), Tone::Dim};
    case TaskState::Running:
        return {QStringLiteral("◌ running"), Tone::Plain};
    case TaskState::WaitingApproval:
        return {QStringLiteral("▲ waits for a yes"), Tone::Warning};
    case TaskState::Completed:
        return {QStringLiteral("● completed"), Tone::Ok};
    case TaskState::Failed:
        return {QStringLiteral("✖ failed"), Tone::Bad};
    case TaskState::Cancelled:
        return {QStringLiteral("○ cancelled"), Tone::Dim};
    case TaskState::Incomplete:
        return {QStringLiteral("▲ incomplete"), Tone::Warning};
    }
    return {};
}

/// Wholes in the order given, each followed by its parts.
class TaskTree
{
public:
    explicit TaskTree(const std::vector<wire::TaskRow> &rows)
    {
        for (const wire::TaskRow &row : rows)
            known_[row.taskId] = &row;
        for (const wire::TaskRow &row : rows) {
            const bool isPart =
                row.parentTaskId && known_.contains(*row.parentTaskId) && *row.parentTaskId != row.taskId;
            if (isPart)
                parts_[*row.parentTaskId].push_back(&row);
            else
                wholes_.push_back(&row);
        }
    }

    void visit(const std::function<void(const wire::TaskRow &, int depth)> &each) const
    {
        for (const wire::TaskRow *row : wholes_)
            visit(*row, 0, each);
    }

private:
    static constexpr int kDeepest = 32;

    void visit(const wire::TaskRow &row, int depth, const std::function<void(const wire::TaskRow &, int)> &each) const
    {
        each(row, depth);
        const auto below = parts_.find(row.taskId);
        if (below == parts_.end() || depth >= kDeepest)
            return;
        for (const wire::TaskRow *part : below->second)
            visit(*part, depth + 1, each);
    }

    std::map<TaskId, const wire::TaskRow *> known_;
    std::map<TaskId, std::vector<const wire::TaskRow *>> parts_;
    std::vector<const wire::TaskRow *> wholes_;
};

/// State of something that is called behind a circuit breaker.
Span callMark(const std::optional<std::string> &trouble, const std::optional<wire::BreakerState> &breaker,
              const QString &well)
{
    using wire::BreakerState;
    if (trouble)
        return {QStringLiteral("✖ does not answer"), Tone::Bad};
    if (breaker == BreakerState::Open || breaker == BreakerState::ForcedOpen)
        return {QStringLiteral("✖ refused by its breaker"), Tone::Bad};
    if (breaker == BreakerState::HalfOpen)
        return {QStringLiteral("▲ on probation"), Tone::Warning};
    return {QStringLiteral("● ") + well, Tone::Ok};
}

QString abilities(const wire::ModelRow &row)
{
    QStringList words;
    if (row.canChat)
        words << QStringLiteral("chat");
    if (row.canUseTools)
        words << QStringLiteral("tools");
    if (row.canThink)
        words << QStringLiteral("thinks");
    return words.join(QLatin1Char(' '));
}

} // namespace

TextTable taskTable(const std::vector<wire::TaskRow> &rows)
{
    TextTable table;
    table.columns = {{QStringLiteral("state")},  {QStringLiteral("user")},      {QStringLiteral("agent")},
                     {QStringLiteral("intent")}, {QStringLiteral("age"), true}, {QStringLiteral("tokens"), true},
                     {QStringLiteral("step")},   {QStringLiteral("id")}};
    TaskTree(rows).visit([&table](const wire::TaskRow &row, int depth) {
        Span state = stateMark(row.state);
        state.text.prepend(QString(depth * 2, QLatin1Char(' ')));
        const Span step = row.error ? Span{printable(row.error->message), Tone::Bad} : Span{printable(row.step)};
        table.rows.push_back({state,
                              {printable(row.userId), Tone::Strong},
                              {printable(row.agent)},
                              {printable(row.intent)},
                              {ageText(static_cast<std::int64_t>(row.ageMs))},
                              {QString::number(row.tokens)},
                              step,
                              {printable(toString(row.taskId)), Tone::Dim}});
    });
    return table;
}

std::vector<Line> renderApprovals(const std::vector<wire::TaskRow> &rows, WallMs nowMs)
{
    std::vector<Line> lines;
    for (const wire::TaskRow &row : rows) {
        for (const wire::ApprovalRow &approval : row.approvals)
            lines.push_back(
                {{QStringLiteral("▲ waits for a yes: "), Tone::Warning},
                 {QStringLiteral("%1 %2").arg(printable(approval.what), printable(approval.parameters.text)),
                  Tone::Strong},
                 {QStringLiteral("  for %1, %2 left, task %3")
                      .arg(printable(row.userId), ageText(approval.expiresAt.ms - nowMs),
                           printable(toString(row.taskId))),
                  Tone::Dim}});
    }
    return lines;
}

TextTable modelTable(const std::vector<wire::ModelRow> &rows)
{
    TextTable table;
    table.columns = {{QStringLiteral("model")},        {QStringLiteral("state")},
                     {QStringLiteral("can")},          {QStringLiteral("first token"), true},
                     {QStringLiteral("failed"), true}, {QStringLiteral("at work"), true},
                     {QStringLiteral("size")},         {QStringLiteral("server")}};
    for (const wire::ModelRow &row : rows) {
        const bool isEmpty = row.model.empty();
        const Span state = isEmpty && !row.trouble ? Span{QStringLiteral("▲ has no model"), Tone::Warning}
                                                   : callMark(row.trouble, row.breakerState, QStringLiteral("answers"));
        const QString size = row.parameters.empty() ? (row.bytes > 0 ? bytesText(row.bytes) : QStringLiteral("—"))
                                                    : printable(row.parameters);
        const QString server = row.trouble ? QStringLiteral("%1: %2").arg(printable(row.url), printable(*row.trouble))
                                           : printable(row.url);
        table.rows.push_back(
            {{isEmpty ? printable(row.server) : printable(row.server + "/" + row.model), Tone::Strong},
             state,
             {abilities(row)},
             {row.firstTokenMs ? QStringLiteral("%1 ms").arg(numberText(row.firstTokenMs, 0)) : QStringLiteral("—")},
             {QStringLiteral("%1 %").arg(numberText(row.errorRate * 100, 0))},
             {QString::number(row.inFlight)},
             {size},
             {server, Tone::Dim}});
    }
    return table;
}

std::vector<Line> renderToolChanges(const std::vector<wire::ToolRow> &rows)
{
    constexpr std::size_t kDigestShown = 12;
    std::vector<Line> lines;
    for (const wire::ToolRow &row : rows) {
        if (!row.changed || row.target.empty() || !row.digest)
            continue;
        lines.push_back({{QStringLiteral("▲ waits to be accepted: "), Tone::Warning},
                         {printable(row.target + "@" + row.digest->substr(0, kDigestShown)), Tone::Strong}});
        if (!row.pinned)
            lines.push_back({{QStringLiteral("    is new: ") + revealed(QString::fromStdString(row.description))}});
        for (const std::string &difference : row.differences)
            lines.push_back({{QStringLiteral("    ") + revealed(QString::fromStdString(difference))}});
    }
    return lines;
}

TextTable toolTable(const std::vector<wire::ToolRow> &rows)
{
    TextTable table;
    table.columns = {{QStringLiteral("tool")},       {QStringLiteral("server")},      {QStringLiteral("state")},
                     {QStringLiteral("for")},        {QStringLiteral("calls"), true}, {QStringLiteral("failed"), true},
                     {QStringLiteral("took"), true}, {QStringLiteral("what it does")}};
    for (const wire::ToolRow &row : rows) {
        const Span state = row.changed ? Span{row.pinned ? QStringLiteral("▲ changed, waits for a yes")
                                                         : QStringLiteral("▲ new, waits for a yes"),
                                              Tone::Warning}
                                       : callMark(row.trouble, row.breakerState, QStringLiteral("ready"));
        table.rows.push_back(
            {{printable(row.name), Tone::Strong},
             {printable(row.server)},
             state,
             {row.changes ? printable(row.role) + QStringLiteral(", asks first") : printable(row.role)},
             {QString::number(row.calls)},
             {QString::number(row.failures), row.failures > 0 ? Tone::Warning : Tone::Plain},
             {row.latencyMs ? QStringLiteral("%1 ms").arg(numberText(row.latencyMs, 0)) : QStringLiteral("—")},
             {row.trouble ? printable(*row.trouble) : printable(row.description), Tone::Dim}});
    }
    return table;
}

Line renderTransition(const wire::BreakerTransition &move)
{
    using wire::BreakerState;
    const auto word = [](BreakerState state) {
        return printable(wireNames(state)[static_cast<std::size_t>(state)]).replace(QLatin1Char('_'), QLatin1Char(' '));
    };
    const bool isOpen = move.toState == BreakerState::Open || move.toState == BreakerState::ForcedOpen;
    Line line{{printable(formatTimestamp(move.at.ms)) + QStringLiteral("  "), Tone::Dim},
              {printable(move.breaker) + QStringLiteral("  "), Tone::Strong},
              {QStringLiteral("%1 → %2").arg(word(move.fromState), word(move.toState)),
               isOpen                                 ? Tone::Bad
               : move.toState == BreakerState::Closed ? Tone::Ok
                                                      : Tone::Warning},
              {QStringLiteral("  ") + printable(move.cause)}};
    if (move.actor && !move.actor->empty())
        line.push_back({QStringLiteral("  by ") + printable(*move.actor), Tone::Dim});
    return line;
}

std::vector<Line> renderTool(const wire::ToolDescription &tool)
{
    const QString digest = printable(tool.digest);
    std::vector<Line> lines{{{printable(tool.name), Tone::Strong},
                             tool.waiting ? Span{QStringLiteral("  ▲ waits for a yes"), Tone::Warning}
                                          : Span{QStringLiteral("  ● accepted"), Tone::Ok}},
                            {{QStringLiteral("digest ") + digest, Tone::Dim}}};
    const auto add = [&lines](const std::string &json, const QString &head, const QString &mark, Tone tone) {
        lines.push_back({});
        lines.push_back({{head, Tone::Strong}});
        for (const QString &text : revealedJson(json).split(QLatin1Char('\n'), Qt::SkipEmptyParts))
            lines.push_back({{mark + text, tone}});
    };
    if (tool.acceptedDefinition)
        add(*tool.acceptedDefinition, QStringLiteral("as it was accepted:"), QStringLiteral("- "), Tone::Dim);
    add(tool.definition, QStringLiteral("as it describes itself now:"),
        tool.acceptedDefinition ? QStringLiteral("+ ") : QStringLiteral("  "), Tone::Plain);
    if (tool.waiting)
        lines.push_back({{QStringLiteral("\nto accept it: orchestractl tools accept %1@%2 --reason TEXT")
                              .arg(printable(tool.name), digest.left(12)),
                          Tone::Dim}});
    return lines;
}

} // namespace orchestra::ctl
