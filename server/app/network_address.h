// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string_view>

namespace orchestra {

/// An IPv4 or IPv6 literal, without brackets.
bool isIpAddress(std::string_view text);
/// True for 127.0.0.0/8 and ::1.
bool isLoopbackAddress(std::string_view address);
/// An address, or an address and a prefix length: 10.0.0.0/8, fd00::/8.
bool isIpNetwork(std::string_view text);
/// A DNS name or an IP literal (IPv6 in brackets), without scheme, port or path.
bool isHostName(std::string_view text);
/// scheme://host[:port] with scheme http or https, as browsers send it in Origin.
bool isWebOrigin(std::string_view text);

} // namespace orchestra
