// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/ctl/arguments.h"
#include "console/ctl/terminal.h"
#include "console/link/chat_client.h"

#include <QSocketNotifier>
#include <QTimer>

#include <deque>
#include <map>
#include <memory>
#include <vector>

namespace orchestra::ctl {

/// A conversation in a terminal: one message from the command line, or lines from standard input; from a pipe or a file
/// one after the other, each when the one before is answered. Reconnects and resumes by itself where the close code
/// says so, and sends again, under the same id, what was not acknowledged. Lives on: gui.
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
    /// A message of ours that is not answered yet.
    struct Turn
    {
        wire::Chat chat;            ///< with the id it first went out under
        std::optional<TaskId> task; ///< once it is acknowledged
    };

    void whenReceived(const wire::ServerFrame &frame);
    void whenClosed(quint16 code, const QString &reason);
    void whenSilent();
    void readInput();
    void submit(const QString &line);
    void sendMessage(const QString &text);
    void askApproval(const wire::ApprovalRequired &approval);
    void whenReady();
    void whenReplaced(const wire::Snapshot &snapshot);
    void whenAcknowledged(const wire::ServerAck &ack);
    void whenEnded(const std::optional<TaskId> &task, bool isGood);
    void whenRefused(const wire::ErrorFrame &error);
    void whenAnswered(std::vector<Turn>::iterator turn, bool isGood);
    void showNotice(const wire::ServerBody &body);
    void showCompleted(const wire::AgentCompleted &completed);
    void takeInput();
    void takeLines();
    void trySend(Turn &turn);
    bool isAllAcknowledged() const;
    bool isOurs(const std::optional<TaskId> &task) const;
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
    std::deque<QString> lines_; ///< typed, not yet taken
    std::vector<Turn> turns_;
    std::map<TaskId, bool> endedEarly_; ///< tasks that ended while an acknowledgement was missing, and how
    std::optional<TaskId> task_;        ///< the one that runs
    std::optional<ApprovalId> approval_;
    bool isReady_ = false;
    bool inAnswer_ = false; ///< the cursor stands behind streamed text
    bool ended_ = false;
    bool isInputOver_ = false;
    bool hasFailed_ = false; ///< one of our messages was refused or its answer failed
    int failedTries_ = 0;
};

} // namespace orchestra::ctl
