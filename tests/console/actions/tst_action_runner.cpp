// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/actions/action_runner.h"

#include "tests/console/models/rows.h"

#include <QSignalSpy>
#include <QTest>

using namespace orchestra;

/// Operators' commands by their risk, against a peer that answers or does not.
class TstActionRunner : public QObject
{
    Q_OBJECT

private:
    struct Bench : LinkedPeer
    {
        Access access{client, clock, nullptr};
        ActionRunner runner{client, access, clock, nullptr};

        std::optional<wire::OpsAction> sent() const
        {
            const auto all = peer.bodies<wire::OpsAction>();
            return all.empty() ? std::nullopt : std::optional(all.back());
        }
        void answer(const std::string &message, std::optional<std::string> undo = {})
        {
            wire::OpsReply reply;
            reply.requestId = sent()->requestId;
            reply.message = message;
            reply.undoToken = std::move(undo);
            peer.send(reply);
        }
        void ask()
        {
            Confirmation::Question question;
            question.title = QStringLiteral("Close it?");
            wire::CloseConnections close;
            close.connectionIds = {fixedId<ConnectionId>(1)};
            OperatorCommand command(close, QStringLiteral("Closing 1 connection"));
            command.sent = [this] { ++started; };
            runner.confirmAndRun(std::move(question), {{Health::Ok, QStringLiteral("ann"), QStringLiteral("k"), {}}},
                                 std::move(command));
        }
        int started = 0;
    };

private Q_SLOTS:
    void sendsWhatCanBeTakenBackAtOnceAndTakesItBack()
    {
        Bench bench;
        QTRY_VERIFY(bench.isLive());
        bench.runner.runNow({wire::ProbeBreaker{"ollama"}, u"Probe ollama"_qs});
        QTRY_VERIFY(bench.sent().has_value());
        QVERIFY(std::holds_alternative<wire::ProbeBreaker>(bench.sent()->action));
        bench.answer("Probing ollama", "undo-1");
        QTRY_VERIFY(bench.runner.notice());
        QCOMPARE(bench.runner.notice()->text(), u"Probing ollama"_qs);
        QVERIFY(bench.runner.notice()->isUndoable());
        bench.runner.notice()->undo();
        QTRY_COMPARE(bench.peer.count<wire::OpsAction>(), 2);
        QVERIFY(std::holds_alternative<wire::UndoAction>(bench.sent()->action));
        QCOMPARE(std::get<wire::UndoAction>(bench.sent()->action).undoToken, std::string("undo-1"));
        bench.answer("");
        QTRY_COMPARE(bench.runner.notice()->text(), u"Undo"_qs);
        bench.runner.undo();
        QCOMPARE(bench.runner.notice()->text(), u"There is nothing to undo"_qs);
        QCOMPARE(bench.peer.count<wire::OpsAction>(), 2);
    }

    void asksWaitsAndThenSends()
    {
        Bench bench;
        QTRY_VERIFY(bench.isLive());
        bench.ask();
        QVERIFY(bench.runner.confirmation());
        QCOMPARE(bench.runner.confirmation()->count(), 1);
        bench.runner.confirmation()->accept(u" too many "_qs);
        QVERIFY(!bench.runner.confirmation());
        QVERIFY(bench.runner.pending());
        QCOMPARE(bench.runner.pending()->remainingText(), u"5 s"_qs);
        bench.clock.advance(std::chrono::milliseconds(2500));
        QVERIFY(qFuzzyCompare(bench.runner.pending()->remaining(), 0.5));
        QTest::qWait(250);
        QCOMPARE(bench.peer.count<wire::OpsAction>(), 0);
        QCOMPARE(bench.started, 0);
        bench.clock.advance(std::chrono::milliseconds(2500));
        QTRY_VERIFY(bench.sent().has_value());
        QCOMPARE(bench.started, 1);
        QVERIFY(!bench.runner.pending());
        QCOMPARE(bench.sent()->reason, std::string("too many"));
        bench.answer("Closed 1");
        QTRY_VERIFY(bench.runner.notice());
        QVERIFY(!bench.runner.notice()->isUndoable());
    }

    void sendsNothingThatWasCalledOff()
    {
        Bench bench;
        QTRY_VERIFY(bench.isLive());
        bench.ask();
        bench.runner.confirmation()->cancel();
        QVERIFY(!bench.runner.confirmation());
        bench.ask();
        bench.runner.confirmation()->accept({});
        bench.runner.pending()->cancel();
        QVERIFY(!bench.runner.pending());
        bench.clock.advance(std::chrono::seconds(10));
        QTest::qWait(250);
        QCOMPARE(bench.peer.count<wire::OpsAction>(), 0);
        QCOMPARE(bench.started, 0);
    }

    void doesNotDropAnActionForTheNextOne()
    {
        Bench bench;
        QTRY_VERIFY(bench.isLive());
        bench.ask();
        bench.runner.confirmation()->accept({});
        bench.ask();
        QVERIFY2(!bench.runner.confirmation(), "one at a time");
        QVERIFY(bench.runner.pending());
        QVERIFY(bench.runner.notice()->text().contains(u"Closing 1 connection"_qs));
    }

    void asksForAReasonWhereOneIsNeeded()
    {
        Confirmation::Question question;
        question.reasonNeeded = true;
        Confirmation confirmation(question, {}, nullptr);
        QSignalSpy accepted(&confirmation, &Confirmation::accepted);
        confirmation.accept(u"  "_qs);
        QCOMPARE(accepted.count(), 0);
        confirmation.accept(u"why"_qs);
        QCOMPARE(accepted.count(), 1);
    }

