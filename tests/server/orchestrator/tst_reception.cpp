// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/hub_bench.h"

#include <QTest>

using namespace orchestra;
using namespace std::chrono_literals;
using Phase = wire::ConnectionPhase;

namespace {

Phase phaseOf(HubBench &t, const ConnectionKey &key)
{
    for (const wire::ConnectionRow &row : t.server->connections())
        if (row.edgeThread == key.edge && row.clientId == "ann")
            return row.phase;
    return Phase::Closed;
}

std::vector<wire::SystemEvent> events(const Seen &client)
{
    std::vector<wire::SystemEvent> out;
    for (const auto &message : client.bodies<wire::SystemMessage>())
        out.push_back(message.event);
    return out;
}

} // namespace

/// Admission, phases, waiting for the services, limits and the end of connections.
class TstReception : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void anAnonymousLoopbackPeerIsWhoItClaimsToBe();
    void aRemotePeerNeedsAToken();
    void withTokensConfiguredLoopbackNeedsOneToo();
    void aPeerWithoutCredentialMayShowItInItsHello();
    void aBadHelloClosesThePreAuthConnection();
    void aTicketIsGoodOnceFromItsOrigin();
    void aTokenInTheHelloReplacesTheAnonymousUser();
    void theSixthConnectionReplacesTheLongestSilent();
    void orIsRejected();
    void aFullServerRefuses();
    void orLetsTheOldestIdleGo();
    void whoWaitsSeesProgressAndIsServed();
    void whatIsSentTooEarlyIsHeldUpToEight();
    void afterThirtySecondsTheWaitEndsWith1011();
    void whoCameBeforeTheTokensIsCheckedAgain();
    void anUnspokenVersionIsRefused();
    void tokensExpireWithAWarning();
    void aTokenCanBeRefreshed();
    void aRevokedTokenEndsItsConnections();
    void whoSendsAcksMustKeepUp();
    void refusedTransitionsAreCounted();
    void pingIsAnswered();
};

void TstReception::anAnonymousLoopbackPeerIsWhoItClaimsToBe()
{
    HubBench t;
    t.load();
    const auto key = t.connect({});
    QVERIFY(t.seen[key].admitted);
    QCOMPARE(t.seen[key].principal.userId, std::string("ann"));
    QCOMPARE(t.seen[key].principal.role, Role::Client);
    QVERIFY(t.seen[key].principal.isTester);
    QCOMPARE(phaseOf(t, key), Phase::Active);
    QCOMPARE(t.seen[t.knock({.user = ""})].refused->code, Code::Invalid);
    QCOMPARE(t.seen[t.knock({.user = "a\nb"})].refused->code, Code::Invalid);
}

void TstReception::aRemotePeerNeedsAToken()
{
    HubBench t;
    const std::string token = t.addToken("ann", Role::Client);
    t.load();
    QCOMPARE(t.seen[t.knock({.loopback = false})].refused->code, Code::Unauthenticated);
    QCOMPARE(t.seen[t.knock({.token = "ork_wrong", .loopback = false})].refused->code, Code::Unauthenticated);
    const auto key = t.connect({.user = "whoever", .token = token, .loopback = false});
    QCOMPARE(t.seen[key].principal.userId, std::string("ann")); // the token says who
}

void TstReception::withTokensConfiguredLoopbackNeedsOneToo()
{
    HubBench t;
    t.addToken("operator", Role::Operator, {}, std::string(kLocalOperatorNote));
    t.load();
    QVERIFY(t.seen[t.knock({})].admitted); // the token of the first start does not count
    t.addToken("bob", Role::Client);
    t.server->auth().reload([] {});
    t.settle();
    QCOMPARE(t.seen[t.knock({})].refused->code, Code::Unauthenticated);
}

void TstReception::aPeerWithoutCredentialMayShowItInItsHello()
{
    HubBench t;
    const std::string token = t.addToken("ann", Role::Client);
    t.load();
    const auto key = t.connect({.user = "x", .loopback = false, .mayHello = true});
    QVERIFY(t.seen[key].admitted);
    QVERIFY(t.seen[key].principal.userId.empty());
    t.say(key, wire::Hello{"h1", {2}, token, {}, {}});
    QCOMPARE(t.seen[key].principal.userId, std::string("ann"));
    QCOMPARE(t.seen[key].bodies<wire::Welcome>().size(), 1U);
    t.chat(key, "m1", "hello");
    QCOMPARE(t.seen[key].bodies<wire::ServerAck>().size(), 1U);
}

