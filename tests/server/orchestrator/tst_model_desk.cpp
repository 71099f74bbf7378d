// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/orchestrator/model_desk.h"
#include "tests/support/hand_model_port.h"
#include "tests/support/hub_bench.h"

#include <QTest>

using namespace orchestra;
using namespace std::chrono_literals;

namespace {

const Error kRefused{Code::ProviderUnavailable, "connection refused", true};
const Error kBroken{Code::ProviderError, "broken", true};

class Heard final : public ModelRunListener
{
public:
    void onWaiting(std::size_t others) override { ahead.push_back(others); }
    void onPieces(std::vector<ModelPiece> pieces) override
    {
        for (const ModelPiece &piece : pieces)
            text += std::get<ModelText>(piece).text();
    }
    void onEnd(const ModelRunEnd &ended) override
    {
        end = ended;
        ++ends;
        run.reset();
    }

    std::unique_ptr<ModelRun> run;
    std::string text;
    std::vector<std::size_t> ahead; ///< of it, when it had to wait
    std::optional<ModelRunEnd> end;
    int ends = 0;
};

/// Two servers with two models each, on a hub of a test.
struct DeskBench : HubBench
{
    HandModelPort port;
    std::unique_ptr<ModelDesk> desk;

    explicit DeskBench(ModelPolicy policy = {}, bool areThere = true)
    {
        desk = std::make_unique<ModelDesk>(hub, server->breakerBoard(), port, std::move(policy));
        desk->start({{.name = "a", .url = "http://a"}, {.name = "b", .url = "http://b"}}, {});
        if (areThere)
            answer();
    }
    void answer()
    {
        port.answerList("a", std::vector<ModelInfo>{{.name = "one", .canUseTools = true}, {.name = "two"}});
        port.answerList(
            "b", std::vector<ModelInfo>{{.name = "three", .canUseTools = true}, {.name = "vectors", .canChat = false}});
        settle();
    }
    void ask(Heard &heard, ModelWish wish = {})
    {
        heard.run = desk->ask(std::move(wish), {.messages = {{.content = "Hello"}}}, heard);
        settle();
    }
    /// The last call is answered after so long.
    void answerAfter(Heard &heard, std::chrono::milliseconds time)
    {
        clock.advance(time);
        port.say(port.calls.size() - 1, "x");
        port.finish(port.calls.size() - 1);
        if (heard.ends != 1)
            qFatal("the run has not ended");
    }
    wire::BreakerRow breaker(const std::string &name) const { return server->breakerBoard().find(name)->row(); }
};

} // namespace

