// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/orchestrator/answer_cache.h"

#include "tests/support/hand_model_port.h"
#include "tests/support/manual_clock.h"

#include <QTest>

#include <functional>
#include <set>

using namespace orchestra;
using namespace std::chrono_literals;

namespace {

std::vector<ModelText> words(const std::string &text)
{
    std::vector<ModelText> out;
    for (const ModelPiece &piece : modelSays(text))
        out.push_back(std::get<ModelText>(piece));
    return out;
}

ModelRequest question(const std::string &text = "What is 6 times 7?")
{
    return {.messages = {{.role = ModelRole::System, .content = "Be brief."}, {.content = text}},
            .tools = {{"status", "tells how it is", {"{}"}}}};
}

struct Keeper
{
    explicit Keeper(AnswerCachePolicy policy = {.use = CacheUse::On})
        : cache(policy, clock)
    {
    }
    void keep(const std::string &user, const std::string &model, const std::string &text, const std::string &answer)
    {
        cache.keep(AnswerCache::keyOf(user, model, question(text)), user, model, words(answer), {});
    }
    std::string find(const std::string &user, const std::string &model, const std::string &text)
    {
        const auto answer = cache.find(AnswerCache::keyOf(user, model, question(text)));
        return answer ? answer->text.front().text() : std::string();
    }

    ManualClock clock;
    AnswerCache cache;
};

} // namespace

