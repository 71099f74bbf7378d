// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/store/log_check.h"

#include "shared/wire/error_table.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <fstream>
#include <utility>
#include <vector>

namespace orchestra {
namespace {

// The format is fixed: https://www.sqlite.org/fileformat2.html#walformat. All numbers are big-endian.
constexpr std::size_t kHeaderBytes = 32;
constexpr std::size_t kFrameHeaderBytes = 24;
constexpr std::size_t kChecksummedFrameBytes = 8; // of the frame's header; then the page
constexpr std::uint32_t kMagic = 0x377f0682;      // the lowest bit says in which order checksums read words

using Words = std::pair<std::uint32_t, std::uint32_t>;

std::uint32_t wordAt(const std::uint8_t *bytes, bool isBigEndian = true)
{
    const auto shift = [&](unsigned i) { return 8U * (isBigEndian ? 3 - i : i); };
    return static_cast<std::uint32_t>(bytes[0]) << shift(0) | static_cast<std::uint32_t>(bytes[1]) << shift(1) |
           static_cast<std::uint32_t>(bytes[2]) << shift(2) | static_cast<std::uint32_t>(bytes[3]) << shift(3);
}

Words wordsAt(const std::uint8_t *bytes)
{
    return {wordAt(bytes), wordAt(bytes + 4)};
}

/// Continues SQLite's running checksum over `size` bytes, a multiple of 8.
Words checksum(Words seed, const std::uint8_t *bytes, std::size_t size, bool isBigEndian)
{
    auto [first, second] = seed;
    for (std::size_t at = 0; at < size; at += 8) {
        first += wordAt(bytes + at, isBigEndian) + second;
        second += wordAt(bytes + at + 4, isBigEndian) + first;
    }
    return {first, second};
}

struct Header
{
    bool isBigEndian = false;
    std::size_t pageBytes = 0;
    Words salt;
    Words sum;
};

/// Reads the log frame by frame.
class LogReader
{
public:
    explicit LogReader(const std::string &path)
        : file_(path, std::ios::binary)
    {
    }

    enum class Start : std::uint8_t { Empty, Sound, Damaged };
    Start begin()
    {
        std::array<std::uint8_t, kHeaderBytes> bytes{};
        if (!read(bytes.data(), bytes.size()) || std::ranges::all_of(bytes, [](auto byte) { return byte == 0; }))
            return Start::Empty;
        const std::uint32_t magic = wordAt(bytes.data());
        header_.isBigEndian = (magic & 1U) != 0;
        header_.pageBytes = wordAt(bytes.data() + 8);
        header_.salt = wordsAt(bytes.data() + 16);
        header_.sum = checksum({0, 0}, bytes.data(), 24, header_.isBigEndian);
        const bool isSound = (magic & ~1U) == kMagic && header_.sum == wordsAt(bytes.data() + 24) &&
                             header_.pageBytes >= 512 && header_.pageBytes <= 65536;
        if (isSound) {
            frame_.resize(kFrameHeaderBytes + header_.pageBytes);
            return Start::Sound;
        }
        // A header is synced before the first frame, so behind a wrong one there must be nothing.
        return file_.peek() == std::ifstream::traits_type::eof() ? Start::Empty : Start::Damaged;
    }

    bool next() { return read(frame_.data(), frame_.size()); }
    /// The frame belongs to this log and not to an older one in the same file.
    bool isOfThisLog() const { return wordsAt(frame_.data() + 8) == header_.salt; }
    bool isCommit() const { return wordAt(frame_.data() + 4) != 0; }
    Words storedSum() const { return wordsAt(frame_.data() + 16); }
    Words sumAfter(Words before) const
    {
        const Words sum = checksum(before, frame_.data(), kChecksummedFrameBytes, header_.isBigEndian);
        return checksum(sum, frame_.data() + kFrameHeaderBytes, header_.pageBytes, header_.isBigEndian);
    }
    Words firstSum() const { return header_.sum; }

private:
    bool read(std::uint8_t *bytes, std::size_t size)
    {
        file_.read(reinterpret_cast<char *>(bytes), static_cast<std::streamsize>(size));
        return static_cast<std::size_t>(file_.gcount()) == size;
    }

    std::ifstream file_;
    Header header_;
    std::vector<std::uint8_t> frame_;
};

Error damage(const std::string &path, std::uint64_t frame)
{
    const std::string database = path.substr(0, path.rfind("-wal"));
    return Error{Code::StorageUnavailable,
                 "the write-ahead log " + path + " is damaged at frame " + std::to_string(frame) +
                     ", before transactions that were durable. Check the disk and put back a backup of both files; or, "
                     "to go on with what is before the damage: sqlite3 " +
                     database + " 'PRAGMA wal_checkpoint(TRUNCATE)'"};
}

} // namespace

Status checkWriteAheadLog(const std::string &path)
{
    LogReader log(path);
    switch (log.begin()) {
    case LogReader::Start::Empty:
        return Ok{};
    case LogReader::Start::Damaged:
        return damage(path, 0);
    case LogReader::Start::Sound:
        break;
    }
    Words sum = log.firstSum();
    std::uint64_t wrong = 0; // the first wrong frame, counted from 1
    bool continuesCommit = false;
    for (std::uint64_t number = 1; log.next(); ++number) {
        const bool isSound = log.isOfThisLog() && log.sumAfter(sum) == log.storedSum();
        if (!isSound && wrong == 0)
            wrong = number;
        // Behind the first wrong frame the stored sum of each is the seed of the one after it.
        if (wrong != 0 && continuesCommit && isSound)
            return damage(path, wrong);
        sum = log.storedSum();
        continuesCommit = wrong != 0 && log.isOfThisLog() && log.isCommit();
    }
    return Ok{};
}

} // namespace orchestra
