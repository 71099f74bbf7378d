// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/store/data_dir.h"

#include "shared/wire/error_table.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <sys/file.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace orchestra {
namespace {

Error systemError(const std::string &what, const std::string &path)
{
    return makeError(Code::StorageUnavailable, what + " " + path + ": " + std::generic_category().message(errno));
}

class Descriptor
{
public:
    explicit Descriptor(int value)
        : value_(value)
    {
    }
    ~Descriptor()
    {
        if (value_ >= 0)
            ::close(value_);
    }
    Descriptor(const Descriptor &) = delete;
    Descriptor &operator=(const Descriptor &) = delete;
    int value() const { return value_; }
    int take() { return std::exchange(value_, -1); }

private:
    int value_;
};

std::string readLine(int descriptor)
{
    std::array<char, 32> text{};
    const ssize_t length = ::pread(descriptor, text.data(), text.size(), 0);
    const std::string_view all(text.data(), length > 0 ? static_cast<std::size_t>(length) : 0);
    return std::string(all.substr(0, all.find('\n')));
}

} // namespace

Status makeDataDir(const std::string &path)
{
    namespace fs = std::filesystem;
    std::error_code error;
    const fs::path directory = fs::path(path).lexically_normal();
    if (fs::is_directory(directory, error))
        return Ok{};
    if (directory.has_parent_path() && directory.parent_path() != directory) {
        if (Status parent = makeDataDir(directory.parent_path().string()); !parent)
            return parent;
    }
    if (::mkdir(directory.c_str(), 0700) != 0 && errno != EEXIST)
        return systemError("cannot make the directory", path);
    if (!fs::is_directory(directory, error))
        return makeError(Code::StorageUnavailable, path + " is not a directory");
    return Ok{};
}

Result<bool> makePrivateFile(const std::string &path)
{
    const Descriptor made(::open(path.c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600));
    if (made.value() >= 0)
        return true;
    if (errno != EEXIST)
        return systemError("cannot make", path);
    struct stat found = {};
    if (::stat(path.c_str(), &found) != 0)
        return systemError("cannot look at", path);
    // A file that is somebody else's is left to them: opening it will say what is wrong.
    if ((found.st_mode & 0077U) != 0 && found.st_uid == ::geteuid())
        ::chmod(path.c_str(), found.st_mode & 0700U);
    return false;
}

Status syncToDisk(const std::string &path)
{
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (file.value() < 0 || ::fsync(file.value()) != 0)
        return systemError("cannot sync", path);
    return Ok{};
}

Status DataDirLock::acquire(const std::string &dataDir)
{
    if (isHeld())
        return Ok{};
    const std::string path = dataDir + "/orchestrad.lock";
    Descriptor file(::open(path.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600));
    if (file.value() < 0)
        return systemError("cannot open", path);
    if (::flock(file.value(), LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK)
            return systemError("cannot lock", path);
        const std::string pid = readLine(file.value());
        return makeError(Code::Conflict, "another orchestrad" + (pid.empty() ? "" : " (process " + pid + ")") +
                                             " already serves " + dataDir +
                                             "; stop it, or choose another data directory");
    }
    // Only for the message above; the lock is the kernel's. So a full disk does not matter here.
    const std::string pid = std::to_string(::getpid()) + "\n";
    if (::ftruncate(file.value(), 0) == 0) [[maybe_unused]]
        const ssize_t written = ::pwrite(file.value(), pid.data(), pid.size(), 0);
    descriptor_ = file.take();
    return Ok{};
}

void DataDirLock::release()
{
    // The file stays: removing it would let two processes lock two files of the same name.
    if (isHeld())
        ::close(std::exchange(descriptor_, -1));
}

} // namespace orchestra
