// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/ids.h"
#include "shared/wire/error_table.h"
#include "shared/wire/field.h"

#include <map>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

/// Message structs without their C++ types: what the encoders and decoders walk over, so that each is written once and
/// compiled once. `kMessageType<T>` is made from `T::fields()` (and `T::choice()`) at compile time.
namespace orchestra::wire {

inline constexpr std::uint64_t kLargestInteger = (std::uint64_t{1} << 53U) - 1;

enum class Kind : std::uint8_t { Text, Bool, Unsigned, Real, Time, Json, Uuid, Enumeration, Message, TextMap };
enum class Presence : std::uint8_t { Required, Optional, Repeated };

struct MessageType;

struct MemberType
{
    int number;
    std::string_view name;
    std::string_view jsonKey; ///< `,"name":`
    Kind kind;
    Presence presence;
    bool nullWhenAbsent;
    std::span<const std::string_view> names;                      ///< of an Enumeration
    const MessageType *message;                                   ///< of a Message
    std::size_t (*count)(const void *message);                    ///< values of a Repeated member
    const void *(*value)(const void *message, std::size_t index); ///< nullptr when an Optional is absent
    void *(*make)(void *message);                                 ///< adds (Repeated) or sets the value to fill
};

struct Alternative
{
    std::string_view type;
    const MessageType *message;
    std::uint64_t hides; ///< bit i: member i of the enclosing message gives way to one of the alternative
};

struct ChoiceType
{
    int firstNumber;
    std::span<const Alternative> alternatives;
    std::size_t (*index)(const void *message);
    const void *(*value)(const void *message);
    void *(*make)(void *message, std::size_t index);
};

struct MessageType
{
    std::span<const MemberType> members;
    std::uint64_t required;   ///< bit i: member i must be there
    const ChoiceType *choice; ///< nullptr when the message has none
};

namespace detail {

template <class T>
concept MessageStruct = requires
{
    T::fields();
};
template <class T>
concept WithChoice = requires
{
    T::choice();
};
template <class T>
concept WireEnum = std::is_enum_v<T> && std::is_same_v<std::underlying_type_t<T>, std::uint8_t> && requires(T value)
{
    wireNames(value);
};

template <class T>
inline constexpr bool kIsId = false;
template <class Tag>
inline constexpr bool kIsId<Id<Tag>> = true;
template <class T>
inline constexpr bool kUnsupported = false;

template <class T>
consteval Kind kindOf()
{
    if constexpr (std::is_same_v<T, std::string>)
        return Kind::Text;
    else if constexpr (std::is_same_v<T, bool>)
        return Kind::Bool;
    else if constexpr (std::is_same_v<T, std::uint64_t>)
        return Kind::Unsigned;
    else if constexpr (std::is_same_v<T, double>)
        return Kind::Real;
    else if constexpr (std::is_same_v<T, Timestamp>)
        return Kind::Time;
    else if constexpr (std::is_same_v<T, RawJson>)
        return Kind::Json;
    else if constexpr (kIsId<T>)
        return Kind::Uuid;
    else if constexpr (WireEnum<T>)
        return Kind::Enumeration;
    else if constexpr (MessageStruct<T>)
        return Kind::Message;
    else if constexpr (std::is_same_v<T, std::map<std::string, std::string>>)
        return Kind::TextMap;
    else
        static_assert(kUnsupported<T>, "members are text, bool, uint64, double, Timestamp, RawJson, Id, an enum of "
                                       "uint8_t with wireNames(), a message, a map of text, or optional/vector of one");
}

/// Takes optional and vector off a member's type.
template <class T>
struct Slot
{
    using Value = T;
    static constexpr Presence kPresence = kindOf<T>() == Kind::TextMap ? Presence::Repeated : Presence::Required;
    static std::size_t count(const T &) { return 1; }
    static const void *value(const T &slot, std::size_t) { return &slot; }
    static void *make(T &slot) { return &slot; }
};
template <class T>
struct Slot<std::optional<T>>
{
    using Value = T;
    static constexpr Presence kPresence = Presence::Optional;
    static std::size_t count(const std::optional<T> &slot) { return slot ? 1 : 0; }
    static const void *value(const std::optional<T> &slot, std::size_t) { return slot ? &*slot : nullptr; }
    static void *make(std::optional<T> &slot) { return &slot.emplace(); }
};
template <class T>
struct Slot<std::vector<T>>
{
    using Value = T;
    static constexpr Presence kPresence = Presence::Repeated;
    static std::size_t count(const std::vector<T> &slot) { return slot.size(); }
    static const void *value(const std::vector<T> &slot, std::size_t index) { return &slot[index]; }
    static void *make(std::vector<T> &slot) { return &slot.emplace_back(); }
};

template <class E>
inline constexpr auto kEnumNames = wireNames(E{});

template <class M, std::size_t I>
inline constexpr auto kField = std::get<I>(M::fields());

template <class M, std::size_t I>
inline constexpr auto kJsonKey = [] {
    std::array<char, kField<M, I>.name.size() + 4> key{',', '"'};
    for (std::size_t i = 0; i < kField<M, I>.name.size(); ++i)
        key[i + 2] = kField<M, I>.name[i];
    key[key.size() - 2] = '"';
    key[key.size() - 1] = ':';
    return key;
}();

template <class M>
consteval MessageType makeMessageType();

} // namespace detail

template <detail::MessageStruct M>
inline constexpr MessageType kMessageType = detail::makeMessageType<M>();

namespace detail {

template <class M, std::size_t I>
consteval MemberType makeMember()
{
    using Stored = std::remove_cvref_t<decltype(std::declval<M &>().*kField<M, I>.member)>;
    using S = Slot<Stored>;
    using Value = typename S::Value;
    MemberType member{};
    member.number = kField<M, I>.number;
    member.name = kField<M, I>.name;
    member.jsonKey = std::string_view(kJsonKey<M, I>.data(), kJsonKey<M, I>.size());
    member.kind = kindOf<Value>();
    member.presence = S::kPresence;
    member.nullWhenAbsent = kField<M, I>.nullWhenAbsent;
    if constexpr (WireEnum<Value>)
        member.names = kEnumNames<Value>;
    if constexpr (MessageStruct<Value>)
        member.message = &kMessageType<Value>;
    member.count = [](const void *message) { return S::count(static_cast<const M *>(message)->*kField<M, I>.member); };
    member.value = [](const void *message, std::size_t index) {
        return S::value(static_cast<const M *>(message)->*kField<M, I>.member, index);
    };
    member.make = [](void *message) { return S::make(static_cast<M *>(message)->*kField<M, I>.member); };
    return member;
}

template <class M, std::size_t... I>
consteval auto makeMembers(std::index_sequence<I...>)
{
    return std::array<MemberType, sizeof...(I)>{makeMember<M, I>()...};
}

template <class M>
inline constexpr auto kMembers = makeMembers<M>(std::make_index_sequence<std::tuple_size_v<decltype(M::fields())>>());

template <class M, class Body>
consteval std::uint64_t hiddenBy()
{
    std::uint64_t hidden = 0;
    for (std::size_t i = 0; i < kMembers<M>.size(); ++i) {
        for (const MemberType &other : kMembers<Body>)
            hidden |= other.name == kMembers<M>[i].name ? std::uint64_t{1} << i : 0;
    }
    return hidden;
}

template <class M, class Variant>
struct Alternatives;
template <class M, class... Bodies>
struct Alternatives<M, std::variant<Bodies...>>
{
    static constexpr std::array<Alternative, sizeof...(Bodies)> kAll{
        Alternative{Bodies::kType, &kMessageType<Bodies>, hiddenBy<M, Bodies>()}...};

