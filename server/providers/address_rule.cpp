// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/providers/address_rule.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace orchestra {
namespace {

struct Block4
{
    std::uint32_t network;
    int prefix;
    AddressKind kind;
};

constexpr std::uint32_t quad(unsigned a, unsigned b, unsigned c, unsigned d)
{
    return a << 24 | b << 16 | c << 8 | d;
}

/// The first that matches counts.
constexpr std::array kBlocks4{
    Block4{quad(0, 0, 0, 0), 8, AddressKind::Unusable},       Block4{quad(10, 0, 0, 0), 8, AddressKind::Private},
    Block4{quad(100, 64, 0, 0), 10, AddressKind::Private},    Block4{quad(127, 0, 0, 0), 8, AddressKind::Loopback},
    Block4{quad(169, 254, 0, 0), 16, AddressKind::LinkLocal}, Block4{quad(172, 16, 0, 0), 12, AddressKind::Private},
    Block4{quad(192, 0, 0, 0), 24, AddressKind::Private},     Block4{quad(192, 168, 0, 0), 16, AddressKind::Private},
    Block4{quad(198, 18, 0, 0), 15, AddressKind::Private},    Block4{quad(224, 0, 0, 0), 3, AddressKind::Unusable},
};

AddressKind kindOf4(std::uint32_t address)
{
    for (const Block4 &block : kBlocks4) {
        if ((address ^ block.network) >> (32 - block.prefix) == 0)
            return block.kind;
    }
    return AddressKind::Global;
}

std::uint32_t word(const std::uint8_t *bytes)
{
    return quad(bytes[0], bytes[1], bytes[2], bytes[3]);
}

AddressKind kindOf6(const std::uint8_t *bytes)
{
    const auto isZero = [bytes](int from, int to) {
        return std::all_of(bytes + from, bytes + to, [](std::uint8_t byte) { return byte == 0; });
    };
    if (isZero(0, 15))
        return bytes[15] == 1 ? AddressKind::Loopback : bytes[15] == 0 ? AddressKind::Unusable : AddressKind::Private;
    const bool isMapped = isZero(0, 10) && bytes[10] == 0xff && bytes[11] == 0xff;
    constexpr std::array<std::uint8_t, 12> kTranslated{0x00, 0x64, 0xff, 0x9b};
    if (isMapped || isZero(0, 12) || std::equal(kTranslated.begin(), kTranslated.end(), bytes))
        return kindOf4(word(bytes + 12));
    if (bytes[0] == 0x20 && bytes[1] == 0x02)
        return kindOf4(word(bytes + 2));
    if ((bytes[0] & 0xfe) == 0xfc)
        return AddressKind::Private;
    // Site-local addresses (RFC 3879) are no longer assigned, but still not global.
    if (bytes[0] == 0xfe && (bytes[1] & 0x80) != 0)
        return (bytes[1] & 0xc0) == 0x80 ? AddressKind::LinkLocal : AddressKind::Private;
    return bytes[0] == 0xff ? AddressKind::Unusable : AddressKind::Global;
}

} // namespace

AddressKind kindOf(const sockaddr &address)
{
    if (address.sa_family == AF_INET) {
        sockaddr_in in{};
        std::memcpy(&in, &address, sizeof in);
        return kindOf4(ntohl(in.sin_addr.s_addr));
    }
    if (address.sa_family == AF_INET6) {
        sockaddr_in6 in{};
        std::memcpy(&in, &address, sizeof in);
        return kindOf6(in.sin6_addr.s6_addr);
    }
    return AddressKind::Unusable;
}

bool isReachable(const sockaddr &address, Reach reach)
{
    switch (kindOf(address)) {
    case AddressKind::Global:
        return true;
    case AddressKind::Loopback:
    case AddressKind::Private:
        return reach == Reach::Configured;
    case AddressKind::LinkLocal:
    case AddressKind::Unusable:
        return false;
    }
    return false;
}

std::string addressText(const sockaddr &address)
{
    std::array<char, INET6_ADDRSTRLEN> text{};
    const void *bytes = nullptr;
    sockaddr_in in{};
    sockaddr_in6 in6{};
    if (address.sa_family == AF_INET) {
        std::memcpy(&in, &address, sizeof in);
        bytes = &in.sin_addr;
    } else if (address.sa_family == AF_INET6) {
        std::memcpy(&in6, &address, sizeof in6);
        bytes = &in6.sin6_addr;
    }
    if (!bytes || !inet_ntop(address.sa_family, bytes, text.data(), text.size()))
        return "an address that is not IP";
    return text.data();
}

} // namespace orchestra
