// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/result.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace orchestra {

/// A refusal as HTTP tells it. The status is usually the one of the error's code; the protocol's own refusals
/// (405, 408, 417, 426, 431, 501, 505) have none of their own and set it here.
struct HttpFailure
{
    int status = 500;
    Error error;
};

/// A failure with the HTTP status that the error table gives its code.
HttpFailure httpFailure(Error error);

struct HeaderField
{
    std::string name; ///< lower case in a request
    std::string value;
    bool operator==(const HeaderField &) const = default;
};

/// The head of an HTTP/1 request that has passed every rule of head_rules.h.
struct RequestHead
{
    std::string method;
    std::string path;  ///< still percent-encoded, begins with '/' (or is "*")
    std::string query; ///< without the question mark
    bool isHttp11 = true;
    std::vector<HeaderField> fields;
    std::size_t bytes = 0; ///< as received, with the empty line

    /// The value of the first field of that name (lower case); nullptr when there is none.
    const std::string *find(std::string_view name) const;
    /// Empty when there is no such field.
    std::string_view valueOf(std::string_view name) const;
    /// True when the comma-separated list of any field of that name holds `token` (compared without case).
    bool lists(std::string_view name, std::string_view token) const;

    bool keepsAlive() const;
    bool asksForUpgrade() const;
    bool hasBody() const;
};

/// The comma-separated items of a header value, without surrounding blanks; empty items are left out.
std::vector<std::string_view> listItems(std::string_view value);
/// ASCII case-insensitive.
bool equalsIgnoringCase(std::string_view a, std::string_view b);
/// Decodes %XX; nothing when an escape is broken or the result is not UTF-8 or holds a control character.
std::optional<std::string> percentDecode(std::string_view text);
/// The decoded value of a query parameter; nothing when it is absent or cannot be decoded.
std::optional<std::string> queryValue(std::string_view query, std::string_view name);

} // namespace orchestra
