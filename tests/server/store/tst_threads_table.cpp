// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/server/store/store_fixture.h"

#include <QTest>

using namespace orchestra;

class TstThreadsTable : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void opensTheSameThreadForASessionAgain();
    void keepsTheSessionsOfTwoUsersApart();
    void makesAThreadOfNoSessionForEachId();
    void refusesAThreadIdThatIsSomebodyElses();
    void findsNoThreadThatIsNotThere();
    void listsTheLatestFirstPageByPage();
    void listsOnlyTheThreadsOfTheUser();
    void erasesAThreadWithEverythingInIt();
    void opensANewThreadAfterItsSessionsWasErased();
};

void TstThreadsTable::opensTheSameThreadForASessionAgain()
{
    StoreFixture fixture;
    QVERIFY(fixture.open());
    const ThreadRecord first = fixture.thread();
    QCOMPARE(first.userId, "alice");
    QCOMPARE(first.sessionId, "session-1");
    QCOMPARE(first.epoch, 1U);
    QCOMPARE(first.offset, 0U);
    QCOMPARE(first.createdAt, fixture.clock.wallMs());
    fixture.clock.advance(std::chrono::seconds(5));
    const ThreadRecord again = fixture.thread();
    QVERIFY(again.threadId == first.threadId);
    QCOMPARE(again.createdAt, first.createdAt);
    QCOMPARE(again.updatedAt, first.updatedAt);
}

void TstThreadsTable::keepsTheSessionsOfTwoUsersApart()
{
    StoreFixture fixture;
    QVERIFY(fixture.open());
    QVERIFY(fixture.thread("alice", "session-1").threadId != fixture.thread("bob", "session-1").threadId);
    QVERIFY(fixture.thread("alice", "session-1").threadId != fixture.thread("alice", "session-2").threadId);
}

void TstThreadsTable::makesAThreadOfNoSessionForEachId()
{
    StoreFixture fixture;
    QVERIFY(fixture.open());
    const OpenThread request{"alice", "", fixture.ids.make<ThreadId>(), 1};
    QVERIFY(fixture.ask(request)->threadId == request.threadId);
    QVERIFY(fixture.thread("alice", "").threadId != request.threadId);
    // The same request again, because its reply was lost.
    QVERIFY(fixture.ask(request)->threadId == request.threadId);
}

void TstThreadsTable::refusesAThreadIdThatIsSomebodyElses()
{
    StoreFixture fixture;
    QVERIFY(fixture.open());
    const ThreadRecord thread = fixture.thread("alice");
    const auto taken = fixture.ask(OpenThread{"mallory", "session-1", thread.threadId, 1});
    QVERIFY(!taken);
    QCOMPARE(taken.error().code, Code::Conflict);
}

void TstThreadsTable::findsNoThreadThatIsNotThere()
{
    StoreFixture fixture;
    QVERIFY(fixture.open());
    const ThreadRecord thread = fixture.thread();
    QVERIFY(fixture.ask(FindThread{thread.threadId})->threadId == thread.threadId);
    QCOMPARE(fixture.ask(FindThread{fixture.ids.make<ThreadId>()}).error().code, Code::NotFound);
    QCOMPARE(fixture.ask(EraseThread{fixture.ids.make<ThreadId>()}).error().code, Code::NotFound);
    QCOMPARE(fixture.ask(ReadMessages{fixture.ids.make<ThreadId>(), 10, {}}).error().code, Code::NotFound);
}

