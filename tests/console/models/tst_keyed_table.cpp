// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/keyed_table.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <map>
#include <random>

using namespace orchestra;

namespace {

/// Names with numbers; the server may hold more of them than are here.
class Numbers : public KeyedTable
{
public:
    enum Column { NameColumn, NumberColumn, ColumnCount };

    Numbers()
        : KeyedTable(nullptr)
    {
    }

    std::map<QString, int> known;
    QString filter;
    int before = 0;
    int behind = 0;

    int columnCount(const QModelIndex &parent = {}) const override { return parent.isValid() ? 0 : ColumnCount; }
    int total() const override { return before + static_cast<int>(known.size()) + behind; }
    using KeyedTable::refresh;
    using KeyedTable::touch;

    QStringList keys() const
    {
        QStringList out;
        for (int row = 0; row < rowTotal(); ++row)
            out << keyAt(row);
        return out;
    }
    QString cell(int row, int column, int role = Qt::DisplayRole) const
    {
        return data(index(row, column), role).toString();
    }
    bool flag(int row, int role) const { return data(index(row, 0), role).toBool(); }

protected:
    std::vector<QString> wantedKeys() const override
    {
        std::vector<QString> out;
        for (const auto &[key, number] : known) {
            if (key.contains(filter))
                out.push_back(key);
        }
        return out;
    }
    QString cellText(const QString &key, int column) const override
    {
        const auto found = known.find(key);
        if (column == NameColumn)
            return key;
        return found == known.end() ? QString() : QString::number(found->second);
    }
    int cellStatus(const QString &, int) const override { return 1; }
    qreal cellFraction(const QString &, int) const override { return 0.5; }
    bool isDim(const QString &, int) const override { return true; }
    SortValue sortValue(const QString &key, int column) const override
    {
        const auto found = known.find(key);
        if (column == NameColumn || found == known.end())
            return {0, key};
        return {static_cast<double>(found->second), {}};
    }
    QString columnTitle(int column) const override
    {
        return column == NameColumn ? QStringLiteral("Name") : QStringLiteral("Number");
    }
    QString spoken(const QString &key) const override { return QStringLiteral("row ") + key; }
    QString pendingText(const QString &key) const override
    {
        return key == pendingKey ? QStringLiteral("busy") : QString();
    }
    int rowsBefore() const override { return before; }
    int rowsBehind() const override { return behind; }

public:
    QString pendingKey;
};

} // namespace

/// Rows that keep their identity through every change.
class TstKeyedTable : public QObject
{
    Q_OBJECT

private:
    static void fill(Numbers &table, std::initializer_list<std::pair<const QString, int>> rows)
    {
        table.known = rows;
        table.refresh();
    }

private Q_SLOTS:
    void sortsByTheColumnAndKeepsEqualRowsInOneOrder()
    {
        Numbers table;
        fill(table, {{u"c"_qs, 1}, {u"a"_qs, 2}, {u"b"_qs, 1}});
        QCOMPARE(table.keys(), QStringList({u"a"_qs, u"b"_qs, u"c"_qs}));
        table.setSortColumn(Numbers::NumberColumn);
        QCOMPARE(table.keys(), QStringList({u"b"_qs, u"c"_qs, u"a"_qs}));
        table.setSortDescending(true);
        QCOMPARE(table.keys(), QStringList({u"a"_qs, u"b"_qs, u"c"_qs}));
        table.sort(99, Qt::AscendingOrder);
        QCOMPARE(table.sortColumn(), int(Numbers::NumberColumn));
    }

