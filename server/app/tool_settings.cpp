// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/app/tool_settings.h"

#include "server/app/named_entries.h"
#include "server/app/settings.h"
#include "server/providers/mcp_tools.h"
#include "shared/wire/json_reader.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

namespace orchestra {
namespace {

using wire::JsonValue;

constexpr const char *kN8n = "n8n";

/// What a program needs to find its way; everything else in this server's environment is none of its business.
constexpr std::array<std::string_view, 9> kPassedOn{"PATH",   "HOME", "USER",   "LOGNAME", "LANG",
                                                    "LC_ALL", "TZ",   "TMPDIR", "SHELL"};

/// Their names become the beginning of the names of their tools, which models' wires keep short.
bool isToolServerName(std::string_view name)
{
    return isServerName(name) && name.size() <= 24 && name.find('.') == std::string_view::npos &&
           name.find("__") == std::string_view::npos;
}

std::optional<ToolAudience> audienceOf(std::string_view word)
{
    const auto names = wireNames(ToolAudience{});
    const auto found = std::ranges::find(names, word);
    if (found == names.end())
        return {};
    return static_cast<ToolAudience>(found - names.begin());
}

/// NAME/VARIABLE=VALUE
struct Variable
{
    std::string server;
    std::string name;
    std::string value;
};

std::vector<Variable> variablesOf(const Config &config)
{
    std::vector<Variable> variables;
    for (auto &[place, value] : splitEntries(config.mcp.environment)) {
        const std::size_t slash = place.find('/');
        const bool hasBoth = slash != std::string::npos && slash > 0 && slash + 1 < place.size();
        variables.push_back({hasBoth ? place.substr(0, slash) : std::string(),
                             hasBoth ? place.substr(slash + 1) : place, std::move(value)});
    }
    return variables;
}

std::string valueFor(const std::vector<std::string> &entries, std::string_view name)
{
    for (const std::string &entry : entries) {
        const std::size_t equals = entry.find('=');
        if (entry.substr(0, equals) == name && equals != std::string::npos)
            return entry.substr(equals + 1);
    }
    return {};
}

/// A workflow as the tool that it is offered as.
Result<RemoteTool> workflowTool(const Config &config, const std::string &name)
{
    JsonValue schema;
    schema.set("type", "object");
    schema.set("properties", JsonValue(JsonValue::Object()));
    schema.set("additionalProperties", true);
    if (const std::string written = valueFor(config.n8n.parameters, name); !written.empty()) {
        auto read = wire::JsonReader().readValue(written);
        if (!read || !read->isObject())
            return Error{Code::Invalid, "its parameters are no JSON object"};
        schema = *std::move(read);
    }
    const std::string description = valueFor(config.n8n.descriptions, name);
    JsonValue hints;
    hints.set("readOnlyHint", std::ranges::find(config.n8n.readOnly, name) != config.n8n.readOnly.end());
    JsonValue tool;
    tool.set("name", name);
    tool.set("description", description.empty() ? "The n8n workflow " + name + "." : description);
    tool.set("inputSchema", std::move(schema));
    tool.set("annotations", std::move(hints));
    return mcp::readTool(tool, toolPolicy(config).limits, false);
}

ToolServerSettings workflowServer(const Config &config)
{
    ToolServerSettings server{.name = kN8n, .kind = ToolServerKind::N8n, .key = Secret(config.n8n.key)};
    for (const std::string &entry : config.n8n.workflows) {
        auto [name, url] = splitEntry(entry);
        if (auto tool = workflowTool(config, name))
            server.workflows.push_back({*std::move(tool), std::move(url)});
    }
    return server;
}

/// Gathers what is wrong.
class Review
{
public:
    explicit Review(const Config &config)
        : config_(config)
    {
    }

    std::vector<std::string> problems() &&
    {
        servers("mcp.http", config_.mcp.http, true);
        servers("mcp.stdio", config_.mcp.stdio, false);
        if (!config_.n8n.workflows.empty() && !names_.insert(kN8n).second)
            say("n8n.workflows", "an MCP server is called n8n already");
        workflows();
        references();
        return std::move(problems_);
    }

private:
    void say(const std::string &key, const std::string &text) { problems_.push_back(key + ": " + text); }

    void servers(const std::string &key, const std::vector<std::string> &entries, bool isHttp)
    {
        for (const std::string &entry : entries) {
            const std::size_t equals = entry.find('=');
            const std::string name = entry.substr(0, equals == std::string::npos ? 0 : equals);
            const std::string value = equals == std::string::npos ? entry : entry.substr(equals + 1);
            if (!isToolServerName(name))
                say(key, entry +
                             " needs a name of at most 24 letters, digits, dashes or single underscores before "
                             "its " +
                             (isHttp ? "URL: NAME=URL" : "program: NAME=COMMAND ARGUMENT..."));
            else if (!names_.insert(name).second)
                say(key, "two servers are called " + name);
            // What refers to it is not wrong as well.
            (isHttp ? http_ : stdio_).insert(name);
            if (isHttp && !isWebUrl(value))
                say(key, name + " has what is not an http or https URL without a user name");
            if (!isHttp && splitCommand(value).empty())
                say(key, name + " has no program");
        }
    }

