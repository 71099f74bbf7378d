// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/server/store/store_fixture.h"

#include <QTest>

using namespace orchestra;

namespace {

TokenRecord token(const std::string &id, Role role = Role::Operator)
{
    TokenRecord record;
    record.tokenId = id;
    record.hash = "hash of " + id;
    record.userId = "alice";
    record.role = role;
    record.createdAt = 100;
    record.expiresAt = 200;
    record.note = "laptop";
    return record;
}

wire::FlagRow flag(std::uint64_t percent, std::uint64_t revision)
{
    wire::FlagRow row;
    row.name = "retrieval";
    row.enabled = true;
    row.percent = percent;
    row.description = "answers with citations";
    row.owner = "search";
    row.changedAt.ms = 300;
    row.changedBy = "alice";
    row.evaluations = 5;
    row.lastSeen = wire::Timestamp{250};
    row.revision = revision;
    return row;
}

wire::AuditRow change(const std::string &after)
{
    wire::AuditRow row;
    row.at.ms = 300;
    row.actor = "alice";
    row.role = "operator";
    row.action = "set_flag";
    row.target = "flag:retrieval";
    row.after = after;
    return row;
}

} // namespace

class TstOperatorTables : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void givesBackTokensOfEveryRole();
    void refusesATokenThatIsThere();
    void revokesOnceAndForAll();
    void keepsToolsAsTheyWereAccepted();
    void keepsNoToolWithoutItsAuditEntry();
    void keepsOnePinOfTheLevelUntilItIsTakenAway();
    void letsAToolAddATokenBesideTheServer();
    void keepsTheLastValueOfAFlagThroughARestart();
    void savesAFlagOnlyWithItsAuditRow();
};

void TstOperatorTables::givesBackTokensOfEveryRole()
{
    StoreFixture fixture;
    QVERIFY(fixture.open());
    QVERIFY(fixture.ask(LoadTokens{})->tokens.empty());
    std::vector<TokenRecord> added;
    for (const Role role : {Role::Client, Role::Tester, Role::Viewer, Role::Operator, Role::Admin}) {
        added.push_back(token("token " + std::to_string(added.size()), role));
        added.back().createdAt += static_cast<WallMs>(added.size());
        if (role == Role::Admin)
            added.back().expiresAt.reset();
        QVERIFY(fixture.ask(AddToken{added.back()}));
    }
    QVERIFY(fixture.open());
    const TokenRecords loaded = *fixture.ask(LoadTokens{});
    QCOMPARE(loaded.tokens.size(), added.size());
    for (std::size_t i = 0; i < added.size(); ++i) {
        QCOMPARE(loaded.tokens[i].tokenId, added[i].tokenId);
        QCOMPARE(loaded.tokens[i].hash, added[i].hash);
        QCOMPARE(loaded.tokens[i].userId, added[i].userId);
        QCOMPARE(loaded.tokens[i].role, added[i].role);
        QCOMPARE(loaded.tokens[i].createdAt, added[i].createdAt);
        QVERIFY(loaded.tokens[i].expiresAt == added[i].expiresAt);
        QVERIFY(!loaded.tokens[i].revokedAt);
        QCOMPARE(loaded.tokens[i].note, "laptop");
    }
}

void TstOperatorTables::refusesATokenThatIsThere()
{
    StoreFixture fixture;
    QVERIFY(fixture.open());
    QVERIFY(fixture.ask(AddToken{token("one")}));
    QCOMPARE(fixture.ask(AddToken{token("one")}).error().code, Code::Conflict);
    TokenRecord sameHash = token("two");
    sameHash.hash = token("one").hash;
    QCOMPARE(fixture.ask(AddToken{sameHash}).error().code, Code::Conflict);
    QCOMPARE(fixture.ask(LoadTokens{})->tokens.size(), 1U);
}

void TstOperatorTables::revokesOnceAndForAll()
{
    StoreFixture fixture;
    QVERIFY(fixture.open());
    QVERIFY(fixture.ask(AddToken{token("one")}));
    QVERIFY(fixture.ask(RevokeToken{"one", 150}));
    QVERIFY(fixture.ask(RevokeToken{"one", 170}));
    QVERIFY(fixture.ask(LoadTokens{})->tokens.front().revokedAt == 150);
    QCOMPARE(fixture.ask(RevokeToken{"two", 150}).error().code, Code::NotFound);
}

void TstOperatorTables::letsAToolAddATokenBesideTheServer()
{
    StoreFixture server;
    QVERIFY(server.open());
    QVERIFY(!server.store->wasChangedElsewhere());
    QVERIFY(server.ask(AddToken{token("of the server")}));
    QVERIFY(!server.store->wasChangedElsewhere());
    {
        StoreFixture tool(server.options.dataDir);
        QVERIFY(tool.open(StoreAccess::Tool));
        QVERIFY(tool.ask(AddToken{token("of the tool")}));
    }
    QVERIFY(server.store->wasChangedElsewhere());
    QVERIFY(!server.store->wasChangedElsewhere());
    QCOMPARE(server.ask(LoadTokens{})->tokens.size(), 2U);
}

