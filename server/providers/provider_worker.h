// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/core/model_port.h"
#include "server/loop/mailbox_reader.h"
#include "server/providers/model_exchange.h"
#include "server/providers/provider_thread.h"
#include "server/providers/question.h"
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

// What the hub sends to the provider thread.

struct SetModelServers
{
    std::vector<ModelServerSettings> servers;
};
struct StartModelCall
{
    ModelPort::Call call = 0;
    std::string server;
    ModelRequest request;
};
struct CancelModelCall
{
    ModelPort::Call call = 0;
};
struct AskModelServer
{
    enum class About : std::uint8_t { Models, Presence, Load, Unload };
    std::uint64_t question = 0;
    About about = About::Models;
    std::string server;
    std::string model;
};
using ToProvider = std::variant<SetModelServers, StartModelCall, CancelModelCall, AskModelServer>;

// What it answers.

struct ModelPieces
{
    ModelPort::Call call = 0;
    std::vector<ModelPiece> pieces;
};
struct ModelCallEnded
{
    ModelPort::Call call = 0;
    ModelEnd end;
};
struct ModelServerAnswered
{
    std::uint64_t question = 0;
    Status outcome = Ok{};
    std::vector<ModelInfo> models; ///< when asked for
};
/// How the thread itself does, once a second.
struct ProviderReport
{
    std::shared_ptr<const ProviderCounters> counters;
};
using FromProvider = std::variant<ModelPieces, ModelCallEnded, ModelServerAnswered, ProviderReport>;

/// Carries out what the hub asks for. Lives on: provider.
class ProviderWorker
{
public:
    ProviderWorker(Mailbox<FromProvider> &toHub, MailboxReader<ToProvider> &commands,
                   const ProviderThread::Settings &settings, const Clock &clock);
    ~ProviderWorker();
    ProviderWorker(const ProviderWorker &) = delete;
    ProviderWorker &operator=(const ProviderWorker &) = delete;

private:
    void take(SetModelServers &command);
    void take(StartModelCall &command);
    void take(const CancelModelCall &command);
    void take(const AskModelServer &command);

    std::shared_ptr<const ModelServer> find(const std::string &server) const;
    void ask(const AskModelServer &command, const ModelServer &server);
    void answer(const AskModelServer &command, const ModelServer &server, const Question::Answer &answer);
    void tell(FromProvider value);
    void tellWaiting();
    void clear();
    void report();

    ThreadOwner owner_;
    const Clock &clock_;
    Mailbox<FromProvider> &toHub_;
    MailboxReader<ToProvider> &commands_;
    std::map<std::string, std::shared_ptr<const ModelServer>> servers_;
    HttpClient http_;
    std::unordered_map<ModelPort::Call, std::unique_ptr<ModelExchange>> calls_;
    std::unordered_map<std::uint64_t, std::unique_ptr<Question>> questions_;
    std::vector<ModelPort::Call> over_; ///< to be deleted in the next turn
    std::deque<FromProvider> waiting_;  ///< the hub's mailbox is full; nothing is read meanwhile
    QTimer clearing_;
    QTimer retry_;
    QTimer beat_;
    MonotonicTime nextBeat_{};
    Histogram loopLagUs_;
};

} // namespace orchestra
