// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/orchestrator/breaker_board.h"

#include "tests/support/hub_bench.h"

#include <QTest>

using namespace orchestra;
using namespace std::chrono_literals;
using State = wire::BreakerState;

namespace {

struct BoardBench : HubBench
{
    BreakerBoard &board = server->breakerBoard();

    void trip(CircuitBreaker &breaker)
    {
        for (int i = 0; i < 5; ++i)
            if (const auto permit = board.admit(breaker))
                board.finish(breaker, *permit, CallOutcome::Failed);
    }
    std::vector<State> kept(const std::string &breaker) const
    {
        std::vector<State> out;
        for (const wire::BreakerTransition &change : store.transitions)
            if (change.breaker == breaker)
                out.push_back(change.toState);
        return out;
    }
};

using States = std::vector<State>;

} // namespace

class TstBreakerBoard : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void movesItsBreakersByTheClockAlone()
    {
        BoardBench t;
        CircuitBreaker &breaker = t.board.add("a", {});
        t.trip(breaker);
        QCOMPARE(t.board.notClosed(), 1U);
        t.advance(6500ms);
        QCOMPARE(breaker.state(), State::HalfOpen);
        t.advance(30s);
        QCOMPARE(breaker.state(), State::Open); // nobody called
    }

    void writesEachChangeDown()
    {
        BoardBench t;
        t.load();
        CircuitBreaker &breaker = t.board.add("a", {});
        t.trip(breaker);
        t.advance(6500ms);
        for (int i = 0; i < 3; ++i)
            t.board.finish(breaker, *t.board.admit(breaker), CallOutcome::Ok);
        t.settle();
        QCOMPARE(t.kept("a"), (States{State::Open, State::HalfOpen, State::Closed}));
        QCOMPARE(t.store.transitions[0].cause, std::string("5 failures in a row"));
    }

    void writesDownLaterWhatTheStoreCannotTakeNow()
    {
        BoardBench t;
        t.load();
        CircuitBreaker &breaker = t.board.add("a", {});
        t.store.failing = true;
        t.trip(breaker);
        t.advance(6500ms);
        QCOMPARE(breaker.state(), State::HalfOpen);
        QVERIFY(t.store.transitions.empty());
        t.store.failing = false;
        t.advance(BreakerBoard::kSaveAgain);
        QCOMPARE(t.kept("a"), (States{State::Open, State::HalfOpen}));
    }

    void knowsAfterARestartWhatWasBefore()
    {
        BoardBench before;
        before.load();
        before.board.add("a", {}).overrideWith(wire::BreakerOverride::ForcedOpen, "ann", "incident 12", 1h);
        before.trip(before.board.add("b", {}));
        before.settle();

        BoardBench t;
        t.store.transitions = before.store.transitions;
        CircuitBreaker &early = t.board.add("a", {}); // there before the store has been read
        t.load();
        CircuitBreaker &late = t.board.add("b", {}); // found later
        t.settle();
        QCOMPARE(early.state(), State::ForcedOpen);
        QCOMPARE(*early.row().actor, std::string("ann"));
        QCOMPARE(late.state(), State::Closed);
        QCOMPARE(late.history().size(), 2U);
        QCOMPARE(t.kept("b"), (States{State::Open, State::Closed}));
        t.advance(61min);
        QCOMPARE(early.state(), State::Closed);
        QCOMPARE(t.kept("a"), (States{State::ForcedOpen, State::Closed}));
    }

    void countsWhatPasses()
    {
        BoardBench t;
        CircuitBreaker &breaker = t.board.add("a", {});
        const auto permit = *t.board.admit(breaker);
        t.board.finish(breaker, permit, CallOutcome::Ok);
        t.board.brokeOff(breaker, {permit, CallOutcome::Ok, t.clock.now()});
        t.trip(breaker);
        for (int i = 0; i < 3; ++i)
            QVERIFY(!t.board.admit(breaker));
        const auto count = [&](const char *outcome) { return t.counters.breakerCalls[{"a", outcome}]; };
        QCOMPARE(count("ok"), 1U);
        QCOMPARE(count("broke_off"), 1U);
        QCOMPARE(count("failed"), 4U); // with it five in a row
        QCOMPARE(count("rejected"), 4U);
    }

    void tellsConsolesWhatHappened()
    {
        BoardBench t;
        t.load();
        const std::string token = t.addToken("vera", Role::Viewer);
        t.load();
        CircuitBreaker &breaker = t.board.add("a", {});
        t.trip(breaker);
        t.advance(6500ms);
        const ConnectionKey console = t.connect({.token = token, .version = 0, .surface = Surface::Ops});
        t.send(OpsMessage{console, wire::BreakerQuery{"q1", "a", 0, 1}});
        t.settle();
        const auto *newest = std::get_if<wire::BreakerReply>(&t.seen[console].ops.back());
        QVERIFY(newest != nullptr);
        QCOMPARE(newest->transitions.size(), 1U);
        QCOMPARE(newest->transitions[0].toState, State::HalfOpen);
        QCOMPARE(newest->transitions[0].cause, std::string("the wait is over"));
        t.send(OpsMessage{console, wire::BreakerQuery{"q2", "a", newest->nextIndex, 0}});
        t.settle();
        const auto *older = std::get_if<wire::BreakerReply>(&t.seen[console].ops.back());
        QCOMPARE(older->transitions.size(), 1U);
        QCOMPARE(older->transitions[0].toState, State::Open);
        QCOMPARE(older->nextIndex, 0U);
    }
};

QTEST_APPLESS_MAIN(TstBreakerBoard)
#include "tst_breaker_board.moc"
