// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/core/identity.h"
#include "server/core/model_call.h"

#include <functional>
#include <string>
#include <vector>

namespace orchestra {

enum class ModelServerKind : std::uint8_t {
    Ollama,
    OpenAi, ///< any server that speaks like OpenAI's chat completions
};
constexpr std::array<std::string_view, 2> wireNames(ModelServerKind)
{
    return {"ollama", "openai"};
}

/// One model server as it is configured or found.
struct ModelServerSettings
{
    std::string name; ///< unique among the servers
    ModelServerKind kind = ModelServerKind::Ollama;
    std::string url; ///< Ollama's root, or the base URL with its version: https://host/v1
    Secret key;      ///< sent as a bearer token; may be empty
};

/// A model that a server offers, and what it can do as far as the server says so.
struct ModelInfo
{
    std::string name;
    bool canChat = true;
    bool canUseTools = false;
    bool canThink = false;
    bool canSee = false;
    std::uint64_t bytes = 0;         ///< on disk; 0: unknown
    std::string parameters;          ///< "7.6B"; empty: unknown
    std::uint64_t contextTokens = 0; ///< 0: unknown
    bool operator==(const ModelInfo &) const = default;
};

/// How one call of a model ended.
struct ModelEnd
{
    Result<ModelFinish> outcome = ModelFinish{};
    /// A failure of the model's server, not of what it was asked: the circuit breaker counts it.
    bool isServersFault = false;
    /// The request may have reached the server.
    bool wasSent = false;
    std::optional<std::chrono::microseconds> firstToken; ///< from the request to the first piece
    std::chrono::microseconds total{0};
};

/// Hears of one call: pieces in their order, then the end, once. Nothing follows the end or a cancel. Lives on: hub.
class ModelListener
{
public:
    virtual ~ModelListener() = default;
    virtual void onPieces(std::vector<ModelPiece> pieces) = 0;
    virtual void onEnd(const ModelEnd &end) = 0;
};

/// The hub's way to model servers. Makes one attempt a call and decides nothing: whether to call, to try again or to
/// go elsewhere is the caller's. Everything is answered in later turns of the hub's loop. Lives on: hub.
class ModelPort
{
public:
    /// Names a call; never reused, 0 is none.
    using Call = std::uint64_t;

    virtual ~ModelPort() = default;
    /// Replaces the servers that can be called. Calls under way are not touched.
    virtual void setServers(std::vector<ModelServerSettings> servers) = 0;
    /// `listener` must live until its onEnd or `cancel`. An unknown server ends the call with NO_MODEL.
    virtual Call call(const std::string &server, ModelRequest request, ModelListener &listener) = 0;
    /// Ends a call without onEnd: the connection is closed, the stream reset. Unknown ones are ignored.
    virtual void cancel(Call call) = 0;
    /// Asks the server which models it has.
    virtual void list(const std::string &server, std::function<void(Result<std::vector<ModelInfo>>)> done) = 0;
    /// Asks the server, cheaply, whether it is there.
    virtual void probe(const std::string &server, std::function<void(Status)> done) = 0;
    /// Loads a model into memory ahead of its first use, or takes it out. UNSUPPORTED_TYPE where the server knows no
    /// such thing.
    virtual void setLoaded(const std::string &server, const std::string &model, bool loaded,
                           std::function<void(Status)> done) = 0;
};

} // namespace orchestra
