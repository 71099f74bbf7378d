// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/result.h"

#include <string>

namespace orchestra {

/// Makes the directory (0700) with its parents when it does not exist. One that exists is left as it is.
Status makeDataDir(const std::string &path);
/// Makes an empty file that only its owner can read; takes what others may do away from one that exists.
/// True when the file is new.
Result<bool> makePrivateFile(const std::string &path);
/// Makes what was written to the file, or the entries of the directory, survive power loss.
Status syncToDisk(const std::string &path);

/// Says that one process serves a data directory. The kernel takes the lock away when the process ends, however it
/// ends, so there is no stale lock. Others may still read and write the database.
class DataDirLock
{
public:
    DataDirLock() = default;
    ~DataDirLock() { release(); }
    DataDirLock(const DataDirLock &) = delete;
    DataDirLock &operator=(const DataDirLock &) = delete;

    /// Conflict, naming the process, when another one has it. Taking it twice is Ok.
    Status acquire(const std::string &dataDir);
    void release();
    bool isHeld() const { return descriptor_ >= 0; }

private:
    int descriptor_ = -1;
};

} // namespace orchestra