void TstReception::aBadHelloClosesThePreAuthConnection()
{
    HubBench t;
    t.addToken("ann", Role::Client);
    t.load();
    const auto wrong = t.connect({.loopback = false, .mayHello = true});
    t.say(wrong, wire::Hello{"h1", {2}, "ork_wrong", {}, {}});
    QCOMPARE(*t.seen[wrong].bodies<wire::ErrorFrame>()[0].ref, std::string("h1"));
    QCOMPARE(*t.seen[wrong].closed, 4001);
    const auto none = t.connect({.loopback = false, .mayHello = true});
    t.say(none, wire::Hello{"h1", {2}, {}, {}, {}});
    QCOMPARE(*t.seen[none].closed, 4001);
    const auto rude = t.connect({.loopback = false, .mayHello = true});
    t.chat(rude, "m1", "hello");
    QCOMPARE(*t.seen[rude].closed, 4000);
    QVERIFY(t.runner.turns.empty());
}

void TstReception::aTicketIsGoodOnceFromItsOrigin()
{
    HubBench t;
    const std::string token = t.addToken("ann", Role::Client);
    t.load();
    const auto hello = [&](const std::string &ticket, const std::string &origin) {
        const auto key = t.connect({.loopback = false, .mayHello = true, .origin = origin});
        t.say(key, wire::Hello{"h1", {2}, {}, ticket, {}});
        return t.seen[key].bodies<wire::Welcome>().size() == 1;
    };
    const auto ticket = [&] {
        const auto call = t.call({0, 900}, PostTicket{}, {.token = token, .origin = "https://app.example"});
        return std::get<TicketBody>(*t.seen[{0, 900}].replies.at(call)).ticket;
    };
    const std::string first = ticket();
    QVERIFY(hello(first, "https://app.example"));
    QVERIFY(!hello(first, "https://app.example"));
    QVERIFY(!hello(ticket(), "https://evil.example"));
    const std::string old = ticket();
    t.clock.advance(30s);
    QVERIFY(!hello(old, "https://app.example"));
}

void TstReception::aTokenInTheHelloReplacesTheAnonymousUser()
{
    HubBench t;
    t.addToken("operator", Role::Operator, {}, std::string(kLocalOperatorNote));
    t.load();
    const auto key = t.connect({.user = "ann", .mayHello = true});
    QCOMPARE(t.seen[key].principal.userId, std::string("ann"));
    const std::string token = t.addToken("bob", Role::Client); // unknown to the hub: looked up
    t.say(key, wire::Hello{"h1", {2}, token, {}, {}}, false);
    t.chat(key, "m1", "hello", false); // must not run as ann
    t.settle();
    QCOMPARE(t.seen[key].principal.userId, std::string("bob"));
    QCOMPARE(t.store.tasks.size(), 1U);
    QCOMPARE(t.store.tasks.begin()->second.accepted.userId, std::string("bob"));
}

void TstReception::theSixthConnectionReplacesTheLongestSilent()
{
    HubBench t;
    t.load();
    std::vector<ConnectionKey> keys;
    for (int i = 0; i < 5; ++i) {
        keys.push_back(t.join({}));
        t.clock.advance(1s);
    }
    t.say(keys[0], wire::Ping{"p"}); // heard of
    const auto sixth = t.join({});
    QVERIFY(!t.seen[keys[0]].closed);
    QCOMPARE(*t.seen[keys[1]].closed, 4011);
    QVERIFY(t.seen[sixth].admitted);
    const auto bob = t.join({.user = "bob"});
    QVERIFY(t.seen[bob].admitted && !t.seen[keys[2]].closed);
}

void TstReception::orIsRejected()
{
    HubBench t;
    t.limits.overflowPerUser = UserOverflow::Reject;
    const std::string token = t.addToken("ann", Role::Client);
    t.load();
    for (int i = 0; i < 5; ++i)
        t.join({.token = token});
    QCOMPARE(t.seen[t.knock({.token = token})].refused->code, Code::TooManyConnections);
    const auto late = t.connect({.loopback = false, .mayHello = true});
    t.say(late, wire::Hello{"h1", {2}, token, {}, {}});
    QCOMPARE(*t.seen[late].closed, 4103);
}

void TstReception::aFullServerRefuses()
{
    HubBench t;
    t.limits.maxConnections = 3;
    t.load();
    std::vector<ConnectionKey> keys;
    for (int i = 0; i < 3; ++i)
        keys.push_back(t.join({.user = "u" + std::to_string(i)}));
    const auto late = t.knock({.user = "late"});
    QCOMPARE(t.seen[late].refused->code, Code::Full);
    QVERIFY(t.seen[late].refused->retryAfterMs);
    t.leave(keys[0]);
    QVERIFY(t.seen[t.knock({.user = "late"})].admitted);
}

