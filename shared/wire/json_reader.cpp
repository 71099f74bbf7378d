// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/wire/json_reader.h"

#include "shared/base/text.h"
#include "shared/wire/json_copier.h"
#include "shared/wire/read_path.h"
#include "shared/wire/stored_value.h"

#include <algorithm>
#include <simdjson.h>

namespace orchestra::wire {
namespace {

namespace dom = simdjson::dom;

std::string describe(simdjson::error_code code, std::size_t maxDepth)
{
    switch (code) {
    case simdjson::DEPTH_ERROR:
        return tooDeep(maxDepth);
    case simdjson::UTF8_ERROR:
        return "is not valid UTF-8";
    case simdjson::EMPTY:
        return "is empty";
    case simdjson::NUMBER_ERROR:
        return "holds a number that is malformed or out of range";
    case simdjson::STRING_ERROR:
    case simdjson::UNCLOSED_STRING:
    case simdjson::UNESCAPED_CHARS:
        return "holds a string that is malformed or not closed";
    case simdjson::CAPACITY:
    case simdjson::MEMALLOC:
        return "is too large to be read";
    default:
        return "is not valid JSON";
    }
}

/// Walks a parsed text along a MessageType.
class Walker
{
public:
    Walker(std::size_t maxDepth, UnknownMembers unknown)
        : copier_(maxDepth, fail)
        , unknown_(unknown)
    {
    }

    ReadFailure fail;

    bool readMessage(const MessageType &type, void *message, dom::element element, const ReadPath &path)
    {
        dom::object object;
        if (element.get_object().get(object))
            return fail(path, "must be an object");
        const Alternative *body = nullptr;
        void *bodyMessage = nullptr;
        if (type.choice) {
            std::size_t index = 0;
            if (!readType(*type.choice, object, index, path))
                return false;
            body = &type.choice->alternatives[index];
            bodyMessage = type.choice->make(message, index);
        }
        Part head{type, message, 0, 0};
        Part tail{body ? *body->message : type, bodyMessage, 0, 0};
        bool typeSeen = false;
        for (const dom::key_value_pair member : object) {
            const ReadPath here = path.member(member.key);
            // The body comes first: its members hide the head's.
            const int read = body ? readMember(tail, member, here) : kNotMine;
            const int readByHead = read == kNotMine ? readMember(head, member, here) : read;
            if (readByHead == kFailed)
                return false;
            if (readByHead == kRead)
                continue;
            if (body && member.key == "type") {
                if (std::exchange(typeSeen, true))
                    return fail(here, "is given twice");
            } else if (unknown_ == UnknownMembers::Refuse) {
                return fail(here, "is not a known member");
            }
        }
        return complete(head, body ? body->hides : 0, path) && (!body || complete(tail, 0, path));
    }

private:
    static constexpr int kFailed = 0;
    static constexpr int kRead = 1;
    static constexpr int kNotMine = 2;

    /// A message being filled: the one that was asked for, or the alternative its `type` chose.
    struct Part
    {
        const MessageType &type;
        void *message;
        std::uint64_t seen;
        std::size_t next; ///< members usually come in the order of the struct
    };

    bool readType(const ChoiceType &choice, dom::object object, std::size_t &index, const ReadPath &path)
    {
        const ReadPath here = path.member("type");
        std::string_view name;
        dom::element element;
        if (object.at_key("type").get(element))
            return fail(here, "is required");
        if (element.get_string().get(name))
            return fail(here, "must be text");
        const auto found = std::find_if(choice.alternatives.begin(), choice.alternatives.end(),
                                        [name](const Alternative &a) { return a.type == name; });
        if (found == choice.alternatives.end())
            return fail(here, "is not a known type: \"" + std::string(cutUtf8(name, 64)) + '"');
        index = static_cast<std::size_t>(found - choice.alternatives.begin());
        return true;
    }

    int readMember(Part &part, const dom::key_value_pair &pair, const ReadPath &path)
    {
        const auto &members = part.type.members;
        std::size_t at = part.next;
        if (at >= members.size() || members[at].name != pair.key) {
            for (at = 0; at < members.size() && members[at].name != pair.key;)
                ++at;
            if (at == members.size())
                return kNotMine;
        }
        part.next = at + 1;
        const std::uint64_t bit = std::uint64_t{1} << at;
        if ((part.seen & bit) != 0)
            return fail(path, "is given twice");
        part.seen |= bit;
        return readSlot(members[at], part.message, pair.value, path) ? kRead : kFailed;
    }

