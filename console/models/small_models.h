// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/models/health.h"
#include "console/models/row_model.h"

#include <QUrl>
#include <QtQml/qqmlregistration.h>

namespace orchestra {

/// A named value of an entity; `target` is a deep link or empty.
struct Fact
{
    QString name;
    QString value;
    int status = Health::Idle;
    bool mono = false;
    QString target;
    bool operator==(const Fact &) const = default;
};

class FactsModel : public RowModel<Fact>
{
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("Built in C++.")

public:
    explicit FactsModel(QObject *parent);
    using RowModel::setRows;
};

/// A step that something went through.
struct Step
{
    QString name;
    QString tookText;
    QString whyText;
    int status = Health::Idle;
    int number = 0; ///< a state may be entered more than once
    bool operator==(const Step &) const = default;
};

class StepsModel : public RowModel<Step>
{
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("Built in C++.")

public:
    explicit StepsModel(QObject *parent);
    using RowModel::setRows;
};

/// A frame in a protocol log.
struct FrameLine
{
    int direction = 0;
    quint64 number = 0; ///< counts the lines
    quint64 sequence = 0;
    QString type;
    qint64 bytes = 0;
    qint64 deltaMs = -1; ///< since the line before; -1 for the first
    QByteArray raw;
    bool operator==(const FrameLine &) const = default;
};

/// The frames of a connection, oldest first, at most kMaxLines.
class FramesModel : public RowModel<FrameLine>
{
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("Built in C++.")
    Q_PROPERTY(int count READ count NOTIFY countChanged)

public:
    enum Direction { Received = 0, Sent = 1, Gap = 2 };
    Q_ENUM(Direction)
    static constexpr int kMaxLines = 2000;

    explicit FramesModel(QObject *parent);

    int count() const { return rowCount(); }
    void replace(std::vector<FrameLine> lines);
    void add(FrameLine line);
    void clear();
    /// The frame as pretty JSON; empty when its content is not there.
    Q_INVOKABLE QString raw(int row) const;
    /// One JSON object a line. False when the file cannot be written.
    Q_INVOKABLE bool exportJsonl(const QUrl &file) const;
    /// Asks who knows where files go to export these frames.
    Q_INVOKABLE void exportJsonl() { Q_EMIT exportWanted(); }

Q_SIGNALS:
    void countChanged();
    void exportWanted();
};

} // namespace orchestra
