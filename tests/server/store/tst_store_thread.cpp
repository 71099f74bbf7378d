// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/store/store_thread.h"

#include "tests/server/store/store_fixture.h"

#include <QTest>
#include <QThread>

#include <unistd.h>

using namespace orchestra;

namespace {

class NoLog final : public LogSink
{
public:
    void write(LogRecord) override {}
};

/// A running store thread, and a fixture that only makes requests for it.
struct Running
{
    explicit Running(StoreOptions options = {}, StoreThread::Notices notices = {})
    {
        options.dataDir = requests.options.dataDir;
        options.busyTimeout = std::chrono::milliseconds(20);
        thread = std::make_unique<StoreThread>(options, clock, log, std::move(notices));
    }

    /// Opens the store and makes a thread for the user.
    ThreadRecord open()
    {
        std::optional<ThreadRecord> made;
        thread->open([](Result<StoreOpening> opening) { orFail(std::move(opening)); });
        thread->ask(OpenThread{"alice", "session-1", requests.ids.make<ThreadId>(), 1},
                    [&](Result<ThreadRecord> record) { made = orFail(std::move(record)); });
        [&] { QTRY_VERIFY(made.has_value()); }();
        return *made;
    }

    StoreFixture requests;
    SystemClock clock;
    NoLog log;
    std::unique_ptr<StoreThread> thread;
};

} // namespace

class TstStoreThread : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void answersInOrderOnTheHubsThread();
    void answersLaterEvenWhatItRefuses();
    void saysWhyThereIsNoDatabase();
    void opensAfterAFailedAttempt();
    void refusesADirectoryThatIsServed();
    void sharesCommitsAmongRequestsThatComeTogether();
    void refusesMoreThanMayWait();
    void refusesMoreTextThanMayWait();
    void writesWhatWasSubmittedBeforeItEnds();
    void callsNobodyAfterItsEnd();
    void tellsOfTokensThatAToolAdded();
    void tellsItsCountersOnceASecond();
    void tellsWhenItCannotWriteAndWhenItCanAgain();
    void letsARequestAskMore();
};

void TstStoreThread::answersInOrderOnTheHubsThread()
{
    Running running;
    const ThreadRecord thread = running.open();
    std::vector<int> order;
    for (int i = 0; i < 50; ++i) {
        // Every third fails; its answer must keep its place all the same.
        AcceptMessage message = running.requests.message(thread, std::to_string(i), "text");
        if (i % 3 == 0)
            message.userId = "mallory";
        running.thread->ask(message, [&, i](Result<AcceptedTask> accepted) {
            QVERIFY(QThread::currentThread() == qApp->thread());
            QCOMPARE(static_cast<bool>(accepted), i % 3 != 0);
            order.push_back(i);
        });
    }
    QCOMPARE(running.thread->waiting(), 50U);
    QVERIFY(order.empty());
    QTRY_COMPARE(order.size(), 50U);
    QVERIFY(std::is_sorted(order.begin(), order.end()));
    QCOMPARE(running.thread->waiting(), 0U);
    QCOMPARE(running.thread->replyCounters().values, 52U);
}

void TstStoreThread::answersLaterEvenWhatItRefuses()
{
    StoreOptions options;
    options.maxWaiting = 1;
    Running running(options);
    std::vector<std::string> answers;
    running.thread->open([&](Result<StoreOpening> opening) { answers.push_back(opening ? "open" : "failed"); });
    for (const char *name : {"one", "two"})
        running.thread->ask(LoadTokens{}, [&, name](Result<TokenRecords> tokens) {
            QCOMPARE(tokens.error().code, Code::StorageUnavailable);
            answers.push_back(name);
        });
    QVERIFY(answers.empty());
    QTRY_COMPARE(answers, (Texts{"open", "one", "two"}));
    bool isAnswered = false;
    running.thread->ask(LoadTokens{}, [&](Result<TokenRecords> tokens) { isAnswered = static_cast<bool>(tokens); });
    QTRY_VERIFY(isAnswered);
}

