// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string_view>

namespace orchestra {

/// A DNS name or an IP literal (IPv6 in brackets), without scheme, port or path.
bool isHostName(std::string_view text);
/// scheme://host[:port] with scheme http or https, as browsers send it in Origin.
bool isWebOrigin(std::string_view text);

} // namespace orchestra
