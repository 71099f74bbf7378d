// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/core/resilience/retry_policy.h"

#include <QTest>

using namespace orchestra;
using namespace std::chrono_literals;

namespace {

const Error kBroken{Code::ProviderError, "broken", true};

} // namespace

class TstRetryPolicy : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void pausesLongerAndLongerWithinItsBounds()
    {
        SeededRandom random(7);
        bool isEverAboveBase = false;
        for (int i = 0; i < 1000; ++i) {
            RetryPauses pauses{RetryPolicy{.extraAttempts = 8}};
            std::chrono::milliseconds last = 200ms;
            while (const auto pause = pauses.next(kBroken, 1h, random)) {
                QVERIFY(*pause >= 200ms && *pause <= 5s);
                QVERIFY(*pause <= 3 * last);
                isEverAboveBase = isEverAboveBase || *pause > 1s;
                last = *pause;
            }
            QCOMPARE(pauses.attempts(), 8U);
        }
        QVERIFY(isEverAboveBase);
    }

    void stopsAfterTwoExtraAttempts()
    {
        SeededRandom random(1);
        RetryPauses pauses{RetryPolicy{}};
        QVERIFY(pauses.next(kBroken, 1h, random));
        QVERIFY(pauses.next(kBroken, 1h, random));
        QVERIFY(!pauses.next(kBroken, 1h, random));
    }

    void doesNotRepeatWhatWillFailAgain()
    {
        SeededRandom random(1);
        RetryPauses pauses{RetryPolicy{}};
        QVERIFY(!pauses.next(Error{Code::Invalid, "no", false}, 1h, random));
        QCOMPARE(pauses.attempts(), 0U);
    }

    void honoursRetryAfterUnlessTimeRunsOut()
    {
        SeededRandom random(1);
        Error busy = kBroken;
        busy.retryAfterMs = 7000;
        RetryPauses pauses{RetryPolicy{}};
        QCOMPARE(*pauses.next(busy, 1h, random), 7000ms);
        QVERIFY(!pauses.next(busy, 7s, random));
    }

    void budgetsRetriesByWhatIsInFlight()
    {
        RetryBudget budget{RetryPolicy{}};
        for (int i = 0; i < 3; ++i) {
            QVERIFY(budget.allowsRetry());
            budget.began(true);
        }
        QVERIFY(!budget.allowsRetry()); // three are under way, and nothing else
        for (int i = 0; i < 17; ++i)
            budget.began(false);
        QVERIFY(budget.allowsRetry()); // fewer than 20 % of 20
        budget.began(true);
        QVERIFY(budget.allowsRetry()); // 4 of 21: 4 < 4.2
        budget.began(true);
        QVERIFY(!budget.allowsRetry());
        budget.ended(true);
        budget.ended(true);
        QVERIFY(budget.allowsRetry());
    }
};

QTEST_GUILESS_MAIN(TstRetryPolicy)
#include "tst_retry_policy.moc"
