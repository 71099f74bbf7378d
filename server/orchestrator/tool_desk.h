// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/core/health.h"
#include "server/core/remote_tools.h"
#include "server/orchestrator/hub.h"
#include "server/orchestrator/tool_acceptance.h"
#include "server/orchestrator/tool_guard.h"

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace orchestra {

class GuardedToolRun;

/// What an operator has decided about the tools of other programs.
struct ToolPolicy
{
    ToolTrust trust = ToolTrust::FirstLook;
    bool isConsentAlwaysNeeded = false; ///< else only for what does not call itself read-only
    ToolLimits limits;
    ConcurrencyPolicy concurrency{.least = 1, .first = 8, .most = 64};
    BreakerPolicy breaker;                   ///< its times are set from the limits
    RetryPolicy retries{.extraAttempts = 0}; ///< of calls that change nothing
    std::size_t waiting = 64;                ///< calls that may wait for a place at one server
    std::chrono::milliseconds refresh = std::chrono::seconds(60);
    std::map<std::string, ToolAudience> audiences; ///< by server; who is not named: everybody
};

/// Keeps the lists of the servers of tools, decides which tools may be offered, and calls them, each server behind its
/// guard. Lives on: hub.
class ToolDesk final : public RemoteTools, public ToolReview
{
public:
    /// How long after a failure a server is asked again.
    static constexpr std::chrono::seconds kTroubledEvery{5};
    /// A server cannot have itself asked more often.
    static constexpr std::chrono::seconds kMostOften{5};
    /// In this time a server gets no more lines in the audit log than it may have tools, however often it changes them.
    static constexpr std::chrono::hours kReportsIn{1};

    /// All must outlive the desk. Runs that outlive the desk are cancelled by its end.
    ToolDesk(const Hub &hub, BreakerBoard &board, ToolPort &port, ToolPolicy policy);
    ~ToolDesk() override;

    /// Loads what was accepted, then looks at every server. Once.
    void start(std::vector<ToolServerSettings> servers);

    /// Whether the server can bear that tools of others are used: while it cannot, none is offered.
    void allow(bool isAllowed);

    std::vector<OfferedTool> offers() const override;
    std::vector<ToolServerState> servers() const override;
    std::unique_ptr<ToolRun> call(const std::string &name, const std::string &digest, wire::RawJson arguments,
                                  const RequestContext &caller, ToolListener &listener) override;
    void onChange(std::function<void()> changed) override { changed_ = std::move(changed); }
    std::optional<ToolState> find(const std::string &name) const override;
    Status accept(const std::string &name, const std::string &digest, const std::string &actor) override;

    /// Degraded while a server does not answer or a tool waits for an operator. Having none is no illness.
    HealthCheck health() const;
    /// What an operator should look at.
    std::vector<wire::ProblemRow> problems() const;
    /// The tools as consoles show them.
    std::vector<wire::ToolRow> rows() const;
    /// Called when rows() may give something else than before.
    void onState(std::function<void()> told) { stateChanged_ = std::move(told); }
    /// How many tools of each server stand where.
    std::map<std::pair<std::string, std::string>, std::uint64_t> counts() const;
    /// Every server and its tools, as one JSON object.
    std::string toJson() const;

private:
    friend class GuardedToolRun;

    /// What was measured of a tool since the start.
    struct Figures
    {
        std::uint64_t calls = 0;
        std::uint64_t failures = 0;
        double ms = 0; ///< smoothed
    };
    struct Server
    {
        Server(ToolServerSettings from, Schedule &schedule)
            : settings(std::move(from))
            , next(schedule)
        {
        }
        ToolServerSettings settings;
        std::unique_ptr<ToolGuard> guard;
        ToolAudience audience = ToolAudience::Everybody;
        std::optional<Error> trouble = Error{Code::NotReady, "it was not heard of yet", true};
        WallMs troubledSince = 0;
        ToolList list;
        std::vector<ToolState> tools;
        MonotonicTime reportsSince{};
        std::size_t reports = 0; ///< in the audit log, since then
        bool isHurried = false;  ///< it has said since the last look began that its tools changed: the next is soon
        Alarm next;
    };

    void loadPins();
    void look(Server &server);
    void take(Server &server, Result<ToolList> list);
    void judge(Server &server);
    void pinAll(Server &server);
    bool mayReport(Server &server) const;
    void report(const Server &server, const ToolState &tool);
    void publish();
    void measured(const std::string &name, const ToolEnd &end);
    const Server *serverOf(const std::string &name, const ToolState *&tool) const;

    const Hub &hub_;
    BreakerBoard &board_;
    ToolPort &port_;
    const ToolPolicy policy_;
    ToolAcceptance acceptance_;
    std::vector<std::unique_ptr<Server>> servers_;
    bool isAllowed_ = true;
    std::vector<OfferedTool> offers_;        ///< as last published
    std::map<std::string, Figures> figures_; ///< by the name under which a tool is offered
    std::set<GuardedToolRun *> runs_;
    std::function<void()> changed_;
    std::function<void()> stateChanged_;
    Alarm loading_;
};

} // namespace orchestra
