// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/edge/listener.h"
#include "server/edge/socket_ledger.h"

#include <QTest>

using namespace orchestra;
using Welcome = SocketLedger::Welcome;

namespace {

Address peer(int last)
{
    return *Address::parse("203.0.113." + std::to_string(last));
}

constexpr LedgerLimits kSmall{
    .sockets = 6, .refusedSockets = 2, .perAddress = 3, .preAuth = 3, .preAuthPerAddress = 2, .ops = 1};

} // namespace

class TstSocketLedger : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void limitsAnAddress()
    {
        SocketLedger ledger(kSmall);
        for (int i = 0; i < 3; ++i)
            QCOMPARE(ledger.enter(peer(1), false), Welcome::Enter);
        QCOMPARE(ledger.enter(peer(1), false), Welcome::TooManyFromAddress);
        QCOMPARE(ledger.enter(peer(2), false), Welcome::Enter);
        ledger.leave(peer(1), false, true);
        ledger.leave(peer(1), false, false);
        QCOMPARE(ledger.enter(peer(1), false), Welcome::Enter);
    }

    void exemptsLoopbackAndProxiesFromTheAddressLimit()
    {
        SocketLedger ledger(kSmall);
        for (int i = 0; i < 6; ++i)
            QCOMPARE(ledger.enter(peer(1), true), Welcome::Enter);
        QCOMPARE(ledger.enter(peer(1), true), Welcome::Full);
    }

    void tellsSomeThatItIsFullAndCutsOffTheRest()
    {
        SocketLedger ledger(kSmall);
        for (int i = 0; i < 6; ++i)
            QCOMPARE(ledger.enter(peer(i), false), Welcome::Enter);
        QCOMPARE(ledger.enter(peer(10), false), Welcome::Full);
        QCOMPARE(ledger.enter(peer(11), false), Welcome::Full);
        QCOMPARE(ledger.enter(peer(12), false), Welcome::CutOff);
        QCOMPARE(ledger.sockets(), std::size_t(8));
        // Those who are being told do not keep a place from those who may stay.
        ledger.leave(peer(0), false, false);
        QCOMPARE(ledger.enter(peer(13), false), Welcome::Enter);
        QCOMPARE(ledger.enter(peer(14), false), Welcome::CutOff);
        ledger.leave(peer(10), false, true);
        QCOMPARE(ledger.enter(peer(15), false), Welcome::Full);
    }

    void keepsThePreAuthPoolSmall()
    {
        SocketLedger ledger(kSmall);
        const SlotSet slot{.preAuth = true};
        QVERIFY(ledger.take(slot, peer(1)));
        QVERIFY(ledger.take(slot, peer(1)));
        QVERIFY(!ledger.take(slot, peer(1)));
        QVERIFY(ledger.take(slot, peer(2)));
        QVERIFY(!ledger.take(slot, peer(3)));
        ledger.release(slot, peer(1));
        QVERIFY(ledger.take(slot, peer(3)));
    }

    void takesAllSlotsOrNone()
    {
        SocketLedger ledger(kSmall);
        QVERIFY(ledger.take({.ops = true}, peer(1)));
        QVERIFY(!ledger.take({.preAuth = true, .ops = true}, peer(1)));
        QVERIFY(ledger.take({.preAuth = true}, peer(1)));
        QVERIFY(ledger.take({.preAuth = true}, peer(1)));
        for (int i = 0; i < 3; ++i)
            QVERIFY(ledger.take({.proxied = true}, peer(1)));
        QVERIFY(!ledger.take({.proxied = true}, peer(1)));
        QVERIFY(ledger.take({.proxied = true}, peer(2)));
    }

    void forgetsEverybodyWhoHasLeft()
    {
        SocketLedger ledger(kSmall);
        for (int i = 0; i < 3; ++i)
            ledger.enter(peer(i), i % 2 == 0);
        QVERIFY(ledger.take({.preAuth = true, .ops = true, .proxied = true}, peer(1)));
        QVERIFY(!ledger.isEmpty());
        ledger.release({.preAuth = true, .ops = true, .proxied = true}, peer(1));
        for (int i = 0; i < 3; ++i)
            ledger.leave(peer(i), i % 2 == 0, false);
        QVERIFY(ledger.isEmpty());
    }

    void leavesFilesForTheRestOfTheProcess()
    {
        EdgeSettings settings;
        settings.limits.maxConnections = 1000;
        const LedgerLimits roomy = ledgerLimits(settings, 1'000'000);
        QCOMPARE(roomy.sockets, 1000 + settings.limits.preAuthConnections + settings.httpConnections);
        const LedgerLimits tight = ledgerLimits(settings, 256);
        QVERIFY(tight.sockets + tight.refusedSockets + settings.reservedDescriptors <= 256);
        QVERIFY(tight.sockets > 0);
    }
};

QTEST_APPLESS_MAIN(TstSocketLedger)
#include "tst_socket_ledger.moc"
