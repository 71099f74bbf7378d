// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/orchestrator/answer_quality.h"

#include "tests/support/manual_clock.h"

#include <QTest>

using namespace orchestra;

namespace {

struct Judge
{
    ManualClock clock;
    SeededRandom random{1};
    IdSource ids{clock, random};
    AnswerQuality quality;

    MessageId note(const std::string &model, const QualityEvidence &evidence = {})
    {
        const auto id = ids.make<MessageId>();
        quality.note(id, model, evidence);
        return id;
    }
};

} // namespace

class TstAnswerQuality : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void knowsNothingOfModelsThatWereNotMeasured()
    {
        Judge t;
        t.note("a/one");
        QVERIFY(!t.quality.of("a/one"));
        QVERIFY(!t.quality.of("never/asked"));
    }

    void smoothsWhatWasMeasured()
    {
        Judge t;
        t.note("a/one", {.toolCalls = 1});
        QCOMPARE(*t.quality.of("a/one"), 1.0);
        t.note("a/one", {.toolCalls = 1, .toolFailures = 1});
        QCOMPARE(*t.quality.of("a/one"), 0.9);
        t.note("a/one"); // says nothing
        QCOMPARE(*t.quality.of("a/one"), 0.9);
        QVERIFY(!t.quality.of("a/two"));
    }

    void aUsersWordCountsOnceAndCanChange()
    {
        Judge t;
        const MessageId answer = t.note("a/one");
        t.quality.rate(answer, true);
        QCOMPARE(*t.quality.of("a/one"), 1.0);
        for (int i = 0; i < 5; ++i)
            t.quality.rate(answer, false);
        QCOMPARE(*t.quality.of("a/one"), 0.9);
    }

    void forgetsOldAnswersButNotWhatTheyTaught()
    {
        Judge t;
        const MessageId first = t.note("a/one", {.selfCheck = 1.0});
        for (std::size_t i = 0; i < AnswerQuality::kRemembered; ++i)
            t.note("a/two");
        t.quality.rate(first, false); // too late
        QCOMPARE(*t.quality.of("a/one"), 1.0);
    }
};

QTEST_APPLESS_MAIN(TstAnswerQuality)
#include "tst_answer_quality.moc"
