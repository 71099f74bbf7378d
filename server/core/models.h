// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/core/model_port.h"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace orchestra {

/// Which model an agent would like, and what it would put up with.
struct ModelWish
{
    std::optional<std::string> model; ///< "name" or "server/name"; absent: the best there is
    wire::ExecutionMode mode = wire::ExecutionMode::Balanced;
    bool needsTools = false;
    bool likesTools = false; ///< tools are offered, and it can do without
    /// Another model than the first choice may answer, if the operator's policy has one. Absent: yes, unless one was
    /// named.
    std::optional<bool> allowFallback;
    std::optional<std::chrono::milliseconds> maxLatency; ///< to the first token
    std::string userId;        ///< whose question it is; empty: nobody's, and no kept answer is given
    std::optional<bool> cache; ///< a kept answer to the same question will do; absent: as the operator decided
    bool isOnce = false;       ///< a call that fails is not made again
};

/// Who answers, and how it came to that.
struct ModelIdentity
{
    std::string server;
    std::string model;
    unsigned attempt = 1;
    std::optional<std::string> fallbackFrom;       ///< "server/name" of the first choice
    std::string route;                             ///< why this model, for people
    std::optional<std::chrono::seconds> cachedAge; ///< the answer was kept from the same question, so long ago
};

struct ModelRunEnd
{
    Result<ModelFinish> outcome = ModelFinish{};
    std::optional<ModelIdentity> identity; ///< absent when no model was called
};

/// Hears of one run: pieces in their order, then the end, once, as the last thing. Lives on: hub.
class ModelRunListener
{
public:
    virtual ~ModelRunListener() = default;
    /// Told when the model works on as much as it is given, and `ahead` others wait for it already. Must not end the
    /// run.
    virtual void onWaiting(std::size_t ahead) { static_cast<void>(ahead); }
    /// Told once before the first piece, of the model that has begun to answer.
    virtual void onAnswering(const ModelIdentity &) {}
    virtual void onPieces(std::vector<ModelPiece> pieces) = 0;
    /// May destroy the run.
    virtual void onEnd(const ModelRunEnd &end) = 0;
};

/// A question put to a model. Destroying it cancels what still runs. Lives on: hub.
class ModelRun
{
public:
    virtual ~ModelRun() = default;
};

/// A model that could be asked now.
struct ModelOffer
{
    std::string server;
    ModelInfo info;
    std::string breaker;                                 ///< the name of its circuit breaker
    bool isOpen = false;                                 ///< its circuit breaker lets nobody pass
    std::optional<std::chrono::milliseconds> firstToken; ///< measured; absent: not yet
    double errorRate = 0;                                ///< of late, 0..1
    std::size_t inFlight = 0;
};

/// A server of models, there or not.
struct ModelServerState
{
    std::string name;
    ModelServerKind kind = ModelServerKind::Ollama;
    std::string url;
    bool isConfigured = false;    ///< else it was found
    std::optional<Error> trouble; ///< why it cannot be reached; absent while it can
    std::size_t models = 0;
};

/// The models this server can ask, behind circuit breakers, limits and retries. Lives on: hub.
class Models
{
public:
    virtual ~Models() = default;
    /// No model server is configured, and none was found.
    virtual bool isEmpty() const = 0;
    virtual std::vector<ModelOffer> offers() const = 0;
    virtual std::vector<ModelServerState> servers() const = 0;
    /// Chooses a model and asks it; again or elsewhere, as policies allow, as long as nothing was said. The request's
    /// model and deadlines are filled in. Everything is told in later turns of the loop. `listener` must outlive the
    /// run.
    virtual std::unique_ptr<ModelRun> ask(ModelWish wish, ModelRequest request, ModelRunListener &listener) = 0;
};

} // namespace orchestra
