// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/core/rollout/bucketing.h"

#include <QTest>

#include <array>
#include <string>

using namespace orchestra;

class TstBucketing : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void hashesTheKnownVectors();
    void normalizesTheKnownVectors();
    void aGrowingPercentageNeverLosesAnybody();
    void nobodyIsInAtZeroAndEverybodyAtAHundred();
    void spreadsEvenly();
    void theVariantIsIndependentOfTheGate();
};

void TstBucketing::hashesTheKnownVectors()
{
    QCOMPARE(murmur3(""), 0x0U);
    QCOMPARE(murmur3("hello"), 0x248bfa47U);
    QCOMPARE(murmur3("gr1:123"), 0x2017a7b4U);
    QCOMPARE(murmur3("", 1), 0x514e28b7U);
    QCOMPARE(murmur3("The quick brown fox jumps over the lazy dog", 0x9747b28cU), 0x2fa826cdU);
}

void TstBucketing::normalizesTheKnownVectors()
{
    QCOMPARE(bucketOf("gr1", "123"), 73U);
    QCOMPARE(bucketOf("groupX", "999"), 25U);
    QCOMPARE(bucketOf("v2_api", "s137"), 5U);
    QCOMPARE(bucketOf("v2_api", "s104"), 6U);
    QCOMPARE(bucketOf("v2_api", "s96"), 10U);
    QCOMPARE(bucketOf("v2_api", "s45"), 11U);
    QCOMPARE(bucketOf("v2_api", "s138"), 25U);
    QCOMPARE(bucketOf("v2_api", "s54"), 26U);
}

void TstBucketing::aGrowingPercentageNeverLosesAnybody()
{
    for (int i = 0; i < 1000; ++i) {
        const std::string unit = std::string("s").append(std::to_string(i));
        bool in = false;
        for (std::uint32_t percent = 0; percent <= 100; ++percent) {
            const bool now = isInPercent("v2_api", unit, percent);
            QVERIFY(now || !in);
            in = now;
        }
    }
}

void TstBucketing::nobodyIsInAtZeroAndEverybodyAtAHundred()
{
    for (int i = 0; i < 1000; ++i) {
        QVERIFY(!isInPercent("g", std::to_string(i), 0));
        QVERIFY(isInPercent("g", std::to_string(i), 100));
    }
}

void TstBucketing::spreadsEvenly()
{
    std::array<int, 101> count{};
    for (int i = 0; i < 100000; ++i)
        ++count[bucketOf("even", std::to_string(i))];
    QCOMPARE(count[0], 0);
    for (std::size_t bucket = 1; bucket <= 100; ++bucket)
        QVERIFY2(count[bucket] > 850 && count[bucket] < 1150, qPrintable(QString::number(count[bucket])));
}

void TstBucketing::theVariantIsIndependentOfTheGate()
{
    // With one seed and one modulus a gate of 50 % would put everybody who is in into variant A.
    int in = 0;
    int variantA = 0;
    for (int i = 0; i < 20000; ++i) {
        const std::string unit = std::to_string(i);
        if (!isInPercent("exp", unit, 50))
            continue;
        ++in;
        variantA += variantBucketOf("exp", unit, 100) <= 50 ? 1 : 0;
    }
    QVERIFY(std::abs(variantA * 2 - in) < in / 20);
    QCOMPARE(variantBucketOf("exp", "1", 0), 0U);
}

QTEST_APPLESS_MAIN(TstBucketing)
#include "tst_bucketing.moc"
