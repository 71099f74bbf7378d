// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/ctl/arguments.h"

#include <QTest>

using namespace orchestra;
using namespace orchestra::ctl;

namespace {

QStringList words(const char *line)
{
    return QString::fromUtf8(line).split(QLatin1Char(' '), Qt::SkipEmptyParts);
}

} // namespace

class TstArguments : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { qunsetenv("ORCHESTRA_SERVER"); }

    void explainsItselfWhenNothingIsSaid()
    {
        QCOMPARE(parseArguments({})->verb, Verb::Help);
        QVERIFY(helpText({}).contains(QStringLiteral("connections")));
    }

    void takesAMessageWithSpaces()
    {
        const auto parsed =
            parseArguments({QStringLiteral("chat"), QStringLiteral("--once"), QStringLiteral("how is it going")});
        QVERIFY(parsed);
        QCOMPARE(parsed->verb, Verb::Chat);
        QCOMPARE(*parsed->message, QStringLiteral("how is it going"));
        QCOMPARE(parsed->server, QStringLiteral("127.0.0.1:8700"));
    }

    void takesOptionsInBothForms()
    {
        for (const char *line : {"--server host:1 status --json", "status --server=host:1 --json"}) {
            const auto parsed = parseArguments(words(line));
            QVERIFY(parsed);
            QCOMPARE(parsed->server, QStringLiteral("host:1"));
            QVERIFY(parsed->json);
        }
    }

    void takesAPinWithAndWithoutColons()
    {
        QString pin(64, QLatin1Char('a'));
        QCOMPARE(parseArguments({QStringLiteral("status"), QStringLiteral("--pin"), pin})->pin, pin);
        for (qsizetype at = 62; at > 0; at -= 2)
            pin.insert(at, QLatin1Char(':'));
        QCOMPARE(parseArguments({QStringLiteral("status"), QStringLiteral("--pin"), pin})->pin, pin);
    }

    void takesTheServerFromTheEnvironment()
    {
        qputenv("ORCHESTRA_SERVER", "elsewhere:9");
        QCOMPARE(parseArguments(words("status"))->server, QStringLiteral("elsewhere:9"));
        QCOMPARE(parseArguments(words("status --server here:1"))->server, QStringLiteral("here:1"));
    }

    void takesAnActionWithItsTargetAndReason()
    {
        const auto parsed = parseArguments({QStringLiteral("breakers"), QStringLiteral("open"), QStringLiteral("store"),
                                            QStringLiteral("--for"), QStringLiteral("15m"), QStringLiteral("--reason"),
                                            QStringLiteral("the disk is replaced")});
        QVERIFY(parsed);
        QCOMPARE(parsed->verb, Verb::Breakers);
        QCOMPARE(parsed->topic, QStringLiteral("open"));
        QCOMPARE(parsed->target, QStringLiteral("store"));
        QCOMPARE(*parsed->term, std::chrono::seconds(900));
        QCOMPARE(parsed->reason, QStringLiteral("the disk is replaced"));
        const auto accepted = parseArguments(words("tools accept wiki/search@3f9a --reason read"));
        QVERIFY(accepted);
        QCOMPARE(accepted->verb, Verb::Tools);
        QCOMPARE(accepted->target, QStringLiteral("wiki/search@3f9a"));
        QVERIFY(parseArguments(words("breakers --follow --json")));
        QVERIFY(parseArguments(words("models --filter server:local")));
    }

    void changesNothingWithoutKnowingWhatWhichAndWhy_data()
    {
        QTest::addColumn<QString>("complaint");
        QTest::newRow("breakers open") << QStringLiteral("breakers open needs to know which one.");
        QTest::newRow("breakers open store --for 5m") << QStringLiteral("--reason TEXT");
        QTest::newRow("breakers open store --reason x") << QStringLiteral("--for TIME");
        QTest::newRow("breakers reset store --reason x --for 5m") << QStringLiteral("--for goes with open or close.");
        QTest::newRow("breakers opne store --reason x") << QStringLiteral("Did you mean open?");
        QTest::newRow("breakers open store --for 8d --reason x") << QStringLiteral("up to 7 days");
        QTest::newRow("breakers open store --for 0 --reason x") << QStringLiteral("not \"0\"");
        QTest::newRow("breakers open store more --for 5m --reason x") << QStringLiteral("one word too many");
        QTest::newRow("breakers --reason x") << QStringLiteral("--reason goes with");
        QTest::newRow("tasks cancel id --reason x --follow") << QStringLiteral("for the whole table");
        QTest::newRow("tasks cancel id --for 5m --reason x") << QStringLiteral("tasks does not take --for");
        QTest::newRow("tools show") << QStringLiteral("needs to know which one");
        QTest::newRow("tools show wiki/search --reason x") << QStringLiteral("takes no --reason");
        QTest::newRow("breakers history --follow") << QStringLiteral("for the whole table");
        QTest::newRow("breakers history store more") << QStringLiteral("one word too many");
        QTest::newRow("tools accept wiki/search") << QStringLiteral("--reason TEXT");
        QTest::newRow("tools accpet wiki/search --reason x") << QStringLiteral("Did you mean accept?");
        QTest::newRow("models open") << QStringLiteral("one word too many");
    }
    void changesNothingWithoutKnowingWhatWhichAndWhy()
    {
        QFETCH(QString, complaint);
        const auto parsed = parseArguments(words(QTest::currentDataTag()));
        QVERIFY(!parsed);
        const QString said = QString::fromStdString(parsed.error().message);
        QVERIFY2(said.contains(complaint), qPrintable(said));
    }

    void looksAtOneThingWithoutAReason()
    {
        const auto all = parseArguments(words("breakers history"));
        QVERIFY(all && all->target.isEmpty());
        const auto one = parseArguments(words("breakers history store --json"));
        QVERIFY(one && one->json);
        QCOMPARE(one->target, QStringLiteral("store"));
        const auto tool = parseArguments(words("tools show wiki/search"));
        QVERIFY(tool);
        QCOMPARE(tool->topic + QLatin1Char(' ') + tool->target, QStringLiteral("show wiki/search"));
    }

    void showsTheHelpOfACommand()
    {
        const auto parsed = parseArguments(words("watch --help"));
        QCOMPARE(parsed->verb, Verb::Help);
        QCOMPARE(parsed->topic, QStringLiteral("watch"));
        QVERIFY(helpText(QStringLiteral("watch")).contains(QStringLiteral("--filter")));
        QVERIFY(helpText(QStringLiteral("nonsense")).isEmpty());
    }

    void explainsEveryCommandAndOption()
    {
        for (const QString &command : commandNames()) {
            const QString text = helpText(command);
            QVERIFY2(!text.isEmpty(), qPrintable(command));
            for (const QString &option : optionNames(command)) {
                if (option != QLatin1String("--help") && optionNames(command).size() > 1)
                    QVERIFY2(text.contains(option), qPrintable(command + option));
            }
        }
    }

    void refusesWhatItDoesNotKnow_data()
    {
        QTest::addColumn<QString>("line");
        QTest::addColumn<QString>("hint");
        QTest::newRow("command") << QStringLiteral("statsu") << QStringLiteral("Did you mean status?");
        QTest::newRow("option") << QStringLiteral("status --jsn") << QStringLiteral("Did you mean --json?");
        QTest::newRow("missing value") << QStringLiteral("chat --once") << QStringLiteral("needs TEXT");
        QTest::newRow("value for a switch") << QStringLiteral("status --json=yes") << QStringLiteral("takes no value");
        QTest::newRow("another command's option")
            << QStringLiteral("status --once hi") << QStringLiteral("does not take");
        QTest::newRow("surplus word") << QStringLiteral("status now") << QStringLiteral("one word too many");
        QTest::newRow("missing word") << QStringLiteral("watch") << QStringLiteral("needs TOPIC");
        QTest::newRow("encoding") << QStringLiteral("chat --encoding xml") << QStringLiteral("json or protobuf");
        QTest::newRow("timeout") << QStringLiteral("status --timeout soon") << QStringLiteral("seconds");
        QTest::newRow("pin") << QStringLiteral("status --pin abc") << QStringLiteral("SHA-256 in hexadecimal");
        QTest::newRow("no command") << QStringLiteral("--json") << QStringLiteral("No command");
        QTest::newRow("timeout range") << QStringLiteral("status --timeout 0") << QStringLiteral("seconds");
    }
    void refusesWhatItDoesNotKnow()
    {
        QFETCH(QString, line);
        QFETCH(QString, hint);
        const auto parsed = parseArguments(words(qPrintable(line)));
        QVERIFY(!parsed);
        QVERIFY2(QString::fromStdString(parsed.error().message).contains(hint), parsed.error().message.c_str());
    }
};

QTEST_GUILESS_MAIN(TstArguments)
#include "tst_arguments.moc"
