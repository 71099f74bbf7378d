// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/task_models.h"

#include "console/link/revealed.h"
#include "console/models/texts.h"

#include <algorithm>
#include <map>

namespace orchestra {
namespace {

using wire::TaskState;

int statusOf(TaskState state)
{
    switch (state) {
    case TaskState::Running:
        return Health::Pending;
    case TaskState::WaitingApproval:
    case TaskState::Incomplete:
        return Health::Warn;
    case TaskState::Completed:
        return Health::Ok;
    case TaskState::Failed:
        return Health::Bad;
    case TaskState::Queued:
    case TaskState::Cancelled:
        return Health::Idle;
    }
    return Health::Idle;
}

QString stateWord(TaskState state)
{
    switch (state) {
    case TaskState::Queued:
        return TasksModel::tr("Queued");
    case TaskState::Running:
        return TasksModel::tr("Running");
    case TaskState::WaitingApproval:
        return TasksModel::tr("Waits for a yes");
    case TaskState::Completed:
        return TasksModel::tr("Completed");
    case TaskState::Failed:
        return TasksModel::tr("Failed");
    case TaskState::Cancelled:
        return TasksModel::tr("Cancelled");
    case TaskState::Incomplete:
        return TasksModel::tr("Incomplete");
    }
    return texts::kUnknown;
}

/// The clock of a task that runs goes on between what the server tells of it.
std::int64_t ageOf(const wire::TaskRow &row, WallMs now)
{
    return isOpen(row) ? std::max<std::int64_t>(now - row.acceptedAt.ms, 0) : static_cast<std::int64_t>(row.ageMs);
}

QString titleOf(const wire::TaskRow &row)
{
    const std::string &name = !row.agent.empty() ? row.agent : row.intent;
    return name.empty() ? TasksModel::tr("task") : texts::line(name);
}

TaskLine lineOf(const std::string &key, const wire::TaskRow &row, WallMs now)
{
    TaskLine line;
    line.key = QString::fromStdString(key);
    line.title = titleOf(row);
    line.userText = texts::line(row.userId);
    line.isOpen = isOpen(row);
    const std::int64_t age = ageOf(row, now);
    line.isOver = line.isOpen && row.deadlineMs > 0 && age > static_cast<std::int64_t>(row.deadlineMs);
    line.stateText = line.isOver ? TasksModel::tr("Over its deadline") : stateWord(row.state);
    line.status = line.isOver ? static_cast<int>(Health::Warn) : statusOf(row.state);
    line.stepText = row.error ? texts::line(row.error->message) : texts::line(row.step);
    line.ageText = line.isOpen || age >= 100 ? texts::age(age) : texts::duration(static_cast<double>(age));
    if (line.isOpen && row.deadlineMs > 0)
        line.fraction = std::min(1.0, static_cast<double>(age) / static_cast<double>(row.deadlineMs));
    line.tokensText = texts::count(row.tokens);
    line.spoken = TasksModel::tr("%1 for %2, %3, %4, %5")
                      .arg(line.title, line.userText, line.stateText, line.stepText, line.ageText);
    return line;
}

/// The tree of tasks by the keys of their wholes; one whose whole is not known stands for itself.
class Tree
{
public:
    explicit Tree(const Mirror::Table<wire::TaskRow> &tasks)
        : tasks_(tasks)
    {
        for (const auto &[key, row] : tasks) {
            const std::string parent = row.parentTaskId ? toString(*row.parentTaskId) : std::string();
            below_[tasks.contains(parent) && parent != key ? parent : std::string()].push_back(key);
        }
    }

    std::vector<std::string> below(const std::string &key) const
    {
        const auto found = below_.find(key);
        std::vector<std::string> keys = found == below_.end() ? std::vector<std::string>() : found->second;
        std::ranges::sort(keys, [&](const std::string &a, const std::string &b) { return order(a) < order(b); });
        return keys;
    }

private:
    /// Parts in the order in which they began; wholes that are open before those that have ended.
    std::tuple<bool, std::int64_t, std::string> order(const std::string &key) const
    {
        const wire::TaskRow &row = tasks_.at(key);
        const bool isWhole = !row.parentTaskId;
        const bool isLate = isWhole && !isOpen(row);
        return {isLate, isLate ? -row.acceptedAt.ms : row.acceptedAt.ms, key};
    }

    const Mirror::Table<wire::TaskRow> &tasks_;
    std::map<std::string, std::vector<std::string>> below_;
};

class Flattener
{
public:
    Flattener(const Mirror::Table<wire::TaskRow> &tasks, const TaskView &view)
        : tasks_(tasks)
        , view_(view)
        , tree_(tasks)
    {
    }

    std::vector<TaskLine> lines()
    {
        for (const std::string &key : tree_.below({}))
            add(key, 0);
        return std::move(lines_);
    }

private:
    static constexpr int kDeepest = 32; ///< whatever a server says, we come back

