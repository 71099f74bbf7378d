// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/providers/provider_thread.h"

#include "server/loop/loop_thread.h"
#include "server/providers/provider_worker.h"
#include "server/providers/tool_link.h"
#include "shared/wire/error_table.h"

#include <optional>
#include <unordered_map>
#include <utility>

namespace orchestra {
namespace {

Error tooMuchWaits()
{
    return makeError(Code::ProviderUnavailable, "too much is waiting to be sent to model servers");
}

} // namespace

/// Remembers who listens. Lives on: hub.
class ProviderThread::HubSide
{
public:
    using AnsweredFn = std::function<void(ModelServerAnswered)>;

    HubSide(Settings settings, const Clock &clock)
        : settings_(std::move(settings))
        , toProvider_(settings_.maxWaiting, clock)
        , toHub_(settings_.maxWaiting, clock)
        , commands_(toProvider_)
        , answers_(toHub_)
        , tools_(settings_.maxWaiting, settings_.http, clock, settings_.log)
        , thread_("provider", clock)
    {
        answers_.start([this](std::vector<FromProvider> &batch) { receive(batch); });
        later_.attach([this] { catchUp(); });
        thread_.start(
            [this, &clock] {
                worker_.emplace(toHub_, commands_, settings_, clock);
                tools_.attach();
            },
            [this] {
                tools_.detach();
                worker_.reset();
            });
    }

    ~HubSide()
    {
        later_.detach();
        answers_.stop();
        toProvider_.close();
        tools_.stop();
        thread_.stop();
    }

    ToolPort &tools() { return tools_; }

    void send(ToProvider command)
    {
        owner_.check();
        if (unsent_.empty() && toProvider_.push(std::move(command)))
            return;
        unsent_.push_back(std::move(command));
        later_.ring();
    }

    Call call(const std::string &server, ModelRequest request, ModelListener &listener)
    {
        owner_.check();
        const Call call = ++lastCall_;
        listeners_[call] = {&listener, {}};
        if (!unsent_.empty() || !toProvider_.push(StartModelCall{call, server, std::move(request)})) {
            ModelCallEnded ended{.call = call};
            ended.end.outcome = tooMuchWaits();
            refuse(std::move(ended));
        }
        return call;
    }

    void cancel(Call call)
    {
        owner_.check();
        if (listeners_.erase(call) > 0)
            send(CancelModelCall{call});
    }

    void ask(AskModelServer question, AnsweredFn done)
    {
        owner_.check();
        question.question = ++lastQuestion_;
        const std::uint64_t id = question.question;
        asked_[id] = std::move(done);
        if (!unsent_.empty() || !toProvider_.push(std::move(question)))
            refuse(ModelServerAnswered{.question = id, .outcome = tooMuchWaits()});
    }

    MailboxCounters replyCounters() const
    {
        owner_.check();
        MailboxCounters counters = replies_;
        counters.waitUs = answers_.wait();
        return counters;
    }

    ProviderCounters counters() const
    {
        owner_.check();
        return report_ ? *report_ : ProviderCounters();
    }

private:
    struct Listening
    {
        ModelListener *listener = nullptr;
        std::vector<ModelPiece> pieces; ///< of the batch that is being delivered
    };

    template <class Answer>
    void refuse(Answer answer)
    {
        ++replies_.refused;
        refused_.emplace_back(std::in_place_type<Answer>, std::move(answer));
        later_.ring();
    }

    /// Sends what must not be lost, and answers what was refused.
    void catchUp()
    {
        while (!unsent_.empty() && toProvider_.push(std::move(unsent_.front())))
            unsent_.pop_front();
        if (!unsent_.empty())
            later_.ring();
        for (FromProvider &answer : std::exchange(refused_, {}))
            std::visit([this](auto &value) { deliver(value); }, answer);
    }

    void receive(std::vector<FromProvider> &batch)
    {
        owner_.check();
        ++replies_.batches;
        replies_.values += batch.size();
        for (FromProvider &answer : batch)
            std::visit([this](auto &value) { deliver(value); }, answer);
        // Taken out of the member, because whoever is told may cancel or ask anew; put back for its memory.
        std::vector<Call> spoken = std::exchange(spoken_, {});
        for (const Call call : spoken)
            flush(call);
        spoken.clear();
        spoken_ = std::move(spoken);
    }