void TstReception::orLetsTheOldestIdleGo()
{
    HubBench t;
    t.limits.maxConnections = 2;
    t.limits.overflow = ServerOverflow::EvictOldestIdle;
    t.load();
    const auto a = t.join({.user = "a"});
    t.clock.advance(1s);
    const auto b = t.join({.user = "b"});
    t.clock.advance(1s);
    const auto c = t.join({.user = "c"});
    QCOMPARE(*t.seen[a].closed, 4203);
    QVERIFY(!t.seen[b].closed && t.seen[c].admitted);
}

void TstReception::whoWaitsSeesProgressAndIsServed()
{
    HubBench t;
    t.gate.ready = false;
    t.gate.rows = {{"DEPENDENCIES", wire::PhaseState::Done, 1, {}}, {"DATABASE", wire::PhaseState::Running, 0, {}}};
    t.load();
    const auto key = t.join({});
    QCOMPARE(phaseOf(t, key), Phase::Initializing);
    QCOMPARE(t.gate.ensured, 1);
    const auto first = t.seen[key].bodies<wire::SystemMessage>()[0];
    QCOMPARE(first.event, wire::SystemEvent::Initializing);
    QCOMPARE(*first.progress, 50U);
    QCOMPARE(*first.phase, std::string("DATABASE"));
    t.advance(10s);
    QCOMPARE(t.seen[key].bodies<wire::SystemMessage>().size(), 2U); // the notice at 10 s
    t.gate.open();
    t.settle();
    QCOMPARE(events(t.seen[key]).back(), wire::SystemEvent::Ready);
    QCOMPARE(*t.seen[key].bodies<wire::SystemMessage>().back().progress, 100U);
    QCOMPARE(phaseOf(t, key), Phase::Active);
    QCOMPARE(t.seen[key].bodies<wire::Welcome>().size(), 1U); // its hello was kept
    t.advance(40s);
    QVERIFY(!t.seen[key].closed);
}

void TstReception::whatIsSentTooEarlyIsHeldUpToEight()
{
    HubBench t;
    t.gate.ready = false;
    t.load();
    const auto key = t.connect({});
    for (int i = 0; i < 9; ++i)
        t.chat(key, "m" + std::to_string(i), "hello " + std::to_string(i));
    QCOMPARE(t.seen[key].bodies<wire::StatusFrame>().size(), 8U);
    QCOMPARE(*t.seen[key].bodies<wire::StatusFrame>()[7].position, 8U);
    QCOMPARE(t.seen[key].bodies<wire::ErrorFrame>().size(), 1U);
    QCOMPARE(t.seen[key].bodies<wire::ErrorFrame>()[0].code, Code::NotReady);
    QCOMPARE(*t.seen[key].bodies<wire::ErrorFrame>()[0].ref, std::string("m8"));
    QVERIFY(t.seen[key].bodies<wire::ServerAck>().empty());
    t.gate.open();
    t.settle();
    const auto acks = t.seen[key].bodies<wire::ServerAck>();
    QCOMPARE(acks.size(), 8U);
    QCOMPARE(acks[0].ref, std::string("m0"));
    QCOMPARE(acks[7].ref, std::string("m7"));
}

void TstReception::afterThirtySecondsTheWaitEndsWith1011()
{
    HubBench t;
    t.gate.ready = false;
    t.load();
    const auto key = t.connect({});
    t.advance(29s);
    QVERIFY(!t.seen[key].closed);
    const auto late = t.connect({.user = "late"});
    t.advance(2s);
    QCOMPARE(*t.seen[key].closed, 1011);
    QCOMPARE(t.seen[key].bodies<wire::ErrorFrame>().back().code, Code::ServiceInitFailed);
    QVERIFY(!t.seen[late].closed); // each waits its own 30 s
}

void TstReception::whoCameBeforeTheTokensIsCheckedAgain()
{
    HubBench t;
    t.gate.ready = false;
    const std::string token = t.addToken("bob", Role::Client);
    const auto anonymous = t.connect({});
    QVERIFY(t.seen[anonymous].admitted); // nobody knows yet whether tokens are configured
    const auto bob = t.knock({.token = token});
    QVERIFY(!t.seen[bob].admitted && !t.seen[bob].refused);
    t.load();
    QVERIFY(t.seen[bob].admitted);
    t.send(SocketOpened{bob});
    t.gate.open();
    t.settle();
    QCOMPARE(*t.seen[anonymous].closed, 4001);
    QVERIFY(!t.seen[bob].closed);
    // When they never come, the wait ends.
    HubBench u;
    u.gate.ready = false;
    const auto waiting = u.knock({.token = token});
    u.advance(31s);
    QCOMPARE(u.seen[waiting].refused->code, Code::ServiceInitFailed);
}

