// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/core/resilience/circuit_breaker.h"

#include "tests/support/manual_clock.h"

#include <QTest>

#include <vector>

using namespace orchestra;
using namespace std::chrono_literals;
using State = wire::BreakerState;

namespace {

/// Random numbers that always say one half: no jitter.
class Half final : public RandomSource
{
public:
    std::uint64_t next() override { return std::uint64_t{1} << 63U; }
};

struct Bench
{
    ManualClock clock;
    Half random;
    BreakerPolicy policy;
    CircuitBreaker breaker{"upstream", policy, clock, random};

    void call(CallOutcome outcome, int times = 1)
    {
        for (int i = 0; i < times; ++i) {
            const auto permit = breaker.admit();
            if (permit)
                breaker.finish(*permit, outcome);
        }
    }
    /// A call whose first token has come.
    CircuitBreaker::Finished begin(CallOutcome outcome = CallOutcome::Ok)
    {
        const CircuitBreaker::Finished call{*breaker.admit(), outcome, clock.now()};
        breaker.finish(call.permit, outcome);
        return call;
    }
    void trip() { call(CallOutcome::Failed, 5); }
    void waitOpen(std::chrono::milliseconds wait)
    {
        clock.advance(wait);
        breaker.poll();
    }
};

} // namespace

class TstCircuitBreaker : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void opensAfterFiveFailuresInARow();
    void oneSuccessBreaksTheRow();
    void opensAtHalfFailedButNotBeforeTwentyCalls();
    void opensWhenMostCallsAreSlow();
    void ignoredCallsCountNeitherWay();
    void whatLeftTheWindowNoLongerCounts();
    void refusesWhileOpenAndTellsHowLong();
    void movesToHalfOpenByTimeWithoutACall();
    void letsExactlyThreeProbesPass();
    void closesAfterThreeGoodProbes();
    void oneFailedProbeOpensForLonger();
    void slowProbesOpenAgainOneDoesNot();
    void waitsTwiceAsLongEachTimeUpToTheCap();
    void theCauseOfAWaitIsJittered();
    void closingResetsTheWait();
    void aLostPermitIsGivenOutAgain();
    void halfOpenCannotHangForEver();
    void withoutCallsHalfOpenEndsTooAndComesBack();
    void halfOpenLastsTwoFirstTokensWhereThatIsLonger();
    void permitsThatWereReturnedUnusedDoNotKeepItHalfOpen();
    void aResultOfAnOlderGenerationIsDropped();
    void healthProbesTripAndRevive();
    void healthProbesCloseABreakerThatNobodyCalls();
    void aBadHealthProbeEndsHalfOpen();
    void forcedOpenRefusesUntilItEnds();
    void disabledLetsPassAndLearnsNothing();
    void metricsOnlyCountsButNeverTrips();
    void rejectionsAreNoFailures();
    void keepsItsHistoryAndTellsOfEachTransition();
    void theRowTellsWhyItHasNotTripped();
    void aCallThatBreaksOffCountsOnceAsAFailure();
    void fiveCallsInARowThatBreakOffOpen();
    void aModelWhoseAnswersMostlyBreakOffOpens();
    void aCallOfAnOlderGenerationThatBreaksOffSaysNothing();
    void goesOnWithAnOverrideFromBeforeARestart();
    void beginsClosedAfterARestartAndSaysSo();
    void whatHappenedSinceTheStartIsNewerThanWhatIsRestored();
};

void TstCircuitBreaker::opensAfterFiveFailuresInARow()
{
    Bench t;
    t.call(CallOutcome::Failed, 4);
    QCOMPARE(t.breaker.state(), State::Closed);
    t.call(CallOutcome::Failed);
    QCOMPARE(t.breaker.state(), State::Open);
    QCOMPARE(t.breaker.row().cause, std::string("5 failures in a row"));
}

void TstCircuitBreaker::oneSuccessBreaksTheRow()
{
    Bench t;
    t.call(CallOutcome::Failed, 4);
    t.call(CallOutcome::Ok);
    t.call(CallOutcome::Failed, 4);
    QCOMPARE(t.breaker.state(), State::Closed);
}

