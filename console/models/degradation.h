// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/wire/ops_messages.h"

#include <QObject>
#include <QStringList>
#include <QtQml/qqmlregistration.h>

namespace orchestra {

/// Five steps from everything to nothing. Lives on: gui.
class Degradation : public QObject
{
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("Built in C++.")
    Q_PROPERTY(int level READ level NOTIFY changed)
    Q_PROPERTY(QStringList levels READ levels CONSTANT)
    Q_PROPERTY(QString noteText READ noteText NOTIFY changed)
    Q_PROPERTY(QString shedText READ shedText NOTIFY changed)

public:
    explicit Degradation(QObject *parent)
        : QObject(parent)
    {
    }

    /// 1..5; 0 while it is not known.
    int level() const { return level_; }
    QStringList levels() const;
    QString noteText() const { return note_; }
    QString shedText() const { return shed_; }
    void take(const wire::DegradationRow *row);

Q_SIGNALS:
    void changed();

private:
    int level_ = 0;
    QString note_;
    QString shed_;
};

} // namespace orchestra
