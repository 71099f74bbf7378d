// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/app/startup.h"

#include "server/orchestrator/orchestrator.h"
#include "shared/wire/error_table.h"
#include "tests/support/hub_bench.h"

#include <QTest>

#include <memory>

using namespace orchestra;
using namespace std::chrono_literals;

namespace {

using Done = std::function<void(Status)>;

/// Phases whose outcome the test decides.
struct Stage
{
    ManualClock clock;
    Schedule schedule{clock};
    SeededRandom random{7};
    NullLog log;
    Startup startup{clock, schedule, random, log};
    std::vector<std::string> ran;

    StartPhase phase(
        std::string name, std::function<Status()> outcome = [] { return Status(Ok{}); })
    {
        return {name, [this, name, outcome = std::move(outcome)](const Done &done) {
                    ran.push_back(name);
                    done(outcome());
                }};
    }
    /// Runs timers until `time` is over.
    void advance(std::chrono::milliseconds time)
    {
        for (auto gone = 0ms; gone < time; gone += 10ms) {
            clock.advance(10ms);
            schedule.runDue();
        }
    }
};

const Error kTransient = makeError(Code::StorageUnavailable, "not yet");

} // namespace

class TstStartup : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void runsThePhasesInOrderOnce();
    void tellsItsProgress();
    void goesOnWhereItFailed();
    void pausesLongerAfterEachFailureUpToTwoSeconds();
    void whoeverNeedsItShortensThePause();
    void oneAttemptServesEverybody();
    void aPhaseThatAnswersTwiceDoesNoHarm();
    void tenClientsWaitForOneSlowService();
    void aThousandStartsWithTransientFailures();
};

void TstStartup::runsThePhasesInOrderOnce()
{
    Stage t;
    QVERIFY(!t.startup.isReady());
    t.startup.begin({t.phase("A"), t.phase("B"), t.phase("C")});
    QVERIFY(t.startup.isReady());
    QCOMPARE(t.ran, (std::vector<std::string>{"A", "B", "C"}));
    QCOMPARE(t.startup.attempts(), 1U);
    t.startup.ensure();
    t.advance(1s);
    QCOMPARE(t.ran.size(), 3U);
}

void TstStartup::tellsItsProgress()
{
    Stage t;
    std::vector<std::uint64_t> progress;
    t.startup.onChange([&] { progress.push_back(progressOf(t.startup.phases())); });
    Done later;
    t.startup.begin({t.phase("A"), {"B", [&](const Done &done) { later = done; }}});
    QCOMPARE(t.startup.phases()[1].state, wire::PhaseState::Running);
    QVERIFY(!t.startup.isReady());
    t.clock.advance(40ms);
    later(Ok{});
    QVERIFY(t.startup.isReady());
    QCOMPARE(t.startup.phases()[1].durationMs, 40U);
    QCOMPARE(progress, (std::vector<std::uint64_t>{0, 50, 100}));
}

void TstStartup::goesOnWhereItFailed()
{
    Stage t;
    int failures = 2;
    t.startup.begin({t.phase("A"), t.phase("B", [&] { return failures-- > 0 ? Status(kTransient) : Status(Ok{}); })});
    QVERIFY(!t.startup.isReady());
    QCOMPARE(t.startup.phases()[1].state, wire::PhaseState::Failed);
    QCOMPARE(*t.startup.phases()[1].error, std::string("not yet"));
    t.advance(1s);
    QVERIFY(t.startup.isReady());
    QVERIFY(!t.startup.phases()[1].error);
    QCOMPARE(t.ran, (std::vector<std::string>{"A", "B", "B", "B"})); // A is not done again
    QCOMPARE(t.startup.attempts(), 3U);
}

void TstStartup::pausesLongerAfterEachFailureUpToTwoSeconds()
{
    Stage t;
    t.startup.begin({t.phase("A", [] { return Status(kTransient); })});
    t.advance(1s);
    const std::size_t inTheFirst = t.ran.size();
    QVERIFY(inTheFirst >= 3 && inTheFirst <= 6);
    t.advance(10s);
    const std::size_t before = t.ran.size();
    t.advance(20s);
    const std::size_t later = t.ran.size() - before;
    QVERIFY2(later >= 8 && later <= 13, qPrintable(QString::number(later))); // 2 s, give or take a quarter
}

void TstStartup::whoeverNeedsItShortensThePause()
{
    Stage t;
    t.startup.begin({t.phase("A", [] { return Status(kTransient); })});
    t.advance(20s);
    t.startup.ensure();
    const std::size_t before = t.ran.size();
    t.advance(110ms);
    QVERIFY(t.ran.size() >= before);
    t.startup.ensure();
    t.advance(110ms);
    QCOMPARE(t.ran.size() > before, true);
    // But a crowd of impatient ones does not make it spin.
    const std::size_t spun = t.ran.size();
    for (int i = 0; i < 100; ++i) {
        t.startup.ensure();
        t.advance(10ms);
    }
    QVERIFY(t.ran.size() - spun <= 11);
}

void TstStartup::oneAttemptServesEverybody()
{
    Stage t;
    Done later;
    int runs = 0;
    t.startup.begin({{"A", [&](const Done &done) {
                          ++runs;
                          later = done;
                      }}});
    for (int i = 0; i < 50; ++i)
        t.startup.ensure();
    t.advance(5s);
    QCOMPARE(runs, 1);
    later(Ok{});
    QVERIFY(t.startup.isReady());
}

void TstStartup::aPhaseThatAnswersTwiceDoesNoHarm()
{
    Stage t;
    Done first;
    t.startup.begin({{"A",
                      [&](const Done &done) {
                          first = done;
                          done(Ok{});
                      }},
                     t.phase("B")});
    QVERIFY(t.startup.isReady());
    first(kTransient);
    QVERIFY(t.startup.isReady());
}