void TstCircuitBreaker::opensAtHalfFailedButNotBeforeTwentyCalls()
{
    Bench t;
    for (int i = 0; i < 9; ++i) {
        t.call(CallOutcome::Ok);
        t.call(CallOutcome::Failed);
    }
    t.call(CallOutcome::Failed);
    QCOMPARE(t.breaker.state(), State::Closed); // 10 of 19
    t.call(CallOutcome::Ok);
    QCOMPARE(t.breaker.state(), State::Open); // 10 of 20
    QCOMPARE(t.breaker.row().cause, std::string("50 % of 20 calls failed"));
}

void TstCircuitBreaker::opensWhenMostCallsAreSlow()
{
    Bench t;
    t.call(CallOutcome::Ok, 4);
    t.call(CallOutcome::Slow, 15);
    QCOMPARE(t.breaker.state(), State::Closed);
    t.call(CallOutcome::Slow);
    QCOMPARE(t.breaker.state(), State::Open);
    QCOMPARE(t.breaker.row().cause, std::string("80 % of 20 calls were slow"));
}

void TstCircuitBreaker::ignoredCallsCountNeitherWay()
{
    Bench t;
    t.call(CallOutcome::Failed, 4);
    t.call(CallOutcome::Ignored, 50);
    QCOMPARE(t.breaker.row().calls, 4U);
    t.call(CallOutcome::Failed);
    QCOMPARE(t.breaker.state(), State::Open);
}

void TstCircuitBreaker::whatLeftTheWindowNoLongerCounts()
{
    Bench t;
    for (int i = 0; i < 9; ++i) {
        t.call(CallOutcome::Failed);
        t.call(CallOutcome::Ok);
    }
    t.clock.advance(29s);
    QCOMPARE(t.breaker.row().calls, 18U);
    t.clock.advance(1s);
    QCOMPARE(t.breaker.row().calls, 0U);
    t.clock.advance(10h);
    t.call(CallOutcome::Ok);
    QCOMPARE(t.breaker.row().calls, 1U);
}

void TstCircuitBreaker::refusesWhileOpenAndTellsHowLong()
{
    Bench t;
    t.trip();
    t.clock.advance(2s);
    const auto refused = t.breaker.admit();
    QVERIFY(!refused);
    QCOMPARE(refused.error().code, Code::BreakerOpen);
    QVERIFY(refused.error().retryable);
    QCOMPARE(*refused.error().retryAfterMs, 3000);
}

void TstCircuitBreaker::movesToHalfOpenByTimeWithoutACall()
{
    Bench t;
    t.trip();
    QVERIFY(*t.breaker.nextPoll() == t.clock.now() + 5s);
    t.waitOpen(4999ms);
    QCOMPARE(t.breaker.state(), State::Open);
    t.waitOpen(1ms);
    QCOMPARE(t.breaker.state(), State::HalfOpen);
}

void TstCircuitBreaker::letsExactlyThreeProbesPass()
{
    Bench t;
    t.trip();
    t.waitOpen(5s);
    for (int i = 0; i < 3; ++i)
        QVERIFY(t.breaker.admit());
    QVERIFY(!t.breaker.admit());
}

void TstCircuitBreaker::closesAfterThreeGoodProbes()
{
    Bench t;
    t.trip();
    t.waitOpen(5s);
    t.call(CallOutcome::Ok, 2);
    QCOMPARE(t.breaker.state(), State::HalfOpen);
    QCOMPARE(t.breaker.row().probesPassed, 2U);
    QVERIFY(t.breaker.admit()); // one permit is left
    QVERIFY(!t.breaker.admit());

    Bench u;
    u.trip();
    u.waitOpen(5s);
    u.call(CallOutcome::Ok, 3);
    QCOMPARE(u.breaker.state(), State::Closed);
    QVERIFY(!u.breaker.nextPoll());
}

void TstCircuitBreaker::oneFailedProbeOpensForLonger()
{
    Bench t;
    t.trip();
    t.waitOpen(5s);
    t.call(CallOutcome::Ok);
    t.call(CallOutcome::Failed);
    QCOMPARE(t.breaker.state(), State::Open);
    QVERIFY(*t.breaker.nextPoll() == t.clock.now() + 10s);
    QCOMPARE(t.breaker.row().reopened, 1U);
}

void TstCircuitBreaker::slowProbesOpenAgainOneDoesNot()
{
    Bench t;
    t.trip();
    t.waitOpen(5s);
    t.call(CallOutcome::Slow, 3);
    QCOMPARE(t.breaker.state(), State::Open);
    QCOMPARE(t.breaker.row().cause, std::string("the probes were slow"));
    t.waitOpen(10s);
    t.call(CallOutcome::Slow);
    t.call(CallOutcome::Ok, 2);
    QCOMPARE(t.breaker.state(), State::Closed);
}

