// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/ctl/chat_session.h"

#include "shared/wire/close_code.h"
#include "shared/wire/error_table.h"
#include "shared/wire/json_codec.h"

#include <unistd.h>

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
    if (arguments_.message || !isReady_) {
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
    const bool quiet = arguments_.json;
    std::visit(
        Overload{
            [&](const wire::ResumeDone &) {
                failedTries_ = 0;
                if (isReady_)
                    return;
                isReady_ = true;
                if (arguments_.message)
                    sendMessage(*arguments_.message);
                else
                    readInput();
                prompt();
            },
            [&](const wire::SystemMessage &message) {
                if (!quiet)
                    note(printable(message.message) +
                         (message.progress ? QStringLiteral(" %1 %").arg(*message.progress) : QString()));
            },
            [&](const wire::ServerAck &ack) {
                if (ack.taskId)
                    task_ = ack.taskId;
            },
            [&](const wire::StatusFrame &status) {
                if (status.position && !quiet)
                    note(QStringLiteral("Waiting behind %1.").arg(*status.position));
            },
            [&](const wire::AgentThinking &thinking) {
                if (!quiet)
                    note(printable(thinking.agentName) + QStringLiteral(": ") + printable(thinking.content));
            },
            [&](const wire::ToolExecuting &tool) {
                if (!quiet)
                    note(QStringLiteral("  → %1 %2")
                             .arg(printable(tool.toolName), printable(tool.parameters.text).left(kMaxShownResult)));
            },
            [&](const wire::ToolCompleted &tool) {
                if (!quiet && !tool.ok)
                    note(QStringLiteral("  ✖ %1 failed after %2 ms").arg(printable(tool.toolName)).arg(tool.durationMs),
                         Tone::Bad);
            },
            [&](const wire::ApprovalRequired &approval) { askApproval(approval); },
            [&](const wire::ApprovalResolved &resolved) {
                approval_.reset();
                if (!quiet)
                    note(QStringLiteral("%1 by %2.").arg(wordOf(resolved.decision), printable(resolved.actor)));
            },
            [&](const wire::StreamToken &token) {
                if (quiet)
                    return;
                terminal_.write(printable(token.content));
                inAnswer_ = true;
            },
            [&](const wire::AgentCompleted &completed) { showCompleted(completed); },
            [&](const wire::ErrorFrame &error) { showError(error); },
            [&](const wire::Drain &drain) {
                if (!quiet)
                    note(QStringLiteral("The server is stopping: %1").arg(printable(drain.reason)), Tone::Warning);
            },
            [](const auto &) {},
        },
        frame.body);
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
    const bool ok = completed.status == wire::CompletionStatus::Completed;
    if (!arguments_.json) {
        freshLine();
        if (completed.error)
            terminal_.writeLine(
                QStringLiteral("✖ %1: %2")
                    .arg(wordOf(completed.error->code), printable(completed.error->message)),
                Tone::Bad);
        QString line = QStringLiteral("%1 · source %2 · %3 ms")
                           .arg(wordOf(completed.status), wordOf(completed.provenance.source))
                           .arg(completed.timings.totalMs, 0, 'f', 1);
        if (completed.provenance.model)
            line += QStringLiteral(" · ") + printable(*completed.provenance.model);
        terminal_.writeLine(line, toneOf(completed.status));
    }
    task_.reset();
    approval_.reset();
    if (arguments_.message)
        end(ok ? Exit::Done : Exit::Failed);
    else
        prompt();
}

void ChatSession::showError(const wire::ErrorFrame &error)
{
    if (!arguments_.json)
        note(QStringLiteral("✖ %1: %2").arg(wordOf(error.code), printable(error.message)), Tone::Bad);
    if (arguments_.message)
        end(Exit::Failed);
    else
        prompt();
}

void ChatSession::readInput()
{
    if (input_)
        return;
    input_ = std::make_unique<QSocketNotifier>(STDIN_FILENO, QSocketNotifier::Read);
    connect(input_.get(), &QSocketNotifier::activated, this, [this] {
        char buffer[4096];
        const ssize_t got = ::read(STDIN_FILENO, buffer, sizeof buffer);
        if (got <= 0) {
            input_->setEnabled(false);
            end(Exit::Done);
            return;
        }
        typed_.append(buffer, got);
        for (qsizetype newline = typed_.indexOf('\n'); newline >= 0 && !ended_; newline = typed_.indexOf('\n')) {
            const QString line = QString::fromUtf8(typed_.left(newline)).trimmed();
            typed_.remove(0, newline + 1);
            submit(line);
        }
    });
}

void ChatSession::submit(const QString &line)
{
    if (approval_) {
        const bool yes = line.compare(QLatin1String("y"), Qt::CaseInsensitive) == 0 ||
                         line.compare(QLatin1String("yes"), Qt::CaseInsensitive) == 0;
        client_.send(
            wire::Approve{{}, *approval_, yes ? wire::ApprovalDecision::Approve : wire::ApprovalDecision::Deny});
        approval_.reset();
        return;
    }
    if (line == QLatin1String("/quit") || line == QLatin1String("/exit"))
        end(Exit::Done);
    else if (line.isEmpty())
        prompt();
    else
        sendMessage(line);
}

void ChatSession::sendMessage(const QString &text)
{
    silence_.start();
    wire::Chat chat;
    chat.content = text.toStdString();
    if (!client_.send(std::move(chat)).empty())
        return;
    note(QStringLiteral("Not connected; your message was not sent. Connecting again…"), Tone::Warning);
    client_.reconnect();
}

void ChatSession::interrupt()
{
    if (!task_ || arguments_.message) {
        end(arguments_.message ? Exit::Failed : Exit::Done);
        return;
    }
    note(QStringLiteral("Stopping the answer; Ctrl+C again ends."), Tone::Warning);
    client_.send(wire::Cancel{{}, task_, {}, {}});
    task_.reset();
}

} // namespace orchestra::ctl
