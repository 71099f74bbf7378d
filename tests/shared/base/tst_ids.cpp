// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/base/ids.h"
#include "tests/support/manual_clock.h"

#include <QTest>

#include <unordered_set>

using namespace orchestra;
using namespace std::chrono_literals;

namespace {

std::uint64_t millisecondsOf(const EventId &id)
{
    std::uint64_t ms = 0;
    for (std::size_t i = 0; i < 6; ++i)
        ms = ms << 8U | id.bytes()[i];
    return ms;
}

} // namespace

class TstIds : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void makesUuidsOfVersionSeven();
    void growsWithinOneMillisecond();
    void neverGoesBackWithTheWallClock();
    void doesNotRepeatItself();
    void readsAndWritesText();
    void refusesWhatIsNoUuid_data();
    void refusesWhatIsNoUuid();
    void unsetIdsHaveNoText();
    void kindsCannotBeMixedUp();

private:
    ManualClock clock_;
    SeededRandom random_{7};
};

void TstIds::makesUuidsOfVersionSeven()
{
    IdSource source(clock_, random_);
    for (int i = 0; i < 1000; ++i) {
        const auto id = source.make<EventId>();
        QVERIFY(id.isSet());
        QCOMPARE(id.bytes()[6] >> 4, 7);
        QCOMPARE(id.bytes()[8] >> 6, 2);
        QCOMPARE(millisecondsOf(id), static_cast<std::uint64_t>(clock_.wallMs()));
        clock_.advance(3ms);
    }
}

void TstIds::growsWithinOneMillisecond()
{
    IdSource source(clock_, random_);
    EventId last = source.make<EventId>();
    for (int i = 0; i < 100000; ++i) {
        const auto next = source.make<EventId>();
        QVERIFY(last < next);
        QVERIFY(toString(last) < toString(next));
        last = next;
        if (i % 1000 == 0)
            clock_.advance(1ms);
    }
}

void TstIds::neverGoesBackWithTheWallClock()
{
    IdSource source(clock_, random_);
    const auto before = source.make<EventId>();
    clock_.setWall(clock_.wallMs() - 3'600'000);
    auto last = before;
    for (int i = 0; i < 1000; ++i) {
        const auto next = source.make<EventId>();
        QVERIFY(last < next);
        last = next;
    }
    clock_.setWall(-5);
    QVERIFY(last < source.make<EventId>());
}

void TstIds::doesNotRepeatItself()
{
    SystemRandom random;
    IdSource one(clock_, random);
    IdSource other(clock_, random);
    std::unordered_set<EventId> seen;
    for (int i = 0; i < 50000; ++i) {
        QVERIFY(seen.insert(one.make<EventId>()).second);
        QVERIFY(seen.insert(other.make<EventId>()).second);
    }
}

void TstIds::readsAndWritesText()
{
    const std::string text = "01890a5d-ac96-774b-bcce-b302099a8057";
    const auto id = parseId<ThreadId>(text);
    QVERIFY(id);
    QCOMPARE(toString(*id), text);
    QVERIFY(parseId<ThreadId>("01890A5D-AC96-774B-BCCE-B302099A8057") == id);
    QCOMPARE(int(id->bytes()[0]), 1);
    QCOMPARE(int(id->bytes()[15]), 0x57);
    std::string out = "id ";
    orchestra::detail::appendUuid(out, id->bytes());
    QCOMPARE(out, "id " + text);
}

void TstIds::refusesWhatIsNoUuid_data()
{
    QTest::addColumn<QString>("text");
    for (const char *text : {"", "x", "01890a5d-ac96-774b-bcce-b302099a805", "01890a5d-ac96-774b-bcce-b302099a80577",
                             "01890a5dac96774bbcceb302099a8057", "01890a5d-ac96-774b-bcce_b302099a8057",
                             "01890a5g-ac96-774b-bcce-b302099a8057", "{1890a5d-ac96-774b-bcce-b302099a8057",
                             "01890a5da-c96-774b-bcce-b302099a8057"})
        QTest::newRow(text) << QString::fromLatin1(text);
}

void TstIds::refusesWhatIsNoUuid()
{
    QFETCH(QString, text);
    QVERIFY(!parseId<ThreadId>(text.toStdString()));
}

void TstIds::unsetIdsHaveNoText()
{
    QVERIFY(!TaskId().isSet());
    QCOMPARE(toString(TaskId()), std::string());
    QVERIFY(TaskId() < *parseId<TaskId>("00000000-0000-0000-0000-000000000001"));
}

void TstIds::kindsCannotBeMixedUp()
{
    QVERIFY((!std::is_convertible_v<TaskId, ThreadId> && !std::is_constructible_v<TaskId, ThreadId>));
    QVERIFY((!std::is_invocable_v<std::equal_to<>, TaskId, ThreadId>));
}

QTEST_GUILESS_MAIN(TstIds)
#include "tst_ids.moc"
