// SPDX-License-Identifier: GPL-3.0-or-later
#include "qml/ui/table_layout.h"

#include <QTest>

using orchestra::ui::DataColumn;
using orchestra::ui::TableLayout;

class TstTableLayout : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void theStretchingColumnTakesWhatIsLeft()
    {
        Fixture f;
        f.layout.setRoom(500);
        QCOMPARE(f.layout.widths(), (QList<int>{100, 320, 80}));
        QCOMPARE(f.layout.total(), 500.0);
    }
    void nothingGetsNarrowerThanAsked()
    {
        Fixture f;
        f.layout.setRoom(100);
        QCOMPARE(f.layout.widths(), (QList<int>{100, 60, 80}));
    }
    void hiddenColumnsAreNotWide()
    {
        Fixture f;
        f.layout.setRoom(500);
        f.layout.setHidden({10});
        QCOMPARE(f.layout.widths(), (QList<int>{0, 420, 80}));
        QCOMPARE(f.layout.leading(), 11);
        QVERIFY(!f.layout.shows(10));
    }
    void columnsThatStretchShareWhatIsLeft()
    {
        Fixture f;
        f.columns[2]->stretches = true;
        f.layout.setRoom(501);
        QCOMPARE(f.layout.widths(), (QList<int>{100, 190, 211}));
    }
    void growsWithTheText()
    {
        Fixture f;
        f.layout.setScale(2);
        QCOMPARE(f.layout.widths(), (QList<int>{200, 120, 160}));
    }
    void neverHidesTheLastColumn()
    {
        Fixture f;
        f.layout.setHidden({10, 11});
        QCOMPARE(f.layout.toggled(12), (QList<int>{10, 11}));
        QCOMPARE(f.layout.toggled(10), (QList<int>{11}));
    }
    void knowsColumnsBySection()
    {
        Fixture f;
        QCOMPARE(f.layout.ofSection(12), f.columns[2]);
        QCOMPARE(f.layout.ofSection(99), nullptr);
        QCOMPARE(f.layout.widthOf(99), 0);
    }

private:
    struct Fixture
    {
        Fixture()
        {
            QQmlListProperty<DataColumn> list = layout.columns();
            const int widths[] = {100, 60, 80};
            for (int at = 0; at < 3; ++at) {
                columns[at] = new DataColumn(&layout);
                columns[at]->section = 10 + at;
                columns[at]->width = widths[at];
                columns[at]->stretches = at == 1;
                list.append(&list, columns[at]);
            }
        }
        TableLayout layout;
        DataColumn *columns[3] = {};
    };
};

QTEST_GUILESS_MAIN(TstTableLayout)
#include "tst_table_layout.moc"