    bool add(const std::string &key, int depth)
    {
        const wire::TaskRow &row = tasks_.at(key);
        const std::size_t at = lines_.size();
        lines_.push_back(lineOf(key, row, view_.now));
        lines_[at].depth = depth;
        const std::vector<std::string> parts = depth < kDeepest ? tree_.below(key) : std::vector<std::string>();
        bool hasMatch = !view_.filter || view_.filter->matches(row);
        for (const std::string &part : parts)
            hasMatch = add(part, depth + 1) || hasMatch;
        lines_[at].isExpandable = !parts.empty();
        lines_[at].isExpanded = !view_.folded.contains(lines_[at].key);
        if (!hasMatch)
            lines_.resize(at);
        else if (!lines_[at].isExpanded)
            lines_.resize(at + 1);
        return hasMatch;
    }

    const Mirror::Table<wire::TaskRow> &tasks_;
    const TaskView &view_;
    const Tree tree_;
    std::vector<TaskLine> lines_;
};

} // namespace

TasksModel::TasksModel(QObject *parent)
    : RowModel(
          {{"key", [](const TaskLine &line) { return QVariant(line.key); }},
           {"depth", [](const TaskLine &line) { return QVariant(line.depth); }},
           {"expandable", [](const TaskLine &line) { return QVariant(line.isExpandable); }},
           {"expanded", [](const TaskLine &line) { return QVariant(line.isExpanded); }},
           {"title", [](const TaskLine &line) { return QVariant(line.title); }},
           {"userText", [](const TaskLine &line) { return QVariant(line.userText); }},
           {"stateText", [](const TaskLine &line) { return QVariant(line.stateText); }},
           {"status", [](const TaskLine &line) { return QVariant(line.status); }},
           {"stepText", [](const TaskLine &line) { return QVariant(line.stepText); }},
           {"ageText", [](const TaskLine &line) { return QVariant(line.ageText); }},
           {"fraction", [](const TaskLine &line) { return QVariant(line.fraction); }},
           {"over", [](const TaskLine &line) { return QVariant(line.isOver); }},
           {"tokensText", [](const TaskLine &line) { return QVariant(line.tokensText); }},
           {"open", [](const TaskLine &line) { return QVariant(line.isOpen); }},
           {"busyText", [](const TaskLine &line) { return QVariant(line.busyText); }},
           {"current", [](const TaskLine &line) { return QVariant(line.isCurrent); }},
           {"spoken", [](const TaskLine &line) { return QVariant(line.spoken); }}},
          [](const TaskLine &line) { return line.key; }, parent)
{
}

void TasksModel::replace(std::vector<TaskLine> tasks)
{
    setRows(std::move(tasks));
    Q_EMIT changed();
}

ApprovalsModel::ApprovalsModel(QObject *parent)
    : RowModel(
          {{"key", [](const ApprovalLine &line) { return QVariant(line.key); }},
           {"what", [](const ApprovalLine &line) { return QVariant(line.what); }},
           {"parametersText", [](const ApprovalLine &line) { return QVariant(line.parametersText); }},
           {"whoText", [](const ApprovalLine &line) { return QVariant(line.whoText); }},
           {"leftText", [](const ApprovalLine &line) { return QVariant(line.leftText); }},
           {"leftShare", [](const ApprovalLine &line) { return QVariant(line.left); }},
           {"busyText", [](const ApprovalLine &line) { return QVariant(line.busyText); }},
           {"available", [](const ApprovalLine &line) { return QVariant(line.reason.isEmpty()); }},
           {"reason", [](const ApprovalLine &line) { return QVariant(line.reason); }},
           {"spoken", [](const ApprovalLine &line) { return QVariant(line.spoken); }}},
          [](const ApprovalLine &line) { return line.key; }, parent)
{
}

void ApprovalsModel::replace(std::vector<ApprovalLine> approvals)
{
    for (ApprovalLine &line : approvals)
        line.busyText = busy_.value(line.key);
    setRows(std::move(approvals));
    Q_EMIT changed();
}

void ApprovalsModel::setBusy(const QString &key, const QString &text)
{
    if (text.isEmpty())
        busy_.remove(key);
    else
        busy_.insert(key, text);
    for (int row = 0; row < rowCount(); ++row) {
        if (at(row).key != key)
            continue;
        at(row).busyText = text;
        touch(row);
    }
}

void ApprovalsModel::decide(int row, bool approved)
{
    if (row >= 0 && row < rowCount() && at(row).reason.isEmpty() && at(row).busyText.isEmpty())
        Q_EMIT decided(at(row).key, at(row).what, approved);
}

void ApprovalsModel::open(int row)
{
    if (row >= 0 && row < rowCount())
        Q_EMIT taskWanted(at(row).taskKey);
}

bool isOpen(const wire::TaskRow &row)
{
    return row.state == TaskState::Queued || row.state == TaskState::Running || row.state == TaskState::WaitingApproval;
}

std::vector<TaskLine> taskLines(const Mirror::Table<wire::TaskRow> &tasks, const TaskView &view)
{
    return Flattener(tasks, view).lines();
}

std::vector<const wire::TaskRow *> openSubtree(const Mirror::Table<wire::TaskRow> &tasks, const std::string &key)
{
    std::vector<const wire::TaskRow *> out;
    const auto root = tasks.find(key);
    if (root == tasks.end())
        return out;
    const Tree tree(tasks);
    std::vector<std::string> next{key};
    while (!next.empty() && out.size() <= tasks.size()) {
        const std::string at = next.back();
        next.pop_back();
        if (isOpen(tasks.at(at)))
            out.push_back(&tasks.at(at));
        auto below = tree.below(at);
        next.insert(next.end(), below.rbegin(), below.rend());
    }
    return out;
}

QString tasksHead(const Mirror::Table<wire::TaskRow> &tasks)
{
    int running = 0;
    int waiting = 0;
    int queued = 0;
    for (const auto &[key, row] : tasks) {
        running += row.state == TaskState::Running ? 1 : 0;
        waiting += row.state == TaskState::WaitingApproval ? 1 : 0;
        queued += row.state == TaskState::Queued ? 1 : 0;
    }
    QStringList parts{TasksModel::tr("%1 running").arg(running)};
    if (waiting > 0)
        parts << (waiting == 1 ? TasksModel::tr("1 waits for a yes")
                               : TasksModel::tr("%1 wait for a yes").arg(waiting));
    if (queued > 0)
        parts << TasksModel::tr("%1 queued").arg(queued);
    return parts.join(QStringLiteral(", "));
}

std::vector<ApprovalLine> approvalLines(const Mirror::Table<wire::TaskRow> &tasks, WallMs now, const QString &reason)
{
    std::vector<std::pair<std::int64_t, ApprovalLine>> timed;
    for (const auto &[key, row] : tasks) {
        for (const wire::ApprovalRow &approval : row.approvals) {
            ApprovalLine line;
            line.key = QString::fromStdString(toString(approval.approvalId));
            line.what = texts::line(approval.what);
            if (approval.parameters.text != "null") // who says yes must see all of it
                line.parametersText = revealed(QString::fromStdString(approval.parameters.text));
            line.whoText = ApprovalsModel::tr("%1, for %2").arg(titleOf(row), texts::line(row.userId));
            line.taskKey = QString::fromStdString(key);
            const std::int64_t left = std::max<std::int64_t>(approval.expiresAt.ms - now, 0);
            line.leftText = ApprovalsModel::tr("%1 left").arg(texts::age(left));
            const std::int64_t whole = std::max<std::int64_t>(approval.expiresAt.ms - approval.askedAt.ms, 1);
            line.left = std::min(1.0, static_cast<double>(left) / static_cast<double>(whole));
            line.reason = reason;
            line.spoken = ApprovalsModel::tr("%1 wants to %2 %3, %4")
                              .arg(line.whoText, line.what, line.parametersText, line.leftText);
            timed.emplace_back(approval.expiresAt.ms, std::move(line));
        }
    }
    std::ranges::stable_sort(timed, {}, &std::pair<std::int64_t, ApprovalLine>::first);
    std::vector<ApprovalLine> lines;
    for (auto &[expires, line] : timed)
        lines.push_back(std::move(line));
    return lines;
}

std::vector<Fact> taskFacts(const wire::TaskRow &row, WallMs now, const QString &server, int utcOffsetSeconds)
{
    const auto plain = [](const QString &name, const QString &value, bool mono = false, const QString &target = {}) {
        return Fact{name, value, Health::Idle, mono, target};
    };
    const QString id = QString::fromStdString(toString(row.taskId));
    std::vector<Fact> facts{
        {FactsModel::tr("State"), stateWord(row.state), statusOf(row.state), false, {}},
        plain(FactsModel::tr("User"), texts::line(row.userId)),
        plain(FactsModel::tr("Agent"), row.agent.empty() ? texts::kUnknown : texts::line(row.agent)),
        plain(FactsModel::tr("Intent"), row.intent.empty() ? texts::kUnknown : texts::line(row.intent)),
        plain(FactsModel::tr("Step"), texts::line(row.step)),
        plain(FactsModel::tr("Accepted"), texts::clock(row.acceptedAt.ms, utcOffsetSeconds)),
        plain(FactsModel::tr("Age"), texts::age(ageOf(row, now))),
        plain(FactsModel::tr("Tokens"), texts::count(row.tokens))};
    if (row.deadlineMs > 0)
        facts.push_back(plain(FactsModel::tr("May take"), texts::age(static_cast<qint64>(row.deadlineMs))));
    if (row.error)
        facts.push_back({FactsModel::tr("Error"), texts::line(row.error->message), Health::Bad, false, {}});
    if (row.parentTaskId) {
        const QString parent = QString::fromStdString(toString(*row.parentTaskId));
        facts.push_back(plain(FactsModel::tr("Part of"), parent, true,
                              QStringLiteral("orchestra://%1/tasks/%2").arg(server, parent)));
    }
    facts.push_back(plain(FactsModel::tr("Thread"), QString::fromStdString(toString(row.threadId)), true));
    facts.push_back(plain(FactsModel::tr("Id"), id, true));
    return facts;
}

} // namespace orchestra
