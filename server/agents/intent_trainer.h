// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/agents/intent_model.h"
#include "server/agents/phrases.h"
#include "shared/base/result.h"

#include <cstdint>
#include <string_view>
#include <vector>

namespace orchestra {

/// What the training is given: three texts (see data/).
struct TrainingTexts
{
    std::string_view phrases;     ///< see parsePhrases()
    std::string_view concepts;    ///< see Lexicon::parse()
    std::string_view commonWords; ///< words divided by white space that correction leaves alone; `#` begins a comment
};

struct TrainingOptions
{
    unsigned epochs = 10;
    float learningRate = 0.12F;
    float shrinkage = 2e-5F;       ///< L2, applied to the rows of each example
    float keptShare = 0.3F;        ///< of the features of an example in each step
    float strangerImportance = 1;  ///< of a reading without the words that only the phrase itself has taught
    float novelImportance = 0.4F;  ///< of a reading that knows words by their concepts only
    unsigned misspelledCopies = 1; ///< of each phrase, to make the letter groups carry their share
    unsigned shortenedCopies = 0;  ///< of each phrase, one word less, so that no single word decides
    std::array<float, kFeatureGroups> groupScale{0.7F, 0.7F, 1.2F, 1.3F, 0.6F, 0.5F};
    unsigned folds = 3; ///< for calibration; 0 or 1 leaves the temperature at 1
    std::uint64_t seed = 20260801;
};

/// What a fold's model said about a phrase that it was not trained on.
struct HeldOut
{
    Phrase phrase;
    IntentRow scores{};
};

struct Training
{
    IntentModel model;
    std::vector<HeldOut> heldOut; ///< empty without folds
};

/// Trains on the texts. The same texts and options give the same model, bit for bit, on one machine and compiler.
/// Fails with the line in the phrases or concepts that is wrong.
Result<Training> trainIntentModel(const TrainingTexts &texts, const TrainingOptions &options = {});

} // namespace orchestra
