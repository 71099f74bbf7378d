// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/hub_bench.h"

#include <QTest>

using namespace orchestra;
using namespace std::chrono_literals;

namespace {

const Principal kOperator{"olga", Role::Operator, false, "t9", {}};

struct AdminBench : HubBench
{
    int lastRequest = 0;

    wire::OpsReply act(wire::ActionBody body, std::optional<std::uint64_t> revision = {},
                       const Principal &actor = kOperator, std::string reason = "because")
    {
        wire::OpsAction action;
        action.requestId = "r" + std::to_string(++lastRequest);
        action.expectedRevision = revision;
        action.reason = std::move(reason);
        action.action = std::move(body);
        return act(std::move(action), actor);
    }
    wire::OpsReply act(wire::OpsAction action, const Principal &actor)
    {
        std::optional<wire::OpsReply> reply;
        server->admin().act(actor, std::move(action), [&](wire::OpsReply r) { reply = std::move(r); });
        settle();
        return reply.value_or(wire::OpsReply{});
    }
    wire::FlagRow flag(const std::string &name)
    {
        for (const wire::FlagRow &row : server->flags())
            if (row.name == name)
                return row;
        return {};
    }
};

/// One tool that waits to be accepted.
class OneTool final : public ToolReview
{
public:
    std::optional<ToolState> find(const std::string &name) const override
    {
        if (name != "files/read")
            return {};
        ToolState state;
        state.offer.tool.digest = "new";
        state.offer.tool.definition.text = R"({"name":"new"})";
        state.acceptedDigest = acceptedBy.empty() ? "old" : "new";
        state.acceptedDefinition.text = R"({"name":"old"})";
        state.standing = acceptedBy.empty() ? ToolStanding::Waiting : ToolStanding::Offered;
        return state;
    }
    Status accept(const std::string &, const std::string &, const std::string &actor) override
    {
        acceptedBy = actor;
        return Ok{};
    }

    std::string acceptedBy;
};

} // namespace

class TstAdminService : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aFlagIsMadeChangedAndAudited();
    void theRoleDecides();
    void aCommandNeedsARequestIdAndAReason();
    void aStaleRevisionIsRefused();
    void everyRefusalIsAudited();
    void nothingChangesWhenTheAuditCannotBeWritten();
    void undoIsANewAuditedCommandAndWorksOnce();
    void undoRefusesToLoseALaterChange();
    void theSameRequestAgainIsNotDoneTwice();
    void theSameRequestWhileTheFirstIsUnderWayIsNotDoneTwice();
    void aRefusedRequestMayBeTriedAgain();
    void anotherCommandUnderTheSameRequestIdIsAConflict();
    void aRequestIdBelongsToItsActor();
    void breakersAreOverriddenForATime();
    void anOpenBreakerCanBeProbed();
    void connectionsAreClosedWith4007();
    void tasksAreCancelled();
    void approvalsAreDecidedByAnOperator();
    void drainIsStarted();
    void aToolIsAcceptedAsItWasLookedAt();
    void theAuditIsRead();
    void invalidFlagsAreRefused();
};

void TstAdminService::aFlagIsMadeChangedAndAudited()
{
    AdminBench t;
    t.load();
    const auto made = t.act(wire::SetFlag{"v2_api", true, 10});
    QVERIFY(!made.error);
    QCOMPARE(made.revision, 1U);
    QVERIFY(made.undoToken);
    QCOMPARE(t.flag("v2_api").percent, 10U);
    QCOMPARE(t.flag("v2_api").changedBy, std::string("olga"));
    const auto changed = t.act(wire::SetFlag{"v2_api", {}, 25}, 1);
    QCOMPARE(changed.revision, 2U);
    QCOMPARE(t.flag("v2_api").percent, 25U);
    QVERIFY(t.flag("v2_api").enabled);
    QCOMPARE(t.store.flags["v2_api"].percent, 25U);
    QCOMPARE(t.store.audit.size(), 2U);
    const wire::AuditRow &row = t.store.audit[1];
    QCOMPARE(row.actor, std::string("olga"));
    QCOMPARE(row.role, std::string("operator"));
    QCOMPARE(row.action, std::string("set_flag"));
    QCOMPARE(row.target, std::string("flag:v2_api"));
    QCOMPARE(row.before, std::string("on, 10 %"));
    QCOMPARE(row.after, std::string("on, 25 %"));
    QCOMPARE(row.reason, std::string("because"));
    QCOMPARE(row.result, std::string("ok"));
    QCOMPARE(t.counters.audits, 2U);
    QCOMPARE(t.server->overview().changes[0].what, std::string("flag:v2_api"));
}

