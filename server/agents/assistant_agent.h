// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/agents/tool.h"
#include "server/core/models.h"
#include "server/core/store_port.h"
#include "server/core/turn.h"
#include "shared/base/thread_owner.h"

#include <cstddef>
#include <memory>

namespace orchestra {

/// What keeps a loop of a model and its tools from going on for ever. A plain value.
struct AssistantRules
{
    std::size_t steps = 8;                   ///< answers of the model, the last included
    std::size_t toolCalls = 16;              ///< in a turn
    std::size_t identicalCalls = 2;          ///< of the same tool with the same arguments
    std::size_t historyMessages = 40;        ///< of the conversation that the model is shown
    std::size_t historyBytes = 48 * 1024;    ///< the newest that fit
    std::size_t toolResultBytes = 16 * 1024; ///< of one result that the model is shown
};

/// Answers with a language model, which may call tools: those the user may use, each call shown as it happens, what
/// changes the server only after the user's consent. Lives on: hub.
class AssistantAgent
{
public:
    static constexpr const char *kName = "assistant";

    /// All must outlive the agent and its turns.
    AssistantAgent(Models &models, const ToolRegistry &tools, StorePort &store, AssistantRules rules = {})
        : models_(models)
        , tools_(tools)
        , store_(store)
        , rules_(rules)
    {
    }

    /// There is a model server, so that an answer can at least be tried.
    bool isAvailable() const { return !models_.isEmpty(); }
    void run(const std::shared_ptr<Turn> &turn) const;

private:
    ThreadOwner owner_;
    Models &models_;
    const ToolRegistry &tools_;
    StorePort &store_;
    const AssistantRules rules_;
};

} // namespace orchestra
