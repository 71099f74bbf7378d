// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/wire/error_table.h"
#include "tests/support/hub_bench.h"

#include <QTest>

#include <numeric>
#include <stdexcept>

using namespace orchestra;
using namespace std::chrono_literals;

namespace {

using Offsets = std::vector<std::uint64_t>;

std::string codeOf(const Seen &client)
{
    const auto errors = client.bodies<wire::ErrorFrame>();
    return errors.empty() ? std::string("none") : std::string(errorRow(errors.back().code).name);
}

wire::AgentCompleted lastEnd(const Seen &client)
{
    return client.bodies<wire::AgentCompleted>().back();
}

} // namespace

/// One turn from the chat frame to its terminal event, with everything that can go wrong between.
class TstTurns : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aChatIsAcknowledgedAfterTheCommitAndAnsweredInOrder();
    void everyConnectionOfTheUserSeesTheSameAndNobodyElseSeesAnything();
    void theAckComesBeforeTheFirstEvent();
    void nothingIsAcknowledgedWhileTheStoreFails();
    void theSameIdAgainJoinsTheSameTask();
    void theSameIdAfterTheEndIsAcknowledgedAsDuplicate();
    void theSameIdOnItsWayIsStoredOnce();
    void anotherBodyUnderTheSameIdIsAConflict();
    void turnsOfOneThreadRunOneAfterTheOther();
    void theNinthWaitingTurnIsBusy();
    void rejectAndInterruptAreHonoured();
    void aCommandAndASlashAreTheSame();
    void theEndIsDurableBeforeAnybodySeesIt();
    void aFullDiskHoldsTheEndBackUntilThereIsRoom();
    void cancelEndsTheTaskOnceAndTellsTheAgent();
    void cancelReachesQueuedTurnsOfAThread();
    void cancelOfAnEndedOrForeignTaskIsRefused();
    void theDeadlineEndsATurn();
    void anApprovalCanBeGivenDeniedOrExpire();
    void anEndedTurnIsDeaf();
    void aThrowingAgentFailsItsOwnTurnOnly();
    void checkpointsFollowTimeAndSize();
    void aSlowStoreIsGivenOneCheckpointAtATime();
    void tasksRunOnWithoutTheirUserForAWhile();
    void onDisconnectCancelEndsWithTheConnection();
    void invalidChatsAreRefused();
    void flagsAreEvaluatedOnceAndRecorded();
    void countsWhatHappened();
    void aKeptAnswerSaysSoAndHowOldItIs();
    void theScoreOfAnAnswerIsWhatWasMeasured();
    void countsAnAnswerThatIsNobodys();
};

void TstTurns::aChatIsAcknowledgedAfterTheCommitAndAnsweredInOrder()
{
    HubBench t;
    t.load();
    const auto key = t.join({});
    t.chat(key, "m1", "hello", false);
    QVERIFY(t.seen[key].bodies<wire::ServerAck>().empty());
    t.settle();
    const auto acks = t.seen[key].bodies<wire::ServerAck>();
    QCOMPARE(acks.size(), 1U);
    QCOMPARE(acks[0].ref, std::string("m1"));
    QCOMPARE(*acks[0].duplicate, false);
    QCOMPARE(*acks[0].offset, 1U);
    QCOMPARE(t.runner.turns.size(), 1U);
    QCOMPARE(t.runner.turns[0]->content(), std::string("hello"));
    t.answer(t.runner.turns[0], {"Good ", "day."});

    QCOMPARE(t.seen[key].offsets(t.threadOf(key)), (Offsets{1, 2, 3, 4, 5}));
    QCOMPARE(t.seen[key].text(), std::string("Good day."));
    const auto tokens = t.seen[key].bodies<wire::StreamToken>();
    QCOMPARE(tokens[1].index, 1U);
    const wire::AgentCompleted end = lastEnd(t.seen[key]);
    QCOMPARE(end.status, wire::CompletionStatus::Completed);
    QCOMPARE(end.content, std::string("Good day."));
    QCOMPARE(end.provenance.source, wire::AnswerSource::Manager);
    QVERIFY(end.usage.estimated && !end.qualityScore);
    QVERIFY(end.messageId.isSet());
    QCOMPARE(*t.seen[key].last<wire::AgentCompleted>()->requestId, std::string("m1"));
}

