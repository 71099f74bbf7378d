// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/server/agents/agents_bench.h"

#include <QTest>

using namespace orchestra;

namespace {

IntentLabel label(const std::string &intent, std::uint8_t id = 1)
{
    IntentLabel label;
    label.messageId = MessageId({id});
    label.userId = "bob";
    label.intent = intent;
    label.question = "zeig mir bitte die offenen leitungen";
    return label;
}

template <class Request>
const Request *lastOf(const AgentsBench &t)
{
    for (auto request = t.store.requests.rbegin(); request != t.store.requests.rend(); ++request) {
        if (const auto *found = std::get_if<Request>(&*request))
            return found;
    }
    return nullptr;
}

} // namespace

class TstFeedback : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void countsEachLabelledAnswerOnce()
    {
        AgentsBench t;
        t.feedback.onLabel(label("connections"), "connections", true);
        t.feedback.onLabel(label("connections", 2), "status", true);
        t.feedback.onLabel(label("flags", 2), "status", false); // another word on the same answer
        const auto &counted = t.counters.intentEvaluations;
        QCOMPARE(counted.size(), std::size_t(2));
        QCOMPARE(counted.at({"connections", "correct"}), std::uint64_t(1));
        QCOMPARE(counted.at({"connections", "wrong"}), std::uint64_t(1));
    }

    void knowsWhatCanBeALabel()
    {
        AgentsBench t;
        QVERIFY(t.feedback.isIntent("connections") && t.feedback.isIntent("generate"));
        QVERIFY(!t.feedback.isIntent("unknown") && !t.feedback.isIntent("") && !t.feedback.isIntent("make coffee"));
    }

    void learnsAnewFromWhatTheStoreHasKept()
    {
        AgentsBench t;
        t.feedback.onLabel(label("flags", 7), "status", true);
        t.store.reply = StoreValue(IntentLabels{{label("connections", 1), label("status", 2)}});
        bool isLoaded = false;
        t.feedback.load([&](const Status &done) { isLoaded = bool(done); });
        QVERIFY(isLoaded);
        QCOMPARE(t.learned.lessons().size(), std::size_t(2));
        QCOMPARE(lastOf<LoadLabels>(t)->limit, std::size_t(500));
        t.store.reply = Error{Code::StorageUnavailable, "gone", true};
        t.feedback.onErased();
        QCOMPARE(t.learned.lessons().size(), std::size_t(2)); // better than none
        t.store.reply = StoreValue(IntentLabels{{label("status", 2)}});
        t.feedback.onErased();
        QCOMPARE(t.learned.lessons().size(), std::size_t(1));
        QVERIFY(t.learned.lessons()[0].messageId == MessageId({2}));
    }

    void onlyOperatorsSeeAndTakeBackWhatWasLearnt()
    {
        AgentsBench t;
        t.feedback.onLabel(label("connections"), "status", true);
        for (const char *command : {"learned", "unlearn"})
            QCOMPARE(t.command(command, "all", Role::Viewer)->errorCode(), Code::Forbidden);
        const auto listed = t.command("learned", "", Role::Operator);
        QVERIFY(listed->answer().find("connections") != std::string::npos);
        QVERIFY(listed->answer().find("leitungen") == std::string::npos); // what people wrote is theirs
        QVERIFY(t.command("unlearn", "something", Role::Operator)->answer().find("Which one") != std::string::npos);
    }

    void takesBackAfterAYesWithAnAuditEntry()
    {
        AgentsBench t;
        t.feedback.onLabel(label("connections"), "status", true);
        const auto turn = t.command("unlearn", toString(MessageId({1})), Role::Operator);
        QVERIFY(bool(turn->approval));
        QVERIFY(!lastOf<RevertLabels>(t));
        t.store.reply = Error{Code::NotFound, "nothing was learnt from that answer"};
        turn->approval(wire::ApprovalOutcome::Approved);
        const auto *revert = lastOf<RevertLabels>(t);
        QVERIFY(revert && revert->messageId == MessageId({1}));
        QCOMPARE(revert->audit.action, std::string("unlearn"));
        QCOMPARE(revert->audit.actor, std::string("ann"));
        QCOMPARE(turn->errorCode(), Code::NotFound);
        const auto denied = t.command("unlearn", "all", Role::Operator);
        denied->approval(wire::ApprovalOutcome::Denied);
        QVERIFY(denied->answer().find("Nothing was changed") != std::string::npos);
        QCOMPARE(t.learned.lessons().size(), std::size_t(1));
    }
};

QTEST_GUILESS_MAIN(TstFeedback)
#include "tst_feedback.moc"
