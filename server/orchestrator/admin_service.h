// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/core/live_state.h"
#include "server/core/remote_tools.h"
#include "server/orchestrator/breaker_board.h"
#include "server/orchestrator/client_registry.h"
#include "server/orchestrator/degradation_service.h"
#include "server/orchestrator/flag_service.h"
#include "server/orchestrator/reception.h"
#include "server/orchestrator/task_registry.h"

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace orchestra {

/// Operator commands, the same over the ops channel, REST and chat: the role is checked, then the revision, then the
/// audit entry is made durable, then the change takes effect and is answered, with a way to undo it where there is
/// one. A refusal is audited too. A command that comes again under its request id is not done again: it gets the
/// answer of the first, also while that is still under way. Lives on: hub.
class AdminService final : public AdminPort
{
public:
    static constexpr std::chrono::minutes kUndoLife{10};
    static constexpr std::size_t kRememberedCommands = 200;
    static constexpr std::size_t kRecentChanges = 20;

    AdminService(const Hub &hub, FlagService &flags, BreakerBoard &breakers, DegradationService &degradation,
                 ClientRegistry &clients, Reception &reception, TaskRegistry &tasks);
    AdminService(const AdminService &) = delete;
    AdminService &operator=(const AdminService &) = delete;

    void act(const Principal &actor, wire::OpsAction action, std::function<void(wire::OpsReply)> done) override;
    void readAudit(const Principal &actor, std::string target, std::uint64_t beforeIndex, std::size_t limit,
                   std::function<void(Result<AuditPage>)> done) override;

    /// Writes down what the server has done by itself.
    void auditOwn(const char *action, std::string target, DegradationLevel before, DegradationLevel after,
                  std::string reason);

    /// What start_drain does. Set once.
    void onDrain(std::function<void(std::string actor)> drain) { drain_ = std::move(drain); }
    /// What clear_cache does: forgets the answers of a namespace. Set once.
    void onClearCache(std::function<void(const std::string &space)> clear) { clearCache_ = std::move(clear); }
    /// Where accept_tool looks and what it changes; without it there are no tools. Must outlive this.
    void setToolReview(ToolReview &review) { tools_ = &review; }
    /// How a tool (SERVER/TOOL) describes itself; nothing when there is none of that name.
    std::optional<wire::ToolDescription> tool(const std::string &name) const;
    /// Called after each audit entry.
    void onAudit(std::function<void()> audited) { audited_ = std::move(audited); }
    /// The latest changes that took effect, newest first.
    const std::deque<wire::ChangeRow> &recentChanges() const { return recent_; }

private:
    /// What an action comes down to, before anything was changed.
    struct Plan
    {
        Role needs = Role::Operator;
        std::string name;   ///< of the action
        std::string target; ///< what it changes
        std::string before;
        std::string after;
        std::optional<std::uint64_t> revision;        ///< of the target, where it has one
        std::optional<wire::FlagRow> flag;            ///< stored together with the audit entry
        std::function<Result<std::uint64_t>()> apply; ///< returns the target's new revision
        std::optional<wire::ActionBody> undo;
        std::optional<Error> error; ///< it cannot be done at all
        std::string message;
    };
    struct Undo
    {
        wire::ActionBody action;
        std::optional<std::uint64_t> revision; ///< only while nobody has changed it since
        MonotonicTime expires;
    };
    using Done = std::function<void(wire::OpsReply)>;
    /// A command by its request id, until its answer is forgotten.
    struct Command
    {
        wire::OpsAction action;
        std::vector<Done> waiting; ///< while it is under way: who sent it, and who sent it again
        std::optional<wire::OpsReply> reply;
    };

    void perform(const Principal &actor, wire::OpsAction action, Done done);
    void finish(const std::string &key, wire::OpsReply reply);
    Plan plan(const Principal &actor, const wire::OpsAction &action);
    Plan plan(const Principal &actor, const wire::SetFlag &change) const;
    Plan plan(const Principal &actor, const wire::OverrideBreaker &change, const std::string &reason) const;
    Plan plan(const wire::ProbeBreaker &probe) const;
    Plan plan(const Principal &actor, const wire::PinDegradation &pin, const std::string &reason) const;
    Plan plan(const wire::CloseConnections &close) const;
    Plan plan(const wire::CancelTask &cancel) const;
    Plan plan(const wire::ClearCache &clear) const;
    Plan plan(const Principal &actor, const wire::ResolveApproval &decision) const;
    Plan plan(const Principal &actor, const wire::AcceptTool &accept) const;
    Plan planDrain(const Principal &actor) const;
    std::optional<Error> objection(const Principal &actor, const wire::OpsAction &action, const Plan &plan) const;

    wire::AuditRow auditRow(const Principal &actor, const wire::OpsAction &action, const Plan &plan,
                            std::string result) const;
    void refuse(const Principal &actor, const wire::OpsAction &action, const Plan &plan, Error error, const Done &done);
    void applied(const Principal &actor, const wire::OpsAction &action, const Plan &plan, std::uint64_t revision,
                 const Done &done);
    void audited();
    std::string rememberUndo(wire::ActionBody action, std::optional<std::uint64_t> revision);

    const Hub &hub_;
    FlagService &flags_;
    BreakerBoard &breakers_;
    DegradationService &degradation_;
    ClientRegistry &clients_;
    Reception &reception_;
    TaskRegistry &tasks_;
    ToolReview *tools_ = nullptr;
    std::function<void(std::string)> drain_;
    std::function<void(const std::string &)> clearCache_;
    std::function<void()> audited_;
    std::map<std::string, Undo> undos_;
    std::deque<wire::ChangeRow> recent_;
    std::map<std::string, Command> commands_; ///< by actor and request id
    std::deque<std::string> answered_;        ///< of these, the ones that were done, oldest first
};

} // namespace orchestra