void TstAdminService::theRoleDecides()
{
    AdminBench t;
    t.load();
    for (const Role role : {Role::Client, Role::Tester, Role::Viewer}) {
        const auto reply = t.act(wire::SetFlag{"f", true, {}}, {}, {"eve", role, false, {}, {}});
        QCOMPARE(reply.error->code, Code::Forbidden);
    }
    QVERIFY(t.server->flags().empty());
    QVERIFY(!t.act(wire::SetFlag{"f", true, {}}, {}, {"adam", Role::Admin, false, {}, {}}).error);
}

void TstAdminService::aCommandNeedsARequestIdAndAReason()
{
    AdminBench t;
    t.load();
    QCOMPARE(t.act(wire::SetFlag{"f", true, {}}, {}, kOperator, "").error->code, Code::Invalid);
    QCOMPARE(t.act(wire::OpsAction{"", {}, "because", wire::SetFlag{"f", true, {}}}, kOperator).error->code,
             Code::Invalid);
    QVERIFY(t.server->flags().empty());
}

void TstAdminService::aStaleRevisionIsRefused()
{
    AdminBench t;
    t.load();
    t.act(wire::SetFlag{"f", true, {}}, 0);
    t.act(wire::SetFlag{"f", false, {}}, 1);
    const auto stale = t.act(wire::SetFlag{"f", true, {}}, 1);
    QCOMPARE(stale.error->code, Code::StaleRevision);
    QCOMPARE(stale.revision, 2U); // where it stands now
    QVERIFY(!t.flag("f").enabled);
}

void TstAdminService::everyRefusalIsAudited()
{
    AdminBench t;
    t.load();
    t.act(wire::SetFlag{"f", true, {}}, {}, {"eve", Role::Viewer, false, {}, {}});
    t.act(wire::CancelTask{t.ids.make<TaskId>()});
    QCOMPARE(t.store.audit.size(), 2U);
    QCOMPARE(t.store.audit[0].result, std::string("FORBIDDEN"));
    QCOMPARE(t.store.audit[1].result, std::string("NOT_FOUND"));
}

void TstAdminService::nothingChangesWhenTheAuditCannotBeWritten()
{
    AdminBench t;
    t.load();
    const auto key = t.join({});
    t.store.failing = true;
    QCOMPARE(t.act(wire::SetFlag{"f", true, {}}).error->code, Code::StorageUnavailable);
    QCOMPARE(t.act(wire::CloseConnections{{}, "ann"}).error->code, Code::StorageUnavailable);
    QCOMPARE(t.act(wire::OverrideBreaker{"store", wire::BreakerOverride::ForcedOpen, 60}).error->code,
             Code::StorageUnavailable);
    QVERIFY(t.server->flags().empty() && !t.seen[key].closed);
    QCOMPARE(t.server->breakers()[0].state, wire::BreakerState::Closed);
}

void TstAdminService::undoIsANewAuditedCommandAndWorksOnce()
{
    AdminBench t;
    t.load();
    t.act(wire::SetFlag{"f", true, 10});
    const auto reply = t.act(wire::SetFlag{"f", true, 50});
    const auto undone = t.act(wire::UndoAction{*reply.undoToken});
    QVERIFY(!undone.error);
    QCOMPARE(t.flag("f").percent, 10U);
    QCOMPARE(t.store.audit.back().action, std::string("undo set_flag"));
    QCOMPARE(t.act(wire::UndoAction{*reply.undoToken}).error->code, Code::NotFound);
    const auto late = t.act(wire::SetFlag{"f", true, 99});
    t.clock.advance(AdminService::kUndoLife);
    QCOMPARE(t.act(wire::UndoAction{*late.undoToken}).error->code, Code::NotFound);
}

