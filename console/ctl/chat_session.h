// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/ctl/arguments.h"
#include "console/ctl/terminal.h"
#include "console/link/chat_client.h"

#include <QSocketNotifier>
#include <QTimer>

#include <memory>

namespace orchestra::ctl {

/// A conversation in a terminal: one message from the command line, or lines from standard input. Reconnects and
/// resumes by itself where the close code says so. Lives on: gui.
class ChatSession final : public QObject
{
    Q_OBJECT

public:
    /// All must outlive the session.
    ChatSession(const Arguments &arguments, ChatClient &client, Terminal &terminal);

    void start(const Endpoint &endpoint, const QString &token);
    /// Ctrl+C: stops the answer that runs, else ends.
    void interrupt();

Q_SIGNALS:
    void ended(orchestra::ctl::Exit exit);

private:
    void whenReceived(const wire::ServerFrame &frame);
    void whenClosed(quint16 code, const QString &reason);
    void whenSilent();
    void readInput();
    void submit(const QString &line);
    void sendMessage(const QString &text);
    void askApproval(const wire::ApprovalRequired &approval);
    void showCompleted(const wire::AgentCompleted &completed);
    void showError(const wire::ErrorFrame &error);
    void freshLine();
    void prompt();
    void note(const QString &text, Tone tone = Tone::Dim);
    void end(Exit exit);

    const Arguments &arguments_;
    ChatClient &client_;
    Terminal &terminal_;
    QTimer silence_;
    QTimer retry_;
    std::unique_ptr<QSocketNotifier> input_;
    QByteArray typed_;
    std::optional<TaskId> task_; ///< the one that runs
    std::optional<ApprovalId> approval_;
    bool isReady_ = false;
    bool inAnswer_ = false; ///< the cursor stands behind streamed text
    bool ended_ = false;
    int failedTries_ = 0;
};

} // namespace orchestra::ctl
