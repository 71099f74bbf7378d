// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/server/store/store_fixture.h"

#include <QTest>

using namespace orchestra;

namespace {

using State = wire::BreakerState;
constexpr WallMs kHour = 3600 * 1000;

wire::BreakerTransition change(const std::string &breaker, WallMs at, State to = State::Open)
{
    return {breaker, State::Closed, to, {at}, "5 failures in a row", {}, {}};
}

std::vector<WallMs> times(const TransitionPage &page)
{
    std::vector<WallMs> out;
    for (const wire::BreakerTransition &transition : page.transitions)
        out.push_back(transition.at.ms);
    return out;
}

using Times = std::vector<WallMs>;

} // namespace

class TstBreakerTable : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void givesBackWhatItWasGivenAlsoAfterARestart()
    {
        StoreFixture fixture;
        orFail(fixture.open());
        wire::BreakerTransition forced = change("model:a/one", 1000, State::ForcedOpen);
        forced.actor = "ann";
        forced.overrideUntil = wire::Timestamp{5000};
        forced.cause = "incident 12";
        orFail(fixture.ask(SaveTransition{forced}));
        orFail(fixture.ask(SaveTransition{change("store", 2000)}));
        fixture.restart();
        const TransitionPage page = orFail(fixture.ask(ReadTransitions{}));
        QCOMPARE(page.transitions.size(), 2U);
        QVERIFY(page.transitions[0] == change("store", 2000));
        QVERIFY(page.transitions[1] == forced);
        QCOMPARE(page.nextIndex, 0U);
    }

    void everyStateHasItsName()
    {
        StoreFixture fixture;
        orFail(fixture.open());
        for (std::size_t i = 0; i < wireNames(State{}).size(); ++i)
            orFail(fixture.ask(SaveTransition{change("b", 1000, static_cast<State>(i))}));
        const TransitionPage page = orFail(fixture.ask(ReadTransitions{}));
        for (std::size_t i = 0; i < page.transitions.size(); ++i)
            QCOMPARE(page.transitions[i].toState, static_cast<State>(page.transitions.size() - 1 - i));
    }

    void readsPageByPage()
    {
        StoreFixture fixture;
        orFail(fixture.open());
        for (int i = 1; i <= 5; ++i)
            orFail(fixture.ask(SaveTransition{change(i % 2 == 0 ? "even" : "odd", i)}));
        ReadTransitions read{"odd", 0, 2};
        const TransitionPage first = orFail(fixture.ask(read));
        QCOMPARE(times(first), (Times{5, 3}));
        QVERIFY(first.nextIndex > 0);
        read.beforeIndex = first.nextIndex;
        const TransitionPage second = orFail(fixture.ask(read));
        QCOMPARE(times(second), Times{1});
        QCOMPARE(second.nextIndex, 0U);
    }

    void forgetsWhatIsOlderThanADay()
    {
        StoreFixture fixture;
        orFail(fixture.open());
        orFail(fixture.ask(SaveTransition{change("a", 1 * kHour)}));
        orFail(fixture.ask(SaveTransition{change("a", 2 * kHour)}));
        orFail(fixture.ask(SaveTransition{change("b", 26 * kHour)}));
        QCOMPARE(times(orFail(fixture.ask(ReadTransitions{}))), (Times{26 * kHour, 2 * kHour}));
    }

    void keepsAnOverrideAsLongAsItLasts()
    {
        StoreFixture fixture;
        orFail(fixture.open());
        wire::BreakerTransition forced = change("a", 1 * kHour, State::ForcedOpen);
        forced.overrideUntil = wire::Timestamp{100 * kHour};
        orFail(fixture.ask(SaveTransition{forced}));
        orFail(fixture.ask(SaveTransition{change("b", 99 * kHour)}));
        QCOMPARE(times(orFail(fixture.ask(ReadTransitions{}))), (Times{99 * kHour, 1 * kHour}));
        orFail(fixture.ask(SaveTransition{change("b", 100 * kHour)}));
        QCOMPARE(times(orFail(fixture.ask(ReadTransitions{}))), (Times{100 * kHour, 99 * kHour}));
    }

    void loadsTheNewestOfEachBreaker()
    {
        StoreFixture fixture;
        orFail(fixture.open());
        for (int i = 1; i <= 6; ++i)
            orFail(fixture.ask(SaveTransition{change("busy", i)}));
        orFail(fixture.ask(SaveTransition{change("quiet", 3)}));
        QCOMPARE(times(orFail(fixture.ask(LoadTransitions{2}))), (Times{3, 6, 5}));
    }
};

QTEST_APPLESS_MAIN(TstBreakerTable)
#include "tst_breaker_table.moc"
