// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/faults/faulty_disk.h"

#include <sqlite3.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <new>

namespace orchestra {
namespace {

constexpr std::size_t kSector = 512;

/// SQLite's view of an open file; the system's own file object lies behind it.
struct DiskFile
{
    sqlite3_file base;
    FaultyDisk *disk;
    std::string *path; // null for a temporary file, which does not survive anyway
};

DiskFile *ours(sqlite3_file *file)
{
    return reinterpret_cast<DiskFile *>(file);
}

sqlite3_file *systems(sqlite3_file *file)
{
    return reinterpret_cast<sqlite3_file *>(ours(file) + 1);
}

sqlite3_vfs *systems(sqlite3_vfs *vfs)
{
    return sqlite3_vfs_find(vfs->zName + std::strlen("faulty-"));
}

int closeFile(sqlite3_file *file)
{
    delete ours(file)->path;
    return systems(file)->pMethods->xClose(systems(file));
}

int readFile(sqlite3_file *file, void *bytes, int size, sqlite3_int64 at)
{
    if (ours(file)->disk->isGone())
        return SQLITE_IOERR_READ;
    return systems(file)->pMethods->xRead(systems(file), bytes, size, at);
}

int writeFile(sqlite3_file *file, const void *bytes, int size, sqlite3_int64 at)
{
    if (const int failure = ours(file)->disk->meet(false))
        return failure;
    if (ours(file)->path) {
        FaultyDisk::Change change{static_cast<std::uint64_t>(at), {}, false};
        change.bytes.assign(static_cast<const char *>(bytes), static_cast<std::size_t>(size));
        ours(file)->disk->file(*ours(file)->path).since.push_back(std::move(change));
    }
    return systems(file)->pMethods->xWrite(systems(file), bytes, size, at);
}

int truncateFile(sqlite3_file *file, sqlite3_int64 size)
{
    if (const int failure = ours(file)->disk->meet(false))
        return failure;
    if (ours(file)->path)
        ours(file)->disk->file(*ours(file)->path).since.push_back({static_cast<std::uint64_t>(size), {}, true});
    return systems(file)->pMethods->xTruncate(systems(file), size);
}

int syncFile(sqlite3_file *file, int)
{
    if (const int failure = ours(file)->disk->meet(true))
        return failure;
    if (ours(file)->path) {
        FaultyDisk::Surviving &surviving = ours(file)->disk->file(*ours(file)->path);
        for (const FaultyDisk::Change &change : surviving.since)
            apply(change, surviving.synced);
        surviving.since.clear();
    }
    // The real disk need not work for it: what survives is known here.
    return SQLITE_OK;
}

template <auto Member, class... Arguments>
auto passOn(sqlite3_file *file, Arguments... arguments)
{
    return (systems(file)->pMethods->*Member)(systems(file), arguments...);
}

const sqlite3_io_methods kMethods{
    3,
    closeFile,
    readFile,
    writeFile,
    truncateFile,
    syncFile,
    passOn<&sqlite3_io_methods::xFileSize, sqlite3_int64 *>,
    passOn<&sqlite3_io_methods::xLock, int>,
    passOn<&sqlite3_io_methods::xUnlock, int>,
    passOn<&sqlite3_io_methods::xCheckReservedLock, int *>,
    passOn<&sqlite3_io_methods::xFileControl, int, void *>,
    passOn<&sqlite3_io_methods::xSectorSize>,
    passOn<&sqlite3_io_methods::xDeviceCharacteristics>,
    passOn<&sqlite3_io_methods::xShmMap, int, int, int, void volatile **>,
    passOn<&sqlite3_io_methods::xShmLock, int, int, int>,
    passOn<&sqlite3_io_methods::xShmBarrier>,
    passOn<&sqlite3_io_methods::xShmUnmap, int>,
    passOn<&sqlite3_io_methods::xFetch, sqlite3_int64, int, void **>,
    passOn<&sqlite3_io_methods::xUnfetch, sqlite3_int64, void *>,
};

std::string contentOf(const std::string &path)
{
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

int openFile(sqlite3_vfs *vfs, sqlite3_filename name, sqlite3_file *file, int flags, int *outFlags)
{
    auto *disk = static_cast<FaultyDisk *>(vfs->pAppData);
    if (disk->isGone())
        return SQLITE_CANTOPEN;
    const int code = systems(vfs)->xOpen(systems(vfs), name, systems(file), flags, outFlags);
    if (code == SQLITE_OK) {
        new (file) DiskFile{{&kMethods}, disk, name ? new std::string(name) : nullptr};
        // What is there already is safe.
        if (name && disk->file(name).since.empty())
            disk->file(name).synced = contentOf(name);
    } else {
        file->pMethods = nullptr;
    }
    return code;
}

int deleteFile(sqlite3_vfs *vfs, const char *name, int syncDirectory)
{
    static_cast<FaultyDisk *>(vfs->pAppData)->forget(name);
    return systems(vfs)->xDelete(systems(vfs), name, syncDirectory);
}

} // namespace

void apply(const FaultyDisk::Change &change, std::string &bytes)
{
    if (change.isTruncation) {
        bytes.resize(change.at, '\0');
        return;
    }
    if (bytes.size() < change.at + change.bytes.size())
        bytes.resize(change.at + change.bytes.size(), '\0');
    bytes.replace(change.at, change.bytes.size(), change.bytes);
}

FaultyDisk::FaultyDisk()
    : vfs_(std::make_unique<sqlite3_vfs>(*sqlite3_vfs_find(nullptr)))
{
    static constexpr auto kName = "faulty-unix";
    vfs_->zName = kName;
    vfs_->pNext = nullptr;
    vfs_->pAppData = this;
    vfs_->szOsFile += static_cast<int>(sizeof(DiskFile));
    vfs_->xOpen = openFile;
    vfs_->xDelete = deleteFile;
    sqlite3_vfs_register(vfs_.get(), 1);
}

FaultyDisk::~FaultyDisk()
{
    sqlite3_vfs_register(sqlite3_vfs_find("unix"), 1);
    sqlite3_vfs_unregister(vfs_.get());
}

void FaultyDisk::failAfter(std::uint64_t after, std::uint64_t times, Fault fault)
{
    first_ = operations_ + after;
    left_ = times;
    fault_ = fault;
}

int FaultyDisk::meet(bool isSync)
{
    ++operations_;
    if (left_ == 0 || operations_ <= first_ || (fault_ == Fault::Sync && !isSync))
        return SQLITE_OK;
    ++failed_;
    if (fault_ == Fault::Gone)
        return isSync ? SQLITE_IOERR_FSYNC : SQLITE_IOERR_WRITE;
    --left_;
    if (isSync)
        return SQLITE_IOERR_FSYNC;
    return fault_ == Fault::Full ? SQLITE_FULL : SQLITE_IOERR_WRITE;
}

void FaultyDisk::writeSurvivors(const std::string &directory, RandomSource &random) const
{
    for (const auto &[path, surviving] : files_) {
        std::string bytes = surviving.synced;
        for (const Change &change : surviving.since) {
            if (change.isTruncation) {
                if (random.next() % 2 == 0)
                    apply(change, bytes);
                continue;
            }
            for (std::size_t at = 0; at < change.bytes.size();) {
                // A sector is there whole or not at all.
                const std::size_t size = std::min(kSector - (change.at + at) % kSector, change.bytes.size() - at);
                if (random.next() % 2 == 0)
                    apply({change.at + at, change.bytes.substr(at, size), false}, bytes);
                at += size;
            }
        }
        const auto name = std::filesystem::path(path).filename();
        std::ofstream(std::filesystem::path(directory) / name, std::ios::binary) << bytes;
    }
}

} // namespace orchestra
