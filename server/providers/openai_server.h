// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/providers/model_server.h"

namespace orchestra {

/// OpenAI's chat completions API, as OpenAI and the many servers that copy it speak it.
class OpenAiServer final : public ModelServer
{
public:
    explicit OpenAiServer(ModelServerSettings settings)
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
