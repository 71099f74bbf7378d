// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/wire/error_table.h"
#include "tests/support/hub_bench.h"

#include <QTest>

#include <numeric>

using namespace orchestra;
using namespace std::chrono_literals;

namespace {

const ConnectionKey kHttp{1, 500};

PostChat post(std::string id, std::string message, bool stream = false)
{
    PostChat chat;
    chat.message = std::move(message);
    chat.sessionId = "s1";
    chat.messageId = std::move(id);
    chat.stream = stream;
    return chat;
}

} // namespace

class TstApiService : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aChatIsAnsweredWithItsEnd();
    void theSameKeyAgainIsTheSameTurn();
    void aStreamBringsTheEventsOfItsTurnOnly();
    void aCutStreamDoesNotCancelAndCanBeResumed();
    void aStreamOfAnEndedTurnIsItsEnd();
    void aBackgroundStreamReadsLongTasksInParts();
    void healthIsForEverybodyDetailsAreNot();
    void readyTellsWhatIsMissing();
    void whileStartingOnlyHealthIsAnswered();
    void rolesAreChecked();
    void threadsAndMessagesAreListed();
    void anotherUsersThreadIsNotFound();
    void threadsAreErasedUnlessTheyRun();
    void tasksAreOnesOwn();
    void feedbackAndCancel();
    void actionsAndRows();
    void anAbortedCallIsNotAnswered();
    void aUserMayNotCallFasterThanAConnectionMaySend();
};

void TstApiService::aChatIsAnsweredWithItsEnd()
{
    HubBench t;
    t.load();
    const auto call = t.call(kHttp, post("k1", "hello"), {});
    QVERIFY(t.seen[kHttp].replies.empty());
    t.answer(t.runner.turns[0], {"Good ", "day."});
    const auto &body = std::get<ChatBody>(*t.seen[kHttp].replies.at(call));
    QCOMPARE(body.completed.content, std::string("Good day."));
    QCOMPARE(body.sessionId, std::string("s1"));
    QVERIFY(body.taskId.isSet() && body.threadId.isSet());
    QCOMPARE(t.counters.apiRequests["v2 http"], 1U);
    // The default thread is that of the WebSocket's session of the same name.
    const auto key = t.join({});
    QVERIFY(t.threadOf(key) == body.threadId);
}

void TstApiService::theSameKeyAgainIsTheSameTurn()
{
    HubBench t;
    t.load();
    const auto first = t.call(kHttp, post("k1", "hello"), {});
    const auto second = t.call({1, 501}, post("k1", "hello"), {});
    t.answer(t.runner.turns[0], {"x"});
    QCOMPARE(t.runner.turns.size(), 1U);
    const auto third = t.call(kHttp, post("k1", "hello"), {});
    const auto taskOf = [&](const ConnectionKey &key, std::uint64_t call) {
        return toString(std::get<ChatBody>(*t.seen[key].replies.at(call)).taskId);
    };
    QCOMPARE(taskOf(kHttp, first), taskOf({1, 501}, second));
    QCOMPARE(taskOf(kHttp, first), taskOf(kHttp, third));
    QCOMPARE(std::get<ChatBody>(*t.seen[kHttp].replies.at(third)).completed.content, std::string("x"));
    const auto conflict = t.call(kHttp, post("k1", "other"), {});
    QCOMPARE(t.seen[kHttp].replies.at(conflict).error().code, Code::IdempotencyConflict);
}

void TstApiService::aStreamBringsTheEventsOfItsTurnOnly()
{
    HubBench t;
    t.load();
    const auto ws = t.join({});
    t.chat(ws, "m1", "the first");
    const auto call = t.call(kHttp, post("k1", "streamed", true), {});
    QCOMPARE(t.seen[kHttp].streamsBegun, std::vector<std::uint64_t>{call});
    t.answer(t.runner.turns[0], {"not for the stream"});
    t.chat(ws, "m2", "the third");
    t.answer(t.runner.turns[1], {"a", "b"});
    QCOMPARE(t.seen[kHttp].text(), std::string("ab"));
    QCOMPARE(t.seen[kHttp].bodies<wire::UserMessage>().size(), 1U);
    QCOMPARE(t.seen[kHttp].bodies<wire::AgentCompleted>().size(), 1U);
    QCOMPARE(t.seen[kHttp].streamsEnded, std::vector<std::uint64_t>{call});
    const std::size_t frames = t.seen[kHttp].frames.size();
    t.answer(t.runner.turns[2], {"after"});
    QCOMPARE(t.seen[kHttp].frames.size(), frames);
}

