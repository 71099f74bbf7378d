// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/models/health.h"
#include "console/models/row_model.h"

#include <QObject>
#include <QtQml/qqmlregistration.h>

namespace orchestra {

struct ScreenEntry
{
    int screen = 0;
    QString title;
    QString glyph;
    QString keyText;
    int problems = 0;
    int problemStatus = Health::Warn;
    bool isChild = false;
    QString filterText;
    bool isCurrent = false;
    bool operator==(const ScreenEntry &) const = default;
};

/// The rail: the screens there are, each with its saved filters below.
class ScreensModel : public RowModel<ScreenEntry>
{
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("Built in C++.")

public:
    explicit ScreensModel(QObject *parent);
    using RowModel::setRows;
};

/// Where the operator is: screen, entity, filter; the way back, and links to it all. Lives on: gui.
class Navigation : public QObject
{
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("Built in C++.")
    Q_PROPERTY(int screen READ screen WRITE setScreen NOTIFY screenChanged)
    Q_PROPERTY(ScreensModel *screens READ screens CONSTANT)
    Q_PROPERTY(QString deepLink READ deepLink NOTIFY placeChanged)

public:
    enum Screen {
        Overview = 1,
        Connections = 2,
        Chat = 3,
        Breakers = 4,
        Flags = 5,
        Tasks = 6,
        Traces = 7,
        Settings = 8
    };
    Q_ENUM(Screen)

    struct Place
    {
        int screen = Overview;
        QString key;
        QString filter;
        bool operator==(const Place &) const = default;
    };

    explicit Navigation(QObject *parent);

    int screen() const { return place_.screen; }
    /// A screen that does not exist is ignored.
    void setScreen(int screen);
    ScreensModel *screens() { return &screens_; }
    /// orchestra://SERVER/SCREEN/KEY?filter=...&range=...
    QString deepLink() const;
    const Place &place() const { return place_; }

    Q_INVOKABLE void open(int screen, const QString &key, const QString &filter);
    Q_INVOKABLE void openChild(int row);
    /// True when something was left.
    Q_INVOKABLE bool back();
    Q_INVOKABLE void copyLink();
    Q_INVOKABLE void openLink(const QString &link);

    void setServer(const QString &name);
    /// The time range as a word for links; empty for none.
    void setRange(const QString &word);
    /// Problems (not things) of a screen.
    void setProblems(int screen, int count, int status);
    void setSavedFilters(int screen, const QList<std::pair<QString, QString>> &namesAndFilters);
    /// The entity in focus changed within the screen: part of the link, not a step back.
    void noteKey(const QString &key);

Q_SIGNALS:
    void screenChanged();
    void placeChanged();
    /// The screen should show this entity and this filter.
    void placeOpened(const orchestra::Navigation::Place &place);
    void linkWanted(const QString &link);
    /// A link that was opened names a time range.
    void rangeWanted(const QString &word);

private:
    void rebuild();

    ScreensModel screens_{this};
    Place place_;
    std::vector<Place> history_;
    QString server_;
    QString range_;
    QHash<int, std::pair<int, int>> problems_;
    QHash<int, QList<std::pair<QString, QString>>> saved_;
};

} // namespace orchestra
