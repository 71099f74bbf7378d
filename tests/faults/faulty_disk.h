// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/random.h"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

struct sqlite3_vfs;

namespace orchestra {

/// A disk under SQLite that fails when told to, and that knows what would be left of its files if the power went now.
/// While it lives, every connection that SQLite opens in this process is on it.
///
/// What counts is what changes a file: writes, syncs, truncations. A file's synced bytes are safe; of those written
/// since, any may be there or not, by sectors, in any order.
class FaultyDisk
{
public:
    enum class Fault : std::uint8_t { Full, Write, Sync, Gone };

    FaultyDisk();
    ~FaultyDisk();
    FaultyDisk(const FaultyDisk &) = delete;
    FaultyDisk &operator=(const FaultyDisk &) = delete;

    /// Operations so far.
    std::uint64_t operations() const { return operations_; }
    /// From the operation after `after` more on, `times` operations fail. `Sync` lets writes pass and fails syncs, the
    /// others fail whatever comes; after `Gone` everything fails, reading too.
    void failAfter(std::uint64_t after, std::uint64_t times, Fault fault);
    void repair() { left_ = 0; }
    /// True when an operation has failed.
    bool hasFailed() const { return failed_ > 0; }

    /// Writes what survives a power cut into `directory`, under the names that the files have now.
    void writeSurvivors(const std::string &directory, RandomSource &random) const;

    // Of the files on it.
    struct Change
    {
        std::uint64_t at = 0;
        std::string bytes;
        bool isTruncation = false;
    };
    struct Surviving
    {
        std::string synced;
        std::vector<Change> since;
    };
    /// SQLite's code for the failure that this operation has to meet; 0 for none.
    int meet(bool isSync);
    bool isGone() const { return left_ > 0 && fault_ == Fault::Gone && operations_ > first_; }
    Surviving &file(const std::string &path) { return files_[path]; }
    void forget(const std::string &path) { files_.erase(path); }

private:
    const std::unique_ptr<sqlite3_vfs> vfs_;
    std::map<std::string, Surviving> files_;
    std::uint64_t operations_ = 0;
    std::uint64_t first_ = 0;
    std::uint64_t left_ = 0;
    std::uint64_t failed_ = 0;
    Fault fault_ = Fault::Full;
};

/// Makes the change in a file's bytes.
void apply(const FaultyDisk::Change &change, std::string &bytes);

} // namespace orchestra