void TstTurns::everyConnectionOfTheUserSeesTheSameAndNobodyElseSeesAnything()
{
    HubBench t;
    t.load();
    const auto a1 = t.join({.edgeThread = 0});
    const auto a2 = t.join({.edgeThread = 1});
    const auto b = t.join({.user = "bob"}); // the same session name, another user
    t.chat(a1, "m1", "hello");
    t.answer(t.runner.turns[0], {"x", "y"});
    const ThreadId thread = t.threadOf(a1);
    QVERIFY(t.threadOf(a2) == thread);
    QVERIFY(t.threadOf(b) != thread);
    QCOMPARE(t.seen[a1].offsets(thread), (Offsets{1, 2, 3, 4, 5}));
    QCOMPARE(t.seen[a2].offsets(thread), t.seen[a1].offsets(thread));
    for (const wire::ServerFrame &frame : t.seen[b].frames)
        QCOMPARE(frame.userId, std::string("bob"));
    QVERIFY(t.seen[b].bodies<wire::StreamToken>().empty());
    QVERIFY(t.seen[a2].bodies<wire::ServerAck>().empty()); // the ack is for who asked
}

void TstTurns::theAckComesBeforeTheFirstEvent()
{
    HubBench t;
    t.load();
    const auto key = t.join({});
    t.chat(key, "m1", "hello");
    std::size_t ack = 0;
    std::size_t message = 0;
    for (std::size_t i = 0; i < t.seen[key].frames.size(); ++i) {
        if (std::holds_alternative<wire::ServerAck>(t.seen[key].frames[i].body))
            ack = i;
        if (std::holds_alternative<wire::UserMessage>(t.seen[key].frames[i].body))
            message = i;
    }
    QVERIFY(ack > 0 && ack < message);
}

void TstTurns::nothingIsAcknowledgedWhileTheStoreFails()
{
    HubBench t;
    t.load();
    const auto key = t.join({});
    t.store.failing = true;
    t.chat(key, "m1", "hello");
    QCOMPARE(codeOf(t.seen[key]), std::string("STORAGE_UNAVAILABLE"));
    QVERIFY(t.seen[key].bodies<wire::ServerAck>().empty());
    QVERIFY(t.runner.turns.empty());
    t.store.failing = false;
    t.chat(key, "m1", "hello");
    QCOMPARE(t.seen[key].bodies<wire::ServerAck>().size(), 1U);
    QCOMPARE(t.runner.turns.size(), 1U);
}

void TstTurns::theSameIdAgainJoinsTheSameTask()
{
    HubBench t;
    t.load();
    const auto a = t.join({});
    const auto b = t.join({});
    t.chat(a, "m1", "hello");
    t.chat(b, "m1", "hello");
    QCOMPARE(t.runner.turns.size(), 1U);
    const auto first = t.seen[a].bodies<wire::ServerAck>().back();
    const auto second = t.seen[b].bodies<wire::ServerAck>().back();
    QVERIFY(!*first.duplicate && *second.duplicate);
    QVERIFY(*second.taskId == *first.taskId);
    QCOMPARE(*second.offset, *first.offset);
    QVERIFY(*second.messageId == *first.messageId);
}

void TstTurns::theSameIdAfterTheEndIsAcknowledgedAsDuplicate()
{
    HubBench t;
    t.load();
    const auto key = t.join({});
    t.chat(key, "m1", "hello");
    t.answer(t.runner.turns[0], {"x"});
    t.chat(key, "m1", "hello");
    QCOMPARE(t.runner.turns.size(), 1U);
    const auto acks = t.seen[key].bodies<wire::ServerAck>();
    QVERIFY(*acks.back().duplicate);
    QVERIFY(*acks.back().taskId == *acks.front().taskId);
    QCOMPARE(*acks.back().offset, *acks.front().offset);
    QCOMPARE(t.seen[key].bodies<wire::AgentCompleted>().size(), 1U);
}

