// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

namespace orchestra {

/// How the database is kept. A plain value, built once from the configuration.
struct StoreOptions
{
    enum class Synchronous : std::uint8_t {
        Full,   ///< each commit is fsynced: what is acknowledged survives power loss
        Normal, ///< survives kill -9; power loss may take the last moments
    };

    std::string dataDir; ///< made with mode 0700 when it does not exist; the database in it has 0600
    Synchronous synchronous = Synchronous::Full;
    std::chrono::milliseconds idempotency = std::chrono::hours(24);  ///< a message id is remembered this long
    std::chrono::milliseconds busyTimeout = std::chrono::seconds(5); ///< how long another process may hold the database
    std::size_t copiesKept = 3; ///< of the database, one made before each migration

    // What may wait for the store. One more is answered StorageUnavailable at once.
    std::size_t maxWaiting = 4096;
    std::size_t maxWaitingBytes = std::size_t{64} << 20U;

    bool operator==(const StoreOptions &) const = default;
};

/// How opening the store went.
struct StoreOpening
{
    std::uint64_t schema = 0;   ///< version of the schema now
    std::uint64_t migrated = 0; ///< migrations that ran on data that was there: 0 on an ordinary start
    bool isNew = false;         ///< there was no database before

    bool operator==(const StoreOpening &) const = default;
};

} // namespace orchestra