void TstCircuitBreaker::waitsTwiceAsLongEachTimeUpToTheCap()
{
    Bench t;
    t.trip();
    for (const auto wait : {5s, 10s, 20s, 20s, 20s}) {
        QVERIFY(*t.breaker.nextPoll() == t.clock.now() + wait);
        t.waitOpen(wait);
        QCOMPARE(t.breaker.state(), State::HalfOpen);
        t.call(CallOutcome::Failed);
    }
}

void TstCircuitBreaker::theCauseOfAWaitIsJittered()
{
    ManualClock clock;
    SeededRandom random(7);
    std::int64_t shortest = INT64_MAX;
    std::int64_t longest = 0;
    for (int i = 0; i < 300; ++i) {
        CircuitBreaker breaker("upstream", {}, clock, random);
        for (int k = 0; k < 5; ++k)
            breaker.finish(*breaker.admit(), CallOutcome::Failed);
        const auto wait = (*breaker.nextPoll() - clock.now()) / 1ms;
        shortest = std::min<std::int64_t>(shortest, wait);
        longest = std::max<std::int64_t>(longest, wait);
    }
    QVERIFY(shortest >= 3750 && shortest < 4000);
    QVERIFY(longest <= 6250 && longest > 6000);
}

void TstCircuitBreaker::closingResetsTheWait()
{
    Bench t;
    t.trip();
    t.waitOpen(5s);
    t.call(CallOutcome::Failed);
    t.waitOpen(10s);
    t.call(CallOutcome::Ok, 3);
    QCOMPARE(t.breaker.state(), State::Closed);
    t.trip();
    QVERIFY(*t.breaker.nextPoll() == t.clock.now() + 5s);
}

void TstCircuitBreaker::aLostPermitIsGivenOutAgain()
{
    ManualClock clock;
    Half random;
    BreakerPolicy policy;
    policy.callTimeout = 10s;
    CircuitBreaker breaker("upstream", policy, clock, random);
    for (int k = 0; k < 5; ++k)
        breaker.finish(*breaker.admit(), CallOutcome::Failed);
    clock.advance(5s);
    const auto lost = breaker.admit();
    QVERIFY(lost);
    QVERIFY(breaker.admit());
    QVERIFY(breaker.admit());
    QVERIFY(!breaker.admit());
    clock.advance(10s);
    QVERIFY(breaker.admit());
    breaker.finish(*lost, CallOutcome::Failed); // too late to count
    QCOMPARE(breaker.state(), State::HalfOpen);
}

void TstCircuitBreaker::halfOpenCannotHangForEver()
{
    Bench t;
    t.trip();
    t.waitOpen(5s);
    t.call(CallOutcome::Ok);
    QVERIFY(t.breaker.admit()); // a probe that never ends
    QVERIFY(*t.breaker.nextPoll() == t.clock.now() + 30s);
    t.waitOpen(30s);
    QCOMPARE(t.breaker.state(), State::Open);
}

void TstCircuitBreaker::withoutCallsHalfOpenEndsTooAndComesBack()
{
    Bench t;
    t.trip();
    t.waitOpen(5s);
    t.call(CallOutcome::Ok);
    t.waitOpen(29999ms);
    QCOMPARE(t.breaker.state(), State::HalfOpen);
    t.waitOpen(1ms);
    QCOMPARE(t.breaker.state(), State::Open);
    QCOMPARE(t.breaker.row().cause, std::string("the probes did not finish in time"));
    QVERIFY(*t.breaker.nextPoll() == t.clock.now() + 10s); // the second opening
    t.waitOpen(10s);
    QCOMPARE(t.breaker.state(), State::HalfOpen);
    t.call(CallOutcome::Ok, 2);
    QCOMPARE(t.breaker.state(), State::HalfOpen); // the probe of the time before does not count
    t.call(CallOutcome::Ok);
    QCOMPARE(t.breaker.state(), State::Closed);
}