void TstTurns::theSameIdOnItsWayIsStoredOnce()
{
    HubBench t;
    t.load();
    const auto key = t.join({});
    t.chat(key, "m1", "hello", false);
    t.chat(key, "m1", "hello", false);
    t.settle();
    QCOMPARE(t.store.tasks.size(), 1U);
    QCOMPARE(t.runner.turns.size(), 1U);
    const auto acks = t.seen[key].bodies<wire::ServerAck>();
    QCOMPARE(acks.size(), 2U);
    QVERIFY(!*acks[0].duplicate && *acks[1].duplicate);
}

void TstTurns::anotherBodyUnderTheSameIdIsAConflict()
{
    HubBench t;
    t.load();
    const auto key = t.join({});
    t.chat(key, "m1", "hello", false);
    t.chat(key, "m1", "other", false);
    t.settle();
    QCOMPARE(codeOf(t.seen[key]), std::string("IDEMPOTENCY_CONFLICT"));
    t.seen[key].frames.clear();
    t.chat(key, "m1", "other"); // while it runs
    QCOMPARE(codeOf(t.seen[key]), std::string("IDEMPOTENCY_CONFLICT"));
    t.answer(t.runner.turns[0], {"x"});
    t.seen[key].frames.clear();
    t.chat(key, "m1", "other"); // after its end
    QCOMPARE(codeOf(t.seen[key]), std::string("IDEMPOTENCY_CONFLICT"));
}

void TstTurns::turnsOfOneThreadRunOneAfterTheOther()
{
    HubBench t;
    t.load();
    const auto key = t.join({});
    t.chat(key, "m1", "one");
    t.chat(key, "m2", "two");
    QCOMPARE(t.runner.turns.size(), 1U);
    const auto queued = t.seen[key].bodies<wire::StatusFrame>().back();
    QCOMPARE(queued.status, wire::TurnStatus::Queued);
    QCOMPARE(*queued.position, 1U);
    QCOMPARE(t.seen[key].bodies<wire::ServerAck>().size(), 2U);
    t.answer(t.runner.turns[0], {"1"});
    QCOMPARE(t.runner.turns.size(), 2U);
    t.answer(t.runner.turns[1], {"2"});
    const ThreadId thread = t.threadOf(key);
    Offsets all(t.seen[key].offsets(thread).size());
    std::iota(all.begin(), all.end(), 1U);
    QCOMPARE(t.seen[key].offsets(thread), all);
    QCOMPARE(t.seen[key].bodies<wire::AgentCompleted>().size(), 2U);
}

void TstTurns::theNinthWaitingTurnIsBusy()
{
    HubBench t;
    t.load();
    const auto key = t.join({});
    for (int i = 0; i < 9; ++i)
        t.chat(key, "m" + std::to_string(i), "x", i % 2 == 0);
    t.settle();
    QCOMPARE(t.seen[key].bodies<wire::ServerAck>().size(), 9U);
    t.chat(key, "m9", "x");
    QCOMPARE(codeOf(t.seen[key]), std::string("BUSY"));
    t.chat(key, "m3", "x"); // a repetition is none
    QVERIFY(*t.seen[key].bodies<wire::ServerAck>().back().duplicate);
    t.answer(t.runner.turns[0], {"x"});
    t.chat(key, "m9", "x");
    QCOMPARE(t.seen[key].bodies<wire::ServerAck>().back().ref, std::string("m9"));
}

void TstTurns::rejectAndInterruptAreHonoured()
{
    HubBench t;
    t.load();
    const auto key = t.join({});
    t.chat(key, "m1", "one");
    wire::Chat second;
    second.id = "m2";
    second.content = "two";
    second.busy = wire::BusyPolicy::Reject;
    t.say(key, second);
    QCOMPARE(codeOf(t.seen[key]), std::string("BUSY"));
    second.busy = wire::BusyPolicy::Interrupt;
    t.say(key, second);
    const wire::AgentCompleted end = lastEnd(t.seen[key]);
    QCOMPARE(end.status, wire::CompletionStatus::Cancelled);
    QVERIFY(!t.runner.turns[0]->isAlive());
    QCOMPARE(t.runner.turns.size(), 2U);
    QVERIFY(t.runner.turns[1]->isAlive());
}

