// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/core/resilience/circuit_breaker.h"

#include "tests/support/manual_clock.h"

#include <QTest>

#include <functional>
#include <map>
#include <vector>

using namespace orchestra;
using namespace std::chrono_literals;
using State = wire::BreakerState;
using Override = wire::BreakerOverride;

namespace {

/// Random numbers that always say the same.
class Always final : public RandomSource
{
public:
    explicit Always(double unit)
        : value_(static_cast<std::uint64_t>(unit * 0x1.0p53) << 11U)
    {
    }
    std::uint64_t next() override { return value_; }

private:
    const std::uint64_t value_;
};

/// A breaker to which a story is told in words: `5 fail` is five calls that fail, `hang` a call that never ends,
/// `early` a call that begins now and whose end `late-ok` and `late-fail` tell, `5 s` five seconds that pass.
struct Stage
{
    explicit Stage(double jitter = 0.5)
        : random(jitter)
    {
    }

    void tell(const QByteArray &story)
    {
        int times = 1;
        for (const QByteArray &word : story.split(' ')) {
            bool isNumber = false;
            if (const int number = word.toInt(&isNumber); isNumber) {
                times = number;
                continue;
            }
            for (int i = 0; i < times; ++i)
                act(word);
            times = 1;
        }
    }
    void act(const QByteArray &word)
    {
        const std::map<QByteArray, std::function<void()>> acts{
            {"ok", [this] { call(CallOutcome::Ok); }},
            {"slow", [this] { call(CallOutcome::Slow); }},
            {"fail", [this] { call(CallOutcome::Failed); }},
            {"cancel", [this] { call(CallOutcome::Ignored); }},
            {"hang", [this] { last = breaker.admit(); }},
            {"early", [this] { early = *breaker.admit(); }},
            {"late-ok", [this] { breaker.finish(early, CallOutcome::Ok); }},
            {"late-fail", [this] { breaker.finish(early, CallOutcome::Failed); }},
            {"late-break",
             [this] {
                 breaker.brokeOff({early, CallOutcome::Ok, clock.now()});
             }},
            {"refused", [this] { refusals += breaker.admit() ? 0 : 1; }},
            {"good-probe", [this] { breaker.healthProbe(true); }},
            {"bad-probe", [this] { breaker.healthProbe(false); }},
            {"force-open", [this] { breaker.overrideWith(Override::ForcedOpen, "ann", "ordered", 60s); }},
            {"disable", [this] { breaker.overrideWith(Override::Disabled, "ann", "ordered", 60s); }},
            {"metrics-only", [this] { breaker.overrideWith(Override::MetricsOnly, "ann", "ordered", 60s); }},
            {"clear", [this] { breaker.clearOverride("ann", "given back"); }},
            {"ms", [this] { clock.advance(1ms); }},
            {"s", [this] { clock.advance(1s); }},
        };
        acts.at(word)();
        breaker.poll();
    }
    void call(CallOutcome outcome)
    {
        if (const auto permit = breaker.admit())
            breaker.finish(*permit, outcome);
    }

    ManualClock clock;
    Always random;
    CircuitBreaker breaker{"upstream", {}, clock, random};
    Result<CircuitBreaker::Permit> last = CircuitBreaker::Permit{};
    CircuitBreaker::Permit early;
    int refusals = 0;
};

constexpr const char *kOpen = "5 fail";
constexpr const char *kHalfOpen = "5 fail 5 s";

} // namespace

