// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/core/resilience/concurrency_limit.h"

#include <QTest>

using namespace orchestra;
using Outcome = ConcurrencyLimit::Outcome;

class TstConcurrencyLimit : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void givesSoManyPlaces()
    {
        ConcurrencyLimit limit;
        for (int i = 0; i < 20; ++i)
            QVERIFY(limit.enter());
        QVERIFY(!limit.enter());
        limit.leave(Outcome::Ignored);
        QVERIFY(limit.enter());
        QCOMPARE(limit.limit(), std::size_t(20));
    }

    void growsByOneWhileItIsUsed()
    {
        ConcurrencyLimit limit;
        for (int i = 0; i < 10; ++i)
            QVERIFY(limit.enter());
        limit.leave(Outcome::Ok); // half used
        QCOMPARE(limit.limit(), std::size_t(21));
        limit.leave(Outcome::Ok); // 9 of 21: less than half
        QCOMPARE(limit.limit(), std::size_t(21));
    }

    void shrinksByATenthWithEachDropDownToItsLeast()
    {
        ConcurrencyLimit limit;
        QVERIFY(limit.enter());
        limit.leave(Outcome::Dropped);
        QCOMPARE(limit.limit(), std::size_t(18));
        for (int i = 0; i < 100; ++i)
            limit.leave(Outcome::Dropped);
        QCOMPARE(limit.limit(), std::size_t(4));
        QCOMPARE(limit.inFlight(), std::size_t(0));
    }

    void canBeCutToAPartAndGivesOnePlaceAtLeast()
    {
        ConcurrencyLimit limit;
        limit.cutTo(0.25);
        QCOMPARE(limit.limit(), std::size_t(5));
        for (int i = 0; i < 5; ++i)
            QVERIFY(limit.enter());
        QVERIFY(!limit.enter());
        limit.cutTo(0.001);
        QCOMPARE(limit.limit(), std::size_t(1));
        limit.leave(Outcome::Ignored);
        QVERIFY(!limit.enter()); // four are still under way
        limit.cutTo(1);
        QCOMPARE(limit.limit(), std::size_t(20));
        QVERIFY(limit.enter());
    }

    void growsNoFurtherThanItsMost()
    {
        ConcurrencyLimit limit({.least = 1, .first = 2, .most = 3});
        for (int i = 0; i < 10; ++i) {
            QVERIFY(limit.enter());
            QVERIFY(limit.enter());
            limit.leave(Outcome::Ok);
            limit.leave(Outcome::Ok);
        }
        QCOMPARE(limit.limit(), std::size_t(3));
    }
};

QTEST_GUILESS_MAIN(TstConcurrencyLimit)
#include "tst_concurrency_limit.moc"