    void workflows()
    {
        std::set<std::string> known;
        for (const std::string &entry : config_.n8n.workflows) {
            const auto [name, url] = splitEntry(entry);
            if (!isServerName(name))
                say("n8n.workflows", entry + " needs a name before its URL: NAME=URL");
            else if (!known.insert(name).second)
                say("n8n.workflows", "two workflows are called " + name);
            else if (const auto tool = workflowTool(config_, name); !tool)
                say("n8n.parameters", name + ": " + tool.error().message);
            if (!isWebUrl(url))
                say("n8n.workflows", name + " has what is not an http or https URL without a user name");
        }
        const auto check = [&](const char *key, const std::vector<std::string> &entries) {
            for (const std::string &entry : entries) {
                const std::string name = entry.substr(0, entry.find('='));
                if (!known.contains(name))
                    say(key, "there is no workflow called \"" + name + "\"");
            }
        };
        check("n8n.parameters", config_.n8n.parameters);
        check("n8n.descriptions", config_.n8n.descriptions);
        check("n8n.read_only", config_.n8n.readOnly);
    }

    void references()
    {
        for (const auto &[name, key] : splitEntries(config_.mcp.keys)) {
            if (!http_.contains(name))
                say("mcp.keys", "there is no MCP server called \"" + name + "\" in mcp.http");
            else if (key.empty())
                say("mcp.keys", "the key of " + name + " is empty");
        }
        for (const Variable &variable : variablesOf(config_)) {
            if (!stdio_.contains(variable.server))
                say("mcp.environment", variable.name + " needs a server of mcp.stdio before it: "
                                                       "SERVER/VARIABLE=VALUE");
        }
        for (const std::string &entry : config_.tools.audience) {
            const auto [name, word] = splitEntry(entry);
            if (!names_.contains(name))
                say("tools.audience", "there is no server of tools called \"" + name + "\"");
            else if (!audienceOf(word))
                say("tools.audience", name + ": \"" + word + "\" is none of everybody, observers, operators");
        }
    }

    const Config &config_;
    std::vector<std::string> problems_;
    std::set<std::string> names_;
    std::set<std::string> http_;
    std::set<std::string> stdio_;
};

} // namespace

std::vector<ToolServerSettings> toolServers(const Config &config, const Environment &environment)
{
    std::vector<ToolServerSettings> servers;
    const auto keys = splitEntries(config.mcp.keys);
    for (const std::string &entry : config.mcp.http) {
        auto [name, url] = splitEntry(entry);
        ToolServerSettings server{.name = std::move(name), .kind = ToolServerKind::McpHttp, .url = std::move(url)};
        for (const auto &[owner, key] : keys) {
            if (owner == server.name)
                server.key = Secret(key);
        }
        servers.push_back(std::move(server));
    }
    const std::vector<Variable> variables = variablesOf(config);
    for (const std::string &entry : config.mcp.stdio) {
        const std::size_t equals = entry.find('=');
        ToolServerSettings server{.name = entry.substr(0, equals), .kind = ToolServerKind::McpStdio};
        server.command = splitCommand(std::string_view(entry).substr(equals + 1));
        for (const std::string_view name : kPassedOn) {
            const std::string_view value = textOf(environment, name);
            const bool isConfigured = std::ranges::any_of(variables, [&](const Variable &variable) {
                return variable.server == server.name && variable.name == name;
            });
            if (!value.empty() && !isConfigured)
                server.environment.emplace_back(std::string(name), Secret(std::string(value)));
        }
        for (const Variable &variable : variables) {
            if (variable.server == server.name)
                server.environment.emplace_back(variable.name, Secret(variable.value));
        }
        servers.push_back(std::move(server));
    }
    if (!config.n8n.workflows.empty())
        servers.push_back(workflowServer(config));
    return servers;
}

ToolPolicy toolPolicy(const Config &config)
{
    const ToolsConfig &tools = config.tools;
    ToolPolicy policy{.trust = tools.trust,
                      .isConsentAlwaysNeeded = tools.consentAlways,
                      .limits = {.connect = tools.connect,
                                 .handshake = tools.start,
                                 .silence = tools.silence,
                                 .total = tools.total,
                                 .resultBytes = static_cast<std::size_t>(tools.resultBytes),
                                 .toolsPerServer = static_cast<std::size_t>(tools.perServer),
                                 .definitionBytes = static_cast<std::size_t>(tools.definitionBytes)},
                      .concurrency = {.least = 1,
                                      .first = double(tools.concurrency),
                                      .most = double(std::max(tools.concurrency, tools.maxConcurrency))},
                      .breaker = breakerPolicy(config),
                      .retries = {.extraAttempts = unsigned(tools.retries)},
                      .waiting = static_cast<std::size_t>(tools.maxWaiting),
                      .refresh = tools.refresh};
    for (const std::string &entry : tools.audience) {
        const auto [name, word] = splitEntry(entry);
        if (const auto audience = audienceOf(word))
            policy.audiences[name] = *audience;
    }
    return policy;
}

std::vector<std::string> toolProblems(const Config &config)
{
    return Review(config).problems();
}

} // namespace orchestra
