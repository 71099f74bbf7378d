// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtQml/qqmlregistration.h>

#include <QAbstractTableModel>
#include <QList>
#include <QString>
#include <QStringList>

namespace orchestra::testing {

/// A table model with the roles a DataTable wants, filled by a test. Keeps its order while frozen, as a real one must.
class RowModel : public QAbstractTableModel
{
    Q_OBJECT
    QML_ELEMENT
    Q_PROPERTY(bool frozen READ frozen WRITE setFrozen NOTIFY frozenChanged)
    Q_PROPERTY(int heldMoves READ heldMoves NOTIFY heldMovesChanged)
    Q_PROPERTY(int barColumn MEMBER barColumn_ NOTIFY columnsChanged)
    Q_PROPERTY(int columns MEMBER columns_ NOTIFY columnsChanged)

public:
    enum Role { CellStatus = Qt::UserRole + 1, Fraction, Key, Marked, Gone, Dim, PendingText };

    explicit RowModel(QObject *parent = nullptr)
        : QAbstractTableModel(parent)
    {
    }

    [[nodiscard]] bool frozen() const { return frozen_; }
    void setFrozen(bool frozen);
    [[nodiscard]] int heldMoves() const;

    Q_INVOKABLE void add(const QString &key, const QStringList &cells, int status = 0, qreal fraction = qQNaN());
    Q_INVOKABLE void setCell(int row, int column, const QString &text);
    Q_INVOKABLE void setMarked(int row, bool marked);
    Q_INVOKABLE void setPending(int row, const QString &text);
    /// Wants the row at another place: at once, or when thawed.
    Q_INVOKABLE void move(int from, int to);
    Q_INVOKABLE QString keyAt(int row) const { return rows_.value(row).key; }
    Q_INVOKABLE void clear();

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QHash<int, QByteArray> roleNames() const override;

Q_SIGNALS:
    void frozenChanged();
    void columnsChanged();
    void heldMovesChanged();

private:
    struct Row
    {
        QString key;
        QStringList cells;
        int status = 0;
        qreal fraction = qQNaN();
        bool marked = false;
        QString pending;
    };

    void moveNow(int from, int to);

    QList<Row> rows_;
    QList<QPair<int, int>> held_;
    bool frozen_ = false;
    int columns_ = 6;
    int barColumn_ = 5;
};

} // namespace orchestra::testing
