// SPDX-License-Identifier: GPL-3.0-or-later
// Measures the shipped classifier on phrases that its training has not seen: data/intent_evaluation.tsv, written
// without sight of the training file. (data/intent_dev.tsv is for trying things out.)
#include "server/agents/intent_classifier.h"
#include "server/agents/phrases.h"
#include "server/agents/tokens.h"

#include <QTest>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

using namespace orchestra;

namespace {

constexpr double kLeastMacroF1 = 0.90;
constexpr double kLeastAbstention = 0.90;
constexpr std::size_t kLeastPhrases = 300;
constexpr double kSuspiciousOverlap = 0.8;

struct Sample
{
    Intent intent = Intent::Unknown; ///< Unknown stands for out of scope
    std::string kind;
    std::string text;
    std::size_t line = 0;
};

std::string contentOf(const std::string &path)
{
    const std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    if (file)
        text << file.rdbuf();
    return text.str();
}

const std::string kEvaluationPath = INTENT_TEST_DIR "/intent_evaluation.tsv";

/// The phrase as a template: lower case, punctuation gone, every entity replaced by its kind. Without a word there is
/// no template, and the phrase stands for itself.
std::string templateOf(const std::string &text)
{
    std::string out;
    bool hasWord = false;
    for (const Token &token : tokenize(text)) {
        const bool isWord = token.kind == TokenKind::Word;
        hasWord = hasWord || isWord;
        out += out.empty() ? "" : " ";
        out += isWord ? token.text : '<' + std::to_string(static_cast<int>(token.kind)) + '>';
    }
    return hasWord ? out : text;
}

std::set<std::string> wordsOf(const std::string &phraseTemplate)
{
    std::istringstream in(phraseTemplate);
    std::set<std::string> words;
    for (std::string word; in >> word;)
        words.insert(word);
    return words;
}

double jaccard(const std::set<std::string> &a, const std::set<std::string> &b)
{
    std::vector<std::string> both;
    std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(both));
    const std::size_t all = a.size() + b.size() - both.size();
    return all == 0 ? 0 : static_cast<double>(both.size()) / static_cast<double>(all);
}

std::string name(Intent intent)
{
    return std::string(wireName(intent));
}

} // namespace

class TstIntentEvaluation : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void holdsEnoughPhrasesOfEveryKind();
    void sharesNoTemplateWithTheTraining();
    void readsIntentsAndAbstainsWellEnough();

private:
    std::vector<Sample> samples_;
};

void TstIntentEvaluation::initTestCase()
{
    const std::string path = kEvaluationPath;
    std::printf("evaluating %s\n", path.c_str());
    std::istringstream in(contentOf(path));
    std::size_t number = 0;
    for (std::string line; std::getline(in, line);) {
        ++number;
        if (line.empty() || line.front() == '#')
            continue;
        const std::size_t first = line.find('\t');
        const std::size_t second = line.find('\t', first + 1);
        QVERIFY2(second != std::string::npos,
                 ("expected intent<TAB>kind<TAB>phrase in line " + std::to_string(number)).c_str());
        const std::string label = line.substr(0, first);
        const auto intent = label == "out_of_scope" ? Intent::Unknown : intentFromWireName(label);
        QVERIFY2(intent.has_value(), ("no such intent in line " + std::to_string(number)).c_str());
        samples_.push_back({*intent, line.substr(first + 1, second - first - 1), line.substr(second + 1), number});
    }
}

void TstIntentEvaluation::holdsEnoughPhrasesOfEveryKind()
{
    std::map<std::string, std::size_t> kinds;
    std::map<Intent, std::size_t> intents;
    for (const Sample &sample : samples_) {
        ++kinds[sample.kind];
        ++intents[sample.intent];
        QVERIFY2((sample.kind == "oos") == (sample.intent == Intent::Unknown), sample.text.c_str());
    }
    QVERIFY(samples_.size() >= kLeastPhrases);
    QCOMPARE(intents.size(), kIntentCount);
    QCOMPARE(kinds["clean"] + kinds["typo"] + kinds["oos"], samples_.size());
    QVERIFY(kinds["typo"] * 5 >= samples_.size());
    QVERIFY(kinds["oos"] * 5 >= samples_.size());
}

