// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/app/tool_settings.h"

#include "server/app/named_entries.h"

#include <QTest>

using namespace orchestra;

class TstToolSettings : public QObject
{
    Q_OBJECT

private:
    static Config full()
    {
        Config config;
        config.mcp.http = {"wiki=https://wiki.example.com/mcp"};
        config.mcp.keys = "wiki=X-Api-Key: abc=d";
        config.mcp.stdio = {"files=/usr/bin/mcp-files --root '/srv/my docs'"};
        config.mcp.environment = "files/TOKEN=t=1, files/LANG=de";
        config.n8n.workflows = {"report=http://localhost:5678/webhook/report", "mail=http://localhost:5678/webhook/m"};
        config.n8n.descriptions = {"report=Makes the weekly report = a table."};
        config.n8n.parameters = {"report={\"type\":\"object\",\"properties\":{\"week\":{\"type\":\"integer\"}}}"};
        config.n8n.readOnly = {"report"};
        config.n8n.key = "k";
        config.tools.audience = {"files=operators", "n8n=observers"};
        return config;
    }

private Q_SLOTS:
    void readsServersAsTheyAreWritten()
    {
        const Config config = full();
        QVERIFY2(toolProblems(config).empty(), toolProblems(config).empty() ? "" : toolProblems(config)[0].c_str());
        const auto servers =
            toolServers(config, {{"PATH", "/bin"}, {"HOME", "/home/o"}, {"LANG", "C"}, {"SECRET", "x"}});
        QCOMPARE(servers.size(), std::size_t(3));
        QCOMPARE(servers[0].kind, ToolServerKind::McpHttp);
        QCOMPARE(servers[0].url, std::string("https://wiki.example.com/mcp"));
        QCOMPARE(servers[0].key.reveal(), std::string("X-Api-Key: abc=d"));
        QCOMPARE(servers[1].command, (std::vector<std::string>{"/usr/bin/mcp-files", "--root", "/srv/my docs"}));
        std::map<std::string, std::string> environment;
        for (const auto &[name, value] : servers[1].environment)
            QVERIFY(environment.emplace(name, value.reveal()).second);
        QCOMPARE(environment, (std::map<std::string, std::string>{
                                  {"PATH", "/bin"}, {"HOME", "/home/o"}, {"LANG", "de"}, {"TOKEN", "t=1"}}));
        QCOMPARE(servers[2].name, std::string("n8n"));
        QCOMPARE(servers[2].workflows.size(), std::size_t(2));
        const RemoteTool &report = servers[2].workflows[0].tool;
        QCOMPARE(report.description, std::string("Makes the weekly report = a table."));
        QVERIFY(report.parameters.text.find("week") != std::string::npos);
        QVERIFY(report.isReadOnly && !servers[2].workflows[1].tool.isReadOnly);
        QVERIFY(report.digest != servers[2].workflows[1].tool.digest);
        const ToolPolicy policy = toolPolicy(config);
        QCOMPARE(policy.audiences.at("files"), ToolAudience::Operators);
        QCOMPARE(policy.audiences.at("n8n"), ToolAudience::Observers);
        QVERIFY(toolServers(Config(), {}).empty());
    }

    void handsOnEveryLimit()
    {
        Config config;
        config.tools.trust = ToolTrust::Operator;
        config.tools.consentAlways = true;
        config.tools.connect = std::chrono::seconds(1);
        config.tools.start = std::chrono::seconds(2);
        config.tools.silence = std::chrono::seconds(3);
        config.tools.total = std::chrono::seconds(4);
        config.tools.refresh = std::chrono::seconds(6);
        config.tools.resultBytes = 5000;
        config.tools.perServer = 7;
        config.tools.definitionBytes = 300;
        config.tools.concurrency = 9;
        config.tools.maxConcurrency = 8;
        config.tools.maxWaiting = 10;
        const ToolPolicy policy = toolPolicy(config);
        QVERIFY(policy.trust == ToolTrust::Operator && policy.isConsentAlwaysNeeded);
        QVERIFY(policy.limits.connect == std::chrono::seconds(1) && policy.limits.handshake == std::chrono::seconds(2));
        QVERIFY(policy.limits.silence == std::chrono::seconds(3) && policy.limits.total == std::chrono::seconds(4));
        QVERIFY(policy.refresh == std::chrono::seconds(6));
        QCOMPARE(policy.limits.resultBytes, std::size_t(5000));
        QCOMPARE(policy.limits.toolsPerServer, std::size_t(7));
        QCOMPARE(policy.limits.definitionBytes, std::size_t(300));
        QCOMPARE(policy.concurrency.first, 9.0);
        QCOMPARE(policy.concurrency.most, 9.0);
        QCOMPARE(policy.waiting, std::size_t(10));
    }