void TstTurns::aCommandAndASlashAreTheSame()
{
    HubBench t;
    t.load();
    const auto key = t.join({});
    t.chat(key, "m1", "/Status  all of it ");
    QCOMPARE(*t.runner.turns[0]->commandName(), std::string("status"));
    QCOMPARE(t.runner.turns[0]->content(), std::string("all of it "));
    t.answer(t.runner.turns[0], {"x"});
    wire::Command command;
    command.id = "m2";
    command.name = "flags";
    command.arguments = wire::RawJson{"{\"on\":true}"};
    t.say(key, command);
    QCOMPARE(*t.runner.turns[1]->commandName(), std::string("flags"));
    QCOMPARE(t.runner.turns[1]->commandArguments()->text, std::string("{\"on\":true}"));
    QCOMPARE(t.seen[key].bodies<wire::UserMessage>().back().content, std::string("/flags {\"on\":true}"));
    t.answer(t.runner.turns[1], {"x"});
    t.chat(key, "m3", "/etc/passwd is a path");
    QVERIFY(!t.runner.turns[2]->commandName());
    QCOMPARE(t.counters.commands, 2U);
    QCOMPARE(t.counters.chats, 1U);
}

void TstTurns::theEndIsDurableBeforeAnybodySeesIt()
{
    HubBench t;
    t.load();
    const auto key = t.join({});
    t.chat(key, "m1", "hello");
    t.runner.turns[0]->say(ReportWriter::fill("x"));
    t.runner.turns[0]->complete({});
    t.chat(key, "m2", "next", false); // while the end is being committed
    QVERIFY(t.seen[key].bodies<wire::AgentCompleted>().empty());
    t.store.deliverOne();
    t.settle();
    QCOMPARE(t.seen[key].bodies<wire::AgentCompleted>().size(), 1U);
    const ThreadId thread = t.threadOf(key);
    QCOMPARE(t.store.threads[thread].offset, 3U);
    Offsets all(t.seen[key].offsets(thread).size());
    std::iota(all.begin(), all.end(), 1U);
    QCOMPARE(t.seen[key].offsets(thread), all);
}

void TstTurns::aFullDiskHoldsTheEndBackUntilThereIsRoom()
{
    HubBench t;
    t.load();
    const auto key = t.join({});
    t.chat(key, "m1", "hello");
    t.store.failing = true;
    t.answer(t.runner.turns[0], {"x"});
    t.advance(20s);
    QVERIFY(t.seen[key].bodies<wire::AgentCompleted>().empty());
    const auto notices = t.seen[key].bodies<wire::SystemMessage>();
    QCOMPARE(notices.size(), 1U);
    QCOMPARE(notices[0].event, wire::SystemEvent::Degraded);
    t.store.failing = false;
    t.advance(15s);
    QCOMPARE(t.seen[key].bodies<wire::AgentCompleted>().size(), 1U);
    QCOMPARE(lastEnd(t.seen[key]).status, wire::CompletionStatus::Completed);
}

void TstTurns::cancelEndsTheTaskOnceAndTellsTheAgent()
{
    HubBench t;
    t.load();
    const auto key = t.join({});
    t.chat(key, "m1", "hello");
    bool told = false;
    t.runner.turns[0]->onEnded([&] { told = true; });
    t.runner.turns[0]->say(ReportWriter::fill("so far"));
    const TaskId task = *t.seen[key].bodies<wire::ServerAck>()[0].taskId;
    t.say(key, wire::Cancel{"c1", task, {}, {}}, false);
    QVERIFY(told); // at once, not after the commit
    QCOMPARE(t.seen[key].bodies<wire::ServerAck>().back().ref, std::string("c1"));
    t.settle();
    QCOMPARE(t.seen[key].bodies<wire::AgentCompleted>().size(), 1U);
    const wire::AgentCompleted end = lastEnd(t.seen[key]);
    QCOMPARE(end.status, wire::CompletionStatus::Cancelled);
    QCOMPARE(end.error->code, Code::Cancelled);
    QCOMPARE(end.content, std::string("so far"));
    t.say(key, wire::Cancel{"c2", task, {}, {}});
    QCOMPARE(codeOf(t.seen[key]), std::string("ALREADY_ENDED"));
}

