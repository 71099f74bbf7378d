// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/store/sqlite_connection.h"
#include "shared/base/result.h"
#include "shared/wire/ops_messages.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace orchestra {

/// One row of the audit log and how it is joined to the one before. The hashes are bytes; row 1 follows an empty one.
struct AuditEntry
{
    wire::AuditRow row;
    std::string previousHash;
    std::string hash;
};

/// What a walk over the whole audit log came to.
struct AuditEnd
{
    std::uint64_t rows = 0;
    std::uint64_t lastIndex = 0;
    std::string lastHash;
    /// Names the first row that is not as it was written, or is missing. Rows cut off at the end do not show: for them
    /// somebody has to have noted an earlier end.
    std::optional<Error> flaw;
};

/// SHA-256 over the hash of the row before and every member of this one, each with its length.
std::string auditHash(std::string_view previousHash, const wire::AuditRow &row);

/// Walks the audit log from row 1 on, gives each row to `each` and checks it against its hash and the row before.
/// Goes on after a flaw. An error only when the database cannot be read.
Result<AuditEnd> walkAudit(SqliteConnection &database, const std::function<void(const AuditEntry &)> &each = {});

/// The same for the database of `dataDir`, beside a running server or without one. Writes nothing.
/// Errors: NotFound (there is no database), UnsupportedVersion, Invalid (the file is not ours), StorageUnavailable.
Result<AuditEnd> walkAuditOf(const std::string &dataDir, const std::function<void(const AuditEntry &)> &each = {});

} // namespace orchestra
