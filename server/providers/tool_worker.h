// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/loop/mailbox_reader.h"
#include "server/providers/tool_server.h"
#include "shared/base/mailbox.h"
#include "shared/base/thread_owner.h"

#include <QTimer>

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

namespace orchestra {

// What the hub sends to the provider thread about tools.

struct SetToolServers
{
    std::vector<ToolServerSettings> servers;
    ToolLimits limits;
};
struct StartToolCall
{
    ToolPort::Call call = 0;
    ToolRequest request;
};
struct CancelToolCall
{
    ToolPort::Call call = 0;
};
struct AskToolList
{
    std::uint64_t question = 0;
    std::string server;
};
using ToTools = std::variant<SetToolServers, StartToolCall, CancelToolCall, AskToolList>;

// What it answers.

struct ToolCallProgressed
{
    ToolPort::Call call = 0;
    ToolProgress progress;
};
struct ToolCallEnded
{
    ToolPort::Call call = 0;
    ToolEnd end;
};
struct ToolsListed
{
    std::uint64_t question = 0;
    Result<ToolList> list = ToolList{};
};
struct ToolListChanged
{
    std::string server;
};
using FromTools = std::variant<ToolCallProgressed, ToolCallEnded, ToolsListed, ToolListChanged>;

/// Carries out what the hub asks of servers of tools. Lives on: provider.
class ToolWorker
{
public:
    ToolWorker(Mailbox<FromTools> &toHub, MailboxReader<ToTools> &commands, const HttpClientSettings &http,
               const Clock &clock, LogSink *log);
    /// Ends the programs that it runs.
    ~ToolWorker();
    ToolWorker(const ToolWorker &) = delete;
    ToolWorker &operator=(const ToolWorker &) = delete;

private:
    void take(SetToolServers &command);
    void take(StartToolCall &command);
    void take(const CancelToolCall &command);
    void take(const AskToolList &command);

    void closeServers();
    void tell(FromTools value);
    void tellWaiting();

    ThreadOwner owner_;
    const Clock &clock_;
    LogSink *const log_;
    Mailbox<FromTools> &toHub_;
    MailboxReader<ToTools> &commands_;
    HttpClient http_;
    std::map<std::string, std::unique_ptr<ToolServer>> servers_;
    std::unordered_map<ToolPort::Call, ToolServer *> serverOf_; ///< of the calls under way
    std::deque<FromTools> waiting_;                             ///< the hub's mailbox is full
    QTimer retry_;
};

} // namespace orchestra
