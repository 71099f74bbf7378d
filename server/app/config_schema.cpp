// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/app/config_schema.h"

#include "server/app/config_keys.h"
#include "shared/base/result.h"
#include "shared/base/text.h"

#include <algorithm>
#include <charconv>

namespace orchestra {
namespace {

std::string joined(const std::vector<std::string> &words, std::string_view between)
{
    std::string out;
    for (const std::string &word : words)
        out += (out.empty() ? "" : std::string(between)) + word;
    return out;
}

std::string formatNumber(double number)
{
    char buffer[32];
    const auto end = std::to_chars(buffer, buffer + sizeof buffer, number);
    return {buffer, end.ptr};
}

template <class Number>
std::optional<ConfigValue> parseNumber(std::string_view text)
{
    Number number = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
    if (read.ec != std::errc() || read.ptr != text.data() + text.size())
        return std::nullopt;
    return number;
}

std::string quoted(std::string_view text)
{
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
            out += "\\u00" + hex({&c, 1});
        } else {
            out += c;
        }
    }
    return out + '"';
}

} // namespace

ConfigSchema::ConfigSchema()
    : keys_(makeConfigKeys())
{
}

const ConfigKey *ConfigSchema::find(std::string_view name) const
{
    const auto at = std::find_if(keys_.begin(), keys_.end(), [&](const ConfigKey &key) { return key.name == name; });
    return at == keys_.end() ? nullptr : &*at;
}

const ConfigKey *ConfigSchema::findSecretFile(std::string_view name) const
{
    constexpr std::string_view kSuffix = "_file";
    if (!name.ends_with(kSuffix))
        return nullptr;
    const ConfigKey *key = find(name.substr(0, name.size() - kSuffix.size()));
    return key != nullptr && key->secret ? key : nullptr;
}

std::string ConfigSchema::nearest(std::string_view name) const
{
    const std::string written = lowerAscii(name);
    const auto leafOf = [](std::string_view text) { return text.substr(text.rfind('.') + 1); };
    std::string best;
    std::size_t bestDistance = std::max<std::size_t>(2, written.size() / 3) + 1;
    for (const ConfigKey &key : keys_) {
        std::size_t distance = editDistance(written, key.name);
        // The right key in the wrong section is one mistake, however the sections differ.
        if (leafOf(written) == leafOf(key.name))
            distance = std::min<std::size_t>(distance, 1);
        if (distance < bestDistance) {
            bestDistance = distance;
            best = key.name;
        }
    }
    return best;
}

std::string ConfigSchema::expectation(const ConfigKey &key)
{
    const std::string range = "between " + formatNumber(key.least) + " and " + formatNumber(key.most);
    switch (key.kind) {
    case ConfigKind::Boolean:
        return "true or false";
    case ConfigKind::Integer:
        return "a whole number " + range;
    case ConfigKind::Number:
        return "a number " + range;
    case ConfigKind::Text:
        return "text";
    case ConfigKind::Path:
        return "a path";
    case ConfigKind::Choice:
        return "one of " + joined(key.choices, ", ");
    case ConfigKind::List:
        break;
    }
    return "a list of texts";
}

bool ConfigSchema::assign(const ConfigKey &key, const ConfigValue &value, Config &config)
{
    const auto within = [&](double number) { return number >= key.least && number <= key.most; };
    const auto *whole = std::get_if<std::int64_t>(&value);
    const auto *text = std::get_if<std::string>(&value);
    ConfigValue fitting = value;
    bool fits = false;
    switch (key.kind) {
    case ConfigKind::Boolean:
        fits = std::holds_alternative<bool>(value);
        break;
    case ConfigKind::Integer:
        fits = whole != nullptr && within(static_cast<double>(*whole));
        break;
    case ConfigKind::Number:
        if (whole != nullptr)
            fitting = static_cast<double>(*whole);
        fits = std::holds_alternative<double>(fitting) && within(std::get<double>(fitting));
        break;
    case ConfigKind::Text:
    case ConfigKind::Path:
        fits = text != nullptr;
        break;
    case ConfigKind::Choice:
        fits = text != nullptr && std::find(key.choices.begin(), key.choices.end(), *text) != key.choices.end();
        break;
    case ConfigKind::List:
        fits = std::holds_alternative<std::vector<std::string>>(value);
        break;
    }
    if (fits)
        key.write(config, fitting);
    return fits;
}

std::optional<ConfigValue> ConfigSchema::parse(const ConfigKey &key, std::string_view text)
{
    switch (key.kind) {
    case ConfigKind::Boolean:
        return text == "true" || text == "false" ? std::optional<ConfigValue>(text == "true") : std::nullopt;
    case ConfigKind::Integer:
        return parseNumber<std::int64_t>(text);
    case ConfigKind::Number:
        return parseNumber<double>(text);
    case ConfigKind::List: {
        std::vector<std::string> items;
        for (std::size_t at = 0; at <= text.size();) {
            const std::size_t comma = std::min(text.find(',', at), text.size());
            if (const auto item = trimmed(text.substr(at, comma - at)); !item.empty())
                items.emplace_back(item);
            at = comma + 1;
        }
        return items;
    }
    case ConfigKind::Text:
    case ConfigKind::Path:
    case ConfigKind::Choice:
        break;
    }
    return std::string(text);
}

std::string ConfigSchema::format(const ConfigValue &value)
{
    return std::visit(Overload{[](bool truth) -> std::string { return truth ? "true" : "false"; },
                               [](std::int64_t number) { return std::to_string(number); },
                               [](double number) { return formatNumber(number); },
                               [](const std::string &text) { return quoted(text); },
                               [](const std::vector<std::string> &items) {
                                   std::vector<std::string> parts;
                                   for (const std::string &item : items)
                                       parts.push_back(quoted(item));
                                   return "[" + joined(parts, ", ") + "]";
                               }},
                      value);
}

} // namespace orchestra
