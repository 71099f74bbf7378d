// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/core/model_call.h"
#include "server/core/store_port.h"
#include "server/core/turn.h"
#include "shared/base/thread_owner.h"

#include <cstddef>
#include <functional>
#include <memory>
#include <vector>

namespace orchestra {

/// How much of a conversation a model is shown. A plain value.
struct ConversationRules
{
    std::size_t messages = 40;
    std::size_t bytes = 48 * 1024; ///< the newest that fit
};

/// Reads the conversation of a turn as a model is to see it. Lives on: hub.
class ConversationReader
{
public:
    /// `store` must outlive the reader and its turns.
    explicit ConversationReader(StorePort &store, ConversationRules rules = {})
        : store_(store)
        , rules_(rules)
    {
    }

    using Read = std::function<void(std::vector<ModelMessage>)>;
    /// `read` is called, unless the turn ends before, with the conversation up to and with the turn's own message,
    /// oldest first. A conversation that cannot be read ends the turn as failed: without it a model would answer
    /// another question than the one that was asked.
    void read(const std::shared_ptr<Turn> &turn, Read read) const;

private:
    ThreadOwner owner_;
    StorePort &store_;
    const ConversationRules rules_;
};

} // namespace orchestra
