// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/app/config.h"
#include "server/app/config_schema.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace orchestra;

namespace {

bool contains(const std::string &text, std::string_view part)
{
    return text.find(part) != std::string::npos;
}

} // namespace

class TstConfig : public QObject
{
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> place_;

    /// Writes a file under the test's directory and returns its path.
    std::string write(const char *name, const QByteArray &content)
    {
        const QString path = place_->filePath(QLatin1String(name));
        QDir().mkpath(QFileInfo(path).path());
        QFile file(path);
        if (!file.open(QIODevice::WriteOnly) || file.write(content) != content.size())
            qFatal("cannot write the fixture");
        return path.toStdString();
    }

    std::string at(const char *name) { return place_->filePath(QLatin1String(name)).toStdString(); }

    static LoadedConfig load(ConfigSources sources)
    {
        sources.environment.emplace_back("HOME", "/home/ada");
        return loadConfig(ConfigSchema(), sources);
    }

    static LoadedConfig loadSettings(std::vector<std::pair<std::string, std::string>> settings)
    {
        ConfigSources sources;
        for (auto &[key, value] : settings)
            sources.settings.push_back({key, value, "--set"});
        return load(std::move(sources));
    }

    /// The only problem of a load; fails the test through its text when there are none or more.
    static std::string onlyProblem(const LoadedConfig &loaded)
    {
        return loaded.problems.size() == 1 ? loaded.problems.front()
                                           : std::to_string(loaded.problems.size()) + " problems";
    }

private Q_SLOTS:
    void init() { place_ = std::make_unique<QTemporaryDir>(); }

    void isTheBuiltInConfigurationWithoutSources()
    {
        const LoadedConfig loaded = load({});
        QVERIFY(loaded.problems.empty());
        QVERIFY(loaded.origins.empty());
        Config expected;
        expected.server.dataDir = "/home/ada/.local/share/orchestra";
        QCOMPARE(loaded.config, expected);
    }

    void letsEachLaterSourceWin()
    {
        ConfigSources sources;
        sources.files = {write("etc/orchestrad.toml",
                               "[server]\nport = 1\nedge_threads = 3\ndrain_seconds = 11\n[limits]\nfragments = 5\n"),
                         write("user/orchestrad.toml", "[server]\nport = 2\nedge_threads = 4\ndrain_seconds = 12\n"),
                         at("absent.toml")};
        write("conf.d/20-b.toml", "[server]\nport = 4\n");
        write("conf.d/10-a.toml", "[server]\nport = 3\nedge_threads = 5\n");
        write("conf.d/30-c.txt", "[server]\nport = 9\n");
        sources.directories = {at("conf.d"), at("absent.d")};
        QCOMPARE(load(sources).config.server.port, 4);
        sources.environment = {{"ORCHESTRA_SERVER__PORT", "5"}};
        QCOMPARE(load(sources).config.server.port, 5);
        sources.settings = {{"server.port", "6", "--port"}};
        const LoadedConfig loaded = load(sources);
        QVERIFY(loaded.problems.empty());
        QCOMPARE(loaded.config.server.port, 6);
        QCOMPARE(loaded.config.server.edgeThreads, 5);
        QCOMPARE(loaded.config.server.drain, std::chrono::seconds(12));
        QCOMPARE(loaded.config.limits.fragments, 5U);
        QCOMPARE(loaded.origins.at("server.port"), std::string("--port"));
        QCOMPARE(loaded.origins.at("server.edge_threads"), at("conf.d/10-a.toml") + ":3");
        QCOMPARE(loaded.origins.at("server.drain_seconds"), at("user/orchestrad.toml") + ":4");
        QCOMPARE(loaded.origins.at("limits.fragments"), at("etc/orchestrad.toml") + ":6");
        QCOMPARE(loaded.files, (std::vector<std::string>{at("etc/orchestrad.toml"), at("user/orchestrad.toml"),
                                                         at("conf.d/10-a.toml"), at("conf.d/20-b.toml")}));
    }

    void readsOnlyTheGivenFile()
    {
        ConfigSources sources;
        sources.files = {write("etc/orchestrad.toml", "[server]\nport = 1\n")};
        sources.only = write("mine.toml", "[log]\nlevel = \"warn\"\n");
        const LoadedConfig loaded = load(sources);
        QCOMPARE(loaded.config.server.port, 8700);
        QVERIFY(loaded.config.log.level == LogLevel::Warn);
        sources.only = at("absent.toml");
        QVERIFY(contains(onlyProblem(load(sources)), "absent.toml: cannot be read: No such file"));
    }

