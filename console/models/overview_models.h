// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/models/health.h"
#include "console/models/row_model.h"

#include <QHash>
#include <QList>
#include <QPointF>
#include <QtQml/qqmlregistration.h>

namespace orchestra {

/// A number of the overview with its course over the visible range.
struct Tile
{
    QString label;
    QString value;
    QString unit;
    QString changeText;
    int trend = 0; ///< -1, 0, 1
    QString note;
    int status = Health::Idle;
    QList<QPointF> points;
    qreal low = 0;
    qreal high = 1;
    qreal guard = qQNaN();
    QString spoken;
    bool clickable = false;
    int screen = 0; ///< where it leads
    bool operator==(const Tile &) const = default;
};

class TilesModel : public RowModel<Tile>
{
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("Built in C++.")

public:
    explicit TilesModel(QObject *parent);
    using RowModel::setRows;
    Q_INVOKABLE void open(int row);

Q_SIGNALS:
    void opened(int screen);
};

/// Something that needs attention, with the one action that helps.
struct Problem
{
    QString key;
    int status = Health::Warn;
    QString title;
    QString detail;
    QString ageText;
    QString actionText;
    QString actionReason; ///< empty: it can be done
    QString busyText;     ///< what is being done about it now
    QString kind;
    QString target;
    bool operator==(const Problem &) const = default;
};

class ProblemsModel : public RowModel<Problem>
{
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("Built in C++.")
    Q_PROPERTY(int count READ count NOTIFY changed)
    Q_PROPERTY(QString summaryText READ summaryText NOTIFY changed)

public:
    explicit ProblemsModel(QObject *parent);
    int count() const { return rowCount(); }
    QString summaryText() const { return summary_; }
    void replace(std::vector<Problem> problems, const QString &summary);
    /// What is being done about a problem now; empty when nothing is.
    void setBusy(const QString &key, const QString &text);
    Q_INVOKABLE void act(int row);

Q_SIGNALS:
    void changed();
    void actionWanted(const QString &kind, const QString &target, const QString &key);

private:
    QString summary_;
    QHash<QString, QString> busy_; ///< by key
};

struct Change
{
    QString key;
    QString atText;
    QString subject;
    QString change;
    QString actor;
    bool operator==(const Change &) const = default;
};

class ChangesModel : public RowModel<Change>
{
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("Built in C++.")
    Q_PROPERTY(int count READ count NOTIFY changed)

public:
    explicit ChangesModel(QObject *parent);
    int count() const { return rowCount(); }
    void replace(std::vector<Change> changes);

Q_SIGNALS:
    void changed();
};

struct StartupPhase
{
    QString name;
    int status = Health::Idle;
    QString tookText;
    QString detail;
    bool operator==(const StartupPhase &) const = default;
};

/// The seven phases of a server that is not ready yet.
class StartupModel : public RowModel<StartupPhase>
{
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("Built in C++.")
    Q_PROPERTY(bool running READ isRunning NOTIFY changed)
    Q_PROPERTY(int percent READ percent NOTIFY changed)
    Q_PROPERTY(QString headline READ headline NOTIFY changed)

public:
    explicit StartupModel(QObject *parent);
    bool isRunning() const { return running_; }
    int percent() const { return percent_; }
    QString headline() const { return headline_; }
    void replace(std::vector<StartupPhase> phases, bool running);

Q_SIGNALS:
    void changed();

private:
    bool running_ = false;
    int percent_ = 0;
    QString headline_;
};

struct FlagTile
{
    QString name;
    QString stateText;
    int status = Health::Idle;
    QString strategyText;
    QString percentText;
    QString ageText;
    bool operator==(const FlagTile &) const = default;
};

class FlagsModel : public RowModel<FlagTile>
{
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("Built in C++.")
    Q_PROPERTY(int count READ count NOTIFY changed)

public:
    explicit FlagsModel(QObject *parent);
    int count() const { return rowCount(); }
    void replace(std::vector<FlagTile> flags);

Q_SIGNALS:
    void changed();
};

} // namespace orchestra