    bool complete(const Part &part, std::uint64_t hidden, const ReadPath &path)
    {
        const std::uint64_t missing = part.type.required & ~part.seen & ~hidden;
        if (missing == 0)
            return true;
        const auto first = static_cast<std::size_t>(std::countr_zero(missing));
        return fail(path.member(part.type.members[first].name), "is required");
    }

    bool readSlot(const MemberType &member, void *message, dom::element element, const ReadPath &path)
    {
        if (member.presence == Presence::Repeated && member.kind != Kind::TextMap) {
            dom::array array;
            if (element.get_array().get(array))
                return fail(path, "must be a list");
            std::size_t index = 0;
            for (const dom::element item : array) {
                const ReadPath here = path.item(index++);
                if (!readValue(member, member.make(message), item, here))
                    return false;
            }
            return true;
        }
        // A client may say "absent" with null; for JSON text null is a value like any other.
        if (member.presence == Presence::Optional && member.kind != Kind::Json && element.is_null())
            return true;
        return readValue(member, member.make(message), element, path);
    }

    bool readValue(const MemberType &member, void *value, dom::element element, const ReadPath &path)
    {
        switch (member.kind) {
        case Kind::Text: {
            std::string_view text;
            if (element.get_string().get(text))
                return fail(path, "must be text");
            stored<std::string>(value).assign(text);
            return true;
        }
        case Kind::Bool:
            return !element.get_bool().get(stored<bool>(value)) || fail(path, "must be true or false");
        case Kind::Unsigned:
            return readUnsigned(stored<std::uint64_t>(value), element, path);
        case Kind::Real:
            return !element.get_double().get(stored<double>(value)) || fail(path, "must be a number");
        case Kind::Json:
            stored<RawJson>(value).text.clear();
            return copier_.copyText(stored<RawJson>(value).text, element, path);
        case Kind::Message:
            return readMessage(*member.message, value, element, path);
        case Kind::TextMap:
            return readTextMap(stored<std::map<std::string, std::string>>(value), element, path);
        case Kind::Time:
        case Kind::Uuid:
        case Kind::Enumeration:
            return readSpelled(member, value, element, path);
        }
        return false;
    }

    bool readUnsigned(std::uint64_t &value, dom::element element, const ReadPath &path)
    {
        std::int64_t number = -1;
        if (element.type() != dom::element_type::INT64 || element.get_int64().get(number) || number < 0 ||
            static_cast<std::uint64_t>(number) > kLargestInteger)
            return fail(path, "must be an integer from 0 to 9007199254740991");
        value = static_cast<std::uint64_t>(number);
        return true;
    }

    /// Values that JSON spells as text.
    bool readSpelled(const MemberType &member, void *value, dom::element element, const ReadPath &path)
    {
        std::string_view text;
        if (element.get_string().get(text))
            return fail(path, "must be text");
        if (member.kind == Kind::Time)
            return parseTimestamp(text, stored<Timestamp>(value).ms) || fail(path, "must be an RFC 3339 timestamp");
        if (member.kind == Kind::Uuid) {
            const auto bytes = orchestra::detail::parseUuid(text);
            if (!bytes)
                return fail(path, "must be a UUID");
            storeUuid(value, *bytes);
            return true;
        }
        const auto name = std::find(member.names.begin(), member.names.end(), text);
        if (name == member.names.end())
            return fail(path, "must be one of " + quotedList(member.names));
        storeEnum(value, static_cast<std::size_t>(name - member.names.begin()));
        return true;
    }

    bool readTextMap(std::map<std::string, std::string> &map, dom::element element, const ReadPath &path)
    {
        dom::object object;
        if (element.get_object().get(object))
            return fail(path, "must be an object");
        for (const dom::key_value_pair member : object) {
            std::string_view text;
            if (member.value.get_string().get(text))
                return fail(path.member(member.key), "must be text");
            if (!map.emplace(member.key, text).second)
                return fail(path.member(member.key), "is given twice");
        }
        return true;
    }

