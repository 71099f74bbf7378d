// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/app/token_cli.h"

#include "server/app/local_operator.h"
#include "server/orchestrator/auth.h"
#include "server/orchestrator/digest.h"
#include "tests/support/hub_bench.h"

#include <QTemporaryDir>
#include <QTest>

#include <filesystem>
#include <fstream>
#include <sys/stat.h>

using namespace orchestra;

namespace {

struct Shell
{
    QTemporaryDir dir;
    ManualClock clock;
    SeededRandom random{3};
    NullLog log;

    CommandOutcome run(const std::vector<std::string> &arguments)
    {
        StoreOptions options;
        options.dataDir = dir.path().toStdString();
        return runTokenCommand(arguments, options, clock, random, log);
    }
};

std::string fileOf(const Shell &shell)
{
    return localOperatorFile(shell.dir.path().toStdString());
}

std::string firstLine(const std::string &path)
{
    std::ifstream file(path);
    std::string line;
    std::getline(file, line);
    return line;
}

} // namespace

class TstTokenCli : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void addsListsAndRevokes();
    void aTokenIsShownOnceAndStoredAsADigest();
    void refusesWhatItDoesNotUnderstand_data();
    void refusesWhatItDoesNotUnderstand();
    void readsLifeTimes();
    void theFirstStartMakesAnOperatorToken();
    void aLostOrForeignFileIsReplaced();
};

void TstTokenCli::addsListsAndRevokes()
{
    Shell shell;
    const CommandOutcome added =
        shell.run({"add", "--role", "viewer", "--user=vera", "--expires", "30d", "--note", "dashboard"});
    QCOMPARE(added.exitCode, 0);
    QVERIFY(added.output.starts_with("ork_"));
    const CommandOutcome listed = shell.run({"list"});
    QVERIFY(listed.output.find("vera") != std::string::npos);
    QVERIFY(listed.output.find("viewer") != std::string::npos);
    QVERIFY(listed.output.find("good") != std::string::npos);
    QVERIFY(listed.output.find("dashboard") != std::string::npos);
    QVERIFY(listed.output.find(formatTimestamp(shell.clock.wallMs() + 30LL * 86'400'000)) != std::string::npos);
    const std::string id = listed.output.substr(listed.output.find("tok_"), 12);
    QCOMPARE(shell.run({"revoke", id}).exitCode, 0);
    QVERIFY(shell.run({"list"}).output.find("revoked") != std::string::npos);
    QCOMPARE(shell.run({"revoke", "tok_nothing"}).exitCode, 1);
    shell.run({"add", "--role", "client", "--user", "bob", "--expires", "1s"});
    shell.clock.advance(std::chrono::seconds(1));
    QVERIFY(shell.run({"list"}).output.find("expired") != std::string::npos);
}

void TstTokenCli::aTokenIsShownOnceAndStoredAsADigest()
{
    Shell shell;
    const CommandOutcome added = shell.run({"add", "--role", "admin", "--user", "ada"});
    const std::string token = added.output.substr(0, added.output.find('\n'));
    QVERIFY(token.size() > 40);
    QVERIFY(shell.run({"list"}).output.find(token) == std::string::npos);
    for (const auto &entry : std::filesystem::recursive_directory_iterator(shell.dir.path().toStdString())) {
        std::ifstream file(entry.path(), std::ios::binary);
        const std::string bytes((std::istreambuf_iterator<char>(file)), {});
        QVERIFY(bytes.find(token) == std::string::npos);
    }
}

