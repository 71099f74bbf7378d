// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/providers/provider_worker.h"

#include "shared/wire/error_table.h"

#include <algorithm>
#include <utility>

namespace orchestra {
namespace {

constexpr std::chrono::milliseconds kRetry{5};
constexpr std::chrono::milliseconds kBeat{1000};

Error unknownServer(const std::string &name)
{
    return makeError(Code::NoModel, "there is no model server called \"" + name + "\"");
}

} // namespace

ProviderWorker::ProviderWorker(Mailbox<FromProvider> &toHub, MailboxReader<ToProvider> &commands,
                               const ProviderThread::Settings &settings, const Clock &clock)
    : clock_(clock)
    , toHub_(toHub)
    , commands_(commands)
    , http_(clock, settings.http)
{
    clearing_.setSingleShot(true);
    QObject::connect(&clearing_, &QTimer::timeout, &clearing_, [this] { clear(); });
    QObject::connect(&retry_, &QTimer::timeout, &retry_, [this] { tellWaiting(); });
    QObject::connect(&beat_, &QTimer::timeout, &beat_, [this] { report(); });
    beat_.setTimerType(Qt::PreciseTimer); // because its lateness is the loop's lag
    nextBeat_ = clock_.now() + kBeat;
    beat_.start(kBeat);
    commands_.start([this](std::vector<ToProvider> &batch) {
        owner_.check();
        for (ToProvider &command : batch)
            std::visit([this](auto &value) { take(value); }, command);
    });
}

ProviderWorker::~ProviderWorker()
{
    commands_.stop();
}

void ProviderWorker::take(SetModelServers &command)
{
    servers_.clear();
    for (ModelServerSettings &settings : command.servers) {
        std::shared_ptr<const ModelServer> server = ModelServer::make(std::move(settings));
        servers_[server->name()] = server;
    }
}

std::shared_ptr<const ModelServer> ProviderWorker::find(const std::string &server) const
{
    const auto found = servers_.find(server);
    return found == servers_.end() ? nullptr : found->second;
}

void ProviderWorker::take(StartModelCall &command)
{
    const ModelPort::Call call = command.call;
    std::shared_ptr<const ModelServer> server = find(command.server);
    if (!server) {
        tell(ModelCallEnded{call, ModelEnd{.outcome = unknownServer(command.server)}});
        return;
    }
    ModelExchange::Output output;
    output.pieces = [this, call](std::vector<ModelPiece> pieces) { tell(ModelPieces{call, std::move(pieces)}); };
    output.ended = [this, call](ModelEnd end) { tell(ModelCallEnded{call, std::move(end)}); };
    output.over = [this, call] {
        over_.push_back(call);
        clearing_.start(0);
    };
    auto exchange =
        std::make_unique<ModelExchange>(http_, clock_, std::move(server), command.request, std::move(output));
    if (!waiting_.empty())
        exchange->pause();
    calls_.emplace(call, std::move(exchange));
}

void ProviderWorker::take(const CancelModelCall &command)
{
    calls_.erase(command.call);
}

void ProviderWorker::take(const AskModelServer &command)
{
    if (const std::shared_ptr<const ModelServer> server = find(command.server))
        ask(command, *server);
    else
        tell(ModelServerAnswered{.question = command.question, .outcome = unknownServer(command.server)});
}

void ProviderWorker::ask(const AskModelServer &command, const ModelServer &server)
{
    using About = AskModelServer::About;
    std::optional<HttpRequest> request;
    switch (command.about) {
    case About::Models:
        request = server.list();
        break;
    case About::Presence:
        request = server.probe();
        break;
    case About::Load:
        request = server.setLoaded(command.model, true);
        break;
    case About::Unload:
        request = server.setLoaded(command.model, false);
        break;
    }
    if (!request) {
        tell(ModelServerAnswered{
            .question = command.question,
            .outcome = makeError(Code::UnsupportedType, server.name() + " loads and unloads its models by itself")});
        return;
    }
    questions_.emplace(command.question,
                       std::make_unique<Question>(http_, *std::move(request),
                                                  [this, command, held = find(command.server)](
                                                      const Question::Answer &said) { answer(command, *held, said); }));
}

void ProviderWorker::answer(const AskModelServer &command, const ModelServer &server, const Question::Answer &said)
{
    ModelServerAnswered answered{.question = command.question};
    if (!said.end.outcome) {
        answered.outcome = said.end.outcome.error();
    } else if (!said.head.isSuccess()) {
        Error refusal = readRefusal(said.head, said.body, clock_.wallMs()).error;
        // For a call it is one more reason to wait; here it says that the server is well.
        if (said.head.status == 429)
            refusal.code = Code::RateLimited;
        answered.outcome = std::move(refusal);
    } else if (command.about == AskModelServer::About::Models) {
        auto models = server.readList(said.body);
        if (models)
            answered.models = *std::move(models);
        else
            answered.outcome = models.error();
    }
    tell(std::move(answered));
    questions_.erase(command.question);
}

void ProviderWorker::tell(FromProvider value)
{
    if (waiting_.empty() && toHub_.push(std::move(value)))
        return;
    if (waiting_.empty()) {
        for (const auto &[call, exchange] : calls_)
            exchange->pause();
        retry_.start(kRetry);
    }
    waiting_.push_back(std::move(value));
}

void ProviderWorker::tellWaiting()
{
    while (!waiting_.empty() && toHub_.push(std::move(waiting_.front())))
        waiting_.pop_front();
    if (!waiting_.empty())
        return;
    retry_.stop();
    for (const auto &[call, exchange] : calls_)
        exchange->resume();
}

void ProviderWorker::report()
{
    const MonotonicTime now = clock_.now();
    const auto late = std::chrono::duration_cast<std::chrono::microseconds>(now - nextBeat_).count();
    loopLagUs_.record(static_cast<std::uint64_t>(std::max<std::int64_t>(late, 0)));
    nextBeat_ = now + kBeat;
    // A hub that does not keep up has other things to read.
    if (waiting_.empty())
        static_cast<void>(toHub_.push(
            ProviderReport{std::make_shared<const ProviderCounters>(ProviderCounters{loopLagUs_, commands_.wait()})}));
}

void ProviderWorker::clear()
{
    for (const ModelPort::Call call : std::exchange(over_, {}))
        calls_.erase(call);
}

} // namespace orchestra
