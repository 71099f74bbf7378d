// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/app/command_line.h"

#include <QTest>

using namespace orchestra;

namespace {

/// "key=value (origin)" of each setting.
std::vector<std::string> settingsOf(const CommandLine &line)
{
    std::vector<std::string> out;
    for (const ConfigSources::Setting &setting : line.sources.settings)
        out.push_back(setting.key + "=" + setting.value + " (" + setting.origin + ")");
    return out;
}

} // namespace

class TstCommandLine : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void takesConfigurationOutOfTheArguments()
    {
        const auto line = readCommandLine({"--port", "0", "config", "--data-dir=/d", "show", "--set", "log.level=debug",
                                           "--insecure-http", "--address=::1", "--role", "operator"},
                                          {{"HOME", "/h"}});
        QVERIFY(line);
        QCOMPARE(settingsOf(*line),
                 (std::vector<std::string>{"server.port=0 (--port)", "server.data_dir=/d (--data-dir)",
                                           "log.level=debug (--set)", "server.insecure_http=true (--insecure-http)",
                                           "server.address=::1 (--address)"}));
        QCOMPARE(line->rest, (std::vector<std::string>{"config", "show", "--role", "operator"}));
        QVERIFY(!line->sources.only);
        QCOMPARE(line->sources.files.size(), 2U);
    }

    void keepsEqualsSignsInValues()
    {
        const auto line = readCommandLine({"--set=server.data_dir=/a=b"}, {});
        QVERIFY(line);
        QCOMPARE(settingsOf(*line), std::vector<std::string>{"server.data_dir=/a=b (--set)"});
    }

    void namesTheConfigurationFile()
    {
        const auto line = readCommandLine({"--config", "/my.toml"}, {});
        QVERIFY(line);
        QCOMPARE(line->sources.only, std::optional<std::string>("/my.toml"));
    }

    void saysWhatIsMissing_data()
    {
        QTest::addColumn<QString>("argument");
        QTest::addColumn<QString>("message");
        QTest::newRow("no value") << QStringLiteral("--port") << QStringLiteral("--port needs a value");
        QTest::newRow("no equals") << QStringLiteral("--set=server.port")
                                   << QStringLiteral("--set needs SECTION.KEY=VALUE, not server.port");
        QTest::newRow("no key") << QStringLiteral("--set==1")
                                << QStringLiteral("--set needs SECTION.KEY=VALUE, not =1");
        QTest::newRow("flag with value") << QStringLiteral("--insecure-http=no")
                                         << QStringLiteral("--insecure-http takes no value");
    }

    void saysWhatIsMissing()
    {
        QFETCH(QString, argument);
        QFETCH(QString, message);
        const auto line = readCommandLine({argument.toStdString()}, {});
        QVERIFY(!line);
        QCOMPARE(QString::fromStdString(line.error().message), message);
    }

    void describesEveryOption()
    {
        for (const char *option : {"--address", "--port", "--data-dir", "--insecure-http", "--set", "--config"})
            QVERIFY2(configOptionsHelp().find(option) != std::string::npos, option);
    }
};

QTEST_APPLESS_MAIN(TstCommandLine)
#include "tst_command_line.moc"
