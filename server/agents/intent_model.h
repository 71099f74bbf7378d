// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/agents/intent_features.h"
#include "server/agents/intents.h"
#include "shared/base/result.h"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace orchestra {

/// One weight or score for each intent, padded so that a row fills whole vector registers.
inline constexpr std::size_t kRowWidth = 20;
using IntentRow = std::array<float, kRowWidth>;

/// What a model sees in a text, for comparing texts: features in the order of their keys, of unit length together.
struct FingerprintPart
{
    std::uint32_t key = 0;
    float value = 0;
};
using Fingerprint = std::vector<FingerprintPart>;

/// Multinomial logistic regression over hashed features, with all that is needed to read a text the way the training
/// text was read. Made by trainIntentModel(); kept as bytes in the program.
class IntentModel
{
public:
    Lexicon lexicon;
    Vocabulary vocabulary;
    std::array<float, kFeatureGroups> groupScale{1, 1, 1, 1, 1, 1};
    float rareWeight = 1;  ///< inverse document frequency of a feature that training has not seen
    float temperature = 1; ///< divides the scores, so that a confidence of 0.8 is right in 8 of 10 cases
    IntentRow bias{};
    std::vector<std::uint32_t> keys; ///< ascending; one row each
    std::vector<float> rarity;       ///< inverse document frequency of each row
    std::vector<IntentRow> weights;

    /// A feature of a text that the model knows, with its share of the text.
    struct Active
    {
        std::uint32_t row = 0;
        float value = 0;
    };
    /// Weighs the features of a text: inverse document frequency, each group scaled to its length. Features the model
    /// does not know add to the length only: the more of a text is foreign, the weaker is what remains.
    std::vector<Active> weigh(const ReadText &text) const;
    /// The same weights with the features that the model does not know: two texts in its unknown words are alike too.
    Fingerprint fingerprint(const ReadText &text) const;
    IntentRow scores(const std::vector<Active> &active) const;
    /// Calibrated probabilities; the padding is 0.
    IntentRow probabilities(const IntentRow &scores) const;

    std::string serialized() const;
    /// Invalid when `bytes` is no model of this version, is cut short or holds numbers that are not finite.
    static Result<IntentModel> parse(std::string_view bytes);
};

} // namespace orchestra
