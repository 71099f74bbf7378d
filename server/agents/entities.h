// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace orchestra {

enum class EntityKind : std::uint8_t {
    Flag,         ///< `value` is a name from KnownNames::flags
    Breaker,      ///< `value` is a name from KnownNames::breakers
    User,         ///< `value` is a name from KnownNames::users
    Percent,      ///< `number` is 0..100; "half of" is 50
    Switch,       ///< `value` is "on" or "off"
    BreakerState, ///< `value` is "open", "closed", "half_open", "disabled", "metrics_only" or "automatic"
    Id,           ///< `value` is an identifier (t-4821), or the number that follows "task", "connection" and the like
    Number,       ///< any other number, in `number`
    Duration,     ///< a span to come or to last ("for 15 minutes"); `number` is seconds
    Address,      ///< an IP address, perhaps with a port
    Quoted,       ///< `value` is the text between quotation marks
    All,          ///< "all", "every", "everything"
};

/// A thing that a text names. `exact` is false when the name was reached by correcting the spelling, or when the text
/// fits a known name but for a letter: ask before acting on it.
struct Entity
{
    EntityKind kind = EntityKind::Number;
    std::string value;
    double number = 0;
    std::size_t offset = 0; ///< bytes of the text
    std::size_t length = 0;
    bool exact = true;

    bool operator==(const Entity &) const = default;
};

/// The names that exist at this moment. One name may stand in several lists; each gives an entity of its own.
struct KnownNames
{
    std::vector<std::string> flags;
    std::vector<std::string> breakers;
    std::vector<std::string> users;
};

/// Everything that `text` names, in the order of the text. Known names are found without regard to case and to what
/// joins their words ("v2 api", "V2-API" for v2_api), and with one letter wrong (two in long names) when only one name
/// is that near. Linear in the text and in the number of names.
std::vector<Entity> findEntities(std::string_view text, const KnownNames &names);

/// The first of a kind; nullptr when there is none. Points into `entities`.
const Entity *firstOf(const std::vector<Entity> &entities, EntityKind kind);

} // namespace orchestra
