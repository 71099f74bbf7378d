// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/agents/assistant_agent.h"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace orchestra {

/// One turn of the assistant: the model is asked, what it says is passed on, what it asks for is done and told to it,
/// until it answers without asking for more. Kept alive by the turn. Lives on: hub.
class AssistantTurn final : public std::enable_shared_from_this<AssistantTurn>, private ModelRunListener
{
public:
    AssistantTurn(std::shared_ptr<Turn> turn, Models &models, const ToolRegistry &tools, const AssistantRules &rules,
                  AssistantBrief brief);

    void start();
    /// The turn was ended from outside.
    void stop();

private:
    /// A call that the model has asked for and its outcome.
    struct Asked
    {
        ModelToolCall call;
        std::string result;
        bool isDone = false;
        std::function<void()> breakOff = {}; ///< while it runs; may be empty
    };

    void onWaiting(std::size_t ahead) override;
    void onAnswering(const ModelIdentity &identity) override { identity_ = identity; }
    void onPieces(std::vector<ModelPiece> pieces) override;
    void onEnd(const ModelRunEnd &end) override;

    void askModel();
    /// Sets tokens aside for the next call; false when the budget has too few.
    bool reserveTokens();
    /// Sets aside what the model says beyond that; false when nothing is left.
    bool coverSpeech();
    void addTools();
    void runTools(const std::vector<ModelToolCall> &calls);
    void runTool(std::size_t index);
    void invoke(std::size_t index, const wire::JsonValue &arguments);
    void toolDone(std::size_t index, std::string result);
    void count(const ModelRunEnd &end);
    void complete(const ModelFinish &finish);
    /// True when the model looks at its answer again before the turn ends with `done`.
    bool checkFirst(const Completion &done);
    void tellVerdict(const std::optional<double> &score);
    void fail(wire::CompletionStatus status, Error error);
    Completion completion() const;

    const std::shared_ptr<Turn> turn_;
    Models &models_;
    const ToolRegistry &tools_;
    const AssistantRules rules_;
    const AssistantBrief brief_;

    ModelWish wish_;
    ModelRequest request_;
    std::optional<std::uint64_t> answerLimit_; ///< as the user asked for
    std::unique_ptr<ModelRun> run_;
    std::string said_;                        ///< in this step
    std::string thinking_;                    ///< in this step
    std::uint64_t promptTokens_ = 0;          ///< of this step, estimated
    std::optional<UsageBudget::Share> share_; ///< of this step; goes before the budget
    std::unique_ptr<SelfCheck> check_;        ///< while it runs; goes before the budget
    std::vector<Asked> asked_;
    std::size_t steps_ = 0;
    std::size_t toolCalls_ = 0;
    std::map<std::pair<std::string, std::string>, std::size_t> sameCalls_; ///< by tool and arguments
    std::optional<ModelIdentity> identity_;
    std::uint64_t attempts_ = 0;
    wire::Usage usage_;
};

} // namespace orchestra
