// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/app/audit_cli.h"

#include "server/store/sqlite_store.h"
#include "shared/wire/json_reader.h"
#include "tests/support/hub_bench.h"

#include <QTemporaryDir>
#include <QTest>

using namespace orchestra;

namespace {

struct Shell
{
    QTemporaryDir dir;
    ManualClock clock;
    NullLog log;
    std::unique_ptr<SqliteStore> store;
    std::vector<std::string> lines;

    bool open()
    {
        StoreOptions options;
        options.dataDir = dir.path().toStdString();
        store = std::make_unique<SqliteStore>(options, clock, log);
        return static_cast<bool>(store->open(StoreAccess::Server));
    }
    bool add(const std::string &reason)
    {
        wire::AuditRow row;
        row.at = {clock.wallMs()};
        row.actor = "olga";
        row.role = "operator";
        row.action = "set_flag";
        row.target = "flag:beta";
        row.reason = reason;
        row.result = "ok";
        return static_cast<bool>(store->execute(AppendAudit{row}));
    }
    bool tamper(const std::string &change) const
    {
        auto database = SqliteConnection::open(dir.path().toStdString() + "/orchestra.db", std::chrono::seconds(1));
        return database && (*database)->script("DROP TRIGGER audit_is_fixed; DROP TRIGGER audit_is_kept; " + change);
    }
    CommandOutcome run(const std::vector<std::string> &arguments)
    {
        lines.clear();
        return runAuditCommand(arguments, dir.path().toStdString(),
                               [this](std::string_view line) { lines.emplace_back(line); });
    }
    /// What verify says of the last entry.
    std::string last()
    {
        const std::string told = run({"verify"}).output;
        const auto at = told.find("Last: ");
        return at == std::string::npos ? std::string() : told.substr(at + 6, told.size() - at - 7);
    }
};

} // namespace

class TstAuditCli : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void verifiesBesideARunningServer();
    void namesTheFirstEntryThatWasChanged();
    void anAnchorShowsThatTheEndWasCutOff();
    void exportsEveryEntryWithItsHashes();
    void exportsWhatIsLeftOfADamagedLog();
    void saysWhenThereIsNoDatabase();
    void refusesWhatItDoesNotUnderstand_data();
    void refusesWhatItDoesNotUnderstand();
};

void TstAuditCli::verifiesBesideARunningServer()
{
    Shell shell;
    QVERIFY(shell.open());
    QCOMPARE(shell.run({"verify"}).output, std::string("The audit log is empty.\n"));
    QVERIFY(shell.add("one"));
    QVERIFY(shell.run({"verify"}).output.starts_with("1 entry, as it was written.\nLast: 1:"));
    QVERIFY(shell.add("two"));
    const CommandOutcome outcome = shell.run({"verify"});
    QCOMPARE(outcome.exitCode, 0);
    QVERIFY(outcome.output.starts_with("2 entries, all as they were written.\nLast: 2:"));
    QCOMPARE(shell.last().size(), 2U + 64U);
    QVERIFY(shell.add("three")); // the server was not disturbed
    shell.store.reset();
    QVERIFY(shell.run({"verify"}).output.starts_with("3 entries")); // nor is one needed
}

void TstAuditCli::namesTheFirstEntryThatWasChanged()
{
    Shell shell;
    QVERIFY(shell.open());
    for (const char *reason : {"one", "two", "three"})
        QVERIFY(shell.add(reason));
    QVERIFY(shell.tamper("UPDATE audit SET reason = 'better' WHERE audit_index >= 2"));
    const CommandOutcome outcome = shell.run({"verify"});
    QCOMPARE(outcome.exitCode, 1);
    QCOMPARE(outcome.output, std::string());
    QVERIFY2(outcome.errors.find("row 2 ") != std::string::npos, outcome.errors.c_str());
}

