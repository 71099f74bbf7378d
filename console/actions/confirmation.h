// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/models/health.h"
#include "console/models/row_model.h"

#include <QObject>
#include <QtQml/qqmlregistration.h>

namespace orchestra {

/// One thing that an action will touch.
struct ConfirmItem
{
    int status = Health::Idle;
    QString name;
    QString key;
    QString detail;
    bool operator==(const ConfirmItem &) const = default;
};

class ConfirmItemsModel : public RowModel<ConfirmItem>
{
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("Built in C++.")

public:
    explicit ConfirmItemsModel(QObject *parent);
    using RowModel::setRows;
};

/// What is asked before an action that cannot be taken back. Lives on: gui.
class Confirmation : public QObject
{
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("Built in C++.")
    Q_PROPERTY(QString title READ title CONSTANT)
    Q_PROPERTY(QString effect READ effect CONSTANT)
    Q_PROPERTY(ConfirmItemsModel *items READ items CONSTANT)
    Q_PROPERTY(int count READ count CONSTANT)
    Q_PROPERTY(QString verb READ verb CONSTANT)
    Q_PROPERTY(int risk READ risk CONSTANT)
    Q_PROPERTY(bool reasonNeeded READ isReasonNeeded CONSTANT)
    Q_PROPERTY(QString typeToConfirm READ typeToConfirm CONSTANT)
    Q_PROPERTY(QString conflictText READ conflictText CONSTANT)

public:
    struct Question
    {
        QString title;
        QString effect;
        QString verb;
        int risk = 2;
        bool reasonNeeded = false;
        QString typeToConfirm; ///< a word to type first; empty: none
        QString conflictText;  ///< somebody else changed it meanwhile; empty: nobody
    };

    Confirmation(Question question, std::vector<ConfirmItem> items, QObject *parent);

    QString title() const { return question_.title; }
    QString effect() const { return question_.effect; }
    ConfirmItemsModel *items() { return &items_; }
    int count() const { return items_.rowCount(); }
    QString verb() const { return question_.verb; }
    int risk() const { return question_.risk; }
    bool isReasonNeeded() const { return question_.reasonNeeded; }
    QString typeToConfirm() const { return question_.typeToConfirm; }
    QString conflictText() const { return question_.conflictText; }

    Q_INVOKABLE void accept(const QString &reason);
    Q_INVOKABLE void cancel();

Q_SIGNALS:
    void accepted(const QString &reason);
    void cancelled();

private:
    const Question question_;
    ConfirmItemsModel items_{this};
};

} // namespace orchestra