void TstApiService::aCutStreamDoesNotCancelAndCanBeResumed()
{
    HubBench t;
    t.load();
    const auto call = t.call(kHttp, post("k1", "hello", true), {});
    t.runner.turns[0]->say(ReportWriter::fill("one "));
    t.settle();
    const std::uint64_t last = *t.seen[kHttp].frames.back().offset;
    t.send(ApiAborted{kHttp, call});
    t.runner.turns[0]->say(ReportWriter::fill("two "));
    t.settle();
    QVERIFY(t.runner.turns[0]->isAlive());
    PostChat again = post("k1", "hello", true);
    again.lastEvent = wire::Cursor{{}, 1, last};
    const ConnectionKey other{1, 777};
    t.call(other, again, {});
    t.answer(t.runner.turns[0], {"three"});
    QCOMPARE(t.seen[other].text(), std::string("two three"));
    QCOMPARE(t.seen[other].streamsEnded.size(), 1U);
    // Without Last-Event-ID the whole turn is told again.
    HubBench u;
    u.load();
    u.call(kHttp, post("k1", "hello", true), {});
    u.runner.turns[0]->say(ReportWriter::fill("one "));
    u.call(other, post("k1", "hello", true), {});
    u.answer(u.runner.turns[0], {"two"});
    QCOMPARE(u.seen[other].text(), std::string("one two"));
}

void TstApiService::aStreamOfAnEndedTurnIsItsEnd()
{
    HubBench t;
    t.load();
    t.call(kHttp, post("k1", "hello"), {});
    t.answer(t.runner.turns[0], {"x"});
    const ConnectionKey other{1, 777};
    t.call(other, post("k1", "hello", true), {});
    QCOMPARE(t.seen[other].bodies<wire::AgentCompleted>()[0].content, std::string("x"));
    QCOMPARE(t.seen[other].streamsEnded.size(), 1U);
}

void TstApiService::aBackgroundStreamReadsLongTasksInParts()
{
    HubBench t;
    t.load();
    t.call(kHttp, post("k1", "hello"), {});
    for (int i = 0; i < 4000; ++i)
        t.runner.turns[0]->say(ReportWriter::fill("{} ", {std::to_string(i)}));
    t.drains = false;
    const ConnectionKey other{1, 777};
    t.call(other, post("k1", "hello", true), {});
    t.answer(t.runner.turns[0], {"end"});
    QVERIFY(t.seen[other].streamsEnded.empty()); // the task has ended, the reader is still behind
    t.drains = true;
    t.settle();
    QCOMPARE(t.seen[other].streamsEnded.size(), 1U);
    QVERIFY(t.seen[other].text().ends_with("3999 end"));
    QCOMPARE(t.seen[other].bodies<wire::StreamToken>().size(), 4001U);
}

void TstApiService::healthIsForEverybodyDetailsAreNot()
{
    HubBench t;
    t.load();
    const auto open = t.call(kHttp, GetHealth{}, {.loopback = false});
    QVERIFY(std::get<HealthBody>(*t.seen[kHttp].replies.at(open)).detailed);
    const std::string viewer = t.addToken("vera", Role::Viewer);
    t.server->auth().reload([] {});
    t.settle();
    const auto closed = t.call(kHttp, GetHealth{}, {.loopback = false});
    QVERIFY(!std::get<HealthBody>(*t.seen[kHttp].replies.at(closed)).detailed);
    const auto seen = t.call(kHttp, GetHealth{}, {.token = viewer, .loopback = false});
    QVERIFY(std::get<HealthBody>(*t.seen[kHttp].replies.at(seen)).detailed);
}

void TstApiService::readyTellsWhatIsMissing()
{
    HubBench t;
    t.gate.ready = false;
    t.gate.rows = {{"DATABASE", wire::PhaseState::Failed, 3, "disk full"}};
    const auto starting = t.call(kHttp, GetReady{}, {});
    const auto &body = std::get<ReadyBody>(*t.seen[kHttp].replies.at(starting));
    QVERIFY(!body.ready);
    QCOMPARE(body.phases.size(), 1U);
    QVERIFY(body.reason.find("DATABASE") != std::string::npos);
    t.gate.open();
    const auto ready = t.call(kHttp, GetReady{}, {});
    QVERIFY(std::get<ReadyBody>(*t.seen[kHttp].replies.at(ready)).ready);
    t.server->beginDrain("test");
    const auto draining = t.call(kHttp, GetReady{}, {});
    QVERIFY(!std::get<ReadyBody>(*t.seen[kHttp].replies.at(draining)).ready);
}

