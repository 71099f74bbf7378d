// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/server/store/store_fixture.h"

#include <QTest>

using namespace orchestra;

namespace {

Remember remember(const std::string &user, const std::string &content, std::size_t most = 0)
{
    return {user, content, 100, most};
}

Texts recalled(StoreFixture &fixture, const std::string &user, std::vector<std::string> words)
{
    Texts texts;
    for (const MemoryRecord &memory : orFail(fixture.ask(RecallMemories{user, std::move(words), 50})).memories)
        texts.push_back(memory.content);
    return texts;
}

} // namespace

class TstMemoryTable : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void keepsAndFindsThroughARestart();
    void showsNobodyTheMemoriesOfAnother();
    void forgetsOneOrAllOfOneUser();
    void keepsAsManyAsItMay();
    void takesAnyWordsAsWords();
    void remembersWhatAUserHasChosen();
};

void TstMemoryTable::keepsAndFindsThroughARestart()
{
    StoreFixture fixture;
    QVERIFY(fixture.open());
    QCOMPARE(orFail(fixture.ask(remember("ann", "I work at night"))), 1U);
    QCOMPARE(orFail(fixture.ask(remember("ann", "My dogs are loud at night"))), 2U);
    QVERIFY(fixture.open());
    QCOMPARE(recalled(fixture, "ann", {"dog"}), Texts{"My dogs are loud at night"});
    QCOMPARE(recalled(fixture, "ann", {"night", "dogs"}).at(0), std::string("My dogs are loud at night"));
    QCOMPARE(recalled(fixture, "ann", {"night"}).size(), std::size_t(2));
    QVERIFY(recalled(fixture, "ann", {"cat"}).empty());
    QCOMPARE(recalled(fixture, "ann", {}), (Texts{"My dogs are loud at night", "I work at night"}));
}

void TstMemoryTable::showsNobodyTheMemoriesOfAnother()
{
    StoreFixture fixture;
    QVERIFY(fixture.open());
    orFail(fixture.ask(remember("ann", "the secret of ann")));
    QCOMPARE(orFail(fixture.ask(remember("an", "the secret of an"))), 1U); // each counts their own
    QCOMPARE(recalled(fixture, "an", {"secret"}), Texts{"the secret of an"});
    QCOMPARE(recalled(fixture, "ann", {"secret"}), Texts{"the secret of ann"});
    QVERIFY(recalled(fixture, "bob", {"secret"}).empty() && recalled(fixture, "bob", {}).empty());
    QVERIFY(recalled(fixture, "bob", {"x\" OR owner : \"616E6E"}).empty());
    QCOMPARE(orFail(fixture.ask(RecallMemories{"bob", {}, 0})).total, 0U);
    QCOMPARE(fixture.ask(ForgetMemories{"bob", 1}).error().code, Code::NotFound);
    QCOMPARE(orFail(fixture.ask(ForgetMemories{"bob", {}})), 0U);
    QCOMPARE(recalled(fixture, "ann", {}).size(), std::size_t(1));
    // What is searched among messages never finds memories.
    fixture.thread("ann");
    QVERIFY(orFail(fixture.ask(SearchMessages{"ann", "secret", 20, {}, {}})).hits.empty());
}

void TstMemoryTable::forgetsOneOrAllOfOneUser()
{
    StoreFixture fixture;
    QVERIFY(fixture.open());
    for (const char *text : {"one night", "two nights", "three nights"})
        orFail(fixture.ask(remember("ann", text)));
    QCOMPARE(orFail(fixture.ask(ForgetMemories{"ann", 2})), 1U);
    QCOMPARE(recalled(fixture, "ann", {"night"}).size(), std::size_t(2));
    QVERIFY(recalled(fixture, "ann", {"two"}).empty());
    QCOMPARE(orFail(fixture.ask(ForgetMemories{"ann", {}})), 2U);
    QVERIFY(recalled(fixture, "ann", {"night"}).empty());
    QCOMPARE(fixture.stranger()->integer("SELECT count(*) FROM memory_index"), 0);
}

void TstMemoryTable::keepsAsManyAsItMay()
{
    StoreFixture fixture;
    QVERIFY(fixture.open());
    orFail(fixture.ask(remember("ann", "one", 2)));
    orFail(fixture.ask(remember("ann", "two", 2)));
    QCOMPARE(fixture.ask(remember("ann", "three", 2)).error().code, Code::TooLarge);
    QVERIFY(fixture.ask(remember("bob", "one", 2)));
}

void TstMemoryTable::takesAnyWordsAsWords()
{
    StoreFixture fixture;
    QVERIFY(fixture.open());
    orFail(fixture.ask(remember("ann", "AND so on")));
    for (const char *word : {"\"", "*", "NEAR(", "content:", "-", "AND", "'", "()", "^a"})
        QVERIFY2(fixture.ask(RecallMemories{"ann", {word}, 5}), word);
    QCOMPARE(recalled(fixture, "ann", {"AND"}).size(), std::size_t(1));
    QVERIFY(fixture.ask(RecallMemories{"ann", {std::string("a\0b", 3)}, 5}));
}

void TstMemoryTable::remembersWhatAUserHasChosen()
{
    StoreFixture fixture;
    QVERIFY(fixture.open());
    const auto chosen = [&] { return orFail(fixture.ask(RecallMemories{"ann", {}, 0})).isOn; };
    QVERIFY(!chosen());
    orFail(fixture.ask(ChooseMemory{"ann", true, 1}));
    QVERIFY(chosen() == true);
    orFail(fixture.ask(ChooseMemory{"ann", false, 2}));
    QVERIFY(fixture.open());
    QVERIFY(chosen() == false);
    QVERIFY(!orFail(fixture.ask(RecallMemories{"bob", {}, 0})).isOn);
}

QTEST_GUILESS_MAIN(TstMemoryTable)
#include "tst_memory_table.moc"
