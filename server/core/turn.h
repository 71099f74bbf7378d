// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/core/answer_text.h"
#include "server/core/request_context.h"
#include "shared/wire/chat_messages.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace orchestra {

/// How an agent ends its turn. The text of the answer is what it said; the orchestrator adds timings and usage.
struct Completion
{
    wire::CompletionStatus status = wire::CompletionStatus::Completed;
    std::optional<Error> error; ///< required unless completed
    wire::AnswerSource source = wire::AnswerSource::Manager;
    wire::ExecutionMode executionMode = wire::ExecutionMode::Fast;
    std::optional<double> qualityScore; ///< only when measured
    std::optional<double> selfCheck;    ///< 0..1: what the model thought of its answer at a second look
    std::optional<std::string> provider;
    std::optional<std::string> model;
    std::uint64_t attempt = 1;               ///< which call of the model it was that answered
    std::optional<std::string> fallbackFrom; ///< the model that was to answer, when another one did
    std::optional<std::string> route;        ///< why this model, for people
    std::optional<std::uint64_t> cachedAgeS; ///< of a kept answer that was given again
    std::optional<wire::Usage> usage;        ///< absent: estimated by the orchestrator
};

class Turn;

/// What became of a part of a turn.
struct PartEnd
{
    Completion completion;
    std::vector<AnswerText> said; ///< in its order; what one maker said on end is one text
};

/// A part of a turn that is worked on apart.
struct PartOrder
{
    std::string agentName;
    std::string title;   ///< what it is about, for the user
    std::string content; ///< what its agent is asked
    std::optional<wire::OptimizationHints> hints;
    /// Hears the words of the part as they come; may be empty. They are no part of the turn's answer unless they are
    /// said there.
    std::function<void(const AnswerText &)> said;
    /// Called once when the part has ended, by itself or from outside; not when the turn has ended.
    std::function<void(PartEnd)> ended;
};

/// One task as an agent sees it: what was asked, and the only way to be heard.
/// Everything is a no-op once the task has ended (cancelled, over its deadline, shut down), so an agent's late
/// callbacks are harmless. Lives on: hub.
class Turn
{
public:
    virtual ~Turn() = default;

    virtual const RequestContext &context() const = 0;
    /// The user's text; for a command its arguments as text.
    virtual const std::string &content() const = 0;
    /// Set when the turn is a command (a `command` frame, or /name in a chat).
    virtual const std::optional<std::string> &commandName() const = 0;
    virtual const std::optional<wire::RawJson> &commandArguments() const = 0;
    virtual const std::optional<wire::OptimizationHints> &hints() const = 0;
    virtual bool isAlive() const = 0;

    /// What Maestro read; shown in task lists and counted.
    virtual void setIntent(std::string intent, double confidence) = 0;
    virtual void startAgent(std::string agentName) = 0;
    virtual void think(std::string agentName, ReportText text) = 0;
    /// Returns the call id for finishTool.
    virtual std::string startTool(std::string toolName, wire::RawJson parameters) = 0;
    virtual void finishTool(const std::string &callId, bool ok, wire::RawJson result) = 0;
    /// How far a call is, in a few words: shown in task lists only.
    virtual void progressTool(const std::string &callId, const std::string &words) = 0;
    virtual void say(const AnswerText &delta) = 0;
    /// Asks the user to confirm; `decided` is called once (Expired after 5 min or when the task ends).
    virtual void requireApproval(std::string what, wire::RawJson parameters,
                                 std::function<void(wire::ApprovalOutcome)> decided) = 0;
    /// Begins a part with a task id of its own, below this one in task lists, which can be cancelled alone. A turn that
    /// ends takes its parts along.
    virtual std::shared_ptr<Turn> branch(PartOrder order) = 0;
    /// Ends the task. Exactly once; later calls are ignored and counted.
    virtual void complete(Completion completion) = 0;
    /// Called when the task ends from outside, so that the agent can stop its work. At most one callback.
    virtual void onEnded(std::function<void()> ended) = 0;
};

/// Gives a turn to the right command or agent. Implemented by server/agents. Lives on: hub.
class TurnRunner
{
public:
    virtual ~TurnRunner() = default;
    /// Never blocks; the turn is answered through `turn`, at once or later.
    virtual void run(std::shared_ptr<Turn> turn) = 0;
};

} // namespace orchestra