void TstReception::anUnspokenVersionIsRefused()
{
    HubBench t;
    t.load();
    const auto key = t.connect({});
    t.say(key, wire::Hello{"h1", {3, 4}, {}, {}, {}});
    QCOMPARE(t.seen[key].bodies<wire::ErrorFrame>()[0].code, Code::UnsupportedVersion);
    QCOMPARE(*t.seen[key].closed, 4004);
}

void TstReception::tokensExpireWithAWarning()
{
    HubBench t;
    const std::string token = t.addToken("ann", Role::Client, t.clock.wallMs() + 120'000);
    t.load();
    const auto key = t.join({.token = token});
    t.advance(59s);
    QVERIFY(t.seen[key].bodies<wire::AuthExpiring>().empty());
    t.advance(2s);
    QCOMPARE(t.seen[key].bodies<wire::AuthExpiring>().size(), 1U);
    QVERIFY(!t.seen[key].closed);
    t.advance(60s);
    QCOMPARE(*t.seen[key].closed, 4202);
    QCOMPARE(t.seen[t.knock({.token = token})].refused->code, Code::Unauthenticated);
}

void TstReception::aTokenCanBeRefreshed()
{
    HubBench t;
    const std::string first = t.addToken("ann", Role::Client, t.clock.wallMs() + 120'000);
    const std::string second = t.addToken("ann", Role::Client, t.clock.wallMs() + 600'000);
    const std::string foreign = t.addToken("bob", Role::Client);
    t.load();
    const auto key = t.join({.token = first});
    t.say(key, wire::AuthRefresh{"r1", foreign});
    QCOMPARE(t.seen[key].bodies<wire::ErrorFrame>().back().code, Code::Forbidden);
    t.say(key, wire::AuthRefresh{"r2", second});
    QCOMPARE(t.seen[key].bodies<wire::ServerAck>().back().ref, std::string("r2"));
    t.advance(300s);
    QVERIFY(!t.seen[key].closed);
}

void TstReception::aRevokedTokenEndsItsConnections()
{
    HubBench t;
    const std::string token = t.addToken("ann", Role::Client);
    t.load();
    const auto key = t.join({.token = token});
    t.store.tokens[0].revokedAt = t.clock.wallMs();
    t.server->auth().reload([] {});
    t.settle();
    QCOMPARE(*t.seen[key].closed, 4001);
}

void TstReception::whoSendsAcksMustKeepUp()
{
    HubBench t;
    t.load();
    const auto quiet = t.join({});
    const auto acker = t.join({});
    const ThreadId thread = t.threadOf(quiet);
    t.chat(quiet, "m1", "hello");
    t.say(acker, wire::ClientAck{thread, 1});
    for (int i = 0; i < 70; ++i) { // keeps up
        t.runner.turns[0]->say(ReportWriter::fill("x"));
        t.advance(1s);
        t.say(acker, wire::ClientAck{thread, t.seen[acker].offsets(thread).back()});
    }
    QVERIFY(!t.seen[acker].closed);
    t.runner.turns[0]->say(ReportWriter::fill("x"));
    t.advance(59s);
    QVERIFY(!t.seen[acker].closed);
    t.advance(5s);
    QCOMPARE(*t.seen[acker].closed, 4201);
    QVERIFY(!t.seen[quiet].closed); // who never acks need not

    const auto slow = t.join({});
    t.say(slow, wire::ClientAck{thread, 1});
    for (int i = 0; i < 600; ++i)
        t.runner.turns[0]->say(ReportWriter::fill("x"));
    t.advance(3s);
    QCOMPARE(*t.seen[slow].closed, 4201);
}

void TstReception::refusedTransitionsAreCounted()
{
    HubBench t;
    t.load();
    const auto key = t.connect({});
    QCOMPARE(t.counters.refusedTransitions, 0U);
    t.send(SocketOpened{key}); // twice
    QCOMPARE(t.counters.refusedTransitions, 1U);
    QVERIFY(std::ranges::count(t.log.events, "ws.transition_refused") == 1);
    QCOMPARE(phaseOf(t, key), Phase::Active);
}

void TstReception::pingIsAnswered()
{
    HubBench t;
    t.load();
    const auto key = t.connect({});
    t.say(key, wire::Ping{"p1"});
    QCOMPARE(*t.seen[key].bodies<wire::Pong>()[0].ref, std::string("p1"));
    QVERIFY(t.seen[key].bodies<wire::Welcome>().empty()); // a ping decides nothing
}

QTEST_APPLESS_MAIN(TstReception)
#include "tst_reception.moc"
