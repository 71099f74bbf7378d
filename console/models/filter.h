// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/models/row_model.h"
#include "shared/wire/row_filter.h"

#include <QObject>
#include <QStringList>
#include <QtQml/qqmlregistration.h>

namespace orchestra {

struct FilterChip
{
    QString word; ///< as typed, without the minus
    bool negated = false;
    bool operator==(const FilterChip &) const = default;
};

/// The words of a filter that are in force.
class FilterChipsModel : public RowModel<FilterChip>
{
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("Built in C++.")

public:
    explicit FilterChipsModel(QObject *parent);
    using RowModel::setRows;
};

/// The filter of a table: text becomes chips, bad syntax leaves the last good filter in force. Lives on: gui.
class Filter : public QObject
{
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("Built in C++.")
    Q_PROPERTY(QString text READ text WRITE setText NOTIFY textChanged)
    Q_PROPERTY(FilterChipsModel *chips READ chips CONSTANT)
    Q_PROPERTY(QString countText READ countText NOTIFY countChanged)
    Q_PROPERTY(bool on READ isOn NOTIFY changed)
    Q_PROPERTY(QString error READ error NOTIFY textChanged)
    Q_PROPERTY(int errorAt READ errorAt NOTIFY textChanged)
    Q_PROPERTY(QStringList completions READ completions NOTIFY textChanged)

public:
    /// `fields` are the names that can stand before a colon.
    Filter(QStringList fields, QObject *parent);

    QString text() const { return text_; }
    void setText(const QString &text);
    FilterChipsModel *chips() { return &chips_; }
    QString countText() const { return countText_; }
    void setCountText(const QString &text);
    bool isOn() const { return !chips_.rows().empty(); }
    QString error() const { return error_; }
    int errorAt() const { return errorAt_; }
    QStringList completions() const;

    /// False on bad syntax: nothing changed.
    Q_INVOKABLE bool commit();
    Q_INVOKABLE void removeChip(int row);
    Q_INVOKABLE void clear();
    Q_INVOKABLE void complete(int index);
    Q_INVOKABLE void save(const QString &name);
    /// Replaces everything by a whole filter text, for example of a deep link.
    bool apply(const QString &whole);

    /// All chips in the filter language, for the server.
    QString whole() const;
    const RowFilter &rowFilter() const { return filter_; }

Q_SIGNALS:
    void textChanged();
    void countChanged();
    void changed();
    void saved(const QString &name, const QString &filter);

private:
    void rebuild(std::vector<FilterChip> chips);
    static QStringList words(const QString &text);

    const QStringList fields_;
    QString text_;
    QString error_;
    QString countText_;
    int errorAt_ = -1;
    FilterChipsModel chips_;
    RowFilter filter_;
};

} // namespace orchestra
