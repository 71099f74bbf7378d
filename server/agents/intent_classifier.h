// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/agents/intent_model.h"
#include "server/agents/intents.h"
#include "shared/base/result.h"

#include <cstdint>
#include <string_view>

namespace orchestra {

/// Why a classifier does not say what a text wants.
enum class Abstention : std::uint8_t {
    None,
    Background, ///< the text resembles what is no request more than any request
    LowConfidence,
    NarrowMargin, ///< two intents are about equally likely: worth asking which
    ForeignWords, ///< too few of the words are known, even after spelling correction
};

/// What a classifier makes of a text.
struct IntentReading
{
    Intent intent = Intent::Unknown; ///< Unknown when it abstains
    Abstention abstention = Abstention::None;
    Intent best = Intent::Unknown;     ///< the likeliest request, also when it abstains
    double confidence = 0;             ///< calibrated probability of `best`, 0..1
    Intent runnerUp = Intent::Unknown; ///< the second likeliest request
    double runnerUpConfidence = 0;
};

/// Reads the intent of a chat message from a trained model. Immutable, so it may be shared; classify() allocates but
/// keeps nothing and takes a few tens of microseconds.
class IntentClassifier
{
public:
    /// A model as trainIntentModel() serialises it.
    static Result<IntentClassifier> fromModel(std::string_view bytes);
    /// The model built from the phrases this program ships.
    static Result<IntentClassifier> shipped();

    explicit IntentClassifier(IntentModel model)
        : model_(std::move(model))
    {
    }

    IntentReading classify(std::string_view text) const;
    /// What the classifier sees in a text, without a word of it.
    Fingerprint fingerprint(std::string_view text) const;

private:
    IntentModel model_;
};

} // namespace orchestra
