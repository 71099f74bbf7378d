// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/wire/chat_messages.h"

#include <cstddef>

namespace orchestra {

/// About how many bytes a frame takes as JSON: its texts plus a fixed part for names and ids. For retention and for
/// the size of replay parts, where 10 % do not matter and encoding it would cost more than the answer is worth.
std::size_t estimatedBytes(const wire::ServerFrame &frame);
std::size_t estimatedBytes(const wire::StoredMessage &message);

} // namespace orchestra