void TstOperatorTables::keepsTheLastValueOfAFlagThroughARestart()
{
    StoreFixture fixture;
    QVERIFY(fixture.open());
    QVERIFY(fixture.ask(LoadFlags{})->flags.empty());
    QVERIFY(fixture.ask(SaveFlag{flag(10, 1), change("10 %")}));
    QVERIFY(fixture.ask(SaveFlag{flag(50, 2), change("50 %")}));
    QVERIFY(fixture.open());
    const FlagRecords loaded = *fixture.ask(LoadFlags{});
    QCOMPARE(loaded.flags.size(), 1U);
    QVERIFY(loaded.flags.front() == flag(50, 2));
}

void TstOperatorTables::savesAFlagOnlyWithItsAuditRow()
{
    StoreFixture fixture;
    QVERIFY(fixture.open());
    QVERIFY(fixture.ask(SaveFlag{flag(10, 1), change("10 %")}));
    const AuditPage page = *fixture.ask(ReadAudit{"flag:retrieval", 0, 10});
    QCOMPARE(page.rows.size(), 1U);
    QCOMPARE(page.rows.front().after, "10 %");
    // The database refuses 101 %; then there must be no audit row that says it happened.
    QCOMPARE(fixture.ask(SaveFlag{flag(101, 2), change("101 %")}).error().code, Code::Internal);
    QCOMPARE(fixture.ask(ReadAudit{"", 0, 10})->rows.size(), 1U);
    QVERIFY(fixture.ask(LoadFlags{})->flags.front() == flag(10, 1));
    // And the other way round: no row can be written, so the flag must not change.
    QVERIFY(fixture.stranger()->script("CREATE TRIGGER no_audit BEFORE INSERT ON audit BEGIN "
                                       "SELECT raise(ABORT, 'not now'); END"));
    QVERIFY(!fixture.ask(SaveFlag{flag(20, 2), change("20 %")}));
    QVERIFY(fixture.ask(LoadFlags{})->flags.front() == flag(10, 1));
}

void TstOperatorTables::keepsToolsAsTheyWereAccepted()
{
    StoreFixture fixture;
    QVERIFY(fixture.open());
    QVERIFY(fixture.ask(LoadToolPins{})->pins.empty());
    const ToolPin first{"files", "read", "d1", "{\"name\":\"read\"}", 10, "orchestrad"};
    const ToolPin other{"files", "write", "d2", "{\"name\":\"write\"}", 10, "orchestrad"};
    QVERIFY(fixture.ask(SaveToolPins{{first, other}, change("2 tools")}));
    const ToolPin changed{"files", "read", "d3", "{\"name\":\"read\",\"title\":\"R\"}", 20, "alice"};
    QVERIFY(fixture.ask(SaveToolPins{{changed}, change("d3")}));
    QVERIFY(fixture.ask(LoadToolPins{})->pins == (std::vector<ToolPin>{changed, other}));
    QCOMPARE(fixture.ask(ReadAudit{"", 0, 10})->rows.size(), std::size_t(2));
}

void TstOperatorTables::keepsNoToolWithoutItsAuditEntry()
{
    StoreFixture fixture;
    QVERIFY(fixture.open());
    QVERIFY(fixture.stranger()->script("CREATE TRIGGER no_audit BEFORE INSERT ON audit BEGIN "
                                       "SELECT raise(ABORT, 'not now'); END"));
    QVERIFY(!fixture.ask(SaveToolPins{{{"files", "read", "d1", "{}", 10, "alice"}}, change("d1")}));
    QVERIFY(fixture.ask(LoadToolPins{})->pins.empty());
}

void TstOperatorTables::keepsOnePinOfTheLevelUntilItIsTakenAway()
{
    StoreFixture fixture;
    QVERIFY(fixture.open());
    QVERIFY(!fixture.ask(LoadDegradationPin{})->pin);
    const DegradationPin first{2, "alice", "a drill", 5000};
    const DegradationPin second{4, "olga", "the disks are changed", 9000};
    QVERIFY(fixture.ask(SaveDegradationPin{first}));
    QVERIFY(fixture.ask(SaveDegradationPin{second}));
    fixture.restart();
    QVERIFY(fixture.ask(LoadDegradationPin{})->pin == second);
    QVERIFY(fixture.ask(SaveDegradationPin{}));
    QVERIFY(!fixture.ask(LoadDegradationPin{})->pin);
}

QTEST_GUILESS_MAIN(TstOperatorTables)
#include "tst_operator_tables.moc"
