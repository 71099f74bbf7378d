// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/app/settings.h"

#include "server/observe/process_stats.h"
#include "shared/base/text.h"

#include <algorithm>

namespace orchestra {
namespace {

GateRules gateRules(const ServerConfig &server)
{
    GateRules rules;
    for (const std::string &host : server.hosts) {
        const bool isBracketed = host.starts_with('[') && host.ends_with(']');
        rules.hostNames.push_back(lowerAscii(isBracketed ? host.substr(1, host.size() - 2) : host));
    }
    for (const std::string &origin : server.allowedOrigins) {
        if (auto normalised = normalisedOrigin(lowerAscii(origin)))
            rules.allowedOrigins.push_back(std::move(*normalised));
    }
    for (const std::string &proxy : server.trustedProxies) {
        if (const auto range = AddressRange::parse(proxy))
            rules.trustedProxies.push_back(*range);
    }
    return rules;
}

} // namespace

TlsFiles tlsFiles(const Config &config)
{
    return {config.server.tlsCertificate, config.server.tlsKey, config.server.tlsKeyPassword};
}

EdgeSettings edgeSettings(const Config &config, std::vector<int> inheritedListeners)
{
    const ServerConfig &server = config.server;
    EdgeSettings settings;
    settings.address = server.address;
    settings.port = server.port;
    settings.inheritedListeners = std::move(inheritedListeners);
    settings.threads = static_cast<std::uint32_t>(server.edgeThreads);
    settings.limits = config.limits;
    settings.gate = gateRules(server);
    settings.tls = tlsFiles(config);
    return settings;
}

DegradationSettings degradationSettings(const Config &config)
{
    const DegradationConfig &wanted = config.degradation;
    DegradationSettings settings;
    settings.isAutomatic = wanted.automatic;
    settings.memoryBytes = wanted.memoryBytes > 0 ? wanted.memoryBytes : readMemoryLimit();
    settings.essentialRuns = static_cast<std::size_t>(wanted.essentialRuns);
    return settings;
}

BreakerPolicy breakerPolicy(const Config &config)
{
    const BreakersConfig &breakers = config.breakers;
    BreakerPolicy policy;
    policy.minimumCalls = static_cast<std::uint64_t>(breakers.minimumCalls);
    policy.failureRate = breakers.failureRate;
    policy.consecutiveFailures = static_cast<std::uint64_t>(breakers.failuresInARow);
    policy.failedProbes = static_cast<std::uint64_t>(breakers.failedProbes);
    policy.slowRate = breakers.slowRate;
    policy.openWait = breakers.openWait;
    policy.openCap = std::max(breakers.openWait, breakers.openMost);
    policy.halfOpenPermits = static_cast<std::uint64_t>(breakers.trialCalls);
    return policy;
}

StoreOptions storeOptions(const Config &config)
{
    StoreOptions options;
    options.dataDir = config.server.dataDir;
    options.synchronous = config.store.synchronous;
    options.idempotency = config.retention.idempotency;
    return options;
}

} // namespace orchestra
