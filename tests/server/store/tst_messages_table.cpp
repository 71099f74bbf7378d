// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/server/store/store_fixture.h"

#include <QTest>

using namespace orchestra;

class TstMessagesTable : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void givesBackWhatWasStored();
    void keepsAnyText_data();
    void keepsAnyText();
    void readsBackwardsPageByPage();
    void showsTheCheckpointOfTheTaskThatRuns();
    void knowsTheOffsetsOnceTheTaskHasEnded();
    void refusesAMessageOfAnotherThreadAsAPlace();
    void refusesToShowAMessageThatWasChanged();
    void savesTheLastWordOnAnAnswer();
};

void TstMessagesTable::givesBackWhatWasStored()
{
    StoreFixture fixture;
    QVERIFY(fixture.open());
    const ThreadRecord thread = fixture.thread();
    const AcceptMessage accepted = fixture.accept(thread, "ref-1", "hello");
    fixture.clock.advance(std::chrono::seconds(3));
    FinishTask finish = fixture.ending(accepted, "no model here", 1, 4);
    finish.completed.status = wire::CompletionStatus::Failed;
    finish.completed.error = wire::ErrorBody{Code::NoModel, "no model is configured", false};
    QVERIFY(fixture.ask(finish));

    const MessagePage page = fixture.messages(thread.threadId);
    QCOMPARE(page.messages.size(), 2U);
    wire::StoredMessage question;
    question.messageId = accepted.messageId;
    question.role = wire::MessageRole::User;
    question.content = "hello";
    question.at.ms = accepted.at;
    question.ref = "ref-1";
    question.taskId = accepted.taskId;
    question.epoch = 1;
    question.offset = 1;
    QVERIFY(page.messages[0] == question);
    wire::StoredMessage answer;
    answer.messageId = accepted.answerId;
    answer.role = wire::MessageRole::Assistant;
    answer.content = "no model here";
    answer.at.ms = finish.at;
    answer.taskId = accepted.taskId;
    answer.status = wire::CompletionStatus::Failed;
    answer.error = finish.completed.error;
    answer.epoch = 1;
    answer.offset = 4;
    QVERIFY(page.messages[1] == answer);
}

void TstMessagesTable::keepsAnyText_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::newRow("empty") << QByteArray();
    QTest::newRow("64 KiB") << QByteArray(65536, 'x');
    QTest::newRow("many scripts") << QByteArray("Grüße, Ελλάδα, 日本語, 🎻, e\xcc\x81");
    QTest::newRow("a NUL inside") << QByteArray("before\0after", 12);
    QTest::newRow("what SQL would care about") << QByteArray("'; DROP TABLE messages; -- \" \\ % _");
}

void TstMessagesTable::keepsAnyText()
{
    QFETCH(const QByteArray, text);
    StoreFixture fixture;
    QVERIFY(fixture.open());
    const ThreadRecord thread = fixture.thread();
    const AcceptMessage accepted = fixture.accept(thread, "m1", text.toStdString());
    QVERIFY(fixture.ask(fixture.ending(accepted, text.toStdString(), 1, 4)));
    QCOMPARE(contents(fixture.messages(thread.threadId)), (Texts{text.toStdString(), text.toStdString()}));
    QVERIFY(
        fixture.stranger()->script("INSERT INTO message_index (message_index, rank) VALUES ('integrity-check', 1)"));
    QVERIFY(fixture.ask(EraseThread{thread.threadId}));
    QVERIFY(
        fixture.stranger()->script("INSERT INTO message_index (message_index, rank) VALUES ('integrity-check', 1)"));
}

void TstMessagesTable::readsBackwardsPageByPage()
{
    StoreFixture fixture;
    QVERIFY(fixture.open());
    const ThreadRecord thread = fixture.thread();
    for (int i = 0; i < 7; ++i)
        fixture.accept(thread, "m" + std::to_string(i), std::to_string(i));
    std::vector<Texts> pages;
    std::optional<MessageId> before;
    for (bool more = true; more;) {
        const MessagePage page = *fixture.ask(ReadMessages{thread.threadId, 3, before});
        pages.push_back(contents(page));
        before = page.messages.front().messageId;
        more = page.more;
    }
    QCOMPARE(pages, (std::vector<Texts>{{"4", "5", "6"}, {"1", "2", "3"}, {"0"}}));
    QVERIFY(fixture.ask(ReadMessages{thread.threadId, 3, before})->messages.empty());
}

