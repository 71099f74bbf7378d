// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/app/composition.h"
#include "server/app/drain.h"
#include "server/app/startup.h"
#include "server/observe/metrics_snapshot.h"

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace orchestra {

class TurnRunner;

/// A whole server in one process: built by the container, joined, started, sampled once a second, drained.
/// Lives on: hub.
class Server
{
public:
    /// What a test may put in the place of the real thing; nothing on the way from the command line to here sets it.
    struct Substitutes
    {
        std::function<void(std::vector<StartPhase> &)> phases; ///< may wrap or replace them
        TurnRunner *runner = nullptr;                          ///< instead of the dispatcher
    };

    /// `describeConfig` gives GET /admin/config its answer.
    Server(ServerInput input, std::function<std::string()> describeConfig);
    Server(ServerInput input, std::function<std::string()> describeConfig, Substitutes substitutes);
    ~Server();
    Server(const Server &) = delete;
    Server &operator=(const Server &) = delete;

    /// Called once when every phase is done, and with the exit code when the server has ended by itself.
    void onReady(std::function<void()> ready) { ready_ = std::move(ready); }
    void onFinished(std::function<void(int exitCode)> finished) { finished_ = std::move(finished); }

    /// Opens the port and begins the phases; the rest happens in the event loop.
    Status start();
    std::uint16_t port() const;
    /// http://HOST:PORT
    std::string url() const;

    /// Takes over what may change while the server runs: the contents of the TLS files and the log level.
    void reload(const Config &fresh);
    /// Ends in order; onFinished follows.
    void drain(const std::string &why);
    bool isDraining() const { return drain_->hasBegun(); }

    Orchestrator &orchestrator();
    Startup &startup();
    MetricsSnapshot metrics();

private:
    std::vector<StartPhase> phases();
    void showModels();
    void showTools();
    void openStore(std::function<void(Status)> done);
    void startServices(std::function<void(Status)> done);
    void loadSettings(std::function<void(Status)> done);
    void validate(std::function<void(Status)> done);
    void announce();
    void sample();
    void scheduleSample(std::chrono::nanoseconds delay);
    void keepAlive();

    ServerInput input_;
    const Substitutes substitutes_;
    std::function<void()> ready_;
    std::function<void(int)> finished_;
    Container container_;
    std::unique_ptr<Scope> root_;
    std::unique_ptr<Drain> drain_;
    std::unique_ptr<Alarm> sample_;
    std::unique_ptr<Alarm> alive_;
    MonotonicTime nextSample_{};
};

} // namespace orchestra
