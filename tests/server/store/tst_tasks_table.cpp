// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/server/store/store_fixture.h"

#include <QTest>

using namespace orchestra;

class TstTasksTable : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void answersAResendWithTheFirstUse();
    void refusesAnotherBodyUnderAKnownKey();
    void forgetsAKeyAfterADay_data();
    void forgetsAKeyAfterADay();
    void remembersAKeyThroughARestart();
    void keepsTheKeysOfThreadsApart();
    void knowsNoKeyThatIsEmpty();
    void refusesAThreadOfAnotherUserOrEpoch();
    void takesTheTitleFromTheFirstMessage_data();
    void takesTheTitleFromTheFirstMessage();
    void tellsAResendHowTheTaskEnded();
    void takesTheSameEndAgainButNoOther();
    void raisesTheHeadButNeverLowersIt();
    void refusesAnEndThatIsNotTheTasks();
    void refusesACheckpointAfterTheEnd();
    void endsWhatWasInterruptedAndBeginsANewEpoch();
    void saysWhoMadeTheTextThatWasInterrupted();
    void leavesThreadsThatWereIdleInTheirEpoch();
    void recoversOnlyOnce();
};

void TstTasksTable::answersAResendWithTheFirstUse()
{
    StoreFixture fixture;
    QVERIFY(fixture.open());
    const ThreadRecord thread = fixture.thread();
    const AcceptMessage first = fixture.message(thread, "m1", "hello");
    const AcceptedTask accepted = *fixture.ask(first);
    QVERIFY(accepted.isNew);
    QVERIFY(accepted.messageId == first.messageId);
    QVERIFY(accepted.taskId == first.taskId);
    QCOMPARE(accepted.epoch, 1U);
    QCOMPARE(accepted.offset, 0U);

    const AcceptedTask again = *fixture.ask(fixture.message(thread, "m1", "hello"));
    QVERIFY(!again.isNew);
    QVERIFY(again.messageId == first.messageId);
    QVERIFY(again.taskId == first.taskId);
    QVERIFY(!again.completed);
    QCOMPARE(contents(fixture.messages(thread.threadId)), Texts{"hello"});
    QCOMPARE(fixture.thread().messages, 1U);
}

void TstTasksTable::refusesAnotherBodyUnderAKnownKey()
{
    StoreFixture fixture;
    QVERIFY(fixture.open());
    const ThreadRecord thread = fixture.thread();
    fixture.accept(thread, "m1", "hello");
    const auto conflict = fixture.ask(fixture.message(thread, "m1", "something else"));
    QVERIFY(!conflict);
    QCOMPARE(conflict.error().code, Code::IdempotencyConflict);
    QCOMPARE(contents(fixture.messages(thread.threadId)), Texts{"hello"});
}

void TstTasksTable::forgetsAKeyAfterADay_data()
{
    QTest::addColumn<qint64>("age");
    QTest::addColumn<bool>("isNew");
    constexpr qint64 day = 24 * 3600 * 1000;
    QTest::newRow("at once") << qint64{0} << false;
    QTest::newRow("a millisecond before") << day - 1 << false;
    QTest::newRow("after a day") << day << true;
    QTest::newRow("the clock was set back") << -day << false;
}

void TstTasksTable::forgetsAKeyAfterADay()
{
    QFETCH(const qint64, age);
    QFETCH(const bool, isNew);
    StoreFixture fixture;
    QVERIFY(fixture.open());
    const ThreadRecord thread = fixture.thread();
    const AcceptMessage first = fixture.accept(thread, "m1", "hello");
    fixture.clock.setWall(first.at + age);
    const AcceptedTask again = *fixture.ask(fixture.message(thread, "m1", "hello"));
    QCOMPARE(again.isNew, isNew);
    QCOMPARE(again.taskId != first.taskId, isNew);
    // Another body is no conflict with a key that is forgotten, and one with the key in use now.
    const auto other = fixture.ask(fixture.message(thread, "m1", "something else"));
    QVERIFY(!other);
    QCOMPARE(other.error().code, Code::IdempotencyConflict);
}

