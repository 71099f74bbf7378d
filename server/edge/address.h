// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace orchestra {

/// An IP address as 16 bytes; IPv4 as ::ffff:a.b.c.d, so that both families compare and mask alike.
class Address
{
public:
    Address() = default; ///< ::
    explicit Address(std::array<std::uint8_t, 16> bytes)
        : bytes_(bytes)
    {
    }
    /// A literal without port, brackets or zone: 127.0.0.1, ::1. Nothing when it is none.
    static std::optional<Address> parse(std::string_view text);

    bool isIpv4() const;
    bool isLoopback() const;
    /// IPv4-mapped addresses as IPv4.
    std::string toString() const;
    const std::array<std::uint8_t, 16> &bytes() const { return bytes_; }
    auto operator<=>(const Address &) const = default;

private:
    std::array<std::uint8_t, 16> bytes_{};
};

/// 10.0.0.0/8, fd00::/8, or a single address.
class AddressRange
{
public:
    static std::optional<AddressRange> parse(std::string_view text);
    bool contains(const Address &address) const;

private:
    Address first_;
    unsigned bits_ = 128;
};

} // namespace orchestra
