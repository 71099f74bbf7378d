// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/orchestrator/model_desk.h"

#include "server/orchestrator/guarded_run.h"
#include "server/orchestrator/model_rows.h"
#include "shared/wire/error_table.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <tuple>
#include <utility>

namespace orchestra {
namespace {

// How much slower than the fastest, and how much more often failing, a cheaper model may be.
constexpr double kSlowerBy = 2;
constexpr double kSlowerMs = 500;
constexpr double kWorseBy = 0.05;

constexpr double kWaitFrom = 0.2; ///< of the longest wait: less is no load

std::string breakerName(const std::string &server, const std::string &model)
{
    return "model:" + server + "/" + model;
}

bool canServe(const ModelInfo &info, const ModelWish &wish)
{
    return info.canChat && (info.canUseTools || !wish.needsTools);
}

bool letsPass(const ModelGuard &guard)
{
    return guard.breaker().state() != wire::BreakerState::Open &&
           guard.breaker().state() != wire::BreakerState::ForcedOpen;
}

/// What a choice was made on, for people.
std::string measured(const ModelGuard &guard)
{
    return std::to_string(guard.measuredFirstToken()->count()) + " ms to the first token, " +
           std::to_string(std::lround(guard.errorRate() * 100)) + " % failed";
}

} // namespace

ModelDesk::ModelDesk(const Hub &hub, BreakerBoard &board, ModelPort &port, ModelPolicy policy)
    : hub_(hub)
    , board_(board)
    , port_(port)
    , policy_(std::move(policy))
    , catalog_(port, hub.schedule)
    , cache_(policy_.cache, hub.clock)
{
    catalog_.onLook([this](const ModelCatalog::Server &server) { looked(server); });
}

ModelDesk::~ModelDesk()
{
    for (GuardedRun *run : std::exchange(runs_, {}))
        run->abandon();
}

void ModelDesk::start(std::vector<ModelServerSettings> configured, std::vector<ModelServerSettings> guesses)
{
    catalog_.start(std::move(configured), std::move(guesses));
}

/// A server that does not answer is a failed health probe of each of its models.
void ModelDesk::looked(const ModelCatalog::Server &server)
{
    if (!server.trouble) {
        for (const ModelInfo &info : server.models) {
            if (info.canChat)
                guardOf(server.settings.name, info.name);
        }
    }
    probe(server);
    noteTrouble(server);
    if (server.isDown())
        warmed_.erase(server.settings.name);
    else if (!server.trouble && warmed_.insert(server.settings.name).second)
        warmUp(server);
}

/// That a server answers is news only when it did not before. One that lists its models all the time while its answers
/// fail would otherwise have its breakers closed again in a moment, and the sooner the more consoles look.
void ModelDesk::probe(const ModelCatalog::Server &server)
{
    const std::string &name = server.settings.name;
    const bool isBack = !server.isDown() && down_.erase(name) > 0;
    if (server.isDown())
        down_.insert(name);
    const MonotonicTime now = hub_.clock.now();
    const auto [probedAt, isFirst] = probedAt_.try_emplace(name, now);
    const bool isDue = isFirst || isBack || now - probedAt->second >= kProbeEvery;
    if (isDue && !server.isDown())
        probedAt->second = now;
    for (const auto &[key, guard] : guards_) {
        if (key.first != name)
            continue;
        const wire::BreakerState state = guard->breaker().state();
        const bool counts = state == wire::BreakerState::Open       ? isBack
                            : state == wire::BreakerState::HalfOpen ? isDue
                                                                    : true;
        if (server.isDown())
            guard->breaker().healthProbe(false);
        else if (counts)
            guard->breaker().healthProbe(true);
    }
}

/// A first question would wait for it otherwise. A server that was away has forgotten what it had loaded.
void ModelDesk::warmUp(const ModelCatalog::Server &server)
{
    for (const ModelInfo &info : server.models) {
        const std::string name = server.settings.name + "/" + info.name;
        if (std::ranges::find(policy_.warmUp, name) == policy_.warmUp.end())
            continue;
        port_.setLoaded(server.settings.name, info.name, true, [&log = hub_.log, name](const Status &loaded) {
            log.write({loaded ? LogLevel::Info : LogLevel::Warn,
                       loaded ? "models.loaded" : "models.not_loaded",
                       loaded ? "a model was loaded ahead of its first use" : "a model could not be loaded",
                       "orchestrator",
                       {},
                       {{"model", name}, {"reason", loaded ? std::string() : loaded.error().message}}});
        });
    }
}

void ModelDesk::noteTrouble(const ModelCatalog::Server &server)
{
    const std::string &name = server.settings.name;
    const bool isNews =
        server.trouble ? troubledSince_.try_emplace(name, hub_.clock.wallMs()).second : troubledSince_.erase(name) > 0;
    const auto [seen, isNew] = modelsSeen_.try_emplace(name, server.models.size());
    const bool areOthers = std::exchange(seen->second, server.models.size()) != server.models.size();
    if (changed_ && (isNews || isNew || areOthers))
        changed_();
}

std::vector<wire::ProblemRow> ModelDesk::problems() const
{
    std::vector<wire::ProblemRow> found;
    for (const auto &server : catalog_.servers()) {
        const auto since = troubledSince_.find(server->settings.name);
        if (server->isThere() && since != troubledSince_.end() && server->trouble)
            found.push_back({"model_server",
                             server->isDown() ? wire::Severity::Problem : wire::Severity::Warning,
                             "The model server " + server->settings.name +
                                 (server->isDown() ? " does not answer" : " refuses to list its models"),
                             server->trouble->message,
                             {since->second},
                             {},
                             server->settings.name});
    }
    return found;
}

std::vector<wire::ModelRow> ModelDesk::rows() const
{
    return modelRows(*this, [this](const std::string &name) { return board_.find(name); });
}

ModelGuard &ModelDesk::guardOf(const std::string &server, const std::string &model)
{
    auto &guard = guards_[{server, model}];
    if (!guard) {
        ModelGuard::Policy policy{.breaker = policy_.breaker,
                                  .slow = policy_.slow,
                                  .retries = policy_.retries,
                                  .concurrency = policy_.concurrency,
                                  .waiting = policy_.waiting};
        policy.timeout.most = policy.timeout.first = policy_.deadlines.firstToken;
        policy.timeout.least = std::min(policy.timeout.least, policy.timeout.most);
        guard = std::make_unique<ModelGuard>(board_, breakerName(server, model), policy, hub_.clock);
        guard->cutTo(share_);
    }
    return *guard;
}

const ModelGuard *ModelDesk::findGuard(const std::string &server, const std::string &model) const
{
    const auto found = guards_.find({server, model});
    return found == guards_.end() ? nullptr : found->second.get();
}

ModelDesk::Candidate ModelDesk::candidate(const std::string &server, const std::string &model)
{
    return {server, model, &guardOf(server, model)};
}

Result<ModelDesk::Candidate> ModelDesk::named(const std::string &name)
{
    std::string known;
    for (const auto &server : catalog_.servers()) {
        for (const ModelInfo &info : server->models) {
            const std::string full = server->settings.name + "/" + info.name;
            if (server->isThere() && (name == info.name || name == full || name + ":latest" == info.name))
                return candidate(server->settings.name, info.name);
            known += (known.empty() ? "" : ", ") + full;
        }
    }
    return Error{Code::NoModel, "There is no model called " + name + "." +
                                    (known.empty() ? std::string() : " There are: " + known + ".")};
}

std::vector<ModelDesk::Candidate> ModelDesk::able(const ModelWish &wish, std::optional<Error> &trouble)
{
    std::vector<Candidate> all;
    for (const auto &server : catalog_.servers()) {
        if (!server->isThere())
            continue;
        if (server->trouble)
            trouble = server->trouble;
        for (const ModelInfo &info : server->models)
            if (canServe(info, wish))
                all.push_back(candidate(server->settings.name, info.name));
    }
    // When no breaker lets pass the best is asked all the same, so that its breaker says when to come back.
    std::vector<Candidate> passing;
    std::ranges::copy_if(all, std::back_inserter(passing), [](const Candidate &each) { return letsPass(*each.guard); });
    std::vector<Candidate> &choice = passing.empty() ? all : passing;
    // Who would like tools and can do without gets a model that cannot use them only where there is no other.
    if (wish.likesTools && std::ranges::any_of(choice, [this](const Candidate &each) { return canUseTools(each); }))
        std::erase_if(choice, [this](const Candidate &each) { return !canUseTools(each); });
    return std::move(choice);
}

bool ModelDesk::canUseTools(const Candidate &candidate) const
{
    const ModelCatalog::Server *server = catalog_.find(candidate.server);
    if (server == nullptr || candidate.guard->refusesTools())
        return false;
    const auto info = std::ranges::find(server->models, candidate.model, &ModelInfo::name);
    return info != server->models.end() && info->canUseTools;
}

double ModelDesk::priceOf(const Candidate &candidate) const
{
    const auto price = policy_.prices.find(candidate.name());
    return price == policy_.prices.end() ? 0 : price->second;
}

/// Unknown ones come after known ones, in the order of their servers' lists.
ModelDesk::Candidate ModelDesk::fastest(const std::vector<Candidate> &able) const
{
    Candidate best = *std::ranges::min_element(able, {}, [](const Candidate &each) {
        return std::pair(!each.guard->measuredFirstToken(), each.guard->expectedMs());
    });
    best.route = able.size() == 1 ? "the only model that can serve"
                 : !best.guard->measuredFirstToken()
                     ? "the first of " + std::to_string(able.size()) + ", none of which was measured yet"
                     : "the fastest of " + std::to_string(able.size()) + ": " + measured(*best.guard);
    return best;
}

std::vector<ModelDesk::Candidate> ModelDesk::near(const std::vector<Candidate> &able, const Candidate &fastest) const
{
    if (!fastest.guard->measuredFirstToken())
        return {fastest};
    const double limit = std::max(fastest.guard->expectedMs() * kSlowerBy, fastest.guard->expectedMs() + kSlowerMs);
    std::vector<Candidate> near;
    std::ranges::copy_if(able, std::back_inserter(near), [&](const Candidate &each) {
        return each.guard->measuredFirstToken() && each.guard->expectedMs() <= limit &&
               each.guard->errorRate() <= fastest.guard->errorRate() + kWorseBy;
    });
    return near;
}

std::optional<ModelDesk::Candidate> ModelDesk::finest(const std::vector<Candidate> &near) const
{
    if (!quality_ || near.size() < 2)
        return std::nullopt;
    Candidate best = *std::ranges::min_element(near, {}, [this](const Candidate &each) {
        return std::tuple(-quality_(each.name()).value_or(-1), priceOf(each), each.guard->expectedMs());
    });
    const auto score = quality_(best.name());
    if (!score)
        return std::nullopt;
    best.route = "the best rated of " + std::to_string(near.size()) +
                 " that are fast enough: " + std::to_string(std::lround(*score * 100)) + " of 100, " +
                 measured(*best.guard);
    return best;
}

std::optional<ModelDesk::Candidate> ModelDesk::cheapest(const std::vector<Candidate> &near) const
{
    if (policy_.prices.empty() || near.size() < 2)
        return std::nullopt;
    Candidate best = *std::ranges::min_element(
        near, {}, [this](const Candidate &each) { return std::pair(priceOf(each), each.guard->expectedMs()); });
    best.route = "the cheapest of " + std::to_string(near.size()) + " that are fast enough: " + measured(*best.guard);
    return best;
}

/// A stranger's server counts what it is asked: without a known price its models are not tried.
bool ModelDesk::mayTry(const Candidate &candidate, const Candidate &choice) const
{
    const ModelCatalog::Server *server = catalog_.find(candidate.server);
    const bool isFree = server != nullptr && server->settings.kind == ModelServerKind::Ollama;
    const auto asked = candidate.guard->lastAsked();
    return candidate.name() != choice.name() && (isFree || policy_.prices.contains(candidate.name())) &&
           priceOf(candidate) <= priceOf(choice) && candidate.guard->breaker().state() == wire::BreakerState::Closed &&
           (!asked || hub_.clock.now() - *asked >= kBelieved);
}

std::optional<ModelDesk::Candidate> ModelDesk::toTry(const std::vector<Candidate> &able, const Candidate &choice) const
{
    const Candidate *longest = nullptr;
    for (const Candidate &each : able) {
        if (policy_.tryShare > 0 && mayTry(each, choice) &&
            (longest == nullptr || each.guard->lastAsked() < longest->guard->lastAsked())) // nothing is the least
            longest = &each;
    }
    if (longest == nullptr || hub_.random.nextUnit() >= policy_.tryShare)
        return std::nullopt;
    Candidate tried = *longest;
    tried.route = tried.guard->measuredFirstToken() ? "tried, as it was not measured of late"
                                                    : "tried, as it was not measured yet";
    return tried;
}

/// FAST takes the model with the best measured time to the first token. Of those that are nearly as fast, QUALITY takes
/// the one whose answers were rated best, and otherwise prices decide, where there are any.
Result<ModelDesk::Candidate> ModelDesk::best(const ModelWish &wish)
{
    std::optional<Error> trouble;
    const std::vector<Candidate> models = able(wish, trouble);
    if (!models.empty()) {
        const Candidate quick = fastest(models);
        if (wish.mode == wire::ExecutionMode::Fast)
            return quick;
        const std::vector<Candidate> choice = near(models, quick);
        if (wish.mode == wire::ExecutionMode::Quality)
            if (auto rated = finest(choice))
                return *std::move(rated);
        const Candidate usual = cheapest(choice).value_or(quick);
        // Who has asked for a time gets what is known to keep it; and one that is measured is there to compare with.
        if (wish.maxLatency || wish.mode != wire::ExecutionMode::Balanced || !quick.guard->measuredFirstToken())
            return usual;
        return toTry(models, usual).value_or(usual);
    }
    if (trouble)
        return Error{Code::ProviderUnavailable, "No model server can be reached: " + trouble->message, true};
    return Error{Code::NoModel, wish.needsTools ? "None of the models can use tools."
                                                : "The model server has no model "
                                                  "that can chat."};
}

Result<std::vector<ModelDesk::Candidate>> ModelDesk::choose(const ModelWish &wish)
{
    if (isEmpty())
        return makeError(Code::NoModel, "There is no model server.");
    const bool isNamed = wish.model.has_value();
    Result<Candidate> first = isNamed                         ? named(*wish.model)
                              : !policy_.defaultModel.empty() ? named(policy_.defaultModel)
                                                              : best(wish);
    if (!first)
        return first.error();
    if (first->route.empty())
        first->route = isNamed ? "named by the request" : "the configured default";
    std::vector<Candidate> candidates{*first};
    if (!wish.allowFallback.value_or(!isNamed))
        return candidates;
    for (const std::string &name : policy_.fallbacks) {
        Result<Candidate> other = named(name);
        if (!other || std::ranges::any_of(candidates, [&](const auto &c) { return c.name() == other->name(); }))
            continue;
        other->route = "stands in for " + first->name();
        candidates.push_back(*std::move(other));
    }
    return candidates;
}

std::unique_ptr<ModelRun> ModelDesk::ask(ModelWish wish, ModelRequest request, ModelRunListener &listener)
{
    return std::make_unique<GuardedRun>(*this, std::move(wish), std::move(request), listener);
}

std::vector<ModelOffer> ModelDesk::offers() const
{
    std::vector<ModelOffer> offers;
    for (const auto &server : catalog_.servers()) {
        for (const ModelInfo &info : server->models) {
            ModelOffer offer{.server = server->settings.name, .info = info};
            offer.breaker = breakerName(offer.server, info.name);
            if (const ModelGuard *guard = findGuard(offer.server, info.name)) {
                offer.isOpen = guard->breaker().state() == wire::BreakerState::Open ||
                               guard->breaker().state() == wire::BreakerState::ForcedOpen;
                offer.firstToken = guard->measuredFirstToken();
                offer.errorRate = guard->errorRate();
                offer.inFlight = guard->concurrency().inFlight();
            }
            offers.push_back(std::move(offer));
        }
    }
    return offers;
}

void ModelDesk::cutTo(double share)
{
    share_ = share;
    for (const auto &[key, guard] : guards_)
        guard->cutTo(share);
}

wire::DegradationInput ModelDesk::queueLoad() const
{
    std::chrono::nanoseconds longest{0};
    for (const auto &[key, guard] : guards_)
        longest = std::max(longest, guard->longestWait().value_or(std::chrono::nanoseconds(0)));
    const double share =
        std::chrono::duration<double>(longest) / std::chrono::duration<double>(policy_.deadlines.firstToken);
    return {"queue", std::max(share - kWaitFrom, 0.0) / (1 - kWaitFrom),
            std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(longest).count()) + " ms waited"};
}

HealthCheck ModelDesk::health() const
{
    HealthCheck check{.name = "model_servers"};
    std::size_t there = 0;
    for (const ModelServerState &server : servers()) {
        ++there;
        if (!server.trouble)
            continue;
        check.status = wire::HealthState::Degraded;
        check.detail += (check.detail.empty() ? "" : "; ") + server.name + ": " + server.trouble->message;
    }
    if (check.detail.empty())
        check.detail = there == 0 ? "there is none" : std::to_string(there) + " answering";
    return check;
}

std::vector<ModelServerState> ModelDesk::servers() const
{
    std::vector<ModelServerState> states;
    for (const auto &server : catalog_.servers()) {
        if (server->isThere())
            states.push_back({server->settings.name, server->settings.kind, server->settings.url, server->isConfigured,
                              server->trouble, server->models.size()});
    }
    return states;
}

} // namespace orchestra
