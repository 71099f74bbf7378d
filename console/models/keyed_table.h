// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractTableModel>
#include <QHash>
#include <QSet>
#include <QUrl>
#include <QtQml/qqmlregistration.h>

#include <vector>

namespace orchestra {

/// A table whose rows are known by their keys, so that selection, marks and scroll survive every update. While it is
/// frozen (the pointer or the focus is inside) order and row set are held: values still change, rows that left stay
/// marked as gone, new ones wait; thawing applies it all. It never resets itself. A window of rows that the server has
/// is not held.
/// A derived class tells which keys there are and what their cells say. Lives on: gui.
class KeyedTable : public QAbstractTableModel
{
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("Built in C++.")
    Q_PROPERTY(int sortColumn READ sortColumn WRITE setSortColumn NOTIFY sortChanged)
    Q_PROPERTY(bool sortDescending READ sortDescending WRITE setSortDescending NOTIFY sortChanged)
    Q_PROPERTY(bool frozen READ isFrozen WRITE setFrozen NOTIFY frozenChanged)
    Q_PROPERTY(int heldMoves READ heldMoves NOTIFY heldMovesChanged)
    Q_PROPERTY(int currentRow READ currentRow WRITE select NOTIFY currentChanged)
    Q_PROPERTY(QString currentKey READ currentKey WRITE setCurrentKey NOTIFY currentChanged)
    Q_PROPERTY(QString currentSpoken READ currentSpoken NOTIFY currentChanged)
    Q_PROPERTY(int markedCount READ markedCount NOTIFY marksChanged)
    Q_PROPERTY(int rowTotal READ rowTotal NOTIFY totalsChanged)
    Q_PROPERTY(int total READ total NOTIFY totalsChanged)

public:
    enum Role {
        CellStatusRole = Qt::UserRole + 1,
        FractionRole,
        KeyRole,
        CurrentRole,
        MarkedRole,
        GoneRole,
        PendingTextRole,
        DimRole,
        SpokenRole,
    };

    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QHash<int, QByteArray> roleNames() const override;
    void sort(int column, Qt::SortOrder order) override;

    int sortColumn() const { return sortColumn_; }
    void setSortColumn(int column);
    bool sortDescending() const { return descending_; }
    void setSortDescending(bool descending);
    bool isFrozen() const { return frozen_; }
    void setFrozen(bool frozen);
    int heldMoves() const { return heldMoves_; }
    int currentRow() const;
    QString currentKey() const { return currentKey_; }
    /// The current row as one sentence, for screen readers; empty when there is none.
    QString currentSpoken() const { return rows_.contains(currentKey_) ? spoken(currentKey_) : QString(); }
    void setCurrentKey(const QString &key);
    int markedCount() const { return static_cast<int>(marked_.size()); }
    int rowTotal() const { return static_cast<int>(keys_.size()); }
    virtual int total() const = 0;

    Q_INVOKABLE void select(int row);
    Q_INVOKABLE void toggleMark(int row);
    Q_INVOKABLE void markRange(int from, int to);
    Q_INVOKABLE void markAll();
    Q_INVOKABLE void clearMarks();
    /// The marked rows, else the current one, as tab-separated text with a head.
    QString chosenText() const;
    /// Hands chosenText() to who owns the clipboard.
    Q_INVOKABLE void copyRows() { Q_EMIT copyWanted(chosenText()); }
    /// Every row in view as CSV (RFC 4180). False when the file cannot be written.
    Q_INVOKABLE bool exportCsv(const QUrl &file) const;
    /// Asks who knows where files go to export these rows.
    Q_INVOKABLE void exportCsv() { Q_EMIT exportWanted(); }
    Q_INVOKABLE QString keyAt(int row) const;
    Q_INVOKABLE int rowOf(const QString &key) const;
    /// The rows on screen, for tables that the server windows.
    Q_INVOKABLE void viewport(int first, int last);

    /// Marked keys in row order, else the current key, else nothing.
    QStringList chosenKeys() const;

Q_SIGNALS:
    void sortChanged();
    void frozenChanged();
    void heldMovesChanged();
    void currentChanged();
    void marksChanged();
    void totalsChanged();
    void copyWanted(const QString &text);
    void exportWanted();
    /// QML has scrolled to rows that may not be here yet.
    void viewportChanged(int first, int last);

protected:
    explicit KeyedTable(QObject *parent)
        : QAbstractTableModel(parent)
    {
    }

    /// How values of a column compare: by number when it has one, else by text.
    struct SortValue
    {
        double number = 0;
        QString text;
    };

    // What a derived class tells. A key handed to these is known or was, while the row of one that left is held.
    virtual std::vector<QString> wantedKeys() const = 0; ///< in any order
    virtual QString cellText(const QString &key, int column) const = 0;
    virtual int cellStatus(const QString &key, int column) const = 0;
    virtual qreal cellFraction(const QString &key, int column) const = 0;
    virtual bool isDim(const QString &key, int column) const = 0;
    virtual SortValue sortValue(const QString &key, int column) const = 0;
    virtual QString columnTitle(int column) const = 0;
    virtual QString spoken(const QString &key) const = 0;
    virtual QString pendingText(const QString &key) const = 0;
    /// Rows before and behind those of wantedKeys() that only the server has; both 0 for a table that is all here.
    virtual int rowsBefore() const { return 0; }
    virtual int rowsBehind() const { return 0; }

    /// The keys or their sort values have changed. Keeps what it can.
    void refresh();
    /// Only what these roles say has changed; rows keep their places until the next refresh().
    void touch(const QStringList &keys, const QList<int> &roles);

private:
    std::vector<QString> sorted() const;
    void apply(std::vector<QString> keys);
    void hold(const std::vector<QString> &keys);
    static QVariant placeholder(int role);
    static int rowsHere(const std::vector<QString> &keys);
    void resize(int rows);
    void exchange(const std::vector<QString> &keys, const QSet<QString> &wanted);
    void removeMissing(const QSet<QString> &wanted);
    void valuesChanged();
    void reorder(std::vector<QString> keys);
    void rebuildRows();
    QStringList rowsAsText(const std::vector<int> &rows, QChar separator, bool quoted) const;

    std::vector<QString> keys_; ///< by row; empty text for a row that is not here
    QHash<QString, int> rows_;
    QSet<QString> marked_;
    QSet<QString> gone_;
    QString currentKey_;
    int sortColumn_ = 0;
    int heldMoves_ = 0;
    int awaitedRow_ = -1; ///< was chosen and is not here yet
    bool descending_ = false;
    bool frozen_ = false;
};

} // namespace orchestra
