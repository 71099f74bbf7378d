// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/link/ops_client.h"
#include "console/models/action.h"
#include "console/models/content.h"
#include "console/models/filter.h"
#include "console/models/task_models.h"
#include "console/models/view_range.h"

#include <QObject>
#include <QTimer>
#include <QtQml/qqmlregistration.h>

namespace orchestra {

/// The tasks screen: what runs, waits and has ended, as a tree; what waits for a yes; and the task in focus. Lives on:
/// gui.
class TaskPanel : public QObject
{
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("Built in C++.")
    Q_PROPERTY(bool active READ isActive WRITE setActive NOTIFY activeChanged)
    Q_PROPERTY(Content *content READ content CONSTANT)
    Q_PROPERTY(Filter *filter READ filter CONSTANT)
    Q_PROPERTY(QString headText READ headText NOTIFY changed)
    Q_PROPERTY(TasksModel *tree READ tree CONSTANT)
    Q_PROPERTY(ApprovalsModel *approvals READ approvals CONSTANT)
    Q_PROPERTY(int currentRow READ currentRow NOTIFY currentChanged)
    Q_PROPERTY(QString currentKey READ currentKey WRITE setCurrentKey NOTIFY currentChanged)
    Q_PROPERTY(QString title READ title NOTIFY changed)
    Q_PROPERTY(QString subtitle READ subtitle NOTIFY changed)
    Q_PROPERTY(int status READ status NOTIFY changed)
    Q_PROPERTY(FactsModel *facts READ facts CONSTANT)
    Q_PROPERTY(QString raw READ raw NOTIFY changed)
    Q_PROPERTY(Action *cancelAction READ cancelAction CONSTANT)

public:
    /// All must outlive the panel.
    TaskPanel(OpsClient &client, ViewRange &range, const Clock &clock, QObject *parent);

    bool isActive() const { return active_; }
    void setActive(bool active);
    Content *content() { return &content_; }
    Filter *filter() { return &filter_; }
    QString headText() const;
    TasksModel *tree() { return &tree_; }
    ApprovalsModel *approvals() { return &approvals_; }
    int currentRow() const;
    QString currentKey() const { return current_; }
    void setCurrentKey(const QString &key);
    QString title() const;
    QString subtitle() const;
    int status() const;
    FactsModel *facts() { return &facts_; }
    QString raw() const;
    /// Ends the task in focus with all below it.
    Action *cancelAction() { return &cancel_; }

    Q_INVOKABLE void select(int row);
    /// Shows or hides what is below a row.
    Q_INVOKABLE void setExpanded(int row, bool expanded);
    /// The row a row is a part of; -1 when it is a whole.
    Q_INVOKABLE int parentOf(int row) const;

    /// Nullptr when there is none in focus.
    const wire::TaskRow *current() const;
    /// Shows "Cancelling 0.8 s" at these tasks; an empty text ends it.
    void setBusy(const QStringList &keys, const QString &text);
    /// Why operators' actions are not available now; empty when they are.
    void setActionReason(const QString &reason);
    /// Once a second: ages move.
    void tick();

Q_SIGNALS:
    void activeChanged();
    void changed();
    void currentChanged();

private:
    void flush();
    void askForMatches();
    void refreshActions();
    void refreshContent();
    QString serverName() const;

    OpsClient &client_;
    ViewRange &range_;
    const Clock &clock_;
    Content content_{this};
    Filter filter_;
    TasksModel tree_{this};
    ApprovalsModel approvals_{this};
    FactsModel facts_{this};
    Action cancel_;
    QTimer flushTimer_;
    QSet<QString> folded_;
    QHash<QString, QString> busy_;
    QString current_;
    QString askedFilter_; ///< what the server has been asked to leave; empty while it sends all
    QString actionReason_;
    bool active_ = false;
};

} // namespace orchestra