void TstTokenCli::refusesWhatItDoesNotUnderstand_data()
{
    QTest::addColumn<QStringList>("arguments");
    const auto row = [](const char *name, const QStringList &arguments) { QTest::newRow(name) << arguments; };
    const auto words = [](const char *text) { return QString::fromLatin1(text).split(QLatin1Char(' ')); };
    row("nothing", {});
    row("another verb", words("make"));
    row("no role", words("add --user ann"));
    row("no user", words("add --role client"));
    row("no such role", words("add --role king --user ann"));
    row("no such option", words("add --role client --user ann --colour red"));
    row("no value", words("add --role client --user"));
    row("no life time", words("add --role client --user ann --expires soon"));
    row("two tokens", words("revoke a b"));
    row("the server's own note",
        {QStringLiteral("add"), QStringLiteral("--role"), QStringLiteral("client"), QStringLiteral("--user"),
         QStringLiteral("ann"), QStringLiteral("--note"),
         QString::fromLatin1(kLocalOperatorNote.data(), qsizetype(kLocalOperatorNote.size()))});
}

void TstTokenCli::refusesWhatItDoesNotUnderstand()
{
    QFETCH(QStringList, arguments);
    std::vector<std::string> plain;
    for (const QString &argument : arguments)
        plain.push_back(argument.toStdString());
    Shell shell;
    const CommandOutcome outcome = shell.run(plain);
    QCOMPARE(outcome.exitCode, 2);
    QVERIFY(outcome.output.empty());
    QVERIFY(outcome.errors.find("Usage:") != std::string::npos);
}

void TstTokenCli::readsLifeTimes()
{
    QCOMPARE(*parseLifeTime("90s"), 90'000);
    QCOMPARE(*parseLifeTime("15m"), 900'000);
    QCOMPARE(*parseLifeTime("12h"), 43'200'000);
    QCOMPARE(*parseLifeTime("30d"), 2'592'000'000);
    QCOMPARE(*parseLifeTime("4w"), 2'419'200'000);
    for (const char *bad : {"", "30", "d", "-1d", "0d", "1.5d", "30 d", "30dd", "99999999999999999999d", "9999999w"})
        QVERIFY2(!parseLifeTime(bad), bad);
}

void TstTokenCli::theFirstStartMakesAnOperatorToken()
{
    Shell shell;
    MemoryStore store;
    std::optional<Status> made;
    const auto ensure = [&] {
        ensureLocalOperator(store, shell.random, shell.clock, shell.dir.path().toStdString(),
                            [&](const Status &status) { made = status; });
        store.deliver();
    };
    ensure();
    QVERIFY(*made);
    const std::string token = firstLine(fileOf(shell));
    QVERIFY(token.starts_with("ork_"));
    QCOMPARE(store.tokens.size(), 1U);
    QCOMPARE(store.tokens[0].hash, sha256(token));
    QCOMPARE(store.tokens[0].role, Role::Operator);
    struct stat info = {};
    QCOMPARE(::stat(fileOf(shell).c_str(), &info), 0);
    QCOMPARE(info.st_mode & 0777U, 0600U);
    ensure(); // the second start changes nothing
    QCOMPARE(firstLine(fileOf(shell)), token);
    QCOMPARE(store.tokens.size(), 1U);
}

void TstTokenCli::aLostOrForeignFileIsReplaced()
{
    Shell shell;
    MemoryStore store;
    const auto ensure = [&] {
        ensureLocalOperator(store, shell.random, shell.clock, shell.dir.path().toStdString(), [](const Status &) {});
        store.deliver();
    };
    ensure();
    const std::string first = firstLine(fileOf(shell));
    std::filesystem::remove(fileOf(shell));
    ensure();
    const std::string second = firstLine(fileOf(shell));
    QVERIFY(!second.empty() && second != first);
    QCOMPARE(store.tokens.size(), 2U);
    QVERIFY(store.tokens[0].revokedAt); // the lost one is good for nobody who finds it
    store.tokens.clear();               // a new database beside an old file
    ensure();
    QVERIFY(firstLine(fileOf(shell)) != second);
    QCOMPARE(store.tokens[0].hash, sha256(firstLine(fileOf(shell))));
}

QTEST_GUILESS_MAIN(TstTokenCli)
#include "tst_token_cli.moc"
