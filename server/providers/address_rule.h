// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/providers/http_message.h"

#include <string>

struct sockaddr;

namespace orchestra {

/// What kind of place an address is, by the special-purpose registries (RFC 6890) and, inside IPv6, the IPv4 address
/// that a mapped (RFC 4291), translated (RFC 6052) or tunnelled (RFC 3056) one leads to.
enum class AddressKind : std::uint8_t {
    Global,
    Loopback,
    Private,   ///< also shared address space (RFC 6598), unique local (RFC 4193) and benchmarking (RFC 2544)
    LinkLocal, ///< where clouds keep the credentials of their machines
    Unusable,  ///< unspecified, multicast, broadcast, reserved or not IP
};

AddressKind kindOf(const sockaddr &address);
bool isReachable(const sockaddr &address, Reach reach);
/// The address without its port, for messages.
std::string addressText(const sockaddr &address);

} // namespace orchestra
