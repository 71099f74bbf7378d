// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/server/store/store_fixture.h"

#include <QTest>

#include <atomic>

using namespace orchestra;

namespace {

/// Every look at it takes a tenth of a second.
class SlowClock final : public Clock
{
public:
    MonotonicTime now() const override { return MonotonicTime(std::chrono::milliseconds(100 * ++looks_)); }
    WallMs wallMs() const override { return 1; }

private:
    mutable std::atomic<int> looks_ = 0;
};

} // namespace

class TstSearchIndex : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void findsWordsInAnyCaseAndAccent_data();
    void findsWordsInAnyCaseAndAccent();
    void takesAnyTextAsAQuery_data();
    void takesAnyTextAsAQuery();
    void findsOnlyTheUsersOwnMessages();
    void putsTheBestFirst();
    void marksTheMatchInItsContext();
    void keepsToTheTimesAsked();
    void findsQuestionsAndAnswers();
    void givesUpWhenASearchKeepsEverybodyWaiting();
};

void TstSearchIndex::findsWordsInAnyCaseAndAccent_data()
{
    QTest::addColumn<QString>("query");
    QTest::addColumn<bool>("found");
    QTest::newRow("the word") << "deployment" << true;
    QTest::newRow("case") << "DEPLOYMENT" << true;
    QTest::newRow("without the accent") << "Munchen" << true;
    QTest::newRow("with the accent") << "münchen" << true;
    QTest::newRow("two words in another order") << "münchen deployment" << true;
    QTest::newRow("the beginning of the last word") << "deployment mün" << true;
    QTest::newRow("the beginning of another word") << "deploy münchen" << false;
    QTest::newRow("one word that is not there") << "deployment berlin" << false;
    QTest::newRow("Greek") << "ΕΛΛΆΔΑ" << true;
}

void TstSearchIndex::findsWordsInAnyCaseAndAccent()
{
    QFETCH(const QString, query);
    QFETCH(const bool, found);
    StoreFixture fixture;
    QVERIFY(fixture.open());
    fixture.accept(fixture.thread(), "m1", "The Deployment in München failed. Ελλάδα!");
    QCOMPARE(fixture.ask(SearchMessages{"alice", query.toStdString(), 20, {}, {}})->hits.size(), found ? 1U : 0U);
}

void TstSearchIndex::takesAnyTextAsAQuery_data()
{
    QTest::addColumn<QByteArray>("query");
    QTest::addColumn<bool>("found");
    QTest::newRow("empty") << QByteArray() << false;
    QTest::newRow("blanks") << QByteArray(" \t\n") << false;
    QTest::newRow("only punctuation") << QByteArray("? ! --") << false;
    QTest::newRow("punctuation beside a word") << QByteArray("? failed !") << true;
    QTest::newRow("a quote") << QByteArray("\"failed") << true;
    QTest::newRow("quotes") << QByteArray("\"deployment\" \"failed\"") << true;
    QTest::newRow("operators") << QByteArray("deployment OR berlin") << false;
    QTest::newRow("NOT") << QByteArray("deployment NOT failed") << false;
    QTest::newRow("a column") << QByteArray("owner:alice") << false;
    QTest::newRow("parentheses") << QByteArray("(failed)") << true;
    QTest::newRow("a closing one") << QByteArray(") OR owner:(") << false;
    QTest::newRow("an asterisk") << QByteArray("fail*") << true;
    QTest::newRow("a caret and plus") << QByteArray("^deployment + failed") << true;
    QTest::newRow("NEAR") << QByteArray("NEAR(deployment failed)") << false;
    QTest::newRow("a NUL") << QByteArray("deployment\0failed", 17) << true;
    QTest::newRow("broken UTF-8") << QByteArray("\xff\xfe failed") << true;
    QTest::newRow("long") << QByteArray(100000, 'x') << false;
    QTest::newRow("many words") << QByteArray("failed ").repeated(10000) << true;
}

void TstSearchIndex::takesAnyTextAsAQuery()
{
    QFETCH(const QByteArray, query);
    QFETCH(const bool, found);
    StoreFixture fixture;
    QVERIFY(fixture.open());
    fixture.accept(fixture.thread(), "m1", "The deployment failed");
    const auto hits = fixture.ask(SearchMessages{"alice", query.toStdString(), 20, {}, {}});
    QVERIFY2(hits, hits ? "" : hits.error().message.c_str());
    QCOMPARE(hits->hits.size(), found ? 1U : 0U);
}

void TstSearchIndex::findsOnlyTheUsersOwnMessages()
{
    StoreFixture fixture;
    QVERIFY(fixture.open());
    // Users whose names would be the same words to the index, were they indexed as they are.
    const Texts users{"alice", "Alice", "alice.smith", "alice smith", "alice@smith", "ALICE"};
    for (const std::string &user : users)
        fixture.accept(fixture.thread(user), "m1", "the secret of " + user);
    for (const std::string &user : users) {
        const SearchHits found = *fixture.ask(SearchMessages{user, "secret", 20, {}, {}});
        QCOMPARE(found.hits.size(), 1U);
        QVERIFY(found.hits.front().threadId == fixture.thread(user).threadId);
    }
    QVERIFY(fixture.ask(SearchMessages{"mallory", "secret", 20, {}, {}})->hits.empty());
}

