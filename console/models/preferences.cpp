// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/preferences.h"

#include <QDir>
#include <QFileInfo>

namespace orchestra {

Preferences::Preferences(const QString &file, QObject *parent)
    : QObject(parent)
    , settings_(file, QSettings::IniFormat)
{
    QDir().mkpath(QFileInfo(file).absolutePath());
    scheme_ = qBound<int>(Dark, settings_.value(QStringLiteral("scheme"), scheme_).toInt(), System);
    density_ = qBound<int>(Compact, settings_.value(QStringLiteral("density"), density_).toInt(), Cosy);
    textScale_ = qBound(90, settings_.value(QStringLiteral("text_scale"), textScale_).toInt(), 200);
    reduceMotion_ = settings_.value(QStringLiteral("reduce_motion"), reduceMotion_).toBool();
    utc_ = settings_.value(QStringLiteral("utc"), utc_).toBool();
    railCollapsed_ = settings_.value(QStringLiteral("rail_collapsed"), railCollapsed_).toBool();
    inspectorOpen_ = settings_.value(QStringLiteral("inspector_open"), inspectorOpen_).toBool();
    windowWidth_ = qMax(960, settings_.value(QStringLiteral("window_width"), windowWidth_).toInt());
    windowHeight_ = qMax(600, settings_.value(QStringLiteral("window_height"), windowHeight_).toInt());
    writer_.setSingleShot(true);
    writer_.setInterval(std::chrono::seconds(1));
    connect(&writer_, &QTimer::timeout, this, &Preferences::write);
}

Preferences::~Preferences()
{
    write();
}

void Preferences::keep(const QString &key, const QVariant &value)
{
    dirty_.insert(key, value);
    writer_.start();
}

void Preferences::write()
{
    for (auto entry = dirty_.cbegin(); entry != dirty_.cend(); ++entry)
        settings_.setValue(entry.key(), entry.value());
    dirty_.clear();
    settings_.sync();
}

void Preferences::setWindowWidth(int width)
{
    if (width == windowWidth_ || width < 960)
        return;
    windowWidth_ = width;
    keep(QStringLiteral("window_width"), width);
    Q_EMIT windowChanged();
}

void Preferences::setWindowHeight(int height)
{
    if (height == windowHeight_ || height < 600)
        return;
    windowHeight_ = height;
    keep(QStringLiteral("window_height"), height);
    Q_EMIT windowChanged();
}

QList<int> Preferences::hiddenColumns(const QString &table, const QList<int> &usual) const
{
    const QString key = QStringLiteral("hidden_columns/") + table;
    if (!settings_.contains(key) && !dirty_.contains(key))
        return usual;
    QList<int> columns;
    for (const QString &column : list(key))
        columns << column.toInt();
    return columns;
}

void Preferences::setHiddenColumns(const QString &table, const QList<int> &columns)
{
    QStringList texts;
    for (const int column : columns)
        texts << QString::number(column);
    setList(QStringLiteral("hidden_columns/") + table, texts);
    Q_EMIT columnsChanged();
}

QStringList Preferences::list(const QString &name) const
{
    const auto waiting = dirty_.constFind(name);
    return (waiting == dirty_.cend() ? settings_.value(name) : *waiting).toStringList();
}

void Preferences::setList(const QString &name, const QStringList &values)
{
    keep(name, values);
}

QString Preferences::text(const QString &name) const
{
    const auto waiting = dirty_.constFind(name);
    return (waiting == dirty_.cend() ? settings_.value(name) : *waiting).toString();
}

void Preferences::setText(const QString &name, const QString &value)
{
    keep(name, value);
}

} // namespace orchestra
