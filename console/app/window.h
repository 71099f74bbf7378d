// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QQmlApplicationEngine>
#include <QStringList>

class QQuickWindow;

namespace orchestra {

class Console;

/// The QML window over a console. Collects QML's warnings: there should be none. Lives on: gui.
class Window : public QObject
{
    Q_OBJECT

public:
    /// `console` must outlive the window.
    explicit Window(Console &console);
    ~Window() override;

    /// False when QML could not be loaded; why is in warnings().
    bool load();
    QQuickWindow *window() const;
    const QStringList &warnings() const { return warnings_; }

Q_SIGNALS:
    void warned(const QString &text);

private:
    Console &console_;
    QStringList warnings_;
    QQmlApplicationEngine engine_;
};

} // namespace orchestra
