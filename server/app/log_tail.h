// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/log.h"
#include "shared/base/mailbox.h"
#include "shared/wire/ops_messages.h"

#include <deque>
#include <vector>

namespace orchestra {

/// The newest log records, for consoles. `observe` is called on the log thread, everything else on the hub.
class LogTail
{
public:
    static constexpr std::size_t kRows = 2000;

    explicit LogTail(const Clock &clock)
        : incoming_(kRows, clock)
    {
    }

    /// Never waits: what the hub has not fetched in time is missing from the tail, and the index shows the gap.
    void observe(const LogRecord &record);
    /// Up to `limit` of the newest rows after `index`, oldest first.
    std::vector<wire::LogRow> rows(std::uint64_t index, std::size_t limit);

private:
    Mailbox<wire::LogRow> incoming_;
    std::uint64_t lastIndex_ = 0; // log thread
    // hub
    std::deque<wire::LogRow> rows_;
    std::vector<wire::LogRow> batch_;
};

} // namespace orchestra