void TstAdminService::undoRefusesToLoseALaterChange()
{
    AdminBench t;
    t.load();
    const auto first = t.act(wire::SetFlag{"f", true, 10});
    t.act(wire::SetFlag{"f", true, 20});
    QCOMPARE(t.act(wire::UndoAction{*first.undoToken}).error->code, Code::StaleRevision);
    QCOMPARE(t.flag("f").percent, 20U);
}

void TstAdminService::theSameRequestAgainIsNotDoneTwice()
{
    AdminBench t;
    t.load();
    const wire::OpsAction action{"once", {}, "because", wire::SetFlag{"f", true, 10}};
    const auto first = t.act(action, kOperator);
    const auto second = t.act(action, kOperator);
    QCOMPARE(second.revision, first.revision);
    QCOMPARE(t.store.audit.size(), 1U);
    QCOMPARE(t.flag("f").revision, 1U);
}

void TstAdminService::theSameRequestWhileTheFirstIsUnderWayIsNotDoneTwice()
{
    AdminBench t;
    t.load();
    int drains = 0;
    t.server->admin().onDrain([&](const std::string &) { ++drains; });
    const auto twice = [&](const wire::OpsAction &action) {
        std::vector<wire::OpsReply> replies;
        for (int i = 0; i < 3; ++i)
            t.server->admin().act(kOperator, action,
                                  [&](wire::OpsReply reply) { replies.push_back(std::move(reply)); });
        QVERIFY(replies.empty()); // the store has not answered yet
        t.settle();
        QCOMPARE(replies.size(), 3U);
        for (const wire::OpsReply &reply : replies) {
            QVERIFY(!reply.error);
            QCOMPARE(reply.requestId, action.requestId);
            QVERIFY(reply == replies.front());
        }
    };
    twice({"once", {}, "because", wire::SetFlag{"f", true, 10}});
    QCOMPARE(t.flag("f").revision, 1U);
    QCOMPARE(t.store.audit.size(), 1U);
    twice({"twice", {}, "because", wire::StartDrain{}});
    QCOMPARE(drains, 1);
    QCOMPARE(t.store.audit.size(), 2U);
}

void TstAdminService::aRefusedRequestMayBeTriedAgain()
{
    AdminBench t;
    t.load();
    const wire::OpsAction action{"once", {}, "because", wire::SetFlag{"f", true, 10}};
    t.store.failing = true;
    std::vector<wire::OpsReply> replies;
    for (int i = 0; i < 2; ++i)
        t.server->admin().act(kOperator, action, [&](wire::OpsReply reply) { replies.push_back(std::move(reply)); });
    t.settle();
    QCOMPARE(replies.size(), 2U);
    for (const wire::OpsReply &reply : replies)
        QCOMPARE(reply.error->code, Code::StorageUnavailable);
    t.store.failing = false;
    QVERIFY(!t.act(action, kOperator).error);
    QCOMPARE(t.flag("f").percent, 10U);
}

void TstAdminService::anotherCommandUnderTheSameRequestIdIsAConflict()
{
    AdminBench t;
    t.load();
    QVERIFY(!t.act(wire::OpsAction{"once", {}, "because", wire::SetFlag{"f", true, 10}}, kOperator).error);
    const auto other = t.act(wire::OpsAction{"once", {}, "because", wire::SetFlag{"f", true, 20}}, kOperator);
    QCOMPARE(other.error->code, Code::IdempotencyConflict);
    QCOMPARE(t.flag("f").percent, 10U);
    QCOMPARE(t.store.audit.back().result, std::string("IDEMPOTENCY_CONFLICT"));
    // The first answer is still there.
    QVERIFY(!t.act(wire::OpsAction{"once", {}, "because", wire::SetFlag{"f", true, 10}}, kOperator).error);
}

void TstAdminService::aRequestIdBelongsToItsActor()
{
    AdminBench t;
    t.load();
    const wire::OpsAction action{"once", {}, "because", wire::SetFlag{"f", true, 10}};
    t.act(action, kOperator);
    t.act(action, {"adam", Role::Admin, false, {}, {}});
    QCOMPARE(t.store.audit.size(), 2U);
    QCOMPARE(t.flag("f").revision, 2U);
}

