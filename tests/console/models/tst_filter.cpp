// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/filter.h"
#include "shared/wire/ops_messages.h"

#include <QAbstractItemModelTester>
#include <QTest>

using namespace orchestra;

class TstFilter : public QObject
{
    Q_OBJECT

private:
    static QStringList fields()
    {
        return {QStringLiteral("user_id"), QStringLiteral("phase"), QStringLiteral("idle_ms")};
    }

private Q_SLOTS:
    void turnsWordsIntoChips()
    {
        Filter filter(fields(), nullptr);
        QAbstractItemModelTester tester(filter.chips(), QAbstractItemModelTester::FailureReportingMode::QtTest);
        filter.setText(QStringLiteral("user:ann -phase:closing"));
        QVERIFY(filter.commit());
        QCOMPARE(filter.chips()->rowCount(), 2);
        QCOMPARE(filter.whole(), QStringLiteral("user:ann -phase:closing"));
        QVERIFY(filter.isOn());
        QVERIFY(filter.text().isEmpty());
        wire::ConnectionRow row;
        row.userId = "ann";
        QVERIFY(filter.rowFilter().matches(row));
        row.userId = "ben";
        QVERIFY(!filter.rowFilter().matches(row));
    }

    void keepsTheLastGoodFilterOnBadSyntax()
    {
        Filter filter(fields(), nullptr);
        QVERIFY(filter.apply(QStringLiteral("user:ann")));
        filter.setText(QStringLiteral("idle:>soon"));
        QVERIFY(!filter.commit());
        QVERIFY(!filter.error().isEmpty());
        QCOMPARE(filter.whole(), QStringLiteral("user:ann"));
    }

    void takesChipsAwayAgain()
    {
        Filter filter(fields(), nullptr);
        QVERIFY(filter.apply(QStringLiteral("user:ann phase:active")));
        filter.removeChip(0);
        QCOMPARE(filter.whole(), QStringLiteral("phase:active"));
        filter.removeChip(7);
        filter.clear();
        QVERIFY(!filter.isOn());
    }

    void completesFieldNames()
    {
        Filter filter(fields(), nullptr);
        filter.setText(QStringLiteral("-us"));
        QCOMPARE(filter.completions(), QStringList{QStringLiteral("-user_id:")});
        filter.complete(0);
        QCOMPARE(filter.text(), QStringLiteral("-user_id:"));
    }

    void doesNotAddAChipTwice()
    {
        Filter filter(fields(), nullptr);
        QVERIFY(filter.apply(QStringLiteral("user:ann user:ann")));
        QCOMPARE(filter.chips()->rowCount(), 1);
    }
};

QTEST_GUILESS_MAIN(TstFilter)
#include "tst_filter.moc"