class TstBreakerTransitions : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyTransition_data()
    {
        QTest::addColumn<QByteArray>("before");
        QTest::addColumn<int>("from");
        QTest::addColumn<QByteArray>("story");
        QTest::addColumn<int>("to");
        QTest::addColumn<QByteArray>("cause"); ///< empty: nothing moves
        const auto row = [](const char *name, const char *before, State from, const char *story, State to,
                            const char *cause) {
            QTest::newRow(name) << QByteArray(before) << int(from) << QByteArray(story) << int(to) << QByteArray(cause);
        };
        constexpr State C = State::Closed;
        constexpr State O = State::Open;
        constexpr State H = State::HalfOpen;
        row("four in a row are not five", "1 ok", C, "4 fail", C, "");
        row("five in a row open", "1 ok", C, "5 fail", O, "5 failures in a row");
        row("a success between starts the row anew", "4 fail 1 ok", C, "4 fail", C, "");
        row("a slow success does too", "4 fail 1 slow", C, "4 fail", C, "");
        row("a cancelled call does not", "4 fail 1 cancel", C, "1 fail", O, "5 failures in a row");
        row("most of 19 are too few calls", "6 ok 4 fail 1 ok 4 fail 1 ok", C, "3 fail", C, "");
        row("half of twenty open", "8 ok 4 fail 1 ok 4 fail 1 ok", C, "2 fail", O, "50 % of 20 calls failed");
        row("less than half do not", "9 ok 4 fail 1 ok 4 fail 1 ok", C, "2 fail", C, "");
        row("four fifths slow open", "4 ok", C, "16 slow", O, "80 % of 20 calls were slow");
        row("fewer slow ones do not", "5 ok", C, "16 slow", C, "");
        row("what is old does not count", "4 ok 15 slow 30 s", C, "1 slow", C, "");
        row("two failed probes are not three", "1 ok", C, "2 bad-probe", C, "");
        row("three failed probes open", "1 ok", C, "3 bad-probe", O, "3 health probes failed in a row");
        row("a good probe between starts the row anew", "2 bad-probe 1 good-probe", C, "2 bad-probe", C, "");
        row("open refuses without moving", kOpen, O, "50 refused", O, "");
        row("open stays open before its time", kOpen, O, "4 s 999 ms", O, "");
        row("open turns half-open by the clock alone", kOpen, O, "5 s", H, "the wait is over");
        row("open turns half-open by a good probe at once", kOpen, O, "1 good-probe", H, "a health probe passed");
        row("open stays open by a bad probe", kOpen, O, "3 bad-probe", O, "");
        row("a call from before it opened does not move it", "1 early 5 fail", O, "1 late-ok", O, "");
        row("two good probes are not enough", kHalfOpen, H, "2 ok", H, "");
        row("three good probes close", kHalfOpen, H, "3 ok", C, "3 probes passed");
        row("one slow probe of three closes", kHalfOpen, H, "1 slow 2 ok", C, "3 probes passed");
        row("three slow probes open", kHalfOpen, H, "3 slow", O, "the probes were slow");
        row("one failed probe opens", kHalfOpen, H, "2 ok 1 fail", O, "a probe failed");
        row("cancelled probes say nothing", kHalfOpen, H, "9 cancel", H, "");
        row("a fourth caller is refused", kHalfOpen, H, "3 hang 9 refused", H, "");
        row("hung probes end with their longest time", kHalfOpen, H, "3 hang 30 s", O,
            "the probes did not finish in time");
        row("nobody calls: the longest time ends it too", kHalfOpen, H, "30 s", O, "the probes did not finish in time");
        row("some pass, then nobody calls", kHalfOpen, H, "2 ok 30 s", O, "the probes did not finish in time");
        row("just before its longest time", kHalfOpen, H, "2 ok 29 s 999 ms", H, "");
        row("health probes close where nobody calls", kHalfOpen, H, "3 good-probe", C, "3 probes passed");
        row("a health probe counts beside calls that passed", kHalfOpen, H, "2 ok 1 good-probe", C, "3 probes passed");
        row("but not while a call is under way", kHalfOpen, H, "1 hang 5 good-probe", H, "");
        row("a bad health probe opens", kHalfOpen, H, "2 ok 1 bad-probe", O, "a health probe failed");
        row("a probe that breaks off opens", kHalfOpen, H, "1 early 1 late-ok 1 late-break", O, "a probe broke off");
        row("an old call that breaks off does not", "1 early 1 late-ok 5 fail 5 s", H, "1 late-break", H, "");
        row("an old failure does not either", "1 early 5 fail 5 s", H, "1 late-fail", H, "");
        row("nor an old success", "1 early 5 fail 5 s 2 ok", H, "1 late-ok", H, "");
        for (const auto &[name, before] : {std::pair("closed", "1 ok"), {"open", kOpen}, {"half-open", kHalfOpen}}) {
            const State from = before == kOpen ? O : before == kHalfOpen ? H : C;
            const QByteArray tag = QByteArray(name) + " is overridden: ";
            row((tag + "forced open").constData(), before, from, "1 force-open", State::ForcedOpen, "ordered");
            row((tag + "disabled").constData(), before, from, "1 disable", State::Disabled, "ordered");
            row((tag + "metrics only").constData(), before, from, "1 metrics-only", State::MetricsOnly, "ordered");
        }
        for (const auto &[name, word, state] : {std::tuple("forced open", "1 force-open", State::ForcedOpen),
                                                {"disabled", "1 disable", State::Disabled},
                                                {"metrics only", "1 metrics-only", State::MetricsOnly}}) {
            const QByteArray tag = QByteArray(name) + ": ";
            row((tag + "failures do not move it").constData(), word, state, "30 fail", state, "");
            row((tag + "probes do not move it").constData(), word, state, "9 bad-probe 9 good-probe", state, "");
            row((tag + "59 s do not move it").constData(), word, state, "59 s", state, "");
            row((tag + "its time ends it").constData(), word, state, "60 s", C, "the override ended");
            row((tag + "an operator ends it").constData(), word, state, "30 fail 1 clear", C, "given back");
        }
    }
    void everyTransition()
    {
        QFETCH(QByteArray, before);
        QFETCH(int, from);
        QFETCH(QByteArray, story);
        QFETCH(int, to);
        QFETCH(QByteArray, cause);
        Stage t;
        t.tell(before);
        QCOMPARE(int(t.breaker.state()), from);
        const auto revision = t.breaker.revision();
        t.tell(story);
        QCOMPARE(int(t.breaker.state()), to);
        QCOMPARE(t.breaker.revision() - revision, std::uint64_t(cause.isEmpty() ? 0 : 1));
        if (!cause.isEmpty()) {
            QCOMPARE(QByteArray::fromStdString(t.breaker.history().back().cause), cause);
            QCOMPARE(int(t.breaker.history().back().fromState), from);
            QCOMPARE(int(t.breaker.history().back().toState), to);
        }
    }

    void waitsWithinItsBounds_data()
    {
        QTest::addColumn<double>("random");
        QTest::addColumn<QList<int>>("waits");
        QTest::newRow("shortest") << 0.0 << QList<int>{3750, 7500, 15000, 15000};
        QTest::newRow("middle") << 0.5 << QList<int>{5000, 10000, 20000, 20000};
        QTest::newRow("longest") << 0.999999999999 << QList<int>{6249, 12499, 24999, 24999};
    }
    void waitsWithinItsBounds()
    {
        QFETCH(double, random);
        QFETCH(QList<int>, waits);
        Stage t(random);
        t.tell(kOpen);
        for (const int wait : waits) {
            QCOMPARE(int((*t.breaker.nextPoll() - t.clock.now()) / 1ms), wait);
            t.clock.advance(std::chrono::milliseconds(wait + 1));
            t.breaker.poll();
            QCOMPARE(t.breaker.state(), State::HalfOpen);
            t.tell("1 fail");
        }
        // An outage of years does not make the next wait longer, and closing makes it short again.
        t.clock.advance(25s);
        t.breaker.poll();
        t.tell("3 ok 5 fail");
        QCOMPARE(int((*t.breaker.nextPoll() - t.clock.now()) / 1ms), waits.front());
    }

    void everyOverrideDoesWhatItSays_data()
    {
        QTest::addColumn<QByteArray>("word");
        QTest::addColumn<bool>("admits");
        QTest::addColumn<quint64>("counted"); ///< of ten failures
        QTest::newRow("forced open") << QByteArray("1 force-open") << false << quint64(0);
        QTest::newRow("disabled") << QByteArray("1 disable") << true << quint64(0);
        QTest::newRow("metrics only") << QByteArray("1 metrics-only") << true << quint64(10);
    }
    void everyOverrideDoesWhatItSays()
    {
        QFETCH(QByteArray, word);
        QFETCH(bool, admits);
        QFETCH(quint64, counted);
        Stage t;
        t.tell(word);
        QCOMPARE(bool(t.breaker.admit()), admits);
        t.tell("10 fail");
        QCOMPARE(quint64(t.breaker.row().failures), counted);
        QCOMPARE(*t.breaker.row().actor, std::string("ann"));
        QCOMPARE(*t.breaker.history().back().actor, std::string("ann"));
        QCOMPARE(t.breaker.history().back().overrideUntil->ms, t.clock.wallMs() + 60000);
        t.tell("60 s");
        QCOMPARE(t.breaker.state(), State::Closed);
        QVERIFY(!t.breaker.history().back().actor); // the clock, not a person
        QCOMPARE(t.breaker.row().failures, std::uint64_t(0));
    }

    void aLeaseEndsWithItsCallsTimeAndThePermitIsGivenOutAgain()
    {
        ManualClock clock;
        Always random(0.5);
        BreakerPolicy policy;
        policy.callTimeout = 10s;
        CircuitBreaker breaker("upstream", policy, clock, random);
        for (int i = 0; i < 5; ++i)
            breaker.finish(*breaker.admit(), CallOutcome::Failed);
        clock.advance(5s);
        std::vector<CircuitBreaker::Permit> lost;
        for (int round = 0; round < 2; ++round) {
            for (int i = 0; i < 3; ++i)
                lost.push_back(*breaker.admit());
            QVERIFY(!breaker.admit());
            clock.advance(9999ms);
            QVERIFY(!breaker.admit());
            clock.advance(1ms);
        }
        for (const auto permit : lost)
            breaker.finish(permit, CallOutcome::Failed); // too late: nobody believes them
        QCOMPARE(breaker.state(), State::HalfOpen);
        for (int i = 0; i < 3; ++i)
            breaker.finish(*breaker.admit(), CallOutcome::Ok);
        QCOMPARE(breaker.state(), State::Closed);
    }
};

QTEST_APPLESS_MAIN(TstBreakerTransitions)
#include "tst_breaker_transitions.moc"
