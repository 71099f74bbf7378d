// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/orchestrator/orchestrator.h"

#include "server/orchestrator/error_guard.h"
#include "shared/wire/series_names.h"

#include <algorithm>
#include <cmath>
#include <exception>
#include <functional>
#include <iterator>
#include <utility>

namespace orchestra {

Orchestrator::Orchestrator(const Hub &hub, ServiceGate &gate, Surroundings surroundings)
    : hub_(hub)
    , gate_(gate)
    , surroundings_(std::move(surroundings))
    , startedAt_(hub.clock.wallMs())
    , outbox_(hub)
    , auth_(hub)
    , flags_(hub)
    , breakers_(hub)
    , degradation_(hub, breakers_, surroundings_.residentBytes)
    , clients_(hub, surroundings_.openSession)
    , threads_(hub)
    , following_(hub, outbox_, threads_)
    , tasks_(hub, outbox_, threads_, following_)
    , reception_(hub, outbox_, auth_, gate, clients_, following_, tasks_)
    , chats_(hub, threads_, tasks_, flags_, degradation_)
    , completions_(hub, outbox_, tasks_, chats_)
    , desk_(hub, outbox_, reception_, clients_, threads_, following_, chats_)
    , admin_(hub, flags_, breakers_, degradation_, clients_, reception_, tasks_)
    , ops_(hub, outbox_, auth_, *this, admin_, clients_, surroundings_, startedAt_)
    , api_(hub, outbox_, auth_, gate, threads_, following_, tasks_, chats_, completions_, admin_, *this, ops_,
           surroundings_)
    , router_(reception_, desk_, clients_, following_, ops_, api_)
    , edgeCounters_(hub.edge.edgeCount())
{
    wire();
}

Orchestrator::~Orchestrator()
{
    forgetConnections();
}

void Orchestrator::forgetConnections()
{
    for (Client *client : clients_.all()) {
        following_.end(client->feed);
        clients_.remove(client->key);
    }
}

void Orchestrator::wire()
{
    reception_.onActive({[this](Client &client, std::optional<wire::Hello> hello) { desk_.greet(client, hello); },
                         [this](Client &, ClientMessage message) { desk_.take(std::move(message)); }});
    reception_.onChange([this] { ops_.touch(wire::Topic::Connections); });
    tasks_.onChange([this] { ops_.touch(wire::Topic::Tasks); });
    breakers_.onChange([this] {
        ops_.touch(wire::Topic::Breakers);
        ops_.touch(wire::Topic::Overview);
    });
    flags_.onChange([this] {
        ops_.touch(wire::Topic::Flags);
        ops_.touch(wire::Topic::Overview);
    });
    degradation_.onLook([this] { ops_.touch(wire::Topic::Degradation); });
    degradation_.onChange([this](const DegradationLadder::Change &change) { degradationChanged(change); });
    admin_.onAudit([this] { ops_.touch(wire::Topic::Audit); });
    auth_.onChange([this] {
        reception_.tokensChanged();
        ops_.tokensChanged();
    });
    gate_.onChange([this] {
        reception_.gateChanged();
        ops_.touch(wire::Topic::Overview);
    });
    following_.onStall([this](const Feed &feed) {
        if (Client *client = clients_.find(feed.key))
            reception_.close(*client, CloseCode::TooSlow, "a part of the replay was not read in time");
        else
            api_.stalled(feed.key);
    });
    tasks_.onDecided([this](const Task &task, const wire::AgentCompleted &end) {
        chats_.settleRates(task, end);
        if (end.provenance.source == wire::AnswerSource::Model && end.provenance.provider && end.provenance.model)
            quality_.note(end.messageId, *end.provenance.provider + "/" + *end.provenance.model, task.evidence());
    });
    chats_.onFeedback([this](const wire::Feedback &feedback) {
        quality_.rate(feedback.messageId, feedback.rating == wire::Rating::Up);
    });
    tasks_.onIdle([this] {
        if (whenIdle_)
            std::exchange(whenIdle_, {})();
    });
    router_.onReport([this](const EdgeReport &report) { takeReport(report); });
}

void Orchestrator::degradationChanged(const DegradationLadder::Change &change)
{
    ops_.touch(wire::Topic::Degradation);
    ops_.touch(wire::Topic::Overview);
    if (change.from == change.to)
        return;
    const bool isMaintenance = change.to == DegradationLevel::Maintenance;
    wire::SystemMessage news;
    news.event = change.to == DegradationLevel::Normal ? wire::SystemEvent::Ready
                 : isMaintenance                       ? wire::SystemEvent::Maintenance
                                                       : wire::SystemEvent::Degraded;
    news.message = noteOf(change.to);
    if (const auto until = degradation_.state().row().pinnedUntil; isMaintenance && until)
        news.message += " Until " + formatTimestamp(until->ms) + ".";
    news.level = static_cast<std::uint64_t>(change.to);
    reception_.tellAll(std::move(news));
    if (change.actor.empty()) // what an operator does is in the log already
        admin_.auditOwn("degradation_level", "degradation", change.from, change.to, change.cause);
}

void Orchestrator::handle(std::vector<FromEdge> &batch)
{
    owner_.check();
    for (FromEdge &message : batch) {
        try {
            router_.route(std::move(message));
        } catch (const std::exception &error) {
            hub_.log.write({LogLevel::Error,
                            "hub.handler_failed",
                            "a message of the edge could not be handled",
                            "orchestrator",
                            {},
                            {{"what", error.what()}}});
        }
    }
}

void Orchestrator::takeReport(const EdgeReport &report)
{
    if (report.edge >= edgeCounters_.size())
        return;
    edgeCounters_[report.edge] = *report.counters;
    for (const ConnectionStats &stats : report.connections)
        clients_.takeStats(stats);
}

void Orchestrator::load(std::function<void(Status)> done)
{
    owner_.check();
    hub_.store.ask(LoadTokens{}, [this, done = std::move(done)](Result<TokenRecords> tokens) {
        if (!tokens) {
            done(tokens.error());
            return;
        }
        auth_.setTokens(std::move(tokens->tokens));
        hub_.store.ask(LoadFlags{}, [this, done](Result<FlagRecords> flags) {
            if (!flags) {
                done(flags.error());
                return;
            }
            flags_.setFlags(std::move(flags->flags));
            hub_.store.ask(LoadTransitions{CircuitBreaker::kHistory},
                           [this, done](const Result<TransitionPage> &known) {
                               if (!known)
                                   return done(known.error());
                               breakers_.load(*known);
                               loadPin(done);
                           });
        });
    });
}

void Orchestrator::loadPin(const std::function<void(Status)> &done)
{
    hub_.store.ask(LoadDegradationPin{}, [this, done](const Result<PinnedLevel> &pinned) {
        if (pinned)
            degradation_.restore(pinned->pin);
        done(pinned ? Status(Ok{}) : Status(pinned.error()));
    });
}

void Orchestrator::storeAvailability(const std::optional<Error> &failure)
{
    owner_.check();
    if (failure && !storeFailure_)
        storeFailedAt_ = hub_.clock.wallMs();
    storeFailure_ = failure;
    ops_.touch(wire::Topic::Overview);
}

// ---- going down -----------------------------------------------------------------------------------------------

void Orchestrator::beginDrain(const std::string &why)
{
    owner_.check();
    if (std::exchange(draining_, true))
        return;
    drainReason_ = why;
    chats_.refuseTurns();
    reception_.refuseConnections();
    outbox_.sendAll(StopAccepting{});
    reception_.tellAll(wire::SystemMessage{wire::SystemEvent::Maintenance,
                                           "The server is going down: running answers are finished, new ones are not "
                                           "begun.",
                                           {},
                                           {},
                                           {}});
    ops_.touch(wire::Topic::Overview);
    hub_.log.write({LogLevel::Info,
                    "server.draining",
                    "the server drains",
                    "orchestrator",
                    {},
                    {{"why", why}, {"open_tasks", std::to_string(tasks_.size())}}});
}

void Orchestrator::whenIdle(std::function<void()> idle)
{
    if (tasks_.size() == 0)
        idle();
    else
        whenIdle_ = std::move(idle);
}

void Orchestrator::closeEverything(std::chrono::milliseconds retryAfter, const std::string &why)
{
    owner_.check();
    reception_.tellAll(wire::Drain{static_cast<std::uint64_t>(retryAfter.count()), why});
    reception_.closeAll(CloseCode::GoingAway, why);
    ops_.closeAll(CloseCode::GoingAway, why);
}

// ---- what others see ------------------------------------------------------------------------------------------

std::map<int, std::uint64_t> Orchestrator::connectionsByVersion() const
{
    auto counts = clients_.countByVersion();
    counts[0] = ops_.consoles();
    return counts;
}

bool Orchestrator::isReady() const
{
    return gate_.isReady() && !draining_;
}

std::optional<double> Orchestrator::latest(std::string_view series) const
{
    if (surroundings_.series == nullptr)
        return std::nullopt;
    const auto chunks = surroundings_.series->series({std::string(series)}, std::chrono::seconds(1));
    if (chunks.empty() || chunks.front().values.empty())
        return std::nullopt;
    const bool isGap = !chunks.front().gaps.empty() && chunks.front().gaps.back() + 1 == chunks.front().values.size();
    const double value = chunks.front().values.back();
    return isGap || std::isnan(value) ? std::nullopt : std::optional(value);
}

wire::OverviewRow Orchestrator::overview() const
{
    wire::OverviewRow row;
    row.problems = problems();
    row.health = health().status;
    row.sentence = sentence(row.problems);
    row.ready = isReady();
    row.draining = draining_;
    row.clients = clients_.size();
    row.clientLimit = hub_.limits.maxConnections;
    row.messagesInPerS = latest(series::kMessagesIn);
    row.framesOutPerS = latest(series::kFramesOut);
    row.tokensPerS = latest(series::kTokens);
    row.firstTokenP50Ms = latest(series::kFirstTokenP50);
    row.firstTokenP95Ms = latest(series::kFirstTokenP95);
    row.firstTokenP99Ms = latest(series::kFirstTokenP99);
    row.errorRate = latest(series::kErrorRate);
    row.breakers = breakers_.size();
    row.breakersNotClosed = breakers_.notClosed();
    row.flags = flags_.size();
    row.flagsOn = flags_.on();
    row.tasksRunning = tasks_.running();
    row.tasksQueued = tasks_.queued();
    row.degradationLevel = static_cast<std::uint64_t>(degradation_.level());
    row.startedAt = {startedAt_};
    row.phases = gate_.phases();
    row.changes.assign(admin_.recentChanges().begin(), admin_.recentChanges().end());
    row.rssBytes = surroundings_.residentBytes ? surroundings_.residentBytes() : 0;
    row.version = ORCHESTRA_VERSION;
    return row;
}

wire::DegradationRow Orchestrator::degradation() const
{
    return degradation_.state().row();
}

std::vector<wire::ProblemRow> Orchestrator::problems() const
{
    std::vector<wire::ProblemRow> found;
    for (const wire::PhaseRow &phase : gate_.phases())
        if (phase.state == wire::PhaseState::Failed)
            found.push_back({"start_failed",
                             wire::Severity::Problem,
                             "The start fails at " + phase.name,
                             phase.error.value_or(""),
                             {startedAt_},
                             {},
                             phase.name});
    if (storeFailure_)
        found.push_back({"store_unavailable",
                         wire::Severity::Problem,
                         "The store cannot write",
                         storeFailure_->message,
                         {storeFailedAt_},
                         {},
                         "store"});
    for (const wire::BreakerRow &breaker : breakers_.rows())
        if (breaker.state != wire::BreakerState::Closed)
            found.push_back(
                {"breaker_" + std::string(wireNames(breaker.state)[static_cast<std::size_t>(breaker.state)]),
                 breaker.state == wire::BreakerState::Open ? wire::Severity::Problem : wire::Severity::Warning,
                 "Circuit breaker " + breaker.name + " is not closed", breaker.cause, breaker.since, "probe_breaker",
                 breaker.name});
    if (degradation_.level() != DegradationLevel::Normal) {
        const wire::DegradationRow level = degradation_.state().row();
        found.push_back(
            {"degraded",
             degradation_.level() >= DegradationLevel::Essential ? wire::Severity::Problem : wire::Severity::Warning,
             "The server works at level " + std::to_string(level.level) + ", " + level.name,
             level.cause,
             level.since,
             {},
             "degradation"});
    }
    if (auto errors = surroundings_.series == nullptr ? std::nullopt
                                                      : errorRateProblem(*surroundings_.series, hub_.clock.wallMs()))
        found.push_back(*std::move(errors));
    for (const auto &source : problemSources_)
        std::ranges::move(source(), std::back_inserter(found));
    if (draining_)
        found.push_back({"draining",
                         wire::Severity::Warning,
                         "The server is going down",
                         drainReason_,
                         {hub_.clock.wallMs()},
                         {},
                         "server"});
    std::ranges::stable_sort(found, std::greater(), &wire::ProblemRow::severity);
    return found;
}

std::string Orchestrator::sentence(const std::vector<wire::ProblemRow> &problems) const
{
    if (draining_)
        return "The server is going down: running answers are finished, new ones are not begun.";
    if (!gate_.isReady())
        return problems.empty() ? "The server is starting." : problems.front().title + ".";
    return problems.empty() ? "Everything works." : problems.front().title + ".";
}

HealthReport Orchestrator::health() const
{
    using State = wire::HealthState;
    HealthReport report;
    report.at = {hub_.clock.wallMs()};
    report.checks.push_back({"orchestrator", isReady() ? State::Healthy : State::Degraded,
                             draining_ ? "draining" : (gate_.isReady() ? "" : "starting")});
    const bool isCrowded = clients_.size() * 20 >= hub_.limits.maxConnections * 19;
    report.checks.push_back({"websocket_connections", isCrowded ? State::Degraded : State::Healthy,
                             std::to_string(clients_.size()) + " of " + std::to_string(hub_.limits.maxConnections)});
    const CircuitBreaker *store = breakers_.find("store");
    const bool isStoreDown = storeFailure_ || (store != nullptr && store->state() != wire::BreakerState::Closed);
    report.checks.push_back({"store", isStoreDown ? State::Degraded : State::Healthy,
                             storeFailure_ ? storeFailure_->message : std::string()});
    const DegradationLevel level = degradation_.level();
    report.checks.push_back({"degradation", level == DegradationLevel::Normal ? State::Healthy : State::Degraded,
                             "level " + std::to_string(static_cast<int>(level)) + ", " +
                                 std::string(wireNames(level)[static_cast<std::size_t>(level)])});
    for (const auto &check : checks_)
        report.checks.push_back(check());
    report.status = worstOf(report.checks);
    return report;
}

} // namespace orchestra