    static void *make(std::variant<Bodies...> &choice, std::size_t index)
    {
        using Make = void *(*)(std::variant<Bodies...> &);
        static constexpr Make kMake[] = {
            [](std::variant<Bodies...> &c) -> void * { return &c.template emplace<Bodies>(); }...};
        return kMake[index](choice);
    }
};

template <WithChoice M>
inline constexpr ChoiceType kChoice = [] {
    using Variant = std::remove_cvref_t<decltype(std::declval<M &>().*M::choice().member)>;
    using All = Alternatives<M, Variant>;
    ChoiceType choice{};
    choice.firstNumber = M::choice().firstNumber;
    choice.alternatives = All::kAll;
    choice.index = [](const void *message) { return (static_cast<const M *>(message)->*M::choice().member).index(); };
    choice.value = [](const void *message) {
        return std::visit([](const auto &body) -> const void * { return &body; },
                          static_cast<const M *>(message)->*M::choice().member);
    };
    choice.make = [](void *message, std::size_t index) {
        return All::make(static_cast<M *>(message)->*M::choice().member, index);
    };
    return choice;
}();

template <class M>
consteval MessageType makeMessageType()
{
    static_assert(kMembers<M>.size() <= 64, "required members are counted in 64 bits");
    MessageType type{};
    type.members = kMembers<M>;
    for (std::size_t i = 0; i < kMembers<M>.size(); ++i)
        type.required |= kMembers<M>[i].presence == Presence::Required ? std::uint64_t{1} << i : 0;
    if constexpr (WithChoice<M>)
        type.choice = &kChoice<M>;
    return type;
}

} // namespace detail
} // namespace orchestra::wire