    void keepsTheCurrentRowAndTheMarksWhenRowsMove()
    {
        Numbers table;
        fill(table, {{u"a"_qs, 1}, {u"b"_qs, 2}, {u"c"_qs, 3}});
        table.setSortColumn(Numbers::NumberColumn);
        table.select(1);
        table.toggleMark(2);
        const QPersistentModelIndex kept = table.index(0, 1);
        table.known[u"a"_qs] = 9;
        table.known[u"_"_qs] = 0;
        table.refresh();
        QCOMPARE(table.keys(), QStringList({u"_"_qs, u"b"_qs, u"c"_qs, u"a"_qs}));
        QCOMPARE(table.currentKey(), u"b"_qs);
        QCOMPARE(table.currentRow(), 1);
        QVERIFY(table.flag(1, KeyedTable::CurrentRole));
        QCOMPARE(table.currentSpoken(), u"row b"_qs);
        QVERIFY(table.flag(2, KeyedTable::MarkedRole));
        QCOMPARE(kept.row(), 3);
        QCOMPARE(kept.column(), 1);
    }

    void forgetsMarksOfRowsThatLeft()
    {
        Numbers table;
        fill(table, {{u"a"_qs, 1}, {u"b"_qs, 2}});
        table.markAll();
        QCOMPARE(table.markedCount(), 2);
        table.known.erase(u"a"_qs);
        table.refresh();
        QCOMPARE(table.markedCount(), 1);
        QCOMPARE(table.chosenKeys(), QStringList{u"b"_qs});
        table.clearMarks();
        QVERIFY(table.chosenKeys().isEmpty());
        table.setCurrentKey(u"b"_qs);
        QCOMPARE(table.chosenKeys(), QStringList{u"b"_qs});
    }

    void marksARangeInEitherDirection()
    {
        Numbers table;
        fill(table, {{u"a"_qs, 1}, {u"b"_qs, 2}, {u"c"_qs, 3}, {u"d"_qs, 4}});
        table.markRange(2, 1);
        QCOMPARE(table.chosenKeys(), QStringList({u"b"_qs, u"c"_qs}));
        table.toggleMark(1);
        QCOMPARE(table.chosenKeys(), QStringList{u"c"_qs});
        table.toggleMark(77);
        QCOMPARE(table.markedCount(), 1);
    }

    void holdsItsRowsWhileFrozen()
    {
        Numbers table;
        fill(table, {{u"a"_qs, 1}, {u"b"_qs, 2}, {u"c"_qs, 3}});
        table.setFrozen(true);
        QSignalSpy held(&table, &KeyedTable::heldMovesChanged);
        table.known.erase(u"b"_qs);
        table.known[u"aa"_qs] = 5;
        table.known[u"a"_qs] = 7;
        table.refresh();
        QCOMPARE(table.keys(), QStringList({u"a"_qs, u"b"_qs, u"c"_qs}));
        QVERIFY(table.flag(1, KeyedTable::GoneRole));
        QVERIFY(!table.flag(0, KeyedTable::GoneRole));
        QCOMPARE(table.cell(0, Numbers::NumberColumn), u"7"_qs);
        QVERIFY(table.heldMoves() > 0);
        QCOMPARE(held.count(), 1);
        table.setFrozen(false);
        QCOMPARE(table.keys(), QStringList({u"a"_qs, u"aa"_qs, u"c"_qs}));
        QCOMPARE(table.heldMoves(), 0);
        QVERIFY(!table.flag(1, KeyedTable::GoneRole));
    }

    void followsAWishToSortAlsoWhileFrozen()
    {
        Numbers table;
        fill(table, {{u"a"_qs, 1}, {u"b"_qs, 2}});
        table.setFrozen(true);
        table.setSortDescending(true);
        QCOMPARE(table.keys(), QStringList({u"b"_qs, u"a"_qs}));
    }

    void doesNotResetWhenRowsComeAndGo()
    {
        Numbers table;
        fill(table, {{u"a"_qs, 1}, {u"b"_qs, 2}, {u"c"_qs, 3}});
        QSignalSpy resets(&table, &QAbstractItemModel::modelReset);
        table.known.erase(u"a"_qs);
        table.known[u"d"_qs] = 0;
        table.refresh();
        table.before = 3;
        table.behind = 4;
        table.refresh();
        QCOMPARE(table.rowTotal(), 10);
        table.behind = 5;
        table.known[u"e"_qs] = 0;
        table.refresh();
        QCOMPARE(table.rowTotal(), 12);
        table.before = 0;
        table.behind = 0;
        table.refresh();
        QCOMPARE(table.rowTotal(), 4);
        QCOMPARE(resets.count(), 0);
    }

