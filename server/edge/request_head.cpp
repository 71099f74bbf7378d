// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/edge/request_head.h"

#include "shared/base/text.h"
#include "shared/wire/error_table.h"

#include <algorithm>

namespace orchestra {
namespace {

char lowered(char c)
{
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

int hexValue(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = lowered(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

} // namespace

HttpFailure httpFailure(Error error)
{
    const int status = errorRow(error.code).httpStatus;
    return {status == 0 ? 500 : status, std::move(error)};
}

const std::string *RequestHead::find(std::string_view name) const
{
    const auto found = std::ranges::find(fields, name, &HeaderField::name);
    return found == fields.end() ? nullptr : &found->value;
}

std::string_view RequestHead::valueOf(std::string_view name) const
{
    const std::string *value = find(name);
    return value ? std::string_view(*value) : std::string_view();
}

bool RequestHead::lists(std::string_view name, std::string_view token) const
{
    return std::ranges::any_of(fields, [&](const HeaderField &field) {
        if (field.name != name)
            return false;
        return std::ranges::any_of(listItems(field.value),
                                   [&](std::string_view item) { return equalsIgnoringCase(item, token); });
    });
}

bool RequestHead::keepsAlive() const
{
    if (lists("connection", "close"))
        return false;
    return isHttp11 || lists("connection", "keep-alive");
}

bool RequestHead::asksForUpgrade() const
{
    return isHttp11 && lists("connection", "upgrade") && lists("upgrade", "websocket");
}

bool RequestHead::hasBody() const
{
    if (find("transfer-encoding"))
        return true;
    return valueOf("content-length").find_first_not_of('0') != std::string_view::npos;
}

std::vector<std::string_view> listItems(std::string_view value)
{
    std::vector<std::string_view> items;
    while (!value.empty()) {
        const auto comma = value.find(',');
        if (const auto item = trimmed(value.substr(0, comma)); !item.empty())
            items.push_back(item);
        if (comma == std::string_view::npos)
            break;
        value.remove_prefix(comma + 1);
    }
    return items;
}

bool equalsIgnoringCase(std::string_view a, std::string_view b)
{
    return std::ranges::equal(a, b, {}, lowered, lowered);
}

std::optional<std::string> percentDecode(std::string_view text)
{
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        char c = text[i];
        if (c == '%') {
            const int high = i + 2 < text.size() ? hexValue(text[i + 1]) : -1;
            const int low = high >= 0 ? hexValue(text[i + 2]) : -1;
            if (low < 0)
                return std::nullopt;
            c = static_cast<char>(high * 16 + low);
            i += 2;
        }
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
            return std::nullopt;
        out += c;
    }
    if (!isValidUtf8(out))
        return std::nullopt;
    return out;
}

std::optional<std::string> queryValue(std::string_view query, std::string_view name)
{
    while (!query.empty()) {
        const auto end = query.find('&');
        const std::string_view pair = query.substr(0, end);
        const auto equals = pair.find('=');
        if (pair.substr(0, equals) == name)
            return percentDecode(equals == std::string_view::npos ? std::string_view() : pair.substr(equals + 1));
        if (end == std::string_view::npos)
            break;
        query.remove_prefix(end + 1);
    }
    return std::nullopt;
}

} // namespace orchestra
