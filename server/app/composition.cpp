// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/app/composition.h"

#include "server/agents/assistant_agent.h"
#include "server/agents/change_tools.h"
#include "server/agents/dispatcher.h"
#include "server/agents/live_tools.h"
#include "server/agents/record_tools.h"
#include "server/agents/remote_tool_set.h"
#include "server/agents/shipped_docs.h"
#include "server/app/agent_settings.h"
#include "server/app/hub_loop.h"
#include "server/app/log_tail.h"
#include "server/app/model_settings.h"
#include "server/app/service_notifier.h"
#include "server/app/settings.h"
#include "server/app/startup.h"
#include "server/app/tool_settings.h"
#include "server/edge/edge_server.h"
#include "server/observe/log_writer.h"
#include "server/observe/process_stats.h"
#include "server/observe/series_sampler.h"
#include "server/observe/series_store.h"
#include "server/orchestrator/model_desk.h"
#include "server/orchestrator/orchestrator.h"
#include "server/orchestrator/store_guard.h"
#include "server/orchestrator/tool_desk.h"
#include "server/providers/provider_thread.h"
#include "server/store/store_thread.h"

#include <cstdio>
#include <cstdlib>
#include <utility>

namespace orchestra {
namespace {

constexpr std::size_t kHubMailbox = 65536;

std::string environmentName(const Environment &environment)
{
    const std::string_view name = textOf(environment, "ORCHESTRA_ENVIRONMENT");
    return name.empty() ? "dev" : std::string(name);
}

void composeGround(Container &c, const ServerInput &input)
{
    c.singleton<Config>([&input] { return std::make_unique<Config>(input.config); });
    c.singleton<Clock>([] { return std::make_unique<SystemClock>(); });
    c.singleton<RandomSource>([] { return std::make_unique<SystemRandom>(); });
    c.singleton<LogTail>([](const Clock &clock) { return std::make_unique<LogTail>(clock); });
    c.singleton<LogWriter>([](const Config &config, const Clock &clock, LogTail &tail) {
        return std::make_unique<LogWriter>(clock, stderr, config.log.format, config.log.level,
                                           [&tail](const LogRecord &record) { tail.observe(record); });
    });
    c.singleton<ServiceNotifier>([&input] { return std::make_unique<ServiceNotifier>(input.environment, input.pid); });
    c.singleton<Schedule>([](const Clock &clock) { return std::make_unique<Schedule>(clock); });
    c.singleton<IdSource>(
        [](const Clock &clock, RandomSource &random) { return std::make_unique<IdSource>(clock, random); });
    c.singleton<HubCounters>([] { return std::make_unique<HubCounters>(); });
    c.singleton<TurnRules>([] { return std::make_unique<TurnRules>(); });
    c.singleton<HubMailbox>([](const Clock &clock) { return std::make_unique<HubMailbox>(kHubMailbox, clock); });
    c.singleton<HubLoop>([](const Clock &clock, Schedule &schedule, HubMailbox &mailbox, HubCounters &counters) {
        return std::make_unique<HubLoop>(clock, schedule, mailbox, counters);
    });
    c.singleton<Startup>([](const Clock &clock, Schedule &schedule, RandomSource &random, LogWriter &log) {
        return std::make_unique<Startup>(clock, schedule, random, log);
    });
}

void composeThreads(Container &c, const ServerInput &input)
{
    c.singleton<StoreEvents>([] { return std::make_unique<StoreEvents>(); });
    c.singleton<StoreView>([] { return std::make_unique<StoreView>(); });
    c.singleton<StoreThread>(
        [](const Config &config, const Clock &clock, LogWriter &log, StoreEvents &events, StoreView &view) {
            StoreThread::Notices notices;
            notices.tokensChanged = [&events] {
                if (events.tokensChanged)
                    events.tokensChanged();
            };
            notices.availabilityChanged = [&events](const std::optional<Error> &failure) {
                if (events.availabilityChanged)
                    events.availabilityChanged(failure);
            };
            notices.counted = [&view](const StoreCounters &counters) { view.counters = counters; };
            return std::make_unique<StoreThread>(storeOptions(config), clock, log, std::move(notices));
        });
    c.singleton<EdgeServer>([&input](const Config &config, const Clock &clock, LogWriter &log, HubMailbox &toHub) {
        return std::make_unique<EdgeServer>(edgeSettings(config, input.listeners), clock, log, toHub);
    });
}

void composeHub(Container &c, const ServerInput &input)
{
    c.singleton<StoreGuard>(
        [](const Clock &clock, Schedule &schedule) { return std::make_unique<StoreGuard>(clock, schedule); });
    c.singleton<Hub>([](const Config &config, const Clock &clock, Schedule &schedule, IdSource &ids,
                        RandomSource &random, LogWriter &log, StoreGuard &store, EdgeServer &edge,
                        HubCounters &counters, const TurnRules &turns) {
        return std::unique_ptr<Hub>(
            new Hub{clock, schedule, ids, random, log, store, edge, counters, config.limits, config.retention, turns});
    });
    c.singleton<SeriesStore>([] { return std::make_unique<SeriesStore>(); });
    c.singleton<SeriesSampler>([] { return std::make_unique<SeriesSampler>(); });
    c.singleton<MetricsSource>([] { return std::make_unique<MetricsSource>(); });
    c.singleton<Surroundings>([&input](LogTail &logs, const SeriesStore &series, MetricsSource &metrics) {
        auto around = std::make_unique<Surroundings>();
        around->metrics = [&metrics](bool openMetrics) { return metrics.render(openMetrics); };
        around->configJson = [&metrics] { return metrics.configJson(); };
        around->toolsJson = [&metrics] { return metrics.toolsJson(); };
        around->logs = [&logs](std::uint64_t index, std::size_t limit) { return logs.rows(index, limit); };
        around->series = &series;
        around->residentBytes = readResidentBytes;
        around->environment = environmentName(input.environment);
        around->address = input.config.server.address + ":" + std::to_string(input.config.server.port);
        return around;
    });
    // A session and what belongs to it; each connection is a scope of its own.
    c.given<SessionSeed>();
    c.scoped<Client>(
        [](const SessionSeed &seed, Schedule &schedule) { return std::make_unique<Client>(seed, schedule); });
    c.singleton<Orchestrator>(
        [](const Hub &hub, Startup &startup, const Surroundings &around, StoreGuard &guard, StoreThread &store) {
            auto orchestrator = std::make_unique<Orchestrator>(hub, startup, around);
            guard.guard(store, orchestrator->breakerBoard());
            return orchestrator;
        });
    c.singleton<ProviderThread>([](const Clock &clock, LogWriter &log) {
        return std::make_unique<ProviderThread>(ProviderThread::Settings{.log = &log}, clock);
    });
    c.singleton<ModelDesk>(
        [](const Config &config, const Hub &hub, Orchestrator &orchestrator, ProviderThread &providers) {
            auto desk = std::make_unique<ModelDesk>(hub, orchestrator.breakerBoard(), providers, modelPolicy(config));
            desk->rateBy([&orchestrator](const std::string &model) { return orchestrator.answerQuality().of(model); });
            DegradationService &degradation = orchestrator.degradationService();
            degradation.addInput([&it = *desk] { return std::optional(it.queueLoad()); });
            degradation.onChange([&it = *desk](const DegradationLadder::Change &change) {
                it.cutTo(effectsOf(change.to).concurrencyShare);
            });
            orchestrator.admin().onClearCache([&it = *desk](const std::string &space) { it.cache().clear(space); });
            return desk;
        });
    c.singleton<ToolDesk>([](const Config &config, const Hub &hub, Orchestrator &orchestrator,
                             ProviderThread &providers) {
        auto desk = std::make_unique<ToolDesk>(hub, orchestrator.breakerBoard(), providers.tools(), toolPolicy(config));
        orchestrator.degradationService().onChange([&it = *desk](const DegradationLadder::Change &change) {
            it.allow(effectsOf(change.to).allowsOptionalTools);
        });
        return desk;
    });
}

void composeAgents(Container &c)
{
    c.singleton<IntentClassifier>([] {
        auto shipped = IntentClassifier::shipped();
        if (!shipped) {
            std::fprintf(stderr, "orchestrad: the intent model of this program cannot be read: %s\n",
                         shipped.error().message.c_str());
            std::abort();
        }
        return std::make_unique<IntentClassifier>(*std::move(shipped));
    });
    c.singleton<DocsIndex>([] { return std::make_unique<DocsIndex>(shippedDocuments()); });
    c.singleton<LearnedIntents>([](const Config &config, const IntentClassifier &classifier) {
        return std::make_unique<LearnedIntents>(classifier, std::size_t(config.agents.lessons));
    });
    c.singleton<FeedbackDesk>(
        [](LearnedIntents &learned, StoreGuard &store, HubCounters &counters, const Clock &clock) {
            return std::make_unique<FeedbackDesk>(learned, store, counters, clock);
        });
    c.singleton<Maestro>(
        [](const IntentClassifier &classifier, const LearnedIntents &learned, const Orchestrator &state,
           const Clock &clock) { return std::make_unique<Maestro>(classifier, learned, state, clock); });
    c.singleton<ToolRegistry>(
        [](Orchestrator &state, const SeriesStore &series, StoreGuard &store, const DocsIndex &docs) {
            auto tools = std::make_unique<ToolRegistry>();
            addLiveTools(*tools, state, series);
            addRecordTools(*tools, store, state.admin(), docs);
            addChangeTools(*tools, state.admin());
            return tools;
        });
    c.singleton<RemoteToolSet>(
        [](ToolRegistry &tools, ToolDesk &desk) { return std::make_unique<RemoteToolSet>(tools, desk); });
    c.singleton<OperationsAgent>(
        [](const ToolRegistry &tools, const Clock &clock) { return std::make_unique<OperationsAgent>(tools, clock); });
    c.singleton<Memory>([](const Config &config, StoreGuard &store, const Clock &clock) {
        return std::make_unique<Memory>(store, clock, memoryRules(config));
    });
    c.singleton<ConversationReader>(
        [](StoreGuard &store, const Memory &memory) { return std::make_unique<ConversationReader>(store, memory); });
    c.singleton<AssistantAgent>([](const Config &config, ModelDesk &models, const ToolRegistry &tools,
                                   const ConversationReader &conversations) {
        return std::make_unique<AssistantAgent>(models, tools, conversations, assistantRules(config));
    });
    c.singleton<Swarm>([](const Config &config, const AssistantAgent &assistant,
                          const ConversationReader &conversations, HubCounters &counters, const Clock &clock) {
        return std::make_unique<Swarm>(assistant, conversations, counters, clock, swarmRules(config));
    });
    c.singleton<Dispatcher>([](const Config &config, Maestro &maestro, const OperationsAgent &operations,
                               const AssistantAgent &assistant, const Swarm &swarm, const Memory &memory,
                               FeedbackDesk &feedback) {
        return std::make_unique<Dispatcher>(maestro, operations, assistant, swarm, memory, feedback,
                                            config.agents.mode);
    });
}

} // namespace

void compose(Container &container, const ServerInput &input)
{
    composeGround(container, input);
    composeThreads(container, input);
    composeHub(container, input);
    composeAgents(container);
}

} // namespace orchestra
