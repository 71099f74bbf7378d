// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/store/audit_chain.h"

#include "tests/server/store/store_fixture.h"

#include <QTest>

using namespace orchestra;

namespace {

wire::AuditRow entry(const std::string &target, const std::string &reason)
{
    wire::AuditRow row;
    row.at.ms = 1000;
    row.actor = "alice";
    row.role = "operator";
    row.action = "override_breaker";
    row.target = target;
    row.before = "closed";
    row.after = "open";
    row.reason = reason;
    row.result = "ok";
    row.requestId = "r-1";
    return row;
}

} // namespace

class TstAuditChain : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void numbersRowsAndGivesThemBack();
    void pagesBackwardsAndByTarget();
    void refusesToChangeOrDelete();
    void noticesWhatWasChangedBehindItsBack_data();
    void noticesWhatWasChangedBehindItsBack();
    void readsBesideTheStoreAndWritesNothing();
    void saysWhyThereIsNothingToRead();
    void keepsFieldsApartInTheHash();
};

void TstAuditChain::numbersRowsAndGivesThemBack()
{
    StoreFixture fixture;
    QVERIFY(fixture.open());
    QCOMPARE(*fixture.ask(AppendAudit{entry("breaker:ollama", "first")}), 1U);
    QCOMPARE(*fixture.ask(AppendAudit{entry("breaker:ollama", "second")}), 2U);
    QVERIFY(fixture.open());
    QCOMPARE(*fixture.ask(AppendAudit{entry("breaker:ollama", "third")}), 3U);
    const AuditEnd end = orFail(walkAuditOf(fixture.options.dataDir));
    QVERIFY(!end.flaw);
    QCOMPARE(end.rows, 3U);
    QCOMPARE(end.lastIndex, 3U);
    const AuditPage page = *fixture.ask(ReadAudit{"", 0, 10});
    QVERIFY(!page.more);
    wire::AuditRow expected = entry("breaker:ollama", "third");
    expected.index = 3;
    QVERIFY(page.rows.front() == expected);
}

void TstAuditChain::pagesBackwardsAndByTarget()
{
    StoreFixture fixture;
    QVERIFY(fixture.open());
    for (int i = 1; i <= 7; ++i)
        QVERIFY(fixture.ask(AppendAudit{entry(i % 2 ? "odd" : "even", std::to_string(i))}));
    const auto indexes = [&](const ReadAudit &request) {
        std::vector<std::uint64_t> found;
        const AuditPage page = orFail(fixture.ask(request));
        for (const wire::AuditRow &row : page.rows)
            found.push_back(row.index);
        return found;
    };
    using Indexes = std::vector<std::uint64_t>;
    QCOMPARE(indexes({"", 0, 3}), (Indexes{7, 6, 5}));
    QCOMPARE(indexes({"", 5, 3}), (Indexes{4, 3, 2}));
    QCOMPARE(indexes({"", 2, 3}), (Indexes{1}));
    QCOMPARE(indexes({"even", 0, 2}), (Indexes{6, 4}));
    QCOMPARE(indexes({"even", 4, 2}), (Indexes{2}));
    QCOMPARE(indexes({"nothing", 0, 2}), Indexes{});
    QVERIFY(fixture.ask(ReadAudit{"", 5, 3})->more);
    QVERIFY(!fixture.ask(ReadAudit{"", 4, 3})->more);
}

void TstAuditChain::refusesToChangeOrDelete()
{
    StoreFixture fixture;
    QVERIFY(fixture.open());
    QVERIFY(fixture.ask(AppendAudit{entry("breaker:ollama", "first")}));
    for (const char *statement : {"UPDATE audit SET reason = 'better'", "DELETE FROM audit"}) {
        const auto stranger = fixture.stranger();
        QVERIFY(!stranger->script(statement));
        QVERIFY(stranger->failure().message.find("append-only") != std::string::npos);
    }
}

