// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/shared/wire/random_message.h"

#include "shared/base/clock.h"
#include "shared/wire/json_text.h"
#include "shared/wire/stored_value.h"

#include <cmath>
#include <limits>

namespace orchestra::wire {
namespace {

std::uint64_t below(RandomSource &random, std::uint64_t bound)
{
    return random.next() % bound;
}

std::uint64_t randomInteger(RandomSource &random)
{
    switch (below(random, 5)) {
    case 0:
        return 0;
    case 1:
        return kLargestInteger;
    case 2:
        return below(random, 100);
    default:
        return random.next() & kLargestInteger >> below(random, 53);
    }
}

double randomReal(RandomSource &random)
{
    switch (below(random, 8)) {
    case 0:
        return 0.0;
    case 1:
        return -0.0;
    case 2:
        return std::numeric_limits<double>::max();
    case 3:
        return std::numeric_limits<double>::denorm_min();
    case 4:
        return static_cast<double>(below(random, 100000));
    default:
        return (random.nextUnit() - 0.5) * std::pow(10.0, static_cast<double>(below(random, 40)) - 20);
    }
}

std::int64_t randomStamp(RandomSource &random)
{
    switch (below(random, 6)) {
    case 0:
        return kEarliestTimestamp;
    case 1:
        return kLatestTimestamp;
    case 2:
        return 0;
    default:
        return kEarliestTimestamp + static_cast<std::int64_t>(below(
                                        random, static_cast<std::uint64_t>(kLatestTimestamp - kEarliestTimestamp)));
    }
}

void fillValue(const MemberType &member, void *value, RandomSource &random)
{
    switch (member.kind) {
    case Kind::Text:
        stored<std::string>(value) = randomText(random);
        // The only bounded text: what a client may call its frames. The bound is the codec's, not the type's.
        if (member.name == "id" && stored<std::string>(value).empty())
            stored<std::string>(value) = "x";
        break;
    case Kind::Bool:
        stored<bool>(value) = below(random, 2) == 1;
        break;
    case Kind::Unsigned:
        stored<std::uint64_t>(value) = randomInteger(random);
        break;
    case Kind::Real:
        stored<double>(value) = randomReal(random);
        break;
    case Kind::Time:
        stored<Timestamp>(value).ms = randomStamp(random);
        break;
    case Kind::Json:
        stored<RawJson>(value).text = randomJson(random);
        break;
    case Kind::Uuid: {
        std::array<std::uint8_t, 16> bytes;
        for (std::uint8_t &byte : bytes)
            byte = static_cast<std::uint8_t>(random.next());
        storeUuid(value, bytes);
        break;
    }
    case Kind::Enumeration:
        storeEnum(value, below(random, member.names.size()));
        break;
    case Kind::Message:
        fillRandomly(*member.message, value, random);
        break;
    case Kind::TextMap:
        for (std::uint64_t i = below(random, 4); i > 0; --i)
            stored<std::map<std::string, std::string>>(value).emplace(randomText(random), randomText(random));
        break;
    }
}

} // namespace

std::string randomText(RandomSource &random)
{
    static constexpr std::string_view kPieces[] = {"a",
                                                   "Z9",
                                                   " ",
                                                   "\"",
                                                   "\\",
                                                   "/",
                                                   "\n",
                                                   "\t",
                                                   "\x01",
                                                   "\x1f",
                                                   "\x7f",
                                                   "é",
                                                   "ß",
                                                   "中",
                                                   "👩‍🚀",
                                                   "\xed\x9f\xbf",
                                                   "\xf4\x8f\xbf\xbf",
                                                   "the quick brown fox ",
                                                   "{\"a\":[1,2]}",
                                                   "\u2028",
                                                   std::string_view("\0", 1)};
    std::string text;
    for (std::uint64_t pieces = below(random, 4) == 0 ? 0 : below(random, 12); pieces > 0; --pieces)
        text += kPieces[below(random, std::size(kPieces))];
    return text;
}

std::string randomJson(RandomSource &random, int depth)
{
    std::string out;
    switch (below(random, depth > 0 ? 8 : 6)) {
    case 0:
        return "null";
    case 1:
        return below(random, 2) == 1 ? "true" : "false";
    case 2:
        appendJsonNumber(out, static_cast<std::int64_t>(random.next()) >> below(random, 64));
        return out;
    case 3:
        // A double without a fraction is written without a point: then it is an integer to the next reader.
        appendJsonNumber(out, randomReal(random));
        return out;
    case 4:
    case 5:
        appendJsonText(out, randomText(random));
        return out;
    case 6:
        out = '[';
        for (std::uint64_t i = 0, count = below(random, 4); i < count; ++i)
            out.append(i > 0 ? "," : "").append(randomJson(random, depth - 1));
        return out + ']';
    default:
        out = '{';
        for (std::uint64_t i = 0, count = below(random, 4); i < count; ++i) {
            out += i > 0 ? "," : "";
            appendJsonText(out, std::to_string(i) + randomText(random));
            out.append(":").append(randomJson(random, depth - 1));
        }
        return out + '}';
    }
}

void fillRandomly(const MessageType &type, void *message, RandomSource &random)
{
    std::uint64_t hidden = 0;
    if (type.choice) {
        const std::size_t index = below(random, type.choice->alternatives.size());
        const Alternative &body = type.choice->alternatives[index];
        fillRandomly(*body.message, type.choice->make(message, index), random);
        hidden = body.hides;
    }
    for (std::size_t i = 0; i < type.members.size(); ++i) {
        const MemberType &member = type.members[i];
        std::uint64_t count = 1;
        if ((hidden >> i & 1U) != 0)
            count = 0;
        else if (member.presence == Presence::Optional)
            count = below(random, 2);
        else if (member.presence == Presence::Repeated && member.kind != Kind::TextMap)
            count = below(random, 4);
        for (; count > 0; --count)
            fillValue(member, member.make(message), random);
    }
}

} // namespace orchestra::wire
