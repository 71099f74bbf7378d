// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/server/store/store_fixture.h"

#include <QTest>

using namespace orchestra;

namespace {

struct Bench : StoreFixture
{
    AcceptMessage asked;

    explicit Bench(const std::string &question = "show me the pipes")
    {
        orFail(open());
        asked = answer("m1", question);
    }
    AcceptMessage answer(const std::string &ref, const std::string &question, const std::string &user = "alice")
    {
        const AcceptMessage accepted = accept(thread(user), ref, question);
        offset += 2;
        FinishTask end = ending(accepted, "an answer", offset - 1, offset);
        end.intent = "status";
        orFail(ask(end));
        return accepted;
    }
    SaveFeedback feedback(const AcceptMessage &about, std::optional<std::string> intent)
    {
        SaveFeedback request;
        request.userId = about.userId;
        request.feedback.messageId = about.answerId;
        request.feedback.rating = wire::Rating::Down;
        request.feedback.intent = std::move(intent);
        request.at = ++at;
        return request;
    }
    std::vector<IntentLabel> labels(std::size_t limit = 100) { return orFail(ask(LoadLabels{limit})).labels; }
    std::size_t audits() { return orFail(ask(ReadAudit{{}, 0, 100})).rows.size(); }
    std::uint64_t offset = 0;
    WallMs at = 1000;
};

wire::AuditRow audit(const std::string &action)
{
    wire::AuditRow row;
    row.at.ms = 300;
    row.actor = "op";
    row.role = "operator";
    row.action = action;
    row.target = "answer";
    return row;
}

} // namespace

class TstFeedbackTable : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void saysWhatALabelRefersTo();
    void refusesFeedbackOnWhatIsNoAnswerToTheUser();
    void givesBackTheNewestLabelsOldestFirst();
    void letsNobodyCrowdOutWhatOthersTaught();
    void takesALabelBackWithItsAuditEntry();
    void forgetsALabelWithItsConversation();
    void writesTheAuditEntryOfALabelForEverybody();
};

void TstFeedbackTable::saysWhatALabelRefersTo()
{
    Bench t;
    const SavedFeedback rated = orFail(t.ask(t.feedback(t.asked, {})));
    QCOMPARE(rated.question, std::string("show me the pipes"));
    QCOMPARE(rated.intent, std::string("status"));
    QVERIFY(orFail(t.ask(t.feedback(t.asked, "connections"))).isFirstLabel); // a rating alone is no label
    QVERIFY(!orFail(t.ask(t.feedback(t.asked, "flags"))).isFirstLabel);
    const auto labels = t.labels();
    QCOMPARE(labels.size(), std::size_t(1)); // the last word counts
    QCOMPARE(labels[0].intent, std::string("flags"));
    QCOMPARE(labels[0].question, std::string("show me the pipes"));
    QCOMPARE(labels[0].userId, std::string("alice"));
    QVERIFY(!labels[0].isShared);
    QVERIFY(!orFail(t.ask(t.feedback(t.asked, {}))).isFirstLabel); // another rating says nothing of the label
    QCOMPARE(t.labels().at(0).intent, std::string("flags"));
}

void TstFeedbackTable::refusesFeedbackOnWhatIsNoAnswerToTheUser()
{
    Bench t;
    SaveFeedback foreign = t.feedback(t.asked, "flags");
    foreign.userId = "bob";
    QCOMPARE(t.ask(foreign).error().code, Code::NotFound);
    SaveFeedback ownMessage = t.feedback(t.asked, "flags");
    ownMessage.feedback.messageId = t.asked.messageId;
    QCOMPARE(t.ask(ownMessage).error().code, Code::NotFound);
    QVERIFY(t.labels().empty());
}

void TstFeedbackTable::givesBackTheNewestLabelsOldestFirst()
{
    Bench t;
    for (const char *ref : {"m2", "m3", "m4"})
        orFail(t.ask(t.feedback(t.answer(ref, ref), "flags")));
    const auto labels = t.labels(2);
    QCOMPARE(labels.size(), std::size_t(2));
    QCOMPARE(labels[0].question, std::string("m3"));
    QCOMPARE(labels[1].question, std::string("m4"));
}

void TstFeedbackTable::letsNobodyCrowdOutWhatOthersTaught()
{
    Bench t;
    SaveFeedback shared = t.feedback(t.asked, "flags");
    shared.isShared = true;
    orFail(t.ask(shared));
    t.offset = 0; // of another thread
    orFail(t.ask(t.feedback(t.answer("b1", "of bob", "bob"), "tasks")));
    for (const char *ref : {"b2", "b3", "b4"})
        orFail(t.ask(t.feedback(t.answer(ref, ref, "bob"), "tasks")));
    const auto labels = orFail(t.ask(LoadLabels{3, 2})).labels;
    QCOMPARE(labels.size(), std::size_t(3));
    QVERIFY(labels[0].isShared);
    QCOMPARE(labels[1].question, std::string("b3"));
    QCOMPARE(labels[2].question, std::string("b4"));
    QCOMPARE(orFail(t.ask(LoadLabels{1, 2})).labels.at(0).intent, std::string("flags"));
}

void TstFeedbackTable::takesALabelBackWithItsAuditEntry()
{
    Bench t;
    orFail(t.ask(t.feedback(t.asked, "flags")));
    const AcceptMessage other = t.answer("m2", "another");
    orFail(t.ask(t.feedback(other, "tasks")));
    QCOMPARE(orFail(t.ask(RevertLabels{t.asked.answerId, 5, audit("unlearn")})), 1U);
    QCOMPARE(t.labels().size(), std::size_t(1));
    QCOMPARE(t.audits(), std::size_t(1));
    QCOMPARE(t.ask(RevertLabels{t.asked.answerId, 6, audit("unlearn")}).error().code, Code::NotFound);
    QCOMPARE(t.audits(), std::size_t(1));
    orFail(t.ask(t.feedback(t.asked, "flags"))); // said anew
    QCOMPARE(t.labels().size(), std::size_t(2));
    QCOMPARE(orFail(t.ask(RevertLabels{{}, 7, audit("unlearn")})), 2U);
    QVERIFY(t.open());
    QVERIFY(t.labels().empty());
}

void TstFeedbackTable::forgetsALabelWithItsConversation()
{
    Bench t;
    orFail(t.ask(t.feedback(t.asked, "flags")));
    orFail(t.ask(EraseThread{t.asked.threadId}));
    QVERIFY(t.labels().empty());
}

void TstFeedbackTable::writesTheAuditEntryOfALabelForEverybody()
{
    Bench t;
    SaveFeedback shared = t.feedback(t.asked, "flags");
    shared.isShared = true;
    shared.audit = audit("teach_intent");
    orFail(t.ask(shared));
    QVERIFY(t.labels().at(0).isShared);
    QCOMPARE(t.audits(), std::size_t(1));
}

QTEST_GUILESS_MAIN(TstFeedbackTable)
#include "tst_feedback_table.moc"
