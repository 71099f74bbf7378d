// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/result.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace orchestra {

/// What a caller may do; each role may also do what the ones before it may, except that `tester` is a side branch
/// of `client` that may act only as `synthetic:*` users. Deny by default.
enum class Role : std::uint8_t { Client, Tester, Viewer, Operator, Admin };
constexpr std::array<std::string_view, 5> wireNames(Role)
{
    return {"client", "tester", "viewer", "operator", "admin"};
}

/// True when `role` may do what needs `needed`. Viewer and above do not imply tester.
constexpr bool allows(Role role, Role needed)
{
    if (needed == Role::Tester)
        return role == Role::Tester || role == Role::Admin;
    return static_cast<int>(role) >= static_cast<int>(needed);
}

/// A credential as it came in. Has no stream operator and no conversion, so that it cannot reach a log by accident.
class Secret
{
public:
    Secret() = default;
    explicit Secret(std::string text)
        : text_(std::move(text))
    {
    }
    bool isEmpty() const { return text_.empty(); }
    /// The text itself: only for hashing or comparing.
    const std::string &reveal() const { return text_; }

private:
    std::string text_;
};

/// Who is behind a request or a connection, once that is known.
struct Principal
{
    std::string userId;
    Role role = Role::Client;
    /// May also act as a tester (an anonymous loopback peer has client and tester).
    bool isTester = false;
    /// Identifies the token for revocation; empty for an anonymous peer.
    std::string tokenId;
    /// Wall-clock expiry of the token in ms; absent when it has none.
    std::optional<std::int64_t> expiresAt;
    bool operator==(const Principal &) const = default;
};

} // namespace orchestra
