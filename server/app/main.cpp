// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/app/audit_cli.h"
#include "server/app/command_line.h"
#include "server/app/config_report.h"
#include "server/app/config_schema.h"
#include "server/app/inherited_listeners.h"
#include "server/app/server.h"
#include "server/app/settings.h"
#include "server/app/signals.h"
#include "server/app/token_cli.h"
#include "server/loop/epoll_dispatcher.h"
#include "server/observe/log_writer.h"

#include <QCoreApplication>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <unistd.h>
#include <vector>

using namespace orchestra;

namespace {

constexpr int kMisspelt = 2;

int say(const CommandOutcome &outcome)
{
    std::fputs(outcome.output.c_str(), stdout);
    std::fputs(outcome.errors.c_str(), stderr);
    return outcome.exitCode;
}

int complain(const std::vector<std::string> &problems, int exitCode)
{
    for (const std::string &problem : problems)
        std::fprintf(stderr, "orchestrad: %s\n", problem.c_str());
    return exitCode;
}

std::string help()
{
    return "Usage: orchestrad [OPTIONS]                          serve\n"
           "       orchestrad [OPTIONS] config check|show|schema\n"
           "       orchestrad [OPTIONS] token add|list|revoke ...\n"
           "       orchestrad [OPTIONS] audit verify|export ...\n"
           "\n"
           "AI Orchestra's server: one port for chat, REST and the operations console.\n"
           "\n" +
           configOptionsHelp() +
           "  --help            show this\n"
           "  --version         show the version\n"
           "\n"
           "SIGTERM and SIGINT drain: running answers are finished, then the server ends. A second one ends it at "
           "once.\n"
           "SIGHUP loads certificates and log level again.\n";
}

int runTokens(const std::vector<std::string> &arguments, const Config &config)
{
    const SystemClock clock;
    SystemRandom random;
    LogWriter log(clock, stderr, config.log.format, LogLevel::Error, {});
    return say(runTokenCommand(arguments, storeOptions(config), clock, random, log));
}

/// Serves until the server has ended; returns its exit code.
int serve(const LoadedConfig &loaded, const ConfigSources &sources, const ConfigSchema &schema, Environment environment)
{
    ServerInput input;
    input.config = loaded.config;
    input.pid = static_cast<int>(::getpid());
    input.listeners = inheritedListeners(environment, input.pid);
    if (const std::string exposed = exposedAddress(input.listeners); !exposed.empty())
        input.config.server.address = exposed;
    input.environment = std::move(environment);
    if (const std::vector<std::string> wrong = contradictions(input.config); !wrong.empty())
        return complain(wrong, EXIT_FAILURE);

    Server server(std::move(input), [&] { return describeConfigJson(schema, loaded); });
    server.onReady([&server] {
        std::printf("orchestrad ready on %s\n", server.url().c_str());
        std::fflush(stdout);
    });
    server.onFinished([](int code) { QCoreApplication::exit(code); });
    const Signals signals([&](int signal) {
        if (signal == SIGHUP) {
            const LoadedConfig fresh = loadConfig(schema, sources);
            if (fresh.problems.empty())
                server.reload(fresh.config);
            else
                complain(fresh.problems, 0);
        } else if (server.isDraining()) {
            std::_Exit(128 + signal);
        } else {
            server.drain(signal == SIGTERM ? "SIGTERM" : "SIGINT");
        }
    });
    if (const Status started = server.start(); !started)
        return complain({started.error().message}, EXIT_FAILURE);
    return QCoreApplication::exec();
}

} // namespace

int main(int argc, char **argv)
{
    Signals::block();
    QCoreApplication::setEventDispatcher(new EpollDispatcher); // owned by the application
    const QCoreApplication application(argc, argv);
    const Environment environment = environmentFrom(environ);
    const auto line = readCommandLine({argv + 1, argv + argc}, environment);
    if (!line)
        return complain({line.error().message}, kMisspelt);
    const std::vector<std::string> &rest = line->rest;
    const std::string verb = rest.empty() ? std::string() : rest.front();
    if (verb == "--help" || verb == "-h")
        return say({0, help(), {}});
    if (verb == "--version")
        return say({0, "orchestrad " ORCHESTRA_VERSION "\n", {}});

    const ConfigSchema schema;
    const LoadedConfig loaded = loadConfig(schema, line->sources);
    if (verb == "config")
        return say(runConfigCommand(rest.size() > 1 ? rest[1] : "", schema, loaded));
    if (!loaded.problems.empty())
        return complain(loaded.problems, EXIT_FAILURE);
    if (verb == "token")
        return runTokens({rest.begin() + 1, rest.end()}, loaded.config);
    if (verb == "audit")
        return say(runAuditCommand({rest.begin() + 1, rest.end()}, storeOptions(loaded.config).dataDir,
                                   [](std::string_view line) { std::fwrite(line.data(), 1, line.size(), stdout); }));
    if (!verb.empty())
        return complain({"unknown argument " + verb + "; see orchestrad --help"}, kMisspelt);
    return serve(loaded, line->sources, schema, environment);
}