    void namesFileLineAndNearestKeyOfAnUnknownOne()
    {
        ConfigSources sources;
        sources.files = {write("a.toml", "# comment\n[server]\naddress = \"127.0.0.1\"\n\nprot = 1\n")};
        QCOMPARE(onlyProblem(load(sources)), at("a.toml") + ":5: unknown key server.prot; did you mean server.port?");
        sources.files = {write("b.toml", "[sever]\nport = 1\n")};
        QCOMPARE(onlyProblem(load(sources)), at("b.toml") + ":2: unknown key sever.port; did you mean server.port?");
        sources.files = {write("c.toml", "port = 1\n")};
        QCOMPARE(onlyProblem(load(sources)), at("c.toml") + ":1: unknown key port; did you mean server.port?");
        sources.files = {write("d.toml", "[server.port]\nvalue = 1\n")};
        QCOMPARE(onlyProblem(load(sources)),
                 at("d.toml") + ":1: server.port must be a whole number between 0 and 65535");
    }

    void namesFileAndLineOfABadValue_data()
    {
        QTest::addColumn<QByteArray>("line");
        QTest::addColumn<QByteArray>("problem");
        QTest::newRow("text for number") << QByteArray("port = \"80\"")
                                         << QByteArray("server.port must be a whole number between 0 and 65535");
        QTest::newRow("out of range") << QByteArray("port = 70000")
                                      << QByteArray("server.port must be a whole number between 0 and 65535");
        QTest::newRow("fraction") << QByteArray("port = 1.5") << QByteArray("server.port must be a whole number");
        QTest::newRow("date") << QByteArray("port = 2026-01-01") << QByteArray("server.port must be a whole number");
        QTest::newRow("number for truth")
            << QByteArray("insecure_http = 1") << QByteArray("server.insecure_http must be true or false");
        QTest::newRow("mixed list") << QByteArray("hosts = [\"a\", 1]")
                                    << QByteArray("server.hosts must be a list of texts");
        QTest::newRow("table for text") << QByteArray("address = { a = 1 }")
                                        << QByteArray("server.address must be text");
        QTest::newRow("nan") << QByteArray("drain_seconds = nan")
                             << QByteArray("server.drain_seconds must be a number between 0 and 3600");
    }

    void namesFileAndLineOfABadValue()
    {
        QFETCH(QByteArray, line);
        QFETCH(QByteArray, problem);
        ConfigSources sources;
        sources.files = {write("a.toml", "[server]\n" + line + "\n")};
        const std::string said = onlyProblem(load(sources));
        QVERIFY2(said.starts_with(at("a.toml") + ":2: " + problem.toStdString()), said.c_str());
    }

    void namesTheLineOfASyntaxError()
    {
        ConfigSources sources;
        sources.files = {write("a.toml", "[server]\nport = = 1\n")};
        QVERIFY2(onlyProblem(load(sources)).starts_with(at("a.toml") + ":2: "), onlyProblem(load(sources)).c_str());
    }

    void survivesGarbageAndDirectories()
    {
        ConfigSources sources;
        sources.files = {write("a.toml", QByteArray("\xff\xfe\0\x01[[[", 7)), place_->path().toStdString(),
                         write("empty.toml", "")};
        const LoadedConfig loaded = load(sources);
        QCOMPARE(loaded.problems.size(), 2U);
        QVERIFY2(contains(loaded.problems[1], "Is a directory"), loaded.problems[1].c_str());
    }

    void reportsAllMistakesAtOnce()
    {
        ConfigSources sources;
        sources.files = {write("a.toml", "[server]\nport = -1\nbogus = 2\n")};
        sources.environment = {{"ORCHESTRA_LIMITS__FRAGMENTS", "many"}};
        sources.settings = {{"log.level", "loud", "--set"}};
        const LoadedConfig loaded = load(sources);
        QCOMPARE(loaded.problems.size(), 4U);
        QCOMPARE(loaded.problems[2], std::string("environment ORCHESTRA_LIMITS__FRAGMENTS: limits.fragments must be a "
                                                 "whole number between 1 and 65536"));
        QCOMPARE(loaded.problems[3], std::string("--set: log.level must be one of debug, info, warn, error, critical"));
    }

    void ignoresVariablesOfOthersButNotMistakesInItsOwn()
    {
        ConfigSources sources;
        sources.environment = {{"ORCHESTRA_BIN", "/x"}, {"PATH", "/bin"}, {"ORCHESTRATE__SERVER", "1"}};
        QVERIFY(load(sources).problems.empty());
        sources.environment = {{"ORCHESTRA_SERVER__PROT", "1"}};
        QCOMPARE(onlyProblem(load(sources)),
                 std::string("environment ORCHESTRA_SERVER__PROT: unknown key server.prot; did you mean server.port?"));
    }

    void readsASecretFromItsFile()
    {
        ConfigSources sources;
        write("secret", "open sesame\n");
        sources.files = {write("a.toml", "[server]\ntls_key_password_file = \"secret\"\n")};
        const LoadedConfig loaded = load(sources);
        QVERIFY(loaded.problems.empty());
        QCOMPARE(loaded.config.server.tlsKeyPassword, std::string("open sesame"));
        QCOMPARE(loaded.origins.at("server.tls_key_password"), at("secret") + " (named by " + at("a.toml") + ":2)");
    }