    void refusesWithoutALiveLinkOrTheRole()
    {
        Bench bench;
        bench.runner.runNow({wire::ProbeBreaker{"x"}, u"Probe"_qs});
        QCOMPARE(bench.runner.notice()->status(), static_cast<int>(Health::Warn));
        bench.ask();
        QVERIFY(!bench.runner.confirmation());
        Bench watcher;
        watcher.peer.welcome("viewer");
        QTRY_VERIFY(watcher.isLive());
        watcher.runner.runNow({wire::ProbeBreaker{"x"}, u"Probe"_qs});
        QVERIFY(watcher.runner.notice()->text().contains(u"operator"_qs));
        QCOMPARE(watcher.peer.count<wire::OpsAction>(), 0);
    }

    void refusesOnALockedServerUntilItIsUnlocked()
    {
        Bench bench;
        QTRY_VERIFY(bench.isLive());
        bench.access.setLocks(true);
        QVERIFY(bench.access.isLocked());
        QCOMPARE(bench.access.lockText(), u"Read-only"_qs);
        bench.ask();
        QVERIFY(!bench.runner.confirmation());
        bench.access.unlock();
        bench.ask();
        QVERIFY(bench.runner.confirmation());
        QCOMPARE(bench.access.lockText(), u"Unlocked 15:00"_qs);
        bench.clock.advance(std::chrono::minutes(15));
        QVERIFY(bench.access.isLocked());
    }

    void saysNotConfirmedWhenTheLinkBreaksBeforeTheAnswer()
    {
        Bench bench;
        QTRY_VERIFY(bench.isLive());
        bench.runner.runNow({wire::ProbeBreaker{"ollama"}, u"Probe ollama"_qs});
        QTRY_VERIFY(bench.sent().has_value());
        bench.peer.vanish();
        QTRY_VERIFY(bench.runner.notice());
        QVERIFY(bench.runner.notice()->text().contains(u"not confirmed"_qs));
        QCOMPARE(bench.runner.notice()->status(), static_cast<int>(Health::Warn));
    }

    void saysWhatIsOnItsWayUntilItIsAnswered()
    {
        Bench bench;
        QTRY_VERIFY(bench.isLive());
        Action probe(u"Probe now"_qs, 1, nullptr);
        OperatorCommand command(wire::ProbeBreaker{"ollama"}, u"Probing ollama"_qs);
        command.busy = u"Probing"_qs;
        command.revision = 7;
        bench.runner.runNow(std::move(command).shownBy(&probe));
        QCOMPARE(probe.busyText(), u"Probing 0.0 s"_qs);
        QCOMPARE(bench.runner.busyText(), QString()); // nobody has waited yet
        bench.clock.advance(std::chrono::milliseconds(800));
        QTRY_COMPARE(probe.busyText(), u"Probing 0.8 s"_qs);
        QCOMPARE(bench.runner.busyText(), u"Probing ollama 0.8 s"_qs);
        QTRY_VERIFY(bench.sent().has_value());
        QCOMPARE(bench.sent()->expectedRevision, std::optional<std::uint64_t>(7));
        QCOMPARE(bench.sent()->reason, std::string("Probing ollama")); // the audit wants one
        bench.answer("Probing");
        QTRY_COMPARE(probe.busyText(), QString());
        QCOMPARE(bench.runner.busyText(), QString());
        bench.runner.runNow(OperatorCommand(wire::ProbeBreaker{"x"}, u"Probing x"_qs).shownBy(&probe));
        QVERIFY(!probe.busyText().isEmpty());
        bench.peer.vanish();
        QTRY_COMPARE(probe.busyText(), QString());
    }

    void showsTheServersRefusal()
    {
        Bench bench;
        QTRY_VERIFY(bench.isLive());
        bench.runner.runNow({wire::ProbeBreaker{"ollama"}, u"Probe ollama"_qs});
        QTRY_VERIFY(bench.sent().has_value());
        wire::OpsReply reply;
        reply.requestId = bench.sent()->requestId;
        reply.error = wire::ErrorBody{Code::NotFound, "There is no breaker ollama.", false};
        bench.peer.send(reply);
        QTRY_VERIFY(bench.runner.notice());
        QCOMPARE(bench.runner.notice()->text(), u"Probe ollama: There is no breaker ollama."_qs);
        QCOMPARE(bench.runner.notice()->status(), static_cast<int>(Health::Bad));
        QCOMPARE(bench.runner.notice()->requestId().toStdString(), bench.sent()->requestId);
    }

    void takesANoticeAwayAfterTenSecondsOrAtOnce()
    {
        Bench bench;
        bench.runner.tell(u"one"_qs);
        bench.clock.advance(std::chrono::seconds(5));
        QVERIFY(qFuzzyCompare(bench.runner.notice()->remaining(), 0.5));
        bench.clock.advance(std::chrono::seconds(5));
        QTRY_VERIFY(!bench.runner.notice());
        bench.runner.tell(u"two"_qs);
        bench.runner.notice()->dismiss();
        QVERIFY(!bench.runner.notice());
    }
};

QTEST_GUILESS_MAIN(TstActionRunner)
#include "tst_action_runner.moc"