void TstApiService::whileStartingOnlyHealthIsAnswered()
{
    HubBench t;
    t.gate.ready = false;
    const auto chat = t.call(kHttp, post("k1", "hello"), {});
    QCOMPARE(t.seen[kHttp].replies.at(chat).error().code, Code::NotReady);
    QVERIFY(t.seen[kHttp].replies.at(chat).error().retryAfterMs);
    QCOMPARE(t.gate.ensured, 1);
    const auto live = t.call(kHttp, GetLive{}, {});
    QVERIFY(t.seen[kHttp].replies.at(live));
}

void TstApiService::rolesAreChecked()
{
    Surroundings around;
    around.configJson = [] { return std::string("{}"); };
    around.toolsJson = [] { return std::string("{\"servers\":[]}"); };
    around.metrics = [](bool openMetrics) { return TextBody{"text/plain", openMetrics ? "open" : "plain"}; };
    HubBench t(around);
    const std::string client = t.addToken("ann", Role::Client);
    const std::string viewer = t.addToken("vera", Role::Viewer);
    const std::string oper = t.addToken("olga", Role::Operator);
    t.load();
    const auto code = [&](ApiRequest request, const std::string &token) -> int {
        const auto call = t.call(kHttp, std::move(request), {.token = token, .loopback = false});
        const auto &reply = t.seen[kHttp].replies.at(call);
        return reply ? 200 : errorRow(reply.error().code).httpStatus;
    };
    QCOMPARE(code(GetRows{wire::Topic::Connections}, ""), 401);
    QCOMPARE(code(GetRows{wire::Topic::Connections}, client), 403);
    QCOMPARE(code(GetRows{wire::Topic::Connections}, viewer), 200);
    QCOMPARE(code(GetAudit{}, client), 403);
    QCOMPARE(code(GetAudit{}, viewer), 200);
    QCOMPARE(code(GetConfig{}, viewer), 403);
    QCOMPARE(code(GetConfig{}, oper), 200);
    QCOMPARE(code(GetTools{}, client), 403);
    QCOMPARE(code(GetTools{}, viewer), 200);
    QCOMPARE(code(GetMetrics{}, ""), 401);
    QCOMPARE(code(GetMetrics{}, client), 403);
    QCOMPARE(code(GetMetrics{true}, viewer), 200);
    QCOMPARE(code(ListThreads{}, client), 200);
    HubBench open(around);
    open.load();
    const auto call = open.call(kHttp, GetMetrics{true}, {.loopback = false}); // no tokens: for everybody
    QCOMPARE(std::get<TextBody>(*open.seen[kHttp].replies.at(call)).text, std::string("open"));
}

void TstApiService::threadsAndMessagesAreListed()
{
    HubBench t;
    t.load();
    const auto key = t.join({});
    t.chat(key, "m1", "hello\nworld");
    t.runner.turns[0]->say(ReportWriter::fill("so far"));
    const auto threads = t.call(kHttp, ListThreads{}, {});
    QCOMPARE(std::get<ThreadsBody>(*t.seen[kHttp].replies.at(threads)).threads.size(), 1U);
    const auto messages = t.call(kHttp, ListMessages{t.threadOf(key), 50, {}}, {});
    const auto &body = std::get<MessagesBody>(*t.seen[kHttp].replies.at(messages));
    QCOMPARE(body.messages.size(), 2U);
    QCOMPARE(body.messages[0].offset, 1U);
    QCOMPARE(body.messages[1].content, std::string("so far")); // the running answer, too
    QVERIFY(!body.messages[1].status);
    // Operators see the conversation, but no word of it.
    QCOMPARE(t.server->threads()[0].userId, std::string("ann"));
    QCOMPARE(t.server->threads()[0].title, std::string());
}

void TstApiService::anotherUsersThreadIsNotFound()
{
    HubBench t;
    t.load();
    const auto key = t.join({});
    for (ApiRequest request :
         {ApiRequest(ListMessages{t.threadOf(key), 50, {}}), ApiRequest(DeleteThread{t.threadOf(key)})}) {
        const auto call = t.call(kHttp, request, {.user = "bob"});
        QCOMPARE(t.seen[kHttp].replies.at(call).error().code, Code::NotFound);
    }
    PostChat foreign = post("k1", "hello");
    foreign.threadId = t.threadOf(key);
    const auto call = t.call(kHttp, foreign, {.user = "bob"});
    QCOMPARE(t.seen[kHttp].replies.at(call).error().code, Code::NotFound);
}

void TstApiService::threadsAreErasedUnlessTheyRun()
{
    HubBench t;
    t.load();
    const auto key = t.join({});
    const ThreadId thread = t.threadOf(key);
    t.chat(key, "m1", "hello");
    const auto busy = t.call(kHttp, DeleteThread{thread}, {});
    QCOMPARE(t.seen[kHttp].replies.at(busy).error().code, Code::Busy);
    t.answer(t.runner.turns[0], {"x"});
    t.leave(key);
    const auto erased = t.call(kHttp, DeleteThread{thread}, {});
    QVERIFY(t.seen[kHttp].replies.at(erased));
    QCOMPARE(t.server->threadsLoaded(), 0U);
    const auto again = t.call(kHttp, DeleteThread{thread}, {});
    QCOMPARE(t.seen[kHttp].replies.at(again).error().code, Code::NotFound);
}