    /// Pieces of one call that came in one batch are told together.
    void deliver(ModelPieces &said)
    {
        const auto known = listeners_.find(said.call);
        if (known == listeners_.end())
            return;
        std::vector<ModelPiece> &pieces = known->second.pieces;
        if (pieces.empty()) {
            spoken_.push_back(said.call);
            pieces = std::move(said.pieces);
            return;
        }
        for (ModelPiece &piece : said.pieces) {
            auto *before = std::get_if<ModelText>(&pieces.back());
            const auto *text = std::get_if<ModelText>(&piece);
            if (!before || !text || !before->append(*text))
                pieces.push_back(std::move(piece));
        }
    }

    void flush(Call call)
    {
        const auto known = listeners_.find(call);
        if (known == listeners_.end() || known->second.pieces.empty())
            return;
        known->second.listener->onPieces(std::exchange(known->second.pieces, {}));
    }

    void deliver(const ModelCallEnded &ended)
    {
        flush(ended.call);
        if (const auto known = listeners_.extract(ended.call); !known.empty())
            known.mapped().listener->onEnd(ended.end);
    }

    void deliver(ModelServerAnswered &answered)
    {
        if (const auto done = asked_.extract(answered.question); !done.empty())
            done.mapped()(std::move(answered));
    }

    void deliver(const ProviderReport &report) { report_ = report.counters; }

    ThreadOwner owner_;
    const Settings settings_;
    Mailbox<ToProvider> toProvider_;
    Mailbox<FromProvider> toHub_;
    MailboxReader<ToProvider> commands_; // the worker's
    MailboxReader<FromProvider> answers_;
    MailboxBell later_;
    std::unordered_map<Call, Listening> listeners_;
    std::vector<Call> spoken_; ///< calls with pieces of the batch that is being delivered
    std::unordered_map<std::uint64_t, AnsweredFn> asked_;
    std::deque<ToProvider> unsent_;
    std::vector<FromProvider> refused_;
    Call lastCall_ = 0;
    std::uint64_t lastQuestion_ = 0;
    MailboxCounters replies_;
    std::shared_ptr<const ProviderCounters> report_;
    ToolLink tools_;
    std::optional<ProviderWorker> worker_; // made, used and destroyed by the thread
    LoopThread thread_;
};

ProviderThread::ProviderThread(Settings settings, const Clock &clock)
    : hub_(std::make_unique<HubSide>(std::move(settings), clock))
{
}

ProviderThread::~ProviderThread() = default;

void ProviderThread::setServers(std::vector<ModelServerSettings> servers)
{
    hub_->send(SetModelServers{std::move(servers)});
}

ModelPort::Call ProviderThread::call(const std::string &server, ModelRequest request, ModelListener &listener)
{
    return hub_->call(server, std::move(request), listener);
}

void ProviderThread::cancel(Call call)
{
    hub_->cancel(call);
}

void ProviderThread::list(const std::string &server, std::function<void(Result<std::vector<ModelInfo>>)> done)
{
    hub_->ask({.about = AskModelServer::About::Models, .server = server},
              [done = std::move(done)](ModelServerAnswered answered) {
                  if (answered.outcome)
                      done(std::move(answered.models));
                  else
                      done(answered.outcome.error());
              });
}

void ProviderThread::probe(const std::string &server, std::function<void(Status)> done)
{
    hub_->ask({.about = AskModelServer::About::Presence, .server = server},
              [done = std::move(done)](const ModelServerAnswered &answered) { done(answered.outcome); });
}

void ProviderThread::setLoaded(const std::string &server, const std::string &model, bool loaded,
                               std::function<void(Status)> done)
{
    hub_->ask({.about = loaded ? AskModelServer::About::Load : AskModelServer::About::Unload,
               .server = server,
               .model = model},
              [done = std::move(done)](const ModelServerAnswered &answered) { done(answered.outcome); });
}

ToolPort &ProviderThread::tools()
{
    return hub_->tools();
}

MailboxCounters ProviderThread::replyCounters() const
{
    return hub_->replyCounters();
}

ProviderCounters ProviderThread::counters() const
{
    return hub_->counters();
}

} // namespace orchestra