class TstAnswerCache : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void givesTheSameAnswerToTheSameQuestion()
    {
        Keeper t;
        t.keep("ann", "a/one", "Why?", "Because.");
        t.clock.advance(90s);
        const auto answer = t.cache.find(AnswerCache::keyOf("ann", "a/one", question("Why?")));
        QVERIFY(answer.has_value());
        QCOMPARE(answer->text.front().text(), std::string("Because."));
        QVERIFY(!answer->text.front().upstreamRequestId().empty()); // still the words of a model, and of which call
        QCOMPARE(answer->age, 90s);
        QVERIFY(t.find("ann", "a/one", "Why").empty());
    }

    void oneUsersAnswersAreNeverAnothers()
    {
        Keeper t;
        t.keep("ann", "a/one", "Who am I?", "Ann.");
        for (const char *user : {"bob", "an", "ann ", "", "ANN", "a"})
            QVERIFY2(t.find(user, "a/one", "Who am I?").empty(), user);
        // However names and models are cut, no two of them are the same text.
        t.keep("ann5:a/two", "b", "Q", "1");
        QVERIFY(t.find("ann", "5:a/twob", "Q").empty());
    }

    void everythingThatAnAnswerDependsOnIsPartOfTheQuestion()
    {
        std::set<std::string> keys;
        const auto add = [&keys](const std::function<void(ModelRequest &)> &change) {
            ModelRequest request = question();
            change(request);
            keys.insert(AnswerCache::keyOf("ann", "a/one", request));
        };
        add([](ModelRequest &) {});
        add([](ModelRequest &r) { r.messages[0].content = "Be verbose."; });
        add([](ModelRequest &r) { r.messages[1].content += " "; });
        add([](ModelRequest &r) { r.messages[1].role = ModelRole::Assistant; });
        add([](ModelRequest &r) { r.messages.push_back({.content = "And 8?"}); });
        add([](ModelRequest &r) { std::swap(r.messages[0], r.messages[1]); });
        add([](ModelRequest &r) { r.messages[1].thinking = "hm"; });
        add([](ModelRequest &r) { r.messages[1].toolCalls = {{"1", "status", "{}", true}}; });
        add([](ModelRequest &r) { r.messages[1].toolCallId = "1"; });
        add([](ModelRequest &r) { r.messages[1].toolName = "status"; });
        add([](ModelRequest &r) { r.tools.clear(); });
        add([](ModelRequest &r) { r.tools[0].description += "."; });
        add([](ModelRequest &r) { r.tools[0].parameters.text = "{\"a\":1}"; });
        add([](ModelRequest &r) { r.maxTokens = 5; });
        add([](ModelRequest &r) { r.temperature = 0.5; });
        add([](ModelRequest &r) { r.temperature = 0.50000000000001; });
        add([](ModelRequest &r) { r.tools[0].isStrict = true; });
        add([](ModelRequest &r) { r.sampling.topP = 0.5; });
        add([](ModelRequest &r) { r.sampling.frequencyPenalty = 0.5; });
        add([](ModelRequest &r) { r.sampling.presencePenalty = 0.5; });
        add([](ModelRequest &r) { r.sampling.seed = 5; });
        add([](ModelRequest &r) { r.sampling.stop = {"5"}; });
        add([](ModelRequest &r) { r.toolChoice = wire::RawJson{"\"none\""}; });
        add([](ModelRequest &r) { r.parallelToolCalls = false; });
        add([](ModelRequest &r) { r.parallelToolCalls = true; });
        add([](ModelRequest &r) { r.responseFormat = wire::RawJson{"{}"}; });
        add([](ModelRequest &r) { r.reasoningEffort = "low"; });
        keys.insert(AnswerCache::keyOf("ann", "a/two", question()));
        keys.insert(AnswerCache::keyOf("bob", "a/one", question()));
        QCOMPARE(keys.size(), 29U);
        // And what it does not depend on is not.
        ModelRequest request = question();
        request.correlationId = "c-1";
        request.traceparent = "00-1";
        request.deadlines.total = 1s;
        QVERIFY(keys.contains(AnswerCache::keyOf("ann", "a/one", request)));
    }

    void onlyWholeAnswersAreKept_data()
    {
        QTest::addColumn<int>("reason");
        QTest::addColumn<bool>("hasCalls");
        QTest::addColumn<bool>("hasWords");
        QTest::addColumn<bool>("isKept");
        QTest::newRow("whole") << int(FinishReason::Stop) << false << true << true;
        QTest::newRow("cut") << int(FinishReason::Length) << false << true << false;
        QTest::newRow("withheld") << int(FinishReason::ContentFilter) << false << true << false;
        QTest::newRow("asks for tools") << int(FinishReason::ToolCalls) << true << true << false;
        QTest::newRow("asks for tools and says it ended") << int(FinishReason::Stop) << true << true << false;
        QTest::newRow("says nothing") << int(FinishReason::Stop) << false << false << false;
    }
    void onlyWholeAnswersAreKept()
    {
        QFETCH(int, reason);
        QFETCH(bool, hasCalls);
        QFETCH(bool, hasWords);
        QFETCH(bool, isKept);
        Keeper t;
        ModelFinish finish;
        finish.reason = static_cast<FinishReason>(reason);
        if (hasCalls)
            finish.toolCalls = {{"1", "status", "{}", true}};
        t.cache.keep("k", "ann", "a/one", hasWords ? words("Because.") : std::vector<ModelText>(), finish);
        QCOMPARE(t.cache.size() == 1, isKept);
    }

    void forgetsWhatIsTooOld()
    {
        Keeper t({.use = CacheUse::On, .life = 60s});
        t.keep("ann", "a/one", "Why?", "Because.");
        t.clock.advance(59s);
        QVERIFY(!t.find("ann", "a/one", "Why?").empty());
        t.clock.advance(1s); // its use did not make it younger
        QVERIFY(t.find("ann", "a/one", "Why?").empty());
        QCOMPARE(t.cache.size(), 0U);
        QCOMPARE(t.cache.bytes(), 0U);
    }

    void isBoundedInNumberAndBytes()
    {
        Keeper few({.use = CacheUse::On, .maxAnswers = 2});
        few.keep("ann", "a/one", "1", "one");
        few.keep("ann", "a/one", "2", "two");
        QVERIFY(!few.find("ann", "a/one", "1").empty()); // used: now "2" goes first
        few.keep("ann", "a/one", "3", "three");
        QCOMPARE(few.cache.size(), 2U);
        QVERIFY(few.find("ann", "a/one", "2").empty());
        QVERIFY(!few.find("ann", "a/one", "1").empty());

        Keeper small({.use = CacheUse::On, .maxBytes = 20000});
        for (int i = 0; i < 100; ++i) {
            small.keep("ann", "a/one", std::to_string(i), std::string(5000, 'x'));
            QVERIFY(small.cache.bytes() <= 20000);
        }
        QVERIFY(small.cache.size() >= 2 && small.cache.size() <= 4);
        small.keep("ann", "a/one", "huge", std::string(30000, 'x'));
        QVERIFY(small.find("ann", "a/one", "huge").empty());
        QVERIFY(small.cache.size() >= 2); // and nobody had to go for it
    }

    void aNewerAnswerTakesThePlaceOfTheOlder()
    {
        Keeper t;
        t.keep("ann", "a/one", "Why?", "Because.");
        t.keep("ann", "a/one", "Why?", "I told you.");
        QCOMPARE(t.cache.size(), 1U);
        QCOMPARE(t.find("ann", "a/one", "Why?"), std::string("I told you."));
    }

    void isClearedByNamespace()
    {
        Keeper t;
        for (const char *user : {"ann", "bob"})
            for (const char *model : {"a/one", "b/two:7b"})
                t.keep(user, model, "Why?", "Because.");
        QVERIFY(!t.cache.clear("user:"));
        QVERIFY(!t.cache.clear(""));
        QVERIFY(!t.cache.clear("ann"));
        QCOMPARE(t.cache.size(), 4U);
        QCOMPARE(*t.cache.clear("user:nobody"), 0U);
        QCOMPARE(*t.cache.clear("user:ann"), 2U);
        QVERIFY(t.find("ann", "a/one", "Why?").empty());
        QVERIFY(!t.find("bob", "a/one", "Why?").empty());
        QCOMPARE(*t.cache.clear("model:b/two:7b"), 1U);
        QCOMPARE(*t.cache.clear("all"), 1U);
        QCOMPARE(t.cache.bytes(), 0U);
    }

    void servesOnlyAsTheOperatorAndTheRequestSay_data()
    {
        QTest::addColumn<int>("use");
        QTest::addColumn<int>("wish"); // -1: not said
        QTest::addColumn<bool>("serves");
        for (const int wish : {-1, 0, 1}) {
            const QByteArray tag = wish < 0 ? "not said" : wish == 0 ? "forbidden" : "asked for";
            QTest::newRow(("off, " + tag).constData()) << int(CacheUse::Off) << wish << false;
            QTest::newRow(("on request, " + tag).constData()) << int(CacheUse::OnRequest) << wish << (wish == 1);
            QTest::newRow(("on, " + tag).constData()) << int(CacheUse::On) << wish << (wish != 0);
        }
    }
    void servesOnlyAsTheOperatorAndTheRequestSay()
    {
        QFETCH(int, use);
        QFETCH(int, wish);
        QFETCH(bool, serves);
        Keeper t({.use = static_cast<CacheUse>(use)});
        ModelWish asked{.userId = "ann"};
        if (wish >= 0)
            asked.cache = wish == 1;
        QCOMPARE(t.cache.serves(asked), serves);
        asked.userId.clear(); // nobody's
        QVERIFY(!t.cache.serves(asked));
    }

    void isOffByDefault()
    {
        ManualClock clock;
        AnswerCache cache({}, clock);
        QVERIFY(!cache.serves({.userId = "ann", .cache = true}));
    }
};

QTEST_APPLESS_MAIN(TstAnswerCache)
#include "tst_answer_cache.moc"