void TstCircuitBreaker::halfOpenLastsTwoFirstTokensWhereThatIsLonger()
{
    ManualClock clock;
    Half random;
    BreakerPolicy policy;
    policy.firstTokenTimeout = 40s;
    CircuitBreaker breaker("upstream", policy, clock, random);
    for (int k = 0; k < 5; ++k)
        breaker.finish(*breaker.admit(), CallOutcome::Failed);
    clock.advance(5s);
    breaker.poll();
    QVERIFY(*breaker.nextPoll() == clock.now() + 80s);
    clock.advance(79s);
    breaker.poll();
    QCOMPARE(breaker.state(), State::HalfOpen);
    clock.advance(1s);
    breaker.poll();
    QCOMPARE(breaker.state(), State::Open);
}

void TstCircuitBreaker::permitsThatWereReturnedUnusedDoNotKeepItHalfOpen()
{
    Bench t;
    t.trip();
    t.waitOpen(5s);
    for (int i = 0; i < 6; ++i) {
        t.call(CallOutcome::Ignored, 4); // cancelled before the dependency said anything
        QCOMPARE(t.breaker.state(), State::HalfOpen);
        t.waitOpen(5s);
    }
    QCOMPARE(t.breaker.state(), State::Open);
}

void TstCircuitBreaker::aResultOfAnOlderGenerationIsDropped()
{
    Bench t;
    const auto early = t.breaker.admit();
    t.trip();
    t.waitOpen(5s);
    QCOMPARE(t.breaker.state(), State::HalfOpen);
    t.breaker.finish(*early, CallOutcome::Failed);
    QCOMPARE(t.breaker.state(), State::HalfOpen);
    t.call(CallOutcome::Ok, 3);
    t.breaker.finish(*early, CallOutcome::Failed);
    QCOMPARE(t.breaker.row().failures, 0U);
}

void TstCircuitBreaker::healthProbesTripAndRevive()
{
    Bench t;
    t.breaker.healthProbe(false);
    t.breaker.healthProbe(false);
    t.breaker.healthProbe(true);
    t.breaker.healthProbe(false);
    t.breaker.healthProbe(false);
    QCOMPARE(t.breaker.state(), State::Closed);
    t.breaker.healthProbe(false);
    QCOMPARE(t.breaker.state(), State::Open);
    t.breaker.healthProbe(true);
    QCOMPARE(t.breaker.state(), State::HalfOpen);
}

void TstCircuitBreaker::healthProbesCloseABreakerThatNobodyCalls()
{
    Bench t;
    for (int i = 0; i < 3; ++i)
        t.breaker.healthProbe(false);
    t.breaker.healthProbe(true);
    QCOMPARE(t.breaker.state(), wire::BreakerState::HalfOpen);
    const auto permit = t.breaker.admit();
    QVERIFY(bool(permit));
    for (int i = 0; i < 5; ++i)
        t.breaker.healthProbe(true); // a call is under way: its outcome says more
    QCOMPARE(t.breaker.state(), wire::BreakerState::HalfOpen);
    t.breaker.finish(*permit, CallOutcome::Ignored);
    for (int i = 0; i < 3; ++i)
        t.breaker.healthProbe(true);
    QCOMPARE(t.breaker.state(), wire::BreakerState::Closed);
}

void TstCircuitBreaker::aBadHealthProbeEndsHalfOpen()
{
    Bench t;
    for (int i = 0; i < 3; ++i)
        t.breaker.healthProbe(false);
    t.breaker.healthProbe(true);
    t.breaker.healthProbe(false);
    QCOMPARE(t.breaker.state(), wire::BreakerState::Open);
}

void TstCircuitBreaker::forcedOpenRefusesUntilItEnds()
{
    Bench t;
    t.breaker.overrideWith(wire::BreakerOverride::ForcedOpen, "ann", "incident 12", 60s);
    QCOMPARE(t.breaker.state(), State::ForcedOpen);
    const auto refused = t.breaker.admit();
    QVERIFY(!refused);
    QCOMPARE(*refused.error().retryAfterMs, 60000);
    QCOMPARE(*t.breaker.row().actor, std::string("ann"));
    QCOMPARE(t.breaker.row().cause, std::string("incident 12"));
    QCOMPARE(t.breaker.row().overrideUntil->ms, t.clock.wallMs() + 60000);
    QVERIFY(*t.breaker.nextPoll() == t.clock.now() + 60s);
    t.waitOpen(60s);
    QCOMPARE(t.breaker.state(), State::Closed);
    QVERIFY(t.breaker.admit());
    QVERIFY(!t.breaker.row().actor);
}

