// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/agents/intent_classifier.h"
#include "server/agents/intent_trainer.h"
#include "server/agents/misspelling.h"
#include "server/agents/shipped_model.h"
#include "shared/base/random.h"

#include <QTest>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <limits>
#include <sstream>
#include <string>

using namespace orchestra;

namespace {

std::string contentOf(const std::string &path)
{
    const std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

/// The name of an intent as words: an underscore would make it an identifier, and those are all alike.
std::string wordsFor(Intent intent)
{
    std::string words(wireName(intent));
    std::replace(words.begin(), words.end(), '_', ' ');
    return words;
}

/// Three phrases for each intent, enough to train a toy.
std::string toyPhrases()
{
    std::string text;
    for (const Intent intent : allIntents()) {
        for (const char *frame : {"show ", "please give me ", "what about "})
            text += std::string(wireName(intent)) + '\t' + frame + wordsFor(intent) + '\n';
    }
    return text;
}

constexpr std::string_view kToyConcepts = "show\tshow display give\n";

Result<Training> trainToy(unsigned folds = 0)
{
    return trainIntentModel({.phrases = toyPhrases(), .concepts = kToyConcepts, .commonWords = "weather"},
                            {.folds = folds});
}

const IntentClassifier &shipped()
{
    static const IntentClassifier kClassifier = *IntentClassifier::shipped();
    return kClassifier;
}

} // namespace

class TstIntentClassifier : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void namesEveryIntentOnce();
    void knowsWhichIntentsChangeTheServer();
    void splitsTextIntoWordsAndThings_data();
    void splitsTextIntoWordsAndThings();
    void stemsFormsOfOneWordAlike();
    void correctsSpellingTowardsItsTargetsOnly();
    void splitsWordsThatWereWrittenTogether();
    void findsConceptsOfWordsAndPhrases();
    void refusesBrokenConcepts_data();
    void refusesBrokenConcepts();
    void refusesBrokenPhrases_data();
    void refusesBrokenPhrases();
    void shipsAtLeastSixtyPhrasesForEachIntent();
    void trainsTheSameModelAgain();
    void readsTheModelItWrote();
    void refusesDamagedModels();
    void readsPlainRequests_data();
    void readsPlainRequests();
    void abstainsFromWhatIsNoRequest_data();
    void abstainsFromWhatIsNoRequest();
    void survivesMisspelling();
    void givesProbabilities();
    void takesAnyBytes();
    void isFastEnough();
};

void TstIntentClassifier::namesEveryIntentOnce()
{
    for (const Intent intent : allIntents()) {
        QVERIFY(!wireName(intent).empty());
        QCOMPARE(intentFromWireName(wireName(intent)), std::optional(intent));
    }
    QCOMPARE(intentFromWireName("statuss"), std::nullopt);
    QCOMPARE(intentFromWireName(""), std::nullopt);
}

void TstIntentClassifier::knowsWhichIntentsChangeTheServer()
{
    std::vector<std::string> changing;
    for (const Intent intent : allIntents()) {
        if (changesState(intent))
            changing.emplace_back(wireName(intent));
    }
    const std::vector<std::string> expected{"set_flag", "breaker_override", "close_connection", "cancel_task", "drain"};
    QCOMPARE(changing, expected);
}

