// SPDX-License-Identifier: GPL-3.0-or-later
// What is typed, or comes from a pipe, and how it is sent.
#include "console/ctl/chat_session.h"

#include <unistd.h>

namespace orchestra::ctl {

void ChatSession::readInput()
{
    if (input_)
        return;
    input_ = std::make_unique<QSocketNotifier>(STDIN_FILENO, QSocketNotifier::Read);
    connect(input_.get(), &QSocketNotifier::activated, this, &ChatSession::takeInput);
}

void ChatSession::takeInput()
{
    char buffer[4096];
    const ssize_t got = ::read(STDIN_FILENO, buffer, sizeof buffer);
    if (got > 0) {
        typed_.append(buffer, got);
    } else {
        isInputOver_ = true;
        if (!typed_.isEmpty())
            typed_.append('\n'); // the last line of a file may lack it
    }
    for (qsizetype newline = typed_.indexOf('\n'); newline >= 0; newline = typed_.indexOf('\n')) {
        lines_.push_back(QString::fromUtf8(typed_.left(newline)).trimmed());
        typed_.remove(0, newline + 1);
    }
    takeLines();
    // Ctrl+D ends at once; the end of a file waits for the answers.
    if (isInputOver_ && terminal_.isInteractive())
        end(Exit::Done);
    else if (isInputOver_ && turns_.empty() && lines_.empty())
        end(hasFailed_ ? Exit::Failed : Exit::Done);
}

void ChatSession::takeLines()
{
    while (!ended_ && !lines_.empty() && (terminal_.isInteractive() || turns_.empty() || approval_)) {
        const QString line = lines_.front();
        lines_.pop_front();
        submit(line);
    }
    if (input_) // a long file waits outside
        input_->setEnabled(!isInputOver_ && lines_.empty());
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
    turns_.push_back({std::move(chat), {}});
    trySend(turns_.back());
    if (!turns_.back().chat.id.empty())
        return;
    note(QStringLiteral("Not connected; your message goes out when the link is back. Connecting again…"),
         Tone::Warning);
    client_.reconnect();
}

void ChatSession::trySend(Turn &turn)
{
    const std::string id = client_.send(turn.chat);
    if (!id.empty())
        turn.chat.id = id;
}

void ChatSession::interrupt()
{
    if (task_)
        client_.send(wire::Cancel{{}, task_, {}, {}});
    if (!task_ || arguments_.message) {
        end(arguments_.message ? Exit::Failed : Exit::Done);
        return;
    }
    note(QStringLiteral("Stopping the answer; Ctrl+C again ends."), Tone::Warning);
    task_.reset();
}

} // namespace orchestra::ctl
