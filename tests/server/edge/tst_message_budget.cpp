// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/edge/message_budget.h"
#include "tests/support/manual_clock.h"

#include <QTest>

using namespace orchestra;
using namespace std::chrono_literals;

class TstMessageBudget : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void holdsABurstAndFillsSteadily()
    {
        ManualClock clock;
        MessageBudget budget(20, 40, clock.now());
        for (int i = 0; i < 40; ++i)
            QVERIFY(budget.take(clock.now()));
        QVERIFY(!budget.take(clock.now()));
        QCOMPARE(budget.wait(), 50ms);
        clock.advance(49ms);
        QVERIFY(!budget.take(clock.now()));
        clock.advance(1ms);
        QVERIFY(budget.take(clock.now()));
        QVERIFY(!budget.take(clock.now()));
    }

    void neverHoldsMoreThanABurst()
    {
        ManualClock clock;
        MessageBudget budget(20, 40, clock.now());
        clock.advance(1h);
        int taken = 0;
        while (budget.take(clock.now()))
            ++taken;
        QCOMPARE(taken, 40);
    }

    void allowsTheSustainedRateForever()
    {
        ManualClock clock;
        MessageBudget budget(20, 40, clock.now());
        for (int i = 0; i < 10000; ++i) {
            QVERIFY(budget.take(clock.now()));
            clock.advance(50ms);
        }
    }

    void cheapMessagesCostLess()
    {
        ManualClock clock;
        MessageBudget budget(1, 1, clock.now());
        for (int i = 0; i < 9; ++i)
            QVERIFY(budget.take(clock.now(), 0.1));
        QVERIFY(!budget.take(clock.now()));
        QCOMPARE(budget.wait(0.1), 0ms);
    }

    void tellsWhenTooMuchHappensInAWindow()
    {
        ManualClock clock;
        EventWindow window(10, 1min);
        for (int i = 0; i < 9; ++i) {
            QVERIFY(!window.add(clock.now()));
            clock.advance(5s);
        }
        QVERIFY(window.add(clock.now())); // the tenth, 45 s after the first
        QCOMPARE(window.total(), std::size_t(10));
        clock.advance(1min);
        QVERIFY(!window.add(clock.now()));
    }

    void forgetsWhatIsOlderThanTheWindow()
    {
        ManualClock clock;
        EventWindow window(10, 1min);
        for (int i = 0; i < 100; ++i) {
            QVERIFY(!window.add(clock.now())); // nine fit into any minute
            clock.advance(6700ms);
        }
    }
};

QTEST_APPLESS_MAIN(TstMessageBudget)
#include "tst_message_budget.moc"
