// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/providers/model_server.h"

namespace orchestra {

/// Ollama's own API (docs/api.md of ollama/ollama).
class OllamaServer final : public ModelServer
{
public:
    explicit OllamaServer(ModelServerSettings settings)
        : ModelServer(std::move(settings))
    {
    }

    HttpRequest chat(const ModelRequest &request) const override;
    std::unique_ptr<ModelStream> stream(const HttpHead &head) const override;
    HttpRequest list() const override;
    Result<std::vector<ModelInfo>> readList(std::string_view body) const override;
    HttpRequest probe() const override;
    std::optional<HttpRequest> setLoaded(const std::string &model, bool loaded) const override;
};

} // namespace orchestra