    void emitsNoMovesWhenNothingMoved()
    {
        Numbers table;
        fill(table, {{u"a"_qs, 1}, {u"b"_qs, 2}});
        QSignalSpy layout(&table, &QAbstractItemModel::layoutChanged);
        QSignalSpy inserted(&table, &QAbstractItemModel::rowsInserted);
        table.known[u"a"_qs] = 5;
        table.refresh();
        QCOMPARE(layout.count(), 0);
        QCOMPARE(inserted.count(), 0);
    }

    void showsPlacesForRowsThatOnlyTheServerHas()
    {
        Numbers table;
        table.before = 2;
        table.behind = 1;
        fill(table, {{u"m"_qs, 1}});
        QCOMPARE(table.rowTotal(), 4);
        QCOMPARE(table.keys(), QStringList({QString(), QString(), u"m"_qs, QString()}));
        QCOMPARE(table.cell(0, 0), QString());
        QCOMPARE(table.data(table.index(0, 0), KeyedTable::CellStatusRole).toInt(), 4);
        QVERIFY(qIsNaN(table.data(table.index(0, 0), KeyedTable::FractionRole).toDouble()));
        QVERIFY(!table.flag(0, KeyedTable::GoneRole));
        QCOMPARE(table.rowOf(u"m"_qs), 2);
        QSignalSpy viewport(&table, &KeyedTable::viewportChanged);
        table.viewport(-3, 99);
        QCOMPARE(viewport.constFirst().at(0).toInt(), 0);
        QCOMPARE(viewport.constFirst().at(1).toInt(), 3);
    }

    void choosesARowThatIsOnItsWay()
    {
        Numbers table;
        table.behind = 9;
        fill(table, {{u"a"_qs, 1}});
        table.select(9);
        QCOMPARE(table.currentRow(), 9);
        QCOMPARE(table.currentKey(), QString());
        QCOMPARE(table.currentSpoken(), QString());
        table.known = {{u"z"_qs, 26}};
        table.before = 9;
        table.behind = 0;
        QSignalSpy current(&table, &KeyedTable::currentChanged);
        table.refresh();
        QCOMPARE(table.currentKey(), u"z"_qs);
        QCOMPARE(table.currentRow(), 9);
        QCOMPARE(current.count(), 1);
        table.select(3);
        QCOMPARE(table.currentRow(), 3);
        table.before = 1;
        table.refresh();
        QCOMPARE(table.currentRow(), -1);
        table.select(99);
        QCOMPARE(table.currentRow(), -1);
    }

    void tellsEveryFactOfACell()
    {
        Numbers table;
        table.pendingKey = u"a"_qs;
        fill(table, {{u"a"_qs, 1}});
        const QHash<int, QByteArray> roles = table.roleNames();
        for (const char *name :
             {"display", "cellStatus", "fraction", "key", "current", "marked", "gone", "pendingText", "dim", "spoken"})
            QVERIFY2(roles.key(name, -1) >= 0, name);
        QCOMPARE(table.cell(0, 1), u"1"_qs);
        QCOMPARE(table.cell(0, 0, KeyedTable::PendingTextRole), u"busy"_qs);
        QCOMPARE(table.cell(0, 0, KeyedTable::SpokenRole), u"row a"_qs);
        QCOMPARE(table.cell(0, 0, KeyedTable::KeyRole), u"a"_qs);
        QVERIFY(table.flag(0, KeyedTable::DimRole));
        QVERIFY(!table.data(table.index(0, 0), Qt::DecorationRole).isValid());
        QVERIFY(!table.data({}, Qt::DisplayRole).isValid());
    }

