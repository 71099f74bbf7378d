// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/store/sqlite_connection.h"
#include "shared/base/result.h"
#include "shared/wire/ops_messages.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace orchestra {

/// SHA-256 over the hash of the row before and every member of this one, each with its length.
std::string auditHash(std::string_view previousHash, const wire::AuditRow &row);

/// Walks the whole audit log: rows 1, 2, 3, ... each hashed as it was written and joined to the one before.
/// Gives how many there are, or names the first row that was changed, or whose predecessor was taken out.
Result<std::uint64_t> verifyAudit(SqliteConnection &database);

} // namespace orchestra
