// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/agents/memory.h"
#include "server/core/model_call.h"
#include "server/core/store_port.h"
#include "server/core/turn.h"
#include "shared/base/thread_owner.h"

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace orchestra {

/// How much of a conversation a model is shown. A plain value.
struct ConversationRules
{
    std::size_t messages = 40;
    std::size_t bytes = 48 * 1024; ///< the newest that fit
};

/// A conversation as a model is to see it.
struct ReadConversation
{
    std::vector<ModelMessage> messages; ///< up to and with the turn's own, oldest first
    std::string remembered;             ///< to stand below a model's instructions; empty when there is nothing

    /// `instructions` with what is remembered.
    std::string brief(std::string_view instructions) const { return std::string(instructions) + remembered; }
};

/// Reads the conversation of a turn, and what its user has asked to be remembered and may matter to it.
/// Lives on: hub.
class ConversationReader
{
public:
    /// Both must outlive the reader and its turns.
    ConversationReader(StorePort &store, const Memory &memory, ConversationRules rules = {})
        : store_(store)
        , memory_(memory)
        , rules_(rules)
    {
    }

    using Read = std::function<void(ReadConversation)>;
    /// `read` is called once, unless the turn ends before. A conversation that cannot be read ends the turn as failed:
    /// without it a model would answer another question than the one that was asked.
    void read(const std::shared_ptr<Turn> &turn, Read read) const;

private:
    void recall(const std::shared_ptr<Turn> &turn, ReadConversation conversation, Read read) const;

    ThreadOwner owner_;
    StorePort &store_;
    const Memory &memory_;
    const ConversationRules rules_;
};

} // namespace orchestra
