// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/store/store_thread.h"

#include "server/loop/loop_thread.h"
#include "server/loop/mailbox_bell.h"
#include "server/loop/mailbox_reader.h"
#include "server/store/sqlite_store.h"
#include "shared/base/mailbox.h"
#include "shared/base/thread_owner.h"
#include "shared/wire/error_table.h"

#include <QTimer>

#include <cstdio>
#include <cstdlib>
#include <deque>
#include <variant>

namespace orchestra {
namespace {

constexpr auto kTick = std::chrono::seconds(1);
constexpr std::size_t kWaitingNotices = 4;

struct OpenCommand
{
};
using Command = std::variant<OpenCommand, StoreRequest>;
using Answer = std::variant<Result<StoreOpening>, StoreReply>;
using Answers = std::vector<Answer>;

/// What the store tells unasked. What does not fit into the mailbox goes with the next one.
struct Notice
{
    bool tokensChanged = false;
    std::optional<StoreCounters> counters;
    std::optional<std::optional<Error>> availability;
};

/// The two directions between the threads.
struct Mailboxes
{
    Mailboxes(const StoreOptions &options, const Clock &clock)
        : commands(options.maxWaiting, clock)
        , answers(options.maxWaiting, clock)
        , notices(kWaitingNotices, clock)
    {
    }

    Mailbox<Command> commands;
    Mailbox<Answers> answers; ///< one value for each batch, so there are never more than requests outstanding
    Mailbox<Notice> notices;
};

std::size_t textBytes(const StoreRequest &request)
{
    return std::visit(Overload{[](const AcceptMessage &accept) { return accept.content.size(); },
                               [](const CheckpointTask &checkpoint) { return checkpoint.content.size(); },
                               [](const FinishTask &finish) { return finish.completed.content.size(); },
                               [](const auto &) { return std::size_t{0}; }},
                      request);
}

/// Executes what has come, everything that waits as one batch. Lives on: store.
class Worker
{
public:
    Worker(Mailboxes &mailboxes, MailboxReader<Command> &commands, const StoreOptions &options, const Clock &clock,
           LogSink &log)
        : mailboxes_(mailboxes)
        , commands_(commands)
        , store_(options, clock, log)
    {
        commands_.start([this](std::vector<Command> &batch) { work(batch); });
        QObject::connect(&timer_, &QTimer::timeout, &timer_, [this] { tick(); });
        timer_.start(kTick);
        checkpoint_.setSingleShot(true);
        QObject::connect(&checkpoint_, &QTimer::timeout, &checkpoint_, [this] { checkpoint(); });
    }
    /// Writes what waits; then the store closes the database, which also empties its log.
    ~Worker()
    {
        commands_.drain();
        commands_.stop();
    }
    Worker(const Worker &) = delete;
    Worker &operator=(const Worker &) = delete;

private:
    void work(std::vector<Command> &commands)
    {
        owner_.check();
        ++received_.batches;
        received_.values += commands.size();
        answer(commands);
        tellAvailability();
        // In a turn of its own: the hub is woken with the answers when this one ends, and a checkpoint takes its time.
        if (!checkpoint_.isActive())
            checkpoint_.start(0);
    }

    void checkpoint() { store_.checkpointIfDue(mailboxes_.commands.size() == 0); }

    void answer(std::vector<Command> &commands)
    {
        Answers answers;
        answers.reserve(commands.size());
        std::vector<StoreRequest> batch;
        const auto executeBatch = [&] {
            if (batch.empty())
                return;
            for (StoreReply &reply : store_.execute(batch))
                answers.emplace_back(std::move(reply));
            batch.clear();
        };
        for (Command &command : commands) {
            if (auto *request = std::get_if<StoreRequest>(&command)) {
                batch.push_back(std::move(*request));
            } else {
                executeBatch();
                answers.emplace_back(store_.open(StoreAccess::Server));
            }
        }
        executeBatch();
        if (!mailboxes_.answers.push(std::move(answers))) {
            std::fputs("orchestra: the store has more answers than there were requests\n", stderr);
            std::abort();
        }
    }

    void tick()
    {
        owner_.check();
        if (store_.trouble())
            store_.probe();
        tellAvailability();
        checkpoint();
        notice_.tokensChanged = notice_.tokensChanged || store_.wasChangedElsewhere();
        notice_.counters = store_.counters();
        notice_.counters->fromHub = received_;
        notice_.counters->fromHub.waitUs = commands_.wait();
        tell();
    }

    void tellAvailability()
    {
        if (store_.trouble().has_value() == isTroubleTold_)
            return;
        isTroubleTold_ = store_.trouble().has_value();
        notice_.availability = store_.trouble();
        tell();
    }

    void tell()
    {
        if (mailboxes_.notices.push(std::move(notice_)))
            notice_ = {};
    }

    ThreadOwner owner_;
    Mailboxes &mailboxes_;
    MailboxReader<Command> &commands_;
    SqliteStore store_;
    QTimer timer_;
    QTimer checkpoint_;
    MailboxCounters received_;
    Notice notice_;
    bool isTroubleTold_ = false;
};

} // namespace

/// Remembers who asked, and answers them in the order in which they asked. Lives on: hub.
class StoreThread::HubSide
{
public:
    using OpenDone = std::function<void(Result<StoreOpening>)>;
    using SubmitDone = std::function<void(StoreReply)>;
    using Done = std::variant<OpenDone, SubmitDone>;

