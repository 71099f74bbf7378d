// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/store/sqlite_connection.h"
#include "server/store/store_options.h"
#include "shared/base/clock.h"
#include "shared/base/result.h"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace orchestra {

/// One step of the schema: numbered from 1, never changed once it was released.
struct Migration
{
    std::uint64_t version = 0;
    std::string sql;
};

/// The steps that this program knows, in order, as they are in server/store/migrations.
std::vector<Migration> knownMigrations();

/// What is in a database file, before anything is done to it.
struct SchemaState
{
    bool isEmpty = false;
    std::uint64_t version = 0;
};

/// Refuses a file that is not ours, and one that a newer program has written.
Result<SchemaState> inspectSchema(SqliteConnection &database, std::uint64_t latest);

/// Runs what is missing, each step in its own transaction: after a failure the database is as after the last step that
/// succeeded. Foreign keys are enforced again at the end. Gives how many steps ran.
Result<std::uint64_t> migrate(SqliteConnection &database, const SchemaState &state, std::span<const Migration> steps);

/// Copies the database beside itself, checks the copy, and removes all but the newest `kept` copies.
/// Gives the copy's path. The copy is there whole and synced, or not at all.
Result<std::string> copyDatabase(SqliteConnection &database, const std::string &dataDir, const SchemaState &state,
                                 WallMs at, std::size_t kept);

} // namespace orchestra