void TstSearchIndex::putsTheBestFirst()
{
    StoreFixture fixture;
    QVERIFY(fixture.open());
    const ThreadRecord thread = fixture.thread();
    const std::string filler = " and then a long tale of other things that have nothing to do with the word at all";
    fixture.accept(thread, "m1", "once the breaker" + filler + filler + filler);
    const AcceptMessage best = fixture.accept(thread, "m2", "breaker, breaker: the breaker is open");
    fixture.accept(thread, "m3", "twice the breaker" + filler + filler);
    const SearchHits found = *fixture.ask(SearchMessages{"alice", "breaker", 2, {}, {}});
    QCOMPARE(found.hits.size(), 2U);
    QVERIFY(found.hits.front().messageId == best.messageId);
}

void TstSearchIndex::marksTheMatchInItsContext()
{
    StoreFixture fixture;
    QVERIFY(fixture.open());
    const AcceptMessage accepted = fixture.accept(fixture.thread(), "m1", "The Deployment failed");
    const SearchHit hit = fixture.ask(SearchMessages{"alice", "deployment", 1, {}, {}})->hits.front();
    QCOMPARE(hit.snippet, "The [Deployment] failed");
    QCOMPARE(hit.at, accepted.at);
    QCOMPARE(hit.role, wire::MessageRole::User);
}

void TstSearchIndex::keepsToTheTimesAsked()
{
    StoreFixture fixture;
    QVERIFY(fixture.open());
    const ThreadRecord thread = fixture.thread();
    std::vector<WallMs> at;
    for (int i = 0; i < 3; ++i) {
        at.push_back(fixture.accept(thread, "m" + std::to_string(i), "breaker").at);
        fixture.clock.advance(std::chrono::hours(1));
    }
    QCOMPARE(fixture.ask(SearchMessages{"alice", "breaker", 20, at[1], {}})->hits.size(), 2U);
    QCOMPARE(fixture.ask(SearchMessages{"alice", "breaker", 20, {}, at[1]})->hits.size(), 2U);
    QCOMPARE(fixture.ask(SearchMessages{"alice", "breaker", 20, at[1], at[1]})->hits.size(), 1U);
    QCOMPARE(fixture.ask(SearchMessages{"alice", "breaker", 20, at[2] + 1, {}})->hits.size(), 0U);
}

void TstSearchIndex::findsQuestionsAndAnswers()
{
    StoreFixture fixture;
    QVERIFY(fixture.open());
    const ThreadRecord thread = fixture.thread();
    const AcceptMessage accepted = fixture.accept(thread, "m1", "is the breaker open?");
    QVERIFY(fixture.ask(CheckpointTask{accepted.taskId, "the breaker", {}, 1}));
    QCOMPARE(fixture.ask(SearchMessages{"alice", "breaker", 20, {}, {}})->hits.size(), 1U);
    QVERIFY(fixture.ask(fixture.ending(accepted, "the breaker is closed", 1, 4)));
    const SearchHits found = *fixture.ask(SearchMessages{"alice", "breaker", 20, {}, {}});
    QCOMPARE(found.hits.size(), 2U);
    QVERIFY(found.hits[0].role != found.hits[1].role);
}

void TstSearchIndex::givesUpWhenASearchKeepsEverybodyWaiting()
{
    StoreFixture fixture;
    QVERIFY(fixture.open());
    const ThreadRecord thread = fixture.thread();
    std::vector<StoreRequest> batch;
    for (int i = 0; i < 2000; ++i)
        batch.emplace_back(fixture.message(thread, std::to_string(i), i == 7 ? "rare breaker" : "breaker"));
    for (const StoreReply &reply : fixture.store->execute(batch))
        QVERIFY(reply);

    const SlowClock clock;
    SqliteStore slow(fixture.options, clock, fixture.log);
    QVERIFY(slow.open(StoreAccess::Tool));
    const std::vector<StoreRequest> searches{SearchMessages{"alice", "breaker", 20, {}, {}},
                                             fixture.message(thread, "m1", "something"),
                                             SearchMessages{"alice", "rare", 20, {}, {}}};
    const auto replies = slow.execute(searches);
    QVERIFY(!replies[0]);
    QCOMPARE(replies[0].error().code, Code::Invalid);
    // Nobody else suffers.
    QVERIFY(replies[1]);
    QVERIFY(replies[2]);
    QCOMPARE(std::get<SearchHits>(*replies[2]).hits.size(), 1U);
    QVERIFY(!slow.trouble());
}

QTEST_GUILESS_MAIN(TstSearchIndex)
#include "tst_search_index.moc"
