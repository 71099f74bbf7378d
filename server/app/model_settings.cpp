// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/app/model_settings.h"

#include "server/app/named_entries.h"
#include "server/app/settings.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

namespace orchestra {
namespace {

/// OLLAMA_HOST is a host, with or without scheme and port; 0.0.0.0 is what Ollama listens on, not where it is.
std::string ollamaUrl(std::string_view host)
{
    std::string_view scheme = "http://";
    for (const std::string_view known : {"http://", "https://"}) {
        if (host.starts_with(known)) {
            scheme = known;
            host.remove_prefix(known.size());
        }
    }
    while (host.ends_with('/'))
        host.remove_suffix(1);
    const std::size_t colon = host.rfind(':');
    const bool hasPort = colon != std::string_view::npos && host.find(']', colon) == std::string_view::npos;
    std::string name(host.substr(0, hasPort ? colon : host.size()));
    if (name.empty() || name == "0.0.0.0")
        name = "localhost";
    return std::string(scheme) + name + ":" + (hasPort ? std::string(host.substr(colon + 1)) : "11434");
}

/// The price in "SERVER/NAME=PRICE"; nothing when it is not written like that. Names may hold colons, not this sign.
std::optional<std::pair<std::string, double>> priced(const std::string &entry)
{
    const std::size_t equals = entry.rfind('=');
    if (equals == std::string::npos || entry.find('/') >= equals)
        return std::nullopt;
    double price = -1;
    const char *end = entry.data() + entry.size();
    const auto read = std::from_chars(entry.data() + equals + 1, end, price);
    if (read.ec != std::errc() || read.ptr != end || !(price >= 0 && price < 1e9))
        return std::nullopt;
    return std::pair(entry.substr(0, equals), price);
}

std::map<std::string, double> pricesOf(const Config &config)
{
    std::map<std::string, double> prices;
    for (const std::string &entry : config.models.prices)
        if (auto price = priced(entry))
            prices.insert(*std::move(price));
    return prices;
}

} // namespace

std::vector<ModelServerSettings> modelServers(const Config &config)
{
    std::vector<ModelServerSettings> servers;
    const auto add = [&servers](const std::vector<std::string> &entries, ModelServerKind kind) {
        for (const std::string &entry : entries) {
            auto [name, url] = splitEntry(entry);
            servers.push_back({.name = std::move(name), .kind = kind, .url = std::move(url)});
        }
    };
    add(config.models.ollama, ModelServerKind::Ollama);
    add(config.models.openai, ModelServerKind::OpenAi);
    for (const auto &[name, key] : splitEntries(config.models.keys)) {
        for (ModelServerSettings &server : servers) {
            if (server.name == name)
                server.key = Secret(key);
        }
    }
    return servers;
}

std::vector<ModelServerSettings> likelyModelServers(const Config &config, const Environment &environment)
{
    if (!config.models.discover)
        return {};
    std::vector<ModelServerSettings> servers{
        {.name = "ollama", .kind = ModelServerKind::Ollama, .url = ollamaUrl(textOf(environment, "OLLAMA_HOST"))}};
    if (const std::string_view url = textOf(environment, "OPENAI_BASE_URL"); isWebUrl(url))
        servers.push_back({.name = "openai",
                           .kind = ModelServerKind::OpenAi,
                           .url = std::string(url),
                           .key = Secret(std::string(textOf(environment, "OPENAI_API_KEY")))});
    return servers;
}

ModelPolicy modelPolicy(const Config &config)
{
    const ModelsConfig &models = config.models;
    return {.defaultModel = models.defaultModel,
            .fallbacks = models.fallbacks,
            .warmUp = models.warmUp,
            .deadlines = {.connect = models.connect,
                          .firstToken = models.firstToken,
                          .gap = models.gap,
                          .total = models.total},
            .concurrency = {.least = std::min(4.0, double(models.concurrency)),
                            .first = double(models.concurrency),
                            .most = double(std::max(models.concurrency, models.maxConcurrency))},
            .waiting = std::size_t(models.maxWaiting),
            .breaker = breakerPolicy(config),
            .slow = config.breakers.slow,
            .retries = {.extraAttempts = unsigned(models.retries), .budgetShare = models.retryShare},
            .tryShare = models.tryShare,
            .prices = pricesOf(config),
            .cache = {.use = models.cache,
                      .life = models.cacheLife,
                      .maxAnswers = std::size_t(models.cacheAnswers),
                      .maxBytes = std::size_t(models.cacheBytes)}};
}

std::vector<std::string> modelProblems(const Config &config)
{
    std::vector<std::string> problems;
    std::set<std::string> names;
    const auto check = [&](const char *key, const std::vector<std::string> &entries) {
        for (const std::string &entry : entries) {
            const auto [name, url] = splitEntry(entry);
            if (!isServerName(name))
                problems.push_back(std::string(key) + ": " + entry +
                                   " needs a name of letters, digits, dots, dashes or underscores before its URL: "
                                   "NAME=URL");
            else if (!names.insert(name).second)
                problems.push_back(std::string(key) + ": two model servers are called " + name);
            if (!isWebUrl(url))
                problems.push_back(std::string(key) + ": " + name +
                                   " has what is not an http or https URL without a user name");
        }
    };
    check("models.ollama", config.models.ollama);
    check("models.openai", config.models.openai);
    for (const std::string &entry : config.models.prices)
        if (!priced(entry))
            problems.push_back("models.prices: " + entry + " is not SERVER/NAME=PRICE with a price of 0 or more");
    for (const auto &[name, key] : splitEntries(config.models.keys)) {
        if (!names.contains(name))
            problems.push_back("models.keys: there is no model server called \"" + name + "\"");
        else if (key.empty())
            problems.push_back("models.keys: the key of " + name + " is empty");
    }
    return problems;
}

} // namespace orchestra
