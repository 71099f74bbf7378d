// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/keymap.h"

#include <QKeySequence>
#include <QMetaEnum>

#include <array>

namespace orchestra {
namespace {

struct Standard
{
    Keymap::Command command;
    const char *group;
    const char *title;
    const char *keys;
};

constexpr const char *kGo = QT_TRANSLATE_NOOP("orchestra::Keymap", "Go");
constexpr const char *kTime = QT_TRANSLATE_NOOP("orchestra::Keymap", "Time");
constexpr const char *kRows = QT_TRANSLATE_NOOP("orchestra::Keymap", "Rows");
constexpr const char *kChat = QT_TRANSLATE_NOOP("orchestra::Keymap", "Live chat");

/// Screens that this release does not have keep their numbers free.
constexpr std::array kStandard = {
    Standard{Keymap::Palette, kGo, QT_TRANSLATE_NOOP("orchestra::Keymap", "Go to or run"), "Ctrl+K"},
    Standard{Keymap::Screen1, kGo, QT_TRANSLATE_NOOP("orchestra::Keymap", "Overview"), "Ctrl+1"},
    Standard{Keymap::Screen2, kGo, QT_TRANSLATE_NOOP("orchestra::Keymap", "Connections"), "Ctrl+2"},
    Standard{Keymap::Screen3, kGo, QT_TRANSLATE_NOOP("orchestra::Keymap", "Live chat"), "Ctrl+3"},
    Standard{Keymap::Screen4, kGo, QT_TRANSLATE_NOOP("orchestra::Keymap", "Breakers"), "Ctrl+4"},
    Standard{Keymap::Screen6, kGo, QT_TRANSLATE_NOOP("orchestra::Keymap", "Tasks"), "Ctrl+6"},
    Standard{Keymap::Screen8, kGo, QT_TRANSLATE_NOOP("orchestra::Keymap", "Settings"), "Ctrl+8"},
    Standard{Keymap::Settings, kGo, QT_TRANSLATE_NOOP("orchestra::Keymap", "Settings, the usual key"), "Ctrl+,"},
    Standard{Keymap::Back, kGo, QT_TRANSLATE_NOOP("orchestra::Keymap", "One step back"), "Esc"},
    Standard{Keymap::NextPane, kGo, QT_TRANSLATE_NOOP("orchestra::Keymap", "Next pane"), "F6"},
    Standard{Keymap::PreviousPane, kGo, QT_TRANSLATE_NOOP("orchestra::Keymap", "Previous pane"), "Shift+F6"},
    Standard{Keymap::Inspector, kGo, QT_TRANSLATE_NOOP("orchestra::Keymap", "Inspector"), "I"},
    Standard{Keymap::CopyLink, kGo, QT_TRANSLATE_NOOP("orchestra::Keymap", "Copy link to this view"), "Ctrl+L"},
    Standard{Keymap::Refresh, kGo, QT_TRANSLATE_NOOP("orchestra::Keymap", "Fresh snapshot"), "F5"},
    Standard{Keymap::Undo, kGo, QT_TRANSLATE_NOOP("orchestra::Keymap", "Undo the last action"), "Ctrl+Z"},
    Standard{Keymap::Keys, kGo, QT_TRANSLATE_NOOP("orchestra::Keymap", "Keys"), "?"},
    Standard{Keymap::Pause, kTime, QT_TRANSLATE_NOOP("orchestra::Keymap", "Pause the view"), "P"},
    Standard{Keymap::Shorter, kTime, QT_TRANSLATE_NOOP("orchestra::Keymap", "Shorter range"), "["},
    Standard{Keymap::Longer, kTime, QT_TRANSLATE_NOOP("orchestra::Keymap", "Longer range"), "]"},
    Standard{Keymap::GoLive, kTime, QT_TRANSLATE_NOOP("orchestra::Keymap", "Go live"), "L"},
    Standard{Keymap::FaultsOnly, kTime, QT_TRANSLATE_NOOP("orchestra::Keymap", "Faults only"), "F"},
    Standard{Keymap::ChartTable, kTime, QT_TRANSLATE_NOOP("orchestra::Keymap", "Charts as tables"), "T"},
    Standard{Keymap::FocusFilter, kRows, QT_TRANSLATE_NOOP("orchestra::Keymap", "Filter"), "/"},
    Standard{Keymap::MarkRow, kRows, QT_TRANSLATE_NOOP("orchestra::Keymap", "Mark row"), "Space"},
    Standard{Keymap::MarkAll, kRows, QT_TRANSLATE_NOOP("orchestra::Keymap", "Mark all in the filter"), "Ctrl+A"},
    Standard{Keymap::CopyId, kRows, QT_TRANSLATE_NOOP("orchestra::Keymap", "Copy id"), "C"},
    Standard{Keymap::CopyRows, kRows, QT_TRANSLATE_NOOP("orchestra::Keymap", "Copy rows"), "Ctrl+C"},
    Standard{Keymap::ExportCsv, kRows, QT_TRANSLATE_NOOP("orchestra::Keymap", "Export as CSV"), "Ctrl+E"},
    Standard{Keymap::Send, kChat, QT_TRANSLATE_NOOP("orchestra::Keymap", "Send"), "Ctrl+Return"},
    Standard{Keymap::Stop, kChat, QT_TRANSLATE_NOOP("orchestra::Keymap", "Stop the answer"), "Ctrl+."},
};

QString shown(const QString &keys)
{
    return QKeySequence(keys).toString(QKeySequence::NativeText).replace(QLatin1Char('+'), QLatin1Char(' '));
}

bool isBare(const QString &keys)
{
    return !keys.isEmpty() && !keys.contains(QLatin1String("Ctrl+")) && !keys.contains(QLatin1String("Alt+")) &&
           !keys.contains(QLatin1String("Meta+")) && QKeySequence(keys) != QKeySequence(Qt::Key_Escape) &&
           !keys.contains(QLatin1Char('F') + QString::number(5)) && !keys.contains(QLatin1String("F6"));
}

QString settingOf(int command)
{
    return QStringLiteral("keys/%1").arg(QLatin1String(QMetaEnum::fromType<Keymap::Command>().valueToKey(command)));
}

} // namespace

Keymap::Keymap(Preferences &preferences, QObject *parent)
    : RowModel(
          {{"command", [](const KeyBinding &binding) { return QVariant(binding.command); }},
           {"keys", [](const KeyBinding &binding) { return QVariant(binding.keys); }},
           {"keysText", [](const KeyBinding &binding) { return QVariant(shown(binding.keys)); }},
           {"title", [](const KeyBinding &binding) { return QVariant(binding.title); }},
           {"group", [](const KeyBinding &binding) { return QVariant(binding.group); }},
           {"bare", [](const KeyBinding &binding) { return QVariant(isBare(binding.keys)); }},
           {"clash", [](const KeyBinding &binding) { return QVariant(binding.clash); }}},
          [](const KeyBinding &binding) { return QString::number(binding.command); }, parent)
    , preferences_(preferences)
{
    std::vector<KeyBinding> bindings;
    for (const Standard &standard : kStandard) {
        KeyBinding binding;
        binding.command = standard.command;
        binding.title = tr(standard.title);
        binding.group = tr(standard.group);
        binding.standardKeys = QLatin1String(standard.keys);
        const QString own = preferences_.text(settingOf(standard.command));
        binding.keys = own.isEmpty() ? binding.standardKeys : own == QLatin1String("none") ? QString() : own;
        bindings.push_back(std::move(binding));
    }
    setRows(std::move(bindings));
    findClashes();
}

void Keymap::findClashes()
{
    for (int row = 0; row < rowCount(); ++row) {
        QString clash;
        for (int other = 0; other < rowCount(); ++other) {
            const bool isSame =
                other != row && !at(row).keys.isEmpty() && QKeySequence(at(row).keys) == QKeySequence(at(other).keys);
            if (isSame)
                clash = at(other).title;
        }
        if (clash == at(row).clash)
            continue;
        at(row).clash = clash;
        touch(row);
    }
}

void Keymap::setKeys(int row, const QString &keys)
{
    KeyBinding &binding = at(row);
    binding.keys = keys;
    const bool isStandard = keys == binding.standardKeys;
    preferences_.setText(settingOf(binding.command), isStandard       ? QString()
                                                     : keys.isEmpty() ? QStringLiteral("none")
                                                                      : keys);
    touch(row);
    findClashes();
}

bool Keymap::rebind(int row, const QString &keys)
{
    if (row < 0 || row >= rowCount())
        return false;
    const QKeySequence sequence(keys, QKeySequence::PortableText);
    const bool isKey = keys.isEmpty() || (sequence.count() == 1 && sequence[0].key() != Qt::Key_unknown);
    if (isKey)
        setKeys(row, sequence.toString(QKeySequence::PortableText));
    return isKey;
}

void Keymap::reset(int row)
{
    if (row >= 0 && row < rowCount())
        setKeys(row, at(row).standardKeys);
}

void Keymap::resetAll()
{
    for (int row = 0; row < rowCount(); ++row)
        reset(row);
}

QString Keymap::keysFor(int command) const
{
    for (const KeyBinding &binding : rows()) {
        if (binding.command == command)
            return shown(binding.keys);
    }
    return {};
}

} // namespace orchestra
