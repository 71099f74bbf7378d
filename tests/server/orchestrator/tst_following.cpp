// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/wire/error_table.h"
#include "tests/support/hub_bench.h"

#include <QTest>

#include <numeric>

using namespace orchestra;
using namespace std::chrono_literals;

namespace {

using Offsets = std::vector<std::uint64_t>;
using Outcome = wire::ResumeOutcome;

Offsets range(std::uint64_t from, std::uint64_t to)
{
    Offsets out(to - from + 1);
    std::iota(out.begin(), out.end(), from);
    return out;
}

wire::ThreadPosition positionOf(const Seen &client, const ThreadId &thread)
{
    const auto welcomes = client.bodies<wire::Welcome>();
    for (const wire::ThreadPosition &position : welcomes.back().threads)
        if (position.threadId == thread)
            return position;
    return {};
}

void speak(const std::shared_ptr<Turn> &turn, int times)
{
    for (int i = 0; i < times; ++i)
        turn->say(ReportWriter::fill("token {} ", {std::to_string(i)}));
}

} // namespace

/// Following, hello and resuming: what a connection is sent of threads, whenever it comes.
class TstFollowing : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aHelloWithoutCursorsFollowsFromNow();
    void silenceImpliesAHello();
    void aFrameImpliesAHello();
    void resumesInMidAnswerWithoutGapOrRepeat();
    void aCurrentCursorGetsNothing();
    void anotherEpochGetsASnapshot();
    void theSnapshotShowsTheRunningAnswerAsFarAsItIsVisible();
    void theSnapshotIsCutIntoParts();
    void anUnknownThreadIsReset();
    void aSlowReaderConvergesOnAFiveThousandEventTask();
    void aReaderThatStallsIsClosed();
    void liveEventsComeAfterTheWholeReplay();
    void followAndUnfollow();
    void followAgainWithACursorRewinds();
    void chattingToAThreadFollowsIt();
    void theThirtyThirdThreadIsRefused();
    void idleThreadsAreLetGoAndComeBack();
    void whatIsKeptIsLookedAtWhileALongAnswerIsSpoken();
    void aStoreThatFailsToReadIsAskedAgain();
};

void TstFollowing::aHelloWithoutCursorsFollowsFromNow()
{
    HubBench t;
    t.load();
    const auto a = t.join({});
    t.chat(a, "m1", "hello");
    t.answer(t.runner.turns[0], {"x"});
    const auto b = t.join({});
    const wire::ThreadPosition position = positionOf(t.seen[b], t.threadOf(a));
    QCOMPARE(position.outcome, Outcome::Current);
    QCOMPARE(position.to, 4U);
    QCOMPARE(t.seen[b].bodies<wire::ResumeDone>().size(), 1U);
    QVERIFY(t.seen[b].offsets(t.threadOf(a)).empty());
    const wire::Welcome welcome = t.seen[b].bodies<wire::Welcome>()[0];
    QCOMPARE(*welcome.ref, std::string("h1"));
    QCOMPARE(welcome.limits.messageBytes, 65536U);
    t.chat(a, "m2", "more");
    QCOMPARE(t.seen[b].offsets(t.threadOf(a)), Offsets{5});
}

void TstFollowing::silenceImpliesAHello()
{
    HubBench t;
    t.load();
    const auto key = t.connect({});
    t.advance(900ms);
    QVERIFY(t.seen[key].bodies<wire::Welcome>().empty());
    t.advance(200ms);
    QCOMPARE(t.seen[key].bodies<wire::Welcome>().size(), 1U);
    QVERIFY(!t.seen[key].bodies<wire::Welcome>()[0].ref);
    // A hello that comes late is still taken.
    t.say(key, wire::Hello{"h1", {2}, {}, {}, {}});
    QCOMPARE(t.seen[key].bodies<wire::Welcome>().size(), 2U);
    // Version 1 has no hello, and the version of a connection that says nothing is not known.
    const auto v1 = t.connect({.user = "bob", .version = 1});
    QCOMPARE(t.seen[v1].bodies<wire::Welcome>().size(), 1U);
    const auto undecided = t.connect({.user = "eve", .version = 0});
    t.advance(10s);
    QVERIFY(t.seen[undecided].frames.empty());
    t.send(VersionDecided{undecided, 1});
    t.settle();
    QCOMPARE(t.seen[undecided].bodies<wire::Welcome>().size(), 1U);
}