void TstAdminService::breakersAreOverriddenForATime()
{
    AdminBench t;
    t.load();
    QCOMPARE(t.act(wire::OverrideBreaker{"nothing", wire::BreakerOverride::Disabled, 60}).error->code, Code::NotFound);
    QCOMPARE(t.act(wire::OverrideBreaker{"store", wire::BreakerOverride::Disabled, 0}).error->code, Code::Invalid);
    const auto reply = t.act(wire::OverrideBreaker{"store", wire::BreakerOverride::ForcedOpen, 60});
    QVERIFY(!reply.error);
    QCOMPARE(t.server->breakers()[0].state, wire::BreakerState::ForcedOpen);
    QCOMPARE(*t.server->breakers()[0].actor, std::string("olga"));
    const auto key = t.join({});
    t.chat(key, "m1", "hello");
    QCOMPARE(t.seen[key].bodies<wire::ErrorFrame>().back().code, Code::StorageUnavailable);
    // It can be taken back although it is the store's own.
    QVERIFY(!t.act(wire::UndoAction{*reply.undoToken}).error);
    QCOMPARE(t.server->breakers()[0].state, wire::BreakerState::Closed);
    t.act(wire::OverrideBreaker{"store", wire::BreakerOverride::MetricsOnly, 60});
    t.advance(61s);
    QCOMPARE(t.server->breakers()[0].state, wire::BreakerState::Closed);
    QVERIFY((t.counters.breakerTransitions[{"store", "forced_open"}]) == 1);
}

void TstAdminService::anOpenBreakerCanBeProbed()
{
    AdminBench t;
    t.load();
    QCOMPARE(t.act(wire::ProbeBreaker{"store"}).error->code, Code::Conflict);
    auto &breaker = *t.server->breakerBoard().find("store");
    for (int i = 0; i < 5; ++i)
        t.server->breakerBoard().finish(breaker, *breaker.admit(), CallOutcome::Failed);
    QVERIFY(!t.act(wire::ProbeBreaker{"store"}).error);
    QCOMPARE(breaker.state(), wire::BreakerState::HalfOpen);
}

void TstAdminService::connectionsAreClosedWith4007()
{
    AdminBench t;
    t.load();
    const auto a = t.join({});
    const auto b = t.join({});
    const auto c = t.join({.user = "bob"});
    const ConnectionId id = t.seen[c].bodies<wire::Welcome>()[0].connectionId;
    QVERIFY(!t.act(wire::CloseConnections{{id}, {}}).error);
    QCOMPARE(*t.seen[c].closed, 4007);
    QCOMPARE(t.store.audit.back().target, "connection:" + toString(id));
    QVERIFY(!t.act(wire::CloseConnections{{}, "ann"}).error);
    QVERIFY(t.seen[a].closed && t.seen[b].closed);
    QCOMPARE(t.act(wire::CloseConnections{{t.ids.make<ConnectionId>()}, {}}).error->code, Code::NotFound);
}

void TstAdminService::tasksAreCancelled()
{
    AdminBench t;
    t.load();
    const auto key = t.join({});
    t.chat(key, "m1", "hello");
    QVERIFY(!t.act(wire::CancelTask{*t.seen[key].bodies<wire::ServerAck>()[0].taskId}).error);
    QCOMPARE(t.seen[key].bodies<wire::AgentCompleted>()[0].status, wire::CompletionStatus::Cancelled);
}

void TstAdminService::approvalsAreDecidedByAnOperator()
{
    AdminBench t;
    t.load();
    const auto key = t.join({});
    t.chat(key, "m1", "change it");
    std::vector<wire::ApprovalOutcome> decided;
    const auto ask = [&] {
        t.runner.turns[0]->requireApproval("set_flag", {R"({"name":"x"})"},
                                           [&](wire::ApprovalOutcome o) { decided.push_back(o); });
        t.settle();
        return t.server->tasks()[0].approvals.at(0);
    };
    const wire::ApprovalRow first = ask();
    QCOMPARE(first.what, std::string("set_flag"));
    QCOMPARE(first.parameters.text, std::string(R"({"name":"x"})"));
    QCOMPARE(first.expiresAt.ms - first.askedAt.ms, t.turns.approvalExpiry.count());
    const Principal viewer{"vera", Role::Viewer, false, "t8", {}};
    QCOMPARE(t.act(wire::ResolveApproval{first.approvalId, true}, {}, viewer).error->code, Code::Forbidden);
    QVERIFY(decided.empty());
    QVERIFY(!t.act(wire::ResolveApproval{first.approvalId, true}).error);
    QVERIFY(t.server->tasks()[0].approvals.empty());
    QVERIFY(!t.act(wire::ResolveApproval{ask().approvalId, false}).error);
    QCOMPARE(decided,
             (std::vector<wire::ApprovalOutcome>{wire::ApprovalOutcome::Approved, wire::ApprovalOutcome::Denied}));
    QCOMPARE(t.seen[key].bodies<wire::ApprovalResolved>()[0].actor, std::string("olga"));
    QCOMPARE(t.act(wire::ResolveApproval{first.approvalId, true}).error->code, Code::NotFound);
    QCOMPARE(t.store.audit.back().action, std::string("resolve_approval"));
}

