// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/orchestrator/task_part.h"
#include "shared/wire/error_table.h"
#include "tests/support/hand_model_port.h"
#include "tests/support/hub_bench.h"

#include <QTest>

using namespace orchestra;
using namespace std::chrono_literals;

namespace {

struct Bench : HubBench
{
    ConnectionKey key;
    std::shared_ptr<Turn> turn;
    std::vector<PartEnd> ends;

    Bench()
    {
        load();
        key = join({});
        chat(key, "m1", "a large question");
        turn = runner.turns.at(0);
    }
    PartOrder order(std::string agent)
    {
        PartOrder order;
        order.agentName = std::move(agent);
        order.title = "a part";
        order.content = "do this";
        order.ended = [this](PartEnd end) { ends.push_back(std::move(end)); };
        return order;
    }
    std::string codeOfLastError() const
    {
        const auto errors = seen.at(key).bodies<wire::ErrorFrame>();
        return errors.empty() ? "none" : std::string(errorRow(errors.back().code).name);
    }
    void cancelPart(const TaskId &id)
    {
        wire::Cancel cancel;
        cancel.id = "c" + std::to_string(++cancels);
        cancel.taskId = id;
        cancel.scope = wire::CancelScope::Subtree;
        say(key, cancel);
    }
    int cancels = 0;
    std::vector<wire::TaskRow> rows() const { return server->tasks(); }
    const wire::TaskRow *row(const TaskId &id) const
    {
        found = server->tasks();
        const auto at = std::ranges::find(found, id, &wire::TaskRow::taskId);
        return at == found.end() ? nullptr : &*at;
    }
    mutable std::vector<wire::TaskRow> found;
};

ModelText words(const std::string &text)
{
    return std::get<ModelText>(modelSays(text).at(0));
}

} // namespace