    JsonCopier copier_;
    const UnknownMembers unknown_;
};

} // namespace

/// The parser, and the text it read last.
class JsonReader::Document
{
public:
    explicit Document(std::size_t maxDepth)
        : maxDepth_(maxDepth)
    {
    }

    bool parse(std::string_view json, ReadFailure &fail)
    {
        parsed_ = false;
        if (json.empty()) // which may have no address, and simdjson copies from it
            return fail(ReadPath(), describe(simdjson::EMPTY, maxDepth_));
        // One huge text must not keep its memory for ever; the depth is a property of the parser's memory.
        if (unallocated_ || parser_.capacity() > kKeptCapacity) {
            parser_ = dom::parser();
            unallocated_ = parser_.allocate(kFirstCapacity, maxDepth_ + 1) != simdjson::SUCCESS;
        }
        const auto error = parser_.parse(json.data(), json.size()).get(root_);
        parsed_ = !error;
        return parsed_ || fail(ReadPath(), describe(error, maxDepth_));
    }

    std::optional<dom::element> member(std::string_view name) const
    {
        dom::element element;
        if (!isObject() || root_.at_key(name).get(element))
            return {};
        return element;
    }

    bool isObject() const { return parsed_ && root_.type() == dom::element_type::OBJECT; }
    dom::element root() const { return root_; }
    std::size_t maxDepth() const { return maxDepth_; }

private:
    static constexpr std::size_t kFirstCapacity = 4096;
    static constexpr std::size_t kKeptCapacity = std::size_t{256} * 1024;

    const std::size_t maxDepth_;
    dom::parser parser_;
    dom::element root_;
    bool unallocated_ = true;
    bool parsed_ = false;
};

JsonReader::JsonReader(std::size_t maxDepth)
    : document_(std::make_unique<Document>(maxDepth))
{
}

JsonReader::~JsonReader() = default;
JsonReader::JsonReader(JsonReader &&) noexcept = default;
JsonReader &JsonReader::operator=(JsonReader &&) noexcept = default;

Status JsonReader::readInto(const MessageType &type, void *message, std::string_view json, UnknownMembers unknown)
{
    Walker walker(document_->maxDepth(), unknown);
    if (document_->parse(json, walker.fail) && walker.readMessage(type, message, document_->root(), ReadPath()))
        return Ok();
    return walker.fail.error();
}

Status JsonReader::open(std::string_view json)
{
    ReadFailure fail;
    if (document_->parse(json, fail) && (document_->isObject() || fail(ReadPath(), "must be an object")))
        return Ok();
    return fail.error();
}

Result<JsonValue> JsonReader::readValue(std::string_view json)
{
    ReadFailure fail;
    JsonCopier copier(document_->maxDepth(), fail);
    JsonValue value;
    if (document_->parse(json, fail) && copier.readTree(value, document_->root(), ReadPath()))
        return value;
    return fail.error();
}

Result<RawJson> JsonReader::readRaw(std::string_view json, std::size_t outer)
{
    ReadFailure fail;
    JsonCopier copier(document_->maxDepth(), fail);
    RawJson raw{std::string()};
    ReadPath path;
    path.depth += outer;
    if (document_->parse(json, fail) && copier.copyText(raw.text, document_->root(), path))
        return raw;
    return fail.error();
}

std::optional<std::string_view> JsonReader::lastText(std::string_view member) const
{
    std::string_view text;
    const auto element = document_->member(member);
    if (!element || element->get_string().get(text))
        return {};
    return text;
}

std::optional<std::uint64_t> JsonReader::lastInteger(std::string_view member) const
{
    std::uint64_t number = 0;
    const auto element = document_->member(member);
    if (!element || element->type() == dom::element_type::DOUBLE || element->get_uint64().get(number))
        return {};
    return number;
}

bool JsonReader::lastHas(std::string_view member) const
{
    return document_->member(member).has_value();
}

bool JsonReader::lastHasObject(std::string_view member) const
{
    const auto element = document_->member(member);
    return element && element->type() == dom::element_type::OBJECT;
}

} // namespace orchestra::wire
