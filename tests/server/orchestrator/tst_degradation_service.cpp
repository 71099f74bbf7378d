// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/orchestrator/degradation_service.h"

#include "tests/support/hub_bench.h"

#include <QTest>

using namespace orchestra;
using namespace std::chrono_literals;
using Level = DegradationLevel;

namespace {

struct LevelBench : HubBench
{
    DegradationService &levels = server->degradationService();
    std::optional<double> load = 0.0; ///< of an input that a test holds
    ConnectionKey ann;
    int chats = 0;

    LevelBench()
    {
        load_();
        levels.addInput([this] { return std::optional(wire::DegradationInput{"test", load, "as the test says"}); });
        levels.start({.essentialRuns = 2});
        ann = join({});
    }
    void load_() { HubBench::load(); }
    /// In steps that do not make the loop late.
    void pass(std::chrono::seconds time)
    {
        for (std::chrono::seconds gone{0}; gone < time; gone += 5s)
            advance(5s);
    }
    void pin(Level level, std::chrono::seconds duration = 1h)
    {
        levels.pin(level, "olga", "a drill", duration);
        settle();
    }
    std::string ask(const std::string &content = "Hello")
    {
        const std::string id = "m" + std::to_string(++chats);
        chat(ann, id, content);
        return id;
    }
    /// What the last client frame was answered with, when it was refused.
    const wire::ErrorFrame *refused()
    {
        const auto *frame = seen[ann].last<wire::ErrorFrame>();
        return frame == nullptr ? nullptr : std::get_if<wire::ErrorFrame>(&frame->body);
    }
    wire::DegradationRow row() const { return server->degradation(); }
    double inputOf(const std::string &name) const
    {
        for (const wire::DegradationInput &input : row().inputs)
            if (input.name == name)
                return input.load.value_or(-1);
        return -2;
    }
};

} // namespace

