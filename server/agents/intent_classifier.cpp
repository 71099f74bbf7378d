// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/agents/intent_classifier.h"

#include "server/agents/shipped_model.h"

#include <utility>

namespace orchestra {
namespace {

// Chosen by cross-validation on the phrases: below, a wrong answer becomes likelier than a needless question.
constexpr double kLeastConfidence = 0.4;
constexpr double kLeastMargin = 0.06;
constexpr std::size_t kForeignLimit = 3; // at least a third of the words that matter must be known

Abstention judge(const ReadText &text, const IntentReading &reading, double background)
{
    if (text.knownWords * kForeignLimit < text.contentWords)
        return Abstention::ForeignWords;
    if (background >= reading.confidence)
        return Abstention::Background;
    if (reading.confidence < kLeastConfidence)
        return Abstention::LowConfidence;
    if (reading.confidence - reading.runnerUpConfidence < kLeastMargin)
        return Abstention::NarrowMargin;
    return Abstention::None;
}

} // namespace

Result<IntentClassifier> IntentClassifier::fromModel(std::string_view bytes)
{
    return IntentModel::parse(bytes).andThen(
        [](IntentModel model) -> Result<IntentClassifier> { return IntentClassifier(std::move(model)); });
}

Result<IntentClassifier> IntentClassifier::shipped()
{
    return fromModel(shippedIntentModel());
}

Fingerprint IntentClassifier::fingerprint(std::string_view text) const
{
    return model_.fingerprint(IntentFeatures(model_.lexicon, model_.vocabulary).read(text));
}

IntentReading IntentClassifier::classify(std::string_view text) const
{
    const ReadText read = IntentFeatures(model_.lexicon, model_.vocabulary).read(text);
    const IntentRow chances = model_.probabilities(model_.scores(model_.weigh(read)));
    IntentReading reading;
    for (const Intent intent : allIntents()) {
        if (intent == Intent::Unknown)
            continue;
        const double chance = chances[static_cast<std::size_t>(intent)];
        if (chance > reading.confidence) {
            reading.runnerUp = std::exchange(reading.best, intent);
            reading.runnerUpConfidence = std::exchange(reading.confidence, chance);
        } else if (chance > reading.runnerUpConfidence) {
            reading.runnerUp = intent;
            reading.runnerUpConfidence = chance;
        }
    }
    reading.abstention = judge(read, reading, chances[static_cast<std::size_t>(Intent::Unknown)]);
    reading.intent = reading.abstention == Abstention::None ? reading.best : Intent::Unknown;
    return reading;
}

} // namespace orchestra
