// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/models/preferences.h"
#include "console/models/row_model.h"

#include <QtQml/qqmlregistration.h>

namespace orchestra {

struct KeyBinding
{
    int command = 0;
    QString title;
    QString group;
    QString keys; ///< portable text, may be empty
    QString standardKeys;
    QString clash; ///< title of another command with the same keys
    bool operator==(const KeyBinding &) const = default;
};

/// Every key of the console, as it is and as it may be changed; the list of the ? sheet. Lives on: gui.
class Keymap : public RowModel<KeyBinding>
{
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("Built in C++.")

public:
    enum Command {
        Palette,
        Screen1,
        Screen2,
        Screen3,
        Screen4,
        Screen5,
        Screen6,
        Screen7,
        Screen8,
        FocusFilter,
        Back,
        Inspector,
        Pause,
        Shorter,
        Longer,
        GoLive,
        FaultsOnly,
        ChartTable,
        CopyId,
        CopyRows,
        ExportCsv,
        Undo,
        CopyLink,
        Related,
        Refresh,
        NextPane,
        PreviousPane,
        Settings,
        Keys,
        Send,
        Stop,
        MarkRow,
        MarkAll
    };
    Q_ENUM(Command)

    /// `preferences` must outlive the map.
    Keymap(Preferences &preferences, QObject *parent);

    /// False when the text is no key.
    Q_INVOKABLE bool rebind(int row, const QString &keys);
    Q_INVOKABLE void reset(int row);
    Q_INVOKABLE void resetAll();
    /// "Ctrl K", for showing beside a command.
    Q_INVOKABLE QString keysFor(int command) const;

private:
    void setKeys(int row, const QString &keys);
    void findClashes();

    Preferences &preferences_;
};

} // namespace orchestra
