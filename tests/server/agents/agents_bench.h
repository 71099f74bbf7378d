// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/agents/change_tools.h"
#include "server/agents/dispatcher.h"
#include "server/agents/live_tools.h"
#include "server/agents/record_tools.h"
#include "tests/support/hand_models.h"
#include "tests/support/manual_clock.h"
#include "tests/support/recorded_turn.h"

namespace orchestra {

/// A live system whose rows a test writes.
class WrittenState final : public LiveState, public SeriesSource
{
public:
    ~WrittenState() override; // here, so that this class is compiled once

    wire::OverviewRow overviewRow;
    std::vector<wire::ConnectionRow> connectionRows;
    std::vector<wire::TaskRow> taskRows;
    std::vector<wire::BreakerRow> breakerRows;
    std::vector<wire::FlagRow> flagRows;
    std::vector<wire::SeriesChunk> chunks;
    mutable std::chrono::seconds askedRange{0};
    mutable std::vector<std::string> askedNames;

    wire::OverviewRow overview() const override { return overviewRow; }
    std::vector<wire::ConnectionRow> connections() const override { return connectionRows; }
    std::vector<wire::ThreadRow> threads() const override { return {}; }
    std::vector<wire::TaskRow> tasks() const override { return taskRows; }
    std::vector<wire::BreakerRow> breakers() const override { return breakerRows; }
    std::vector<wire::FlagRow> flags() const override { return flagRows; }
    wire::DegradationRow degradationRow;
    wire::DegradationRow degradation() const override { return degradationRow; }
    HealthReport health() const override { return {}; }
    bool isReady() const override { return true; }
    std::vector<std::string> seriesNames() const override { return {}; }
    std::vector<wire::SeriesChunk> series(const std::vector<std::string> &names,
                                          std::chrono::seconds range) const override
    {
        askedNames = names;
        askedRange = range;
        return chunks;
    }
};

/// Operator commands are written down and answered as the test wishes.
class WrittenAdmin final : public AdminPort
{
public:
    ~WrittenAdmin() override; // here, so that this class is compiled once

    std::vector<wire::OpsAction> actions;
    wire::OpsReply reply;
    AuditPage page;

    void act(const Principal &, wire::OpsAction action, std::function<void(wire::OpsReply)> done) override
    {
        actions.push_back(std::move(action));
        done(reply);
    }
    void readAudit(const Principal &, std::string, std::uint64_t, std::size_t,
                   std::function<void(Result<AuditPage>)> done) override
    {
        done(page);
    }
};

/// A store that answers every request with one written reply; what is asked of memories has one of its own.
class WrittenStore final : public StorePort
{
public:
    ~WrittenStore() override; // here, so that this class is compiled once

    std::vector<StoreRequest> requests;
    StoreReply reply = StoreValue(Ok{});
    StoreReply recalled = StoreValue(MemoryPage{});

    void submit(StoreRequest request, std::function<void(StoreReply)> done) override
    {
        const bool isRecall = std::holds_alternative<RecallMemories>(request);
        requests.push_back(std::move(request));
        done(isRecall ? recalled : reply);
    }
};

/// The whole room of the agents, as the composition joins it, on written surroundings.
struct AgentsBench
{
    ManualClock clock;
    WrittenState state;
    WrittenAdmin admin;
    WrittenStore store;
    DocsIndex docs{{{"operations.md", "# Operations\n\n## Storage\n\nEverything is in one SQLite database.\n"}}};
    IntentClassifier classifier = *IntentClassifier::shipped();
    ToolRegistry tools;
    HubCounters counters;
    LearnedIntents learned{classifier, 500};
    FeedbackDesk feedback{learned, store, counters, clock};
    Maestro maestro{classifier, learned, state, clock};
    OperationsAgent operations{tools, clock};
    HandModels models;
    Memory memory{store, clock};
    ConversationReader conversations{store, memory};
    AssistantRules rules; ///< before the first turn
    SwarmRules swarmRules;
    std::unique_ptr<AssistantAgent> assistant;
    std::unique_ptr<Swarm> swarm;
    std::unique_ptr<Dispatcher> dispatcher_;
    std::vector<std::shared_ptr<RecordedTurn>> turns;

    /// Made with the rules as they stand at the first turn.
    Dispatcher &dispatcher();

    AgentsBench();

    ~AgentsBench();

    std::shared_ptr<RecordedTurn> chat(const std::string &text, Role role = Role::Client);

    std::shared_ptr<RecordedTurn> ask(const std::string &text, wire::OptimizationHints hints);

    std::shared_ptr<RecordedTurn> command(const std::string &name, const std::string &rest, Role role = Role::Client);
};

} // namespace orchestra