void TstTasksTable::remembersAKeyThroughARestart()
{
    StoreFixture fixture;
    QVERIFY(fixture.open());
    const ThreadRecord thread = fixture.thread();
    const AcceptMessage first = fixture.accept(thread, "m1", "hello");
    fixture.restart();
    const AcceptedTask again = *fixture.ask(fixture.message(thread, "m1", "hello"));
    QVERIFY(!again.isNew);
    QVERIFY(again.taskId == first.taskId);
    QVERIFY(again.completed.has_value());
    QCOMPARE(again.completed->error->code, Code::Interrupted);
}

void TstTasksTable::keepsTheKeysOfThreadsApart()
{
    StoreFixture fixture;
    QVERIFY(fixture.open());
    fixture.accept(fixture.thread("alice", "session-1"), "m1", "hello");
    QVERIFY(fixture.ask(fixture.message(fixture.thread("alice", "session-2"), "m1", "other"))->isNew);
    QVERIFY(fixture.ask(fixture.message(fixture.thread("bob", "session-1"), "m1", "other"))->isNew);
}

void TstTasksTable::knowsNoKeyThatIsEmpty()
{
    StoreFixture fixture;
    QVERIFY(fixture.open());
    const ThreadRecord thread = fixture.thread();
    QVERIFY(fixture.ask(fixture.message(thread, "", "hello"))->isNew);
    QVERIFY(fixture.ask(fixture.message(thread, "", "hello again"))->isNew);
}

void TstTasksTable::refusesAThreadOfAnotherUserOrEpoch()
{
    StoreFixture fixture;
    QVERIFY(fixture.open());
    const ThreadRecord thread = fixture.thread("alice");
    AcceptMessage request = fixture.message(thread, "m1", "hello");
    request.userId = "mallory";
    QCOMPARE(fixture.ask(request).error().code, Code::NotFound);
    request = fixture.message(thread, "m1", "hello");
    request.epoch = 2;
    QCOMPARE(fixture.ask(request).error().code, Code::Conflict);
    request = fixture.message(thread, "m1", "hello");
    request.answerId = {};
    QCOMPARE(fixture.ask(request).error().code, Code::Invalid);
    QVERIFY(fixture.messages(thread.threadId).messages.empty());
}

void TstTasksTable::takesTheTitleFromTheFirstMessage_data()
{
    QTest::addColumn<QString>("title");
    QTest::addColumn<QString>("content");
    QTest::addColumn<QString>("expected");
    QTest::newRow("given") << "Given"
                           << "content"
                           << "Given";
    QTest::newRow("the first line") << ""
                                    << "one\ntwo"
                                    << "one";
    QTest::newRow("cut to 80 bytes") << "" << QString(200, u'x') << QString(80, u'x');
    QTest::newRow("not inside a character") << "" << QString(40, u'€') << QString(26, u'€');
}

void TstTasksTable::takesTheTitleFromTheFirstMessage()
{
    QFETCH(const QString, title);
    QFETCH(const QString, content);
    QFETCH(const QString, expected);
    StoreFixture fixture;
    QVERIFY(fixture.open());
    const ThreadRecord thread = fixture.thread();
    AcceptMessage request = fixture.message(thread, "m1", content.toStdString());
    request.title = title.toStdString();
    QVERIFY(fixture.ask(request));
    QCOMPARE(fixture.thread().title, expected.toStdString());
    fixture.accept(thread, "m2", "a later message");
    QCOMPARE(fixture.thread().title, expected.toStdString());
}

void TstTasksTable::tellsAResendHowTheTaskEnded()
{
    StoreFixture fixture;
    QVERIFY(fixture.open());
    const ThreadRecord thread = fixture.thread();
    const AcceptMessage accepted = fixture.accept(thread, "m1", "hello");
    FinishTask finish = fixture.ending(accepted, "good morning", 1, 7);
    finish.completed.qualityScore = 0.1 + 0.2;
    finish.completed.usage = {12, 34, true};
    finish.completed.timings.totalMs = 1234.5678;
    finish.completed.timings.firstTokenMs = 0.125;
    finish.completed.provenance.source = wire::AnswerSource::Model;
    finish.completed.provenance.model = "llama3 \"quoted\"";
    finish.completed.provenance.flagVariants = {{"retrieval", "on"}};
    finish.completed.degradationLevel = 2;
    QVERIFY(fixture.ask(finish));

    const AcceptedTask again = *fixture.ask(fixture.message(thread, "m1", "hello"));
    QVERIFY(!again.isNew);
    QCOMPARE(again.offset, 1U);
    QVERIFY(again.completed.has_value());
    QVERIFY(*again.completed == finish.completed);
}

