// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace orchestra {

/// Cuts a stream of bytes into lines, however it arrives. A line ends with LF, CR or CRLF. Lines that arrive whole are
/// not copied.
class LineSplitter
{
public:
    /// `limit`: bytes of the longest line, without its end.
    explicit LineSplitter(std::size_t limit)
        : limit_(limit)
    {
    }

    /// Calls `line(std::string_view) -> bool` for each line that is complete; false from it ends the cutting.
    /// False when it did, or when a line is longer than the limit; the splitter is of no further use then.
    template <class Line>
    bool take(std::string_view bytes, Line &&line)
    {
        while (!bytes.empty()) {
            if (skipLf_ && bytes.front() == '\n')
                bytes.remove_prefix(1);
            skipLf_ = false;
            const std::size_t end = bytes.find_first_of("\r\n");
            if (started_.size() + (end == std::string_view::npos ? bytes.size() : end) > limit_) {
                isTooLong_ = true;
                return false;
            }
            if (end == std::string_view::npos) {
                started_.append(bytes);
                return true;
            }
            skipLf_ = bytes[end] == '\r';
            if (!give(bytes.substr(0, end), line))
                return false;
            bytes.remove_prefix(end + 1);
        }
        return true;
    }

    /// A last line that has no end.
    std::string_view rest() const { return started_; }
    bool isTooLong() const { return isTooLong_; }
    std::size_t limit() const { return limit_; }

private:
    template <class Line>
    bool give(std::string_view end, Line &&line)
    {
        if (started_.empty())
            return line(end);
        started_.append(end);
        const bool goOn = line(std::string_view(started_));
        started_.clear();
        return goOn;
    }

    const std::size_t limit_;
    std::string started_;
    bool skipLf_ = false;
    bool isTooLong_ = false;
};

} // namespace orchestra
