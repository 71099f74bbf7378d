// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/app/server.h"

#include "server/agents/dispatcher.h"
#include "server/agents/tool.h"
#include "server/app/config.h"
#include "server/app/hub_loop.h"
#include "server/app/local_operator.h"
#include "server/app/model_settings.h"
#include "server/app/service_notifier.h"
#include "server/app/settings.h"
#include "server/app/tool_settings.h"
#include "server/edge/edge_server.h"
#include "server/observe/exposition.h"
#include "server/observe/series_sampler.h"
#include "server/observe/series_store.h"
#include "server/orchestrator/model_desk.h"
#include "server/orchestrator/orchestrator.h"
#include "server/orchestrator/store_guard.h"
#include "server/orchestrator/tool_desk.h"
#include "server/providers/provider_thread.h"
#include "server/store/data_dir.h"
#include "server/store/store_thread.h"
#include "shared/wire/error_table.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace orchestra {

Server::Server(ServerInput input, std::function<std::string()> describeConfig)
    : Server(std::move(input), std::move(describeConfig), Substitutes{})
{
}

Server::Server(ServerInput input, std::function<std::string()> describeConfig, Substitutes substitutes)
    : input_(std::move(input))
    , substitutes_(std::move(substitutes))
{
    compose(container_, input_);
    root_ = std::make_unique<Scope>(container_);
    Surroundings &around = root_->get<Surroundings>();
    around.openSession = [this](SessionSeed seed) {
        auto session = std::make_shared<Scope>(*root_);
        session->give(std::make_unique<SessionSeed>(std::move(seed)));
        Client &client = session->get<Client>();
        return std::shared_ptr<Client>(std::move(session), &client);
    };
    MetricsSource &source = root_->get<MetricsSource>();
    source.render = [this](bool openMetrics) {
        const auto format = openMetrics ? ExpositionFormat::OpenMetrics : ExpositionFormat::Prometheus;
        return TextBody{contentType(format), writeExposition(metrics(), format)};
    };
    source.configJson = std::move(describeConfig);
    source.toolsJson = [this] { return root_->get<ToolDesk>().toJson(); };
    root_->buildSingletons();

    Schedule &schedule = root_->get<Schedule>();
    sample_ = std::make_unique<Alarm>(schedule);
    alive_ = std::make_unique<Alarm>(schedule);
    drain_ = std::make_unique<Drain>(orchestrator(), schedule, input_.config.server.drain, [this] {
        root_->get<EdgeServer>().stop();
        finished_(0);
    });
    orchestrator().auth().allowAnonymousLoopback(input_.config.auth.anonymousLoopback);
    orchestrator().admin().onDrain([this](const std::string &actor) {
        // After the answer to the operator who asked is on its way.
        root_->get<Schedule>().start(std::chrono::milliseconds(50), [this, actor] { drain("asked for by " + actor); });
    });
    showModels();
    showTools();
    StoreEvents &events = root_->get<StoreEvents>();
    events.tokensChanged = [this] { orchestrator().auth().reload([] {}); };
    events.availabilityChanged = [this](const std::optional<Error> &failure) {
        orchestrator().storeAvailability(failure);
    };
}

Server::~Server()
{
    root_->get<HubLoop>().stop();
    root_->get<EdgeServer>().stop();
    orchestrator().forgetConnections();
    drain_.reset();
    sample_.reset();
    alive_.reset();
}

Orchestrator &Server::orchestrator()
{
    return root_->get<Orchestrator>();
}

Startup &Server::startup()
{
    return root_->get<Startup>();
}

std::uint16_t Server::port() const
{
    return root_->get<EdgeServer>().port();
}

std::string Server::url() const
{
    const ServerConfig &server = input_.config.server;
    const bool isIpv6 = server.address.find(':') != std::string::npos;
    return (server.tlsCertificate.empty() ? "http://" : "https://") +
           (isIpv6 ? "[" + server.address + "]" : server.address) + ":" + std::to_string(port());
}

Status Server::start()
{
    // A place that cannot be made is a mistake of who started us. What goes wrong in it later may pass, and is retried.
    if (const Status made = makeDataDir(input_.config.server.dataDir); !made)
        return makeError(Code::Invalid, made.error().message + "; --data-dir names another");
    EdgeServer &edge = root_->get<EdgeServer>();
    // The hub listens before the port does: nothing that comes may find nobody.
    root_->get<HubLoop>().start([this](std::vector<FromEdge> &batch) { orchestrator().handle(batch); });
    const Status open = edge.start();
    if (!open)
        return open;
    if (const ServerConfig &server = input_.config.server; server.insecureHttp && server.tlsCertificate.empty())
        root_->get<LogWriter>().write({LogLevel::Warn,
                                       "server.plain_http",
                                       "TLS is off as configured: tokens travel as they are unless a proxy adds it",
                                       "app",
                                       {},
                                       {{"address", server.address}}});
    std::vector<StartPhase> all = phases();
    if (substitutes_.phases)
        substitutes_.phases(all);
    startup().begin(std::move(all));
    scheduleSample(std::chrono::seconds(1));
    keepAlive();
    return Ok{};
}

