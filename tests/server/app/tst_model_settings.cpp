// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/app/model_settings.h"

#include <QTest>

using namespace orchestra;

class TstModelSettings : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsServersWithTheirKeys()
    {
        Config config;
        config.models.ollama = {"gpu=http://10.0.0.5:11434"};
        config.models.openai = {"cloud=https://api.example.com/v1"};
        config.models.keys = "cloud=sk-a=b, other=x";
        const auto servers = modelServers(config);
        QCOMPARE(servers.size(), std::size_t(2));
        QCOMPARE(servers[0].name, std::string("gpu"));
        QCOMPARE(servers[0].url, std::string("http://10.0.0.5:11434"));
        QVERIFY(servers[0].key.isEmpty());
        QCOMPARE(servers[1].kind, ModelServerKind::OpenAi);
        QCOMPARE(servers[1].key.reveal(), std::string("sk-a=b"));
    }

    void saysWhatIsWrongWithAnEntry_data()
    {
        QTest::addColumn<QByteArray>("ollama");
        QTest::addColumn<QByteArray>("keys");
        QTest::addColumn<QByteArray>("problem");
        QTest::newRow("no name") << QByteArray("http://gpu:11434") << QByteArray() << QByteArray("needs a name");
        QTest::newRow("bad name") << QByteArray("a/b=http://gpu") << QByteArray() << QByteArray("needs a name");
        QTest::newRow("no URL") << QByteArray("gpu=gpu:11434") << QByteArray()
                                << QByteArray("not an http or https URL");
        QTest::newRow("twice") << QByteArray("a=http://b,a=http://c") << QByteArray()
                               << QByteArray("two model servers");
        QTest::newRow("key of nobody") << QByteArray("a=http://b") << QByteArray("c=d") << QByteArray("called \"c\"");
        QTest::newRow("empty key") << QByteArray("a=http://b") << QByteArray("a=") << QByteArray("is empty");
    }
    void saysWhatIsWrongWithAnEntry()
    {
        QFETCH(QByteArray, ollama);
        QFETCH(QByteArray, keys);
        QFETCH(QByteArray, problem);
        Config config;
        for (const QByteArray &entry : ollama.split(','))
            config.models.ollama.push_back(entry.toStdString());
        config.models.keys = keys.toStdString();
        const auto problems = modelProblems(config);
        QCOMPARE(problems.size(), std::size_t(1));
        QVERIFY2(problems[0].find(problem.toStdString()) != std::string::npos, problems[0].c_str());
        QVERIFY(modelProblems(Config()).empty());
    }

    void readsPricesAndHowAnswersAreKept()
    {
        Config config;
        config.models.prices = {"cloud/small=0.15", "gpu/qwen3:8b=0"};
        config.models.cache = CacheUse::OnRequest;
        config.models.cacheAnswers = 7;
        QVERIFY(modelProblems(config).empty());
        config.models.warmUp = {"gpu/qwen3:8b"};
        config.models.retries = 4;
        config.models.retryShare = 0.5;
        config.models.tryShare = 0.25;
        config.breakers.slow = std::chrono::seconds(3);
        config.breakers.failuresInARow = 9;
        const ModelPolicy policy = modelPolicy(config);
        QCOMPARE(policy.warmUp, (std::vector<std::string>{"gpu/qwen3:8b"}));
        QCOMPARE(policy.retries.extraAttempts, 4U);
        QCOMPARE(policy.retries.budgetShare, 0.5);
        QCOMPARE(policy.tryShare, 0.25);
        QCOMPARE(policy.slow, std::chrono::milliseconds(3000));
        QCOMPARE(policy.breaker.consecutiveFailures, std::uint64_t(9));
        QCOMPARE(modelPolicy(Config()).retries.extraAttempts, RetryPolicy().extraAttempts);
        QCOMPARE(modelPolicy(Config()).retries.budgetShare, RetryPolicy().budgetShare);
        QCOMPARE(policy.prices, (std::map<std::string, double>{{"cloud/small", 0.15}, {"gpu/qwen3:8b", 0}}));
        QCOMPARE(policy.cache.use, CacheUse::OnRequest);
        QCOMPARE(policy.cache.maxAnswers, std::size_t(7));
        QCOMPARE(modelPolicy(Config()).cache.use, CacheUse::Off);
    }

    void saysWhatIsWrongWithAPrice_data()
    {
        QTest::addColumn<QByteArray>("entry");
        for (const char *entry : {"small=1", "cloud/small", "cloud/small=", "cloud/small=cheap", "cloud/small=-1",
                                  "cloud/small=1 EUR", "cloud/small=inf", "cloud/small=nan"})
            QTest::newRow(entry) << QByteArray(entry);
    }
    void saysWhatIsWrongWithAPrice()
    {
        QFETCH(QByteArray, entry);
        Config config;
        config.models.prices = {entry.toStdString()};
        const auto problems = modelProblems(config);
        QCOMPARE(problems.size(), std::size_t(1));
        QVERIFY2(problems[0].starts_with("models.prices: "), problems[0].c_str());
        QVERIFY(modelPolicy(config).prices.empty());
    }

    void looksWhereOllamaIsSaidToBe_data()
    {
        QTest::addColumn<QByteArray>("url");
        QTest::newRow("") << QByteArray("http://localhost:11434");
        QTest::newRow("gpu") << QByteArray("http://gpu:11434");
        QTest::newRow("gpu:8080") << QByteArray("http://gpu:8080");
        QTest::newRow("0.0.0.0") << QByteArray("http://localhost:11434");
        QTest::newRow("0.0.0.0:8080") << QByteArray("http://localhost:8080");
        QTest::newRow("https://gpu:443/") << QByteArray("https://gpu:443");
        QTest::newRow("[::1]") << QByteArray("http://[::1]:11434");
        QTest::newRow("[::1]:8080") << QByteArray("http://[::1]:8080");
    }
    void looksWhereOllamaIsSaidToBe()
    {
        QFETCH(QByteArray, url);
        const auto servers = likelyModelServers(Config(), {{"OLLAMA_HOST", QTest::currentDataTag()}});
        QCOMPARE(servers.size(), std::size_t(1));
        QCOMPARE(servers[0].url, url.toStdString());
    }

    void looksForAnOpenAiServerOnlyWhereOneIsNamed()
    {
        const Environment environment{{"OPENAI_BASE_URL", "https://gpu/v1"}, {"OPENAI_API_KEY", "sk"}};
        const auto servers = likelyModelServers(Config(), environment);
        QCOMPARE(servers.size(), std::size_t(2));
        QCOMPARE(servers[1].url, std::string("https://gpu/v1"));
        QCOMPARE(servers[1].key.reveal(), std::string("sk"));
        Config off;
        off.models.discover = false;
        QVERIFY(likelyModelServers(off, environment).empty());
    }
};

QTEST_GUILESS_MAIN(TstModelSettings)
#include "tst_model_settings.moc"
