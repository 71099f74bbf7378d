// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtQml/qqmlregistration.h>

#include <QObject>
#include <QString>

namespace orchestra::ui {

/// One column of a DataTable: which section of the model it shows, and how. Not changed after construction.
class DataColumn : public QObject
{
    Q_OBJECT
    QML_ELEMENT
    Q_PROPERTY(int section MEMBER section NOTIFY changed REQUIRED)
    Q_PROPERTY(QString title MEMBER title NOTIFY changed REQUIRED)
    Q_PROPERTY(QString group MEMBER group NOTIFY changed)
    Q_PROPERTY(QString explanation MEMBER explanation NOTIFY changed)
    Q_PROPERTY(Kind kind MEMBER kind NOTIFY changed)
    Q_PROPERTY(int width MEMBER width NOTIFY changed)
    Q_PROPERTY(bool stretches MEMBER stretches NOTIFY changed)
    Q_PROPERTY(bool lead MEMBER lead NOTIFY changed)
    Q_PROPERTY(bool sortable MEMBER sortable NOTIFY changed)
    Q_PROPERTY(bool showsChange MEMBER showsChange NOTIFY changed)

public:
    enum Kind { Words, Mono, Figure, Mark, Bar };
    Q_ENUM(Kind)

    explicit DataColumn(QObject *parent = nullptr)
        : QObject(parent)
    {
    }

    int section = -1;
    QString title;
    QString group;
    QString explanation;
    Kind kind = Words;
    int width = 80;         ///< pixels at 100 % text scale; the least if it stretches
    bool stretches = false; ///< takes a part of what is left
    bool lead = false;      ///< names the row
    bool sortable = true;
    bool showsChange = false; ///< a change is marked for a moment; off for what changes all the time, like ages

Q_SIGNALS:
    void changed();
};

} // namespace orchestra::ui
