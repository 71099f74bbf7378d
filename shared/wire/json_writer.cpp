// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/wire/json_writer.h"

#include "shared/base/clock.h"
#include "shared/wire/json_text.h"
#include "shared/wire/stored_value.h"

#include <algorithm>

namespace orchestra::wire {
namespace {

void appendTextMap(std::string &out, const std::map<std::string, std::string> &map)
{
    out += '{';
    for (bool first = true; const auto &[name, text] : map) {
        if (!std::exchange(first, false))
            out += ',';
        appendJsonText(out, name);
        out += ':';
        appendJsonText(out, text);
    }
    out += '}';
}

void appendValue(std::string &out, const MemberType &member, const void *value)
{
    switch (member.kind) {
    case Kind::Text:
        return appendJsonText(out, stored<std::string>(value));
    case Kind::Bool:
        out += stored<bool>(value) ? "true" : "false";
        return;
    case Kind::Unsigned:
        return appendJsonNumber(out, std::min(stored<std::uint64_t>(value), kLargestInteger));
    case Kind::Real:
        return appendJsonNumber(out, stored<double>(value));
    case Kind::Time:
        out += '"';
        appendTimestamp(out, stored<Timestamp>(value).ms);
        out += '"';
        return;
    case Kind::Json:
        out += stored<RawJson>(value).text;
        return;
    case Kind::Uuid:
        out += '"';
        orchestra::detail::appendUuid(out, uuidBytes(value));
        out += '"';
        return;
    case Kind::Enumeration:
        out += '"';
        out += member.names[enumOrdinal(member, value)];
        out += '"';
        return;
    case Kind::Message:
        return appendJson(out, *member.message, value);
    case Kind::TextMap:
        return appendTextMap(out, stored<std::map<std::string, std::string>>(value));
    }
}

/// Appends members as they are asked for, with the commas between them.
class ObjectWriter
{
public:
    explicit ObjectWriter(std::string &out)
        : out_(out)
    {
        out_ += '{';
    }

    void member(const MemberType &member, const void *message)
    {
        if (member.presence == Presence::Repeated && member.kind != Kind::TextMap)
            return list(member, message);
        const void *value = member.value(message, 0);
        if (value) {
            key(member.jsonKey);
            appendValue(out_, member, value);
        } else if (member.nullWhenAbsent) {
            key(member.jsonKey);
            out_ += "null";
        }
    }

    void type(std::string_view name)
    {
        key(",\"type\":");
        out_ += '"';
        out_ += name;
        out_ += '"';
    }

    bool wroteSomething() const { return !first_; }

private:
    void key(std::string_view commaAndKey)
    {
        out_ += commaAndKey.substr(first_ ? 1 : 0);
        first_ = false;
    }

    void list(const MemberType &member, const void *message)
    {
        key(member.jsonKey);
        out_ += '[';
        const std::size_t count = member.count(message);
        for (std::size_t i = 0; i < count; ++i) {
            if (i > 0)
                out_ += ',';
            appendValue(out_, member, member.value(message, i));
        }
        out_ += ']';
    }

    std::string &out_;
    bool first_ = true;
};

} // namespace

bool appendOpenJson(std::string &out, const MessageType &type, const void *message)
{
    ObjectWriter object(out);
    const Alternative *body = type.choice ? &type.choice->alternatives[type.choice->index(message)] : nullptr;
    if (body && type.members.empty())
        object.type(body->type);
    for (std::size_t i = 0; i < type.members.size(); ++i) {
        if (!body || (body->hides >> i & 1U) == 0)
            object.member(type.members[i], message);
        if (body && i == 0)
            object.type(body->type);
    }
    if (body) {
        const void *value = type.choice->value(message);
        for (const MemberType &member : body->message->members)
            object.member(member, value);
    }
    return object.wroteSomething();
}

void appendJson(std::string &out, const MessageType &type, const void *message)
{
    appendOpenJson(out, type, message);
    out += '}';
}

} // namespace orchestra::wire
