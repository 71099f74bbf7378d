// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/qml/testing/access_probe.h"

#include <QAccessible>
#include <QColor>
#include <QCoreApplication>
#include <QKeyEvent>
#include <QMetaEnum>
#include <QQuickWindow>

#include <algorithm>
#include <cmath>

namespace orchestra::testing {

namespace {

bool isShown(const QQuickItem *item)
{
    return item->isVisible() && item->width() > 0 && item->height() > 0;
}

QString roleName(QAccessible::Role role)
{
    const QMetaEnum roles = QMetaEnum::fromType<QAccessible::Role>();
    return QString::fromLatin1(roles.valueToKey(role));
}

QString describe(QQuickItem *item)
{
    QAccessibleInterface *access = QAccessible::queryAccessibleInterface(item);
    return access ? roleName(access->role()) + QStringLiteral(": ") + access->text(QAccessible::Name)
                  : QStringLiteral("nothing: ") + QString::fromLatin1(item->metaObject()->className()) + u' ' +
                        item->objectName();
}

bool isSpoken(QQuickItem *item)
{
    QAccessibleInterface *access = QAccessible::queryAccessibleInterface(item);
    return access && !access->text(QAccessible::Name).isEmpty() && access->role() != QAccessible::NoRole &&
           access->role() != QAccessible::Client;
}

bool isPressable(const QQuickItem *item)
{
    // What a view of Qt puts on its own content is not ours to name.
    if (item->parentItem() && item->parentItem()->inherits("QQuickFlickable"))
        return false;
    return std::ranges::any_of(item->children(),
                               [](const QObject *part) { return part->inherits("QQuickTapHandler"); });
}

/// What is pressed may be a part of what is spoken of: a line of a list, the body of a table.
bool belongsToSpoken(QQuickItem *item)
{
    constexpr int kLevels = 3;
    for (int level = 0; item && level < kLevels; ++level, item = item->parentItem()) {
        if (isSpoken(item))
            return true;
    }
    return false;
}

void collect(QQuickItem *item, QStringList &found)
{
    if (!isShown(item))
        return;
    if ((item->activeFocusOnTab() && !isSpoken(item)) || (isPressable(item) && !belongsToSpoken(item)))
        found.append(QString::fromLatin1(item->metaObject()->className()) + u' ' + describe(item) +
                     (item->parentItem() ? QStringLiteral(" in ") + describe(item->parentItem()) : QString()));
    const QList<QQuickItem *> children = item->childItems();
    for (QQuickItem *child : children)
        collect(child, found);
}

qreal luminance(const QColor &color)
{
    const auto linear = [](qreal part) {
        return part <= 0.04045 ? part / 12.92 : std::pow((part + 0.055) / 1.055, 2.4);
    };
    return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF()) + 0.0722 * linear(color.blueF());
}

} // namespace

AccessProbe::AccessProbe(QObject *parent)
    : QObject(parent)
{
    QAccessible::setActive(true);
}

QStringList AccessProbe::nameless(QQuickItem *root) const
{
    QStringList found;
    collect(root, found);
    return found;
}

QString AccessProbe::spoken(QQuickItem *item) const
{
    return describe(item);
}

QStringList AccessProbe::tabStops(QQuickItem *root) const
{
    QStringList stops;
    QQuickWindow *window = root->window();
    if (!window)
        return stops;
    QList<QQuickItem *> seen;
    constexpr int kMost = 500;
    for (int step = 0; step < kMost; ++step) {
        QQuickItem *item = window->activeFocusItem();
        if (!item || seen.contains(item))
            break;
        seen.append(item);
        if (item == root || root->isAncestorOf(item))
            stops.append(describe(item));
        QKeyEvent press(QEvent::KeyPress, Qt::Key_Tab, Qt::NoModifier);
        QCoreApplication::sendEvent(window, &press);
        QKeyEvent release(QEvent::KeyRelease, Qt::Key_Tab, Qt::NoModifier);
        QCoreApplication::sendEvent(window, &release);
    }
    return stops;
}

qreal AccessProbe::contrast(const QColor &ink, const QColor &surface) const
{
    const qreal a = luminance(ink);
    const qreal b = luminance(surface);
    return (std::max(a, b) + 0.05) / (std::min(a, b) + 0.05);
}

} // namespace orchestra::testing