void TstFollowing::aFrameImpliesAHello()
{
    HubBench t;
    t.load();
    const auto key = t.connect({});
    t.chat(key, "m1", "hello");
    QCOMPARE(t.seen[key].bodies<wire::Welcome>().size(), 1U);
    QCOMPARE(t.seen[key].bodies<wire::ServerAck>().size(), 1U);
    QCOMPARE(t.seen[key].bodies<wire::UserMessage>().size(), 1U);
    QVERIFY(std::holds_alternative<wire::Welcome>(t.seen[key].frames[0].body));
}

void TstFollowing::resumesInMidAnswerWithoutGapOrRepeat()
{
    HubBench t;
    t.load();
    const auto a = t.join({});
    const auto b = t.join({});
    const ThreadId thread = t.threadOf(a);
    t.chat(a, "m1", "hello");
    speak(t.runner.turns[0], 10);
    t.settle();
    const Offsets before = t.seen[b].offsets(thread);
    QCOMPARE(before.back(), 11U);
    t.leave(b);
    speak(t.runner.turns[0], 10);
    t.settle();
    const auto c = t.join({}, {{thread, 1, before.back()}});
    QCOMPARE(positionOf(t.seen[c], thread).outcome, Outcome::Replayed);
    QCOMPARE(positionOf(t.seen[c], thread).from, 11U);
    QCOMPARE(positionOf(t.seen[c], thread).to, 21U);
    t.answer(t.runner.turns[0], {"end"});
    QCOMPARE(t.seen[c].offsets(thread), range(12, 24));
    QCOMPARE(t.seen[a].offsets(thread), range(1, 24));
    QCOMPARE(t.counters.replays["replayed"], 1U);
}

void TstFollowing::aCurrentCursorGetsNothing()
{
    HubBench t;
    t.load();
    const auto a = t.join({});
    t.chat(a, "m1", "hello");
    t.answer(t.runner.turns[0], {"x"});
    const ThreadId thread = t.threadOf(a);
    const auto b = t.join({}, {{thread, 1, 4}});
    QCOMPARE(positionOf(t.seen[b], thread).outcome, Outcome::Current);
    QCOMPARE(t.seen[b].frames.size(), 2U); // welcome, resume_done
}

void TstFollowing::anotherEpochGetsASnapshot()
{
    HubBench t;
    t.load();
    const auto a = t.join({});
    t.chat(a, "m1", "hello");
    t.answer(t.runner.turns[0], {"x"});
    const ThreadId thread = t.threadOf(a);
    const auto b = t.join({}, {{thread, 7, 100}});
    QCOMPARE(positionOf(t.seen[b], thread).outcome, Outcome::Snapshot);
    const auto snapshots = t.seen[b].bodies<wire::Snapshot>();
    QCOMPARE(snapshots.size(), 1U);
    QVERIFY(snapshots[0].last);
    QCOMPARE(snapshots[0].epoch, 1U);
    QCOMPARE(snapshots[0].offset, 4U);
    QCOMPARE(snapshots[0].messages.size(), 2U);
    QCOMPARE(snapshots[0].messages[1].content, std::string("x"));
    QCOMPARE(*snapshots[0].messages[1].status, wire::CompletionStatus::Completed);
    // welcome, snapshot, resume_done, in this order
    QVERIFY(std::holds_alternative<wire::Snapshot>(t.seen[b].frames[1].body));
    QVERIFY(std::holds_alternative<wire::ResumeDone>(t.seen[b].frames[2].body));
}