void TstCircuitBreaker::disabledLetsPassAndLearnsNothing()
{
    Bench t;
    t.trip();
    t.breaker.overrideWith(wire::BreakerOverride::Disabled, "ann", "test", 60s);
    t.call(CallOutcome::Failed, 100);
    QCOMPARE(t.breaker.state(), State::Disabled);
    QCOMPARE(t.breaker.row().failures, 5U);
    t.breaker.clearOverride("ann", "done");
    QCOMPARE(t.breaker.state(), State::Closed);
}

void TstCircuitBreaker::metricsOnlyCountsButNeverTrips()
{
    Bench t;
    t.breaker.overrideWith(wire::BreakerOverride::MetricsOnly, "ann", "watch", 60s);
    t.call(CallOutcome::Failed, 100);
    QCOMPARE(t.breaker.state(), State::MetricsOnly);
    QCOMPARE(t.breaker.row().failures, 100U);
    QVERIFY(t.breaker.admit());
}

void TstCircuitBreaker::rejectionsAreNoFailures()
{
    Bench t;
    t.trip();
    for (int i = 0; i < 50; ++i)
        QVERIFY(!t.breaker.admit());
    QCOMPARE(t.breaker.row().rejected, 50U);
    QCOMPARE(t.breaker.row().failures, 5U);
    QCOMPARE(t.breaker.row().outcomes, std::string(20, 'r'));
}

void TstCircuitBreaker::keepsItsHistoryAndTellsOfEachTransition()
{
    Bench t;
    std::vector<State> told;
    t.breaker.onTransition([&](const CircuitBreaker::Transition &change) { told.push_back(change.toState); });
    const auto before = t.breaker.revision();
    t.trip();
    t.waitOpen(5s);
    t.call(CallOutcome::Ok, 3);
    QCOMPARE(told, (std::vector<State>{State::Open, State::HalfOpen, State::Closed}));
    QCOMPARE(t.breaker.revision(), before + 3);
    QCOMPARE(t.breaker.history().size(), 3U);
    QCOMPARE(t.breaker.history().front().fromState, State::Closed);
    for (int i = 0; i < 100; ++i) {
        t.trip();
        t.waitOpen(5s);
        t.call(CallOutcome::Ok, 3);
    }
    QCOMPARE(t.breaker.history().size(), CircuitBreaker::kHistory);
}

void TstCircuitBreaker::theRowTellsWhyItHasNotTripped()
{
    Bench t;
    t.call(CallOutcome::Ok, 7);
    t.call(CallOutcome::Failed, 3);
    const wire::BreakerRow row = t.breaker.row();
    QCOMPARE(row.name, std::string("upstream"));
    QCOMPARE(row.calls, 10U);
    QCOMPARE(row.minimumCalls, 20U);
    QCOMPARE(row.failureRate, 0.3);
    QCOMPARE(row.threshold, 0.5);
    QCOMPARE(row.consecutiveFailures, 3U);
    QCOMPARE(row.outcomes, std::string("ooooooofff"));
    QVERIFY(!row.nextProbeAt && !row.overrideUntil);
}

void TstCircuitBreaker::aCallThatBreaksOffCountsOnceAsAFailure()
{
    Bench t;
    const auto kept = t.begin();
    const auto broken = t.begin(CallOutcome::Slow);
    t.clock.advance(3s);
    t.breaker.brokeOff(broken);
    QCOMPARE(t.breaker.row().calls, 2U);
    QCOMPARE(t.breaker.row().slow, 0U);
    QCOMPARE(t.breaker.row().failures, 1U);
    // Its beginning has left the window, and so has the other's: nothing is taken back from anybody.
    t.clock.advance(28s);
    t.call(CallOutcome::Ok);
    t.breaker.brokeOff(kept);
    QCOMPARE(t.breaker.row().calls, 3U);
    QCOMPARE(t.breaker.row().failures, 2U);

    t.trip();
    t.waitOpen(5s);
    QCOMPARE(t.breaker.state(), State::HalfOpen);
    t.breaker.brokeOff(t.begin());
    QCOMPARE(t.breaker.state(), State::Open);
    QCOMPARE(t.breaker.row().cause, std::string("a probe broke off"));
}

