// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/core/resilience/circuit_breaker.h"

#include "tests/support/manual_clock.h"

#include <QTest>

#include <algorithm>
#include <array>
#include <deque>
#include <functional>
#include <vector>

using namespace orchestra;
using namespace std::chrono_literals;
using State = wire::BreakerState;
using Override = wire::BreakerOverride;

namespace {

constexpr auto kStep = 100ms;
constexpr auto kDay = 24h;

std::uint64_t seed()
{
    bool given = false;
    const qulonglong fromEnvironment = qEnvironmentVariable("ORCHESTRA_SEED").toULongLong(&given);
    return given ? fromEnvironment : 0x20261120U;
}

/// One dependency through a day in which it is well, fails, is slow, hangs and flaps, for random times; with callers
/// who come often, rarely or not at all, who cancel, and who knock in vain as often as `knocks`; with health probes
/// that may lie; and with operators.
class Day
{
public:
    Day(std::uint64_t seed, int knocks)
        : events_(seed)
        , jitter_(seed + 1)
        , knocks_(knocks)
        , breaker_("upstream", {}, clock_, jitter_)
    {
        breaker_.onTransition([this](const wire::BreakerTransition &change) { moved(change); });
    }

    void pass(std::chrono::milliseconds time)
    {
        for (std::chrono::milliseconds gone{0}; gone < time; gone += kStep)
            step();
    }
    /// From now on it is well, somebody calls, and its health is looked at.
    void getWell()
    {
        until_ = clock_.now() + kDay;
        weather_ = Weather::Well;
        callsPerStep_ = 0;
        probesEvery_ = 20;
        mayOverride_ = false;
    }
    void callOften() { callsPerStep_ = 0.5; }

    State state() const { return breaker_.state(); }
    const std::vector<wire::BreakerTransition> &moves() const { return moves_; }
    std::vector<std::string> complaints;
    std::uint64_t refusals = 0;
    std::uint64_t calls = 0;

private:
    enum class Weather { Well, Failing, Slow, Hanging, Flapping, Half };
    struct Call
    {
        CircuitBreaker::Permit permit;
        MonotonicTime end;
        CallOutcome outcome;
    };

    void step()
    {
        clock_.advance(kStep);
        if (clock_.now() >= until_)
            changeWeather();
        breaker_.poll();
        operate();
        endCalls();
        for (owed_ += callsPerStep_; owed_ >= 1; owed_ -= 1)
            begin();
        if (probesEvery_ > 0 && ++sinceProbe_ >= probesEvery_) {
            sinceProbe_ = 0;
            breaker_.healthProbe(weather_ == Weather::Well || weather_ == Weather::Slow || events_.nextUnit() < 0.3);
        }
        // Who knocks at a shut door opens and shuts nothing.
        for (int i = 0; i < knocks_ && isShut(); ++i)
            refusals += breaker_.admit() ? 0 : 1;
        watch();
    }

    bool isShut() const { return breaker_.state() == State::Open || breaker_.state() == State::ForcedOpen; }

    void changeWeather()
    {
        weather_ = static_cast<Weather>(events_.next() % 6);
        until_ = clock_.now() + std::chrono::milliseconds(1000 + events_.next() % 600000);
        const std::array<double, 4> rates{0, 0.01, 0.3, 2};
        callsPerStep_ = rates[events_.next() % rates.size()];
        const std::array<int, 3> probes{0, 20, 50};
        probesEvery_ = probes[events_.next() % probes.size()];
    }

    void operate()
    {
        if (!mayOverride_ || events_.next() % 20000 != 0)
            return;
        const std::array<Override, 4> words{Override::None, Override::ForcedOpen, Override::Disabled,
                                            Override::MetricsOnly};
        breaker_.overrideWith(words[events_.next() % words.size()], "ann", "drill",
                              std::chrono::seconds(1 + events_.next() % 300));
    }

    void begin()
    {
        const double dice = events_.nextUnit();
        const std::uint64_t length = events_.next() % 3000;
        const auto permit = breaker_.admit();
        if (!permit)
            return;
        ++calls;
        Call call{*permit, clock_.now() + std::chrono::milliseconds(length), CallOutcome::Ok};
        switch (weather_) {
        case Weather::Well:
            call.outcome = dice < 0.002 ? CallOutcome::Failed : CallOutcome::Ok;
            break;
        case Weather::Failing:
            call.outcome = CallOutcome::Failed;
            break;
        case Weather::Slow:
            call.outcome = CallOutcome::Slow;
            call.end += 12s;
            break;
        case Weather::Hanging:
            if (dice < 0.5)
                return; // its end is never heard of
            call.outcome = CallOutcome::Failed;
            call.end += 60s;
            break;
        case Weather::Flapping:
            call.outcome = (clock_.now().time_since_epoch() / 3s) % 2 == 0 ? CallOutcome::Ok : CallOutcome::Failed;
            break;
        case Weather::Half:
            call.outcome = dice < 0.5 ? CallOutcome::Ok : CallOutcome::Failed;
            break;
        }
        if (dice > 0.95)
            call.outcome = CallOutcome::Ignored;
        calls_.push_back(call);
    }

