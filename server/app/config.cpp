// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/app/config.h"

#include "server/app/config_schema.h"
#include "server/app/host_name.h"
#include "server/app/model_settings.h"
#include "server/app/tool_settings.h"
#include "server/edge/address.h"
#include "shared/base/text.h"

#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>

namespace orchestra {
namespace {

constexpr std::string_view kVariablePrefix = "ORCHESTRA_";

/// The whole file; nothing, with errno set, when it cannot be read.
std::optional<std::string> readFile(const std::string &path)
{
    const std::unique_ptr<std::FILE, int (*)(std::FILE *)> file(std::fopen(path.c_str(), "rb"), std::fclose);
    if (!file)
        return std::nullopt;
    std::string content;
    std::array<char, 4096> buffer{};
    for (std::size_t n = 0; (n = std::fread(buffer.data(), 1, buffer.size(), file.get())) > 0;)
        content.append(buffer.data(), n);
    return std::ferror(file.get()) != 0 ? std::nullopt : std::optional(std::move(content));
}

/// Applies the sources to a configuration, weakest first.
class Loader
{
public:
    Loader(const ConfigSchema &schema, const ConfigSources &sources)
        : schema_(schema)
        , sources_(sources)
    {
    }

    LoadedConfig load()
    {
        applyDataDirDefault();
        if (sources_.only) {
            applyFile(*sources_.only, true);
        } else {
            for (const std::string &file : sources_.files)
                applyFile(file, false);
            for (const std::string &directory : sources_.directories)
                applyDirectory(directory);
        }
        applyEnvironment();
        applySettings();
        if (out_.problems.empty())
            out_.problems = contradictions(out_.config);
        return std::move(out_);
    }

private:
    void applyDataDirDefault();
    void applyDirectory(const std::string &directory);
    void applyFile(const std::string &file, bool required);
    void applyTable(const toml::table &table, const std::string &section, const std::string &file);
    void applyNode(const std::string &name, const toml::node &node, const std::string &file, std::uint32_t line);
    void applyEnvironment();
    void applySettings();
    void applyText(const std::string &name, const std::string &text, const std::string &origin);
    void apply(const ConfigKey &key, std::optional<ConfigValue> value, const std::string &origin,
               const std::string &base);
    void applySecretFile(const ConfigKey &key, const std::string &path, const std::string &origin);
    void unknown(const std::string &name, const std::string &origin);
    void problem(const std::string &origin, const std::string &text) { out_.problems.push_back(origin + ": " + text); }