void TstFollowing::theSnapshotShowsTheRunningAnswerAsFarAsItIsVisible()
{
    HubBench t;
    t.load();
    const auto a = t.join({});
    const ThreadId thread = t.threadOf(a);
    t.chat(a, "m1", "one");
    t.chat(a, "m2", "two");
    speak(t.runner.turns[0], 2);
    t.settle();
    // The queued turn is cancelled: until that is durable, what follows is hidden.
    const TaskId second = *t.seen[a].bodies<wire::ServerAck>()[1].taskId;
    const auto b = t.connect({});
    t.say(b, wire::Hello{"h", {2}, {}, {}, {{thread, 9, 9}}}, false);
    t.say(a, wire::Cancel{"c", second, {}, {}}, false);
    speak(t.runner.turns[0], 1); // hidden behind the cancelled turn's end
    t.settle();
    const auto snapshot = t.seen[b].bodies<wire::Snapshot>()[0];
    QCOMPARE(snapshot.offset, 4U);
    const wire::StoredMessage &answer = snapshot.messages.back();
    QCOMPARE(answer.content, std::string("token 0 token 1 "));
    QVERIFY(!answer.status);
    QCOMPARE(t.seen[b].offsets(thread), range(5, 6));
    QCOMPARE(answer.content + t.seen[b].text(), std::string("token 0 token 1 token 0 "));
}

