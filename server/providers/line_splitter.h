// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

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
        std::size_t at = 0;
        // Where the first LF from `at` on is, or the end: looked for again only when it is passed, so that it costs
        // nothing that CRs come in great numbers.
        std::size_t feed = std::min(bytes.find('\n'), bytes.size());
        while (at < bytes.size()) {
            if (std::exchange(skipLf_, false) && feed == at) {
                ++at;
            } else {
                const std::string_view until = bytes.substr(at, feed - at);
                const std::string_view text = until.substr(0, until.find('\r'));
                if (started_.size() + text.size() > limit_) {
                    isTooLong_ = true;
                    return false;
                }
                at += text.size();
                if (at == bytes.size()) {
                    started_.append(text);
                    return true;
                }
                skipLf_ = bytes[at] == '\r';
                ++at;
                if (!give(text, line))
                    return false;
            }
            if (feed < at)
                feed = std::min(bytes.find('\n', at), bytes.size());
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
