// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/edge/frame_traces.h"

#include <algorithm>
#include <limits>

namespace orchestra {

void FrameTraces::add(WallMs at, bool isOutbound, std::string_view type, std::size_t bytes, std::uint64_t sequence)
{
    const auto size =
        static_cast<std::uint32_t>(std::min<std::size_t>(bytes, std::numeric_limits<std::uint32_t>::max()));
    const Row row{at, type, sequence, size, isOutbound};
    if (rows_.size() < kKept)
        rows_.push_back(row);
    else
        rows_[next_] = row;
    next_ = (next_ + 1) % kKept;
}

std::vector<wire::FrameTrace> FrameTraces::list() const
{
    std::vector<wire::FrameTrace> traces;
    traces.reserve(rows_.size());
    const std::size_t first = rows_.size() < kKept ? 0 : next_;
    for (std::size_t i = 0; i < rows_.size(); ++i) {
        const Row &row = rows_[(first + i) % rows_.size()];
        traces.push_back({{row.at}, row.isOutbound, std::string(row.type), row.bytes, row.sequence});
    }
    return traces;
}

} // namespace orchestra
