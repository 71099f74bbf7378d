// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/agents/intent_trainer.h"

#include "server/agents/misspelling.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <unordered_map>
#include <utility>

namespace orchestra {
namespace {

constexpr std::uint32_t kRequestWeight = 1; // of a word each time it stands in a request
constexpr std::uint32_t kConceptWeight = 2; // of a word each time it stands in the lexicon
constexpr std::size_t kWordRowsFrom = 2;    // a word is worth a row from the second phrase it stands in
constexpr std::size_t kOtherRowsFrom = 3;   // pairs and letter groups from the third

struct Example
{
    std::vector<IntentModel::Active> active;
    std::size_t intent = 0;
    float importance = 1;
};

void learnWords(std::string_view text, Vocabulary &vocabulary)
{
    bool comment = false;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find_first_of(" \t\r\n", at), text.size());
        const std::string_view word = text.substr(at, end - at);
        comment = comment || word.starts_with('#');
        if (!word.empty() && !comment)
            vocabulary.learn(word, 0);
        comment = comment && (end == text.size() || text[end] != '\n');
        at = end + 1;
    }
}

/// Every word of the lexicon and the common words, and those of the phrases that stand in at least `atLeast` of them.
/// Words of requests and concepts become targets of spelling correction.
Vocabulary vocabularyOf(const std::vector<Phrase> &phrases, const Lexicon &lexicon, std::string_view commonWords,
                        std::size_t atLeast)
{
    Vocabulary words;
    learnWords(commonWords, words);
    for (const std::string &word : lexicon.words())
        words.learn(word, kConceptWeight);
    std::map<std::string, std::pair<std::size_t, std::uint32_t>> seen; // how often, with what weight
    for (const Phrase &phrase : phrases) {
        for (const Token &token : tokenize(phrase.text)) {
            if (token.kind != TokenKind::Word)
                continue;
            auto &[count, weight] = seen[token.text];
            ++count;
            weight += phrase.intent == Intent::Unknown ? 0 : kRequestWeight;
        }
    }
    for (const auto &[word, uses] : seen) {
        if (uses.first >= atLeast)
            words.learn(word, uses.second);
    }
    // Rebuilt in alphabetical order, as a stored model will be: equally near targets are then chosen alike.
    Vocabulary ordered;
    for (const Vocabulary::Entry &entry : words.entries())
        ordered.learn(entry.word, entry.weight);
    return ordered;
}

/// Without its `index`-th word, counted by blanks.
std::string withoutWord(const std::string &text, std::uint64_t index)
{
    std::vector<std::string> words(1);
    for (const char c : text) {
        if (c == ' ')
            words.emplace_back();
        else
            words.back() += c;
    }
    if (words.size() < 4)
        return {};
    words.erase(words.begin() + static_cast<std::ptrdiff_t>(index % words.size()));
    std::string out;
    for (const std::string &word : words)
        out += (out.empty() ? "" : " ") + word;
    return out;
}

/// Trains one model on a set of phrases.
class Trainer
{
public:
    Trainer(const std::vector<Phrase> &phrases, const Lexicon &lexicon, std::string_view commonWords,
            const TrainingOptions &options)
        : phrases_(phrases)
        , options_(options)
        , random_(options.seed)
    {
        model_.lexicon = lexicon;
        model_.vocabulary = vocabularyOf(phrases, lexicon, commonWords, 1);
        strangerWords_ = vocabularyOf(phrases, lexicon, commonWords, 2);
        model_.groupScale = options.groupScale;
    }

    IntentModel run()
    {
        collectRows();
        makeExamples();
        fit();
        return std::move(model_);
    }

private:
    /// Gives every feature that is frequent enough a row, and the row its rarity.
    void collectRows()
    {
        std::unordered_map<std::uint32_t, std::pair<std::size_t, FeatureGroup>> counts;
        for (const Phrase &phrase : phrases_) {
            const ReadText own = read(phrase.text);
            std::vector<Feature> features = IntentFeatures(model_.lexicon, strangerWords_).read(phrase.text).features;
            features.insert(features.end(), own.features.begin(), own.features.end());
            std::sort(features.begin(), features.end());
            features.erase(std::unique(features.begin(), features.end()), features.end());
            for (const Feature &feature : features) {
                auto &[count, group] = counts[feature.key];
                ++count;
                group = feature.group;
            }
        }
        for (const auto &[key, seen] : counts) {
            if (seen.first >= (seen.second == FeatureGroup::Words ? kWordRowsFrom : kOtherRowsFrom))
                model_.keys.push_back(key);
        }
        std::sort(model_.keys.begin(), model_.keys.end());
        const auto all = static_cast<float>(phrases_.size());
        const auto rarity = [&](std::size_t count) { return std::sqrt(std::log(1 + all / static_cast<float>(count))); };
        for (const std::uint32_t key : model_.keys)
            model_.rarity.push_back(rarity(counts[key].first));
        model_.rareWeight = rarity(1);
        model_.weights.resize(model_.keys.size());
    }

