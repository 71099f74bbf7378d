// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/agents/request.h"
#include "shared/base/clock.h"
#include "shared/base/ids.h"
#include "shared/base/thread_owner.h"

#include <chrono>
#include <cstddef>
#include <list>
#include <optional>
#include <string_view>
#include <unordered_map>

namespace orchestra {

/// What the last turn of a conversation was about.
struct LastTurn
{
    OperationsRequest request; ///< of a turn about this server; Intent::Generate when a model answered
    MonotonicTime at{};
};

/// Remembers for a while what conversations were about, so that "and yesterday?" can be read. In memory only; the
/// conversation that was quiet for longest is forgotten first. Lives on: hub.
class ConversationContexts
{
public:
    static constexpr std::size_t kMost = 2000;
    static constexpr std::chrono::minutes kLife{10};

    explicit ConversationContexts(const Clock &clock)
        : clock_(clock)
    {
    }

    void note(const ThreadId &thread, OperationsRequest request);
    /// Nothing when the last turn is too long ago.
    std::optional<LastTurn> last(const ThreadId &thread) const;
    std::size_t size() const { return turns_.size(); }

private:
    using Order = std::list<std::pair<ThreadId, LastTurn>>; // the newest first
    ThreadOwner owner_;
    const Clock &clock_;
    Order order_;
    std::unordered_map<ThreadId, Order::iterator> turns_;
};

/// True when a text goes on with what was spoken of: "and for bob?", "what about yesterday", "why?".
bool soundsLikeFollowUp(std::string_view text);

/// True when a text has no word that carries meaning of its own: "and now?", "why?".
bool saysNothingNew(std::string_view text);

/// What `now` means when it goes on with `before`: its intent, and of its particulars those that are not said anew.
OperationsRequest continued(const OperationsRequest &before, OperationsRequest now);

} // namespace orchestra
