// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/agents/swarm.h"
#include "server/agents/swarm_plan.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace orchestra {

/// What every planner of one turn shares.
struct SwarmMeans
{
    const AssistantAgent &assistant;
    const SwarmRules rules;
    const std::shared_ptr<UsageBudget> budget;
    std::size_t workersLeft = 0;
};

/// One question from its plan to its answer. A part that is to be split is answered by a SwarmTurn in its turn.
/// Kept alive by the turn. Lives on: hub.
class SwarmTurn final : public std::enable_shared_from_this<SwarmTurn>
{
public:
    /// `depth` counts planners from the turn's own, 1.
    SwarmTurn(std::shared_ptr<Turn> turn, std::shared_ptr<SwarmMeans> means, ReadConversation conversation,
              std::size_t depth);

    /// Told how it ended, once.
    void onOver(std::function<void(wire::CompletionStatus)> over) { over_ = std::move(over); }
    void start();

private:
    struct Worker
    {
        SwarmPart part;
        std::optional<PartEnd> end;
    };

    bool maySplit() const;
    /// What the turn was asked for, without the bound on its answer: that is the answer's alone.
    std::optional<wire::OptimizationHints> hintsOfAPart() const;
    std::shared_ptr<Turn> branch(std::string agent, std::string title, std::string content,
                                 void (SwarmTurn::*ended)(PartEnd), bool isAnswer = false);
    void work(const std::shared_ptr<Turn> &part, std::string instructions, std::vector<ModelMessage> messages,
              bool mayUseTools, bool isAnswer = false) const;
    /// Not a part of another swarm's answer.
    bool answersTheUser() const { return depth_ == 1; }
    void planned(PartEnd end);
    void answerUnsplit();
    void beginWorkers(std::vector<SwarmPart> parts);
    void beginWorker(std::size_t index);
    void workerEnded(std::size_t index, PartEnd end);
    void synthesise();
    void answered(PartEnd end);
    void answerInPieces(const Error &error);
    void failWithoutResults();

    std::vector<ModelMessage> withResults() const;
    /// What is missing in the answer; nothing when nothing is.
    std::optional<Error> shortfall() const;
    void sayShortfall();
    void count(const PartEnd &end);
    void complete(Completion completion);

    const std::shared_ptr<Turn> turn_;
    const std::shared_ptr<SwarmMeans> means_;
    const ReadConversation conversation_;
    const std::size_t depth_;
    std::function<void(wire::CompletionStatus)> over_;

    std::optional<UsageBudget::Share> held_; ///< for the synthesis
    std::vector<Worker> workers_;
    wire::Usage usage_;
};

} // namespace orchestra
