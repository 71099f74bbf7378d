// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/app/environment.h"
#include "server/core/limits.h"
#include "server/core/remote_tools.h"
#include "server/core/retention.h"
#include "server/observe/log_writer.h"
#include "server/orchestrator/answer_cache.h"
#include "server/store/store_options.h"
#include "shared/wire/chat_messages.h"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace orchestra {

class ConfigSchema;

struct ServerConfig
{
    std::string address = "127.0.0.1";
    std::uint16_t port = 8700; ///< 0: any free port
    int edgeThreads = 2;
    std::vector<std::string> hosts;
    std::vector<std::string> allowedOrigins;
    std::vector<std::string> trustedProxies;
    std::string tlsCertificate; ///< path of a PEM chain; TLS is on when it is set
    std::string tlsKey;
    std::string tlsKeyPassword;
    bool insecureHttp = false;
    std::string dataDir;
    std::chrono::milliseconds drain = std::chrono::seconds(30);

    bool operator==(const ServerConfig &) const = default;
};

struct StoreConfig
{
    StoreOptions::Synchronous synchronous = StoreOptions::Synchronous::Full;

    bool operator==(const StoreConfig &) const = default;
};

struct LogConfig
{
    LogLevel level = LogLevel::Info;
    LogStyle format = LogStyle::Text;

    bool operator==(const LogConfig &) const = default;
};

struct AuthConfig
{
    bool anonymousLoopback = true; ///< without tokens: a loopback peer is client and tester

    bool operator==(const AuthConfig &) const = default;
};

struct ModelsConfig
{
    bool discover = true;
    std::vector<std::string> ollama; ///< NAME=URL
    std::vector<std::string> openai; ///< NAME=URL
    std::string keys;                ///< NAME=KEY, comma-separated
    std::string defaultModel;
    std::vector<std::string> fallbacks;
    std::vector<std::string> warmUp; ///< SERVER/NAME
    std::chrono::milliseconds connect = std::chrono::seconds(5);
    std::chrono::milliseconds firstToken = std::chrono::seconds(60);
    std::chrono::milliseconds gap = std::chrono::seconds(30);
    std::chrono::milliseconds total = std::chrono::minutes(10);
    int concurrency = 20;
    int maxConcurrency = 200;
    int maxWaiting = 200;
    std::vector<std::string> prices; ///< SERVER/NAME=PRICE
    CacheUse cache = CacheUse::Off;
    std::chrono::milliseconds cacheLife = std::chrono::hours(1);
    int cacheAnswers = 1000;
    std::uint64_t cacheBytes = std::uint64_t{16} * 1024 * 1024;
    int retries = 2;
    double retryShare = 0.2;
    double tryShare = 0.05;

    bool operator==(const ModelsConfig &) const = default;
};

struct AgentsConfig
{
    wire::ExecutionMode mode = wire::ExecutionMode::Balanced;
    int steps = 8;
    int toolCalls = 16;
    int turnTokens = 200'000;
    int answerTokens = 4096;
    int identicalCalls = 2;
    int toolResultBytes = 16 * 1024;
    bool selfCheck = false;
    std::chrono::milliseconds selfCheckWithin = std::chrono::seconds(20);
    int selfCheckTokens = 256;
    int swarmTokens = 400'000;
    int swarmFanOut = 4;
    int swarmDepth = 2;
    int swarmWorkers = 8;
    int memories = 200;
    int memoryBytes = 2000;
    int recalled = 5;
    int lessons = 500;

    bool operator==(const AgentsConfig &) const = default;
};

struct BreakersConfig
{
    int minimumCalls = 20;
    double failureRate = 0.5;
    int failuresInARow = 5;
    int failedProbes = 3;
    std::chrono::milliseconds slow = std::chrono::seconds(10);
    double slowRate = 0.8;
    std::chrono::milliseconds openWait = std::chrono::seconds(5);
    std::chrono::milliseconds openMost = std::chrono::seconds(20);
    int trialCalls = 3;

