// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/orchestrator/model_catalog.h"

#include <algorithm>

namespace orchestra {

void ModelCatalog::start(std::vector<ModelServerSettings> configured, std::vector<ModelServerSettings> guesses)
{
    std::vector<ModelServerSettings> all = configured;
    const auto isTaken = [&all](const ModelServerSettings &guess) {
        return std::ranges::any_of(
            all, [&guess](const auto &known) { return known.name == guess.name || known.url == guess.url; });
    };
    for (ModelServerSettings &server : configured)
        servers_.push_back(std::make_unique<Server>(std::move(server), true, schedule_));
    for (ModelServerSettings &guess : guesses) {
        if (isTaken(guess))
            continue;
        all.push_back(guess);
        servers_.push_back(std::make_unique<Server>(std::move(guess), false, schedule_));
    }
    port_.setServers(std::move(all));
    for (const auto &server : servers_)
        look(*server);
}

const ModelCatalog::Server *ModelCatalog::find(const std::string &name) const
{
    const auto found =
        std::ranges::find_if(servers_, [&name](const auto &server) { return server->settings.name == name; });
    return found == servers_.end() ? nullptr : found->get();
}

bool ModelCatalog::isEmpty() const
{
    return std::ranges::none_of(servers_, [](const auto &server) { return server->isThere(); });
}

std::chrono::milliseconds ModelCatalog::lookEvery(const Server &server) const
{
    if (watched_ && server.isThere() && server.settings.kind == ModelServerKind::Ollama)
        return kWatchedEvery;
    if (server.isDown() && server.wasSeen)
        return kTroubledEvery;
    return server.settings.kind == ModelServerKind::OpenAi ? kOpenAiEvery : kWellEvery;
}

void ModelCatalog::setWatched(bool watched)
{
    watched_ = watched;
    for (const auto &server : servers_) {
        if (watched && server->isThere() && server->next.isRunning())
            server->next.start(lookEvery(*server), [this, &server = *server] { look(server); });
    }
}

void ModelCatalog::doubt(const std::string &name)
{
    for (const auto &server : servers_) {
        const bool isMine = server->settings.name == name && server->settings.kind == ModelServerKind::Ollama;
        if (isMine && !server->isDown() && server->next.isRunning())
            server->next.start(std::chrono::nanoseconds(0), [this, &server = *server] { look(server); });
    }
}

void ModelCatalog::look(Server &server)
{
    port_.list(server.settings.name,
               [this, &server](Result<std::vector<ModelInfo>> models) { take(server, std::move(models)); });
}

void ModelCatalog::take(Server &server, Result<std::vector<ModelInfo>> models)
{
    if (models) {
        server.wasSeen = true;
        server.trouble.reset();
        server.models = *std::move(models);
    } else {
        // The models stay known: what was asked for by name fails for the right reason.
        server.trouble = models.error();
    }
    server.next.start(lookEvery(server), [this, &server] { look(server); });
    if (looked_ && server.isThere())
        looked_(server);
}

} // namespace orchestra
