// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/app/palette_sources.h"

#include "console/app/console.h"
#include "console/models/texts.h"

#include <QCoreApplication>

namespace orchestra {
namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("palette", text);
}

/// A command of the palette: what it is called, when it can run and what it does.
struct PaletteCommand
{
    PaletteEntry entry;
    std::function<void()> run;
};

PaletteEntry command(const char *key, const QString &glyph, const QString &title, const QString &detail,
                     const QString &keys)
{
    PaletteEntry entry;
    entry.key = QLatin1String(key);
    entry.kind = PaletteEntry::Command;
    entry.glyph = glyph;
    entry.title = title;
    entry.detail = detail;
    entry.keysText = keys;
    return entry;
}

PaletteCommand actionCommand(const char *key, const QString &glyph, Action &action)
{
    PaletteEntry entry = command(key, glyph, action.title(), {}, action.keysText());
    entry.risk = action.risk();
    entry.reason = action.reason();
    return {std::move(entry), [&action] { action.trigger(); }};
}

std::vector<PaletteCommand> commandsOf(Console &console)
{
    Keymap &keymap = *console.keymap();
    ViewRange &range = *console.range();
    Preferences &preferences = *console.preferences();
    std::vector<PaletteCommand> out;
    out.push_back({command("pause", QStringLiteral("pause"), range.isPaused() ? tr("Go live") : tr("Pause the view"),
                           tr("the intake goes on"), keymap.keysFor(Keymap::Pause)),
                   [&range] { range.setPaused(!range.isPaused()); }});
    out.push_back({command("refresh", QStringLiteral("refresh"), tr("Fresh snapshot"),
                           tr("ask the server for everything anew"), keymap.keysFor(Keymap::Refresh)),
                   [&console] { console.link()->refresh(); }});
    out.push_back({command("faults", QStringLiteral("overview"), tr("Faults only"), tr("hide what is well"),
                           keymap.keysFor(Keymap::FaultsOnly)),
                   [&console] { console.overview()->setFaultsOnly(!console.overview()->faultsOnly()); }});
    out.push_back(
        {command("link", QStringLiteral("link"), tr("Copy link to this view"), {}, keymap.keysFor(Keymap::CopyLink)),
         [&console] { console.navigation()->copyLink(); }});
    out.push_back(
        {command("undo", QStringLiteral("undo"), tr("Undo the last action"), {}, keymap.keysFor(Keymap::Undo)),
         [&console] { console.actions()->undo(); }});
    out.push_back({command("dark", QStringLiteral("settings"), tr("Dark theme"), {}, {}),
                   [&preferences] { preferences.setScheme(Preferences::Dark); }});
    out.push_back({command("light", QStringLiteral("settings"), tr("Light theme"), {}, {}),
                   [&preferences] { preferences.setScheme(Preferences::Light); }});
    out.push_back({command("contrast", QStringLiteral("settings"), tr("High contrast"), {}, {}),
                   [&preferences] { preferences.setScheme(Preferences::Contrast); }});
    out.push_back({command("diagnostics", QStringLiteral("copy"), tr("Copy diagnostics"), tr("no secrets"), {}),
                   [&console] { console.copy(console.diagnostics()); }});
    out.push_back(actionCommand("close", QStringLiteral("close"), *console.connections()->closeAction()));
    out.push_back(actionCommand("close_user", QStringLiteral("close"), *console.connections()->closeUserAction()));
    out.push_back(actionCommand("probe", QStringLiteral("breakers"), *console.breakers()->probeAction()));
    out.push_back(actionCommand("force_open", QStringLiteral("breakers"), *console.breakers()->openAction()));
    out.push_back(actionCommand("force_closed", QStringLiteral("breakers"), *console.breakers()->closeAction()));
    out.push_back(actionCommand("reset_breaker", QStringLiteral("breakers"), *console.breakers()->resetAction()));
    out.push_back(actionCommand("cancel_task", QStringLiteral("tasks"), *console.tasks()->cancelAction()));
    out.push_back(actionCommand("chat_stop", QStringLiteral("chat"), *console.chat()->stopAction()));
    out.push_back(actionCommand("chat_cut", QStringLiteral("chat"), *console.chat()->cutAction()));
    out.push_back(actionCommand("chat_reconnect", QStringLiteral("chat"), *console.chat()->reconnectAction()));
    return out;
}

} // namespace

PaletteSource screensSource(Navigation &navigation, const Keymap &keymap)
{
    PaletteSource source;
    source.entries = [&navigation, &keymap] {
        std::vector<PaletteEntry> out;
        for (const ScreenEntry &screen : navigation.screens()->rows()) {
            PaletteEntry entry;
            entry.key = QStringLiteral("screen/%1/%2").arg(screen.screen).arg(screen.filterText);
            entry.glyph = screen.glyph.isEmpty() ? QStringLiteral("filter") : screen.glyph;
            entry.title = screen.title;
            entry.detail = screen.isChild ? screen.filterText : QString();
            entry.keysText = screen.isChild ? QString() : keymap.keysFor(Keymap::Screen1 + screen.screen - 1);
            out.push_back(std::move(entry));
        }
        return out;
    };
    source.run = [&navigation](const QString &key) {
        navigation.open(key.section(QLatin1Char('/'), 1, 1).toInt(), {}, key.section(QLatin1Char('/'), 2));
    };
    return source;
}

PaletteSource commandsSource(Console &console)
{
    PaletteSource source;
    source.entries = [&console] {
        std::vector<PaletteEntry> out;
        for (PaletteCommand &command : commandsOf(console))
            out.push_back(std::move(command.entry));
        return out;
    };
    source.run = [&console](const QString &key) {
        for (const PaletteCommand &command : commandsOf(console)) {
            if (command.entry.key == key)
                command.run();
        }
    };
    return source;
}

PaletteSource connectionsSource(const Mirror &mirror, Navigation &navigation)
{
    constexpr std::size_t kMost = 500;
    PaletteSource source;
    source.entries = [&mirror] {
        std::vector<PaletteEntry> out;
        for (const auto &[key, row] : mirror.connections()) {
            if (out.size() == kMost)
                break;
            PaletteEntry entry;
            entry.key = QStringLiteral("connection/") + QString::fromStdString(key);
            entry.kind = PaletteEntry::Entity;
            entry.glyph = QStringLiteral("connections");
            entry.title = texts::line(row.userId);
            entry.detail = QStringLiteral("%1, %2").arg(texts::line(row.sessionId), texts::phase(row.phase));
            out.push_back(std::move(entry));
        }
        return out;
    };
    source.run = [&navigation](const QString &key) {
        navigation.open(Navigation::Connections, key.section(QLatin1Char('/'), 1), {});
    };
    return source;
}

} // namespace orchestra
