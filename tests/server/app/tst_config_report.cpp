// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/app/config_report.h"
#include "server/app/config_schema.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>

using namespace orchestra;

namespace {

bool contains(const std::string &text, std::string_view part)
{
    return text.find(part) != std::string::npos;
}

/// Runs of spaces become one.
std::string squeezed(std::string text)
{
    text.erase(std::unique(text.begin(), text.end(), [](char a, char b) { return a == ' ' && b == ' '; }), text.end());
    return text;
}

LoadedConfig loadWith(std::vector<ConfigSources::Setting> settings, Environment environment = {{"HOME", "/home/ada"}})
{
    ConfigSources sources;
    sources.environment = std::move(environment);
    sources.settings = std::move(settings);
    return loadConfig(ConfigSchema(), sources);
}

} // namespace

class TstConfigReport : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void showsEachValueWithItsOrigin()
    {
        const std::string shown =
            squeezed(describeConfig(ConfigSchema(), loadWith({{"server.port", "9000", "--port"}})));
        QVERIFY2(contains(shown, "[server]\naddress = \"127.0.0.1\" # built in\nport = 9000 # --port\n"),
                 shown.c_str());
        QVERIFY(contains(shown, "\n\n[limits]\nmax_connections = 1000 # built in\n"));
    }

    void showsNoSecret()
    {
        const LoadedConfig loaded =
            loadWith({}, {{"HOME", "/h"}, {"ORCHESTRA_SERVER__TLS_KEY_PASSWORD", "open sesame"}});
        QCOMPARE(loaded.config.server.tlsKeyPassword, std::string("open sesame"));
        const std::string shown = describeConfig(ConfigSchema(), loaded);
        QVERIFY(!contains(shown, "sesame"));
        QVERIFY(contains(shown, "# tls_key_password is set and not shown"));
        QVERIFY(contains(shown, "# environment ORCHESTRA_SERVER__TLS_KEY_PASSWORD"));
    }

    void showsWhatCanBeReadBackAsAFile()
    {
        const LoadedConfig before = loadWith({{"server.hosts", "a.org,b.org", "--set"},
                                              {"limits.idle_seconds", "0.5", "--set"},
                                              {"limits.overflow", "evict_oldest_idle", "--set"},
                                              {"server.data_dir", "/a \"quoted\" place", "--set"}});
        QVERIFY(before.problems.empty());
        QTemporaryDir place;
        QFile file(place.filePath(QStringLiteral("shown.toml")));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(QByteArray::fromStdString(describeConfig(ConfigSchema(), before)));
        file.close();
        ConfigSources sources;
        sources.only = file.fileName().toStdString();
        const LoadedConfig after = loadConfig(ConfigSchema(), sources);
        QCOMPARE(after.problems, std::vector<std::string>());
        QCOMPARE(after.config, before.config);
    }

    void documentsEveryKey()
    {
        const ConfigSchema schema;
        const std::string table = describeSchema(schema);
        for (const ConfigKey &key : schema.keys())
            QVERIFY2(contains(table, "| `" + key.name + "`"), key.name.c_str());
        QVERIFY(contains(table, "| `server.port` | a whole number between 0 and 65535 | `8700` |"));
        QVERIFY(contains(table, "`server.tls_key_password` or `server.tls_key_password_file`"));
    }

    void checksWithAnExitCode()
    {
        const ConfigSchema schema;
        const CommandOutcome sound = runConfigCommand("check", schema, loadWith({}));
        QCOMPARE(sound.exitCode, 0);
        QVERIFY(contains(sound.output, "configuration is sound"));
        const CommandOutcome bad = runConfigCommand("check", schema, loadWith({{"server.port", "x", "--port"}}));
        QCOMPARE(bad.exitCode, 1);
        QCOMPARE(bad.output, std::string());
        QVERIFY(contains(bad.errors, "--port: server.port must be"));
    }

    void showsEvenAFaultyConfigurationButSaysSo()
    {
        const CommandOutcome shown =
            runConfigCommand("show", ConfigSchema(), loadWith({{"server.port", "x", "--port"}}));
        QCOMPARE(shown.exitCode, 1);
        QVERIFY(contains(shown.output, "port = 8700"));
        QVERIFY(contains(shown.errors, "server.port must be"));
    }

    void knowsItsVerbs()
    {
        const CommandOutcome unknown = runConfigCommand("edit", ConfigSchema(), loadWith({}));
        QCOMPARE(unknown.exitCode, 2);
        QVERIFY(contains(unknown.errors, "there is no config command"));
        for (const char *verb : {"config check", "config show", "config schema"})
            QVERIFY2(contains(unknown.errors, verb), verb);
        QCOMPARE(runConfigCommand("--help", ConfigSchema(), loadWith({})).exitCode, 0);
        QVERIFY(contains(runConfigCommand("", ConfigSchema(), loadWith({})).errors, "say what to do"));
        QCOMPARE(runConfigCommand("schema", ConfigSchema(), loadWith({})).output, describeSchema(ConfigSchema()));
    }
};

QTEST_APPLESS_MAIN(TstConfigReport)
#include "tst_config_report.moc"