void TstIntentClassifier::splitsTextIntoWordsAndThings_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("expected"); // kind:text, kinds as single letters
    const auto row = [](const char *name, const char *text, const char *expected) {
        QTest::newRow(name) << QString::fromUtf8(text) << QString::fromUtf8(expected);
    };
    row("empty", "", "");
    row("signs only", " ?! ... :-) ", "");
    row("words", "Show me, please!", "w:show w:me w:please");
    row("contractions", "what's up, don't, I'm, let's, can't, won't",
        "w:what w:is w:up w:do w:not w:i w:am w:let w:us w:can w:not w:will w:not");
    row("short forms", "whats pls", "w:what w:is w:please");
    row("possessive", "alice's socket", "w:alice w:socket");
    row("typographic apostrophe", "what\xe2\x80\x99s", "w:what w:is");
    row("hyphen", "half-open", "w:half w:open");
    row("percent", "25% 30 percent 5 %", "%:25% %:30% %:5%");
    row("number", "17 3.5 1,200", "n:17 n:3.5 n:1,200");
    row("identifier", "v2_api t-4821 config.toml 0191a7", "i:v2_api i:t-4821 i:config.toml i:0191a7");
    row("assignment", "swarm_mode=off", "i:swarm_mode w:off");
    row("error code", "NO_MODEL", "e:no_model");
    row("address", "10.0.0.4 10.0.0.4:80 a@b.example", "a:10.0.0.4 a:10.0.0.4:80 a:a@b.example");
    row("time", "14:00 9:05:30 2pm 2026-11-20 15m 24h", "t:14:00 t:9:05:30 t:2pm t:2026-11-20 t:15m t:24h");
    row("quoted", "find \"Hello World\" and 'it isn't'", "w:find q:Hello World w:and q:it isn't");
    row("unclosed quote", "say \"hello", "w:say w:hello");
    row("url", "open https://example.org/x?y=1", "w:open u:https://example.org/x?y=1");
    row("path", "GET /ready", "w:get w:ready");
    row("drawn out", "helloooo", "w:helloo");
    row("other scripts", "привет 你好", "w:привет w:你好");
    row("a/b", "the a/b test", "w:the w:a/b w:test");
}

void TstIntentClassifier::splitsTextIntoWordsAndThings()
{
    QFETCH(QString, text);
    QFETCH(QString, expected);
    const std::string source = text.toStdString();
    std::string got;
    for (const Token &token : tokenize(source)) {
        got += got.empty() ? "" : " ";
        got += "wn%ieatqu"[static_cast<std::size_t>(token.kind)];
        got += ':' + token.text;
        QVERIFY(token.length > 0 && token.offset + token.length <= source.size());
    }
    QCOMPARE(QString::fromStdString(got), expected);
}

void TstIntentClassifier::stemsFormsOfOneWordAlike()
{
    const std::vector<std::vector<std::string>> families = {
        {"connection", "connections", "connected", "connect", "connecting"},
        {"stop", "stopped", "stopping", "stops"},
        {"close", "closed", "closing", "closes"},
        {"query", "queries"},
        {"generate", "generated", "generation"},
    };
    for (const auto &family : families) {
        for (const std::string &word : family)
            QCOMPARE(stem(word), stem(family.front()));
    }
    QVERIFY(stem("status") != stem("state"));
    QCOMPARE(stem("is"), std::string("is"));
    QCOMPARE(stem("привет"), std::string("привет"));
}

void TstIntentClassifier::correctsSpellingTowardsItsTargetsOnly()
{
    Vocabulary words;
    words.learn("connections", 3);
    words.learn("tasks", 3);
    words.learn("flags", 3);
    words.learn("help", 1);
    words.learn("changing", 5);
    words.learn("mask", 0);
    QCOMPARE(words.corrected("conections"), std::string("connections"));
    QCOMPARE(words.corrected("conectoins"), std::string("connections"));
    QCOMPARE(words.corrected("tsaks"), std::string("tasks"));
    QCOMPARE(words.corrected("hlp"), std::string("help"));
    // Known, or a form of what is known.
    QCOMPARE(words.corrected("mask"), std::string("mask"));
    QCOMPARE(words.corrected("masks"), std::string("masks"));
    QCOMPARE(words.corrected("connecting"), std::string("connecting"));
    QVERIFY(words.knows("connecting") && !words.isTarget("connecting"));
    // Too far: two slips in a short word, three in a long one, another first letter, or absurdly long.
    QCOMPARE(words.corrected("taksk"), std::string("taksk"));
    QCOMPARE(words.corrected("cunectons"), std::string("cunectons"));
    QCOMPARE(words.corrected("basks"), std::string("basks"));
    QCOMPARE(words.corrected("x"), std::string("x"));
    QCOMPARE(words.corrected(std::string(1000, 'f')), std::string(1000, 'f'));
}

