// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/core/quality_score.h"

#include <QTest>

using namespace orchestra;

class TstQualityScore : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void isTheWeightedMeanOfWhatWasMeasured_data()
    {
        QTest::addColumn<int>("calls");
        QTest::addColumn<int>("failures");
        QTest::addColumn<double>("check"); // below 0: not measured
        QTest::addColumn<int>("liked");    // below 0: not said
        QTest::addColumn<double>("score"); // below 0: none
        QTest::newRow("nothing was measured") << 0 << 0 << -1.0 << -1 << -1.0;
        QTest::newRow("tools alone") << 4 << 1 << -1.0 << -1 << 0.75;
        QTest::newRow("all tools failed") << 2 << 2 << -1.0 << -1 << 0.0;
        QTest::newRow("the second look alone") << 0 << 0 << 0.6 << -1 << 0.6;
        QTest::newRow("liked") << 0 << 0 << -1.0 << 1 << 1.0;
        QTest::newRow("not liked") << 0 << 0 << -1.0 << 0 << 0.0;
        QTest::newRow("tools and the second look") << 2 << 1 << 1.0 << -1 << 0.75;
        QTest::newRow("all three") << 2 << 1 << 0.5 << 1 << 0.6;
        QTest::newRow("what lies outside is cut") << 0 << 0 << 7.0 << -1 << 1.0;
    }
    void isTheWeightedMeanOfWhatWasMeasured()
    {
        QFETCH(int, calls);
        QFETCH(int, failures);
        QFETCH(double, check);
        QFETCH(int, liked);
        QFETCH(double, score);
        QualityEvidence evidence;
        evidence.toolCalls = static_cast<std::uint64_t>(calls);
        evidence.toolFailures = static_cast<std::uint64_t>(failures);
        if (check >= 0)
            evidence.selfCheck = check;
        if (liked >= 0)
            evidence.wasLiked = liked == 1;
        const auto given = qualityScore(evidence);
        QCOMPARE(given.has_value(), score >= 0);
        if (given)
            QVERIFY(std::abs(*given - score) < 1e-9);
    }
};

QTEST_APPLESS_MAIN(TstQualityScore)
#include "tst_quality_score.moc"
