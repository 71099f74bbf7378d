// SPDX-License-Identifier: GPL-3.0-or-later
#include "qml/ui/look.h"

#include <QDir>
#include <QFontDatabase>
#include <QGuiApplication>
#include <QQuickStyle>
#include <QQuickWindow>

namespace orchestra::ui {

bool installLook()
{
    bool loaded = true;
    const QDir fonts(QStringLiteral(":/qt/qml/Orchestra/Ui/fonts"));
    const QStringList files = fonts.entryList({QStringLiteral("*.otf"), QStringLiteral("*.ttf")}, QDir::Files);
    for (const QString &file : files)
        loaded = QFontDatabase::addApplicationFont(fonts.filePath(file)) >= 0 && loaded;

    // Material and Universal need shaders, which the software renderer has not.
    QQuickStyle::setStyle(QStringLiteral("Basic"));
    // Distance-field text is thinner and dimmer at 11 to 13 px under OpenGL; native text is the same in both renderers.
    QQuickWindow::setTextRenderType(QQuickWindow::NativeTextRendering);

    QFont font(QStringLiteral("Inter Tabular"));
    font.setPixelSize(13);
    font.setHintingPreference(QFont::PreferNoHinting);
    QGuiApplication::setFont(font);
    return loaded && !files.isEmpty();
}

} // namespace orchestra::ui
