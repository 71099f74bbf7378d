// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/ctl/chat_session.h"

#include "shared/wire/close_code.h"
#include "shared/wire/error_table.h"
#include "shared/wire/json_codec.h"

#include <algorithm>
#include <utility>

namespace orchestra::ctl {
namespace {

constexpr int kMaxTries = 6;
constexpr std::size_t kMaxShownResult = 160;

Tone toneOf(wire::CompletionStatus status)
{
    switch (status) {
    case wire::CompletionStatus::Completed:
        return Tone::Dim;
    case wire::CompletionStatus::Cancelled:
    case wire::CompletionStatus::Incomplete:
        return Tone::Warning;
    case wire::CompletionStatus::Failed:
        return Tone::Bad;
    }
    return Tone::Plain;
}

QString wordOf(auto value)
{
    return printable(wireNames(value)[static_cast<std::size_t>(value)]);
}

} // namespace

ChatSession::ChatSession(const Arguments &arguments, ChatClient &client, Terminal &terminal)
    : arguments_(arguments)
    , client_(client)
    , terminal_(terminal)
{
    connect(&client_, &ChatClient::received, this, &ChatSession::whenReceived);
    connect(&client_, &ChatClient::closed, this, &ChatSession::whenClosed);
    connect(&client_, &ChatClient::malformed, this, [this](const QString &why) {
        note(QStringLiteral("A frame could not be read: %1").arg(why), Tone::Warning);
    });
    silence_.setSingleShot(true);
    silence_.setInterval(arguments_.timeout);
    connect(&silence_, &QTimer::timeout, this, &ChatSession::whenSilent);
    retry_.setSingleShot(true);
    connect(&retry_, &QTimer::timeout, this, [this] { client_.reconnect(); });
}

void ChatSession::start(const Endpoint &endpoint, const QString &token)
{
    silence_.start();
    ChatClient::Options options;
    options.endpoint = endpoint;
    options.token = token;
    options.pin = arguments_.pin;
    options.clientId = arguments_.user;
    options.sessionId = arguments_.session;
    options.encoding = arguments_.encoding;
    client_.connectTo(std::move(options));
}

void ChatSession::end(Exit exit)
{
    if (ended_)
        return;
    ended_ = true;
    freshLine();
    client_.close();
    Q_EMIT ended(exit);
}

void ChatSession::freshLine()
{
    if (inAnswer_)
        terminal_.writeLine();
    inAnswer_ = false;
}

void ChatSession::note(const QString &text, Tone tone)
{
    freshLine();
    terminal_.writeLine(text, tone);
}

void ChatSession::prompt()
{
    if (!arguments_.message && !arguments_.json && terminal_.isInteractive())
        terminal_.write(QStringLiteral("› "), Tone::Accent);
}

void ChatSession::whenSilent()
{
    if (!isReady_ || !turns_.empty()) {
        terminal_.complain(
            QStringLiteral("%1 has not answered for %2 s").arg(arguments_.server).arg(arguments_.timeout.count()));
        end(Exit::NotConnected);
    }
}

void ChatSession::whenClosed(quint16 code, const QString &reason)
{
    if (ended_)
        return;
    const QString why = reason.isEmpty() ? printable(closeCodeMeaning(code)) : printable(reason.toStdString());
    switch (reconnectAdvice(code)) {
    case ReconnectAdvice::Stop:
        terminal_.complain(QStringLiteral("closed by %1: %2 (%3)").arg(arguments_.server, why).arg(code));
        end(code == 1000 ? Exit::Done : Exit::Denied);
        return;
    case ReconnectAdvice::ResumeWhenNeeded:
        note(QStringLiteral("Closed while idle; your next message connects again."));
        return;
    case ReconnectAdvice::BackOff:
    case ReconnectAdvice::Resume:
        break;
    }
    if ((!isReady_ && arguments_.message) || ++failedTries_ > kMaxTries) {
        terminal_.complain(QStringLiteral("cannot reach %1: %2").arg(arguments_.server, why));
        end(Exit::NotConnected);
        return;
    }
    note(QStringLiteral("Link lost (%1); connecting again…").arg(why), Tone::Warning);
    retry_.start(std::chrono::milliseconds(250) * (1 << std::min(failedTries_, 6)));
}

void ChatSession::whenReceived(const wire::ServerFrame &frame)
{
    silence_.start();
    if (arguments_.json) {
        std::string json;
        wire::encodeServerJson(frame, json);
        terminal_.writeLine(QString::fromStdString(json) + QLatin1Char('}'));
    }
    std::visit(Overload{
                   [&](const wire::ResumeDone &) { whenReady(); },
                   [&](const wire::Snapshot &snapshot) { whenReplaced(snapshot); },
                   [&](const wire::ServerAck &ack) { whenAcknowledged(ack); },
                   [&](const wire::ApprovalRequired &approval) {
                       if (!arguments_.message || isOurs(frame.taskId))
                           askApproval(approval);
                   },
                   [&](const wire::ApprovalResolved &) { approval_.reset(); },
                   [](const auto &) {},
               },
               frame.body);
    // With --once, what other devices of the same user are talking about is none of this one's business.
    const bool concernsOthers = arguments_.message && frame.taskId && isAllAcknowledged() && !isOurs(frame.taskId);
    if (!arguments_.json && !concernsOthers)
        showNotice(frame.body);
    if (const auto *completed = std::get_if<wire::AgentCompleted>(&frame.body))
        whenEnded(frame.taskId, completed->status == wire::CompletionStatus::Completed);
    else if (const auto *error = std::get_if<wire::ErrorFrame>(&frame.body))
        whenRefused(*error);
}

void ChatSession::showNotice(const wire::ServerBody &body)
{
    std::visit(
        Overload{
            [&](const wire::SystemMessage &message) {
                note(printable(message.message) +
                     (message.progress ? QStringLiteral(" %1 %").arg(*message.progress) : QString()));
            },
            [&](const wire::StatusFrame &status) {
                if (status.position)
                    note(QStringLiteral("Waiting behind %1.").arg(*status.position));
            },
            [&](const wire::AgentThinking &thinking) {
                note(printable(thinking.agentName) + QStringLiteral(": ") + printable(thinking.content));
            },
            [&](const wire::ToolExecuting &tool) {
                note(QStringLiteral("  → %1 %2")
                         .arg(printable(tool.toolName), printable(tool.parameters.text).left(kMaxShownResult)));
            },
            [&](const wire::ToolCompleted &tool) {
                if (!tool.ok)
                    note(QStringLiteral("  ✖ %1 failed after %2 ms").arg(printable(tool.toolName)).arg(tool.durationMs),
                         Tone::Bad);
            },
            [&](const wire::ApprovalResolved &resolved) {
                note(QStringLiteral("%1 by %2.").arg(wordOf(resolved.decision), printable(resolved.actor)));
            },
            [&](const wire::StreamToken &token) {
                terminal_.write(printable(token.content));
                inAnswer_ = true;
            },
            [&](const wire::AgentCompleted &completed) { showCompleted(completed); },
            [&](const wire::ErrorFrame &error) {
                note(QStringLiteral("✖ %1: %2").arg(wordOf(error.code), printable(error.message)), Tone::Bad);
            },
            [&](const wire::Drain &drain) {
                note(QStringLiteral("The server is stopping: %1").arg(printable(drain.reason)), Tone::Warning);
            },
            [](const auto &) {},
        },
        body);
}

void ChatSession::whenReady()
{
    failedTries_ = 0;
    if (std::exchange(isReady_, true)) {
        for (Turn &turn : turns_) {
            if (!turn.task)
                trySend(turn); // the server knows the id if it has come there before
        }
        return;
    }
    if (arguments_.message)
        sendMessage(*arguments_.message);
    else
        readInput();
    prompt();
}

void ChatSession::whenAcknowledged(const wire::ServerAck &ack)
{
    const auto turn = std::ranges::find(turns_, ack.ref, [](const Turn &t) { return t.chat.id; });
    if (turn == turns_.end() || !ack.taskId)
        return;
    turn->task = ack.taskId;
    task_ = ack.taskId;
    if (const auto ended = endedEarly_.find(*ack.taskId); ended != endedEarly_.end())
        whenEnded(ack.taskId, ended->second);
}

/// The events are not to be had any more, but what became of the answers is.
void ChatSession::whenReplaced(const wire::Snapshot &snapshot)
{
    for (const wire::StoredMessage &message : snapshot.messages) {
        if (!message.status || !message.taskId || (isAllAcknowledged() && !isOurs(message.taskId)))
            continue;
        if (isOurs(message.taskId) && !arguments_.json) {
            note(printable(message.content), Tone::Plain);
            note(message.error
                     ? QStringLiteral("✖ %1: %2").arg(wordOf(message.error->code), printable(message.error->message))
                     : wordOf(*message.status),
                 toneOf(*message.status));
        }
        whenEnded(message.taskId, *message.status == wire::CompletionStatus::Completed);
    }
}

bool ChatSession::isAllAcknowledged() const
{
    return std::ranges::all_of(turns_, [](const Turn &turn) { return turn.task.has_value(); });
}

bool ChatSession::isOurs(const std::optional<TaskId> &task) const
{
    return task && std::ranges::any_of(turns_, [&](const Turn &turn) { return turn.task == task; });
}

void ChatSession::whenEnded(const std::optional<TaskId> &task, bool isGood)
{
    if (task_ == task)
        task_.reset();
    approval_.reset();
    const auto turn = std::ranges::find(turns_, task, &Turn::task);
    if (task && turn != turns_.end())
        whenAnswered(turn, isGood);
    else if (task && !isAllAcknowledged())
        endedEarly_[*task] = isGood;
    else
        prompt();
}

void ChatSession::whenRefused(const wire::ErrorFrame &error)
{
    const auto turn =
        std::ranges::find(turns_, error.ref.value_or(std::string()), [](const Turn &t) { return t.chat.id; });
    if (turn != turns_.end())
        whenAnswered(turn, false);
    else
        prompt();
}

void ChatSession::whenAnswered(std::vector<Turn>::iterator turn, bool isGood)
{
    turns_.erase(turn);
    hasFailed_ = hasFailed_ || !isGood;
    if (turns_.empty())
        endedEarly_.clear();
    takeLines();
    const bool isOver = arguments_.message || (isInputOver_ && lines_.empty());
    if (isOver && turns_.empty())
        end(hasFailed_ ? Exit::Failed : Exit::Done);
    else
        prompt();
}

void ChatSession::askApproval(const wire::ApprovalRequired &approval)
{
    approval_ = approval.approvalId;
    if (!arguments_.json)
        note(QStringLiteral("Confirm: %1 %2").arg(printable(approval.what), printable(approval.parameters.text)),
             Tone::Warning);
    if (arguments_.message) {
        client_.send(
            wire::Approve{{},
                          approval.approvalId,
                          arguments_.approve ? wire::ApprovalDecision::Approve : wire::ApprovalDecision::Deny});
        return;
    }
    if (!arguments_.json)
        terminal_.write(QStringLiteral("y to confirm, anything else to refuse: "), Tone::Warning);
}

void ChatSession::showCompleted(const wire::AgentCompleted &completed)
{
    freshLine();
    if (completed.error)
        terminal_.writeLine(
            QStringLiteral("✖ %1: %2").arg(wordOf(completed.error->code), printable(completed.error->message)),
            Tone::Bad);
    QString line = QStringLiteral("%1 · source %2 · %3 ms")
                       .arg(wordOf(completed.status), wordOf(completed.provenance.source))
                       .arg(completed.timings.totalMs, 0, 'f', 1);
    if (completed.provenance.model)
        line += QStringLiteral(" · ") + printable(*completed.provenance.model);
    terminal_.writeLine(line, toneOf(completed.status));
}

} // namespace orchestra::ctl
