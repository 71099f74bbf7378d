// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/link/mirror.h"
#include "console/models/health.h"
#include "console/models/row_model.h"
#include "console/models/small_models.h"
#include "shared/base/clock.h"
#include "shared/wire/row_filter.h"

#include <QHash>
#include <QSet>
#include <QtQml/qqmlregistration.h>

#include <vector>

namespace orchestra {

/// A task in the tree: the parts of one stand below it.
struct TaskLine
{
    QString key;
    int depth = 0;
    bool isExpandable = false;
    bool isExpanded = false;
    QString title; ///< who works on it
    QString userText;
    QString stateText;
    int status = Health::Idle;
    QString stepText; ///< what it does, or why it failed
    QString ageText;
    qreal fraction = qQNaN(); ///< of its time that has passed; NaN when it has no deadline or has ended
    bool isOver = false;      ///< past its deadline
    QString tokensText;
    bool isOpen = false; ///< has not ended
    QString busyText;    ///< "Cancelling 0.8 s"
    bool isCurrent = false;
    QString spoken;
    bool operator==(const TaskLine &) const = default;
};

class TasksModel : public RowModel<TaskLine>
{
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("Built in C++.")
    Q_PROPERTY(int count READ count NOTIFY changed)

public:
    explicit TasksModel(QObject *parent);
    int count() const { return rowCount(); }
    void replace(std::vector<TaskLine> tasks);

Q_SIGNALS:
    void changed();
};

/// Something that a task may do only when a person says yes.
struct ApprovalLine
{
    QString key;
    QString what;
    QString parametersText; ///< empty for who may not decide
    QString whoText;
    QString taskKey;
    QString leftText; ///< "4 min"
    qreal left = 1;   ///< share of the time that is left
    QString busyText;
    QString reason; ///< why nothing can be decided now; empty when it can
    QString spoken;
    bool operator==(const ApprovalLine &) const = default;
};

class ApprovalsModel : public RowModel<ApprovalLine>
{
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("Built in C++.")
    Q_PROPERTY(int count READ count NOTIFY changed)

public:
    explicit ApprovalsModel(QObject *parent);
    int count() const { return rowCount(); }
    void replace(std::vector<ApprovalLine> approvals);
    /// What is on its way to the server about one; empty when nothing is.
    void setBusy(const QString &key, const QString &text);
    Q_INVOKABLE void approve(int row) { decide(row, true); }
    Q_INVOKABLE void refuse(int row) { decide(row, false); }
    /// Shows the task that asks.
    Q_INVOKABLE void open(int row);

Q_SIGNALS:
    void changed();
    void decided(const QString &key, const QString &what, bool approved);
    void taskWanted(const QString &key);

private:
    void decide(int row, bool approved);

    QHash<QString, QString> busy_; ///< by key
};

// What the server says, as it is shown. Pure.

/// How a tree of tasks is looked at.
struct TaskView
{
    WallMs now = 0;
    const RowFilter *filter = nullptr; ///< a task that does not match stays while something below it does
    QSet<QString> folded;              ///< keys whose parts are not shown
};

bool isOpen(const wire::TaskRow &row);
/// Parts below their whole; whole tasks by their begin, open ones first, of those that ended the latest first.
std::vector<TaskLine> taskLines(const Mirror::Table<wire::TaskRow> &tasks, const TaskView &view);
/// A task and all below it that have not ended, the task first.
std::vector<const wire::TaskRow *> openSubtree(const Mirror::Table<wire::TaskRow> &tasks, const std::string &key);
/// "3 running, 1 waits for a yes, 2 queued".
QString tasksHead(const Mirror::Table<wire::TaskRow> &tasks);
/// What waits for a yes, the one with the least time first.
std::vector<ApprovalLine> approvalLines(const Mirror::Table<wire::TaskRow> &tasks, WallMs now, const QString &reason);
std::vector<Fact> taskFacts(const wire::TaskRow &row, WallMs now, const QString &server, int utcOffsetSeconds);

} // namespace orchestra