void TstMessagesTable::showsTheCheckpointOfTheTaskThatRuns()
{
    StoreFixture fixture;
    QVERIFY(fixture.open());
    const ThreadRecord thread = fixture.thread();
    const AcceptMessage running = fixture.accept(thread, "m1", "hello");
    fixture.accept(thread, "m2", "waits");
    QVERIFY(fixture.ask(CheckpointTask{running.taskId, "good", {}, 1000}));
    QVERIFY(fixture.ask(CheckpointTask{running.taskId, "good mor", {}, 2000}));

    const MessagePage page = fixture.messages(thread.threadId);
    QCOMPARE(contents(page), (Texts{"hello", "waits", "good mor"}));
    const wire::StoredMessage &partial = page.messages.back();
    QVERIFY(partial.messageId == running.answerId);
    QVERIFY(partial.taskId == running.taskId);
    QVERIFY(!partial.status);
    QCOMPARE(partial.at.ms, 2000);
    QCOMPARE(partial.epoch, 1U);
    QCOMPARE(partial.offset, 0U);
    // It is not a place to read back from, and not a part of earlier pages.
    QCOMPARE(contents(*fixture.ask(ReadMessages{thread.threadId, 10, page.messages[1].messageId})), Texts{"hello"});
    // And it does not push a message out.
    QCOMPARE(contents(fixture.messages(thread.threadId, 1)), (Texts{"waits", "good mor"}));
}

void TstMessagesTable::knowsTheOffsetsOnceTheTaskHasEnded()
{
    StoreFixture fixture;
    QVERIFY(fixture.open());
    const ThreadRecord thread = fixture.thread();
    const AcceptMessage accepted = fixture.accept(thread, "m1", "hello");
    QCOMPARE(fixture.messages(thread.threadId).messages[0].offset, 0U);
    QVERIFY(fixture.ask(fixture.ending(accepted, "good morning", 3, 9)));
    QCOMPARE(fixture.messages(thread.threadId).messages[0].offset, 3U);
    QCOMPARE(fixture.messages(thread.threadId).messages[1].offset, 9U);
}

void TstMessagesTable::refusesAMessageOfAnotherThreadAsAPlace()
{
    StoreFixture fixture;
    QVERIFY(fixture.open());
    const ThreadRecord thread = fixture.thread();
    const AcceptMessage other = fixture.accept(fixture.thread("bob"), "m1", "hello");
    QCOMPARE(fixture.ask(ReadMessages{thread.threadId, 3, other.messageId}).error().code, Code::NotFound);
}

void TstMessagesTable::refusesToShowAMessageThatWasChanged()
{
    StoreFixture fixture;
    QVERIFY(fixture.open());
    const ThreadRecord thread = fixture.thread();
    const AcceptMessage accepted = fixture.accept(thread, "m1", "pay 100 euros");
    const auto stranger = fixture.stranger();
    QVERIFY(!stranger->script("UPDATE messages SET content = 'pay 900 euros'"));
    stranger->clearFailure();
    QVERIFY(stranger->script("DROP TRIGGER message_is_fixed; UPDATE messages SET content = 'pay 900 euros'"));
    const auto page = fixture.ask(ReadMessages{thread.threadId, 10, {}});
    QVERIFY(!page);
    QCOMPARE(page.error().code, Code::Internal);
    QVERIFY(page.error().message.find(toString(accepted.messageId)) != std::string::npos);
}

void TstMessagesTable::savesTheLastWordOnAnAnswer()
{
    StoreFixture fixture;
    QVERIFY(fixture.open());
    const AcceptMessage accepted = fixture.accept(fixture.thread(), "m1", "hello");
    const auto rate = [&](const std::string &user, const MessageId &message, wire::Rating rating) {
        return fixture.ask(SaveFeedback{user, {"f", message, rating, "greeting", "nice"}, 5});
    };
    QCOMPARE(rate("alice", accepted.answerId, wire::Rating::Up).error().code, Code::NotFound);
    QVERIFY(fixture.ask(fixture.ending(accepted, "good morning", 1, 4)));
    QVERIFY(rate("alice", accepted.answerId, wire::Rating::Up));
    QVERIFY(rate("alice", accepted.answerId, wire::Rating::Down));
    QCOMPARE(rate("mallory", accepted.answerId, wire::Rating::Up).error().code, Code::NotFound);
    QCOMPARE(rate("alice", accepted.messageId, wire::Rating::Up).error().code, Code::NotFound);
    const auto stranger = fixture.stranger();
    QCOMPARE(stranger->integer("SELECT count(*) FROM feedback WHERE rating = 'down' AND intent = 'greeting' "
                               "AND comment = 'nice' AND at = 5"),
             1);
    QCOMPARE(stranger->integer("SELECT count(*) FROM feedback"), 1);
}

QTEST_GUILESS_MAIN(TstMessagesTable)
#include "tst_messages_table.moc"