void TstAuditChain::noticesWhatWasChangedBehindItsBack_data()
{
    QTest::addColumn<QString>("change");
    QTest::addColumn<QString>("firstWrong");
    QTest::newRow("another reason") << "UPDATE audit SET reason = 'better' WHERE audit_index = 2"
                                    << "row 2";
    QTest::newRow("another actor") << "UPDATE audit SET actor = 'bob' WHERE audit_index = 1"
                                   << "row 1";
    QTest::newRow("another time") << "UPDATE audit SET at = at + 1 WHERE audit_index = 3"
                                  << "row 3";
    QTest::newRow("text moved to the next field")
        << "UPDATE audit SET state_before = 'close', state_after = 'dopen' WHERE audit_index = 2"
        << "row 2";
    QTest::newRow("a row put in another's place")
        << "UPDATE audit SET actor = (SELECT actor FROM audit WHERE audit_index = 1), previous_hash = zeroblob(32) "
           "WHERE audit_index = 2"
        << "row 2";
    QTest::newRow("one taken out") << "DELETE FROM audit WHERE audit_index = 2"
                                   << "row 2";
    QTest::newRow("the first taken out") << "DELETE FROM audit WHERE audit_index = 1"
                                         << "row 1";
    QTest::newRow("a hash put over a changed row")
        << "UPDATE audit SET reason = 'better', hash = zeroblob(32) WHERE audit_index = 2"
        << "row 2";
}

void TstAuditChain::noticesWhatWasChangedBehindItsBack()
{
    QFETCH(const QString, change);
    QFETCH(const QString, firstWrong);
    StoreFixture fixture;
    QVERIFY(fixture.open());
    for (int i = 1; i <= 3; ++i)
        QVERIFY(fixture.ask(AppendAudit{entry("breaker:ollama", std::to_string(i))}));
    const auto stranger = fixture.stranger();
    QVERIFY(stranger->script("DROP TRIGGER audit_is_fixed; DROP TRIGGER audit_is_kept; " + change.toStdString()));
    // All rows are still read; the flaw is named.
    std::uint64_t read = 0;
    const AuditEnd end = orFail(walkAuditOf(fixture.options.dataDir, [&](const AuditEntry &) { ++read; }));
    QCOMPARE(read, end.rows);
    QCOMPARE(end.lastIndex, 3U);
    QVERIFY(end.flaw);
    QVERIFY2(end.flaw->message.find(firstWrong.toStdString()) != std::string::npos, end.flaw->message.c_str());
    if (!change.startsWith(QStringLiteral("DELETE")))
        QCOMPARE(fixture.ask(ReadAudit{"", 0, 10}).error().code, Code::Internal);
}

void TstAuditChain::readsBesideTheStoreAndWritesNothing()
{
    StoreFixture fixture;
    QVERIFY(fixture.open());
    QVERIFY(fixture.ask(AppendAudit{entry("breaker:ollama", "1")})); // still in the write-ahead log
    QCOMPARE(orFail(walkAuditOf(fixture.options.dataDir)).rows, 1U);
    auto reader = SqliteConnection::open(fixture.options.dataDir + "/orchestra.db", std::chrono::milliseconds(20),
                                         SqliteConnection::Use::Read);
    QVERIFY(reader);
    QVERIFY(!(*reader)->script("INSERT INTO meta (key, value) VALUES ('x', 'y')"));
    // A row that comes while somebody else reads is there the next time.
    QVERIFY(fixture.ask(AppendAudit{entry("breaker:ollama", "2")}));
    QCOMPARE(orFail(walkAuditOf(fixture.options.dataDir)).rows, 2U);
}

void TstAuditChain::saysWhyThereIsNothingToRead()
{
    const QTemporaryDir dir;
    const std::string path = dir.path().toStdString();
    QCOMPARE(walkAuditOf(path).error().code, Code::NotFound);
    QVERIFY(!QFile::exists(dir.filePath(QStringLiteral("orchestra.db")))); // and none was made
    QFile foreign(dir.filePath(QStringLiteral("orchestra.db")));
    QVERIFY(foreign.open(QIODevice::WriteOnly) && foreign.write("no database at all, but long enough for one") > 0);
    foreign.close();
    QVERIFY(!walkAuditOf(path));
}

void TstAuditChain::keepsFieldsApartInTheHash()
{
    const wire::AuditRow one{.actor = "ab", .role = "c"};
    const wire::AuditRow two{.actor = "a", .role = "bc"};
    QVERIFY(auditHash("", one) != auditHash("", two));
    QVERIFY(auditHash("", one) != auditHash("x", one));
    QCOMPARE(auditHash("", one).size(), 32U);
}

QTEST_GUILESS_MAIN(TstAuditChain)
#include "tst_audit_chain.moc"