void TstAuditCli::anAnchorShowsThatTheEndWasCutOff()
{
    Shell shell;
    QVERIFY(shell.open());
    for (const char *reason : {"one", "two", "three"})
        QVERIFY(shell.add(reason));
    const std::string noted = shell.last();
    QCOMPARE(shell.run({"verify", "--anchor", noted}).exitCode, 0);
    QVERIFY(shell.add("four"));
    QCOMPARE(shell.run({"verify", "--anchor=" + noted}).exitCode, 0); // an older end is as good
    QVERIFY(shell.tamper("DELETE FROM audit WHERE audit_index >= 3"));
    QCOMPARE(shell.run({"verify"}).exitCode, 0);
    const CommandOutcome cut = shell.run({"verify", "--anchor", noted});
    QCOMPARE(cut.exitCode, 1);
    QCOMPARE(cut.errors, std::string("row 3 of the audit log is missing: it ends at row 2\n"));
    QVERIFY(shell.add("another third"));
    const CommandOutcome replaced = shell.run({"verify", "--anchor", noted});
    QCOMPARE(replaced.exitCode, 1);
    QVERIFY(replaced.errors.find("row 3 ") != std::string::npos);
}

void TstAuditCli::exportsEveryEntryWithItsHashes()
{
    Shell shell;
    QVERIFY(shell.open());
    QVERIFY(shell.add("one\nand a half"));
    QVERIFY(shell.add("two"));
    const CommandOutcome outcome = shell.run({"export"});
    QCOMPARE(outcome.exitCode, 0);
    QCOMPARE(shell.lines.size(), 2U);
    wire::JsonReader reader;
    const auto first = reader.readValue(shell.lines[0]);
    QVERIFY(first);
    QCOMPARE(first->textOf("actor"), std::string_view("olga"));
    QCOMPARE(first->textOf("target"), std::string_view("flag:beta"));
    QCOMPARE(first->textOf("reason"), std::string_view("one\nand a half"));
    QCOMPARE(first->textOf("previous_hash"), std::string_view());
    const auto second = reader.readValue(shell.lines[1]);
    QVERIFY(second);
    QCOMPARE(second->textOf("previous_hash"), first->textOf("hash"));
    QCOMPARE("2:" + std::string(second->textOf("hash")), shell.last());
    QCOMPARE(shell.run({"export", "--after", "1"}).exitCode, 0);
    QCOMPARE(shell.lines.size(), 1U);
}

void TstAuditCli::exportsWhatIsLeftOfADamagedLog()
{
    Shell shell;
    QVERIFY(shell.open());
    for (const char *reason : {"one", "two", "three"})
        QVERIFY(shell.add(reason));
    QVERIFY(shell.tamper("DELETE FROM audit WHERE audit_index = 2"));
    const CommandOutcome outcome = shell.run({"export"});
    QCOMPARE(outcome.exitCode, 1);
    QVERIFY2(outcome.errors.find("row 2 of the audit log is missing") != std::string::npos, outcome.errors.c_str());
    QCOMPARE(shell.lines.size(), 2U);
}

void TstAuditCli::saysWhenThereIsNoDatabase()
{
    Shell shell;
    const CommandOutcome outcome = shell.run({"verify"});
    QCOMPARE(outcome.exitCode, 1);
    QVERIFY(outcome.errors.starts_with("there is no database "));
}

void TstAuditCli::refusesWhatItDoesNotUnderstand_data()
{
    QTest::addColumn<QStringList>("arguments");
    const auto row = [](const char *name, const QStringList &arguments) { QTest::newRow(name) << arguments; };
    row("nothing", {});
    row("another verb", {QStringLiteral("delete")});
    row("another option", {QStringLiteral("verify"), QStringLiteral("--fast")});
    row("an anchor without a hash", {QStringLiteral("verify"), QStringLiteral("--anchor=3")});
    row("an anchor without an index", {QStringLiteral("verify"), QLatin1String("--anchor=:") + QString(64, u'a')});
    row("no index", {QStringLiteral("export"), QStringLiteral("--after=x")});
    row("no value", {QStringLiteral("export"), QStringLiteral("--after")});
}

void TstAuditCli::refusesWhatItDoesNotUnderstand()
{
    QFETCH(const QStringList, arguments);
    Shell shell;
    QVERIFY(shell.open());
    std::vector<std::string> given;
    for (const QString &argument : arguments)
        given.push_back(argument.toStdString());
    const CommandOutcome outcome = shell.run(given);
    QCOMPARE(outcome.exitCode, 2);
    QVERIFY(outcome.errors.find("Usage: orchestrad audit") != std::string::npos);
}

QTEST_GUILESS_MAIN(TstAuditCli)
#include "tst_audit_cli.moc"
