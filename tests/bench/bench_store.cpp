// SPDX-License-Identifier: GPL-3.0-or-later
// How long a message takes to become durable, beside what the disk needs for the smallest durable write.
// bench_store [DIRECTORY]   a directory on the disk in question; default: the system's temporary one.
#include "server/store/store_thread.h"
#include "shared/base/histogram.h"
#include "shared/base/random.h"

#include <QCoreApplication>
#include <QTemporaryDir>
#include <QTimer>

#include <cstdio>
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

namespace {

using namespace orchestra;

constexpr int kPairs = 5; // of probe and measurement, one after the other, because a disk has moods
constexpr int kProbeWrites = 300;

class NoLog final : public LogSink
{
public:
    void write(LogRecord) override {}
};

double milliseconds(std::uint64_t microseconds)
{
    return static_cast<double>(microseconds) / 1000;
}

std::uint64_t microsecondsSince(MonotonicTime begin, MonotonicTime now)
{
    return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::microseconds>(now - begin).count());
}

double processorSeconds(int who)
{
    rusage used{};
    ::getrusage(who, &used);
    const auto seconds = [](const timeval &time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    return seconds(used.ru_utime) + seconds(used.ru_stime);
}

/// Of every thread but this one, which is the store's.
double storeSeconds()
{
    return processorSeconds(RUSAGE_SELF) - processorSeconds(RUSAGE_THREAD);
}

/// One page appended and synced, as a log does it.
void probe(const std::string &path, const Clock &clock, Histogram &latencyUs)
{
    const int file = ::open(path.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
    const std::string page(4096, 'x');
    for (int i = 0; i < kProbeWrites; ++i) {
        const MonotonicTime begin = clock.now();
        if (::write(file, page.data(), page.size()) != static_cast<ssize_t>(page.size()) || ::fdatasync(file) != 0)
            std::perror("fdatasync probe");
        latencyUs.record(microsecondsSince(begin, clock.now()));
    }
    ::close(file);
}

/// Chats with the store at a given depth or rate, and measures from the request to its reply.
class Load
{
public:
    Load(StoreThread &store, const Clock &clock)
        : store_(store)
        , clock_(clock)
        , ids_(clock, random_)
    {
    }

    void open(int threads)
    {
        store_.open([](Result<StoreOpening> opening) {
            if (!opening) {
                std::fprintf(stderr, "bench_store: %s\n", opening.error().message.c_str());
                std::exit(1);
            }
        });
        for (int i = 0; i < threads; ++i)
            store_.ask(OpenThread{"user-" + std::to_string(i), "session", ids_.make<ThreadId>(), clock_.wallMs()},
                       [this](Result<ThreadRecord> thread) { threads_.push_back(*thread); });
        runUntil([this, threads] { return threads_.size() == static_cast<std::size_t>(threads); });
    }

    /// `depth` requests are always under way, `count` in all.
    void keepBusy(int depth, int count, Histogram &latencyUs)
    {
        const int until = done_ + count;
        left_ = count;
        for (int i = 0; i < depth; ++i)
            next(latencyUs);
        runUntil([this, until] { return done_ >= until; });
    }

    /// `rate` whole turns (a message and its end) a second, evenly.
    void pace(int rate, std::chrono::milliseconds time, Histogram &latencyUs)
    {
        const MonotonicTime begin = clock_.now();
        int sent = 0;
        QTimer timer;
        timer.setTimerType(Qt::PreciseTimer);
        QObject::connect(&timer, &QTimer::timeout, &timer, [&] {
            const auto due =
                static_cast<int>(microsecondsSince(begin, clock_.now()) * static_cast<unsigned>(rate) / 1000000);
            for (; sent < due; ++sent)
                turn(latencyUs);
        });
        timer.start(1);
        runUntil([&] { return clock_.now() - begin >= time && store_.waiting() == 0; });
    }

    template <class Condition>
    static void runUntil(Condition isMet)
    {
        QTimer wake; // for conditions of time
        wake.start(10);
        while (!isMet())
            QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
    }

private:
    AcceptMessage message()
    {
        const ThreadRecord &thread = threads_[static_cast<std::size_t>(++count_) % threads_.size()];
        AcceptMessage request;
        request.threadId = thread.threadId;
        request.userId = thread.userId;
        request.messageId = ids_.make<MessageId>();
        request.answerId = ids_.make<MessageId>();
        request.taskId = ids_.make<TaskId>();
        request.ref = "message-" + std::to_string(count_);
        request.bodyHash = std::string(64, 'a');
        request.content = "How many connections are open right now, and which of them is the slowest? ";
        request.content += std::to_string(count_);
        request.epoch = thread.epoch;
        request.at = clock_.wallMs();
        return request;
    }

    void next(Histogram &latencyUs)
    {
        if (left_-- <= 0)
            return;
        const MonotonicTime begin = clock_.now();
        store_.ask(message(), [this, begin, &latencyUs](Result<AcceptedTask> accepted) {
            count(begin, static_cast<bool>(accepted), latencyUs);
            next(latencyUs);
        });
    }

    void turn(Histogram &latencyUs)
    {
        const MonotonicTime begin = clock_.now();
        const AcceptMessage accepted = message();
        store_.ask(accepted, [this, begin, accepted, &latencyUs](Result<AcceptedTask> answer) {
            count(begin, static_cast<bool>(answer), latencyUs);
            FinishTask finish;
            finish.taskId = accepted.taskId;
            finish.threadId = accepted.threadId;
            finish.userId = accepted.userId;
            finish.epoch = accepted.epoch;
            finish.offset = static_cast<std::uint64_t>(++offset_);
            finish.completed.messageId = accepted.answerId;
            finish.completed.content = std::string(400, 'y');
            finish.at = clock_.wallMs();
            store_.submit(finish, [](StoreReply) {});
        });
    }

    void count(MonotonicTime begin, bool isAccepted, Histogram &latencyUs)
    {
        if (!isAccepted) {
            std::fputs("bench_store: a request failed\n", stderr);
            std::exit(1);
        }
        latencyUs.record(microsecondsSince(begin, clock_.now()));
        ++done_;
    }

    StoreThread &store_;
    const Clock &clock_;
    SystemRandom random_;
    IdSource ids_;
    std::vector<ThreadRecord> threads_;
    int count_ = 0;
    int done_ = 0;
    int left_ = 0;
    int offset_ = 0;
};

void print(const char *what, const Histogram &us, const Histogram &probeUs)
{
    std::printf("%-34s p50 %7.3f ms   p99 %7.3f ms   probe p50 %7.3f ms   p99 %7.3f ms   n %llu\n", what,
                milliseconds(us.percentile(0.5)), milliseconds(us.percentile(0.99)),
                milliseconds(probeUs.percentile(0.5)), milliseconds(probeUs.percentile(0.99)),
                static_cast<unsigned long long>(us.count()));
}

} // namespace

int main(int argc, char **argv)
{
    const QCoreApplication app(argc, argv);
    const QTemporaryDir directory(argc > 1 ? QString::fromLocal8Bit(argv[1]) + QStringLiteral("/bench_store-XXXXXX")
                                           : QString());
    if (!directory.isValid()) {
        std::fprintf(stderr, "bench_store: cannot make a directory: %s\n", qPrintable(directory.errorString()));
        return 1;
    }
    const std::string path = directory.path().toStdString();
    const SystemClock clock;
    NoLog log;
    StoreOptions options;
    options.dataDir = path + "/data";
    StoreCounters counters;
    StoreThread::Notices notices;
    notices.counted = [&](const StoreCounters &counted) { counters = counted; };
    StoreThread store(options, clock, log, notices);
    Load load(store, clock);
    load.open(500);

    const auto freshCounters = [&] {
        counters = {};
        Load::runUntil([&] { return counters.operations > 0; });
        return counters;
    };
    struct Scenario
    {
        const char *name;
        std::function<void(Histogram &)> run;
    };
    const Scenario scenarios[] = {
        {"one message at a time", [&](Histogram &us) { load.keepBusy(1, 300, us); }},
        {"64 messages at a time", [&](Histogram &us) { load.keepBusy(64, 5000, us); }},
        {"500 turns a second", [&](Histogram &us) { load.pace(500, std::chrono::seconds(3), us); }},
    };
    for (const Scenario &scenario : scenarios) {
        Histogram us;
        Histogram probeUs;
        std::uint64_t commits = 0;
        std::uint64_t operations = 0;
        double processor = 0;
        double wall = 0;
        for (int pair = 0; pair < kPairs; ++pair) {
            probe(path + "/probe", clock, probeUs);
            const StoreCounters before = freshCounters();
            const double processorBefore = storeSeconds();
            const MonotonicTime begin = clock.now();
            scenario.run(us);
            wall += static_cast<double>(microsecondsSince(begin, clock.now())) / 1e6;
            processor += storeSeconds() - processorBefore;
            const StoreCounters after = freshCounters();
            commits += after.commits - before.commits;
            operations += after.operations - before.operations;
        }
        print(scenario.name, us, probeUs);
        std::printf("%-34s %llu requests in %llu commits, %.0f requests/s, %.1f us of the store's CPU a request\n", "",
                    static_cast<unsigned long long>(operations), static_cast<unsigned long long>(commits),
                    static_cast<double>(operations) / wall, 1e6 * processor / static_cast<double>(operations));
    }
    return 0;
}
