// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/app/config_keys.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <type_traits>

namespace orchestra {
namespace {

/// What the table says about a key beyond its field.
struct Terms
{
    std::string description;
    double least = 0;
    double most = std::numeric_limits<std::int32_t>::max();
    bool path = false;
    bool secret = false;
    bool reloadable = false;
};

template <class Section, class Field>
struct Place
{
    Section Config::*section;
    Field Section::*field;
};

template <class Field>
constexpr ConfigKind kindOf()
{
    if constexpr (std::is_same_v<Field, bool>)
        return ConfigKind::Boolean;
    else if constexpr (std::is_integral_v<Field>)
        return ConfigKind::Integer;
    else if constexpr (std::is_same_v<Field, double> || std::is_same_v<Field, std::chrono::milliseconds>)
        return ConfigKind::Number;
    else if constexpr (std::is_same_v<Field, std::string>)
        return ConfigKind::Text;
    else
        return ConfigKind::List;
}

template <class Field>
ConfigValue valueOf(const Field &field)
{
    if constexpr (std::is_same_v<Field, std::chrono::milliseconds>)
        return static_cast<double>(field.count()) / 1000;
    else if constexpr (std::is_same_v<Field, bool>)
        return field;
    else if constexpr (std::is_integral_v<Field>)
        return static_cast<std::int64_t>(field);
    else
        return field;
}

template <class Field>
void setField(Field &field, const ConfigValue &value)
{
    if constexpr (std::is_same_v<Field, std::chrono::milliseconds>)
        field = std::chrono::milliseconds(std::llround(std::get<double>(value) * 1000));
    else if constexpr (std::is_integral_v<Field> && !std::is_same_v<Field, bool>)
        field = static_cast<Field>(std::get<std::int64_t>(value));
    else
        field = std::get<Field>(value);
}

template <class Section, class Field>
ConfigKey key(std::string name, Section Config::*section, Field Section::*field, Terms terms)
{
    ConfigKey key;
    key.name = std::move(name);
    key.kind = terms.path ? ConfigKind::Path : kindOf<Field>();
    key.description = std::move(terms.description);
    key.least = terms.least;
    key.most = terms.most;
    key.secret = terms.secret;
    key.reloadable = terms.reloadable;
    key.read = [section, field](const Config &config) { return valueOf(config.*section.*field); };
    key.write = [section, field](Config &config, const ConfigValue &value) { setField(config.*section.*field, value); };
    return key;
}

template <class Section, class Field>
ConfigKey choice(std::string name, Section Config::*section, Field Section::*field,
                 std::vector<std::pair<std::string, Field>> options, std::string description)
{
    ConfigKey key;
    key.name = std::move(name);
    key.kind = ConfigKind::Choice;
    key.description = std::move(description);
    for (const auto &[word, option] : options)
        key.choices.push_back(word);
    key.read = [section, field, options](const Config &config) {
        const auto at = std::find_if(options.begin(), options.end(),
                                     [&](const auto &option) { return option.second == config.*section.*field; });
        return at == options.end() ? std::string() : at->first;
    };
    key.write = [section, field, options](Config &config, const ConfigValue &value) {
        const auto &word = std::get<std::string>(value);
        const auto at =
            std::find_if(options.begin(), options.end(), [&](const auto &option) { return option.first == word; });
        if (at != options.end())
            config.*section.*field = at->second;
    };
    return key;
}

void addServer(std::vector<ConfigKey> &keys)
{
    using S = ServerConfig;
    const auto in = &Config::server;
    keys.push_back(key("server.address", in, &S::address,
                       {"IPv4 or IPv6 address to listen on. Anything but loopback needs TLS (or `insecure_http`), "
                        "`hosts` and a token."}));
    keys.push_back(
        key("server.port", in, &S::port, {"TCP port for HTTP and WebSocket; 0 takes any free one.", 0, 65535}));
    keys.push_back(key("server.edge_threads", in, &S::edgeThreads, {"Threads that serve sockets.", 1, 64}));
    keys.push_back(key("server.hosts", in, &S::hosts,
                       {"Host names under which clients reach this server, without port. Loopback names are always "
                        "accepted, every other Host is refused."}));
    keys.push_back(key("server.allowed_origins", in, &S::allowedOrigins,
                       {"Web origins (`https://chat.example.org`) whose pages may use this server besides its own."}));
    keys.push_back(
        key("server.trusted_proxies", in, &S::trustedProxies,
            {"Addresses or networks (`10.0.0.0/8`) of reverse proxies whose forwarding headers are believed."}));
    keys.push_back(
        key("server.tls_certificate", in, &S::tlsCertificate,
            {.description = "PEM file with the certificate chain. Turns TLS on.", .path = true, .reloadable = true}));
    keys.push_back(
        key("server.tls_key", in, &S::tlsKey,
            {.description = "PEM file with the private key of `tls_certificate`.", .path = true, .reloadable = true}));
    keys.push_back(
        key("server.tls_key_password", in, &S::tlsKeyPassword,
            {.description = "Passphrase of `tls_key`, when it is encrypted.", .secret = true, .reloadable = true}));
    keys.push_back(key("server.insecure_http", in, &S::insecureHttp,
                       {"Allow a non-loopback address without TLS. Only behind a proxy that adds it."}));
    keys.push_back(key("server.data_dir", in, &S::dataDir,
                       {.description = "Directory of the database and the operator token. Default: `$STATE_DIRECTORY`, "
                                       "else `$XDG_DATA_HOME/orchestra`, else `~/.local/share/orchestra`.",
                        .path = true}));
    keys.push_back(key("server.drain_seconds", in, &S::drain,
                       {"How long running tasks may take to end when the server stops.", 0, 3600}));
}

void addLimits(std::vector<ConfigKey> &keys)
{
    using L = Limits;
    const auto in = &Config::limits;
    keys.push_back(key("limits.max_connections", in, &L::maxConnections, {"Chat connections in all.", 1, 1000000}));
    keys.push_back(choice("limits.overflow", in, &L::overflow,
                          {{"refuse", ServerOverflow::Refuse}, {"evict_oldest_idle", ServerOverflow::EvictOldestIdle}},
                          "What a newcomer meets when `max_connections` is reached: 503, or the place of the "
                          "connection that has been idle longest."));
    keys.push_back(
        key("limits.connections_per_user", in, &L::connectionsPerUser, {"Chat connections of one user.", 1, 10000}));
    keys.push_back(choice("limits.overflow_per_user", in, &L::overflowPerUser,
                          {{"replace", UserOverflow::ReplaceLongestSilent}, {"reject", UserOverflow::Reject}},
                          "What one more connection of a user does: replace the user's longest-silent one (4011), or "
                          "be rejected (4103)."));
    keys.push_back(key("limits.connections_per_ip", in, &L::connectionsPerIp,
                       {"Connections from one address; loopback is exempt.", 1, 1000000}));
    keys.push_back(
        key("limits.message_bytes", in, &L::messageBytes, {"Size of one WebSocket message.", 1024, 16777216}));
    keys.push_back(key("limits.messages_per_second", in, &L::messagesPerSecond,
                       {"Messages a connection may send, or HTTP calls a user may make, sustained.", 0.1, 1000000}));
    keys.push_back(key("limits.message_burst", in, &L::messageBurst,
                       {"Messages a connection may send, or HTTP calls a user may make, at once.", 1, 1000000}));
    keys.push_back(key("limits.user_messages_per_minute", in, &L::userMessagesPerMinute,
                       {"Turns one user may begin over all doors, a minute's worth at once; 0: no limit.", 0, 1e6}));
    keys.push_back(key("limits.key_messages_per_minute", in, &L::keyMessagesPerMinute,
                       {"The same for one access token.", 0, 1e6}));
    keys.push_back(
        key("limits.user_tokens_per_minute", in, &L::userTokensPerMinute,
            {"Tokens of models, read and written, that the turns of one user may cost; 0: no limit.", 0, 1e9}));
    keys.push_back(
        key("limits.key_tokens_per_minute", in, &L::keyTokensPerMinute, {"The same for one access token.", 0, 1e9}));
    keys.push_back(key(
        "limits.idle_seconds", in, &L::idle,
        {"A connection without a byte either way is closed after this long; the console's are exempt.", 0.1, 86400}));
    keys.push_back(
        key("limits.hello_seconds", in, &L::hello, {"Time for an unauthenticated connection to say hello.", 0.1, 300}));
    keys.push_back(key("limits.header_bytes", in, &L::headerBytes, {"Size of an HTTP request's head.", 1024, 1048576}));
    keys.push_back(key("limits.body_bytes", in, &L::bodyBytes, {"Size of an HTTP request's body.", 1024, 67108864}));
    keys.push_back(key("limits.completion_messages", in, &L::completionMessages,
                       {"Messages one request to `/v1/chat/completions` may hold.", 1, 100000}));
    keys.push_back(key("limits.completion_tools", in, &L::completionTools,
                       {"Tools one request to `/v1/chat/completions` may name.", 0, 10000}));
    keys.push_back(
        key("limits.fragments", in, &L::fragments, {"Frames one WebSocket message may be cut into.", 1, 65536}));
    keys.push_back(key("limits.control_frames_per_second", in, &L::controlFramesPerSecond,
                       {"WebSocket pings and pongs a connection may send.", 1, 10000}));
}

void addRetention(std::vector<ConfigKey> &keys)
{
    using R = Retention;
    const auto in = &Config::retention;
    keys.push_back(key("retention.replay_seconds", in, &R::replayAge,
                       {"Thread events younger than this can be replayed to a client that resumes.", 0, 86400}));
    keys.push_back(key("retention.replay_events", in, &R::replayEvents,
                       {"The last events of a thread that can be replayed whatever their age.", 0, 1000000}));
    keys.push_back(key("retention.thread_bytes", in, &R::threadBytes,
                       {"Memory for one thread's events beyond its active task.", 4096, 1073741824}));
    keys.push_back(key("retention.total_bytes", in, &R::totalBytes,
                       {"Memory for all threads' events; the oldest idle thread goes first.", 1048576, 68719476736}));
    keys.push_back(
        key("retention.idempotency_seconds", in, &R::idempotency,
            {"How long a message id is remembered, so that a repeated message is not run twice.", 60, 2592000}));
    keys.push_back(key("retention.disconnect_grace_seconds", in, &R::disconnectGrace,
                       {"How long a task runs on when its user has no connection left.", 0, 86400}));
    keys.push_back(key("retention.checkpoint_seconds", in, &R::checkpointInterval,
                       {"Partial answers become durable after this long ...", 0.05, 60}));
    keys.push_back(
        key("retention.checkpoint_bytes", in, &R::checkpointBytes, {"... or after this much text.", 64, 1048576}));
}

void addModels(std::vector<ConfigKey> &keys)
{
    using M = ModelsConfig;
    const auto in = &Config::models;
    keys.push_back(
        key("models.discover", in, &M::discover,
            {"Look for an Ollama at $OLLAMA_HOST or port 11434 of this machine, now and while the server runs, and for "
             "a server at $OPENAI_BASE_URL (with $OPENAI_API_KEY)."}));
    keys.push_back(key("models.ollama", in, &M::ollama,
                       {"Ollama servers, each `NAME=URL`, for example `gpu=http://10.0.0.5:11434`."}));
    keys.push_back(key("models.openai", in, &M::openai,
                       {"Servers that speak like OpenAI, each `NAME=URL` with its version, for example "
                        "`cloud=https://api.example.com/v1`."}));
    keys.push_back(key("models.keys", in, &M::keys,
                       {.description = "Keys of those servers, each `NAME=KEY`, comma-separated.", .secret = true}));
    keys.push_back(key("models.default", in, &M::defaultModel,
                       {"The model of a turn that names none: `NAME` or `SERVER/NAME`. Empty: the one that answered "
                        "fastest of late."}));
    keys.push_back(key("models.fallbacks", in, &M::fallbacks,
                       {"Models that may stand in when the chosen one fails before its first token, in this order, "
                        "each `SERVER/NAME`. Only where the request allows it."}));
    keys.push_back(key("models.warm_up", in, &M::warmUp,
                       {"Models of Ollama servers, each `SERVER/NAME`, that are loaded into memory as soon as their "
                        "server is there, so that a first question need not wait for it."}));
    keys.push_back(key("models.connect_seconds", in, &M::connect, {"Time to reach a model server.", 0.1, 300}));
    keys.push_back(key("models.first_token_seconds", in, &M::firstToken,
                       {"Longest wait for the first token; less once it is known how fast a model is.", 0.1, 3600}));
    keys.push_back(
        key("models.gap_seconds", in, &M::gap, {"Longest silence in the middle of a model's answer.", 0.1, 3600}));
    keys.push_back(key("models.total_seconds", in, &M::total,
                       {"Longest time for one answer of a model, its repetitions included.", 1, 86400}));
    keys.push_back(key("models.concurrency", in, &M::concurrency,
                       {"Answers one model works on at a time, at first: more while it keeps up, fewer when it drops "
                        "calls.",
                        1, 10000}));
    keys.push_back(key("models.max_concurrency", in, &M::maxConcurrency,
                       {"Most answers one model is ever given to work on at a time.", 1, 10000}));
    keys.push_back(
        key("models.max_waiting", in, &M::maxWaiting, {"Turns that may wait for a place at one model.", 0, 100000}));
    keys.push_back(key("models.prices", in, &M::prices,
                       {"What a million tokens of a model cost, each `SERVER/NAME=PRICE`, in one currency; others are "
                        "free. The cheapest of the models that are fast enough is taken, except in mode `fast`."}));
    keys.push_back(choice("models.cache", in, &M::cache,
                          {{"off", CacheUse::Off}, {"on_request", CacheUse::OnRequest}, {"on", CacheUse::On}},
                          "Give a user the same answer to exactly the same question again, without asking a model: "
                          "never, for requests that ask for it (`cache: true`), or unless they forbid it."));
    keys.push_back(
        key("models.cache_seconds", in, &M::cacheLife, {"How long an answer is kept for that.", 1, 2592000}));
    keys.push_back(key("models.cache_answers", in, &M::cacheAnswers, {"Answers that are kept, of all users.", 1, 1e6}));
    keys.push_back(key("models.cache_bytes", in, &M::cacheBytes,
                       {.description = "Memory for kept answers.", .least = 4096, .most = 68719476736}));
    keys.push_back(key("models.retries", in, &M::retries,
                       {"How often a question is put again, as long as nothing of its answer was said.", 0, 10}));
    keys.push_back(key("models.retry_share", in, &M::retryShare,
                       {"How many of the calls that one model works on may be such repetitions, 0 to 1; three always "
                        "may.",
                        0, 1}));
    keys.push_back(key("models.try_share", in, &M::tryShare,
                       {"How many of the questions that name no model go to one that was not measured of late, 0 to 1, "
                        "so that it can be compared. Never in mode `fast`, and never to a dearer one.",
                        0, 1}));
}

void addBreakers(std::vector<ConfigKey> &keys)
{
    using B = BreakersConfig;
    const auto in = &Config::breakers;
    keys.push_back(key("breakers.minimum_calls", in, &B::minimumCalls,
                       {"Calls of the last 30 seconds before a share of them opens a breaker.", 1, 100000}));
    keys.push_back(
        key("breakers.failure_rate", in, &B::failureRate, {"Share of failed calls that opens it.", 0.01, 1}));
    keys.push_back(key("breakers.failures_in_a_row", in, &B::failuresInARow,
                       {"Failed calls in a row that open it, however few there were.", 1, 1000}));
    keys.push_back(
        key("breakers.failed_probes", in, &B::failedProbes, {"Health probes in a row in vain that open it.", 1, 100}));
    keys.push_back(key("breakers.slow_seconds", in, &B::slow,
                       {"A model's first token that comes later makes a slow call.", 0.05, 3600}));
    keys.push_back(key("breakers.slow_rate", in, &B::slowRate, {"Share of slow calls that opens it.", 0.01, 1}));
    keys.push_back(
        key("breakers.open_seconds", in, &B::openWait,
            {"How long it stays open the first time; twice as long each time it opens again ...", 0.1, 3600}));
    keys.push_back(key("breakers.open_most_seconds", in, &B::openMost, {"... up to this.", 0.1, 86400}));
    keys.push_back(key("breakers.trial_calls", in, &B::trialCalls,
                       {"Calls that must go well before a breaker that was open closes.", 1, 100}));
}

void addDegradation(std::vector<ConfigKey> &keys)
{
    using D = DegradationConfig;
    const auto in = &Config::degradation;
    keys.push_back(key("degradation.automatic", in, &D::automatic,
                       {"Give up capability level by level when the server cannot bear its load. Otherwise only an "
                        "operator sets the level."}));
    keys.push_back(key("degradation.memory_bytes", in, &D::memoryBytes,
                       {.description = "Memory the server may need; near it the level rises. 0: the limit of its "
                                       "control group, or else the machine's memory.",
                        .most = 1099511627776}));
    keys.push_back(key("degradation.essential_runs", in, &D::essentialRuns,
                       {"Turns that may run at level 3; further questions are refused for a moment.", 1, 10000}));
}

void addAgents(std::vector<ConfigKey> &keys)
{
    using A = AgentsConfig;
    const auto in = &Config::agents;
    keys.push_back(choice("agents.mode", in, &A::mode,
                          {{"fast", wire::ExecutionMode::Fast},
                           {"balanced", wire::ExecutionMode::Balanced},
                           {"quality", wire::ExecutionMode::Quality}},
                          "How a model answers a turn that does not say: with one call, with tools, or as a swarm."));
    keys.push_back(
        key("agents.steps", in, &A::steps, {"Answers of the model in one turn, its tool calls included.", 1, 100}));
    keys.push_back(key("agents.tool_calls", in, &A::toolCalls, {"Tools a model may call in one turn.", 0, 1000}));
    keys.push_back(key("agents.turn_tokens", in, &A::turnTokens,
                       {"Tokens of all calls of a turn, prompts included.", 256, 100000000}));
    keys.push_back(key("agents.answer_tokens", in, &A::answerTokens,
                       {"Tokens set aside for each answer of a model before it is asked.", 64, 10000000}));
    keys.push_back(key("agents.identical_calls", in, &A::identicalCalls,
                       {"How often a model may call the same tool with the same arguments in one turn.", 1, 100}));
    keys.push_back(key("agents.tool_result_bytes", in, &A::toolResultBytes,
                       {"How much of one tool's result a model is shown.", 256, 1048576}));
    keys.push_back(
        key("agents.self_check", in, &A::selfCheck,
            {"Ask the model at the end of each answer what it thinks of it, for the quality score. Costs the "
             "prompt once more, and the answer is complete that much later."}));
    keys.push_back(
        key("agents.self_check_seconds", in, &A::selfCheckWithin,
            {"How long that may take to begin; without a verdict the answer counts as not checked.", 0.1, 600}));
    keys.push_back(key("agents.self_check_tokens", in, &A::selfCheckTokens,
                       {"Tokens that a verdict may cost, thinking included.", 16, 100000}));
    keys.push_back(key("agents.swarm_tokens", in, &A::swarmTokens,
                       {"The same as `turn_tokens` for a turn that a swarm answers.", 1024, 100000000}));
    keys.push_back(key("agents.swarm_fan_out", in, &A::swarmFanOut, {"Workers under one planner.", 2, 32}));
    keys.push_back(key("agents.swarm_depth", in, &A::swarmDepth,
                       {"Planners one below the other; 1: a worker's part is never split.", 1, 4}));
    keys.push_back(key("agents.swarm_workers", in, &A::swarmWorkers, {"Workers of one turn in all.", 2, 256}));
    keys.push_back(key("agents.memories", in, &A::memories, {"Things one user may have remembered.", 1, 100000}));
    keys.push_back(key("agents.memory_bytes", in, &A::memoryBytes, {"Size of one of them.", 16, 65536}));
    keys.push_back(key("agents.recalled", in, &A::recalled, {"Of them, how many a model is shown.", 0, 100}));
    keys.push_back(
        key("agents.lessons", in, &A::lessons,
            {"Labels of feedback that the reading of intents learns from; the oldest goes first.", 0, 10000}));
}

void addMcp(std::vector<ConfigKey> &keys)
{
    using M = McpConfig;
    const auto in = &Config::mcp;
    keys.push_back(key("mcp.http", in, &M::http,
                       {"Servers of tools that speak MCP over HTTP, each `NAME=URL`, for example "
                        "`wiki=https://wiki.example.com/mcp`."}));
    keys.push_back(key("mcp.stdio", in, &M::stdio,
                       {"Programs of tools that speak MCP over their pipes, each `NAME=COMMAND ARGUMENT...`, for "
                        "example `files=/usr/bin/mcp-files /srv/docs`. Each runs with the rights of this server."}));
    keys.push_back(key("mcp.keys", in, &M::keys,
                       {.description = "Keys of the servers in `mcp.http`, each `NAME=KEY`, comma-separated; sent as a "
                                       "bearer token, or, written `NAME=Header: value`, as that header.",
                        .secret = true}));
    keys.push_back(key("mcp.environment", in, &M::environment,
                       {.description = "Variables for the programs in `mcp.stdio`, each `NAME/VARIABLE=VALUE`, "
                                       "comma-separated. Of this server's environment they get only PATH, HOME, "
                                       "SHELL, USER, LOGNAME, LANG, LC_ALL, TZ and TMPDIR.",
                        .secret = true}));
}

void addN8n(std::vector<ConfigKey> &keys)
{
    using N = N8nConfig;
    const auto in = &Config::n8n;
    keys.push_back(key("n8n.workflows", in, &N::workflows,
                       {"Workflows of n8n that are offered as tools, each `NAME=URL` with the production URL of its "
                        "webhook."}));
    keys.push_back(key("n8n.descriptions", in, &N::descriptions,
                       {"What a workflow does, in words for models, each `NAME=TEXT`."}));
    keys.push_back(key("n8n.parameters", in, &N::parameters,
                       {"What a workflow takes, each `NAME=` and a JSON Schema of an object. Without: any object."}));
    keys.push_back(key("n8n.read_only", in, &N::readOnly,
                       {"Names of workflows that change nothing, so that they run without asking the user."}));
    keys.push_back(key("n8n.key", in, &N::key,
                       {.description = "Sent to the webhooks as a bearer token, or, written `Header: value`, as that "
                                       "header.",
                        .secret = true}));
}

void addTools(std::vector<ConfigKey> &keys)
{
    using T = ToolsConfig;
    const auto in = &Config::tools;
    keys.push_back(choice("tools.trust", in, &T::trust,
                          {{"first_look", ToolTrust::FirstLook}, {"operator", ToolTrust::Operator}},
                          "`first_look`: the tools a server has when it is first seen are offered, and what is new or "
                          "changed later waits for an operator. `operator`: everything waits for an operator."));
    keys.push_back(key("tools.consent_always", in, &T::consentAlways,
                       {"Ask the user before every call of a tool of another program, also of one that says it only "
                        "reads."}));
    keys.push_back(key("tools.audience", in, &T::audience,
                       {"Who may have models call the tools of a server, each `SERVER=everybody`, `SERVER=observers` "
                        "(viewers and above) or `SERVER=operators`; workflows are the server `n8n`. Who is not named: "
                        "everybody."}));
    keys.push_back(key("tools.connect_seconds", in, &T::connect, {"Time to reach a server of tools.", 0.1, 300}));
    keys.push_back(key("tools.start_seconds", in, &T::start,
                       {"Time for a server of tools to be ready, for a program from its start.", 0.5, 600}));
    keys.push_back(key("tools.silence_seconds", in, &T::silence,
                       {"Longest wait for a tool's result or for a sign of progress.", 0.1, 3600}));
    keys.push_back(key("tools.total_seconds", in, &T::total, {"Longest time for one call of a tool.", 0.1, 86400}));
    keys.push_back(key("tools.refresh_seconds", in, &T::refresh,
                       {"How often servers are asked which tools they have.", 5, 86400}));
    keys.push_back(key("tools.result_bytes", in, &T::resultBytes,
                       {"Size of one answer of a server of tools. Models and users see the first 12 KiB of a result.",
                        4096, 67108864}));
    keys.push_back(key("tools.max_per_server", in, &T::perServer, {"Tools that one server may offer.", 1, 10000}));
    keys.push_back(key("tools.max_definition_bytes", in, &T::definitionBytes,
                       {"Size of what a server may say of one tool. Larger ones are not offered.", 256, 1048576}));
    keys.push_back(key("tools.concurrency", in, &T::concurrency,
                       {"Calls one server works on at a time, at first: more while it keeps up, fewer when it drops "
                        "calls.",
                        1, 10000}));
    keys.push_back(key("tools.max_concurrency", in, &T::maxConcurrency,
                       {"Most calls one server is ever given at a time.", 1, 10000}));
    keys.push_back(
        key("tools.max_waiting", in, &T::maxWaiting, {"Calls that may wait for a place at one server.", 0, 100000}));
    keys.push_back(key("tools.retries", in, &T::retries,
                       {"How often a call is made again whose server has failed. Only of tools that change nothing and "
                        "run without asking the user.",
                        0, 10}));
}

} // namespace

std::vector<ConfigKey> makeConfigKeys()
{
    std::vector<ConfigKey> keys;
    addServer(keys);
    addLimits(keys);
    keys.push_back(choice("store.synchronous", &Config::store, &StoreConfig::synchronous,
                          {{"full", StoreOptions::Synchronous::Full}, {"normal", StoreOptions::Synchronous::Normal}},
                          "SQLite's synchronous mode. `full`: an acknowledged message survives power loss; `normal`: "
                          "only a crash of the process."));
    addRetention(keys);
    keys.push_back(choice("log.level", &Config::log, &LogConfig::level,
                          {{"debug", LogLevel::Debug},
                           {"info", LogLevel::Info},
                           {"warn", LogLevel::Warn},
                           {"error", LogLevel::Error},
                           {"critical", LogLevel::Critical}},
                          "Least severe level that is written."));
    keys.back().reloadable = true;
    keys.push_back(choice("log.format", &Config::log, &LogConfig::format,
                          {{"text", LogStyle::Text}, {"json", LogStyle::Json}},
                          "One line of text or one JSON object per record, on standard error."));
    keys.push_back(
        key("auth.anonymous_loopback", &Config::auth, &AuthConfig::anonymousLoopback,
            {"As long as no token is configured, a peer on the loopback address may chat under the name it gives."}));
    addModels(keys);
    addAgents(keys);
    addBreakers(keys);
    addDegradation(keys);
    addMcp(keys);
    addN8n(keys);
    addTools(keys);
    return keys;
}

} // namespace orchestra