void TstTasksTable::takesTheSameEndAgainButNoOther()
{
    StoreFixture fixture;
    QVERIFY(fixture.open());
    const ThreadRecord thread = fixture.thread();
    const AcceptMessage accepted = fixture.accept(thread, "m1", "hello");
    const FinishTask finish = fixture.ending(accepted, "good morning", 1, 7);
    QVERIFY(fixture.ask(finish));
    QVERIFY(fixture.ask(finish));
    const auto other = fixture.ask(fixture.ending(accepted, "good evening", 1, 8));
    QVERIFY(!other);
    QCOMPARE(other.error().code, Code::AlreadyEnded);
    QCOMPARE(contents(fixture.messages(thread.threadId)), (Texts{"hello", "good morning"}));
    QCOMPARE(fixture.thread().offset, 7U);
    QCOMPARE(fixture.thread().messages, 2U);
}

void TstTasksTable::raisesTheHeadButNeverLowersIt()
{
    StoreFixture fixture;
    QVERIFY(fixture.open());
    const ThreadRecord thread = fixture.thread();
    const AcceptMessage first = fixture.accept(thread, "m1", "one");
    const AcceptMessage second = fixture.accept(thread, "m2", "two");
    QVERIFY(fixture.ask(fixture.ending(second, "second", 2, 9)));
    QVERIFY(fixture.ask(fixture.ending(first, "first", 1, 5)));
    QCOMPARE(fixture.thread().offset, 9U);
}

void TstTasksTable::refusesAnEndThatIsNotTheTasks()
{
    StoreFixture fixture;
    QVERIFY(fixture.open());
    const ThreadRecord thread = fixture.thread();
    const AcceptMessage accepted = fixture.accept(thread, "m1", "hello");
    const FinishTask finish = fixture.ending(accepted, "good morning", 1, 7);
    FinishTask wrong = finish;
    wrong.userId = "mallory";
    QCOMPARE(fixture.ask(wrong).error().code, Code::NotFound);
    wrong = finish;
    wrong.threadId = fixture.thread("alice", "session-2").threadId;
    QCOMPARE(fixture.ask(wrong).error().code, Code::NotFound);
    wrong = finish;
    wrong.taskId = fixture.ids.make<TaskId>();
    QCOMPARE(fixture.ask(wrong).error().code, Code::NotFound);
    wrong = finish;
    wrong.epoch = 2;
    QCOMPARE(fixture.ask(wrong).error().code, Code::Conflict);
    wrong = finish;
    wrong.completed.messageId = fixture.ids.make<MessageId>();
    QCOMPARE(fixture.ask(wrong).error().code, Code::Invalid);
    QCOMPARE(contents(fixture.messages(thread.threadId)), Texts{"hello"});
    QVERIFY(fixture.ask(finish));
}

void TstTasksTable::refusesACheckpointAfterTheEnd()
{
    StoreFixture fixture;
    QVERIFY(fixture.open());
    const AcceptMessage accepted = fixture.accept(fixture.thread(), "m1", "hello");
    QVERIFY(fixture.ask(CheckpointTask{accepted.taskId, "good", {}, 1}));
    QVERIFY(fixture.ask(fixture.ending(accepted, "good morning", 1, 7)));
    QCOMPARE(fixture.ask(CheckpointTask{accepted.taskId, "good", {}, 1}).error().code, Code::AlreadyEnded);
    QCOMPARE(fixture.ask(CheckpointTask{fixture.ids.make<TaskId>(), "good", {}, 1}).error().code, Code::NotFound);
}