void TstIntentEvaluation::sharesNoTemplateWithTheTraining()
{
    const auto training = parsePhrases(contentOf(INTENT_TRAINING_DIR "/intents.tsv"));
    QVERIFY2(training, training ? "" : training.error().message.c_str());
    std::map<std::string, std::size_t> templates;
    std::vector<std::pair<std::set<std::string>, const Phrase *>> words;
    for (const Phrase &phrase : *training) {
        const std::string form = templateOf(phrase.text);
        templates.emplace(form, phrase.line);
        words.emplace_back(wordsOf(form), &phrase);
    }
    std::size_t shared = 0;
    for (const Sample &sample : samples_) {
        const std::string form = templateOf(sample.text);
        if (const auto found = templates.find(form); found != templates.end()) {
            ++shared;
            std::printf("line %zu has the template of training line %zu: %s\n", sample.line, found->second,
                        sample.text.c_str());
            continue;
        }
        const auto own = wordsOf(form);
        const auto nearest = std::max_element(words.begin(), words.end(), [&](const auto &a, const auto &b) {
            return jaccard(own, a.first) < jaccard(own, b.first);
        });
        if (const double overlap = jaccard(own, nearest->first); overlap > kSuspiciousOverlap)
            std::printf("line %zu is suspiciously near (%.2f) to training line %zu: %s | %s\n", sample.line, overlap,
                        nearest->second->line, sample.text.c_str(), nearest->second->text.c_str());
    }
    QCOMPARE(shared, std::size_t{0});
}

void TstIntentEvaluation::readsIntentsAndAbstainsWellEnough()
{
    const auto classifier = IntentClassifier::shipped();
    QVERIFY2(classifier, classifier ? "" : classifier.error().message.c_str());
    struct Count
    {
        double held = 0;
        double said = 0;
        double right = 0;
    };
    std::array<Count, kIntentCount> counts{};
    std::map<std::string, Count> kinds;
    double calibrationGap = 0;
    std::array<Count, 10> bins{}; // of the confidence, for phrases in scope
    for (const Sample &sample : samples_) {
        const IntentReading reading = classifier->classify(sample.text);
        const bool right = reading.intent == sample.intent;
        ++counts[static_cast<std::size_t>(sample.intent)].held;
        ++counts[static_cast<std::size_t>(reading.intent)].said;
        counts[static_cast<std::size_t>(sample.intent)].right += right ? 1 : 0;
        ++kinds[sample.kind].held;
        kinds[sample.kind].right += right ? 1 : 0;
        if (!right)
            std::printf("line %zu: %s (%s) read as %s %.2f, next %s %.2f: %s\n", sample.line,
                        name(sample.intent).c_str(), sample.kind.c_str(), name(reading.intent).c_str(),
                        reading.confidence, name(reading.runnerUp).c_str(), reading.runnerUpConfidence,
                        sample.text.c_str());
        if (sample.intent != Intent::Unknown) {
            Count &bin = bins[std::min<std::size_t>(static_cast<std::size_t>(reading.confidence * 10), 9)];
            ++bin.held;
            bin.said += reading.confidence;
            bin.right += reading.best == sample.intent ? 1 : 0;
        }
    }
    double sum = 0;
    for (const Intent intent : allIntents()) {
        const Count &count = counts[static_cast<std::size_t>(intent)];
        const double precision = count.said == 0 ? 0 : count.right / count.said;
        const double recall = count.held == 0 ? 0 : count.right / count.held;
        const double f1 = count.right == 0 ? 0 : 2 * precision * recall / (precision + recall);
        sum += intent == Intent::Unknown ? 0 : f1;
        std::printf("%-17s precision %.3f  recall %.3f  F1 %.3f  of %.0f\n", name(intent).c_str(), precision, recall,
                    f1, count.held);
    }
    for (const Count &bin : bins)
        calibrationGap += std::abs(bin.right - bin.said);
    const double inScope = static_cast<double>(samples_.size()) - kinds["oos"].held;
    const double macroF1 = sum / (kIntentCount - 1);
    const double abstention = kinds["oos"].right / kinds["oos"].held;
    std::printf("macro-F1 %.4f over %zu phrases; right: clean %.3f, typo %.3f; abstention %.4f; calibration gap %.3f\n",
                macroF1, samples_.size(), kinds["clean"].right / kinds["clean"].held,
                kinds["typo"].right / kinds["typo"].held, abstention, calibrationGap / inScope);
    QVERIFY(macroF1 >= kLeastMacroF1);
    QVERIFY(abstention >= kLeastAbstention);
}

QTEST_GUILESS_MAIN(TstIntentEvaluation)
#include "tst_intent_evaluation.moc"
