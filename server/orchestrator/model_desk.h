// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/core/health.h"
#include "server/core/models.h"
#include "server/orchestrator/answer_cache.h"
#include "server/orchestrator/hub.h"
#include "server/orchestrator/model_catalog.h"
#include "server/orchestrator/model_guard.h"

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace orchestra {

class GuardedRun;

/// What an operator has decided about models.
struct ModelPolicy
{
    std::string defaultModel;           ///< "name" or "server/name"; empty: by what was measured
    std::vector<std::string> fallbacks; ///< "server/name", in their order
    std::vector<std::string> warmUp;    ///< "server/name": loaded into memory as soon as their server is there
    ModelDeadlines deadlines;
    ConcurrencyPolicy concurrency;                             ///< of each model
    std::size_t waiting = 200;                                 ///< turns that may wait for a place at one model
    BreakerPolicy breaker;                                     ///< of each model; its times are set from the deadlines
    std::chrono::milliseconds slow = std::chrono::seconds(10); ///< a first token that comes later
    RetryPolicy retries;
    double tryShare = 0; ///< of the questions that name no model: asked of one that was not measured of late
    std::map<std::string, double> prices; ///< of "server/name", for a million tokens; what is not named is free
    AnswerCachePolicy cache;
};

/// Chooses models and asks them, each behind its guard. Lives on: hub.
class ModelDesk final : public Models
{
public:
    /// What was measured of a model is believed for so long; one that was asked in vain is left alone for as long.
    static constexpr std::chrono::hours kBelieved{1};
    /// Looks that go well count as health probes no more often, however often somebody has the server looked at.
    static constexpr std::chrono::seconds kProbeEvery{2};

    /// All must outlive the desk. Runs that outlive the desk are cancelled by its end.
    ModelDesk(const Hub &hub, BreakerBoard &board, ModelPort &port, ModelPolicy policy);
    ~ModelDesk() override;

    void start(std::vector<ModelServerSettings> configured, std::vector<ModelServerSettings> guesses);

    bool isEmpty() const override { return catalog_.isEmpty(); }
    AnswerCache &cache() { return cache_; }
    /// Who knows how good the answers of a model ("server/name") were; nothing while they were not measured.
    void rateBy(std::function<std::optional<double>(const std::string &)> quality) { quality_ = std::move(quality); }
    std::vector<ModelOffer> offers() const override;
    std::vector<ModelServerState> servers() const override;
    std::unique_ptr<ModelRun> ask(ModelWish wish, ModelRequest request, ModelRunListener &listener) override;

    /// How long callers wait for a place at a model, beside how long they may.
    wire::DegradationInput queueLoad() const;
    /// From now on only this part of the places at each model is given out.
    void cutTo(double share);

    /// Degraded while a model server that was there does not answer. Having none is no illness.
    HealthCheck health() const;
    /// Each server that was there and does not answer now.
    std::vector<wire::ProblemRow> problems() const;
    /// Models and servers as consoles see them.
    std::vector<wire::ModelRow> rows() const;
    /// A console has begun to look at the models, or the last one has ceased to.
    void setWatched(bool watched) { catalog_.setWatched(watched); }
    /// Called when a server has come, gone, or told of other models.
    void onChange(std::function<void()> changed) { changed_ = std::move(changed); }

private:
    friend class GuardedRun;

    /// A model of a server, as a choice.
    struct Candidate
    {
        std::string server;
        std::string model;
        ModelGuard *guard = nullptr;
        std::string route; ///< why it was chosen, for people
        std::string name() const { return server + "/" + model; }
    };

    /// The first choice and what may stand in for it, in order. Fails with NO_MODEL or PROVIDER_UNAVAILABLE.
    Result<std::vector<Candidate>> choose(const ModelWish &wish);
    Result<Candidate> named(const std::string &name);
    Result<Candidate> best(const ModelWish &wish);
    Candidate candidate(const std::string &server, const std::string &model);
    /// Every model that can serve the wish now; those whose breaker lets pass, or all when none does.
    std::vector<Candidate> able(const ModelWish &wish, std::optional<Error> &trouble);
    /// As far as its server says, and has not refused them of late.
    bool canUseTools(const Candidate &candidate) const;
    double priceOf(const Candidate &candidate) const;
    /// Now and then another one than `choice`, so that it can be compared; most often nothing.
    std::optional<Candidate> toTry(const std::vector<Candidate> &able, const Candidate &choice) const;
    bool mayTry(const Candidate &candidate, const Candidate &choice) const;
    Candidate fastest(const std::vector<Candidate> &able) const;
    /// Those that are hardly slower and fail hardly more often than the fastest.
    std::vector<Candidate> near(const std::vector<Candidate> &able, const Candidate &fastest) const;
    std::optional<Candidate> finest(const std::vector<Candidate> &near) const;
    std::optional<Candidate> cheapest(const std::vector<Candidate> &near) const;
    ModelGuard &guardOf(const std::string &server, const std::string &model);
    const ModelGuard *findGuard(const std::string &server, const std::string &model) const;
    void looked(const ModelCatalog::Server &server);
    void noteTrouble(const ModelCatalog::Server &server);
    void warmUp(const ModelCatalog::Server &server);
    void probe(const ModelCatalog::Server &server);

    const Hub &hub_;
    BreakerBoard &board_;
    ModelPort &port_;
    const ModelPolicy policy_;
    ModelCatalog catalog_;
    std::map<std::pair<std::string, std::string>, std::unique_ptr<ModelGuard>> guards_; ///< by server and model
    std::set<GuardedRun *> runs_;
    double share_ = 1; ///< of the places at each model
    AnswerCache cache_;
    std::function<std::optional<double>(const std::string &)> quality_;
    std::map<std::string, WallMs> troubledSince_; ///< by server
    std::map<std::string, std::size_t> modelsSeen_;
    std::set<std::string> warmed_;                  ///< servers whose models were loaded since they are there
    std::set<std::string> down_;                    ///< servers that did not answer at the last look
    std::map<std::string, MonotonicTime> probedAt_; ///< by server, when a good look counted
    std::function<void()> changed_;
};

} // namespace orchestra
