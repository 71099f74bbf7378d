// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/edge/address.h"

#include <algorithm>
#include <arpa/inet.h>
#include <charconv>

namespace orchestra {
namespace {

constexpr std::array<std::uint8_t, 12> kIpv4Prefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

} // namespace

std::optional<Address> Address::parse(std::string_view text)
{
    const std::string terminated(text);
    std::array<std::uint8_t, 16> bytes{};
    if (inet_pton(AF_INET6, terminated.c_str(), bytes.data()) == 1)
        return Address(bytes);
    std::ranges::copy(kIpv4Prefix, bytes.begin());
    if (inet_pton(AF_INET, terminated.c_str(), bytes.data() + kIpv4Prefix.size()) == 1)
        return Address(bytes);
    return std::nullopt;
}

bool Address::isIpv4() const
{
    return std::equal(kIpv4Prefix.begin(), kIpv4Prefix.end(), bytes_.begin());
}

bool Address::isLoopback() const
{
    if (isIpv4())
        return bytes_[12] == 127;
    return std::all_of(bytes_.begin(), bytes_.end() - 1, [](auto byte) { return byte == 0; }) && bytes_[15] == 1;
}

std::string Address::toString() const
{
    std::array<char, INET6_ADDRSTRLEN> text{};
    if (isIpv4())
        inet_ntop(AF_INET, bytes_.data() + kIpv4Prefix.size(), text.data(), text.size());
    else
        inet_ntop(AF_INET6, bytes_.data(), text.data(), text.size());
    return text.data();
}

std::optional<AddressRange> AddressRange::parse(std::string_view text)
{
    const auto slash = text.find('/');
    const auto address = Address::parse(text.substr(0, slash));
    if (!address)
        return std::nullopt;
    AddressRange range;
    range.first_ = *address;
    if (slash == std::string_view::npos)
        return range;
    const auto digits = text.substr(slash + 1);
    unsigned bits = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
    if (error != std::errc() || end != digits.data() + digits.size() || bits > (address->isIpv4() ? 32U : 128U))
        return std::nullopt;
    range.bits_ = address->isIpv4() ? bits + 96 : bits;
    return range;
}

bool AddressRange::contains(const Address &address) const
{
    const unsigned whole = bits_ / 8;
    const unsigned rest = bits_ % 8;
    const auto &a = first_.bytes();
    const auto &b = address.bytes();
    if (!std::equal(a.begin(), a.begin() + whole, b.begin()))
        return false;
    if (rest == 0)
        return true;
    const auto mask = static_cast<std::uint8_t>(0xff00U >> rest);
    return (a[whole] & mask) == (b[whole] & mask);
}

} // namespace orchestra