void TstIntentClassifier::splitsWordsThatWereWrittenTogether()
{
    Vocabulary words;
    words.learn("show", 2);
    words.learn("tasks", 2);
    QCOMPARE(words.corrected("showtasks"), std::string("show tasks"));
    QCOMPARE(words.corrected("showroom"), std::string("showroom"));
}

void TstIntentClassifier::findsConceptsOfWordsAndPhrases()
{
    const auto lexicon = Lexicon::parse("# comment\nclose!\tclose disconnect\nstop\tturn_off @close\n");
    QVERIFY(lexicon);
    QCOMPARE(lexicon->conceptsOf("disconnected").size(), std::size_t{2});
    QCOMPARE(lexicon->name(lexicon->conceptsOf("closing").front()), std::string("close"));
    QVERIFY(lexicon->isCore(lexicon->conceptsOf("closing").front()));
    QCOMPARE(lexicon->conceptsOf("turned off").size(), std::size_t{1});
    QVERIFY(!lexicon->isCore(lexicon->conceptsOf("turn off").front()));
    QVERIFY(lexicon->conceptsOf("turn").empty());
    QVERIFY(lexicon->conceptsOf("weather").empty());
}

void TstIntentClassifier::refusesBrokenConcepts_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("message");
    QTest::newRow("no tab") << QByteArray("close close\n") << QByteArray("line 1: expected concept<TAB>words");
    QTest::newRow("no words") << QByteArray("a\tb\nclose\t\n") << QByteArray("line 2: concept \"close\" has no words");
    QTest::newRow("twice") << QByteArray("a\tb\n#\na\tc\n") << QByteArray("line 3: concept \"a\" is named twice");
    QTest::newRow("reference") << QByteArray("a\t@b\n") << QByteArray("line 1: no concept \"b\" stands above");
}

void TstIntentClassifier::refusesBrokenConcepts()
{
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, message);
    const auto lexicon = Lexicon::parse(text.toStdString());
    QVERIFY(!lexicon);
    QCOMPARE(lexicon.error().message, message.toStdString());
}

void TstIntentClassifier::refusesBrokenPhrases_data()
{
    QTest::addColumn<QByteArray>("line");
    QTest::addColumn<QByteArray>("message");
    QTest::newRow("no tab") << QByteArray("status") << QByteArray("line 1: expected intent<TAB>phrase");
    QTest::newRow("no intent") << QByteArray("statsu\thow is it")
                               << QByteArray("line 1: no intent \"statsu\"; did you mean \"status\"?");
    QTest::newRow("empty") << QByteArray("status\t  ") << QByteArray("line 1: the phrase is empty");
    QTest::newRow("UTF-8") << QByteArray("status\t\xff") << QByteArray("line 1: the phrase is not well-formed UTF-8");
    QTest::newRow("repeated") << QByteArray("status\tshow flags")
                              << QByteArray("line 14: the phrase is also in line 1");
    QTest::newRow("nothing left") << QByteArray("") << QByteArray();
}

void TstIntentClassifier::refusesBrokenPhrases()
{
    QFETCH(QByteArray, line);
    QFETCH(QByteArray, message);
    const auto phrases = parsePhrases(line.toStdString() + '\n' + toyPhrases());
    QCOMPARE(static_cast<bool>(phrases), message.isEmpty());
    if (!phrases)
        QCOMPARE(phrases.error().message, message.toStdString());
    const auto missing = parsePhrases("status\thow is it\n");
    QVERIFY(!missing);
    QCOMPARE(missing.error().message, std::string("no phrase for intent \"unknown\""));
}

