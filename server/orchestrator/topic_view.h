// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/wire/ops_messages.h"
#include "shared/wire/row_filter.h"

#include <memory>
#include <vector>

namespace orchestra {

/// What one console sees of one topic: the rows that pass its filter, in its order, within its window; and what of
/// them it was sent, so that only differences follow. Pure. Lives on: hub.
class TopicView
{
public:
    /// More rows than this are never sent at once; a longer table is looked at through a window.
    static constexpr std::size_t kMaxRows = 1000;
    /// Rows of one part of a snapshot.
    static constexpr std::size_t kPartRows = 250;

    virtual ~TopicView() = default;

    /// Null when the topic is no table of rows.
    static std::unique_ptr<TopicView> forTopic(const wire::Subscribe &subscription, RowFilter filter);

    /// Everything that is to be seen, in parts; what follows is compared with it.
    virtual std::vector<wire::TopicSnapshot> snapshot(const wire::Rows &all, std::uint64_t revision) = 0;
    /// What has changed since; false when nothing has.
    virtual bool delta(const wire::Rows &all, std::uint64_t revision, wire::TopicDelta &out) = 0;
};

} // namespace orchestra
