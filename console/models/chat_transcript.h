// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/models/chat_models.h"
#include "shared/wire/chat_messages.h"

#include <QTimer>

#include <map>
#include <optional>

namespace orchestra {

/// Writes what the server says in a conversation into turns and reply bars. Lives on: gui.
class ChatTranscript : public QObject
{
    Q_OBJECT

public:
    explicit ChatTranscript(QObject *parent);

    TurnsModel *turns() { return &turns_; }
    RepliesModel *replies() { return &replies_; }
    /// The answer that is being made, when one is.
    const std::optional<TaskId> &runningTask() const { return task_; }
    /// The last thing the user said.
    const QString &title() const { return title_; }
    /// Whose conversation it is, and the name to show for it.
    void setReader(const QString &user, const QString &name)
    {
        reader_ = user;
        readerName_ = name;
    }

    /// Frames that say nothing about the conversation are passed over.
    void take(const wire::ServerFrame &frame);
    void clear();
    void clearTitle() { title_.clear(); }

Q_SIGNALS:
    void asked(qint64 atMs);
    void answered(bool failed);

private:
    void addUserTurn(const wire::ServerFrame &frame, const wire::UserMessage &message);
    void showSnapshot(const wire::Snapshot &snapshot);
    void showStored(const wire::StoredMessage &message);
    void showTool(int row, const wire::ToolExecuting &tool);
    void askApproval(int row, const wire::ApprovalRequired &approval);
    void addToken(int row, const wire::ServerFrame &frame, const wire::StreamToken &token);
    void finishTurn(int row, const wire::AgentCompleted &completed);
    void addError(const wire::ServerFrame &frame, const wire::ErrorFrame &error);
    void setLiveText(int row, const QString &text);
    int turnOf(const wire::ServerFrame &frame);
    /// The turn that a task is a part of, or the task itself.
    TaskId wholeOf(TaskId task) const;
    void touchSoon(int row);

    TurnsModel turns_{this};
    RepliesModel replies_{this};
    QTimer touchTimer_; ///< token deltas of one moment are one change for QML
    std::vector<int> touched_;
    QString title_;
    QString reader_;
    QString readerName_;
    std::optional<TaskId> task_;
    std::map<TaskId, TaskId> parts_; ///< to the task above each
    quint64 errors_ = 0;
};

} // namespace orchestra
