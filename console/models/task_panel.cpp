// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/task_panel.h"

#include "console/models/texts.h"
#include "shared/wire/json_writer.h"

#include <QJsonDocument>

#include <algorithm>

namespace orchestra {
namespace {

constexpr std::chrono::milliseconds kFlushEvery{250};
/// So many rows a server sends at most; of more it sends those that match.
constexpr std::uint64_t kMostRows = 1000;

QStringList filterFields()
{
    QStringList out;
    std::apply(
        [&](const auto &...field) {
            (out.append(QString::fromUtf8(field.name.data(), static_cast<qsizetype>(field.name.size()))), ...);
        },
        wire::TaskRow::fields());
    return out;
}

} // namespace

TaskPanel::TaskPanel(OpsClient &client, ViewRange &range, const Clock &clock, QObject *parent)
    : QObject(parent)
    , client_(client)
    , range_(range)
    , clock_(clock)
    , filter_(filterFields(), this)
    , cancel_(tr("Cancel…"), 2, this)
{
    flushTimer_.setSingleShot(true);
    flushTimer_.setInterval(kFlushEvery);
    connect(&flushTimer_, &QTimer::timeout, this, &TaskPanel::flush);
    connect(&client_, &OpsClient::topicChanged, this, [this](const TopicChange &change) {
        if (change.topic != wire::Topic::Tasks)
            return;
        if (range_.isPaused())
            range_.hold();
        else if (active_ && !flushTimer_.isActive())
            flushTimer_.start();
    });
    connect(&client_, &OpsClient::linkChanged, this, &TaskPanel::refreshContent);
    connect(&range_, &ViewRange::pausedChanged, this, &TaskPanel::flush);
    connect(&filter_, &Filter::changed, this, &TaskPanel::flush);
    connect(&approvals_, &ApprovalsModel::taskWanted, this, &TaskPanel::setCurrentKey);
    refreshActions();
}

void TaskPanel::setActive(bool active)
{
    if (active == active_)
        return;
    active_ = active;
    active_ ? client_.watch(wire::Topic::Tasks) : client_.unwatch(wire::Topic::Tasks);
    askedFilter_.clear();
    if (active_)
        flush();
    Q_EMIT activeChanged();
}

void TaskPanel::flush()
{
    if (range_.isPaused())
        return;
    askForMatches();
    const auto &tasks = client_.mirror().tasks();
    const WallMs now = client_.link().phase() == LinkPhase::Live ? clock_.wallMs() : client_.lastFrameAt();
    TaskView view{now, filter_.isOn() ? &filter_.rowFilter() : nullptr, folded_};
    const int rowBefore = currentRow();
    std::vector<TaskLine> lines = taskLines(tasks, view);
    for (TaskLine &line : lines) {
        line.isCurrent = line.key == current_;
        line.busyText = busy_.value(line.key);
    }
    tree_.replace(std::move(lines));
    approvals_.replace(approvalLines(tasks, now, actionReason_));
    const wire::TaskRow *row = current();
    facts_.setRows(row ? taskFacts(*row, now, serverName(), range_.utcOffsetSeconds()) : std::vector<Fact>());
    const std::uint64_t total = std::max<std::uint64_t>(client_.mirror().total(wire::Topic::Tasks), tasks.size());
    filter_.setCountText(filter_.isOn() || total > tasks.size()
                             ? tr("%1 of %2").arg(texts::count(tree_.count()), texts::count(total))
                             : texts::count(total));
    refreshActions();
    refreshContent();
    if (currentRow() != rowBefore)
        Q_EMIT currentChanged();
    Q_EMIT changed();
}

/// Whoever sees a window of the tasks has the server look through all of them.
void TaskPanel::askForMatches()
{
    const bool isWindow = client_.mirror().total(wire::Topic::Tasks) > kMostRows;
    const QString wanted = active_ && isWindow && filter_.isOn() ? filter_.whole() : QString();
    if (std::exchange(askedFilter_, wanted) == wanted || !active_)
        return;
    wire::Subscribe subscription;
    subscription.topic = wire::Topic::Tasks;
    subscription.filter = wanted.toStdString();
    client_.subscribe(std::move(subscription));
}

void TaskPanel::refreshContent()
{
    const auto &tasks = client_.mirror().tasks();
    if (!client_.mirror().isSynced(wire::Topic::Tasks) && tasks.empty()) {
        const LinkPhase phase = client_.link().phase();
        const bool isAway = phase == LinkPhase::Idle || phase == LinkPhase::Lost || phase == LinkPhase::Denied;
        content_.set(isAway ? Content::Disconnected : Content::Loading, isAway ? tr("Not connected") : QString(),
                     isAway ? tr("Nothing was received yet.") : QString());
    } else if (tree_.rowCount() == 0 && filter_.isOn()) {
        content_.set(Content::Filtered, tr("0 of %1 match").arg(tasks.size()),
                     tr("%1 leaves nothing. The list itself is not empty.").arg(filter_.whole()));
    } else if (tree_.rowCount() == 0) {
        content_.set(Content::Empty, tr("No task has run yet"), tr("Each message that is sent becomes one."));
    } else {
        content_.set(Content::Ready);
    }
}

QString TaskPanel::serverName() const
{
    return client_.welcome() ? texts::line(client_.welcome()->serverName).section(QLatin1Char(':'), 0, 0) : QString();
}

QString TaskPanel::headText() const
{
    const Mirror &mirror = client_.mirror();
    const std::uint64_t total = mirror.total(wire::Topic::Tasks);
    if (total <= mirror.tasks().size() || mirror.overview().empty())
        return tasksHead(mirror.tasks());
    const wire::OverviewRow &overview = mirror.overview().begin()->second; // it counts those beyond the window too
    return tr("%1 running, %2 queued; %3 of %4 are shown")
        .arg(texts::count(overview.tasksRunning), texts::count(overview.tasksQueued),
             texts::count(mirror.tasks().size()), texts::count(total));
}

int TaskPanel::currentRow() const
{
    const auto found = std::ranges::find(tree_.rows(), current_, &TaskLine::key);
    return found == tree_.rows().end() ? -1 : static_cast<int>(found - tree_.rows().begin());
}

void TaskPanel::setCurrentKey(const QString &key)
{
    if (std::exchange(current_, key) == key)
        return;
    if (active_)
        flush();
    Q_EMIT currentChanged();
}

void TaskPanel::select(int row)
{
    if (row >= 0 && row < tree_.rowCount())
        setCurrentKey(tree_.rows()[static_cast<std::size_t>(row)].key);
}

void TaskPanel::setExpanded(int row, bool expanded)
{
    if (row < 0 || row >= tree_.rowCount() || !tree_.rows()[static_cast<std::size_t>(row)].isExpandable)
        return;
    const QString key = tree_.rows()[static_cast<std::size_t>(row)].key;
    if (expanded)
        folded_.remove(key);
    else
        folded_.insert(key);
    flush();
}

int TaskPanel::parentOf(int row) const
{
    const auto &rows = tree_.rows();
    if (row < 0 || row >= tree_.rowCount())
        return -1;
    const int depth = rows[static_cast<std::size_t>(row)].depth;
    for (int above = row - 1; above >= 0; --above) {
        if (rows[static_cast<std::size_t>(above)].depth < depth)
            return above;
    }
    return -1;
}

const wire::TaskRow *TaskPanel::current() const
{
    const auto &tasks = client_.mirror().tasks();
    const auto found = tasks.find(current_.toStdString());
    return found == tasks.end() ? nullptr : &found->second;
}

QString TaskPanel::title() const
{
    const wire::TaskRow *row = current();
    return row ? tr("%1 for %2")
                     .arg(row->agent.empty() ? tr("task") : texts::line(row->agent), texts::line(row->userId))
               : QString();
}

QString TaskPanel::subtitle() const
{
    const auto found = std::ranges::find(tree_.rows(), current_, &TaskLine::key);
    return found == tree_.rows().end() ? QString() : tr("%1, %2").arg(found->stateText, found->ageText);
}

int TaskPanel::status() const
{
    const auto found = std::ranges::find(tree_.rows(), current_, &TaskLine::key);
    return found == tree_.rows().end() ? static_cast<int>(Health::Idle) : found->status;
}

QString TaskPanel::raw() const
{
    const wire::TaskRow *row = current();
    if (!row)
        return {};
    const QByteArray json = QByteArray::fromStdString(wire::toJson(*row));
    return QString::fromUtf8(QJsonDocument::fromJson(json).toJson(QJsonDocument::Indented));
}

void TaskPanel::setBusy(const QStringList &keys, const QString &text)
{
    for (const QString &key : keys) {
        if (text.isEmpty())
            busy_.remove(key);
        else
            busy_.insert(key, text);
    }
    flush();
}

void TaskPanel::setActionReason(const QString &reason)
{
    actionReason_ = reason;
    if (active_)
        flush();
    else
        refreshActions();
}

void TaskPanel::refreshActions()
{
    const auto subtree = openSubtree(client_.mirror().tasks(), current_.toStdString());
    cancel_.setTitle(subtree.size() > 1 ? tr("Cancel with %1 below…").arg(subtree.size() - 1) : tr("Cancel…"));
    cancel_.setReason(!current() ? tr("Select a task first") : subtree.empty() ? tr("It has ended") : actionReason_);
}

void TaskPanel::tick()
{
    if (active_)
        flush();
}

} // namespace orchestra
