// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtQml/qqmlregistration.h>

#include <QObject>
#include <QQuickItem>
#include <QStringList>

namespace orchestra::testing {

/// Looks at a picture as a screen reader and a keyboard do.
class AccessProbe : public QObject
{
    Q_OBJECT
    QML_ELEMENT

public:
    explicit AccessProbe(QObject *parent = nullptr);

    /// One line for every visible thing under `root` that can be operated and has no name or no role.
    Q_INVOKABLE QStringList nameless(QQuickItem *root) const;
    /// "role: name" of the item, from the accessibility tree.
    Q_INVOKABLE QString spoken(QQuickItem *item) const;
    /// Names of what the Tab key reaches, in its order, starting with what has the focus now, until it comes round.
    Q_INVOKABLE QStringList tabStops(QQuickItem *root) const;
    /// Contrast ratio of WCAG 2: 1 to 21. Alpha is ignored.
    Q_INVOKABLE qreal contrast(const QColor &ink, const QColor &surface) const;
};

} // namespace orchestra::testing