// ---- phases ---------------------------------------------------------------------------------------------------

std::vector<StartPhase> Server::phases()
{
    using Done = std::function<void(Status)>;
    return {
        {"DEPENDENCIES",
         [this](const Done &done) {
             const bool hasDocs = root_->get<DocsIndex>().blockCount() > 0;
             done(hasDocs ? Status(Ok{})
                          : Status(makeError(Code::Internal, "the documentation is not in this program")));
         }},
        {"DATABASE", [this](const Done &done) { openStore(done); }},
        {"CACHE", [this](const Done &done) { loadSettings(done); }},
        {"SERVICES", [this](const Done &done) { startServices(done); }},
        {"WEBSOCKET",
         [this](const Done &done) {
             done(port() != 0 ? Status(Ok{}) : Status(makeError(Code::Internal, "the port is not open")));
         }},
        {"VALIDATION", [this](const Done &done) { validate(done); }},
        {"FINALIZE",
         [this](const Done &done) {
             done(Ok{});
             announce();
         }},
    };
}

/// Operators see which models there are and how they fare.
void Server::showModels()
{
    ModelDesk &models = root_->get<ModelDesk>();
    orchestrator().addHealthCheck([&models] { return models.health(); });
    orchestrator().addProblems([&models] { return models.problems(); });
    orchestrator().showRows(wire::Topic::Models, [&models](wire::Rows &rows) { rows.models = models.rows(); });
    orchestrator().onWatch(wire::Topic::Models, [&models](bool isWatched) { models.setWatched(isWatched); });
    models.onChange([this] {
        orchestrator().touch(wire::Topic::Models);
        orchestrator().touch(wire::Topic::Overview);
    });
}

/// And which tools of other programs, and what is to be decided about them.
void Server::showTools()
{
    ToolDesk &tools = root_->get<ToolDesk>();
    orchestrator().admin().setToolReview(tools);
    orchestrator().addHealthCheck([&tools] { return tools.health(); });
    orchestrator().addProblems([&tools] { return tools.problems(); });
    orchestrator().showRows(wire::Topic::Tools, [this, &tools](wire::Rows &rows) {
        for (const ToolSpec *spec : root_->get<ToolRegistry>().ownSpecs()) {
            wire::ToolRow row;
            row.name = spec->name;
            row.server = "built-in";
            row.description = spec->description;
            row.role = roleWords(spec->access);
            row.changes = spec->changes;
            rows.tools.push_back(std::move(row));
        }
        std::ranges::move(tools.rows(), std::back_inserter(rows.tools));
    });
    tools.onState([this] {
        orchestrator().touch(wire::Topic::Tools);
        orchestrator().touch(wire::Topic::Overview);
    });
}

/// Models and tools are looked for once what can fail, and is then tried again, is behind.
void Server::startServices(std::function<void(Status)> done)
{
    orchestrator().degradationService().start(degradationSettings(input_.config));
    orchestrator().setRunner(substitutes_.runner != nullptr ? *substitutes_.runner : root_->get<Dispatcher>());
    orchestrator().setModels(root_->get<ModelDesk>());
    orchestrator().setFeedbackListener(root_->get<FeedbackDesk>());
    root_->get<FeedbackDesk>().load([this, done = std::move(done)](const Status &loaded) {
        if (loaded) {
            root_->get<ModelDesk>().start(modelServers(input_.config),
                                          likelyModelServers(input_.config, input_.environment));
            root_->get<ToolDesk>().start(toolServers(input_.config, input_.environment));
        }
        done(loaded);
    });
}

void Server::openStore(std::function<void(Status)> done)
{
    root_->get<StoreThread>().open([this, done = std::move(done)](const Result<StoreOpening> &opened) {
        if (!opened) {
            done(opened.error());
            return;
        }
        root_->get<StoreThread>().ask(
            RecoverInterrupted{root_->get<Clock>().wallMs()}, [this, done](const Result<Recovery> &recovered) {
                if (recovered && recovered->interruptedTasks > 0)
                    root_->get<LogWriter>().write({LogLevel::Warn,
                                                   "store.recovered",
                                                   "tasks that ran when the server stopped were ended as interrupted",
                                                   "app",
                                                   {},
                                                   {{"tasks", std::to_string(recovered->interruptedTasks)}}});
                done(recovered ? Status(Ok{}) : Status(recovered.error()));
            });
    });
}

