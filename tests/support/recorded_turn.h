// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/core/turn.h"

#include <string>
#include <utility>
#include <vector>

namespace orchestra {

/// A turn that writes down what an agent does with it. Approvals wait until the test decides; parts are turns of the
/// same kind, whose ends go to who ordered them.
class RecordedTurn final : public Turn
{
public:
    explicit RecordedTurn(std::string content)
        : content_(std::move(content))
    {
        context_.principal.userId = "ann";
        context_.principal.role = Role::Client;
    }
    ~RecordedTurn() override;

    // what a test sets
    RequestContext context_;
    std::string content_;
    std::optional<std::string> command_;
    std::optional<wire::RawJson> arguments_;

    // what an agent did
    std::string intent;
    double confidence = -1;
    std::vector<std::string> agents;
    std::vector<std::pair<std::string, std::string>> thoughts;     ///< who, what
    std::vector<std::pair<std::string, std::string>> toolsStarted; ///< name, arguments
    std::vector<std::pair<bool, std::string>> toolsFinished;       ///< ok, result
    std::vector<std::string> progress;                             ///< of tools
    std::vector<std::string> deltas;
    std::vector<Completion> completions;
    std::string approvalText;
    std::function<void(wire::ApprovalOutcome)> approval;
    std::vector<std::shared_ptr<RecordedTurn>> parts;
    PartOrder order;              ///< of a part
    std::vector<AnswerText> said; ///< of a part

    std::string answer() const
    {
        std::string all;
        for (const std::string &delta : deltas)
            all += delta;
        return all;
    }
    bool isCompleted() const { return completions.size() == 1; }
    Code errorCode() const
    {
        return isCompleted() && completions[0].error ? completions[0].error->code : Code::Internal;
    }

    const RequestContext &context() const override { return context_; }
    const std::string &content() const override { return content_; }
    const std::optional<std::string> &commandName() const override { return command_; }
    const std::optional<wire::RawJson> &commandArguments() const override { return arguments_; }
    const std::optional<wire::OptimizationHints> &hints() const override { return hints_; }
    bool isAlive() const override { return completions.empty(); }
    void setIntent(std::string name, double sure) override
    {
        intent = std::move(name);
        confidence = sure;
    }
    void startAgent(std::string name) override { agents.push_back(std::move(name)); }
    void think(std::string name, ReportText text) override { thoughts.emplace_back(std::move(name), text.text()); }
    std::string startTool(std::string name, wire::RawJson parameters) override
    {
        toolsStarted.emplace_back(std::move(name), parameters.text);
        return "call-" + std::to_string(toolsStarted.size());
    }
    void progressTool(const std::string &, const std::string &words) override { progress.push_back(words); }
    void finishTool(const std::string &, bool ok, wire::RawJson result) override
    {
        toolsFinished.emplace_back(ok, result.text);
    }
    void say(const AnswerText &delta) override
    {
        deltas.push_back(std::visit([](const auto &text) { return text.text(); }, delta));
        said.push_back(delta);
        if (order.said)
            order.said(delta);
    }
    void requireApproval(std::string what, wire::RawJson, std::function<void(wire::ApprovalOutcome)> decided) override
    {
        approvalText = std::move(what);
        approval = std::move(decided);
    }
    void complete(Completion completion) override
    {
        completions.push_back(std::move(completion));
        ended_ = {};
        tellOrderer();
    }
    std::shared_ptr<Turn> branch(PartOrder ordered) override
    {
        auto part = std::make_shared<RecordedTurn>(ordered.content);
        part->context_ = context_;
        part->hints_ = ordered.hints;
        part->order = std::move(ordered);
        parts.push_back(part);
        return part;
    }
    void onEnded(std::function<void()> ended) override { ended_ = std::move(ended); }

    /// Lets go of what an agent left here, which holds the turn in its turn.
    void forget()
    {
        approval = {};
        ended_ = {};
        order = {};
        for (const auto &part : parts)
            part->forget();
    }

    /// As a cancel does.
    void endFromOutside()
    {
        for (const auto &part : parts) {
            part->order.ended = {};
            if (part->isAlive())
                part->endFromOutside();
        }
        completions.push_back(
            {.status = wire::CompletionStatus::Cancelled, .error = Error{Code::Cancelled, "cancelled"}});
        if (const auto ended = std::exchange(ended_, {}))
            ended();
        tellOrderer();
    }

    std::optional<wire::OptimizationHints> hints_;

private:
    void tellOrderer()
    {
        if (const auto ended = std::exchange(order.ended, {}))
            ended({completions.front(), said});
    }

    std::function<void()> ended_;
};

} // namespace orchestra