    HubSide(const StoreOptions &options, const Clock &clock, LogSink &log, Notices notices)
        : options_(options)
        , notify_(std::move(notices))
        , mailboxes_(options_, clock)
        , commands_(mailboxes_.commands)
        , answers_(mailboxes_.answers)
        , notices_(mailboxes_.notices)
        , thread_("store", clock)
    {
        answers_.start([this](std::vector<Answers> &batches) { receive(batches); });
        notices_.start([this](std::vector<Notice> &waiting) { pass(waiting); });
        refusals_.attach([this] { deliverRefusals(); });
        thread_.start([this, &clock, &log] { worker_.emplace(mailboxes_, commands_, options_, clock, log); },
                      [this] { worker_.reset(); });
    }

    ~HubSide()
    {
        refusals_.detach();
        answers_.stop();
        notices_.stop();
        mailboxes_.commands.close();
        // The last thing its thread does is to write what was submitted.
        thread_.stop();
    }

    void ask(Command command, std::size_t bytes, Done done)
    {
        owner_.check();
        Asked asked{std::move(done), bytes, std::nullopt};
        const bool hasRoom = inStore_ < options_.maxWaiting && bytesInStore_ + bytes <= options_.maxWaitingBytes;
        if (hasRoom && mailboxes_.commands.push(std::move(command))) {
            ++inStore_;
            bytesInStore_ += bytes;
        } else {
            ++refused_;
            asked.refusal = makeError(Code::StorageUnavailable, "too much is waiting to be stored");
            refusals_.ring();
        }
        asked_.push_back(std::move(asked));
    }

    std::size_t waiting() const
    {
        owner_.check();
        return asked_.size();
    }

    MailboxCounters replyCounters() const
    {
        owner_.check();
        MailboxCounters counters = replies_;
        counters.waitUs = answers_.wait();
        return counters;
    }

private:
    struct Asked
    {
        Done done;
        std::size_t bytes = 0;
        std::optional<Error> refusal; ///< it never reached the store
    };

    void receive(std::vector<Answers> &batches)
    {
        owner_.check();
        ++replies_.batches;
        for (Answers &answers : batches) {
            replies_.values += answers.size();
            for (Answer &answer : answers) {
                deliverRefusals();
                deliver(std::move(answer));
            }
        }
        deliverRefusals();
    }

    void deliver(Answer answer)
    {
        const Asked asked = takeFirst();
        --inStore_;
        bytesInStore_ -= asked.bytes;
        if (const auto *done = std::get_if<OpenDone>(&asked.done))
            (*done)(std::get<Result<StoreOpening>>(std::move(answer)));
        else
            std::get<SubmitDone>(asked.done)(std::get<StoreReply>(std::move(answer)));
    }

    /// Those which everything before them has been answered of.
    void deliverRefusals()
    {
        while (!asked_.empty() && asked_.front().refusal) {
            const Asked asked = takeFirst();
            std::visit([&](const auto &done) { done(*asked.refusal); }, asked.done);
        }
    }

    /// Taken out before it is answered, because the answer may make the hub ask more.
    Asked takeFirst()
    {
        Asked asked = std::move(asked_.front());
        asked_.pop_front();
        return asked;
    }

    void pass(std::vector<Notice> &waiting)
    {
        for (Notice &notice : waiting) {
            if (notice.availability && notify_.availabilityChanged)
                notify_.availabilityChanged(*notice.availability);
            if (notice.tokensChanged && notify_.tokensChanged)
                notify_.tokensChanged();
            if (notice.counters && notify_.counted) {
                notice.counters->fromHub.refused = refused_;
                notify_.counted(*notice.counters);
            }
        }
    }

    ThreadOwner owner_;
    const StoreOptions options_;
    const Notices notify_;
    Mailboxes mailboxes_;
    MailboxReader<Command> commands_; // the worker's
    MailboxReader<Answers> answers_;
    MailboxReader<Notice> notices_;
    MailboxBell refusals_;
    std::deque<Asked> asked_;
    std::size_t inStore_ = 0;
    std::size_t bytesInStore_ = 0;
    std::uint64_t refused_ = 0;
    MailboxCounters replies_;
    std::optional<Worker> worker_; // made, used and destroyed by the thread
    LoopThread thread_;
};

StoreThread::StoreThread(StoreOptions options, const Clock &clock, LogSink &log, Notices notices)
    : hub_(std::make_unique<HubSide>(options, clock, log, std::move(notices)))
{
}

StoreThread::~StoreThread() = default;

void StoreThread::open(std::function<void(Result<StoreOpening>)> done)
{
    hub_->ask(OpenCommand{}, 0, std::move(done));
}

void StoreThread::submit(StoreRequest request, std::function<void(StoreReply)> done)
{
    const std::size_t bytes = textBytes(request);
    hub_->ask(std::move(request), bytes, std::move(done));
}

std::size_t StoreThread::waiting() const
{
    return hub_->waiting();
}

MailboxCounters StoreThread::replyCounters() const
{
    return hub_->replyCounters();
}

} // namespace orchestra