    void makeExamples()
    {
        std::array<std::size_t, kIntentCount> perIntent{};
        for (const Phrase &phrase : phrases_)
            ++perIntent[static_cast<std::size_t>(phrase.intent)];
        for (const Phrase &phrase : phrases_) {
            const auto intent = static_cast<std::size_t>(phrase.intent);
            // Between one vote a phrase and one vote an intent.
            const float importance =
                std::sqrt(static_cast<float>(phrases_.size()) / static_cast<float>(kIntentCount * perIntent[intent]));
            add(phrase.text, intent, importance);
            // Read as by one who does not know the words of this phrase alone, as most texts will be read.
            const IntentFeatures stranger(model_.lexicon, strangerWords_);
            examples_.push_back(
                {model_.weigh(stranger.read(phrase.text)), intent, importance * options_.strangerImportance});
            examples_.push_back(
                {model_.weigh(stranger.read(phrase.text, true)), intent, importance * options_.novelImportance});
            for (unsigned i = 0; i < options_.misspelledCopies; ++i)
                add(misspelled(phrase.text, random_), intent, importance / 2);
            for (unsigned i = 0; i < options_.shortenedCopies; ++i) {
                if (const std::string shorter = withoutWord(phrase.text, random_.next()); !shorter.empty())
                    add(shorter, intent, importance / 2);
            }
        }
    }

    void add(const std::string &text, std::size_t intent, float importance)
    {
        examples_.push_back({model_.weigh(read(text)), intent, importance});
    }

    /// Stochastic gradient descent with a step per row that shrinks as the row is used (AdaGrad).
    void fit()
    {
        std::vector<float> used(model_.keys.size(), 1e-6F);
        float biasUsed = 1e-6F;
        std::vector<std::size_t> order(examples_.size());
        std::iota(order.begin(), order.end(), std::size_t{0});
        for (unsigned epoch = 0; epoch < options_.epochs; ++epoch) {
            for (std::size_t i = order.size(); i > 1; --i)
                std::swap(order[i - 1], order[random_.next() % i]);
            for (const std::size_t index : order)
                step(examples_[index], used, biasUsed);
        }
    }

    /// Learns from a random part of the example, so that no few features carry all the weight (dropout).
    void step(const Example &whole, std::vector<float> &used, float &biasUsed)
    {
        kept_.clear();
        for (const IntentModel::Active &feature : whole.active) {
            if (random_.nextUnit() < options_.keptShare)
                kept_.push_back({feature.row, feature.value / options_.keptShare});
        }
        IntentRow slope = model_.probabilities(model_.scores(kept_));
        slope[whole.intent] -= 1;
        float square = 0;
        for (std::size_t k = 0; k < kIntentCount; ++k) {
            slope[k] *= whole.importance;
            square += slope[k] * slope[k];
        }
        square /= kIntentCount;
        for (const IntentModel::Active &feature : kept_) {
            float &history = used[feature.row];
            history += square * feature.value * feature.value;
            const float rate = options_.learningRate / std::sqrt(history);
            IntentRow &row = model_.weights[feature.row];
            for (std::size_t k = 0; k < kRowWidth; ++k)
                row[k] -= rate * (slope[k] * feature.value + options_.shrinkage * row[k]);
        }
        biasUsed += square;
        const float rate = options_.learningRate / std::sqrt(biasUsed);
        for (std::size_t k = 0; k < kIntentCount; ++k)
            model_.bias[k] -= rate * slope[k];
    }

    ReadText read(const std::string &text) const
    {
        return IntentFeatures(model_.lexicon, model_.vocabulary).read(text);
    }

    const std::vector<Phrase> &phrases_;
    const TrainingOptions &options_;
    SeededRandom random_;
    IntentModel model_;
    Vocabulary strangerWords_;
    std::vector<Example> examples_;
    std::vector<IntentModel::Active> kept_; ///< of the example in hand
};

/// The mean surprise of the held-out labels at a temperature.
double surprise(const IntentModel &model, const std::vector<HeldOut> &heldOut)
{
    double sum = 0;
    for (const HeldOut &one : heldOut) {
        const auto intent = static_cast<std::size_t>(one.phrase.intent);
        sum -= std::log(std::max(model.probabilities(one.scores)[intent], 1e-9F));
    }
    return sum;
}

void calibrate(IntentModel &model, const std::vector<HeldOut> &heldOut)
{
    float best = 1;
    double least = surprise(model, heldOut);
    for (int i = -30; i <= 30; ++i) {
        model.temperature = std::pow(1.05F, static_cast<float>(i));
        if (const double now = surprise(model, heldOut); now < least) {
            least = now;
            best = model.temperature;
        }
    }
    model.temperature = best;
}

} // namespace

Result<Training> trainIntentModel(const TrainingTexts &texts, const TrainingOptions &options)
{
    auto phrases = parsePhrases(texts.phrases);
    if (!phrases)
        return Error{.code = Code::Invalid, .message = "phrases, " + phrases.error().message};
    auto lexicon = Lexicon::parse(texts.concepts);
    if (!lexicon)
        return Error{.code = Code::Invalid, .message = "concepts, " + lexicon.error().message};

    Training result;
    for (unsigned fold = 0; options.folds > 1 && fold < options.folds; ++fold) {
        std::vector<Phrase> kept;
        for (std::size_t i = 0; i < phrases->size(); ++i) {
            if (i % options.folds != fold)
                kept.push_back((*phrases)[i]);
        }
        const IntentModel model = Trainer(kept, *lexicon, texts.commonWords, options).run();
        const IntentFeatures features(model.lexicon, model.vocabulary);
        for (std::size_t i = fold; i < phrases->size(); i += options.folds) {
            const Phrase &phrase = (*phrases)[i];
            result.heldOut.push_back({phrase, model.scores(model.weigh(features.read(phrase.text)))});
        }
    }
    result.model = Trainer(*phrases, *lexicon, texts.commonWords, options).run();
    if (!result.heldOut.empty())
        calibrate(result.model, result.heldOut);
    return result;
}

} // namespace orchestra
