// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/app/log_tail.h"

#include <algorithm>
#include <utility>

namespace orchestra {

void LogTail::observe(const LogRecord &record)
{
    wire::LogRow row;
    row.index = ++lastIndex_;
    row.at = {record.at};
    row.level = toString(record.level);
    row.logger = record.logger;
    row.event = record.event;
    row.message = record.message;
    row.correlationId = record.correlationId;
    row.attributes.insert(record.fields.begin(), record.fields.end());
    (void)incoming_.push(std::move(row));
}

std::vector<wire::LogRow> LogTail::rows(std::uint64_t index, std::size_t limit)
{
    incoming_.drain(batch_);
    std::ranges::move(batch_, std::back_inserter(rows_));
    while (rows_.size() > kRows)
        rows_.pop_front();
    auto first = std::ranges::upper_bound(rows_, index, {}, &wire::LogRow::index);
    first = std::max(first, rows_.end() - static_cast<std::ptrdiff_t>(std::min(limit, rows_.size())));
    return {first, rows_.end()};
}

} // namespace orchestra