void TstStoreThread::saysWhyThereIsNoDatabase()
{
    Running running;
    std::optional<Error> error;
    running.thread->ask(LoadTokens{}, [&](Result<TokenRecords> tokens) { error = tokens.error(); });
    QTRY_VERIFY(error.has_value());
    QCOMPARE(error->code, Code::StorageUnavailable);
}

void TstStoreThread::opensAfterAFailedAttempt()
{
    Running running;
    std::vector<bool> opened;
    std::optional<Error> refusal;
    {
        DataDirLock other;
        orFail(makeDataDir(running.requests.options.dataDir));
        orFail(other.acquire(running.requests.options.dataDir));
        running.thread->open([&](Result<StoreOpening> opening) { opened.push_back(static_cast<bool>(opening)); });
        running.thread->ask(LoadTokens{}, [&](Result<TokenRecords> tokens) { refusal = tokens.error(); });
        QTRY_COMPARE(opened, std::vector<bool>{false});
        QTRY_VERIFY(refusal.has_value());
        QCOMPARE(refusal->code, Code::Conflict);
    }
    running.thread->open([&](Result<StoreOpening> opening) { opened.push_back(static_cast<bool>(opening)); });
    QTRY_COMPARE(opened, (std::vector<bool>{false, true}));
}

void TstStoreThread::refusesADirectoryThatIsServed()
{
    Running running;
    running.open();
    SystemClock clock;
    NoLog log;
    StoreThread second(running.requests.options, clock, log);
    std::optional<Error> error;
    second.open([&](Result<StoreOpening> opening) {
        QVERIFY(!opening);
        error = opening.error();
    });
    QTRY_VERIFY(error.has_value());
    QCOMPARE(error->code, Code::Conflict);
    QVERIFY(error->message.find(std::to_string(::getpid())) != std::string::npos);
}

void TstStoreThread::sharesCommitsAmongRequestsThatComeTogether()
{
    std::optional<StoreCounters> counters;
    StoreThread::Notices notices;
    notices.counted = [&](const StoreCounters &counted) { counters = counted; };
    Running running({}, notices);
    const ThreadRecord thread = running.open();
    constexpr int kRequests = 2000;
    int answered = 0;
    for (int i = 0; i < kRequests; ++i)
        running.thread->ask(
            running.requests.message(thread, std::to_string(i), "text"),
            [&](Result<AcceptedTask> accepted) { answered += orFail(std::move(accepted)).isNew ? 1 : 0; });
    QTRY_COMPARE(answered, kRequests);
    QTRY_VERIFY(counters && counters->operations == kRequests + 1);
    QVERIFY2(counters->commits < kRequests / 10, qPrintable(QString::number(counters->commits)));
    QVERIFY(counters->batchSize.max() > 100);
    QCOMPARE(counters->fromHub.values, kRequests + 2U);
    QVERIFY(counters->errors.empty());
}

void TstStoreThread::refusesMoreThanMayWait()
{
    StoreOptions options;
    options.maxWaiting = 10;
    Running running(options);
    const ThreadRecord thread = running.open();
    std::vector<int> accepted;
    std::vector<int> refused;
    for (int i = 0; i < 25; ++i)
        running.thread->ask(running.requests.message(thread, std::to_string(i), "text"),
                            [&, i](Result<AcceptedTask> answer) {
                                QVERIFY(answer || answer.error().code == Code::StorageUnavailable);
                                (answer ? accepted : refused).push_back(i);
                            });
    QTRY_COMPARE(accepted.size() + refused.size(), 25U);
    QCOMPARE(accepted.size(), 10U);
    QCOMPARE(accepted.back(), 9);
    QCOMPARE(refused.front(), 10);
    // There is room again.
    running.thread->ask(running.requests.message(thread, "later", "text"), [&](Result<AcceptedTask> answer) {
        accepted.push_back(orFail(std::move(answer)).isNew ? 99 : 0);
    });
    QTRY_COMPARE(accepted.back(), 99);
}

