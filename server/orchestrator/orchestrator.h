// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/core/live_state.h"
#include "server/core/service_gate.h"
#include "server/orchestrator/admin_service.h"
#include "server/orchestrator/answer_quality.h"
#include "server/orchestrator/api_service.h"
#include "server/orchestrator/auth.h"
#include "server/orchestrator/breaker_board.h"
#include "server/orchestrator/chat_service.h"
#include "server/orchestrator/client_registry.h"
#include "server/orchestrator/completion_service.h"
#include "server/orchestrator/degradation_service.h"
#include "server/orchestrator/flag_service.h"
#include "server/orchestrator/following.h"
#include "server/orchestrator/frame_desk.h"
#include "server/orchestrator/ops_service.h"
#include "server/orchestrator/outbox.h"
#include "server/orchestrator/reception.h"
#include "server/orchestrator/router.h"
#include "server/orchestrator/surroundings.h"
#include "server/orchestrator/task_registry.h"
#include "server/orchestrator/thread_service.h"
#include "shared/base/thread_owner.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace orchestra {

/// The hub's business, joined: owns every service above, feeds them what the edge sends, and shows them to the rest of
/// the server as LiveState. Lives on: hub.
class Orchestrator final : public LiveState
{
public:
    Orchestrator(const Hub &hub, ServiceGate &gate, Surroundings surroundings);
    ~Orchestrator() override;
    Orchestrator(const Orchestrator &) = delete;
    Orchestrator &operator=(const Orchestrator &) = delete;

    /// Who answers turns. Before the gate opens.
    void setRunner(TurnRunner &runner) { tasks_.setRunner(runner); }
    void setFeedbackListener(FeedbackListener &listener) { chats_.setFeedbackListener(listener); }
    /// What clients of OpenAI's API may call. Before the gate opens.
    void setModels(Models &models) { completions_.setModels(models); }
    /// Another line of /health. `check` is called with each report.
    void addHealthCheck(std::function<HealthCheck()> check) { checks_.push_back(std::move(check)); }
    /// More of what an operator should look at. `problems` is called with each look at the overview.
    void addProblems(std::function<std::vector<wire::ProblemRow>()> problems)
    {
        problemSources_.push_back(std::move(problems));
    }
    /// What consoles watch that is kept elsewhere: its rows, whether somebody watches, and that it has changed.
    void showRows(wire::Topic topic, std::function<void(wire::Rows &)> fill) { ops_.showRows(topic, std::move(fill)); }
    void onWatch(wire::Topic topic, std::function<void(bool)> told) { ops_.onWatch(topic, std::move(told)); }
    void touch(wire::Topic topic) { ops_.touch(topic); }

    /// Everything that the edge threads have sent, in order. One bad message harms nobody else's.
    void handle(std::vector<FromEdge> &batch);

    /// Loads tokens and flags from the store. Part of the start.
    void load(std::function<void(Status)> done);
    /// The store began to fail, or works again (nothing).
    void storeAvailability(const std::optional<Error> &failure);

    // Going down, in this order.
    void beginDrain(const std::string &why);
    bool isDraining() const { return draining_; }
    std::size_t openTasks() const { return tasks_.size(); }
    std::size_t openConnections() const { return clients_.size() + ops_.consoles(); }
    /// `idle` is called once no task is open any more; at once when there is none.
    void whenIdle(std::function<void()> idle);
    void interruptTasks() { tasks_.interruptAll("the server has stopped"); }
    void closeEverything(std::chrono::milliseconds retryAfter, const std::string &why);

    /// Forgets every connection, when the edge has none left that could say so.
    void forgetConnections();

    AdminService &admin() { return admin_; }
    Auth &auth() { return auth_; }
    BreakerBoard &breakerBoard() { return breakers_; }
    const AnswerQuality &answerQuality() const { return quality_; }
    DegradationService &degradationService() { return degradation_; }
    const std::vector<EdgeCounters> &edgeCounters() const { return edgeCounters_; }
    std::map<int, std::uint64_t> connectionsByVersion() const;
    std::size_t threadsWithReaders() const { return threads_.withReaders(); }
    std::size_t threadsLoaded() const { return threads_.size(); }
    std::size_t tasksRunning() const { return tasks_.running(); }
    std::size_t tasksQueued() const { return tasks_.queued(); }

    // LiveState
    wire::OverviewRow overview() const override;
    std::vector<wire::ConnectionRow> connections() const override { return clients_.rows(); }
    std::vector<wire::ThreadRow> threads() const override { return threads_.rows(); }
    std::vector<wire::TaskRow> tasks() const override { return tasks_.rows(); }
    std::vector<wire::BreakerRow> breakers() const override { return breakers_.rows(); }
    std::vector<wire::FlagRow> flags() const override { return flags_.rows(); }
    wire::DegradationRow degradation() const override;
    HealthReport health() const override;
    bool isReady() const override;

private:
    void wire();
    void loadPin(const std::function<void(Status)> &done);
    void degradationChanged(const DegradationLadder::Change &change);
    void takeReport(const EdgeReport &report);
    std::vector<wire::ProblemRow> problems() const;
    std::string sentence(const std::vector<wire::ProblemRow> &problems) const;
    std::optional<double> latest(std::string_view series) const;

    ThreadOwner owner_;
    const Hub &hub_;
    ServiceGate &gate_;
    const Surroundings surroundings_;
    const WallMs startedAt_;
    std::vector<std::function<HealthCheck()>> checks_;
    std::vector<std::function<std::vector<wire::ProblemRow>()>> problemSources_;

    Outbox outbox_;
    Auth auth_;
    FlagService flags_;
    BreakerBoard breakers_;
    DegradationService degradation_;
    ClientRegistry clients_;
    ThreadService threads_;
    AnswerQuality quality_;
    Following following_;
    TaskRegistry tasks_;
    Reception reception_;
    ChatService chats_;
    CompletionService completions_;
    FrameDesk desk_;
    AdminService admin_;
    OpsService ops_;
    ApiService api_;
    Router router_;

    std::vector<EdgeCounters> edgeCounters_;
    std::optional<Error> storeFailure_;
    WallMs storeFailedAt_ = 0;
    bool draining_ = false;
    std::string drainReason_;
    std::function<void()> whenIdle_;
};

} // namespace orchestra