/// Parts of a task: told in the thread, shown below it, ended alone or with it.
class TstTaskPart : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void isToldAsADelegationAndShownBelowItsTask()
    {
        Bench t;
        const auto part = t.turn->branch(t.order("worker-1"));
        t.settle();
        QCOMPARE(part->content(), std::string("do this"));
        const TaskId id = part->context().taskId;
        QVERIFY(id != t.turn->context().taskId);
        const auto *told = t.seen[t.key].last<wire::ToolExecuting>();
        QVERIFY(told && *told->taskId == t.turn->context().taskId);
        const auto &delegation = std::get<wire::ToolExecuting>(told->body);
        QCOMPARE(delegation.toolName, std::string("delegate"));
        QVERIFY(delegation.parameters.text.find(toString(id)) != std::string::npos);
        const auto *started = t.seen[t.key].last<wire::AgentStarted>();
        QVERIFY(*started->taskId == id);
        QVERIFY(*std::get<wire::AgentStarted>(started->body).parentTaskId == t.turn->context().taskId);
        QVERIFY(*t.row(id)->parentTaskId == t.turn->context().taskId);
        QCOMPARE(t.row(id)->state, wire::TaskState::Running);
        QCOMPARE(t.row(id)->step, std::string("working")); // no word of the question

        part->say(words("Half "));
        part->complete({});
        t.settle();
        QVERIFY(t.seen[t.key].text().empty()); // its words go to who ordered it
        QCOMPARE(t.ends.size(), 1U);
        QCOMPARE(std::get<ModelText>(t.ends[0].said.at(0)).text(), std::string("Half "));
        const auto *ended = t.seen[t.key].last<wire::ToolCompleted>();
        QVERIFY(std::get<wire::ToolCompleted>(ended->body).ok);
        QCOMPARE(std::get<wire::ToolCompleted>(ended->body).callId, delegation.callId);
        QCOMPARE(t.row(id)->state, wire::TaskState::Completed);
        QVERIFY(t.seen[t.key].bodies<wire::AgentCompleted>().empty());
        t.answer(t.turn, {"Done."});
        QCOMPARE(t.seen[t.key].bodies<wire::AgentCompleted>().size(), 1U);
    }

    void showsHowFarItsToolsAreWhereTheyRun()
    {
        Bench t;
        const auto part = t.turn->branch(t.order("worker-1"));
        const TaskId id = part->context().taskId;
        const TaskId whole = t.turn->context().taskId;
        const std::string own = t.turn->startTool("scan", {"{}"});
        const std::string parts = part->startTool("fetch", {"{}"});
        part->progressTool(parts, "40 %");
        QCOMPARE(t.row(id)->step, std::string("fetch: 40 %"));
        QCOMPARE(t.row(whole)->step, std::string("scan"));
        t.turn->progressTool(own, "7, page 2");
        QCOMPARE(t.row(whole)->step, std::string("scan: 7, page 2"));
        QCOMPARE(t.row(id)->step, std::string("fetch: 40 %"));
        t.turn->finishTool(own, true, {"{}"});
        t.turn->progressTool(own, "90 %"); // it has ended
        QVERIFY(t.row(whole)->step.find("90") == std::string::npos);
        part->finishTool(parts, true, {"{}"});
        QCOMPARE(t.row(id)->step, std::string("working"));
        t.answer(t.turn, {"Done."});
    }

    void toolsOfAPartAreToldUnderItsId()
    {
        Bench t;
        const auto part = t.turn->branch(t.order("worker-1"));
        const std::string call = part->startTool("search", wire::RawJson{"{}"});
        part->finishTool(call, true, wire::RawJson{"{}"});
        t.settle();
        QVERIFY(*t.seen[t.key].last<wire::ToolExecuting>()->taskId == part->context().taskId);
        QVERIFY(*t.seen[t.key].last<wire::ToolCompleted>()->taskId == part->context().taskId);
    }

    void cancelEndsAPartWithWhatIsBelowItAndNothingElse()
    {
        Bench t;
        const auto first = t.turn->branch(t.order("worker-1"));
        const auto second = t.turn->branch(t.order("worker-2"));
        const auto below = first->branch(t.order("below"));
        int stopped = 0;
        first->onEnded([&stopped] { ++stopped; });
        below->onEnded([&stopped] { ++stopped; });
        t.cancelPart(first->context().taskId);
        QCOMPARE(stopped, 2);
        QVERIFY(!first->isAlive() && !below->isAlive());
        QVERIFY(second->isAlive() && t.turn->isAlive());
        QCOMPARE(t.ends.size(), 1U); // who ordered the part below went with it
        QCOMPARE(t.ends[0].completion.status, wire::CompletionStatus::Cancelled);
        QCOMPARE(t.row(below->context().taskId)->state, wire::TaskState::Cancelled);
        t.cancelPart(first->context().taskId);
        QCOMPARE(t.codeOfLastError(), std::string("ALREADY_ENDED"));
    }

    void nobodyElseCanCancelAPart()
    {
        Bench t;
        const auto part = t.turn->branch(t.order("worker-1"));
        const auto bob = t.join({.user = "bob"});
        wire::Cancel cancel;
        cancel.id = "c";
        cancel.taskId = part->context().taskId;
        t.say(bob, cancel);
        QCOMPARE(t.seen[bob].bodies<wire::ErrorFrame>().at(0).code, Code::NotFound);
        QVERIFY(part->isAlive());
    }

    void theEndOfTheTaskEndsItsParts()
    {
        Bench t;
        const auto part = t.turn->branch(t.order("worker-1"));
        int stopped = 0;
        part->onEnded([&stopped] { ++stopped; });
        t.cancelPart(t.turn->context().taskId);
        QCOMPARE(stopped, 1);
        QVERIFY(t.ends.empty());
        const auto &frames = t.seen[t.key].frames;
        const auto isEnd = [](const auto &f) { return std::holds_alternative<wire::AgentCompleted>(f.body); };
        QCOMPARE(std::ranges::count_if(frames, isEnd), 1);
        QVERIFY(isEnd(frames.back()) || std::holds_alternative<wire::ServerAck>(frames.back().body));
        // Whatever begins late comes to nothing.
        const auto late = part->branch(t.order("late"));
        QVERIFY(!late->isAlive());
        late->say(words("x"));
        late->complete({});
        QVERIFY(!t.turn->branch(t.order("later"))->isAlive());
        QVERIFY(t.ends.empty());
    }

    void anApprovalOfAPartGoesWithIt()
    {
        Bench t;
        const auto part = t.turn->branch(t.order("worker-1"));
        std::optional<wire::ApprovalOutcome> heard;
        part->requireApproval("May I?", wire::RawJson{"{}"}, [&](wire::ApprovalOutcome outcome) { heard = outcome; });
        t.settle();
        QCOMPARE(t.seen[t.key].bodies<wire::ApprovalRequired>().size(), 1U);
        t.cancelPart(part->context().taskId);
        QCOMPARE(t.seen[t.key].bodies<wire::ApprovalResolved>().at(0).decision, wire::ApprovalOutcome::Expired);
        QVERIFY(!heard);
        QVERIFY(t.turn->isAlive());
    }

    void anOperatorCanCancelAPart()
    {
        Bench t;
        const auto part = t.turn->branch(t.order("worker-1"));
        std::optional<wire::OpsReply> reply;
        t.server->admin().act({.userId = "op", .role = Role::Operator},
                              {"r1", {}, "it is stuck", wire::CancelTask{part->context().taskId}},
                              [&](wire::OpsReply r) { reply = std::move(r); });
        t.settle();
        QVERIFY(reply && !reply->error);
        QVERIFY(!part->isAlive() && t.turn->isAlive());
        QCOMPARE(t.ends.size(), 1U);
    }
};

QTEST_GUILESS_MAIN(TstTaskPart)
#include "tst_task_part.moc"