void TstStoreThread::refusesMoreTextThanMayWait()
{
    StoreOptions options;
    options.maxWaitingBytes = 100'000;
    Running running(options);
    const ThreadRecord thread = running.open();
    std::vector<bool> answers;
    for (int i = 0; i < 3; ++i)
        running.thread->ask(running.requests.message(thread, std::to_string(i), std::string(65536, 'x')),
                            [&](Result<AcceptedTask> answer) { answers.push_back(static_cast<bool>(answer)); });
    running.thread->ask(running.requests.message(thread, "short", "text"),
                        [&](Result<AcceptedTask> answer) { answers.push_back(static_cast<bool>(answer)); });
    QTRY_COMPARE(answers, (std::vector<bool>{true, false, false, true}));
}

void TstStoreThread::writesWhatWasSubmittedBeforeItEnds()
{
    Running running;
    const ThreadRecord thread = running.open();
    for (int i = 0; i < 200; ++i)
        running.thread->submit(running.requests.message(thread, std::to_string(i), "text"), [](StoreReply) {});
    running.thread.reset();
    QVERIFY(running.requests.open());
    QCOMPARE(running.requests.messages(thread.threadId, 1000).messages.size(), 200U);
}

void TstStoreThread::callsNobodyAfterItsEnd()
{
    Running running;
    const ThreadRecord thread = running.open();
    bool isCalled = false;
    running.thread->submit(running.requests.message(thread, "m1", "text"), [&](StoreReply) { isCalled = true; });
    running.thread.reset();
    QTest::qWait(20);
    QVERIFY(!isCalled);
}

void TstStoreThread::tellsOfTokensThatAToolAdded()
{
    int told = 0;
    StoreThread::Notices notices;
    notices.tokensChanged = [&] { ++told; };
    Running running({}, notices);
    running.open();
    {
        StoreFixture tool(running.requests.options.dataDir);
        QVERIFY(tool.open(StoreAccess::Tool));
        TokenRecord token;
        token.tokenId = "one";
        token.hash = "hash";
        QVERIFY(tool.ask(AddToken{token}));
    }
    QTRY_COMPARE(told, 1);
    std::size_t tokens = 0;
    running.thread->ask(LoadTokens{}, [&](Result<TokenRecords> loaded) { tokens = loaded->tokens.size(); });
    QTRY_COMPARE(tokens, 1U);
}

void TstStoreThread::tellsItsCountersOnceASecond()
{
    std::vector<StoreCounters> counted;
    StoreThread::Notices notices;
    notices.counted = [&](const StoreCounters &counters) { counted.push_back(counters); };
    Running running({}, notices);
    running.open();
    QTRY_VERIFY(counted.size() >= 2);
    QCOMPARE(counted.front().operations, 1U);
    QCOMPARE(counted.front().commits, 1U);
    QCOMPARE(counted.front().commitUs.count(), 1U);
    QVERIFY(counted.front().fromHub.waitUs.count() >= 1);
}

void TstStoreThread::tellsWhenItCannotWriteAndWhenItCanAgain()
{
    std::vector<std::optional<Error>> told;
    StoreThread::Notices notices;
    notices.availabilityChanged = [&](const std::optional<Error> &trouble) { told.push_back(trouble); };
    Running running({}, notices);
    const ThreadRecord thread = running.open();
    const auto stranger = running.requests.stranger();
    QVERIFY(stranger->script("BEGIN IMMEDIATE"));
    for (int i = 0; i < 3; ++i)
        running.thread->ask(running.requests.message(thread, std::to_string(i), "text"),
                            [](Result<AcceptedTask> answer) { QVERIFY(!answer); });
    QTRY_COMPARE(told.size(), 1U);
    QVERIFY(told[0].has_value());
    QVERIFY(stranger->script("ROLLBACK"));
    // Nobody asks for anything: the store finds out by itself.
    QTRY_COMPARE(told.size(), 2U);
    QVERIFY(!told[1].has_value());
}

void TstStoreThread::letsARequestAskMore()
{
    Running running;
    const ThreadRecord thread = running.open();
    int depth = 0;
    std::function<void(Result<AcceptedTask>)> again = [&](Result<AcceptedTask>) {
        if (++depth < 20)
            running.thread->ask(running.requests.message(thread, std::to_string(depth), "text"), again);
    };
    again(AcceptedTask{});
    QTRY_COMPARE(depth, 20);
}

QTEST_GUILESS_MAIN(TstStoreThread)
#include "tst_store_thread.moc"