    void endCalls()
    {
        const MonotonicTime now = clock_.now();
        std::vector<Call> over;
        std::erase_if(calls_, [&](const Call &call) {
            if (call.end > now)
                return false;
            over.push_back(call);
            return true;
        });
        for (const Call &call : over) {
            isEnding_ = call.outcome != CallOutcome::Ignored;
            breaker_.finish(call.permit, call.outcome);
            isEnding_ = false;
        }
    }

    void moved(const wire::BreakerTransition &change)
    {
        moves_.push_back(change);
        movedAt_ = clock_.now();
        const bool byCalls = change.cause.find("failures in a row") != std::string::npos ||
                             change.cause.find("calls failed") != std::string::npos ||
                             change.cause.find("calls were slow") != std::string::npos ||
                             change.cause == "a probe failed" || change.cause == "the probes were slow";
        if (change.toState == State::Open && byCalls && !isEnding_)
            complaints.push_back("it opened though no call has just ended: " + change.cause);
    }

    /// Nothing lasts longer than it may.
    void watch()
    {
        const auto lasts = clock_.now() - movedAt_;
        if (breaker_.state() == State::Open && lasts > 25s + kStep)
            complaints.push_back("it is stuck open");
        if (breaker_.state() == State::HalfOpen && lasts > 30s + kStep)
            complaints.push_back("it is stuck half-open");
        const bool isOverridden = breaker_.overrideState() != Override::None;
        if (isOverridden && lasts > 300s + kStep)
            complaints.push_back("an override has outlived its time");
    }

    ManualClock clock_;
    SeededRandom events_;
    SeededRandom jitter_;
    const int knocks_;
    CircuitBreaker breaker_;
    Weather weather_ = Weather::Well;
    MonotonicTime until_{};
    double callsPerStep_ = 1;
    double owed_ = 0;
    int probesEvery_ = 20;
    int sinceProbe_ = 0;
    bool mayOverride_ = true;
    bool isEnding_ = false;
    std::deque<Call> calls_;
    std::vector<wire::BreakerTransition> moves_;
    MonotonicTime movedAt_{};
};

} // namespace

class TstBreakerDay : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { qInfo("seed %llu (ORCHESTRA_SEED)", static_cast<unsigned long long>(seed())); }

    void isNeverStuckWhateverHappens()
    {
        Day day(seed(), 1);
        day.pass(kDay);
        for (const std::string &complaint : day.complaints)
            qWarning("%s", complaint.c_str());
        QVERIFY(day.complaints.empty());
        // It was a day worth the name.
        const auto opened = std::ranges::count(day.moves(), State::Open, &wire::BreakerTransition::toState);
        QVERIFY2(opened > 50, QByteArray::number(qlonglong(opened)).constData());
        QVERIFY(day.calls > 10000);
        qInfo("%lld openings, %zu changes, %llu calls, %llu refusals", static_cast<long long>(opened),
              day.moves().size(), static_cast<unsigned long long>(day.calls),
              static_cast<unsigned long long>(day.refusals));
    }

    void comesBackAfterTheDay_data()
    {
        QTest::addColumn<bool>("isCalled");
        QTest::newRow("with callers") << true;
        QTest::newRow("with nobody but its health probes") << false;
    }
    void comesBackAfterTheDay()
    {
        QFETCH(bool, isCalled);
        for (std::uint64_t i = 0; i < 40; ++i) {
            Day day(seed() + i, 0);
            day.pass(20min);
            day.getWell();
            if (isCalled)
                day.callOften();
            day.pass(6min); // the longest override, the longest wait, and what still hangs
            QCOMPARE(day.state(), State::Closed);
            QVERIFY(day.complaints.empty());
        }
    }

    void itsOwnRejectionsChangeNothing()
    {
        Day quiet(seed(), 0);
        Day loud(seed(), 5);
        quiet.pass(6h);
        loud.pass(6h);
        QCOMPARE(quiet.refusals, std::uint64_t(0));
        QVERIFY(loud.refusals > 10000);
        QVERIFY(quiet.moves() == loud.moves());
    }
};

QTEST_APPLESS_MAIN(TstBreakerDay)
#include "tst_breaker_day.moc"
