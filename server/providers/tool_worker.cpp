// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/providers/tool_worker.h"

#include "shared/wire/error_table.h"

#include <utility>

namespace orchestra {
namespace {

constexpr std::chrono::milliseconds kRetry{5};

Error unknownServer(const std::string &name)
{
    return makeError(Code::NotFound, "there is no server of tools called \"" + name + "\"");
}

} // namespace

ToolWorker::ToolWorker(Mailbox<FromTools> &toHub, MailboxReader<ToTools> &commands, const HttpClientSettings &http,
                       const Clock &clock, LogSink *log)
    : clock_(clock)
    , log_(log)
    , toHub_(toHub)
    , commands_(commands)
    , http_(clock, http)
{
    QObject::connect(&retry_, &QTimer::timeout, &retry_, [this] { tellWaiting(); });
    commands_.start([this](std::vector<ToTools> &batch) {
        owner_.check();
        for (ToTools &command : batch)
            std::visit([this](auto &value) { take(value); }, command);
    });
}

ToolWorker::~ToolWorker()
{
    commands_.stop();
    closeServers();
}

/// All are asked first, so that they end side by side.
void ToolWorker::closeServers()
{
    for (const auto &[name, server] : servers_)
        server->close();
    servers_.clear();
}

void ToolWorker::take(SetToolServers &command)
{
    closeServers();
    for (const auto &[call, server] : std::exchange(serverOf_, {})) {
        ToolCallEnded ended{.call = call};
        ended.end.outcome = makeError(Code::ProviderUnavailable, "the servers of tools were configured anew");
        tell(std::move(ended));
    }
    const ToolServer::Ground ground{http_, clock_, log_, command.limits};
    for (ToolServerSettings &settings : command.servers) {
        const std::string name = settings.name;
        ToolServer::Output output;
        output.progressed = [this](ToolPort::Call call, const ToolProgress &progress) {
            // Of many steps the latest will do: nothing is lost when the hub has no room for one.
            if (waiting_.empty())
                static_cast<void>(toHub_.push(ToolCallProgressed{call, progress}));
        };
        output.ended = [this](ToolPort::Call call, ToolEnd end) {
            serverOf_.erase(call);
            tell(ToolCallEnded{call, std::move(end)});
        };
        output.listed = [this](std::uint64_t question, Result<ToolList> list) {
            tell(ToolsListed{question, std::move(list)});
        };
        output.listChanged = [this, name] { tell(ToolListChanged{name}); };
        servers_[name] = ToolServer::make(std::move(settings), ground, std::move(output));
    }
}

void ToolWorker::take(StartToolCall &command)
{
    const auto server = servers_.find(command.request.server);
    if (server == servers_.end()) {
        ToolCallEnded ended{.call = command.call};
        ended.end.outcome = unknownServer(command.request.server);
        return tell(std::move(ended));
    }
    serverOf_[command.call] = server->second.get();
    server->second->call(command.call, command.request);
}

void ToolWorker::take(const CancelToolCall &command)
{
    if (const auto server = serverOf_.extract(command.call); !server.empty())
        server.mapped()->cancel(command.call);
}

void ToolWorker::take(const AskToolList &command)
{
    const auto server = servers_.find(command.server);
    if (server == servers_.end())
        tell(ToolsListed{command.question, unknownServer(command.server)});
    else
        server->second->list(command.question);
}

void ToolWorker::tell(FromTools value)
{
    if (waiting_.empty() && toHub_.push(std::move(value)))
        return;
    if (waiting_.empty())
        retry_.start(kRetry);
    waiting_.push_back(std::move(value));
}

void ToolWorker::tellWaiting()
{
    while (!waiting_.empty() && toHub_.push(std::move(waiting_.front())))
        waiting_.pop_front();
    if (waiting_.empty())
        retry_.stop();
}

} // namespace orchestra
