// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/server/agents/agents_bench.h"

#include <QTest>

using namespace orchestra;

namespace {

MemoryPage page(std::optional<bool> isOn, std::vector<MemoryRecord> memories = {})
{
    const auto total = static_cast<std::uint64_t>(memories.size());
    return {std::move(memories), total, isOn};
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

bool contains(const std::string &text, std::string_view part)
{
    return text.find(part) != std::string::npos;
}

} // namespace

class TstMemory : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void keepsNothingUntilTheUserOrAFlagSaysSo()
    {
        AgentsBench t;
        const auto off = t.command("remember", "I work at night");
        QVERIFY(contains(off->answer(), "/memory on"));
        QVERIFY(!lastOf<Remember>(t));

        const auto withFlag = [&t](std::optional<bool> chosen) {
            t.store.recalled = StoreValue(page(chosen));
            t.store.reply = StoreValue(std::uint64_t{3});
            auto turn = std::make_shared<RecordedTurn>("I work at night");
            turn->command_ = "remember";
            turn->context_.flagVariants["memory"] = "on";
            t.turns.push_back(turn);
            t.dispatcher().run(turn);
            return turn;
        };
        QVERIFY(contains(withFlag(false)->answer(), "/memory on")); // the user's word counts more than the flag's
        QVERIFY(!lastOf<Remember>(t));
        QVERIFY(contains(withFlag({})->answer(), "number 3"));
        QCOMPARE(lastOf<Remember>(t)->content, std::string("I work at night"));
        QCOMPARE(lastOf<Remember>(t)->userId, std::string("ann"));
        QCOMPARE(lastOf<Remember>(t)->most, std::size_t(200));
    }

    void turnsOnAndOffAtTheUsersWord()
    {
        AgentsBench t;
        QVERIFY(contains(t.command("memory", "on")->answer(), "is on"));
        QVERIFY(lastOf<ChooseMemory>(t)->isOn);
        QVERIFY(contains(t.command("memory", "OFF")->answer(), "is off"));
        QVERIFY(!lastOf<ChooseMemory>(t)->isOn);
        QVERIFY(contains(t.command("memory", "")->answer(), "Your memory is off"));
    }

    void refusesWhatIsTooLong()
    {
        AgentsBench t;
        t.store.recalled = StoreValue(page(true));
        QCOMPARE(t.command("remember", std::string(2001, 'x'))->errorCode(), Code::TooLarge);
        QVERIFY(!lastOf<Remember>(t));
    }

    void listsFindsAndExports()
    {
        AgentsBench t;
        t.store.recalled = StoreValue(page(true, {{2, "I work at night", 0}, {1, "My dog is called \"Rex\"", 0}}));
        QVERIFY(contains(t.command("memories", "")->answer(), "2. I work at night"));
        QVERIFY(contains(t.command("recall", "the night")->answer(), "2. I work at night"));
        QCOMPARE(lastOf<RecallMemories>(t)->words, std::vector<std::string>{"night"});
        const std::string json = t.command("memories", "export")->answer();
        QVERIFY2(contains(json, "\"content\":\"My dog is called \\\"Rex\\\"\""), json.c_str());
        QVERIFY(contains(t.command("recall", "")->answer(), "What is to be recalled"));
    }

    void forgetsOneAtOnceAndAllAfterAYes()
    {
        AgentsBench t;
        t.store.reply = StoreValue(std::uint64_t{1});
        QVERIFY(contains(t.command("forget", "3")->answer(), "1 memory"));
        QCOMPARE(*lastOf<ForgetMemories>(t)->number, std::uint64_t(3));
        const auto all = t.command("forget", "all");
        QVERIFY(lastOf<ForgetMemories>(t)->number); // not yet
        all->approval(wire::ApprovalOutcome::Approved);
        QVERIFY(!lastOf<ForgetMemories>(t)->number);
        QVERIFY(contains(t.command("forget", "it")->answer(), "Which one"));
    }

    void showsAModelWhatMayMatterOnlyWhileItIsOn()
    {
        for (const bool isOn : {true, false}) {
            AgentsBench t;
            t.models.empty = false;
            t.store.reply = StoreValue(MessagePage{});
            t.store.recalled = StoreValue(page(isOn, {{4, "I live by the sea", 0}}));
            const auto turn = t.chat("write me a short poem about the sea");
            const auto &instructions = t.models.asked.at(0)->request.messages.at(0);
            QCOMPARE(instructions.role, ModelRole::System);
            QCOMPARE(contains(instructions.content, "I live by the sea"), isOn);
            QCOMPARE(turn->thoughts.size(), std::size_t(isOn ? 2 : 1));
        }
    }

    void answersWithoutAMemoryThatCannotBeRead()
    {
        AgentsBench t;
        t.models.empty = false;
        t.store.reply = StoreValue(MessagePage{});
        t.store.recalled = Error{Code::StorageUnavailable, "The disk is gone.", true};
        t.chat("write me a short poem about the sea");
        QCOMPARE(t.models.asked.size(), std::size_t(1));
        QCOMPARE(t.command("memories", "")->errorCode(), Code::StorageUnavailable);
    }

    void looksForWordsThatCarryMeaning()
    {
        QCOMPARE(meaningfulWords("What is the name of my dog, the dog?"), (std::vector<std::string>{"name", "dog"}));
        QVERIFY(meaningfulWords("is it the").empty());
    }
};

QTEST_GUILESS_MAIN(TstMemory)
#include "tst_memory.moc"