class TstDegradationService : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void followsItsInputs()
    {
        LevelBench t;
        t.advance(6s);
        QCOMPARE(t.row().level, 0U);
        t.load = 0.8;
        t.advance(11s);
        QCOMPARE(t.row().level, 2U);
        QCOMPARE(t.row().cause, std::string("test: as the test says"));
        QCOMPARE(t.server->overview().degradationLevel, 2U);
        QCOMPARE(t.server->health().status, wire::HealthState::Degraded);
        QCOMPARE(t.counters.degradationChanges["constrained"], 1U);
        t.load = 0.0;
        t.pass(200s);
        QCOMPARE(t.row().level, 0U);
    }

    void tellsEverybodyAndWritesItDown()
    {
        LevelBench t;
        t.load = 0.55;
        t.advance(11s);
        const auto *told = t.seen[t.ann].last<wire::SystemMessage>();
        QVERIFY(told != nullptr);
        const auto &news = std::get<wire::SystemMessage>(told->body);
        QCOMPARE(news.event, wire::SystemEvent::Degraded);
        QCOMPARE(*news.level, 1U);
        QCOMPARE(news.message, noteOf(Level::Reduced));
        QCOMPARE(t.store.audit.back().action, std::string("degradation_level"));
        QCOMPARE(t.store.audit.back().actor, std::string("orchestrad"));
        QCOMPARE(t.store.audit.back().after, std::string("reduced"));
        QCOMPARE(t.server->overview().problems.back().kind, std::string("degraded"));
    }

    void everyAnswerSaysTheLevelItWasMadeUnder()
    {
        LevelBench t;
        t.pin(Level::Constrained);
        t.ask();
        const auto *note = t.seen[t.ann].last<wire::SystemMessage>();
        QCOMPARE(*std::get<wire::SystemMessage>(note->body).level, 2U);
        QVERIFY(note->taskId);
        t.levels.unpin("olga", "done"); // the answer was begun under level 2 all the same
        t.answer(t.runner.turns.back(), {"Hi"});
        const auto *end = t.seen[t.ann].last<wire::AgentCompleted>();
        QCOMPARE(std::get<wire::AgentCompleted>(end->body).degradationLevel, 2U);
        t.ask();
        t.answer(t.runner.turns.back(), {"Hi"});
        end = t.seen[t.ann].last<wire::AgentCompleted>();
        QCOMPARE(std::get<wire::AgentCompleted>(end->body).degradationLevel, 0U);
    }

    void takesNewQuestionsAtLevelThreeOnlyAsPlacesAreFree()
    {
        LevelBench t;
        t.pin(Level::Essential);
        const ConnectionKey bob = t.join({.user = "bob"});
        t.ask();
        t.chat(bob, "b1", "Hello");
        QVERIFY(t.refused() == nullptr);
        t.ask();
        QVERIFY(t.refused() != nullptr);
        QCOMPARE(t.refused()->code, Code::NotReady);
        QVERIFY(t.refused()->retryable);
        QCOMPARE(*t.refused()->retryAfterMs, 5000U);
        t.ask("/status");                    // commands go on
        QCOMPARE(t.runner.turns.size(), 2U); // behind ann's own turn
        t.answer(t.runner.turns[0], {"Hi"});
        QCOMPARE(t.runner.turns.size(), 3U);
    }

    void takesNoQuestionsUnderMaintenanceButEndsWhatRuns()
    {
        LevelBench t;
        const std::string first = t.ask();
        t.pin(Level::Maintenance, 600s);
        const auto news = std::get<wire::SystemMessage>(t.seen[t.ann].last<wire::SystemMessage>()->body);
        QCOMPARE(news.event, wire::SystemEvent::Maintenance);
        QVERIFY(news.message.find("Until 20") != std::string::npos);
        t.ask();
        QCOMPARE(t.refused()->code, Code::NotReady);
        QCOMPARE(*t.refused()->retryAfterMs, 600000U);
        t.answer(t.runner.turns.front(), {"Hi"});
        QVERIFY(t.seen[t.ann].last<wire::AgentCompleted>() != nullptr);
        const std::size_t turns = t.runner.turns.size();
        t.ask("/history");
        QCOMPARE(t.runner.turns.size(), turns + 1);
        t.answer(t.runner.turns.back(), {"Yesterday"});
        t.pass(600s);
        t.ask();
        QCOMPARE(t.runner.turns.size(), turns + 2);
    }

    void cancelWorksAtEveryLevel()
    {
        for (int level = 0; level < 5; ++level) {
            LevelBench t;
            t.ask();
            t.pin(static_cast<Level>(level));
            t.say(t.ann, wire::Cancel{"c1", {}, t.threadOf(t.ann), wire::CancelScope::Thread});
            const auto *end = t.seen[t.ann].last<wire::AgentCompleted>();
            QVERIFY(end != nullptr);
            QCOMPARE(std::get<wire::AgentCompleted>(end->body).status, wire::CompletionStatus::Cancelled);
        }
    }

    void countsOpenBreakersByTheirWeight()
    {
        LevelBench t;
        t.server->breakerBoard().add("model:a/one", {});
        t.server->breakerBoard().add("model:a/two", {});
        t.server->breakerBoard().add("mcp:files", {});
        const auto force = [&](const char *name) {
            t.server->breakerBoard().find(name)->overrideWith(wire::BreakerOverride::ForcedOpen, "olga", "drill", 1h);
        };
        force("mcp:files");
        t.advance(6s);
        QCOMPARE(t.inputOf("breakers"), 0.0); // optional
        force("model:a/one");
        t.advance(6s);
        QVERIFY(std::abs(t.inputOf("breakers") - 1.0 / 6) < 1e-9);
        force("store");
        t.advance(6s);
        QVERIFY(std::abs(t.inputOf("breakers") - 5.0 / 6) < 1e-9);
        t.advance(6s);
        QCOMPARE(t.row().level, 2U);
    }

    void whatItRefusesItselfDoesNotKeepItUp()
    {
        LevelBench t;
        t.pin(Level::Maintenance, 60s);
        for (int i = 0; i < 30; ++i)
            t.ask();
        t.advance(6s);
        QCOMPARE(t.inputOf("refusals"), 0.0);
        t.counters.overloads += 20;
        t.advance(6s);
        QCOMPARE(t.inputOf("refusals"), 1.0);
    }

    void measuresHowLateItsLoopIs()
    {
        LevelBench t;
        t.advance(6s);
        QVERIFY(t.inputOf("loop_lag") < 0.2); // the test's own steps
        for (int i = 0; i < 6; ++i) {
            t.clock.advance(2200ms); // the loop was busy elsewhere
            t.settle();
        }
        QCOMPARE(t.inputOf("loop_lag"), 1.0);
    }

    void aPinOutlivesARestart()
    {
        LevelBench t;
        t.pin(Level::Maintenance, 1h);
        QVERIFY(t.store.degradationPin);
        QCOMPARE(t.store.degradationPin->level, 4U);
        QCOMPARE(t.store.degradationPin->actor, std::string("olga"));
        t.advance(20min);
        DegradationService again(t.hub, t.server->breakerBoard(), {});
        QCOMPARE(again.level(), Level::Normal);
        again.restore(t.store.degradationPin);
        QCOMPARE(again.level(), Level::Maintenance);
        QCOMPARE(again.state().pinLeft(), 40min);
        QCOMPARE(*again.state().row().actor, std::string("olga"));
        QCOMPARE(again.state().row().cause, std::string("a drill"));
        t.advance(40min);
        QCOMPARE(again.level(), Level::Normal);
        QVERIFY(!t.store.degradationPin); // the next start knows nothing of it
    }

    void aPinThatHasEndedWhileTheServerWasDownIsForgotten()
    {
        LevelBench t;
        t.store.degradationPin = DegradationPin{2, "olga", "a drill", t.clock.wallMs() - 1};
        DegradationService again(t.hub, t.server->breakerBoard(), {});
        again.restore(t.store.degradationPin);
        t.settle();
        QCOMPARE(again.level(), Level::Normal);
        QVERIFY(!t.store.degradationPin);
    }

    void aPinSinceTheStartIsNewerThanOneFromBefore()
    {
        LevelBench t;
        DegradationService again(t.hub, t.server->breakerBoard(), {});
        again.pin(Level::Reduced, "vera", "since the start", 1h);
        again.restore(DegradationPin{4, "olga", "a drill", t.clock.wallMs() + 60'000});
        t.settle();
        QCOMPARE(again.level(), Level::Reduced);
        QCOMPARE(t.store.degradationPin->actor, std::string("vera"));
        DegradationService ended(t.hub, t.server->breakerBoard(), {});
        ended.pin(Level::Reduced, "vera", "since the start", 1h);
        ended.unpin("vera", "done");
        ended.restore(DegradationPin{4, "olga", "a drill", t.clock.wallMs() + 60'000});
        t.settle();
        QCOMPARE(ended.level(), Level::Normal);
        QVERIFY(!t.store.degradationPin);
    }

    void tellsTheStoreOfAPinLaterWhenItCannotTakeItNow()
    {
        LevelBench t;
        t.store.failing = true;
        t.pin(Level::Reduced);
        t.pin(Level::Constrained);
        QVERIFY(!t.store.degradationPin);
        t.store.failing = false;
        t.advance(DegradationService::kSaveAgain);
        QVERIFY(t.store.degradationPin);
        QCOMPARE(t.store.degradationPin->level, 2U); // the last word
    }

    void anOperatorPinsAndUndoes()
    {
        LevelBench t;
        const Principal olga{"olga", Role::Operator, false, "t1", {}};
        wire::OpsReply reply;
        const auto act = [&](wire::ActionBody body, std::optional<std::uint64_t> revision = {}) {
            static int serial = 0;
            t.server->admin().act(olga, {"r" + std::to_string(++serial), revision, "a drill", std::move(body)},
                                  [&](wire::OpsReply answer) { reply = std::move(answer); });
            t.settle();
        };
        act(wire::PinDegradation{7, 60});
        QCOMPARE(reply.error->code, Code::Invalid);
        act(wire::PinDegradation{2, 0});
        QCOMPARE(reply.error->code, Code::Invalid);
        act(wire::PinDegradation{2, 60});
        QVERIFY(!reply.error);
        QCOMPARE(t.row().level, 2U);
        QCOMPARE(*t.row().actor, std::string("olga"));
        QCOMPARE(reply.revision, *t.row().revision);
        QCOMPARE(t.store.audit.back().action, std::string("pin_degradation"));
        QCOMPARE(t.store.audit.back().after, std::string("level 2, constrained for 60 s"));
        const std::string undo = *reply.undoToken;
        act(wire::PinDegradation{3, 60}, reply.revision + 5);
        QCOMPARE(reply.error->code, Code::StaleRevision);
        act(wire::UndoAction{undo});
        QVERIFY(!reply.error);
        QCOMPARE(t.row().level, 0U);
        t.server->admin().act({"vera", Role::Viewer, false, "t2", {}},
                              {"v1", {}, "why not", wire::PinDegradation{2, 60}},
                              [&](wire::OpsReply answer) { reply = std::move(answer); });
        t.settle();
        QCOMPARE(reply.error->code, Code::Forbidden);
        QCOMPARE(t.row().level, 0U);
    }
};

QTEST_APPLESS_MAIN(TstDegradationService)
#include "tst_degradation_service.moc"