void TstApiService::tasksAreOnesOwn()
{
    HubBench t;
    t.load();
    t.chat(t.join({}), "m1", "hello");
    t.chat(t.join({.user = "bob"}), "m1", "hello");
    const auto call = t.call(kHttp, ListTasks{}, {});
    const auto &tasks = std::get<RowsBody>(*t.seen[kHttp].replies.at(call)).rows.tasks;
    QCOMPARE(tasks.size(), 1U);
    QCOMPARE(tasks[0].userId, std::string("ann"));
}

void TstApiService::feedbackAndCancel()
{
    HubBench t;
    t.load();
    const auto key = t.join({});
    t.chat(key, "m1", "hello");
    const TaskId task = *t.seen[key].bodies<wire::ServerAck>()[0].taskId;
    const auto foreign = t.call(kHttp, PostCancel{task}, {.user = "bob"});
    QCOMPARE(t.seen[kHttp].replies.at(foreign).error().code, Code::NotFound);
    const auto cancelled = t.call(kHttp, PostCancel{task}, {});
    QVERIFY(t.seen[kHttp].replies.at(cancelled));
    const auto late = t.call(kHttp, PostCancel{task}, {});
    QCOMPARE(t.seen[kHttp].replies.at(late).error().code, Code::AlreadyEnded);
    PostFeedback feedback;
    feedback.feedback.messageId = t.seen[key].bodies<wire::AgentCompleted>()[0].messageId;
    const auto good = t.call(kHttp, feedback, {});
    QVERIFY(t.seen[kHttp].replies.at(good));
    const auto bad = t.call(kHttp, feedback, {.user = "bob"});
    QCOMPARE(t.seen[kHttp].replies.at(bad).error().code, Code::NotFound);
}

void TstApiService::actionsAndRows()
{
    HubBench t;
    const std::string oper = t.addToken("olga", Role::Operator);
    t.load();
    const auto call = t.call(kHttp, PostAction{{"r1", {}, "because", wire::SetFlag{"f", true, 5}}}, {.token = oper});
    QVERIFY(!std::get<ActionBodyReply>(*t.seen[kHttp].replies.at(call)).reply.error);
    const auto rows = t.call(kHttp, GetRows{wire::Topic::Flags}, {.token = oper});
    QCOMPARE(std::get<RowsBody>(*t.seen[kHttp].replies.at(rows)).rows.flags[0].percent, 5U);
    const auto audit = t.call(kHttp, GetAudit{}, {.token = oper});
    QCOMPARE(std::get<AuditBody>(*t.seen[kHttp].replies.at(audit)).rows.size(), 1U);
}

void TstApiService::anAbortedCallIsNotAnswered()
{
    HubBench t;
    t.load();
    const auto call = t.call(kHttp, post("k1", "hello"), {});
    t.send(ApiAborted{kHttp, call});
    t.answer(t.runner.turns[0], {"x"});
    QVERIFY(t.seen[kHttp].replies.empty());
    QCOMPARE(t.counters.turns["ok"], 1U); // a cut call does not cancel
}

void TstApiService::aUserMayNotCallFasterThanAConnectionMaySend()
{
    HubBench t;
    t.load();
    const auto codeOf = [&](const HubBench::Door &door, std::uint64_t serial) {
        const ConnectionKey key{1, serial}; // the connection does not matter
        const auto &answer = t.seen[key].replies.at(t.call(key, ListTasks{}, door));
        return answer ? Code::Invalid : answer.error().code;
    };
    for (std::uint64_t i = 0; i < 40; ++i) // the burst
        QCOMPARE(codeOf({}, 600 + i), Code::Invalid);
    const auto call = t.call(kHttp, ListTasks{}, {});
    const Error error = t.seen[kHttp].replies.at(call).error();
    QCOMPARE(error.code, Code::RateLimited);
    QVERIFY(error.retryable);
    QCOMPARE(*error.retryAfterMs, 50);
    QCOMPARE(codeOf({.user = "bob"}, 710), Code::Invalid); // others are not concerned
    t.advance(50ms);
    QCOMPARE(codeOf({}, 711), Code::Invalid);
    QCOMPARE(codeOf({}, 712), Code::RateLimited);
}

QTEST_APPLESS_MAIN(TstApiService)
#include "tst_api_service.moc"