void TstThreadsTable::listsTheLatestFirstPageByPage()
{
    StoreFixture fixture;
    QVERIFY(fixture.open());
    // Three in the same millisecond: their order must still be one order.
    for (int i = 0; i < 7; ++i) {
        fixture.thread("alice", "session-" + std::to_string(i));
        if (i >= 3)
            fixture.clock.advance(std::chrono::milliseconds(1));
    }
    fixture.accept(fixture.thread("alice", "session-1"), "m1", "what makes a thread the latest");

    std::vector<ThreadId> seen;
    std::optional<ThreadId> after;
    std::vector<std::size_t> sizes;
    for (bool more = true; more;) {
        const ThreadRecords page = *fixture.ask(ListUserThreads{"alice", 3, after});
        for (const ThreadRecord &thread : page.threads)
            seen.push_back(thread.threadId);
        after = seen.back();
        sizes.push_back(page.threads.size());
        more = page.more;
    }
    QCOMPARE(sizes, (std::vector<std::size_t>{3, 3, 1}));
    QVERIFY(seen.front() == fixture.thread("alice", "session-1").threadId);
    QVERIFY(seen[1] == fixture.thread("alice", "session-6").threadId);
    std::sort(seen.begin(), seen.end());
    QVERIFY(std::unique(seen.begin(), seen.end()) == seen.end());
}

void TstThreadsTable::listsOnlyTheThreadsOfTheUser()
{
    StoreFixture fixture;
    QVERIFY(fixture.open());
    const ThreadRecord alices = fixture.thread("alice");
    const ThreadRecord bobs = fixture.thread("bob");
    const ThreadRecords page = *fixture.ask(ListUserThreads{"alice", 50, {}});
    QCOMPARE(page.threads.size(), 1U);
    QVERIFY(page.threads.front().threadId == alices.threadId);
    QVERIFY(!page.more);
    QCOMPARE(fixture.ask(ListUserThreads{"alice", 50, bobs.threadId}).error().code, Code::NotFound);
}

void TstThreadsTable::erasesAThreadWithEverythingInIt()
{
    StoreFixture fixture;
    QVERIFY(fixture.open());
    const ThreadRecord thread = fixture.thread();
    const ThreadRecord other = fixture.thread("alice", "session-2");
    const AcceptMessage ended = fixture.accept(thread, "m1", "where is the elephant");
    QVERIFY(fixture.ask(fixture.ending(ended, "the elephant is in the room", 1, 5)));
    QVERIFY(fixture.ask(SaveFeedback{"alice", {"f1", ended.answerId, wire::Rating::Up, {}, {}}, 1}));
    const AcceptMessage running = fixture.accept(thread, "m2", "and the other elephant");
    fixture.accept(other, "m1", "an elephant of another thread");

    QVERIFY(fixture.ask(EraseThread{thread.threadId}));
    const SearchHits hits = *fixture.ask(SearchMessages{"alice", "elephant", 20, {}, {}});
    QCOMPARE(hits.hits.size(), 1U);
    QVERIFY(hits.hits.front().threadId == other.threadId);
    QCOMPARE(fixture.ask(fixture.ending(running, "too late", 6, 9)).error().code, Code::NotFound);
    QCOMPARE(fixture.ask(CheckpointTask{running.taskId, "too late", {}, 1}).error().code, Code::NotFound);

    const auto stranger = fixture.stranger();
    for (const char *left : {"SELECT count(*) FROM messages WHERE thread_key NOT IN (SELECT thread_key FROM threads)",
                             "SELECT count(*) FROM tasks WHERE thread_key NOT IN (SELECT thread_key FROM threads)",
                             "SELECT count(*) FROM feedback"})
        QCOMPARE(stranger->integer(left).value_or(-1), 0);
    QVERIFY(stranger->script("INSERT INTO message_index (message_index, rank) VALUES ('integrity-check', 1)"));
}

void TstThreadsTable::opensANewThreadAfterItsSessionsWasErased()
{
    StoreFixture fixture;
    QVERIFY(fixture.open());
    const ThreadRecord thread = fixture.thread();
    fixture.accept(thread, "m1", "forget this");
    QVERIFY(fixture.ask(EraseThread{thread.threadId}));
    const ThreadRecord next = fixture.thread();
    QVERIFY(next.threadId != thread.threadId);
    QVERIFY(next.title.empty());
    QVERIFY(fixture.messages(next.threadId).messages.empty());
    // The key went with the thread.
    QVERIFY(fixture.ask(fixture.message(next, "m1", "forget this"))->isNew);
}

QTEST_GUILESS_MAIN(TstThreadsTable)
#include "tst_threads_table.moc"
