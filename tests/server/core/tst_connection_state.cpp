// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/core/connection_state.h"

#include <QTest>

#include <set>

using namespace orchestra;
using Phase = wire::ConnectionPhase;

class TstConnectionState : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void allowsExactlyTheTransitionsOfTheProtocol();
    void aRefusedTransitionChangesNothingButTheCount();
    void letsControlAndChatFramesPassInTheirPhases();
    void keepsTheLastPhasesWithTheirCause();
};

void TstConnectionState::allowsExactlyTheTransitionsOfTheProtocol()
{
    const std::set<std::pair<Phase, Phase>> allowed{
        {Phase::Connecting, Phase::Authenticating},
        {Phase::Authenticating, Phase::Initializing},
        {Phase::Authenticating, Phase::Active},
        {Phase::Initializing, Phase::Active},
        {Phase::Active, Phase::Closing},
        {Phase::Connecting, Phase::Closed},
        {Phase::Authenticating, Phase::Closed},
        {Phase::Initializing, Phase::Closed},
        {Phase::Active, Phase::Closed},
        {Phase::Closing, Phase::Closed},
    };
    for (int from = 0; from < 6; ++from)
        for (int to = 0; to < 6; ++to) {
            const auto a = static_cast<Phase>(from);
            const auto b = static_cast<Phase>(to);
            QCOMPARE(ConnectionState::isValid(a, b), allowed.contains({a, b}));
        }
}

void TstConnectionState::aRefusedTransitionChangesNothingButTheCount()
{
    ConnectionState state(1);
    QVERIFY(!state.moveTo(Phase::Active, 2, "jumped"));
    QCOMPARE(state.phase(), Phase::Connecting);
    QCOMPARE(state.refusedTransitions(), 1U);
    QCOMPARE(state.history().size(), 1U);
    QVERIFY(state.moveTo(Phase::Closed, 3, "gone"));
    QVERIFY(!state.moveTo(Phase::Closed, 4, "gone again"));
    QVERIFY(!state.moveTo(Phase::Connecting, 4, "back"));
    QCOMPARE(state.refusedTransitions(), 3U);
}

void TstConnectionState::letsControlAndChatFramesPassInTheirPhases()
{
    ConnectionState state(1);
    QVERIFY(!state.maySendControl());
    QVERIFY(state.moveTo(Phase::Authenticating, 2, "admitted"));
    QVERIFY(state.maySendControl() && !state.isActive());
    QVERIFY(state.moveTo(Phase::Initializing, 3, "services start"));
    QVERIFY(state.maySendControl() && !state.isActive());
    QVERIFY(state.moveTo(Phase::Active, 4, "ready"));
    QVERIFY(state.maySendControl() && state.isActive());
    QVERIFY(state.moveTo(Phase::Closing, 5, "drain"));
    QVERIFY(state.maySendControl() && !state.isActive());
    QVERIFY(state.moveTo(Phase::Closed, 6, "gone"));
    QVERIFY(!state.maySendControl());
}

void TstConnectionState::keepsTheLastPhasesWithTheirCause()
{
    ConnectionState state(10);
    QVERIFY(state.moveTo(Phase::Authenticating, 11, "admitted"));
    QVERIFY(state.moveTo(Phase::Active, 12, "ready"));
    QCOMPARE(state.history().size(), 3U);
    QCOMPARE(state.history().back().phase, Phase::Active);
    QCOMPARE(state.history().back().at.ms, 12);
    QCOMPARE(state.history().back().cause, std::string("ready"));
}

QTEST_APPLESS_MAIN(TstConnectionState)
#include "tst_connection_state.moc"