void TstFollowing::theSnapshotIsCutIntoParts()
{
    HubBench t;
    t.load();
    const auto a = t.join({});
    const ThreadId thread = t.threadOf(a);
    for (int i = 0; i < 8; ++i) {
        t.chat(a, "m" + std::to_string(i), std::string(50'000, 'q'));
        t.answer(t.runner.turns.back(), {std::string(50'000, 'a')});
    }
    const auto b = t.join({}, {{thread, 9, 9}});
    const auto parts = t.seen[b].bodies<wire::Snapshot>();
    QVERIFY(parts.size() >= 4);
    std::size_t messages = 0;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        QCOMPARE(parts[i].part, i);
        QCOMPARE(parts[i].last, i + 1 == parts.size());
        messages += parts[i].messages.size();
    }
    QCOMPARE(messages, 16U);
}

void TstFollowing::anUnknownThreadIsReset()
{
    HubBench t;
    t.load();
    const ThreadId nobodys = t.ids.make<ThreadId>();
    const auto bob = t.join({.user = "bob"});
    const auto a = t.join({}, {{nobodys, 1, 5}, {t.threadOf(bob), 1, 5}});
    QCOMPARE(positionOf(t.seen[a], nobodys).outcome, Outcome::Reset);
    QCOMPARE(positionOf(t.seen[a], t.threadOf(bob)).outcome, Outcome::Reset); // nothing tells them apart
    t.chat(bob, "m1", "secret");
    QVERIFY(t.seen[a].bodies<wire::UserMessage>().empty());
}

void TstFollowing::aSlowReaderConvergesOnAFiveThousandEventTask()
{
    HubBench t;
    t.load();
    const auto a = t.join({});
    const ThreadId thread = t.threadOf(a);
    t.chat(a, "m1", "hello");
    speak(t.runner.turns[0], 5000);
    t.drains = false;
    const auto b = t.join({}, {{thread, 1, 0}});
    QCOMPARE(t.seen[b].partsOut, 1U); // one at a time
    int rounds = 0;
    while (t.seen[b].bodies<wire::ResumeDone>().empty() && ++rounds < 100) {
        speak(t.runner.turns[0], 200); // it goes on meanwhile
        t.settle();
        QCOMPARE(t.seen[b].partsOut, 1U);
        --t.seen[b].partsOut;
        t.send(PartDrained{b});
    }
    QVERIFY(rounds < 20);
    t.drains = true;
    t.answer(t.runner.turns[0], {"end"});
    const Offsets all = t.seen[a].offsets(thread);
    QVERIFY(all.size() > 6000U);
    QCOMPARE(t.seen[b].offsets(thread), all);
    QCOMPARE(t.seen[b].text(), t.seen[a].text());
}

void TstFollowing::aReaderThatStallsIsClosed()
{
    HubBench t;
    t.load();
    const auto a = t.join({});
    t.chat(a, "m1", "hello");
    speak(t.runner.turns[0], 5000);
    t.drains = false;
    const auto b = t.join({}, {{t.threadOf(a), 1, 0}});
    t.advance(59s);
    QVERIFY(!t.seen[b].closed);
    t.advance(2s);
    QCOMPARE(*t.seen[b].closed, 4101);
    QVERIFY(!t.seen[a].closed);
}

void TstFollowing::liveEventsComeAfterTheWholeReplay()
{
    HubBench t;
    t.load();
    const auto a = t.join({});
    const auto other = t.join({.session = "s2"});
    const ThreadId busy = t.threadOf(a);
    const ThreadId quiet = t.threadOf(other);
    t.chat(a, "m1", "hello");
    speak(t.runner.turns[0], 5000);
    t.drains = false;
    const auto b = t.join({}, {{busy, 1, 0}, {quiet, 1, 0}});
    t.chat(other, "m2", "live");
    QVERIFY(t.seen[b].offsets(quiet).empty());
    t.drains = true;
    t.settle();
    QCOMPARE(t.seen[b].offsets(quiet), Offsets{1});
    QCOMPARE(t.seen[b].offsets(busy), range(1, 5001));
    QVERIFY(std::holds_alternative<wire::ResumeDone>(t.seen[b].frames.back().body));
}

void TstFollowing::followAndUnfollow()
{
    HubBench t;
    t.load();
    const auto a = t.join({});
    const auto b = t.join({.session = "s2"});
    const ThreadId thread = t.threadOf(a);
    t.chat(a, "m1", "hello");
    t.answer(t.runner.turns[0], {"x"});
    t.say(b, wire::Follow{"f1", thread, wire::Cursor{{}, 1, 2}});
    const auto ack = t.seen[b].bodies<wire::ServerAck>().back();
    QCOMPARE(ack.resume->outcome, Outcome::Replayed);
    QCOMPARE(t.seen[b].offsets(thread), range(3, 4));
    t.chat(a, "m2", "more");
    QCOMPARE(t.seen[b].offsets(thread), range(3, 5));
    t.say(b, wire::Unfollow{"u1", thread});
    t.answer(t.runner.turns[1], {"x"});
    QCOMPARE(t.seen[b].offsets(thread), range(3, 5));
    t.say(b, wire::Unfollow{"u2", thread});
    QCOMPARE(t.seen[b].bodies<wire::ErrorFrame>().back().code, Code::NotFound);
    const auto bob = t.join({.user = "bob"});
    t.say(bob, wire::Follow{"f1", thread, {}});
    QCOMPARE(t.seen[bob].bodies<wire::ErrorFrame>().back().code, Code::NotFound);
}

void TstFollowing::followAgainWithACursorRewinds()
{
    HubBench t;
    t.load();
    const auto a = t.join({});
    const ThreadId thread = t.threadOf(a);
    t.chat(a, "m1", "hello");
    t.answer(t.runner.turns[0], {"x"});
    QCOMPARE(t.seen[a].offsets(thread), range(1, 4));
    t.say(a, wire::Follow{"f1", thread, {}}); // no cursor: nothing to do
    QCOMPARE(t.seen[a].offsets(thread), range(1, 4));
    t.say(a, wire::Follow{"f2", thread, wire::Cursor{thread, 1, 2}});
    QCOMPARE(t.seen[a].offsets(thread), (Offsets{1, 2, 3, 4, 3, 4}));
    t.chat(a, "m2", "more");
    QCOMPARE(t.seen[a].offsets(thread).back(), 5U);
    QCOMPARE(t.seen[a].bodies<wire::UserMessage>().size(), 2U); // live once, not twice
}

void TstFollowing::chattingToAThreadFollowsIt()
{
    HubBench t;
    t.load();
    const auto a = t.join({});
    const auto b = t.join({.session = "s2"});
    wire::Chat chat;
    chat.id = "m1";
    chat.content = "into the other thread";
    chat.threadId = t.threadOf(a);
    t.say(b, chat);
    QCOMPARE(t.seen[b].offsets(t.threadOf(a)), Offsets{1});
    t.answer(t.runner.turns[0], {"x"});
    QCOMPARE(t.seen[b].offsets(t.threadOf(a)), range(1, 4));
}

void TstFollowing::theThirtyThirdThreadIsRefused()
{
    HubBench t;
    t.load();
    t.limits.connectionsPerUser = 100;
    std::vector<wire::Cursor> cursors;
    for (int i = 0; i < 33; ++i)
        cursors.push_back({t.threadOf(t.join({.session = "t" + std::to_string(i)})), 1, 0});
    const auto a = t.connect({});
    t.say(a, wire::Hello{"h1", {2}, {}, {}, cursors});
    QCOMPARE(t.seen[a].bodies<wire::ErrorFrame>().back().code, Code::Invalid);
    cursors.resize(31);
    t.say(a, wire::Hello{"h2", {2}, {}, {}, cursors});
    QCOMPARE(t.seen[a].bodies<wire::Welcome>().back().threads.size(), 32U);
    t.say(a, wire::Follow{"f1", t.threadOf(t.join({.session = "t32"})), {}});
    QCOMPARE(t.seen[a].bodies<wire::ErrorFrame>().size(), 2U);
}

void TstFollowing::idleThreadsAreLetGoAndComeBack()
{
    HubBench t;
    t.retention.replayEvents = 0;
    t.load();
    const auto a = t.join({});
    const ThreadId thread = t.threadOf(a);
    t.chat(a, "m1", "hello");
    t.answer(t.runner.turns[0], {"x"});
    t.leave(a);
    QCOMPARE(t.server->threadsLoaded(), 1U);
    t.advance(3min);
    QCOMPARE(t.server->threadsLoaded(), 0U);
    const auto b = t.join({}, {{thread, 1, 4}});
    QCOMPARE(positionOf(t.seen[b], thread).outcome, Outcome::Current); // the epoch goes on
    t.chat(b, "m2", "hello");
    QCOMPARE(t.seen[b].offsets(thread), Offsets{5});
    const auto c = t.join({}, {{thread, 1, 2}});
    QCOMPARE(positionOf(t.seen[c], thread).outcome, Outcome::Snapshot);
}

void TstFollowing::whatIsKeptIsLookedAtWhileALongAnswerIsSpoken()
{
    HubBench t;
    t.retention.replayEvents = 0;
    t.retention.replayAge = 1s;
    t.load();
    const auto a = t.join({});
    const ThreadId thread = t.threadOf(a);
    t.chat(a, "m1", "hello");
    t.answer(t.runner.turns[0], {"x"});
    t.chat(a, "m2", "hello");
    const auto outcome = [&](std::uint64_t offset) {
        return positionOf(t.seen[t.join({}, {{thread, 1, offset}})], thread).outcome;
    };
    t.clock.advance(2s); // runs no timer: nothing but words makes anybody look
    t.runner.turns[1]->say(ReportWriter::fill("one word"));
    QCOMPARE(outcome(1), Outcome::Replayed);
    t.runner.turns[1]->say(ReportWriter::fill("{}", {std::string(ThreadService::kRetainStep, 'w')}));
    QCOMPARE(outcome(1), Outcome::Snapshot); // the first turn has gone
    QCOMPARE(outcome(5), Outcome::Replayed); // the one that is alive is kept whole
}

void TstFollowing::aStoreThatFailsToReadIsAskedAgain()
{
    class Flaky final : public StorePort
    {
    public:
        explicit Flaky(StorePort &inner)
            : inner_(inner)
        {
        }
        void submit(StoreRequest request, std::function<void(StoreReply)> done) override
        {
            if (std::holds_alternative<ReadMessages>(request) && failures-- > 0)
                inner_.submit(std::move(request),
                              [done](const StoreReply &) { done(makeError(Code::StorageUnavailable, "busy")); });
            else
                inner_.submit(std::move(request), std::move(done));
        }
        int failures = 3;

    private:
        StorePort &inner_;
    };
    HubBench t;
    t.load();
    const auto a = t.join({});
    const ThreadId thread = t.threadOf(a);
    t.chat(a, "m1", "hello");
    t.answer(t.runner.turns[0], {"x"});

    Flaky flaky(t.store);
    ThreadService threads(t.hub);
    Outbox outbox(t.hub);
    const Hub hub{t.clock, t.schedule, t.ids,    t.random,    t.log,  flaky,
                  t.edge,  t.counters, t.limits, t.retention, t.turns};
    Following following(hub, outbox, threads);
    Feed feed({0, 99}, "ann", t.schedule);
    t.seen[feed.key] = {};
    threads.find("ann", thread, [&](const Result<Conversation *> &found) {
        (void)following.join(feed, **found, wire::Cursor{thread, 9, 9});
        following.pump(feed);
    });
    t.advance(4s);
    QCOMPARE(t.seen[feed.key].bodies<wire::Snapshot>().size(), 1U);
    following.end(feed);
}

QTEST_APPLESS_MAIN(TstFollowing)
#include "tst_following.moc"
