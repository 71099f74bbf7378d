// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/core/models.h"
#include "server/core/schedule.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace orchestra {

/// Which model servers there are, whether they answer, and which models they have: asked again and again, more often
/// while one does not answer. Lives on: hub.
class ModelCatalog
{
public:
    /// How long after an answer a server is asked again.
    static constexpr std::chrono::seconds kWellEvery{5};
    static constexpr std::chrono::seconds kTroubledEvery{2};
    /// While somebody looks on. Only servers of this machine's kind: a console is to show within a second that one is
    /// gone.
    static constexpr std::chrono::milliseconds kWatchedEvery{300};
    /// Servers that speak like OpenAI are often somebody else's and count what they are asked.
    static constexpr std::chrono::seconds kOpenAiEvery{30};

    struct Server
    {
        Server(ModelServerSettings from, bool configured, Schedule &schedule)
            : settings(std::move(from))
            , isConfigured(configured)
            , next(schedule)
        {
        }
        ModelServerSettings settings;
        bool isConfigured;
        bool wasSeen = false; ///< it has answered at least once
        std::optional<Error> trouble;
        std::vector<ModelInfo> models;
        Alarm next;
        /// Configured, or it was found: else nobody hears of it.
        bool isThere() const { return isConfigured || wasSeen; }
        /// It does not answer; one that refuses a question is there.
        bool isDown() const { return trouble && trouble->retryable && trouble->code != Code::RateLimited; }
    };

    ModelCatalog(ModelPort &port, Schedule &schedule)
        : port_(port)
        , schedule_(schedule)
    {
    }
    ModelCatalog(const ModelCatalog &) = delete;
    ModelCatalog &operator=(const ModelCatalog &) = delete;

    /// `guesses`: servers that may be there though nobody has said so. Once.
    void start(std::vector<ModelServerSettings> configured, std::vector<ModelServerSettings> guesses);
    const std::vector<std::unique_ptr<Server>> &servers() const { return servers_; }
    const Server *find(const std::string &name) const;
    bool isEmpty() const;

    /// Somebody looks at the models now, or nobody does any more.
    void setWatched(bool watched);
    /// A call has failed by the server's fault: it is asked at once whether it is still there.
    void doubt(const std::string &name);
    /// A server has answered, or has failed to.
    void onLook(std::function<void(const Server &)> looked) { looked_ = std::move(looked); }

private:
    std::chrono::milliseconds lookEvery(const Server &server) const;
    void look(Server &server);
    void take(Server &server, Result<std::vector<ModelInfo>> models);

    ModelPort &port_;
    Schedule &schedule_;
    std::vector<std::unique_ptr<Server>> servers_;
    std::function<void(const Server &)> looked_;
    bool watched_ = false;
};

} // namespace orchestra