    bool operator==(const BreakersConfig &) const = default;
};

struct DegradationConfig
{
    bool automatic = true;
    std::uint64_t memoryBytes = 0; ///< 0: the limit of the control group, or the machine's memory
    int essentialRuns = 8;

    bool operator==(const DegradationConfig &) const = default;
};

struct McpConfig
{
    std::vector<std::string> http;  ///< NAME=URL
    std::vector<std::string> stdio; ///< NAME=COMMAND ARGUMENT...
    std::string keys;               ///< NAME=KEY, comma-separated
    std::string environment;        ///< NAME/VARIABLE=VALUE, comma-separated

    bool operator==(const McpConfig &) const = default;
};

struct N8nConfig
{
    std::vector<std::string> workflows;    ///< NAME=URL
    std::vector<std::string> descriptions; ///< NAME=TEXT
    std::vector<std::string> parameters;   ///< NAME=JSON Schema
    std::vector<std::string> readOnly;     ///< NAME
    std::string key;

    bool operator==(const N8nConfig &) const = default;
};

struct ToolsConfig
{
    ToolTrust trust = ToolTrust::FirstLook;
    bool consentAlways = false;
    std::vector<std::string> audience; ///< SERVER=AUDIENCE
    std::chrono::milliseconds connect = std::chrono::seconds(5);
    std::chrono::milliseconds start = std::chrono::seconds(20);
    std::chrono::milliseconds silence = std::chrono::seconds(60);
    std::chrono::milliseconds total = std::chrono::minutes(5);
    std::chrono::milliseconds refresh = std::chrono::seconds(60);
    int resultBytes = 1024 * 1024;
    int perServer = 128;
    int definitionBytes = 32 * 1024;
    int concurrency = 8;
    int maxConcurrency = 64;
    int maxWaiting = 64;
    int retries = 1;

    bool operator==(const ToolsConfig &) const = default;
};

/// Everything an operator can configure, as plain data. Its defaults are the product's defaults.
struct Config
{
    ServerConfig server;
    Limits limits;
    StoreConfig store;
    Retention retention;
    LogConfig log;
    AuthConfig auth;
    ModelsConfig models;
    AgentsConfig agents;
    BreakersConfig breakers;
    DegradationConfig degradation;
    McpConfig mcp;
    N8nConfig n8n;
    ToolsConfig tools;

    bool operator==(const Config &) const = default;
};

/// Where values come from, weakest first; a later source replaces what an earlier one said.
struct ConfigSources
{
    struct Setting
    {
        std::string key;
        std::string value;
        std::string origin; ///< the option that said so, for example --port
    };

    std::vector<std::string> files;       ///< TOML; one that does not exist is skipped
    std::vector<std::string> directories; ///< each one's *.toml in lexical order
    std::optional<std::string> only;      ///< --config: read instead of files and directories; it must exist
    Environment environment;              ///< ORCHESTRA_SECTION__KEY
    std::vector<Setting> settings;        ///< the command line
};

/// /etc/orchestra and the user's configuration directory, in that order, then `environment`.
ConfigSources standardSources(Environment environment);

struct LoadedConfig
{
    Config config;
    std::map<std::string, std::string, std::less<>> origins; ///< key -> file:line, variable or option; absent: built in
    std::vector<std::string> files;                          ///< the files that were read
    std::vector<std::string> problems; ///< everything that is wrong, each naming where; not to be used unless empty
};

/// Reads every source. Never stops at the first mistake: an operator sees all of them at once.
LoadedConfig loadConfig(const ConfigSchema &schema, const ConfigSources &sources);

/// What contradicts itself across keys, each with what to do about it; empty when nothing does.
std::vector<std::string> contradictions(const Config &config);

/// Why the server must not start with this configuration, once it is known whether any token exists; empty when it may.
std::string refusalToStart(const Config &config, bool hasTokens);

} // namespace orchestra