    void saysWhatIsWrongWithAnEntry_data()
    {
        QTest::addColumn<QByteArray>("key");
        QTest::addColumn<QByteArray>("value");
        QTest::addColumn<QByteArray>("problem");
        const auto row = [](const char *key, const char *value, const char *problem) {
            QTest::addRow("%s = %s", key, value) << QByteArray(key) << QByteArray(value) << QByteArray(problem);
        };
        row("http", "https://wiki/mcp", "needs a name");
        row("http", "a.b=https://wiki/mcp", "needs a name");
        row("http", "a__b=https://wiki/mcp", "needs a name");
        row("http", "a=wiki", "not an http or https URL");
        row("http", "a=https://me:secret@wiki/mcp", "not an http or https URL");
        row("http", "files=http://x", "two servers");
        row("stdio", "b=", "has no program");
        row("keys", "nobody=k", "called \"nobody\"");
        row("keys", "wiki=", "is empty");
        row("environment", "TOKEN=1", "needs a server");
        row("environment", "wiki/TOKEN=1", "needs a server");
        row("workflows", "report=http://again", "two workflows");
        row("workflows", "other=nowhere", "not an http or https URL");
        row("parameters", "mail=[1]", "no JSON object");
        row("parameters", "none={}", "no workflow");
        row("descriptions", "none=x", "no workflow");
        row("read_only", "none", "no workflow");
        row("audience", "none=everybody", "no server of tools");
        row("audience", "files=friends", "is none of");
    }
    void saysWhatIsWrongWithAnEntry()
    {
        QFETCH(QByteArray, key);
        QFETCH(QByteArray, value);
        QFETCH(QByteArray, problem);
        Config config = full();
        const std::map<QByteArray, std::vector<std::string> *> lists{{"http", &config.mcp.http},
                                                                     {"stdio", &config.mcp.stdio},
                                                                     {"workflows", &config.n8n.workflows},
                                                                     {"descriptions", &config.n8n.descriptions},
                                                                     {"parameters", &config.n8n.parameters},
                                                                     {"read_only", &config.n8n.readOnly},
                                                                     {"audience", &config.tools.audience}};
        if (const auto list = lists.find(key); list != lists.end())
            list->second->push_back(value.toStdString());
        else
            (key == "keys" ? config.mcp.keys : config.mcp.environment) = value.toStdString();
        const auto problems = toolProblems(config);
        QCOMPARE(problems.size(), std::size_t(1));
        QVERIFY2(problems[0].find(problem.toStdString()) != std::string::npos, problems[0].c_str());
        // And the configuration is refused for it.
        bool isRefused = false;
        for (const std::string &contradiction : contradictions(config))
            isRefused = isRefused || contradiction == problems[0];
        QVERIFY(isRefused);
    }

    void splitsCommandsAtBlanks_data()
    {
        QTest::addColumn<QByteArray>("line");
        QTest::addColumn<QByteArray>("words");
        QTest::newRow("blanks") << QByteArray("  a  b\tc ") << QByteArray("a|b|c");
        QTest::newRow("quotes") << QByteArray("a 'b c' \"d 'e\" f\"g h\"") << QByteArray("a|b c|d 'e|fg h");
        QTest::newRow("empty word") << QByteArray("a ''") << QByteArray("a|");
        QTest::newRow("nothing") << QByteArray("  ") << QByteArray();
    }
    void splitsCommandsAtBlanks()
    {
        QFETCH(QByteArray, line);
        QFETCH(QByteArray, words);
        std::string joined;
        const auto split = splitCommand(line.toStdString());
        for (std::size_t i = 0; i < split.size(); ++i)
            joined += (i > 0 ? "|" : "") + split[i];
        QCOMPARE(joined, words.toStdString());
    }
};

QTEST_GUILESS_MAIN(TstToolSettings)
#include "tst_tool_settings.moc"