void TstCircuitBreaker::fiveCallsInARowThatBreakOffOpen()
{
    Bench t;
    for (int i = 0; i < 4; ++i)
        t.breaker.brokeOff(t.begin());
    QCOMPARE(t.breaker.row().consecutiveFailures, 4U);
    QCOMPARE(t.breaker.state(), State::Closed);
    t.breaker.brokeOff(t.begin());
    QCOMPARE(t.breaker.state(), State::Open);

    // One after the other, with one that goes well between them.
    Bench other;
    for (int i = 0; i < 8; ++i) {
        other.breaker.brokeOff(other.begin());
        if (i % 4 == 3)
            other.call(CallOutcome::Ok);
    }
    QCOMPARE(other.breaker.state(), State::Closed);
    QCOMPARE(other.breaker.row().consecutiveFailures, 0U);

    // Side by side: all have begun well before the first one breaks off.
    Bench beside;
    std::vector<CircuitBreaker::Finished> calls;
    for (int i = 0; i < 5; ++i)
        calls.push_back(beside.begin());
    for (const auto &call : calls)
        beside.breaker.brokeOff(call);
    QCOMPARE(beside.breaker.state(), State::Open);
}

void TstCircuitBreaker::aModelWhoseAnswersMostlyBreakOffOpens()
{
    // Three of four break off, never five in a row: counted twice each it would be under half for ever.
    Bench t;
    for (int i = 0; i < 20; ++i) {
        QCOMPARE(t.breaker.state(), State::Closed);
        const auto call = t.begin();
        if (i % 4 != 0)
            t.breaker.brokeOff(call);
    }
    QCOMPARE(t.breaker.state(), State::Open);
    // The twentieth had begun, and had not broken off yet.
    QCOMPARE(t.breaker.row().cause, std::string("70 % of 20 calls failed"));
}

void TstCircuitBreaker::aCallOfAnOlderGenerationThatBreaksOffSaysNothing()
{
    Bench t;
    const auto early = t.begin();
    t.trip();
    t.waitOpen(5s);
    t.breaker.brokeOff(early);
    QCOMPARE(t.breaker.state(), State::HalfOpen);
    t.call(CallOutcome::Ok, 3);
    t.breaker.brokeOff(early);
    QCOMPARE(t.breaker.row().failures, 0U);
}

void TstCircuitBreaker::goesOnWithAnOverrideFromBeforeARestart()
{
    Bench before;
    before.breaker.overrideWith(wire::BreakerOverride::ForcedOpen, "ann", "incident 12", 600s);
    Bench t;
    t.clock.advance(200s);
    t.breaker.restore(before.breaker.history());
    QCOMPARE(t.breaker.state(), State::ForcedOpen);
    QCOMPARE(t.breaker.overrideLeft(), 400s);
    QCOMPARE(*t.breaker.row().actor, std::string("ann"));
    QCOMPARE(t.breaker.row().cause, std::string("incident 12"));
    QVERIFY(!t.breaker.admit());
    t.waitOpen(400s);
    QCOMPARE(t.breaker.state(), State::Closed);

    Bench later;
    later.clock.advance(601s);
    later.breaker.restore(before.breaker.history());
    QCOMPARE(later.breaker.state(), State::Closed);
    QCOMPARE(later.breaker.row().cause, std::string("the override ended while the server was down"));
    QVERIFY(later.breaker.admit());
}

void TstCircuitBreaker::beginsClosedAfterARestartAndSaysSo()
{
    Bench before;
    before.trip();
    Bench t;
    t.breaker.restore(before.breaker.history());
    QCOMPARE(t.breaker.state(), State::Closed);
    QCOMPARE(t.breaker.history().size(), 2U);
    QCOMPARE(t.breaker.history().back().fromState, State::Open);
    QCOMPARE(t.breaker.history().back().cause, std::string("the server has started anew"));
    t.trip();
    QCOMPARE(t.breaker.state(), State::Open);
    QCOMPARE(t.breaker.row().history.size(), 3U);
}

void TstCircuitBreaker::whatHappenedSinceTheStartIsNewerThanWhatIsRestored()
{
    Bench before;
    before.breaker.overrideWith(wire::BreakerOverride::ForcedOpen, "ann", "incident 12", 600s);
    Bench t;
    t.trip();
    t.breaker.restore(before.breaker.history());
    QCOMPARE(t.breaker.state(), State::Open);
    QCOMPARE(t.breaker.history().front().toState, State::ForcedOpen);
    QCOMPARE(t.breaker.history().back().toState, State::Open);
}

QTEST_APPLESS_MAIN(TstCircuitBreaker)
#include "tst_circuit_breaker.moc"
