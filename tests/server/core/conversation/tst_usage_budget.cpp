// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/core/conversation/usage_budget.h"

#include <QTest>

using namespace orchestra;

class TstUsageBudget : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void countsWhatIsReservedAndWhatWasUsed()
    {
        UsageBudget budget(1000);
        auto share = budget.reserve(100, 300);
        QVERIFY(share);
        QCOMPARE(share->tokens(), 300U);
        QCOMPARE(budget.left(), 700U);
        share->settle(120);
        QCOMPARE(budget.used(), 120U);
        QCOMPARE(budget.reserved(), 0U);
        QCOMPARE(budget.left(), 880U);
        share->settle(500); // once only
        QCOMPARE(budget.used(), 120U);
    }

    void callsSideBySideCannotCountOnTheSameTokens()
    {
        UsageBudget budget(1000);
        const auto first = budget.reserve(100, 600);
        const auto second = budget.reserve(100, 600);
        QCOMPARE(second->tokens(), 400U);
        QVERIFY(!budget.reserve(1, 600));
        QVERIFY(first);
    }

    void givesBackWhatWasNeverSettled()
    {
        UsageBudget budget(1000);
        {
            const auto share = budget.reserve(1, 1000);
            QCOMPARE(budget.left(), 0U);
        }
        QCOMPARE(budget.left(), 1000U);
        QCOMPARE(budget.used(), 0U);
    }

    void givesLessThanWantedButNeverLessThanNeeded()
    {
        UsageBudget budget(100);
        QVERIFY(!budget.reserve(101, 200));
        QCOMPARE(budget.reserve(100, 200)->tokens(), 100U);
    }

    void growsWhileThereIsSomethingLeft()
    {
        UsageBudget budget(100);
        auto share = budget.reserve(10, 50);
        QVERIFY(share->grow(30));
        QCOMPARE(share->tokens(), 80U);
        QVERIFY(share->grow(30));
        QCOMPARE(share->tokens(), 100U);
        QVERIFY(!share->grow(1));
    }

    void aCallThatUsedMoreThanItReservedLeavesNothing()
    {
        UsageBudget budget(100);
        auto share = budget.reserve(10, 50);
        share->settle(500);
        QCOMPARE(budget.left(), 0U);
        QCOMPARE(budget.used(), 500U);
        QVERIFY(!budget.reserve(1, 1));
    }

    void aMovedShareIsSettledOnce()
    {
        UsageBudget budget(100);
        auto first = budget.reserve(10, 50);
        auto second = budget.reserve(10, 20);
        *first = std::move(*second);
        QCOMPARE(budget.reserved(), 20U);
        first->settle(5);
        second->settle(70);
        QCOMPARE(budget.used(), 5U);
        QCOMPARE(budget.reserved(), 0U);
    }
};

QTEST_GUILESS_MAIN(TstUsageBudget)
#include "tst_usage_budget.moc"
