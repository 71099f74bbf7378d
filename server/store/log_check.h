// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/result.h"

#include <string>

namespace orchestra {

/// Looks for damage in a write-ahead log that an unclean stop has left, before SQLite reads it.
///
/// SQLite takes the first frame whose checksum is wrong for the end of the log: that is right for the transaction
/// that was being written when the power went, and silently forgets durable ones when a bit has flipped before them.
/// The two can be told apart, because a transaction is only begun after the one before it was synced: a frame that
/// continues a commit behind the first wrong frame shows that the wrong one had been durable.
/// Damage to the last transaction looks like a torn write, and a log cut short like a shorter log: those are not seen.
///
/// Ok when the log is sound, torn at its end, empty or absent. Only for databases with synchronous = FULL.
Status checkWriteAheadLog(const std::string &path);

} // namespace orchestra