void TstIntentClassifier::shipsAtLeastSixtyPhrasesForEachIntent()
{
    const auto phrases = parsePhrases(contentOf(INTENT_TRAINING_DIR "/intents.tsv"));
    QVERIFY2(phrases, phrases ? "" : phrases.error().message.c_str());
    std::array<std::size_t, kIntentCount> counts{};
    for (const Phrase &phrase : *phrases)
        ++counts[static_cast<std::size_t>(phrase.intent)];
    for (const Intent intent : allIntents()) {
        const std::size_t least = intent == Intent::Unknown ? 300 : 60;
        QVERIFY2(counts[static_cast<std::size_t>(intent)] >= least, wireName(intent).data());
    }
}

void TstIntentClassifier::trainsTheSameModelAgain()
{
    const auto first = trainToy(3);
    const auto second = trainToy(3);
    QVERIFY(first && second);
    QCOMPARE(first->model.serialized(), second->model.serialized());
    QCOMPARE(first->heldOut.size(), 3 * kIntentCount);
    QVERIFY(trainToy(0)->heldOut.empty());
}

void TstIntentClassifier::readsTheModelItWrote()
{
    const std::string bytes = trainToy()->model.serialized();
    const auto again = IntentModel::parse(bytes);
    QVERIFY2(again, again ? "" : again.error().message.c_str());
    QCOMPARE(again->serialized(), bytes);
    const auto classifier = IntentClassifier::fromModel(bytes);
    QVERIFY(classifier);
    for (const Intent intent : allIntents()) {
        if (intent != Intent::Unknown)
            QCOMPARE(classifier->classify("display " + wordsFor(intent)).best, intent);
    }
}

void TstIntentClassifier::refusesDamagedModels()
{
    const std::string bytes = trainToy()->model.serialized();
    QVERIFY(!IntentModel::parse(""));
    QVERIFY(!IntentModel::parse("not a model at all"));
    QVERIFY(!IntentModel::parse(bytes + 'x'));
    for (std::size_t length = 0; length < bytes.size(); length += 97)
        QVERIFY2(!IntentModel::parse(bytes.substr(0, length)), std::to_string(length).c_str());
    SeededRandom random(5);
    for (int i = 0; i < 2000; ++i) { // whatever comes of it, it must be an answer
        std::string damaged = bytes;
        damaged[random.next() % damaged.size()] = static_cast<char>(random.next());
        const auto model = IntentModel::parse(damaged);
        if (model)
            QVERIFY(IntentClassifier(*model).classify("show flags").confidence <= 1.0);
    }
}

void TstIntentClassifier::readsPlainRequests_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("intent");
    const auto row = [](const char *text, const char *intent) { QTest::newRow(text) << text << intent; };
    row("Is the orchestrator healthy today?", "status");
    row("who has a websocket open", "connections");
    row("Which circuit breakers have tripped?", "breakers");
    row("list the feature flags that are on", "flags");
    row("which tasks are running now", "tasks");
    row("p99 latency of the last 20 minutes", "metrics");
    row("find the message where I mentioned terraform", "search_history");
    row("where is the documentation on idempotency keys", "docs");
    row("what can you do for me", "help");
    row("set image_search to 40%", "set_flag");
    row("force the gemini breaker open", "breaker_override");
    row("kick user zoe", "close_connection");
    row("cancel task t-77", "cancel_task");
    row("please drain the node", "drain");
    row("who changed the image_search flag", "audit");
    row("list my conversation threads", "threads");
    row("Hello there, maestro!", "greeting");
    row("write a poem about the mountains", "generate");
}

void TstIntentClassifier::readsPlainRequests()
{
    QFETCH(QString, text);
    QFETCH(QString, intent);
    const IntentReading reading = shipped().classify(text.toStdString());
    QCOMPARE(QString::fromStdString(std::string(wireName(reading.intent))), intent);
    QCOMPARE(reading.intent, reading.best);
    QCOMPARE(reading.abstention, Abstention::None);
}