class TstModelDesk : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void asksAModelAndPassesItsWordsOn()
    {
        DeskBench t;
        Heard heard;
        t.ask(heard);
        QCOMPARE(t.port.calls.size(), std::size_t(1));
        QCOMPARE(t.port.calls[0].request.model, std::string("one"));
        t.port.say(0, "Hel");
        t.port.say(0, "lo");
        QCOMPARE(heard.text, std::string("Hello"));
        t.port.finish(0);
        QCOMPARE(heard.ends, 1);
        QVERIFY(bool(heard.end->outcome));
        QCOMPARE(heard.end->identity->server, std::string("a"));
        QCOMPARE(heard.end->identity->attempt, 1U);
        QCOMPARE(t.breaker("model:a/one").calls, std::uint64_t(1));
    }

    void findsAModelByItsNameAloneOrWithItsServer_data()
    {
        QTest::addColumn<QByteArray>("server");
        QTest::newRow("three") << QByteArray("b");
        QTest::newRow("b/three") << QByteArray("b");
        QTest::newRow("a/two") << QByteArray("a");
    }
    void findsAModelByItsNameAloneOrWithItsServer()
    {
        QFETCH(QByteArray, server);
        DeskBench t;
        Heard heard;
        t.ask(heard, {.model = QTest::currentDataTag()});
        QCOMPARE(t.port.calls.at(0).server, server.toStdString());
    }

    void saysWhichModelsThereAreWhenOneIsNot()
    {
        DeskBench t;
        Heard heard;
        t.ask(heard, {.model = "four"});
        QCOMPARE(heard.end->outcome.error().code, Code::NoModel);
        QVERIFY(heard.end->outcome.error().message.find("a/one, a/two, b/three") != std::string::npos);
        QVERIFY(!heard.end->identity);
    }

    void hasNoModelWithoutAServer()
    {
        DeskBench t({}, false);
        ModelDesk none(t.hub, t.server->breakerBoard(), t.port, {});
        none.start({}, {{.name = "guess", .url = "http://guess"}});
        QVERIFY(none.isEmpty());
        Heard heard;
        heard.run = none.ask({}, {}, heard);
        t.settle();
        QCOMPARE(heard.end->outcome.error().code, Code::NoModel);
        t.port.answerList("guess", std::vector<ModelInfo>{{.name = "found"}});
        QVERIFY(!none.isEmpty());
        QCOMPARE(none.servers().at(0).isConfigured, false);
    }

    void choosesTheModelThatAnsweredFastest()
    {
        DeskBench t;
        for (const char *name : {"a/one", "b/three"}) {
            Heard heard;
            t.ask(heard, {.model = name});
            t.clock.advance(std::string(name) == "a/one" ? 900ms : 100ms);
            t.port.say(t.port.calls.size() - 1, "x");
            t.port.finish(t.port.calls.size() - 1);
        }
        Heard heard;
        t.ask(heard);
        QCOMPARE(t.port.calls.back().request.model, std::string("three"));
    }

    void saysWhyItChoseAModel()
    {
        DeskBench t({.fallbacks = {"b/three"}});
        Heard first;
        t.ask(first);
        t.answerAfter(first, 100ms);
        QCOMPARE(first.end->identity->route, std::string("the first of 3, none of which was measured yet"));
        Heard second;
        t.ask(second);
        t.answerAfter(second, 100ms);
        QCOMPARE(second.end->identity->route, std::string("the fastest of 3: 100 ms to the first token, 0 % failed"));
        Heard named;
        t.ask(named, {.model = "two"});
        t.answerAfter(named, 100ms);
        QCOMPARE(named.end->identity->route, std::string("named by the request"));
        Heard other;
        t.ask(other);
        for (int i = 0; i < 3; ++i) {
            t.port.fail(t.port.calls.size() - 1, kRefused);
            t.advance(2s);
        }
        t.answerAfter(other, 100ms);
        QCOMPARE(other.end->identity->route, std::string("stands in for a/one"));
        DeskBench fixed({.defaultModel = "b/three"});
        Heard preset;
        fixed.ask(preset);
        fixed.answerAfter(preset, 100ms);
        QCOMPARE(preset.end->identity->route, std::string("the configured default"));
    }

    void weighsTimeAgainstPrices_data()
    {
        QTest::addColumn<int>("oneMs");
        QTest::addColumn<int>("twoMs");
        QTest::addColumn<int>("threeMs");
        QTest::addColumn<QByteArray>("balanced");
        // Prices: one 10, two 1, three nothing.
        QTest::newRow("all are quick: the free one") << 100 << 100 << 300 << QByteArray("three");
        QTest::newRow("the free one is slow") << 100 << 200 << 5000 << QByteArray("two");
        QTest::newRow("only the dear one is quick") << 1000 << 5000 << 9000 << QByteArray("one");
    }
    void weighsTimeAgainstPrices()
    {
        QFETCH(int, oneMs);
        QFETCH(int, twoMs);
        QFETCH(int, threeMs);
        QFETCH(QByteArray, balanced);
        DeskBench t({.prices = {{"a/one", 10}, {"a/two", 1}}});
        for (const auto &[name, ms] : {std::pair("a/one", oneMs), {"a/two", twoMs}, {"b/three", threeMs}}) {
            Heard heard;
            t.ask(heard, {.model = name});
            t.answerAfter(heard, std::chrono::milliseconds(ms));
        }
        Heard heard;
        t.ask(heard);
        QCOMPARE(t.port.calls.back().request.model, balanced.toStdString());
        Heard fast;
        t.ask(fast, {.mode = wire::ExecutionMode::Fast});
        QCOMPARE(t.port.calls.back().request.model, std::string("one"));
    }

    void leavesOutToolsThatAModelCannotUse()
    {
        DeskBench t;
        const auto ask = [&t](Heard &heard, ModelWish wish) {
            heard.run = t.desk->ask(std::move(wish),
                                    {.messages = {{.content = "Hello"}}, .tools = {{.name = "search"}}}, heard);
            t.settle();
        };
        Heard able;
        ask(able, {.model = "a/one", .likesTools = true});
        QCOMPARE(t.port.calls.back().request.tools.size(), std::size_t(1));
        t.answerAfter(able, 300ms);
        QCOMPARE(able.end->identity->route, std::string("named by the request"));
        Heard unable;
        ask(unable, {.model = "a/two", .likesTools = true});
        QVERIFY(t.port.calls.back().request.tools.empty());
        t.answerAfter(unable, 100ms);
        QCOMPARE(unable.end->identity->route, std::string("named by the request; without tools, which it cannot use"));
        Heard needing; // what becomes of the tools is the caller's: nothing is left out
        ask(needing, {.model = "a/two", .needsTools = true});
        QCOMPARE(t.port.calls.back().request.tools.size(), std::size_t(1));
        // The quicker one cannot use them: where they are liked, it is not chosen.
        Heard chosen;
        ask(chosen, {.likesTools = true});
        QCOMPARE(t.port.calls.back().request.model, std::string("one"));
        Heard plain;
        t.ask(plain);
        QCOMPARE(t.port.calls.back().request.model, std::string("two"));
        // But an answer without tools is better than none.
        for (const char *name : {"model:a/one", "model:b/three"})
            t.server->breakerBoard().find(name)->overrideWith(wire::BreakerOverride::ForcedOpen, "ann", "a test", 60s);
        Heard all;
        ask(all, {.likesTools = true});
        QCOMPARE(t.port.calls.back().request.model, std::string("two"));
        QVERIFY(t.port.calls.back().request.tools.empty());
    }

    void asksWithoutToolsWhereTheServerRefusesThem()
    {
        DeskBench t;
        const auto ask = [&t](Heard &heard) {
            heard.run = t.desk->ask({.model = "a/one", .likesTools = true},
                                    {.messages = {{.content = "Hello"}}, .tools = {{.name = "search"}}}, heard);
            t.settle();
        };
        Heard heard;
        ask(heard);
        QCOMPARE(t.port.calls[0].request.tools.size(), std::size_t(1));
        t.port.fail(0, Error{Code::ProviderError, "HTTP 400: one does not support tools", false}, false);
        t.settle();
        QCOMPARE(t.port.calls.size(), std::size_t(2));
        QCOMPARE(t.port.calls[1].request.model, std::string("one"));
        QVERIFY(t.port.calls[1].request.tools.empty());
        t.port.say(1, "Hi");
        t.port.finish(1);
        QCOMPARE(heard.text, std::string("Hi"));
        QCOMPARE(heard.end->identity->attempt, 2U);
        QCOMPARE(t.breaker("model:a/one").failures, std::uint64_t(0));
        Heard next; // it is not asked with tools again ...
        ask(next);
        QVERIFY(t.port.calls[2].request.tools.empty());
        t.port.fail(2, Error{Code::ProviderError, "HTTP 400: no such tool", false}, false);
        QCOMPARE(next.ends, 1); // and what is refused without them is refused
        t.clock.advance(ModelDesk::kBelieved);
        Heard later; // ... for a while
        ask(later);
        QCOMPARE(t.port.calls[3].request.tools.size(), std::size_t(1));
        t.port.fail(3, Error{Code::ProviderError, "HTTP 400: too long", false}, false);
        QCOMPARE(later.ends, 1); // it was something else
    }

    void loadsModelsAsSoonAsTheirServerIsThere()
    {
        DeskBench t({.warmUp = {"a/two", "b/three", "b/none", "c/other"}});
        QCOMPARE(t.port.loaded, (std::vector<std::string>{"a/two", "b/three"}));
        t.advance(5s);
        t.answer(); // it was there all the time
        QCOMPARE(t.port.loaded.size(), std::size_t(2));
        t.advance(5s);
        t.port.answerList("a", kRefused);
        t.advance(2s);
        t.port.answerList("a", std::vector<ModelInfo>{{.name = "two"}});
        QCOMPARE(t.port.loaded, (std::vector<std::string>{"a/two", "b/three", "a/two"}));
        DeskBench none;
        QVERIFY(none.port.loaded.empty());
    }

    void countsWhatModelsHaveWritten()
    {
        DeskBench t;
        const auto tokens = [&t](const char *model) { return t.counters.modelTokens[{"a", model}]; };
        Heard told;
        t.ask(told);
        t.port.say(0, "12345678");
        t.port.finish(0, {.usage = wire::Usage{10, 7, false}});
        QCOMPARE(tokens("one"), 7U);
        Heard untold;
        t.ask(untold, {.model = "a/two"});
        t.port.say(1, "12345678");
        t.port.finish(1);
        QCOMPARE(tokens("two"), 2U); // four bytes each
        Heard broken;
        t.ask(broken, {.model = "a/two"});
        t.port.say(2, "12345678");
        t.port.fail(2, kBroken);
        QCOMPARE(tokens("two"), 4U);
        {
            Heard left;
            t.ask(left, {.model = "a/two"});
            t.port.say(3, "1234");
        }
        QCOMPARE(tokens("two"), 5U);
        QCOMPARE(t.counters.modelTokens.size(), 2U);
    }

    void asksOnceWhoWantsToBeAskedOnce()
    {
        DeskBench t;
        Heard heard;
        t.ask(heard, {.isOnce = true});
        t.port.fail(0, kRefused);
        t.advance(10s);
        QCOMPARE(t.port.calls.size(), 1U);
        QCOMPARE(heard.end->outcome.error().code, Code::ProviderUnavailable);
    }

    void triesAModelThatWasNotMeasuredNowAndThen()
    {
        DeskBench t({.tryShare = 1});
        Heard first;
        t.ask(first);
        t.answerAfter(first, 100ms);
        QCOMPARE(first.end->identity->model, std::string("one")); // there is nothing to compare with
        std::vector<std::string> tried;
        for (int i = 0; i < 4; ++i) {
            Heard heard;
            t.ask(heard);
            if (i == 1)
                t.port.fail(t.port.calls.size() - 1, Error{Code::ProviderError, "no", false});
            else
                t.answerAfter(heard, 200ms);
            tried.push_back(heard.end->identity->model);
            if (i == 0)
                QCOMPARE(heard.end->identity->route, std::string("tried, as it was not measured yet"));
        }
        // Each once, also the one that failed; then the fastest again.
        QCOMPARE(tried, (std::vector<std::string>{"two", "three", "one", "one"}));
        t.clock.advance(ModelDesk::kBelieved);
        for (const auto mode : {wire::ExecutionMode::Fast, wire::ExecutionMode::Quality}) {
            Heard heard;
            t.ask(heard, {.mode = mode});
            QCOMPARE(t.port.calls.back().request.model, std::string("one"));
        }
        Heard hurried;
        t.ask(hurried, {.maxLatency = 1s});
        QCOMPARE(t.port.calls.back().request.model, std::string("one"));
        Heard again;
        t.ask(again);
        QCOMPARE(t.port.calls.back().request.model, std::string("two"));
        t.answerAfter(again, 200ms);
        QCOMPARE(again.end->identity->route, std::string("tried, as it was not measured of late"));
    }

    void triesNoDearerModelAndNoneWhosePriceIsUnknown()
    {
        DeskBench t({}, false);
        ModelDesk desk(t.hub, t.server->breakerBoard(), t.port,
                       {.tryShare = 1, .prices = {{"c/dear", 5}, {"cloud/cheap", 0}}});
        desk.start({{.name = "c", .url = "http://c"},
                    {.name = "cloud", .kind = ModelServerKind::OpenAi, .url = "http://cloud"}},
                   {});
        t.port.answerList("c", std::vector<ModelInfo>{{.name = "own"}, {.name = "dear"}});
        t.port.answerList("cloud", std::vector<ModelInfo>{{.name = "unknown"}, {.name = "cheap"}});
        std::vector<std::string> asked;
        for (int i = 0; i < 5; ++i) {
            Heard heard;
            heard.run = desk.ask({}, {.messages = {{.content = "Hello"}}}, heard);
            t.settle();
            asked.push_back(t.port.calls.back().request.model);
            t.answerAfter(heard, 100ms);
        }
        QCOMPARE(asked, (std::vector<std::string>{"own", "cheap", "own", "own", "own"}));
    }

    void triesAsOftenAsItWasTold()
    {
        DeskBench t({.tryShare = 0.25});
        Heard first;
        t.ask(first, {.model = "a/one"});
        t.answerAfter(first, 100ms);
        int tried = 0;
        for (int i = 0; i < 400; ++i) {
            t.clock.advance(ModelDesk::kBelieved);
            Heard heard;
            t.ask(heard);
            tried += t.port.calls.back().request.model == "one" ? 0 : 1;
            t.answerAfter(heard, t.port.calls.back().request.model == "one" ? 100ms : 900ms);
        }
        QVERIFY2(tried > 60 && tried < 140, qPrintable(QString::number(tried)));
        DeskBench never({.tryShare = 0});
        Heard one;
        never.ask(one);
        never.answerAfter(one, 100ms);
        for (int i = 0; i < 50; ++i) {
            Heard heard;
            never.ask(heard);
            never.answerAfter(heard, 100ms);
            QCOMPARE(heard.end->identity->model, std::string("one"));
        }
    }

    void qualityTakesTheBestRatedOfThoseThatAreFastEnough()
    {
        DeskBench t({.prices = {{"a/two", 5}}});
        std::map<std::string, double> rated{{"a/one", 0.5}, {"a/two", 0.9}, {"b/three", 1.0}};
        t.desk->rateBy([&rated](const std::string &model) {
            const auto known = rated.find(model);
            return known == rated.end() ? std::nullopt : std::optional(known->second);
        });
        for (const auto &[name, ms] : {std::pair("a/one", 100), {"a/two", 300}, {"b/three", 5000}}) {
            Heard heard;
            t.ask(heard, {.model = name});
            t.answerAfter(heard, std::chrono::milliseconds(ms));
        }
        Heard heard;
        t.ask(heard, {.mode = wire::ExecutionMode::Quality});
        t.answerAfter(heard, 300ms);
        QCOMPARE(heard.end->identity->model, std::string("two"));
        QVERIFY(heard.end->identity->route.starts_with("the best rated of 2 that are fast enough: 90 of 100"));
        Heard balanced;
        t.ask(balanced);
        QCOMPARE(t.port.calls.back().request.model, std::string("one")); // free
        rated.clear();
        Heard unrated;
        t.ask(unrated, {.mode = wire::ExecutionMode::Quality});
        QCOMPARE(t.port.calls.back().request.model, std::string("one"));
    }

    void aModelThatFailsOftenIsNotQuick()
    {
        DeskBench t;
        for (const char *name : {"a/one", "b/three"}) {
            Heard heard;
            t.ask(heard, {.model = name});
            t.answerAfter(heard, std::string(name) == "a/one" ? 100ms : 150ms);
        }
        for (int i = 0; i < 4; ++i) { // one less than opens its breaker
            Heard heard;
            t.ask(heard, {.model = "a/one"});
            t.clock.advance(100ms);
            t.port.say(t.port.calls.size() - 1, "Hal");
            t.port.fail(t.port.calls.size() - 1, kBroken);
        }
        QCOMPARE(t.breaker("model:a/one").state, wire::BreakerState::Closed);
        Heard heard;
        t.ask(heard);
        QCOMPARE(t.port.calls.back().request.model, std::string("three"));
    }

    void givesAKeptAnswerToTheSameQuestionOfTheSameUser()
    {
        DeskBench t({.cache = {.use = CacheUse::On}});
        Heard first;
        t.ask(first, {.userId = "ann"});
        t.port.say(0, "Hel");
        t.port.say(0, "lo");
        t.port.finish(0);
        QVERIFY(!first.end->identity->cachedAge);
        t.clock.advance(30s);
        Heard again;
        t.ask(again, {.userId = "ann"});
        QCOMPARE(t.port.calls.size(), std::size_t(1));
        QCOMPARE(again.text, std::string("Hello"));
        QCOMPARE(t.counters.answerCache["hit"], 1U);
        QCOMPARE(t.counters.answerCache["miss"], 1U);
        QCOMPARE(again.ends, 1);
        QVERIFY(bool(again.end->outcome));
        QCOMPARE(again.end->identity->model, std::string("one"));
        QCOMPARE(*again.end->identity->cachedAge, 30s);
        QCOMPARE(again.end->outcome->usage->completionTokens, 0U);
        QCOMPARE(t.breaker("model:a/one").outcomes, std::string("o")); // nobody was called again
        for (const char *user : {"bob", ""}) {
            Heard other;
            const std::size_t calls = t.port.calls.size();
            t.ask(other, {.userId = user});
            QCOMPARE(t.port.calls.size(), calls + 1);
            QVERIFY(other.text.empty());
        }
        Heard fresh;
        const std::size_t calls = t.port.calls.size();
        t.ask(fresh, {.userId = "ann", .cache = false});
        QCOMPARE(t.port.calls.size(), calls + 1);
    }

    void keepsNoAnswerThatBrokeOff()
    {
        DeskBench t({.cache = {.use = CacheUse::On}});
        Heard broken;
        t.ask(broken, {.userId = "ann"});
        t.port.say(0, "Hel");
        t.port.fail(0, kBroken);
        Heard again;
        t.ask(again, {.userId = "ann"});
        QCOMPARE(t.port.calls.size(), std::size_t(2));
        QCOMPARE(t.desk->cache().size(), std::size_t(0));
    }

    void aKeptAnswerCanBeLetGoOf()
    {
        DeskBench t({.cache = {.use = CacheUse::On}});
        Heard first;
        t.ask(first, {.userId = "ann"});
        t.port.say(0, "Hello");
        t.port.finish(0);
        Heard again;
        again.run = t.desk->ask({.userId = "ann"}, {.messages = {{.content = "Hello"}}}, again);
        again.run.reset();
        t.settle();
        QCOMPARE(again.ends, 0);
        QVERIFY(again.text.empty());
    }

    void cutsThePlacesUnderDegradation()
    {
        DeskBench t({.concurrency = {.least = 1, .first = 4, .most = 4}});
        t.desk->cutTo(0.5);
        std::vector<Heard> heard(4);
        for (Heard &each : heard)
            t.ask(each, {.model = "a/one"});
        QCOMPARE(t.port.calls.size(), std::size_t(2));
        t.clock.advance(30s);
        QCOMPARE(*t.desk->queueLoad().load, (0.5 - 0.2) / 0.8);
        t.desk->cutTo(1);
        t.port.say(0, "x");
        t.port.finish(0);
        t.settle();
        QCOMPARE(t.port.calls.size(), std::size_t(4));
        QCOMPARE(*t.desk->queueLoad().load, 0.0);
    }

    void keepsToModelsThatCanUseToolsWhenToolsAreNeeded()
    {
        DeskBench t;
        t.advance(ModelCatalog::kWellEvery);
        t.port.answerList("a", std::vector<ModelInfo>{{.name = "two"}});
        Heard heard;
        t.ask(heard, {.needsTools = true});
        QCOMPARE(t.port.calls.at(0).request.model, std::string("three"));
    }

    void asksAgainAfterAPauseAsLongAsNothingWasSaid()
    {
        DeskBench t;
        Heard heard;
        t.ask(heard);
        t.port.fail(0, kRefused);
        QCOMPARE(t.port.calls.size(), std::size_t(1));
        t.advance(700ms);
        QCOMPARE(t.port.calls.size(), std::size_t(2));
        t.port.say(1, "Hello");
        t.port.finish(1);
        QCOMPARE(heard.end->identity->attempt, 2U);
        QVERIFY(bool(heard.end->outcome));
    }

    void givesUpAfterThreeAttempts()
    {
        DeskBench t;
        Heard heard;
        t.ask(heard);
        for (std::size_t i = 0; i < 3; ++i) {
            t.port.fail(i, kRefused);
            t.advance(2s);
        }
        QCOMPARE(t.port.calls.size(), std::size_t(3));
        QCOMPARE(heard.ends, 1);
        QCOMPARE(heard.end->outcome.error().code, Code::ProviderUnavailable);
        QVERIFY(heard.end->outcome.error().message.starts_with("a/one: "));
    }

    void neverAsksAgainOnceSomethingWasSaid()
    {
        DeskBench t({.fallbacks = {"b/three"}});
        Heard heard;
        t.ask(heard);
        t.port.say(0, "Half");
        t.port.fail(0, kBroken);
        t.advance(10s);
        QCOMPARE(t.port.calls.size(), std::size_t(1));
        QCOMPARE(heard.text, std::string("Half"));
        QVERIFY(!heard.end->outcome);
        // By its first token it had gone well; it counts as what became of it.
        QCOMPARE(t.breaker("model:a/one").calls, std::uint64_t(1));
        QCOMPARE(t.breaker("model:a/one").failures, std::uint64_t(1));
    }

    void asksAnotherModelOnlyWherePolicyAndRequestAllowIt_data()
    {
        QTest::addColumn<QByteArray>("model");
        QTest::addColumn<int>("allowed"); // -1: not said
        QTest::addColumn<bool>("falls");
        QTest::newRow("nothing was said") << QByteArray() << -1 << true;
        QTest::newRow("refused") << QByteArray() << 0 << false;
        QTest::newRow("a model was named") << QByteArray("a/one") << -1 << false;
        QTest::newRow("a model was named, others allowed") << QByteArray("a/one") << 1 << true;
    }
    void asksAnotherModelOnlyWherePolicyAndRequestAllowIt()
    {
        QFETCH(QByteArray, model);
        QFETCH(int, allowed);
        QFETCH(bool, falls);
        DeskBench t({.defaultModel = "a/one", .fallbacks = {"a/one", "b/three"}});
        ModelWish wish;
        if (!model.isEmpty())
            wish.model = model.toStdString();
        if (allowed >= 0)
            wish.allowFallback = allowed == 1;
        Heard heard;
        t.ask(heard, wish);
        for (std::size_t i = 0; i < 3; ++i) {
            t.port.fail(i, kRefused);
            t.advance(2s);
        }
        QCOMPARE(t.port.calls.size() == 4, falls);
        if (!falls)
            return;
        t.port.say(3, "I stand in");
        t.port.finish(3);
        QCOMPARE(heard.end->identity->model, std::string("three"));
        QCOMPARE(*heard.end->identity->fallbackFrom, std::string("a/one"));
    }

    void aServerThatWasThereAllTheTimeClosesNoBreaker()
    {
        DeskBench t({.retries = {.extraAttempts = 0}});
        t.desk->setWatched(true);
        for (int i = 0; i < 5; ++i) {
            Heard heard;
            t.ask(heard, {.model = "a/one"});
            t.port.fail(t.port.calls.size() - 1, kBroken);
        }
        const auto state = [&t] { return t.breaker("model:a/one").state; };
        QCOMPARE(state(), wire::BreakerState::Open);
        const auto look = [&t](int times) {
            for (int i = 0; i < times; ++i) {
                t.advance(ModelCatalog::kWatchedEvery);
                t.answer();
            }
        };
        look(10); // three seconds: it lists its models, as it did while its answers failed
        QCOMPARE(state(), wire::BreakerState::Open);
        t.advance(4s); // the wait is over
        QCOMPARE(state(), wire::BreakerState::HalfOpen);
        t.answer();
        look(3); // less than a second
        QCOMPARE(state(), wire::BreakerState::HalfOpen);
        look(20); // where nobody asks, three good looks do
        QCOMPARE(state(), wire::BreakerState::Closed);
    }

    void breakersAndRepetitionsAreAsTheOperatorWantsThem()
    {
        DeskBench t({.breaker = {.consecutiveFailures = 2}, .slow = 50ms, .retries = {.extraAttempts = 0}});
        Heard slow;
        t.ask(slow);
        t.answerAfter(slow, 60ms);
        QCOMPARE(t.breaker("model:a/one").slow, std::uint64_t(1));
        for (int i = 0; i < 2; ++i) {
            QCOMPARE(t.breaker("model:a/one").state, wire::BreakerState::Closed);
            Heard heard;
            t.ask(heard, {.model = "a/one"});
            t.port.fail(t.port.calls.size() - 1, kRefused);
            QCOMPARE(heard.ends, 1); // not put again
        }
        QCOMPARE(t.breaker("model:a/one").state, wire::BreakerState::Open);
    }

    void fiveRefusalsOpenTheBreakerAndNothingMoreIsSent()
    {
        DeskBench t;
        for (int i = 0; i < 2; ++i) {
            Heard heard;
            t.ask(heard, {.model = "a/one"});
            while (heard.ends == 0) {
                t.port.fail(t.port.calls.size() - 1, kRefused);
                t.advance(1500ms);
            }
        }
        QCOMPARE(t.breaker("model:a/one").state, wire::BreakerState::Open);
        const std::size_t sent = t.port.calls.size();
        QCOMPARE(sent, std::size_t(5));
        Heard heard;
        t.ask(heard, {.model = "a/one"});
        QCOMPARE(heard.end->outcome.error().code, Code::BreakerOpen);
        QCOMPARE(t.port.calls.size(), sent);
        // A rejection of its own is no failure of the model.
        QCOMPARE(t.breaker("model:a/one").failures, std::uint64_t(5));
        QCOMPARE(t.breaker("model:a/one").rejected >= 1, true);
    }

    void threeLooksInVainOpenTheBreakers()
    {
        DeskBench t;
        for (int i = 0; i < 3; ++i) {
            t.advance(ModelCatalog::kWellEvery);
            t.port.answerList("a", kRefused);
        }
        QCOMPARE(t.breaker("model:a/one").state, wire::BreakerState::Open);
        QCOMPARE(t.breaker("model:b/three").state, wire::BreakerState::Closed);
        QCOMPARE(t.desk->servers().at(0).trouble->message, kRefused.message);
        Heard heard;
        t.ask(heard);
        QCOMPARE(t.port.calls.back().server, std::string("b")); // the one whose breaker lets pass
        t.advance(ModelCatalog::kTroubledEvery);
        t.port.answerList("a", std::vector<ModelInfo>{{.name = "one"}});
        QCOMPARE(t.breaker("model:a/one").state, wire::BreakerState::HalfOpen);
        QVERIFY(!t.desk->servers().at(0).trouble);
    }

    void aServerThatRefusesToListItsModelsIsStillThere()
    {
        DeskBench t;
        for (int i = 0; i < 4; ++i) {
            t.advance(ModelCatalog::kWellEvery);
            t.port.answerList("a", i % 2 == 0 ? Error{Code::RateLimited, "HTTP 429", true}
                                              : Error{Code::ProviderError, "HTTP 401", false});
        }
        QCOMPARE(t.breaker("model:a/one").state, wire::BreakerState::Closed);
        QCOMPARE(t.desk->health().status, wire::HealthState::Degraded);
    }

    void tellsConsolesWhichModelsThereAreAndHowTheyFare()
    {
        DeskBench t;
        Heard heard;
        t.ask(heard, {.model = "a/one"});
        t.clock.advance(250ms);
        t.port.say(0, "Hello");
        auto rows = t.desk->rows();
        QCOMPARE(rows.size(), std::size_t(4));
        QCOMPARE(rows[0].server + "/" + rows[0].model, std::string("a/one"));
        QCOMPARE(rows[0].kind, std::string("ollama"));
        QCOMPARE(rows[0].breaker, std::string("model:a/one"));
        QCOMPARE(*rows[0].breakerState, wire::BreakerState::Closed);
        QVERIFY(rows[0].canUseTools && rows[0].configured && !rows[0].trouble);
        QCOMPARE(*rows[0].firstTokenMs, 250.0);
        QCOMPARE(rows[0].inFlight, std::uint64_t(1));
        QVERIFY(rows[3].breaker.empty() && !rows[3].canChat); // no calls can be made of it
        DeskBench silent({}, false);
        silent.port.answerList("a", kRefused);
        rows = silent.desk->rows();
        QCOMPARE(rows[0].server, std::string("a"));
        QVERIFY(rows[0].model.empty());
        QCOMPARE(*rows[0].trouble, kRefused.message);
    }

    void saysSinceWhenAServerDoesNotAnswer()
    {
        DeskBench t;
        int changes = 0;
        t.desk->onChange([&changes] { ++changes; });
        QVERIFY(t.desk->problems().empty());
        t.advance(ModelCatalog::kWellEvery);
        const WallMs since = t.clock.wallMs();
        t.port.answerList("a", kRefused);
        QCOMPARE(changes, 1);
        t.advance(ModelCatalog::kTroubledEvery);
        t.port.answerList("a", kRefused);
        QCOMPARE(changes, 1); // that is no news
        const auto problems = t.desk->problems();
        QCOMPARE(problems.size(), std::size_t(1));
        QCOMPARE(problems[0].target, std::string("a"));
        QCOMPARE(problems[0].title, std::string("The model server a does not answer"));
        QCOMPARE(problems[0].since.ms, since);
        t.advance(ModelCatalog::kTroubledEvery);
        t.port.answerList("a", std::vector<ModelInfo>{{.name = "one"}});
        QCOMPARE(changes, 2);
        QVERIFY(t.desk->problems().empty());
    }

    void looksMoreOftenWhileSomebodyWatches()
    {
        DeskBench t;
        t.advance(ModelCatalog::kWatchedEvery * 2);
        QVERIFY(!t.port.lists["a"]);
        t.desk->setWatched(true);
        t.advance(ModelCatalog::kWatchedEvery);
        t.answer();
        t.advance(ModelCatalog::kWatchedEvery);
        t.answer();
        t.desk->setWatched(false);
        t.advance(ModelCatalog::kWatchedEvery);
        t.answer(); // the one that was due
        t.advance(ModelCatalog::kWatchedEvery * 2);
        QVERIFY(!t.port.lists["a"]);
    }

    void looksAtOnceWhenACallFailsAsIfItsServerWereGone()
    {
        DeskBench t;
        Heard heard;
        t.ask(heard, {.model = "a/one"});
        t.port.say(0, "half an ans");
        t.port.fail(0, kRefused);
        t.settle();
        QVERIFY(bool(t.port.lists["a"]));
        QVERIFY(!t.port.lists["b"]);
        t.port.answerList("a", kRefused);
        QCOMPARE(t.desk->problems().size(), std::size_t(1));
    }

    void asksStrangersForTheirModelsLessOften()
    {
        DeskBench t({}, false);
        ModelDesk cloud(t.hub, t.server->breakerBoard(), t.port, {});
        cloud.start({{.name = "cloud", .kind = ModelServerKind::OpenAi, .url = "https://c/v1"}}, {});
        t.port.answerList("cloud", std::vector<ModelInfo>{{.name = "big"}});
        t.advance(ModelCatalog::kWellEvery * 2);
        QVERIFY(!t.port.lists["cloud"]);
        t.advance(ModelCatalog::kOpenAiEvery);
        QVERIFY(bool(t.port.lists["cloud"]));
    }

    void aFaultOfTheRequestIsNotTheModels()
    {
        DeskBench t;
        for (int i = 0; i < 6; ++i) {
            Heard heard;
            t.ask(heard, {.model = "a/one"});
            t.port.fail(t.port.calls.size() - 1, Error{Code::ProviderError, "HTTP 400", false}, false);
            QCOMPARE(heard.ends, 1);
        }
        QCOMPARE(t.breaker("model:a/one").state, wire::BreakerState::Closed);
        QCOMPARE(t.breaker("model:a/one").failures, std::uint64_t(0));
    }

    void cancelsWhatIsLetGoOf()
    {
        DeskBench t;
        Heard heard;
        t.ask(heard);
        heard.run.reset();
        QCOMPARE(t.port.cancelled, std::vector<ModelPort::Call>{1});
        QCOMPARE(heard.ends, 0);
        QCOMPARE(t.breaker("model:a/one").failures, std::uint64_t(0));
        QCOMPARE(t.desk->offers().at(0).inFlight, std::size_t(0));
    }

    void letsCallersWaitForAPlaceInTheirOrder()
    {
        DeskBench t({.concurrency = {.least = 1, .first = 2, .most = 2}, .waiting = 2});
        std::vector<Heard> heard(5);
        for (Heard &each : heard)
            t.ask(each, {.model = "a/one"});
        QCOMPARE(t.port.calls.size(), std::size_t(2));
        QCOMPARE(heard[4].end->outcome.error().code, Code::ProviderUnavailable); // two wait, that is enough
        QVERIFY(heard[4].end->outcome.error().retryable);
        QVERIFY(heard[1].ahead.empty() && heard[4].ahead.empty());
        QCOMPARE(heard[2].ahead, std::vector<std::size_t>{0});
        QCOMPARE(heard[3].ahead, std::vector<std::size_t>{1});
        t.port.say(0, "x");
        t.port.finish(0);
        t.settle();
        QCOMPARE(t.port.calls.size(), std::size_t(3));
        heard[3].run.reset(); // gives up waiting
        t.port.finish(1);
        t.settle();
        QCOMPARE(t.port.calls.size(), std::size_t(3));
        t.port.say(2, "third");
        QCOMPARE(heard[2].text, std::string("third"));
    }

    void aPlaceThatIsLeftAgainGoesToTheNext()
    {
        DeskBench t({.concurrency = {.least = 1, .first = 1, .most = 1}});
        std::vector<Heard> heard(3);
        for (Heard &each : heard)
            t.ask(each, {.model = "a/one"});
        t.port.say(0, "x");
        t.port.finish(0); // the second has its place now, but has not used it
        heard[1].run.reset();
        t.settle();
        QCOMPARE(t.port.calls.size(), std::size_t(2));
        t.port.say(1, "third");
        QCOMPARE(heard[2].text, std::string("third"));
        t.port.finish(1);
        QCOMPARE(t.desk->offers().at(0).inFlight, std::size_t(0));
    }

    void waitsForAPlaceOnlySoLong()
    {
        DeskBench t({.concurrency = {.least = 1, .first = 1, .most = 1}});
        std::vector<Heard> heard(2);
        for (Heard &each : heard)
            t.ask(each, {.model = "a/one"});
        t.advance(61s);
        QCOMPARE(heard[1].ends, 1);
        QCOMPARE(heard[1].end->outcome.error().code, Code::ProviderUnavailable);
        QCOMPARE(t.port.calls.size(), std::size_t(1));
    }

    void endsItsRunsWhenItGoes()
    {
        DeskBench t;
        Heard heard;
        t.ask(heard);
        t.desk.reset();
        QCOMPARE(t.port.cancelled.size(), std::size_t(1));
        heard.run.reset();
        QCOMPARE(heard.ends, 0);
    }
};

QTEST_GUILESS_MAIN(TstModelDesk)
#include "tst_model_desk.moc"