    void saysWhichSecretFileIsMissing()
    {
        const std::string problem = onlyProblem(loadSettings({{"server.tls_key_password_file", at("absent")}}));
        QCOMPARE(problem,
                 "--set: server.tls_key_password_file: " + at("absent") + " cannot be read: No such file or directory");
        QVERIFY(contains(onlyProblem(loadSettings({{"server.tls_key_password_file", place_->path().toStdString()}})),
                         "Is a directory"));
    }

    void refusesASecretOnTheCommandLine()
    {
        const LoadedConfig loaded = loadSettings({{"server.tls_key_password", "open sesame"}});
        QVERIFY(contains(onlyProblem(loaded), "visible to every local user"));
        QVERIFY(!contains(onlyProblem(loaded), "sesame"));
    }

    void resolvesPathsAgainstTheFileThatNamesThem()
    {
        ConfigSources sources;
        sources.files = {write("sub/a.toml", "[server]\ndata_dir = \"../data\"\n")};
        QCOMPARE(load(sources).config.server.dataDir, at("data"));
        QCOMPARE(loadSettings({{"server.data_dir", "data"}}).config.server.dataDir,
                 QDir::current().filePath(QStringLiteral("data")).toStdString());
    }

    void findsTheDataDirectoryFromTheEnvironment()
    {
        ConfigSources sources;
        sources.environment = {{"STATE_DIRECTORY", "/var/lib/orchestra"}, {"XDG_DATA_HOME", "/data"}};
        QCOMPARE(load(sources).config.server.dataDir, std::string("/var/lib/orchestra"));
        sources.environment = {{"XDG_DATA_HOME", "/data"}};
        QCOMPARE(load(sources).config.server.dataDir, std::string("/data/orchestra"));
        QVERIFY(contains(loadConfig(ConfigSchema(), {}).problems.front(), "server.data_dir is not set"));
    }

    void looksInEtcAndInTheUsersDirectory()
    {
        const ConfigSources home = standardSources({{"HOME", "/home/ada"}});
        QCOMPARE(home.files, (std::vector<std::string>{"/etc/orchestra/orchestrad.toml",
                                                       "/home/ada/.config/orchestra/orchestrad.toml"}));
        QCOMPARE(home.directories,
                 (std::vector<std::string>{"/etc/orchestra/conf.d", "/home/ada/.config/orchestra/conf.d"}));
        const ConfigSources xdg = standardSources({{"HOME", "/home/ada"}, {"XDG_CONFIG_HOME", "/config"}});
        QCOMPARE(xdg.files.back(), std::string("/config/orchestra/orchestrad.toml"));
        QCOMPARE(standardSources({}).files.size(), 1U);
    }

    void refusesContradictions_data()
    {
        QTest::addColumn<QByteArray>("settings");
        QTest::addColumn<QByteArray>("problem");
        const auto row = [](const char *settings, const char *problem) {
            QTest::newRow(settings) << QByteArray(settings) << QByteArray(problem);
        };
        row("server.address=0.0.0.0 server.hosts=a.org", "is not loopback");
        row("server.address=192.0.2.1 server.insecure_http=true", "server.hosts is empty");
        row("server.address=0.0.0.0 server.hosts=a.org server.insecure_http=true", "");
        row("server.address=::1", "");
        row("server.address=localhost", "is not an IPv4 or IPv6 address");
        row("server.tls_certificate=/a.pem", "belong together");
        row("server.tls_key=/a.pem", "belong together");
        row("server.address=0.0.0.0 server.hosts=a.org server.tls_certificate=/a.pem server.tls_key=/b.pem", "");
        row("server.hosts=a.org:80", "is not a host name");
        row("server.allowed_origins=https://a.org/", "is not scheme://host");
        row("server.trusted_proxies=10.0.0.0/99", "is not an address or network");
        row("limits.max_connections=2", "limits.connections_per_user is greater");
        row("retention.thread_bytes=2000000 retention.total_bytes=1048576", "retention.thread_bytes is greater");
    }

    void refusesContradictions()
    {
        QFETCH(QByteArray, settings);
        QFETCH(QByteArray, problem);
        std::vector<std::pair<std::string, std::string>> pairs;
        for (const QByteArray &setting : settings.split(' '))
            pairs.emplace_back(setting.left(setting.indexOf('=')).toStdString(),
                               setting.mid(setting.indexOf('=') + 1).toStdString());
        const LoadedConfig loaded = loadSettings(pairs);
        if (problem.isEmpty())
            QCOMPARE(loaded.problems, std::vector<std::string>());
        else
            QVERIFY2(contains(onlyProblem(loaded), problem.toStdString()), onlyProblem(loaded).c_str());
    }

    void startsOffLoopbackOnlyWithATokens()
    {
        Config config;
        QCOMPARE(refusalToStart(config, false), std::string());
        config.server.address = "0.0.0.0";
        QVERIFY(contains(refusalToStart(config, false), "orchestrad token add"));
        QCOMPARE(refusalToStart(config, true), std::string());
    }
};

QTEST_APPLESS_MAIN(TstConfig)
#include "tst_config.moc"
