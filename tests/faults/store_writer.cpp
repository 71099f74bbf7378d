// SPDX-License-Identifier: GPL-3.0-or-later
// Writes to a store as fast as it can until it is killed, and says on standard output what was acknowledged:
// "accepted REF" and "finished REF", each only after the store's reply. For tst_store_kill.
#include "server/store/store_thread.h"
#include "shared/base/random.h"

#include <QCoreApplication>

#include <cstdio>
#include <string>
#include <unistd.h>

using namespace orchestra;

namespace {

constexpr int kThreads = 4;
constexpr int kAtOnce = 8;

class NoLog final : public LogSink
{
public:
    void write(LogRecord) override {}
};

/// Several users who never stop talking.
class Chatter
{
public:
    Chatter(StoreThread &store, const Clock &clock, std::string run)
        : store_(store)
        , clock_(clock)
        , ids_(clock, random_)
        , run_(std::move(run))
    {
    }

    void begin()
    {
        store_.ask(RecoverInterrupted{clock_.wallMs()}, [](Result<Recovery> recovery) {
            if (!recovery)
                std::exit(3);
        });
        for (int i = 0; i < kThreads; ++i) {
            const std::string user = "user-" + std::to_string(i);
            store_.ask(OpenThread{user, "session", ids_.make<ThreadId>(), clock_.wallMs()},
                       [this](Result<ThreadRecord> thread) {
                           if (!thread)
                               std::exit(4);
                           for (int k = 0; k < kAtOnce; ++k)
                               talk(*thread);
                       });
        }
    }

private:
    void talk(const ThreadRecord &thread)
    {
        AcceptMessage message;
        message.threadId = thread.threadId;
        message.userId = thread.userId;
        message.messageId = ids_.make<MessageId>();
        message.answerId = ids_.make<MessageId>();
        message.taskId = ids_.make<TaskId>();
        message.ref = run_ + "-" + std::to_string(++count_);
        message.bodyHash = "hash";
        message.content = "question " + message.ref + std::string(random_.next() % 5000, '.');
        message.epoch = thread.epoch;
        message.at = clock_.wallMs();
        store_.ask(message, [this, thread, message](Result<AcceptedTask> accepted) {
            if (!accepted || !accepted->isNew)
                std::exit(5);
            say("accepted " + message.ref);
            answer(thread, message);
        });
    }

    void answer(const ThreadRecord &thread, const AcceptMessage &message)
    {
        store_.submit(CheckpointTask{message.taskId, "answer to", {}, clock_.wallMs()}, [](StoreReply) {});
        FinishTask finish;
        finish.taskId = message.taskId;
        finish.threadId = message.threadId;
        finish.userId = message.userId;
        finish.epoch = message.epoch;
        finish.offset = ++offset_;
        finish.completed.messageId = message.answerId;
        finish.completed.content = "answer to " + message.ref;
        finish.at = clock_.wallMs();
        store_.ask(finish, [this, thread, ref = message.ref](Result<Ok> finished) {
            if (!finished)
                std::exit(6);
            say("finished " + ref);
            talk(thread);
        });
    }

    static void say(const std::string &line)
    {
        // One write for a line, so that a kill cannot leave half of one behind. A reader who has gone ends the game.
        const std::string text = line + "\n";
        if (::write(STDOUT_FILENO, text.data(), text.size()) != static_cast<ssize_t>(text.size()))
            std::exit(7);
    }

    StoreThread &store_;
    const Clock &clock_;
    SystemRandom random_;
    IdSource ids_;
    const std::string run_;
    std::uint64_t count_ = 0;
    std::uint64_t offset_ = 0;
};

} // namespace

int main(int argc, char **argv)
{
    const QCoreApplication app(argc, argv);
    if (argc != 3) {
        std::fputs("usage: store_writer DATA_DIR RUN\n", stderr);
        return 2;
    }
    const SystemClock clock;
    NoLog log;
    StoreOptions options;
    options.dataDir = argv[1];
    StoreThread store(options, clock, log);
    Chatter chatter(store, clock, argv[2]);
    store.open([&](Result<StoreOpening> opening) {
        if (!opening) {
            std::fprintf(stderr, "%s\n", opening.error().message.c_str());
            std::exit(8);
        }
        chatter.begin();
    });
    return QCoreApplication::exec();
}