void TstTurns::cancelReachesQueuedTurnsOfAThread()
{
    HubBench t;
    t.load();
    const auto key = t.join({});
    const auto other = t.join({});
    t.chat(key, "m1", "one");
    t.chat(key, "m2", "two");
    t.say(other, wire::Cancel{"c1", {}, t.threadOf(key), {}}); // from another device
    const auto ends = t.seen[key].bodies<wire::AgentCompleted>();
    QCOMPARE(ends.size(), 2U);
    QCOMPARE(ends[0].status, wire::CompletionStatus::Cancelled);
    QCOMPARE(t.runner.turns.size(), 1U); // the second never ran
    QCOMPARE(t.server->openTasks(), 0U);
}

void TstTurns::cancelOfAnEndedOrForeignTaskIsRefused()
{
    HubBench t;
    t.load();
    const auto ann = t.join({});
    const auto bob = t.join({.user = "bob"});
    t.chat(ann, "m1", "hello");
    const TaskId task = *t.seen[ann].bodies<wire::ServerAck>()[0].taskId;
    t.say(bob, wire::Cancel{"c1", task, {}, {}});
    QCOMPARE(codeOf(t.seen[bob]), std::string("NOT_FOUND"));
    t.say(bob, wire::Cancel{"c2", {}, t.threadOf(ann), {}});
    QCOMPARE(codeOf(t.seen[bob]), std::string("NOT_FOUND"));
    t.say(ann, wire::Cancel{"c3", {}, {}, {}});
    QCOMPARE(codeOf(t.seen[ann]), std::string("INVALID"));
    QVERIFY(t.runner.turns[0]->isAlive());
    t.answer(t.runner.turns[0], {"x"});
    t.say(bob, wire::Cancel{"c4", task, {}, {}});
    QCOMPARE(codeOf(t.seen[bob]), std::string("NOT_FOUND"));
    t.say(ann, wire::Cancel{"c5", task, {}, {}});
    QCOMPARE(codeOf(t.seen[ann]), std::string("ALREADY_ENDED"));
}

void TstTurns::theDeadlineEndsATurn()
{
    HubBench t;
    t.load();
    const auto key = t.join({});
    t.chat(key, "m1", "hello");
    t.runner.turns[0]->say(ReportWriter::fill("half"));
    t.advance(t.turns.deadline - 1s);
    QVERIFY(t.runner.turns[0]->isAlive());
    t.advance(2s);
    QCOMPARE(lastEnd(t.seen[key]).status, wire::CompletionStatus::Incomplete);
    QCOMPARE(lastEnd(t.seen[key]).error->code, Code::ProviderTimeout);
    t.chat(key, "m2", "again");
    t.advance(t.turns.deadline + 1s);
    QCOMPARE(lastEnd(t.seen[key]).status, wire::CompletionStatus::Failed);
}