void TstIntentClassifier::abstainsFromWhatIsNoRequest_data()
{
    QTest::addColumn<QString>("text");
    for (const char *text : {"", "   ", "?!", "\xf0\x9f\x98\x80", "kdjfh skdjfh qpwoe", "the soup was cold again",
                             "tomatoes", "77", "il pleut encore", "my aunt sold her old piano"})
        QTest::newRow(text) << QString::fromUtf8(text);
}

void TstIntentClassifier::abstainsFromWhatIsNoRequest()
{
    QFETCH(QString, text);
    const IntentReading reading = shipped().classify(text.toStdString());
    QCOMPARE(QString::fromStdString(std::string(wireName(reading.intent))), QStringLiteral("unknown"));
    QVERIFY(reading.abstention != Abstention::None);
}

void TstIntentClassifier::survivesMisspelling()
{
    const auto phrases = parsePhrases(contentOf(INTENT_TRAINING_DIR "/intents.tsv"));
    QVERIFY(phrases);
    SeededRandom random(11);
    int asked = 0;
    int right = 0;
    for (const Phrase &phrase : *phrases) {
        const std::string slip = misspelled(phrase.text, random);
        if (phrase.intent == Intent::Unknown || slip == phrase.text)
            continue;
        ++asked;
        right += shipped().classify(slip).best == phrase.intent ? 1 : 0;
    }
    std::printf("misspelled training phrases: %d of %d read as before\n", right, asked);
    QVERIFY(asked > 1000);
    QVERIFY(right * 100 >= asked * 93);
}

void TstIntentClassifier::givesProbabilities()
{
    for (const char *text : {"", "show", "flags", "what is the p95", "zzz", "cancel or close or drain it"}) {
        const IntentReading reading = shipped().classify(text);
        QVERIFY(std::isfinite(reading.confidence));
        QVERIFY(reading.confidence >= reading.runnerUpConfidence && reading.runnerUpConfidence >= 0);
        QVERIFY(reading.confidence + reading.runnerUpConfidence <= 1.0001);
        QVERIFY(reading.best != reading.runnerUp);
    }
}

void TstIntentClassifier::takesAnyBytes()
{
    SeededRandom random(3);
    for (int i = 0; i < 3000; ++i) {
        std::string bytes(random.next() % 300, '\0');
        for (char &byte : bytes)
            byte = static_cast<char>(random.next());
        QVERIFY(shipped().classify(bytes).confidence <= 1.0001);
    }
    QVERIFY(shipped().classify(std::string(100'000, 'a')).confidence <= 1.0001);
    QVERIFY(shipped().classify(std::string(100'000, '"')).confidence <= 1.0001);
}

void TstIntentClassifier::isFastEnough()
{
    const std::vector<std::string> texts = {"show me the open connections", "waht is teh p95 latecny since 14:00",
                                            "set v2_api to 25%", "the soup was cold again and nobody minded"};
    constexpr int kRounds = 200;
    const auto begin = std::chrono::steady_clock::now();
    for (int i = 0; i < kRounds; ++i) {
        for (const std::string &text : texts)
            (void)shipped().classify(text);
    }
    const auto taken = std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - begin);
    const auto load = std::chrono::steady_clock::now();
    QVERIFY(IntentClassifier::shipped());
    const auto loaded = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - load);
    const double each = taken.count() / (kRounds * static_cast<double>(texts.size()));
    std::printf("classify() takes %.1f us; loading the model of %zu bytes %.2f ms\n", each, shippedIntentModel().size(),
                loaded.count());
    QVERIFY(each < 5000); // generous: this runs under sanitizers too
}

QTEST_GUILESS_MAIN(TstIntentClassifier)
#include "tst_intent_classifier.moc"
