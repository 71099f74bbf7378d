// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/models/action.h"
#include "shared/base/clock.h"
#include "shared/wire/ops_messages.h"

#include <QObject>
#include <QStringList>
#include <QtQml/qqmlregistration.h>

namespace orchestra {

/// Five steps from everything to nothing: the one that holds, why, and an operator's word over it. Lives on: gui.
class Degradation : public QObject
{
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("Built in C++.")
    Q_PROPERTY(int level READ level NOTIFY changed)
    Q_PROPERTY(QStringList levels READ levels CONSTANT)
    Q_PROPERTY(QString noteText READ noteText NOTIFY changed)
    Q_PROPERTY(QString causeText READ causeText NOTIFY changed)
    Q_PROPERTY(QString pinText READ pinText NOTIFY changed)
    Q_PROPERTY(QString shedText READ shedText NOTIFY changed)
    Q_PROPERTY(QString inputsText READ inputsText NOTIFY changed)
    Q_PROPERTY(int wanted READ wanted WRITE setWanted NOTIFY choiceChanged)
    Q_PROPERTY(QStringList terms READ terms CONSTANT)
    Q_PROPERTY(int term READ term WRITE setTerm NOTIFY choiceChanged)
    Q_PROPERTY(Action *pinAction READ pinAction CONSTANT)
    Q_PROPERTY(Action *releaseAction READ releaseAction CONSTANT)

public:
    explicit Degradation(QObject *parent);

    /// 1..5; 0 while it is not known.
    int level() const { return level_; }
    QStringList levels() const;
    QString noteText() const { return note_; }
    /// Why the level is what it is, and since when; empty while nothing is known.
    QString causeText() const { return cause_; }
    /// Who holds the level until when, and what it would be else; empty while nobody does.
    QString pinText() const { return pin_; }
    QString shedText() const { return shed_; }
    /// What is measured, in one line.
    QString inputsText() const { return inputs_; }
    /// The level that an operator is about to pin, 1..5.
    int wanted() const { return wanted_; }
    void setWanted(int level);
    /// How long a pin can be asked for: 15 min, 1 h, 4 h.
    QStringList terms() const;
    int term() const { return term_; }
    void setTerm(int term);
    std::chrono::seconds termLength() const;
    /// Holds the wanted level for the chosen term.
    Action *pinAction() { return &pinAction_; }
    /// Gives the level back to what is measured.
    Action *releaseAction() { return &releaseAction_; }

    void take(const wire::DegradationRow *row, WallMs now, int utcOffsetSeconds);
    /// Absent while nothing is known.
    const std::optional<wire::DegradationRow> &row() const { return row_; }
    /// Why operators' actions are not available now; empty when they are.
    void setActionReason(const QString &reason);

Q_SIGNALS:
    void changed();
    void choiceChanged();

private:
    void refreshActions();

    std::optional<wire::DegradationRow> row_;
    int level_ = 0;
    QString note_;
    QString cause_;
    QString pin_;
    QString shed_;
    QString inputs_;
    QString actionReason_;
    int wanted_ = 2;
    int term_ = 0;
    Action pinAction_;
    Action releaseAction_;
};

} // namespace orchestra