void TstAdminService::drainIsStarted()
{
    AdminBench t;
    t.load();
    QCOMPARE(t.act(wire::StartDrain{}).error->code, Code::Conflict);
    std::string by;
    t.server->admin().onDrain([&](std::string actor) { by = std::move(actor); });
    QVERIFY(!t.act(wire::StartDrain{}).error);
    QCOMPARE(by, std::string("olga"));
}

void TstAdminService::aToolIsAcceptedAsItWasLookedAt()
{
    AdminBench t;
    t.load();
    QCOMPARE(t.act(wire::AcceptTool{"files/read", "new"}).error->code, Code::NotFound); // there are no tools at all
    OneTool tool;
    t.server->admin().setToolReview(tool);
    QCOMPARE(t.act(wire::AcceptTool{"files/write", "new"}).error->code, Code::NotFound);
    QCOMPARE(t.act(wire::AcceptTool{"files/read", "old"}).error->code, Code::StaleRevision);
    const Principal viewer{"vera", Role::Viewer, false, "t1", {}};
    QCOMPARE(t.act(wire::AcceptTool{"files/read", "new"}, {}, viewer).error->code, Code::Forbidden);
    QVERIFY(tool.acceptedBy.empty());
    QVERIFY(!t.server->admin().tool("files/write"));
    const auto looked = t.server->admin().tool("files/read");
    QVERIFY(looked && looked->waiting);
    QCOMPARE(looked->digest + looked->definition, std::string(R"(new{"name":"new"})"));
    QCOMPARE(*looked->acceptedDigest + *looked->acceptedDefinition, std::string(R"(old{"name":"old"})"));
    QVERIFY(!t.act(wire::AcceptTool{"files/read", "new"}).error);
    QCOMPARE(tool.acceptedBy, std::string("olga"));
    const wire::AuditRow &row = t.store.audit.back();
    QCOMPARE(row.action + " " + row.target, std::string("accept_tool tool:files/read"));
    QCOMPARE(row.before + " " + row.after, std::string("old new"));
    QCOMPARE(t.act(wire::AcceptTool{"files/read", "new"}).error->code, Code::Conflict);
    const auto accepted = t.server->admin().tool("files/read");
    QVERIFY(accepted && !accepted->waiting && !accepted->acceptedDefinition);
}

void TstAdminService::theAuditIsRead()
{
    AdminBench t;
    t.load();
    t.act(wire::SetFlag{"a", true, {}});
    t.act(wire::SetFlag{"b", true, {}});
    std::optional<Result<AuditPage>> page;
    t.server->admin().readAudit(kOperator, "flag:a", 0, 10, [&](Result<AuditPage> p) { page = std::move(p); });
    t.settle();
    QCOMPARE((*page)->rows.size(), 1U);
    t.server->admin().readAudit({"eve", Role::Client, false, {}, {}}, {}, 0, 10,
                                [&](Result<AuditPage> p) { page = std::move(p); });
    QCOMPARE(page->error().code, Code::Forbidden);
}

void TstAdminService::invalidFlagsAreRefused()
{
    AdminBench t;
    t.load();
    QCOMPARE(t.act(wire::SetFlag{"Bad Name", true, {}}).error->code, Code::Invalid);
    QCOMPARE(t.act(wire::SetFlag{"", true, {}}).error->code, Code::Invalid);
    QCOMPARE(t.act(wire::SetFlag{"f", true, 101}).error->code, Code::Invalid);
    QVERIFY(t.server->flags().empty());
}

QTEST_APPLESS_MAIN(TstAdminService)
#include "tst_admin_service.moc"
