// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/app/config.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace orchestra {

using ConfigValue = std::variant<bool, std::int64_t, double, std::string, std::vector<std::string>>;

enum class ConfigKind : std::uint8_t { Boolean, Integer, Number, Text, Path, Choice, List };

/// One configuration key: how it is named, bounded, explained, and which field of Config it is.
struct ConfigKey
{
    std::string name; ///< section.key
    ConfigKind kind = ConfigKind::Text;
    std::string description;
    double least = 0; ///< Integer and Number
    double most = 0;
    std::vector<std::string> choices; ///< Choice
    bool secret = false;              ///< never shown; `<name>_file` names a file that holds it
    bool reloadable = false;          ///< taken over on SIGHUP
    std::function<ConfigValue(const Config &)> read;
    std::function<void(Config &, const ConfigValue &)> write;
};

/// The one table of configuration keys. Parsing, validation, `config show`, `config check` and the reference in the
/// documentation all follow from it. Constant after construction.
class ConfigSchema
{
public:
    ConfigSchema();

    const std::vector<ConfigKey> &keys() const & { return keys_; }
    const std::vector<ConfigKey> &keys() && = delete; // a loop over a temporary's keys would dangle
    const ConfigKey *find(std::string_view name) const;
    /// The secret key that `name` is the `_file` companion of; null when it is none.
    const ConfigKey *findSecretFile(std::string_view name) const;
    /// The key a person who wrote `name` most likely meant; empty when none comes near.
    std::string nearest(std::string_view name) const;

    /// What a value of this key must be, in words.
    static std::string expectation(const ConfigKey &key);
    /// Writes the value if its kind, range and choice are right; else changes nothing and returns false.
    static bool assign(const ConfigKey &key, const ConfigValue &value, Config &config);
    /// Reads a value as the environment and the command line write it: plain text, lists comma-separated.
    static std::optional<ConfigValue> parse(const ConfigKey &key, std::string_view text);
    /// As TOML writes it.
    static std::string format(const ConfigValue &value);

private:
    std::vector<ConfigKey> keys_;
};

} // namespace orchestra
