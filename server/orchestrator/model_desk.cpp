// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/orchestrator/model_desk.h"

#include "server/orchestrator/guarded_run.h"
#include "shared/wire/error_table.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace orchestra {
namespace {

std::string breakerName(const std::string &server, const std::string &model)
{
    return "model:" + server + "/" + model;
}

bool canServe(const ModelInfo &info, const ModelWish &wish)
{
    return info.canChat && (info.canUseTools || !wish.needsTools);
}

} // namespace

ModelDesk::ModelDesk(const Hub &hub, BreakerBoard &board, ModelPort &port, ModelPolicy policy)
    : hub_(hub)
    , board_(board)
    , port_(port)
    , policy_(std::move(policy))
    , catalog_(port, hub.schedule)
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
    for (const auto &[key, guard] : guards_) {
        if (key.first == server.settings.name)
            guard->breaker().healthProbe(!server.isDown());
    }
}

ModelGuard &ModelDesk::guardOf(const std::string &server, const std::string &model)
{
    auto &guard = guards_[{server, model}];
    if (!guard) {
        ModelGuard::Policy policy{.concurrency = policy_.concurrency, .waiting = policy_.waiting};
        policy.timeout.most = policy.timeout.first = policy_.deadlines.firstToken;
        policy.timeout.least = std::min(policy.timeout.least, policy.timeout.most);
        guard = std::make_unique<ModelGuard>(board_, breakerName(server, model), policy, hub_.clock);
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

/// Among the models whose breaker lets pass: the one measured best, unknown ones after known ones, in the order of
/// their servers' lists. When no breaker lets pass the best one is asked all the same, so that its breaker says when
/// to come back.
Result<ModelDesk::Candidate> ModelDesk::best(const ModelWish &wish)
{
    std::optional<Error> trouble;
    std::optional<Candidate> chosen;
    std::tuple<bool, bool, double> chosenRank;
    for (const auto &server : catalog_.servers()) {
        if (!server->isThere())
            continue;
        if (server->trouble)
            trouble = server->trouble;
        for (const ModelInfo &info : server->models) {
            if (!canServe(info, wish))
                continue;
            const Candidate next = candidate(server->settings.name, info.name);
            const std::tuple rank(next.guard->breaker().state() == wire::BreakerState::Open,
                                  !next.guard->measuredFirstToken(), next.guard->expectedMs());
            if (!chosen || rank < chosenRank) {
                chosen = next;
                chosenRank = rank;
            }
        }
    }
    if (chosen)
        return *std::move(chosen);
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
    std::vector<Candidate> candidates{*first};
    if (!wish.allowFallback.value_or(!isNamed))
        return candidates;
    for (const std::string &name : policy_.fallbacks) {
        const Result<Candidate> other = named(name);
        if (other && std::ranges::none_of(candidates, [&](const auto &c) { return c.name() == other->name(); }))
            candidates.push_back(*other);
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