void TstTurns::anApprovalCanBeGivenDeniedOrExpire()
{
    HubBench t;
    t.load();
    const auto key = t.join({});
    const auto bob = t.join({.user = "bob"});
    t.chat(key, "m1", "change it");
    std::vector<wire::ApprovalOutcome> decided;
    const auto ask = [&] {
        t.runner.turns[0]->requireApproval("set flag", {"{}"}, [&](wire::ApprovalOutcome o) { decided.push_back(o); });
        t.settle();
        return t.seen[key].bodies<wire::ApprovalRequired>().back();
    };
    const auto first = ask();
    QCOMPARE(first.expiresAt.ms, t.clock.wallMs() + 300'000);
    t.say(bob, wire::Approve{"p0", first.approvalId, wire::ApprovalDecision::Approve});
    QCOMPARE(codeOf(t.seen[bob]), std::string("NOT_FOUND"));
    t.say(key, wire::Approve{"p1", first.approvalId, wire::ApprovalDecision::Approve});
    t.say(key, wire::Approve{"p2", ask().approvalId, wire::ApprovalDecision::Deny});
    const auto third = ask();
    t.advance(301s);
    QCOMPARE(decided,
             (std::vector<wire::ApprovalOutcome>{wire::ApprovalOutcome::Approved, wire::ApprovalOutcome::Denied,
                                                 wire::ApprovalOutcome::Expired}));
    t.say(key, wire::Approve{"p3", third.approvalId, wire::ApprovalDecision::Approve});
    QCOMPARE(codeOf(t.seen[key]), std::string("NOT_FOUND"));
    const auto resolved = t.seen[key].bodies<wire::ApprovalResolved>();
    QCOMPARE(resolved.size(), 3U);
    QCOMPARE(resolved[0].actor, std::string("ann"));
    // Both decisions are in the audit log; nobody has decided on the third.
    QCOMPARE(t.store.audit.size(), 2U);
    QCOMPARE(t.store.audit[0].action + " " + t.store.audit[0].after, std::string("resolve_approval approved"));
    QCOMPARE(t.store.audit[1].after + " by " + t.store.audit[1].actor, std::string("denied by ann"));
    QCOMPARE(t.store.audit[1].before, std::string("set flag waits"));
    ask();
    t.say(key, wire::Cancel{"c1", {}, t.threadOf(key), {}}); // the end expires what is open
    QCOMPARE(decided.size(), 4U);
    QCOMPARE(decided.back(), wire::ApprovalOutcome::Expired);
}

void TstTurns::anEndedTurnIsDeaf()
{
    HubBench t;
    t.load();
    const auto key = t.join({});
    t.chat(key, "m1", "hello");
    const auto turn = t.runner.turns[0];
    t.answer(turn, {"x"});
    const std::size_t frames = t.seen[key].frames.size();
    turn->say(ReportWriter::fill("late"));
    turn->think("maestro", ReportWriter::fill("late"));
    turn->startAgent("late");
    turn->finishTool(turn->startTool("late", {}), true, {});
    turn->complete({});
    bool expired = false;
    turn->requireApproval("late", {}, [&](wire::ApprovalOutcome o) { expired = o == wire::ApprovalOutcome::Expired; });
    t.settle();
    QCOMPARE(t.seen[key].frames.size(), frames);
    QVERIFY(expired && !turn->isAlive());
    // Nor does it harm a hub that has gone.
    t.chat(key, "m2", "again");
    const auto other = t.runner.turns[1];
    t.server.reset();
    other->say(ReportWriter::fill("late"));
    other->complete({});
    QVERIFY(!other->isAlive());
}

void TstTurns::aThrowingAgentFailsItsOwnTurnOnly()
{
    class Thrower final : public TurnRunner
    {
    public:
        void run(std::shared_ptr<Turn> turn) override
        {
            if (turn->content() == "bad")
                throw std::runtime_error("boom");
            turn->complete({});
        }
    } thrower;
    HubBench t;
    t.load();
    t.server->setRunner(thrower);
    const auto key = t.join({});
    t.chat(key, "m1", "bad");
    QCOMPARE(lastEnd(t.seen[key]).status, wire::CompletionStatus::Failed);
    QCOMPARE(lastEnd(t.seen[key]).error->code, Code::Internal);
    QVERIFY(lastEnd(t.seen[key]).error->message.find("boom") == std::string::npos);
    t.chat(key, "m2", "good");
    QCOMPARE(lastEnd(t.seen[key]).status, wire::CompletionStatus::Completed);
}

void TstTurns::checkpointsFollowTimeAndSize()
{
    HubBench t;
    t.load();
    const auto key = t.join({});
    t.chat(key, "m1", "hello");
    const auto checkpoints = [&] { return std::ranges::count(t.store.journal, "checkpoint"); };
    t.runner.turns[0]->say(ReportWriter::fill("a"));
    t.settle();
    QCOMPARE(checkpoints(), 0);
    t.advance(1s);
    QCOMPARE(checkpoints(), 1);
    t.advance(10s); // nothing new was said
    QCOMPARE(checkpoints(), 1);
    t.runner.turns[0]->say(ReportWriter::fill("{}", {std::string(4096, 'b')}));
    t.settle();
    QCOMPARE(checkpoints(), 2);
    QCOMPARE(t.store.tasks.begin()->second.checkpoint.size(), 4097U);
}

void TstTurns::aSlowStoreIsGivenOneCheckpointAtATime()
{
    HubBench t;
    t.load();
    const auto key = t.join({});
    t.chat(key, "m1", "hello");
    // Each is worth a checkpoint, and the store answers none meanwhile.
    for (int i = 0; i < 4; ++i)
        t.runner.turns[0]->say(ReportWriter::fill("{}", {std::string(5000, 'b')}));
    t.settle();
    QCOMPARE(std::ranges::count(t.store.journal, "checkpoint"), 2);
    QCOMPARE(t.store.tasks.begin()->second.checkpoint.size(), 20000U);
}

void TstTurns::tasksRunOnWithoutTheirUserForAWhile()
{
    HubBench t;
    t.turns.deadline = 1h;
    t.load();
    const auto a = t.join({});
    t.chat(a, "m1", "hello");
    t.leave(a);
    t.advance(299s);
    QVERIFY(t.runner.turns[0]->isAlive());
    const auto b = t.join({}); // came back
    t.advance(300s);
    QVERIFY(t.runner.turns[0]->isAlive());
    t.leave(b);
    t.advance(301s);
    QVERIFY(!t.runner.turns[0]->isAlive());
    QCOMPARE(t.store.tasks.begin()->second.finished->completed.status, wire::CompletionStatus::Cancelled);
}

void TstTurns::onDisconnectCancelEndsWithTheConnection()
{
    HubBench t;
    t.load();
    const auto a = t.join({});
    const auto b = t.join({});
    wire::Chat chat;
    chat.id = "m1";
    chat.content = "hello";
    chat.onDisconnect = wire::OnDisconnect::Cancel;
    t.say(a, chat);
    t.leave(a);
    QCOMPARE(lastEnd(t.seen[b]).status, wire::CompletionStatus::Cancelled);
    // Also when the connection goes before the commit.
    const auto c = t.join({});
    chat.id = "m2";
    t.say(c, chat, false);
    t.send(ConnectionGone{c, 1006, {}});
    t.settle();
    QCOMPARE(t.seen[b].bodies<wire::AgentCompleted>().size(), 2U);
}

void TstTurns::invalidChatsAreRefused()
{
    HubBench t;
    t.load();
    const auto key = t.join({});
    t.chat(key, "m1", " \n");
    QCOMPARE(t.seen[key].bodies<wire::ErrorFrame>().back().errors[0].pointer, std::string("/content"));
    t.chat(key, "", "x");
    QCOMPARE(t.seen[key].bodies<wire::ErrorFrame>().back().errors[0].pointer, std::string("/id"));
    t.chat(key, "m2", std::string(65537, 'x'));
    QCOMPARE(codeOf(t.seen[key]), std::string("TOO_LARGE"));
    wire::Chat foreign;
    foreign.id = "m3";
    foreign.content = "x";
    foreign.threadId = t.ids.make<ThreadId>();
    t.say(key, foreign);
    QCOMPARE(codeOf(t.seen[key]), std::string("NOT_FOUND"));
    QVERIFY(t.runner.turns.empty());
}

void TstTurns::flagsAreEvaluatedOnceAndRecorded()
{
    HubBench t;
    wire::FlagRow flag;
    flag.name = "short_answers";
    flag.enabled = true;
    flag.percent = 100;
    t.store.flags["short_answers"] = flag;
    flag.name = "off_flag";
    flag.enabled = false;
    t.store.flags["off_flag"] = flag;
    t.load();
    const auto key = t.join({});
    t.chat(key, "m1", "hello");
    QCOMPARE(t.runner.turns[0]->context().flagVariants.at("short_answers"), std::string("on"));
    t.answer(t.runner.turns[0], {"x"});
    QCOMPARE(lastEnd(t.seen[key]).provenance.flagVariants,
             (std::map<std::string, std::string>{{"off_flag", "off"}, {"short_answers", "on"}}));
    QCOMPARE((t.counters.flagEvaluations[{"short_answers", "on"}]), 1U);
}

void TstTurns::countsWhatHappened()
{
    HubBench t;
    t.load();
    const auto key = t.join({});
    t.chat(key, "m1", "hello");
    t.runner.turns[0]->setIntent("greeting", 0.93);
    t.clock.advance(40ms);
    t.answer(t.runner.turns[0], {"a", "b"});
    t.chat(key, "m2", "hello");
    t.runner.turns[1]->complete({.status = wire::CompletionStatus::Failed, .error = makeError(Code::NoModel, "none")});
    t.settle();
    t.chat(key, "", "");
    QCOMPARE(t.counters.chats, 2U);
    QCOMPARE(t.counters.tokens, 2U);
    QCOMPARE(t.counters.turns["ok"], 1U);
    QCOMPARE(t.counters.turns["error"], 1U);
    QCOMPARE(t.counters.turns["rejected"], 1U);
    QCOMPARE(t.counters.turnErrors["no_model"], 1U);
    QCOMPARE(t.counters.intents["greeting"], 1U);
    QCOMPARE(t.counters.firstTokenUs.count(), 1U);
    QVERIFY(t.counters.firstTokenUs.percentile(0.5) >= 40'000U);
    QCOMPARE((t.counters.modelFirstTokenUs[{"", ""}].count()), 1U); // no model had a part in it
    QCOMPARE(t.counters.turnUs.count(), 2U);
    QCOMPARE(t.counters.ackUs.count(), 2U);
    QCOMPARE(t.counters.apiRequests["v2 ws"], 3U);
    const auto rows = t.server->tasks();
    QCOMPARE(rows.size(), 2U);
    QCOMPARE(rows[0].state, wire::TaskState::Failed); // the newest first
    QCOMPARE(rows[1].intent, std::string("greeting"));
}

void TstTurns::aKeptAnswerSaysSoAndHowOldItIs()
{
    HubBench t;
    t.load();
    const auto key = t.join({});
    t.chat(key, "m1", "hello");
    Completion completion;
    completion.source = wire::AnswerSource::Cache;
    completion.model = "one";
    completion.route = "the only model that can serve";
    completion.cachedAgeS = 30;
    t.runner.turns[0]->complete(std::move(completion));
    t.settle();
    const wire::Provenance provenance = lastEnd(t.seen[key]).provenance;
    QCOMPARE(provenance.source, wire::AnswerSource::Cache);
    QCOMPARE(*provenance.cachedAgeS, 30U);
    QCOMPARE(*provenance.route, std::string("the only model that can serve"));
    QCOMPARE(t.counters.syntheticAssistantContent, 0U);
}

void TstTurns::theScoreOfAnAnswerIsWhatWasMeasured()
{
    HubBench t;
    t.load();
    const auto key = t.join({});
    const auto endAfter = [&](int good, int bad, std::optional<double> selfCheck = {}) {
        t.chat(key, "m" + std::to_string(t.runner.turns.size()), "hello");
        const auto turn = t.runner.turns.back();
        for (int i = 0; i < good + bad; ++i)
            turn->finishTool(turn->startTool("search", {"{}"}), i < good, {"{}"});
        Completion completion;
        completion.source = wire::AnswerSource::Model;
        completion.model = "one";
        completion.selfCheck = selfCheck;
        turn->complete(std::move(completion));
        t.settle();
        return lastEnd(t.seen[key]).qualityScore;
    };
    QVERIFY(!endAfter(0, 0));
    QCOMPARE(*endAfter(3, 1), 0.75);
    QCOMPARE(*endAfter(0, 2), 0.0);
    QCOMPARE(*endAfter(0, 0, 0.85), 0.85);
    QCOMPARE(*endAfter(1, 1, 1.0), 0.75);
}

/// The types of text do not let it happen; an agent that forgets to name its model looks the same.
void TstTurns::countsAnAnswerThatIsNobodys()
{
    HubBench t;
    t.load();
    const auto key = t.join({});
    t.chat(key, "m1", "hello");
    t.runner.turns[0]->say(ReportWriter::fill("x"));
    t.runner.turns[0]->complete({.source = wire::AnswerSource::Model});
    t.settle();
    QCOMPARE(t.counters.syntheticAssistantContent, 1U);
}

QTEST_APPLESS_MAIN(TstTurns)
#include "tst_turns.moc"
