// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/agents/conversation_reader.h"
#include "server/agents/self_check.h"
#include "server/agents/tool.h"
#include "server/core/conversation/usage_budget.h"
#include "server/core/models.h"
#include "server/core/turn.h"
#include "shared/base/thread_owner.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace orchestra {

/// What keeps a loop of a model and its tools from going on for ever. A plain value.
struct AssistantRules
{
    std::size_t steps = 8;                   ///< answers of the model, the last included
    std::size_t toolCalls = 16;              ///< in a turn
    std::size_t identicalCalls = 2;          ///< of the same tool with the same arguments
    std::size_t toolResultBytes = 16 * 1024; ///< of one result that the model is shown
    std::uint64_t turnTokens = 200'000;      ///< of all calls of a turn, prompts included
    std::uint64_t answerTokens = 4096;       ///< set aside for each answer of a model
    SelfCheckRules selfCheck;
};

/// What the assistant is to do in a turn.
struct AssistantBrief
{
    wire::ExecutionMode mode = wire::ExecutionMode::Balanced;
    std::string instructions;
    std::vector<ModelMessage> messages; ///< the conversation, the question last
    bool mayUseTools = true;
    bool isAnswer = true;                ///< what comes of it is the user's answer, and may be worth a second look
    std::shared_ptr<UsageBudget> budget; ///< never null
};

/// Answers with a language model, which may call tools: those the user may use, each call shown as it happens, what
/// changes the server only after the user's consent. Lives on: hub.
class AssistantAgent
{
public:
    static constexpr const char *kName = "assistant";

    /// All must outlive the agent and its turns.
    AssistantAgent(Models &models, const ToolRegistry &tools, const ConversationReader &conversations,
                   AssistantRules rules = {})
        : models_(models)
        , tools_(tools)
        , conversations_(conversations)
        , rules_(rules)
    {
    }

    /// There is a model server, so that an answer can at least be tried.
    bool isAvailable() const { return !models_.isEmpty(); }
    /// Answers the turn's own message; FAST is one call without tools.
    void run(const std::shared_ptr<Turn> &turn, wire::ExecutionMode mode = wire::ExecutionMode::Balanced) const;
    /// Does what the brief says, in the turn of a part.
    void work(const std::shared_ptr<Turn> &turn, AssistantBrief brief) const;

private:
    ThreadOwner owner_;
    Models &models_;
    const ToolRegistry &tools_;
    const ConversationReader &conversations_;
    const AssistantRules rules_;
};

} // namespace orchestra
