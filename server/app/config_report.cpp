// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/app/config_report.h"

#include "server/app/config_schema.h"

#include <algorithm>

namespace orchestra {
namespace {

constexpr std::string_view kUsage =
    "Usage: orchestrad [OPTIONS] config check    reports every mistake, each with its place and the nearest key\n"
    "       orchestrad [OPTIONS] config show     every value in force and where it comes from; secrets are withheld\n"
    "       orchestrad config schema             every key with its type, default and meaning\n";

std::string_view sectionOf(const ConfigKey &key)
{
    return std::string_view(key.name).substr(0, key.name.find('.'));
}
std::string_view leafOf(const ConfigKey &key)
{
    return std::string_view(key.name).substr(key.name.find('.') + 1);
}

std::string_view originOf(const LoadedConfig &loaded, const ConfigKey &key)
{
    const auto at = loaded.origins.find(key.name);
    return at == loaded.origins.end() ? std::string_view("built in") : std::string_view(at->second);
}

/// A secret that is set shows as a comment, so that the output can be used as a configuration file.
std::string assignment(const ConfigKey &key, const ConfigValue &value)
{
    if (key.secret && value != ConfigValue(std::string()))
        return "# " + std::string(leafOf(key)) + " is set and not shown";
    return std::string(leafOf(key)) + " = " + ConfigSchema::format(value);
}

std::string tableRow(const ConfigKey &key)
{
    std::string name = "`" + key.name + "`";
    if (key.secret)
        name += " or `" + key.name + "_file`";
    std::string notes = key.description;
    if (key.reloadable)
        notes += " Reloaded on SIGHUP.";
    return "| " + name + " | " + ConfigSchema::expectation(key) + " | `" + ConfigSchema::format(key.read(Config{})) +
           "` | " + notes + " |\n";
}

} // namespace

std::string describeConfig(const ConfigSchema &schema, const LoadedConfig &loaded)
{
    std::string out;
    std::string_view section;
    for (const ConfigKey &key : schema.keys()) {
        if (sectionOf(key) != section) {
            section = sectionOf(key);
            out += (out.empty() ? "[" : "\n[") + std::string(section) + "]\n";
        }
        std::string line = assignment(key, key.read(loaded.config));
        line.resize(std::max<std::size_t>(line.size(), 40), ' ');
        out += line + "  # " + std::string(originOf(loaded, key)) + "\n";
    }
    return out;
}

std::string describeConfigJson(const ConfigSchema &schema, const LoadedConfig &loaded)
{
    // What TOML writes of a value is JSON too: plain numbers, true and false, strings with the same escapes, lists.
    const auto text = [](std::string_view plain) { return ConfigSchema::format(std::string(plain)); };
    std::string out = "{\"keys\":[";
    for (const ConfigKey &key : schema.keys()) {
        const ConfigValue value = key.read(loaded.config);
        const bool isHidden = key.secret && value != ConfigValue(std::string());
        out += (out.back() == '[' ? "{\"name\":" : ",{\"name\":") + text(key.name) +
               ",\"value\":" + (isHidden ? std::string("null") : ConfigSchema::format(value)) +
               ",\"origin\":" + text(originOf(loaded, key)) + "}";
    }
    return out + "]}";
}

std::string describeSchema(const ConfigSchema &schema)
{
    std::string out;
    std::string_view section;
    for (const ConfigKey &key : schema.keys()) {
        if (sectionOf(key) != section) {
            section = sectionOf(key);
            out += (out.empty() ? "## " : "\n## ") + std::string(section) +
                   "\n\n| Key | Value | Default | Meaning |\n|---|---|---|---|\n";
        }
        out += tableRow(key);
    }
    return out;
}

CommandOutcome runConfigCommand(std::string_view verb, const ConfigSchema &schema, const LoadedConfig &loaded)
{
    CommandOutcome outcome;
    if (verb == "schema") {
        outcome.output = describeSchema(schema);
        return outcome;
    }
    if (verb == "--help" || verb == "-h") {
        outcome.output = kUsage;
        return outcome;
    }
    if (verb != "check" && verb != "show") {
        outcome.exitCode = 2;
        outcome.errors = (verb.empty() ? "say what to do with the configuration"
                                       : "there is no config command " + std::string(verb)) +
                         "\n" + std::string(kUsage);
        return outcome;
    }
    for (const std::string &problem : loaded.problems)
        outcome.errors += problem + "\n";
    outcome.exitCode = loaded.problems.empty() ? 0 : 1;
    if (verb == "show") {
        outcome.output = describeConfig(schema, loaded);
    } else if (loaded.problems.empty()) {
        outcome.output = "configuration is sound; read: ";
        for (const std::string &file : loaded.files)
            outcome.output += (&file == &loaded.files.front() ? "" : ", ") + file;
        outcome.output += loaded.files.empty() ? "no file\n" : "\n";
    }
    return outcome;
}

} // namespace orchestra
