// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/actions/action_runner.h"

#include "console/models/texts.h"

#include <utility>

namespace orchestra {
namespace {

constexpr std::chrono::milliseconds kFrame{100};
/// A shorter wait is none.
constexpr std::chrono::milliseconds kNoticed{300};

qreal share(std::chrono::nanoseconds passed, std::chrono::nanoseconds whole)
{
    return qBound(
        0.0, 1.0 - std::chrono::duration<double>(passed).count() / std::chrono::duration<double>(whole).count(), 1.0);
}

} // namespace

PendingAction::PendingAction(QString text, const Clock &clock, QObject *parent)
    : QObject(parent)
    , text_(std::move(text))
    , clock_(clock)
    , began_(clock.now())
{
    timer_.setInterval(kFrame);
    connect(&timer_, &QTimer::timeout, this, [this] {
        Q_EMIT changed();
        if (clock_.now() - began_ >= kGrace) {
            timer_.stop();
            Q_EMIT due();
        }
    });
    timer_.start();
}

qreal PendingAction::remaining() const
{
    return share(clock_.now() - began_, kGrace);
}

QString PendingAction::remainingText() const
{
    const auto left = std::chrono::ceil<std::chrono::seconds>(kGrace - (clock_.now() - began_)).count();
    return tr("%1 s").arg(std::max<std::int64_t>(0, left));
}

void PendingAction::cancel()
{
    timer_.stop();
    Q_EMIT cancelled();
}

Notice::Notice(QString text, int status, QString undoToken, QString requestId, const Clock &clock, QObject *parent)
    : QObject(parent)
    , text_(std::move(text))
    , status_(status)
    , undoToken_(std::move(undoToken))
    , requestId_(std::move(requestId))
    , clock_(clock)
    , began_(clock.now())
{
    timer_.setInterval(kFrame);
    connect(&timer_, &QTimer::timeout, this, [this] {
        Q_EMIT changed();
        if (clock_.now() - began_ >= kShown)
            dismiss();
    });
    timer_.start();
}

qreal Notice::remaining() const
{
    return share(clock_.now() - began_, kShown);
}

void Notice::undo()
{
    if (isUndoable())
        Q_EMIT undoWanted(undoToken_);
}

void Notice::dismiss()
{
    timer_.stop();
    Q_EMIT dismissed();
}

ActionRunner::ActionRunner(OpsClient &client, Access &access, const Clock &clock, QObject *parent)
    : QObject(parent)
    , client_(client)
    , access_(access)
    , clock_(clock)
{
    connect(&busyTimer_, &QTimer::timeout, this, &ActionRunner::showBusy);
}

template <class T>
void ActionRunner::replace(T *&field, T *value, void (ActionRunner::*changed)())
{
    if (field)
        field->deleteLater();
    field = value;
    Q_EMIT(this->*changed)();
}

void ActionRunner::tell(const QString &text, int status, const QString &undoToken, const QString &requestId)
{
    auto *notice = new Notice(text, status, undoToken, requestId, clock_, this);
    connect(notice, &Notice::dismissed, this, [this, notice] {
        if (notice == notice_)
            replace<Notice>(notice_, nullptr, &ActionRunner::noticeChanged);
    });
    connect(notice, &Notice::undoWanted, this, &ActionRunner::undo);
    if (!undoToken.isEmpty())
        lastUndoToken_ = undoToken;
    replace(notice_, notice, &ActionRunner::noticeChanged);
}

void ActionRunner::runNow(OperatorCommand command)
{
    if (const QString refusal = access_.refusal(); !refusal.isEmpty())
        return tell(refusal, Health::Warn);
    send(std::move(command), {});
}

void ActionRunner::confirmAndRun(Confirmation::Question question, std::vector<ConfirmItem> items,
                                 OperatorCommand command)
{
    if (const QString refusal = access_.refusal(); !refusal.isEmpty())
        return tell(refusal, Health::Warn);
    if (pending_)
        return tell(tr("%1 first: it can still be called off").arg(pending_->text()), Health::Warn);
    auto *asked = new Confirmation(std::move(question), std::move(items), this);
    connect(asked, &Confirmation::cancelled, this,
            [this] { replace<Confirmation>(confirmation_, nullptr, &ActionRunner::confirmationChanged); });
    connect(asked, &Confirmation::accepted, this, [this, command = std::move(command)](const QString &reason) {
        replace<Confirmation>(confirmation_, nullptr, &ActionRunner::confirmationChanged);
        wait(command, reason);
    });
    replace(confirmation_, asked, &ActionRunner::confirmationChanged);
}

void ActionRunner::wait(OperatorCommand command, const QString &reason)
{
    auto *grace = new PendingAction(command.doing, clock_, this);
    connect(grace, &PendingAction::cancelled, this, [this] {
        replace<PendingAction>(pending_, nullptr, &ActionRunner::pendingChanged);
        tell(tr("Called off; nothing was sent"));
    });
    connect(grace, &PendingAction::due, this, [this, command = std::move(command), reason] {
        replace<PendingAction>(pending_, nullptr, &ActionRunner::pendingChanged);
        send(command, reason);
    });
    replace(pending_, grace, &ActionRunner::pendingChanged);
}

void ActionRunner::send(OperatorCommand command, const QString &reason)
{
    if (command.sent)
        command.sent();
    // The audit wants a reason also where a person was not asked for one.
    const QString why = reason.trimmed().isEmpty() ? command.doing : reason.trimmed();
    const std::uint64_t number = ++lastNumber_;
    wire::ActionBody action = command.action;
    const auto revision = command.revision;
    outstanding_.emplace(number, Outstanding{std::move(command), clock_.now()});
    client_.act(std::move(action), revision, why.toStdString(),
                [this, number](const Result<wire::OpsReply> &reply) { answered(number, reply); });
    showBusy();
}

void ActionRunner::answered(std::uint64_t number, const Result<wire::OpsReply> &reply)
{
    const auto ended = outstanding_.extract(number);
    const OperatorCommand &command = ended.mapped().command;
    if (command.progress)
        command.progress({});
    showBusy();
    if (!reply)
        return tell(tr("%1: not confirmed, state unknown, refreshing. %2")
                        .arg(command.doing, texts::line(reply.error().message)),
                    Health::Warn);
    const QString id = texts::line(reply->requestId);
    if (reply->error)
        return tell(tr("%1: %2").arg(command.doing, texts::line(reply->error->message)), Health::Bad, {}, id);
    const QString text = reply->message.empty() ? command.doing : texts::line(reply->message);
    tell(text, Health::Ok, QString::fromStdString(reply->undoToken.value_or(std::string())), id);
}

void ActionRunner::showBusy()
{
    QString slowest;
    for (const auto &[number, on] : outstanding_) {
        const auto since = clock_.now() - on.since;
        const QString age = texts::age(std::chrono::duration_cast<std::chrono::milliseconds>(since).count());
        if (on.command.progress)
            on.command.progress(tr("%1 %2").arg(on.command.busy.isEmpty() ? on.command.doing : on.command.busy, age));
        if (slowest.isEmpty() && since >= kNoticed)
            slowest = tr("%1 %2").arg(on.command.doing, age);
    }
    if (outstanding_.empty())
        busyTimer_.stop();
    else if (!busyTimer_.isActive())
        busyTimer_.start(kFrame);
    if (std::exchange(busyText_, slowest) != slowest)
        Q_EMIT busyChanged();
}

void ActionRunner::undo()
{
    if (lastUndoToken_.isEmpty())
        return tell(tr("There is nothing to undo"), Health::Idle);
    const std::string token = std::exchange(lastUndoToken_, QString()).toStdString();
    send(OperatorCommand(wire::UndoAction{token}, tr("Undo")), {});
}

} // namespace orchestra