    const ConfigSchema &schema_;
    const ConfigSources &sources_;
    LoadedConfig out_;
};

void Loader::applyDataDirDefault()
{
    std::string &dataDir = out_.config.server.dataDir;
    if (const auto state = textOf(sources_.environment, "STATE_DIRECTORY"); !state.empty()) {
        dataDir = state;
        out_.origins["server.data_dir"] = "environment STATE_DIRECTORY";
    } else if (const auto data = textOf(sources_.environment, "XDG_DATA_HOME"); !data.empty()) {
        dataDir = std::string(data) + "/orchestra";
    } else if (const auto home = textOf(sources_.environment, "HOME"); !home.empty()) {
        dataDir = std::string(home) + "/.local/share/orchestra";
    }
}

void Loader::applyDirectory(const std::string &directory)
{
    std::vector<std::string> files;
    std::error_code failure;
    for (std::filesystem::directory_iterator at(directory, failure), end; !failure && at != end;
         at.increment(failure)) {
        if (at->path().extension() == ".toml")
            files.push_back(at->path().string());
    }
    if (failure && failure != std::errc::no_such_file_or_directory && failure != std::errc::not_a_directory)
        problem(directory, "cannot be listed: " + failure.message());
    std::sort(files.begin(), files.end());
    for (const std::string &file : files)
        applyFile(file, true);
}

void Loader::applyFile(const std::string &file, bool required)
{
    const auto content = readFile(file);
    if (!content) {
        if (required || (errno != ENOENT && errno != ENOTDIR))
            problem(file, std::string("cannot be read: ") + std::strerror(errno));
        return;
    }
    out_.files.push_back(file);
    try {
        applyTable(toml::parse(*content, file), {}, file);
    } catch (const toml::parse_error &error) {
        problem(file + ":" + std::to_string(error.source().begin.line), std::string(error.description()));
    }
}

void Loader::applyTable(const toml::table &table, const std::string &section, const std::string &file)
{
    for (const auto &[key, node] : table) {
        const std::string name = section.empty() ? std::string(key.str()) : section + "." + std::string(key.str());
        if (const toml::table *inner = node.as_table(); inner != nullptr && section.empty())
            applyTable(*inner, name, file);
        else
            applyNode(name, node, file, key.source().begin.line);
    }
}

void Loader::applyNode(const std::string &name, const toml::node &node, const std::string &file, std::uint32_t line)
{
    const std::string origin = file + ":" + std::to_string(line);
    const std::string base = std::filesystem::path(file).parent_path().string();
    if (const ConfigKey *secret = schema_.findSecretFile(name)) {
        if (const auto path = node.value_exact<std::string>())
            applySecretFile(*secret, (std::filesystem::path(base) / *path).string(), origin);
        else
            problem(origin, name + " must be a path");
        return;
    }
    const ConfigKey *key = schema_.find(name);
    if (key == nullptr) {
        unknown(name, origin);
        return;
    }
    std::optional<ConfigValue> value;
    if (const auto truth = node.value_exact<bool>()) {
        value = *truth;
    } else if (const auto whole = node.value_exact<std::int64_t>()) {
        value = *whole;
    } else if (const auto number = node.value_exact<double>()) {
        value = *number;
    } else if (const auto text = node.value_exact<std::string>()) {
        value = *text;
    } else if (const toml::array *array = node.as_array()) {
        std::vector<std::string> items;
        for (const toml::node &item : *array) {
            if (const auto word = item.value_exact<std::string>())
                items.push_back(*word);
        }
        if (items.size() == array->size())
            value = std::move(items);
    }
    apply(*key, std::move(value), origin, base);
}

void Loader::applyEnvironment()
{
    for (const auto &[variable, text] : sources_.environment) {
        if (!variable.starts_with(kVariablePrefix))
            continue;
        std::string name = lowerAscii(std::string_view(variable).substr(kVariablePrefix.size()));
        const auto separator = name.find("__");
        // Variables without a section, such as those of the test suite, are not ours.
        if (separator == std::string::npos)
            continue;
        name.replace(separator, 2, ".");
        applyText(name, text, "environment " + variable);
    }
}

void Loader::applySettings()
{
    for (const ConfigSources::Setting &setting : sources_.settings) {
        const ConfigKey *key = schema_.find(setting.key);
        if (key != nullptr && key->secret)
            problem(setting.origin,
                    "a secret on the command line is visible to every local user; set " + key->name + "_file");
        else
            applyText(setting.key, setting.value, setting.origin);
    }
}

void Loader::applyText(const std::string &name, const std::string &text, const std::string &origin)
{
    if (const ConfigKey *secret = schema_.findSecretFile(name))
        applySecretFile(*secret, text, origin);
    else if (const ConfigKey *key = schema_.find(name))
        apply(*key, ConfigSchema::parse(*key, text), origin, {});
    else
        unknown(name, origin);
}

/// `base` is the directory that a relative path is relative to; empty means the working directory.
void Loader::apply(const ConfigKey &key, std::optional<ConfigValue> value, const std::string &origin,
                   const std::string &base)
{
    if (auto *path = value ? std::get_if<std::string>(&*value) : nullptr;
        path != nullptr && key.kind == ConfigKind::Path && !path->empty())
        *path = std::filesystem::absolute(std::filesystem::path(base) / *path).lexically_normal().string();
    if (!value || !ConfigSchema::assign(key, *value, out_.config))
        problem(origin, key.name + " must be " + ConfigSchema::expectation(key));
    else
        out_.origins[key.name] = origin;
}

void Loader::applySecretFile(const ConfigKey &key, const std::string &path, const std::string &origin)
{
    auto content = readFile(path);
    if (!content) {
        problem(origin, key.name + "_file: " + path + " cannot be read: " + std::strerror(errno));
        return;
    }
    while (content->ends_with('\n') || content->ends_with('\r'))
        content->pop_back();
    apply(key, ConfigValue(std::move(*content)), path + " (named by " + origin + ")", {});
}

void Loader::unknown(const std::string &name, const std::string &origin)
{
    const std::string meant = schema_.nearest(name);
    problem(origin, "unknown key " + name + (meant.empty() ? "" : "; did you mean " + meant + "?"));
}

} // namespace

ConfigSources standardSources(Environment environment)
{
    ConfigSources sources;
    std::vector<std::string> places{"/etc/orchestra"};
    if (const auto config = textOf(environment, "XDG_CONFIG_HOME"); !config.empty())
        places.push_back(std::string(config) + "/orchestra");
    else if (const auto home = textOf(environment, "HOME"); !home.empty())
        places.push_back(std::string(home) + "/.config/orchestra");
    for (const std::string &place : places) {
        sources.files.push_back(place + "/orchestrad.toml");
        sources.directories.push_back(place + "/conf.d");
    }
    sources.environment = std::move(environment);
    return sources;
}

LoadedConfig loadConfig(const ConfigSchema &schema, const ConfigSources &sources)
{
    return Loader(schema, sources).load();
}

std::vector<std::string> contradictions(const Config &config)
{
    std::vector<std::string> found;
    const ServerConfig &server = config.server;
    const auto require = [&](bool holds, std::string otherwise) {
        if (!holds)
            found.push_back(std::move(otherwise));
    };
    const bool tls = !server.tlsCertificate.empty();
    const auto address = Address::parse(server.address);
    require(address.has_value(), "server.address: " + server.address + " is not an IPv4 or IPv6 address");
    require(tls == !server.tlsKey.empty(),
            "server.tls_certificate and server.tls_key belong together: set both or none");
    if (address && !address->isLoopback()) {
        require(tls || server.insecureHttp, "server.address: " + server.address +
                                                " is not loopback: set server.tls_certificate and server.tls_key, or "
                                                "server.insecure_http = true behind a proxy that adds TLS");
        require(!server.hosts.empty(), "server.hosts is empty: clients of " + server.address +
                                           " would all be refused; list the names they use");
    }
    for (const std::string &host : server.hosts)
        require(isHostName(host), "server.hosts: " + host + " is not a host name (no scheme, no port)");
    for (const std::string &origin : server.allowedOrigins)
        require(isWebOrigin(origin), "server.allowed_origins: " + origin + " is not scheme://host[:port]");
    for (const std::string &proxy : server.trustedProxies)
        require(AddressRange::parse(proxy).has_value(),
                "server.trusted_proxies: " + proxy + " is not an address or network such as 10.0.0.0/8");
    for (std::string &problem : modelProblems(config))
        found.push_back(std::move(problem));
    for (std::string &problem : toolProblems(config))
        found.push_back(std::move(problem));
    require(config.limits.connectionsPerUser <= config.limits.maxConnections,
            "limits.connections_per_user is greater than limits.max_connections");
    require(config.retention.threadBytes <= config.retention.totalBytes,
            "retention.thread_bytes is greater than retention.total_bytes");
    require(!server.dataDir.empty(), "server.data_dir is not set, and there is no HOME to derive it from");
    return found;
}

std::string refusalToStart(const Config &config, bool hasTokens)
{
    const auto address = Address::parse(config.server.address);
    if (hasTokens || (address && address->isLoopback()))
        return {};
    return config.server.address +
           " is not loopback and there is no token: make one with `orchestrad token add`, or listen on 127.0.0.1";
}

} // namespace orchestra
