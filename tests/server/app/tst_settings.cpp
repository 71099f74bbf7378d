// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/app/settings.h"

#include <QTest>

using namespace orchestra;

class TstSettings : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void tellsTheEdgeWhatIsConfigured()
    {
        Config config;
        config.server.address = "::1";
        config.server.port = 0;
        config.server.edgeThreads = 7;
        config.server.tlsCertificate = "/cert.pem";
        config.server.tlsKey = "/key.pem";
        config.server.tlsKeyPassword = "open sesame";
        config.limits.fragments = 3;
        const EdgeSettings settings = edgeSettings(config, {3, 4});
        QCOMPARE(settings.address, std::string("::1"));
        QCOMPARE(settings.port, 0);
        QCOMPARE(settings.threads, 7U);
        QCOMPARE(settings.tls.certificate, std::string("/cert.pem"));
        QCOMPARE(settings.tls.key, std::string("/key.pem"));
        QCOMPARE(settings.tls.keyPassword, std::string("open sesame"));
        QVERIFY(settings.limits == config.limits);
        QCOMPARE(settings.inheritedListeners, (std::vector<int>{3, 4}));
    }

    void writesNamesAsTheGateComparesThem()
    {
        Config config;
        config.server.hosts = {"Chat.Example.ORG", "[FD00::1]"};
        config.server.allowedOrigins = {"https://Chat.Example.org:443", "http://[::1]:8080"};
        config.server.trustedProxies = {"10.0.0.0/8", "fd00::2"};
        const GateRules gate = edgeSettings(config, {}).gate;
        QCOMPARE(gate.hostNames, (std::vector<std::string>{"chat.example.org", "fd00::1"}));
        QCOMPARE(gate.allowedOrigins, (std::vector<std::string>{"https://chat.example.org", "http://[::1]:8080"}));
        QCOMPARE(gate.trustedProxies.size(), 2U);
        QVERIFY(gate.trustedProxies[0].contains(*Address::parse("10.1.2.3")));
        QVERIFY(!gate.trustedProxies[0].contains(*Address::parse("11.1.2.3")));
        QVERIFY(gate.trustedProxies[1].contains(*Address::parse("fd00::2")));
    }

    void tellsWhenToGiveUpCapability()
    {
        Config config;
        config.degradation = {.automatic = false, .memoryBytes = 5'000'000, .essentialRuns = 3};
        const DegradationSettings settings = degradationSettings(config);
        QVERIFY(!settings.isAutomatic);
        QCOMPARE(settings.memoryBytes, std::uint64_t(5'000'000));
        QCOMPARE(settings.essentialRuns, std::size_t(3));
        const DegradationSettings usual = degradationSettings(Config());
        QVERIFY(usual.isAutomatic);
        QVERIFY(usual.memoryBytes > 16'000'000); // this machine has some
    }

    void tellsWhenBreakersOpen()
    {
        const BreakerPolicy built;
        const BreakerPolicy usual = breakerPolicy(Config());
        QCOMPARE(usual.minimumCalls, built.minimumCalls);
        QCOMPARE(usual.failureRate, built.failureRate);
        QCOMPARE(usual.consecutiveFailures, built.consecutiveFailures);
        QCOMPARE(usual.failedProbes, built.failedProbes);
        QCOMPARE(usual.slowRate, built.slowRate);
        QCOMPARE(usual.openWait, built.openWait);
        QCOMPARE(usual.openCap, built.openCap);
        QCOMPARE(usual.halfOpenPermits, built.halfOpenPermits);
        Config config;
        config.breakers = {.minimumCalls = 30,
                           .failureRate = 0.3,
                           .failuresInARow = 7,
                           .failedProbes = 4,
                           .slowRate = 0.6,
                           .openWait = std::chrono::seconds(8),
                           .openMost = std::chrono::seconds(40),
                           .trialCalls = 2};
        const BreakerPolicy policy = breakerPolicy(config);
        QCOMPARE(policy.minimumCalls, std::uint64_t(30));
        QCOMPARE(policy.failureRate, 0.3);
        QCOMPARE(policy.consecutiveFailures, std::uint64_t(7));
        QCOMPARE(policy.failedProbes, std::uint64_t(4));
        QCOMPARE(policy.slowRate, 0.6);
        QCOMPARE(policy.openWait, std::chrono::milliseconds(8000));
        QCOMPARE(policy.openCap, std::chrono::milliseconds(40000));
        QCOMPARE(policy.halfOpenPermits, std::uint64_t(2));
        config.breakers.openMost = std::chrono::seconds(1); // less than the first wait
        QCOMPARE(breakerPolicy(config).openCap, std::chrono::milliseconds(8000));
    }

    void tellsTheStoreWhatIsConfigured()
    {
        Config config;
        config.server.dataDir = "/data";
        config.store.synchronous = StoreOptions::Synchronous::Normal;
        config.retention.idempotency = std::chrono::hours(1);
        StoreOptions expected;
        expected.dataDir = "/data";
        expected.synchronous = StoreOptions::Synchronous::Normal;
        expected.idempotency = std::chrono::hours(1);
        QVERIFY(storeOptions(config) == expected);
    }
};

QTEST_APPLESS_MAIN(TstSettings)
#include "tst_settings.moc"
