// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/core/model_port.h"
#include "server/providers/ollama_stream.h"
#include "shared/wire/json_value.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace orchestra {

/// Words of a model. Nobody but a reader of a model's stream can make them, so one does.
inline std::vector<ModelPiece> modelSays(const std::string &text)
{
    wire::JsonValue message;
    message.set("content", text);
    wire::JsonValue line;
    line.set("created_at", "now");
    line.set("message", std::move(message));
    std::vector<ModelPiece> pieces;
    OllamaStream stream;
    static_cast<void>(stream.take(line.toText() + "\n", pieces));
    return pieces;
}

/// The hub's way to model servers, with a test at the other end.
class HandModelPort final : public ModelPort
{
public:
    struct Started
    {
        std::string server;
        ModelRequest request;
        ModelListener *listener = nullptr; ///< null once it was cancelled or has ended
    };
    using Listed = std::function<void(Result<std::vector<ModelInfo>>)>;

    void setServers(std::vector<ModelServerSettings> list) override { servers = std::move(list); }
    Call call(const std::string &server, ModelRequest request, ModelListener &listener) override
    {
        calls.push_back({server, std::move(request), &listener});
        return calls.size();
    }
    void cancel(Call call) override
    {
        calls[call - 1].listener = nullptr;
        cancelled.push_back(call);
    }
    void list(const std::string &server, Listed done) override { lists[server] = std::move(done); }
    void probe(const std::string &, std::function<void(Status)>) override {}
    void setLoaded(const std::string &server, const std::string &model, bool isLoaded,
                   std::function<void(Status)> done) override
    {
        if (isLoaded)
            loaded.push_back(server + "/" + model);
        done(Ok{});
    }

    /// The server says which models it has, or why it does not.
    void answerList(const std::string &server, Result<std::vector<ModelInfo>> models)
    {
        const Listed done = std::exchange(lists[server], {});
        done(std::move(models));
    }
    void say(std::size_t call, const std::string &text) { calls[call].listener->onPieces(modelSays(text)); }
    void finish(std::size_t call, ModelFinish finish = {})
    {
        ModelEnd end;
        end.outcome = std::move(finish);
        std::exchange(calls[call].listener, nullptr)->onEnd(end);
    }
    void fail(std::size_t call, Error error, bool isServersFault = true)
    {
        ModelEnd end;
        end.outcome = std::move(error);
        end.isServersFault = isServersFault;
        std::exchange(calls[call].listener, nullptr)->onEnd(end);
    }

    std::vector<ModelServerSettings> servers;
    std::vector<Started> calls;
    std::vector<Call> cancelled;
    std::vector<std::string> loaded; ///< SERVER/NAME
    std::map<std::string, Listed> lists;
};

} // namespace orchestra