    void copiesTheChosenRowsWithAHead()
    {
        Numbers table;
        fill(table, {{u"a"_qs, 1}, {u"b"_qs, 2}});
        QSignalSpy copied(&table, &KeyedTable::copyWanted);
        table.select(1);
        table.copyRows();
        QCOMPARE(copied.constFirst().constFirst().toString(), u"Name\tNumber\nb\t2"_qs);
    }

    void exportsCsvThatNoSpreadsheetRuns()
    {
        Numbers table;
        fill(table, {{u"=1+1"_qs, 1}, {u"say \"hi\""_qs, -2}});
        QTemporaryDir folder;
        const QString file = folder.filePath(u"out.csv"_qs);
        QVERIFY(table.exportCsv(QUrl::fromLocalFile(file)));
        QFile written(file);
        QVERIFY(written.open(QIODevice::ReadOnly));
        QCOMPARE(written.readAll(),
                 QByteArray("\"Name\",\"Number\"\r\n\"'=1+1\",\"1\"\r\n\"say \"\"hi\"\"\",\"'-2\"\r\n"));
        QVERIFY(!table.exportCsv(QUrl::fromLocalFile(folder.filePath(u"none/out.csv"_qs))));
    }

    /// Whatever happens in whatever order: the model keeps its promises to views, and thawed it shows the truth.
    void keepsItsPromisesThroughRandomChanges()
    {
        for (unsigned seed = 1; seed <= 12; ++seed) {
            std::mt19937 random(seed);
            const auto below = [&random](int limit) {
                return static_cast<int>(random() % static_cast<unsigned>(limit));
            };
            Numbers table;
            QAbstractItemModelTester tester(&table, QAbstractItemModelTester::FailureReportingMode::Fatal);
            QList<QPersistentModelIndex> kept;
            for (int step = 0; step < 300; ++step) {
                switch (below(12)) {
                case 0:
                case 1:
                case 2:
                    for (int i = below(5); i >= 0; --i)
                        table.known[QStringLiteral("k%1").arg(below(60))] = below(10);
                    break;
                case 3:
                case 4:
                    for (int i = below(5); i >= 0 && !table.known.empty(); --i)
                        table.known.erase(std::next(table.known.begin(), below(static_cast<int>(table.known.size()))));
                    break;
                case 5:
                    table.sort(below(2), below(2) == 0 ? Qt::AscendingOrder : Qt::DescendingOrder);
                    break;
                case 6:
                    table.filter = below(2) == 0 ? QString() : QString::number(below(10));
                    break;
                case 7:
                    table.setFrozen(!table.isFrozen());
                    break;
                case 8:
                    table.toggleMark(below(60));
                    break;
                case 9:
                    table.select(below(60) - 1);
                    break;
                case 10:
                    table.before = below(4) == 0 ? below(30) : table.before;
                    table.behind = below(4) == 0 ? below(30) : table.behind;
                    break;
                default:
                    if (table.rowTotal() > 0)
                        kept << table.index(below(table.rowTotal()), below(2));
                    break;
                }
                table.refresh();
                for (const QPersistentModelIndex &index : kept)
                    QVERIFY(!index.isValid() || index.row() < table.rowTotal());
            }
            table.before = 0;
            table.behind = 0;
            table.filter.clear();
            table.sort(Numbers::NumberColumn, Qt::AscendingOrder);
            table.setFrozen(false);
            table.refresh();
            std::vector<std::pair<int, QString>> truth;
            for (const auto &[key, number] : table.known)
                truth.emplace_back(number, key);
            std::ranges::sort(truth);
            QStringList expected;
            for (const auto &[number, key] : truth)
                expected << key;
            QCOMPARE(table.keys(), expected);
            for (const QString &key : table.chosenKeys())
                QVERIFY(table.known.contains(key));
        }
    }
};

QTEST_GUILESS_MAIN(TstKeyedTable)
#include "tst_keyed_table.moc"