namespace {

/// A hub whose gate is a real Startup, under a manual clock.
struct StartBench
{
    ManualClock clock;
    Schedule schedule{clock};
    SeededRandom random;
    IdSource ids{clock, random};
    NullLog log;
    MemoryStore store;
    StoreGuard guard{clock, schedule};
    RecordingEdge edge;
    HubCounters counters;
    Limits limits;
    Retention retention;
    TurnRules turns;
    HandRunner runner;
    Startup startup{clock, schedule, random, log};
    Hub hub{clock, schedule, ids, random, log, guard, edge, counters, limits, retention, turns};
    Orchestrator server{hub, startup, {}};

    explicit StartBench(std::uint64_t seed)
        : random(seed)
    {
        guard.guard(store, server.breakerBoard());
        server.setRunner(runner);
    }
    void send(FromEdge message)
    {
        std::vector<FromEdge> batch;
        batch.push_back(std::move(message));
        server.handle(batch);
    }
    void connect(std::uint64_t serial)
    {
        AdmissionRequest request;
        request.connection = {0, serial};
        request.peer.isLoopback = true;
        request.clientId = "user" + std::to_string(serial);
        request.sessionId = "s1";
        request.apiVersion = 2;
        send(std::move(request));
        send(SocketOpened{{0, serial}});
    }
    void advance(std::chrono::milliseconds time)
    {
        for (auto gone = 0ms; gone < time; gone += 20ms) {
            clock.advance(20ms);
            schedule.runDue();
            store.deliver();
        }
    }
    template <class Body>
    std::vector<Body> sentTo(std::uint64_t serial) const
    {
        std::vector<Body> out;
        for (const ToEdge &message : edge.sent)
            if (const auto *unicast = std::get_if<Unicast>(&message); unicast && unicast->connection.serial == serial)
                if (const auto *body = std::get_if<Body>(&unicast->frame.body))
                    out.push_back(*body);
        return out;
    }
    bool wasClosed(std::uint64_t serial) const
    {
        return std::ranges::any_of(edge.sent, [serial](const ToEdge &message) {
            const auto *close = std::get_if<CloseConnection>(&message);
            return close && close->connection.serial == serial;
        });
    }
    StartPhase load()
    {
        return {"CACHE", [this](const Done &done) { server.load(done); }};
    }
};

} // namespace

void TstStartup::tenClientsWaitForOneSlowService()
{
    StartBench t(1);
    int runs = 0;
    t.startup.begin({t.load(),
                     {"SERVICES",
                      [&](const Done &done) {
                          ++runs;
                          t.schedule.start(5s, [done] { done(Ok{}); });
                      }},
                     {"FINALIZE", [](const Done &done) { done(Ok{}); }}});
    t.advance(100ms);
    for (std::uint64_t i = 1; i <= 10; ++i) {
        t.connect(i);
        t.advance(200ms);
    }
    for (std::uint64_t i = 1; i <= 10; ++i) {
        wire::Chat chat;
        chat.id = "m1";
        chat.content = "hello";
        t.send(ClientMessage{{0, i}, chat, 100, t.clock.now()});
    }
    QVERIFY(t.runner.turns.empty());
    t.advance(4s);
    QCOMPARE(runs, 1);
    QCOMPARE(t.runner.turns.size(), 10U);
    for (std::uint64_t i = 1; i <= 10; ++i) {
        const auto told = t.sentTo<wire::SystemMessage>(i);
        QVERIFY(told.size() >= 2);
        QCOMPARE(told.front().event, wire::SystemEvent::Initializing);
        QCOMPARE(*told.front().progress, 33U);
        QCOMPARE(*told.front().phase, std::string("SERVICES"));
        QCOMPARE(told.back().event, wire::SystemEvent::Ready);
        QCOMPARE(t.sentTo<wire::ServerAck>(i).size(), 1U);
        QVERIFY(!t.wasClosed(i));
    }
}

void TstStartup::aThousandStartsWithTransientFailures()
{
    int served = 0;
    int slow = 0;
    for (std::uint64_t seed = 1; seed <= 1000; ++seed) {
        StartBench t(seed);
        SeededRandom fate(seed * 7919);
        // Each phase fails three times out of ten, and takes up to 300 ms.
        const auto shaky = [&](std::function<void(Done)> real) {
            return [&t, &fate, real](const Done &done) {
                const auto takes = std::chrono::milliseconds(fate.next() % 300);
                const bool fails = fate.nextUnit() < 0.3;
                t.schedule.start(takes, [fails, done, real] {
                    if (fails)
                        done(kTransient);
                    else
                        real(done);
                });
            };
        };
        std::vector<StartPhase> phases;
        for (const char *name :
             {"DEPENDENCIES", "DATABASE", "CACHE", "SERVICES", "WEBSOCKET", "VALIDATION", "FINALIZE"})
            phases.push_back({name, shaky([](const Done &done) { done(Ok{}); })});
        phases[2].run = shaky([&t](const Done &done) { t.server.load(done); });
        t.startup.begin(std::move(phases));
        t.advance(40ms);
        t.connect(1);
        auto waited = 0ms;
        while (!t.startup.isReady() && waited < 31s) {
            t.advance(20ms);
            waited += 20ms;
        }
        t.advance(40ms);
        const bool isServed = t.startup.isReady() && !t.wasClosed(1);
        served += isServed ? 1 : 0;
        slow += waited > 10s ? 1 : 0;
    }
    qInfo("%d of 1000 served, %d after more than 10 s", served, slow);
    QVERIFY(served > 990);
    QVERIFY(slow < 10);
}

QTEST_APPLESS_MAIN(TstStartup)
#include "tst_startup.moc"
