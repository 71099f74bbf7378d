// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/orchestrator/auth.h"
#include "server/orchestrator/digest.h"
#include "tests/support/hub_bench.h"

#include <QTest>

using namespace orchestra;
using namespace std::chrono_literals;

class TstAuth : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void namesOfUsers_data();
    void namesOfUsers();
    void aTesterSpeaksForSyntheticUsersOnly();
    void anonymousCanBeSwitchedOff();
    void onlyDigestsAreKept();
    void guessingDoesNotLoadTheStore();
    void aFreshTokenIsFoundAtOnce();
    void ticketsAreBounded();
};

void TstAuth::namesOfUsers_data()
{
    QTest::addColumn<QByteArray>("name");
    QTest::addColumn<bool>("good");
    QTest::newRow("plain") << QByteArray("ann") << true;
    QTest::newRow("with a blank inside") << QByteArray("ann b") << true;
    QTest::newRow("not ASCII") << QByteArray("ann\xc3\xa9") << true;
    QTest::newRow("empty") << QByteArray() << false;
    QTest::newRow("blank at the end") << QByteArray("ann ") << false;
    QTest::newRow("control character") << QByteArray("a\x01") << false;
    QTest::newRow("new line") << QByteArray("a\nb") << false;
    QTest::newRow("not UTF-8") << QByteArray("\xff") << false;
    QTest::newRow("128 bytes") << QByteArray(128, 'a') << true;
    QTest::newRow("129 bytes") << QByteArray(129, 'a') << false;
}

void TstAuth::namesOfUsers()
{
    QFETCH(QByteArray, name);
    QFETCH(bool, good);
    QCOMPARE(isUserName(name.toStdString()), good);
}

void TstAuth::aTesterSpeaksForSyntheticUsersOnly()
{
    HubBench t;
    const std::string token = t.addToken("qa", Role::Tester);
    const std::string own = t.addToken("synthetic:robot", Role::Tester);
    t.load();
    Auth &auth = t.server->auth();
    QCOMPARE(auth.check({Secret(token), "synthetic:load-1", false, false})->userId, std::string("synthetic:load-1"));
    QCOMPARE(auth.check({Secret(token), "ann", false, false}).error().code, Code::Forbidden);
    QCOMPARE(auth.check({Secret(own), "ann", false, false})->userId, std::string("synthetic:robot"));
    const std::string client = t.addToken("bob", Role::Client);
    auth.reload([] {});
    t.settle();
    QCOMPARE(auth.check({Secret(client), "synthetic:x", false, false})->userId, std::string("bob"));
}

void TstAuth::anonymousCanBeSwitchedOff()
{
    HubBench t;
    t.load();
    t.server->auth().allowAnonymousLoopback(false);
    QCOMPARE(t.seen[t.knock({})].refused->code, Code::Unauthenticated);
}

void TstAuth::onlyDigestsAreKept()
{
    HubBench t;
    const std::string token = t.addToken("ann", Role::Client);
    t.load();
    QVERIFY(t.server->auth().check({Secret(token), {}, false, false}));
    QVERIFY(!t.server->auth().check({Secret(t.store.tokens[0].hash), {}, false, false}));
    QCOMPARE(sha256("abc"), std::string("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
    QVERIFY(sha256({"ab", "c"}) != sha256({"a", "bc"}));
}

void TstAuth::guessingDoesNotLoadTheStore()
{
    HubBench t;
    t.load();
    const auto loads = [&] { return std::ranges::count(t.store.journal, "load_tokens"); };
    const auto before = loads();
    std::vector<ConnectionKey> keys;
    for (int i = 0; i < 1000; ++i)
        keys.push_back(t.knock({.token = "ork_guess" + std::to_string(i), .loopback = false}));
    QCOMPARE(loads(), before + 1);
    QVERIFY(t.seen[keys[0]].refused);
    QVERIFY(!t.seen[keys[1]].refused); // the others wait for the next look
    t.advance(1s);
    QCOMPARE(loads(), before + 2);
    for (const ConnectionKey &key : keys)
        QCOMPARE(t.seen[key].refused->code, Code::Unauthenticated);
}

void TstAuth::aFreshTokenIsFoundAtOnce()
{
    HubBench t;
    t.load();
    const std::string token = t.addToken("ann", Role::Client); // another process has made it
    const auto key = t.connect({.token = token, .loopback = false});
    QCOMPARE(t.seen[key].principal.userId, std::string("ann"));
    // Several at a time, while the look is under way.
    const std::string second = t.addToken("bob", Role::Client);
    const auto a = t.connect({.token = second, .loopback = false});
    const auto b = t.connect({.token = t.addToken("eve", Role::Client), .loopback = false});
    t.advance(1s);
    QCOMPARE(t.seen[a].principal.userId, std::string("bob"));
    QCOMPARE(t.seen[b].principal.userId, std::string("eve"));
}

void TstAuth::ticketsAreBounded()
{
    HubBench t;
    t.load();
    const Principal ann{"ann", Role::Client, false, {}, {}};
    for (std::size_t i = 0; i < Auth::kMaxTickets; ++i)
        QVERIFY(t.server->auth().issueTicket(ann, {}));
    QCOMPARE(t.server->auth().issueTicket(ann, {}).error().code, Code::RateLimited);
    t.clock.advance(Auth::kTicketLife);
    QVERIFY(t.server->auth().issueTicket(ann, {}));
}

QTEST_APPLESS_MAIN(TstAuth)
#include "tst_auth.moc"