void TstTasksTable::endsWhatWasInterruptedAndBeginsANewEpoch()
{
    StoreFixture fixture;
    QVERIFY(fixture.open());
    const ThreadRecord thread = fixture.thread();
    QVERIFY(fixture.ask(fixture.ending(fixture.accept(thread, "m1", "one"), "first", 1, 8)));
    const AcceptMessage running = fixture.accept(thread, "m2", "two");
    const AcceptMessage queued = fixture.accept(thread, "m3", "three");
    QVERIFY(fixture.ask(CheckpointTask{running.taskId, "seco", {}, fixture.clock.wallMs()}));

    const Recovery recovery = fixture.restart();
    QCOMPARE(recovery.interruptedTasks, 2U);
    QCOMPARE(recovery.newEpochs, 1U);
    const ThreadRecord now = fixture.thread();
    QCOMPARE(now.epoch, 2U);
    QCOMPARE(now.offset, 0U);
    QCOMPARE(now.messages, 6U);

    const MessagePage page = fixture.messages(thread.threadId);
    QCOMPARE(contents(page), (Texts{"one", "first", "two", "three", "seco", ""}));
    for (const std::size_t i : {4U, 5U}) {
        QCOMPARE(page.messages[i].status, wire::CompletionStatus::Failed);
        QCOMPARE(page.messages[i].error->code, Code::Interrupted);
        QCOMPARE(page.messages[i].epoch, 2U);
        QCOMPARE(page.messages[i].offset, 0U);
    }
    QVERIFY(page.messages[4].messageId == running.answerId);
    QVERIFY(page.messages[4].taskId == running.taskId);
    QVERIFY(page.messages[5].messageId == queued.answerId);

    // One turn per message id: a resend gets the failed task, not a new one.
    ThreadRecord reopened = now;
    const AcceptedTask again = *fixture.ask(fixture.message(reopened, "m2", "two"));
    QVERIFY(!again.isNew);
    QVERIFY(again.taskId == running.taskId);
    QCOMPARE(again.completed->content, "seco");
    // And the thread goes on.
    QVERIFY(fixture.ask(fixture.ending(fixture.accept(now, "m4", "four"), "fourth", 1, 3)));
    QCOMPARE(fixture.thread().offset, 3U);
}

void TstTasksTable::saysWhoMadeTheTextThatWasInterrupted()
{
    StoreFixture fixture;
    QVERIFY(fixture.open());
    const ThreadRecord thread = fixture.thread();
    const AcceptMessage running = fixture.accept(thread, "m1", "hello");
    wire::Provenance provenance;
    provenance.source = wire::AnswerSource::Model;
    provenance.provider = "ollama";
    provenance.model = "llama3";
    QVERIFY(fixture.ask(CheckpointTask{running.taskId, "good m", provenance, 1}));
    fixture.restart();
    const AcceptedTask again = *fixture.ask(fixture.message(fixture.thread(), "m1", "hello"));
    QVERIFY(again.completed->provenance == provenance);
}

void TstTasksTable::leavesThreadsThatWereIdleInTheirEpoch()
{
    StoreFixture fixture;
    QVERIFY(fixture.open());
    const ThreadRecord idle = fixture.thread("alice", "idle");
    QVERIFY(fixture.ask(fixture.ending(fixture.accept(idle, "m1", "one"), "first", 1, 8)));
    fixture.accept(fixture.thread("alice", "busy"), "m1", "one");
    const Recovery recovery = fixture.restart();
    QCOMPARE(recovery.newEpochs, 1U);
    QCOMPARE(fixture.thread("alice", "idle").epoch, 1U);
    QCOMPARE(fixture.thread("alice", "idle").offset, 8U);
    QCOMPARE(fixture.thread("alice", "busy").epoch, 2U);
}

void TstTasksTable::recoversOnlyOnce()
{
    StoreFixture fixture;
    QVERIFY(fixture.open());
    fixture.accept(fixture.thread(), "m1", "hello");
    QCOMPARE(fixture.restart().interruptedTasks, 1U);
    QCOMPARE(fixture.restart().interruptedTasks, 0U);
    QCOMPARE(fixture.thread().epoch, 2U);
    QCOMPARE(fixture.messages(fixture.thread().threadId).messages.size(), 2U);
}

QTEST_GUILESS_MAIN(TstTasksTable)
#include "tst_tasks_table.moc"
