// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/app/server.h"
#include "server/core/turn.h"
#include "tests/support/wire_client.h"

#include <QTemporaryDir>

#include <memory>
#include <optional>
#include <vector>

namespace orchestra {

/// An agent that speaks when the test says so.
class StreamingRunner final : public TurnRunner
{
public:
    void run(std::shared_ptr<Turn> turn) override { turns.push_back(std::move(turn)); }

    void speak(std::size_t turn, int tokens)
    {
        for (int i = 0; i < tokens; ++i)
            turns[turn]->say(ReportWriter::fill("word {} ", {std::to_string(spoken_++)}));
    }

    std::vector<std::shared_ptr<Turn>> turns;

private:
    int spoken_ = 0;
};

/// The whole server in this process, on a free port, with real threads, sockets and disk; what a test replaces is said
/// in `substitutes`.
class ServerBench
{
public:
    explicit ServerBench(Server::Substitutes substitutes = {})
    {
        ServerInput input;
        input.config.server.port = 0;
        input.config.server.dataDir = dir_.path().toStdString();
        input.config.log.level = LogLevel::Error;
        input.config.models.discover = false; // what else runs on the machine is not part of the test
        server = std::make_unique<Server>(
            std::move(input), [] { return std::string("{}"); }, std::move(substitutes));
        server->onReady([this] { ready = true; });
        server->onFinished([this](int code) { finished = code; });
    }

    bool start() { return bool(server->start()); }
    bool startAndWait()
    {
        return start() && waitUntil([this] { return ready; });
    }
    WireClient::Options client(const char *user, const char *session = "s1") const
    {
        return {server->port(), QString::fromLatin1(user), QString::fromLatin1(session), {}, false};
    }

private:
    QTemporaryDir dir_;

public:
    std::unique_ptr<Server> server;
    bool ready = false;
    std::optional<int> finished;
};

} // namespace orchestra
