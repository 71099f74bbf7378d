// SPDX-License-Identifier: GPL-3.0-or-later
// What an operator does, from the button to the command.
#include "console/app/console.h"

#include "console/models/texts.h"

namespace orchestra {

void Console::joinActions()
{
    connect(connections_.closeAction(), &Action::triggered, this, &Console::closeChosen);
    connect(connections_.closeUserAction(), &Action::triggered, this, &Console::closeUser);
    connect(&connections_, &ConnectionsModel::chatWanted, this, [this](const QString &user, const QString &session) {
        if (chat_.identities().contains(user)) {
            chat_.openAs(user, session);
        } else {
            // What others say is not shown: their conversations are, and how they fare.
            chat_.conversations()->setFilterText(user);
        }
        navigation_.open(Navigation::Chat, {}, {});
    });
    connect(overview_.tiles(), &TilesModel::opened, this, [this](int screen) { navigation_.open(screen, {}, {}); });
    connect(overview_.problems(), &ProblemsModel::actionWanted, this,
            [this](const QString &kind, const QString &target, const QString &key) {
                if (kind == QLatin1String("probe_breaker"))
                    probeBreaker(target,
                                 [this, key](const QString &text) { overview_.problems()->setBusy(key, text); });
                else if (kind == QLatin1String("open_breaker"))
                    navigation_.open(Navigation::Breakers, target, {});
                else if (kind == QLatin1String("open_connection"))
                    navigation_.open(Navigation::Connections, target, {});
                else if (kind == QLatin1String("open_task"))
                    navigation_.open(Navigation::Tasks, target, {});
                else if (kind == QLatin1String("open_tasks"))
                    navigation_.open(Navigation::Tasks, {}, target);
                else if (kind == QLatin1String("accept_tool"))
                    review_.look(target);
            });
    connect(overview_.tools(), &ToolsModel::opened, &review_, &ToolInspection::look);
    connect(review_.acceptAction(), &Action::triggered, this, &Console::acceptTool);
    connect(overview_.degradation()->pinAction(), &Action::triggered, this, &Console::pinDegradation);
    connect(overview_.degradation()->releaseAction(), &Action::triggered, this, &Console::releaseDegradation);
    connect(overview_.models(), &ModelsModel::opened, this,
            [this](const QString &breaker) { navigation_.open(Navigation::Breakers, breaker, {}); });
    using Override = wire::BreakerOverride;
    connect(breakers_.probeAction(), &Action::triggered, this, [this] {
        probeBreaker(breakers_.currentKey(),
                     [this](const QString &text) { breakers_.probeAction()->setBusyText(text); });
    });
    connect(breakers_.openAction(), &Action::triggered, this, [this] { overrideBreaker(Override::ForcedOpen); });
    connect(breakers_.closeAction(), &Action::triggered, this, [this] { overrideBreaker(Override::MetricsOnly); });
    connect(breakers_.resetAction(), &Action::triggered, this, [this] { overrideBreaker(Override::None); });
    connect(tasks_.cancelAction(), &Action::triggered, this, &Console::cancelTask);
    connect(tasks_.approvals(), &ApprovalsModel::decided, this, &Console::decide);
}

void Console::closeChosen()
{
    const QStringList keys = connections_.chosenKeys();
    wire::CloseConnections action;
    std::vector<ConfirmItem> items;
    for (const QString &key : keys) {
        const wire::ConnectionRow *row = connections_.row(key);
        const auto id = parseId<ConnectionId>(key.toStdString());
        if (!row || !id)
            continue;
        action.connectionIds.push_back(*id);
        items.push_back({Health::of(row->phase), texts::line(row->userId), key.left(8),
                         tr("%1 queued").arg(texts::bytes(row->queueBytes))});
    }
    if (items.empty())
        return;
    const int count = static_cast<int>(items.size());
    Confirmation::Question question;
    question.title = count == 1 ? tr("Close this connection?") : tr("Close %1 connections?").arg(count);
    question.effect =
        tr("Their clients get code 4007 and do not come back by themselves. Answers go on and are kept for resume.");
    question.verb = count == 1 ? tr("Close connection") : tr("Close %1 connections").arg(count);
    if (link_.environment() == Link::Production && count > 10) {
        question.risk = 3;
        question.reasonNeeded = true;
        question.typeToConfirm = link_.serverName();
    }
    OperatorCommand command(std::move(action),
                            count == 1 ? tr("Closing 1 connection") : tr("Closing %1 connections").arg(count));
    command.busy = tr("Closing");
    command.sent = [this, keys] { connections_.setPending(keys, tr("Closing")); };
    actions_.confirmAndRun(std::move(question), std::move(items),
                           std::move(command).shownBy(connections_.closeAction()));
}

void Console::closeUser()
{
    const wire::ConnectionRow *row = connections_.row(connections_.currentKey());
    if (!row)
        return;
    const QString user = texts::line(row->userId);
    wire::CloseConnections action;
    action.userId = row->userId;
    std::vector<ConfirmItem> items;
    for (const auto &[key, other] : client_.mirror().connections()) {
        if (other.userId == *action.userId)
            items.push_back(
                {Health::of(other.phase), user, QString::fromStdString(key).left(8), texts::line(other.address)});
    }
    Confirmation::Question question;
    question.title = tr("Close every connection of %1?").arg(user);
    question.effect = tr("Its clients get code 4007 and do not come back by themselves.");
    question.verb = tr("Close all of %1").arg(user);
    OperatorCommand command(std::move(action), tr("Closing every connection of %1").arg(user));
    command.busy = tr("Closing");
    actions_.confirmAndRun(std::move(question), std::move(items),
                           std::move(command).shownBy(connections_.closeUserAction()));
}

void Console::probeBreaker(const QString &name, std::function<void(const QString &)> progress)
{
    OperatorCommand command(wire::ProbeBreaker{name.toStdString()}, tr("Probing %1").arg(name));
    command.busy = tr("Probing");
    command.progress = std::move(progress);
    actions_.runNow(std::move(command));
}

void Console::overrideBreaker(wire::BreakerOverride state)
{
    const wire::BreakerRow *row = breakers_.current();
    if (!row)
        return;
    const QString name = breakers_.currentKey();
    const QString term = breakers_.terms().value(breakers_.term());
    wire::OverrideBreaker action{row->name, state, 0};
    Confirmation::Question question;
    question.reasonNeeded = true;
    QString doing = tr("Resetting %1").arg(name);
    QString busy = tr("Resetting");
    Action *button = breakers_.resetAction();
    if (state == wire::BreakerOverride::None) {
        question.title = tr("Let %1 decide for itself again?").arg(name);
        question.effect = tr("The breaker starts afresh: closed, with nothing counted.");
        question.verb = tr("Reset %1").arg(name);
    } else {
        const bool opens = state == wire::BreakerOverride::ForcedOpen;
        action.durationS = static_cast<std::uint64_t>(breakers_.termLength().count());
        question.title =
            opens ? tr("Force %1 open for %2?").arg(name, term) : tr("Force %1 closed for %2?").arg(name, term);
        question.effect = opens ? tr("Every call to it is refused at once, whatever state it is in.")
                                : tr("Every call is let through, also when it fails. Outcomes are still counted.");
        question.verb = opens ? tr("Force open for %1").arg(term) : tr("Force closed for %1").arg(term);
        doing = opens ? tr("Forcing %1 open").arg(name) : tr("Forcing %1 closed").arg(name);
        busy = tr("Forcing");
        button = opens ? breakers_.openAction() : breakers_.closeAction();
    }
    OperatorCommand command(std::move(action), std::move(doing));
    command.busy = std::move(busy);
    command.revision = row->revision;
    std::vector<ConfirmItem> items{{Health::of(row->state), name, texts::breakerState(row->state),
                                    tr("%1 calls in the window").arg(texts::count(row->calls))}};
    actions_.confirmAndRun(std::move(question), std::move(items), std::move(command).shownBy(button));
}

void Console::pinDegradation()
{
    Degradation &degradation = *overview_.degradation();
    if (!degradation.row())
        return;
    const int wanted = degradation.wanted();
    const QString level = degradation.levels().value(wanted - 1);
    const QString term = degradation.terms().value(degradation.term());
    wire::PinDegradation action;
    action.level = static_cast<std::uint64_t>(wanted - 1);
    action.durationS = static_cast<std::uint64_t>(degradation.termLength().count());
    Confirmation::Question question;
    question.title = tr("Hold the level %1 for %2?").arg(level, term);
    question.effect = wanted == 1 ? tr("Nothing is switched off until then, whatever load is measured.")
                                  : tr("What this level switches off stays off until then, for everybody.");
    question.verb = tr("Pin %1 for %2").arg(level, term);
    question.risk = 3;
    question.reasonNeeded = true;
    question.typeToConfirm = link_.serverName();
    OperatorCommand command(std::move(action), tr("Pinning the level %1").arg(level));
    command.busy = tr("Pinning");
    command.revision = degradation.row()->revision;
    std::vector<ConfirmItem> items{{degradation.level() > 1 ? Health::Warn : Health::Ok, tr("now"),
                                    degradation.levels().value(degradation.level() - 1), degradation.noteText()}};
    actions_.confirmAndRun(std::move(question), std::move(items), std::move(command).shownBy(degradation.pinAction()));
}

void Console::releaseDegradation()
{
    Degradation &degradation = *overview_.degradation();
    if (!degradation.row() || !degradation.row()->pinned)
        return;
    Confirmation::Question question;
    question.title = tr("Give the level back to what is measured?");
    question.effect = degradation.pinText();
    question.verb = tr("Release the pin");
    question.reasonNeeded = true;
    OperatorCommand command(wire::PinDegradation{}, tr("Releasing the pinned level"));
    command.busy = tr("Releasing");
    command.revision = degradation.row()->revision;
    actions_.confirmAndRun(std::move(question), {}, std::move(command).shownBy(degradation.releaseAction()));
}

void Console::acceptTool()
{
    const QString name = review_.name();
    OperatorCommand command(wire::AcceptTool{name.toStdString(), review_.digest()}, tr("Accepting %1").arg(name));
    command.busy = tr("Accepting");
    Confirmation::Question question;
    question.title = tr("Accept %1 as it describes itself now?").arg(name);
    question.effect = tr("It is offered to models at once, with this description. Each side effect still asks first.");
    question.verb = tr("Accept %1").arg(name);
    question.reasonNeeded = true;
    std::vector<ConfirmItem> items{
        {Health::Warn, tr("digest"), QString::fromStdString(review_.digest()).left(16), review_.summaryText()}};
    review_.close();
    actions_.confirmAndRun(std::move(question), std::move(items), std::move(command));
}

void Console::cancelTask()
{
    const auto subtree = openSubtree(client_.mirror().tasks(), tasks_.currentKey().toStdString());
    const auto id = parseId<TaskId>(tasks_.currentKey().toStdString());
    if (subtree.empty() || !id)
        return;
    QStringList keys;
    std::vector<ConfirmItem> items;
    for (const wire::TaskRow *row : subtree) {
        keys << QString::fromStdString(toString(row->taskId));
        items.push_back({Health::Pending, texts::line(row->agent.empty() ? row->userId : row->agent),
                         keys.back().left(8), texts::line(row->step)});
    }
    const auto count = static_cast<int>(subtree.size());
    Confirmation::Question question;
    question.title = count == 1 ? tr("Cancel this task?") : tr("Cancel %1 tasks?").arg(count);
    question.effect = tr("What was said so far is kept and marked as cancelled. Effects that have happened stay.");
    question.verb = count == 1 ? tr("Cancel the task") : tr("Cancel %1 tasks").arg(count);
    OperatorCommand command(wire::CancelTask{*id},
                            count == 1 ? tr("Cancelling 1 task") : tr("Cancelling %1 tasks").arg(count));
    command.busy = tr("Cancelling");
    command.progress = [this, keys](const QString &text) {
        tasks_.cancelAction()->setBusyText(text);
        tasks_.setBusy(keys, text);
    };
    actions_.confirmAndRun(std::move(question), std::move(items), std::move(command));
}

void Console::decide(const QString &key, const QString &what, bool approved)
{
    const auto id = parseId<ApprovalId>(key.toStdString());
    if (!id)
        return;
    OperatorCommand command(wire::ResolveApproval{*id, approved},
                            approved ? tr("Approving %1").arg(what) : tr("Refusing %1").arg(what));
    command.busy = approved ? tr("Approving") : tr("Refusing");
    command.progress = [this, key](const QString &text) { tasks_.approvals()->setBusy(key, text); };
    actions_.runNow(std::move(command));
}

} // namespace orchestra
