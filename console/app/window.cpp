// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/app/window.h"

#include "console/app/console.h"
#include "qml/ui/look.h"

#include <QQuickWindow>

namespace orchestra {

Window::Window(Console &console)
    : console_(console)
{
    connect(&engine_, &QQmlEngine::warnings, this, [this](const QList<QQmlError> &errors) {
        for (const QQmlError &error : errors) {
            warnings_ << error.toString();
            Q_EMIT warned(error.toString());
        }
    });
}

Window::~Window() = default;

bool Window::load()
{
    if (!ui::installLook())
        return false;
    engine_.addImportPath(QStringLiteral("qrc:/qt/qml"));
    engine_.setInitialProperties({{QStringLiteral("console"), QVariant::fromValue(&console_)}});
    engine_.load(QUrl(QStringLiteral("qrc:/qt/qml/Orchestra/App/Main.qml")));
    return !engine_.rootObjects().isEmpty();
}

QQuickWindow *Window::window() const
{
    return engine_.rootObjects().isEmpty() ? nullptr : qobject_cast<QQuickWindow *>(engine_.rootObjects().constFirst());
}

} // namespace orchestra
