// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/base/random.h"

#include <QTest>

#include <algorithm>
#include <array>
#include <set>

using namespace orchestra;

class TstRandom : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void givesTheSameSequenceForTheSameSeed();
    void startsWithTheReferenceValues();
    void spreadsEvenlyOverTheUnitInterval();
    void systemRandomDoesNotRepeatItself();
    void makesTokensOfTheRightLength();
};

void TstRandom::givesTheSameSequenceForTheSameSeed()
{
    SeededRandom one(42);
    SeededRandom same(42);
    SeededRandom other(43);
    bool differs = false;
    for (int i = 0; i < 1000; ++i) {
        const std::uint64_t value = one.next();
        QCOMPARE(same.next(), value);
        differs = differs || other.next() != value;
    }
    QVERIFY(differs);
}

void TstRandom::startsWithTheReferenceValues()
{
    // SplitMix64 of seed 1234567, as published with the reference implementation.
    SeededRandom random(1234567);
    QCOMPARE(random.next(), std::uint64_t(6457827717110365317U));
    QCOMPARE(random.next(), std::uint64_t(3203168211198807973U));
    QCOMPARE(random.next(), std::uint64_t(9817491932198370423U));
}

void TstRandom::spreadsEvenlyOverTheUnitInterval()
{
    SeededRandom seeded(1);
    SystemRandom system;
    for (RandomSource *random : {static_cast<RandomSource *>(&seeded), static_cast<RandomSource *>(&system)}) {
        std::array<int, 10> cells{};
        for (int i = 0; i < 100000; ++i) {
            const double value = random->nextUnit();
            QVERIFY(value >= 0 && value < 1);
            ++cells[static_cast<std::size_t>(value * 10)];
        }
        // 10,000 are expected in each; ten standard deviations are 950.
        for (const int cell : cells)
            QVERIFY(cell > 9050 && cell < 10950);
    }
}

void TstRandom::systemRandomDoesNotRepeatItself()
{
    SystemRandom one;
    SystemRandom other;
    std::set<std::uint64_t> seen;
    for (int i = 0; i < 10000; ++i) {
        QVERIFY(seen.insert(one.next()).second);
        QVERIFY(seen.insert(other.next()).second);
    }
}

void TstRandom::makesTokensOfTheRightLength()
{
    SystemRandom random;
    for (std::size_t bytes = 0; bytes < 40; ++bytes) {
        const std::string token = randomToken(random, bytes);
        QCOMPARE(token.size(), (bytes * 8 + 5) / 6);
        QVERIFY(token.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") ==
                std::string::npos);
    }
    QVERIFY(randomToken(random, 32) != randomToken(random, 32));
}

QTEST_GUILESS_MAIN(TstRandom)
#include "tst_random.moc"