void Server::loadSettings(std::function<void(Status)> done)
{
    ensureLocalOperator(root_->get<StoreGuard>(), root_->get<RandomSource>(), root_->get<Clock>(),
                        input_.config.server.dataDir, [this, done = std::move(done)](const Status &made) {
                            if (!made) {
                                done(made);
                                return;
                            }
                            orchestrator().load([this, done](const Status &loaded) {
                                if (!loaded) {
                                    done(loaded);
                                    return;
                                }
                                const std::string refusal =
                                    refusalToStart(input_.config, orchestrator().auth().hasConfiguredTokens());
                                if (refusal.empty()) {
                                    done(Ok{});
                                    return;
                                }
                                std::fprintf(stderr, "orchestrad: %s\n", refusal.c_str());
                                finished_(1);
                            });
                        });
}

/// One real request through the store and one look at everything that can be ill.
void Server::validate(std::function<void(Status)> done)
{
    root_->get<StoreThread>().ask(
        FindThread{root_->get<IdSource>().make<ThreadId>()},
        [this, done = std::move(done)](const Result<ThreadRecord> &found) {
            if (!found && found.error().code != Code::NotFound) {
                done(found.error());
                return;
            }
            for (const HealthCheck &check : orchestrator().health().checks)
                if (check.status == wire::HealthState::Unhealthy) {
                    done(makeError(Code::ServiceInitFailed, check.name + " is unhealthy: " + check.detail));
                    return;
                }
            done(Ok{});
        });
}

void Server::announce()
{
    ServiceNotifier &notifier = root_->get<ServiceNotifier>();
    notifier.ready();
    notifier.status("serving on " + url());
    if (ready_)
        ready_();
}

void Server::keepAlive()
{
    ServiceNotifier &notifier = root_->get<ServiceNotifier>();
    const auto interval = notifier.watchdogInterval();
    if (!interval)
        return;
    notifier.alive();
    alive_->start(*interval, [this] { keepAlive(); });
}

// ---- once a second --------------------------------------------------------------------------------------------

MetricsSnapshot Server::metrics()
{
    root_->get<HubLoop>().count();
    HubCounters &hub = root_->get<HubCounters>();
    hub.fromStore = root_->get<StoreThread>().replyCounters();
    const ProviderThread &providers = root_->get<ProviderThread>();
    hub.fromProviders = providers.replyCounters();
    Orchestrator &orchestrator = this->orchestrator();
    MetricsSnapshot snapshot;
    snapshot.edges = orchestrator.edgeCounters();
    snapshot.hub = hub;
    snapshot.store = root_->get<StoreView>().counters;
    snapshot.providers = providers.counters();
    snapshot.process = readProcessStats();
    snapshot.connectionsByVersion = orchestrator.connectionsByVersion();
    snapshot.sessionsActive = orchestrator.threadsWithReaders();
    snapshot.sessionsDetached = orchestrator.threadsLoaded() - snapshot.sessionsActive;
    for (const wire::ConnectionRow &row : orchestrator.connections())
        snapshot.outboundBufferBytes += row.queueBytes;
    snapshot.tasksRunning = orchestrator.tasksRunning();
    snapshot.tasksQueued = orchestrator.tasksQueued();
    snapshot.degradationLevel = orchestrator.degradation().level;
    snapshot.logRecordsDropped = root_->get<LogWriter>().dropped();
    snapshot.ready = orchestrator.isReady();
    snapshot.draining = orchestrator.isDraining();
    snapshot.breakers = orchestrator.breakers();
    snapshot.tools = root_->get<ToolDesk>().counts();
    return snapshot;
}

void Server::scheduleSample(std::chrono::nanoseconds delay)
{
    sample_->start(delay, [this] { sample(); });
}

void Server::sample()
{
    const Clock &clock = root_->get<Clock>();
    const MonotonicTime now = clock.now();
    root_->get<SeriesStore>().add(clock.wallMs(), root_->get<SeriesSampler>().sample(metrics(), now));
    // The next second begins when this one should have: a late sample does not make all later ones late.
    nextSample_ = std::max(nextSample_ + std::chrono::seconds(1), now);
    scheduleSample(nextSample_ + std::chrono::seconds(1) - now);
}

// ---- changes and the end --------------------------------------------------------------------------------------

void Server::reload(const Config &fresh)
{
    root_->get<LogWriter>().setLevel(fresh.log.level);
    root_->get<Config>().log.level = fresh.log.level;
    root_->get<EdgeServer>().reloadTls(tlsFiles(fresh));
    root_->get<LogWriter>().write(
        {LogLevel::Info, "config.reloaded", "the configuration was loaded again", "app", {}, {}});
}

void Server::drain(const std::string &why)
{
    root_->get<ServiceNotifier>().stopping();
    drain_->begin(why);
}

} // namespace orchestra
