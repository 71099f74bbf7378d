// SPDX-License-Identifier: GPL-3.0-or-later
// Build tool: trains the intent model from its phrases and writes it to a file, or prints a cross-validation.
#include "server/agents/intent_trainer.h"

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>

namespace {

using namespace orchestra;

std::optional<std::string> contentOf(const std::string &path)
{
    const std::ifstream file(path, std::ios::binary);
    if (!file)
        return std::nullopt;
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

/// Prints precision, recall and F1 of every intent over the held-out phrases, and what was confused.
void printCrossValidation(const Training &training)
{
    struct Count
    {
        int held = 0;
        int said = 0;
        int right = 0;
    };
    std::array<Count, kIntentCount> counts{};
    for (const HeldOut &one : training.heldOut) {
        const auto top = std::max_element(one.scores.begin(), one.scores.begin() + kIntentCount) - one.scores.begin();
        const auto held = static_cast<std::size_t>(one.phrase.intent);
        const auto said = static_cast<std::size_t>(top);
        ++counts[held].held;
        ++counts[said].said;
        counts[said].right += held == said ? 1 : 0;
        if (held != said)
            std::printf("line %zu: %s read as %s: %s\n", one.phrase.line, wireName(one.phrase.intent).data(),
                        wireName(static_cast<Intent>(said)).data(), one.phrase.text.c_str());
    }
    double sum = 0;
    for (const Intent intent : allIntents()) {
        const Count &count = counts[static_cast<std::size_t>(intent)];
        const double precision = count.right / std::max(1.0, static_cast<double>(count.said));
        const double recall = count.right / std::max(1.0, static_cast<double>(count.held));
        const double f1 = count.right == 0 ? 0 : 2 * precision * recall / (precision + recall);
        sum += intent == Intent::Unknown ? 0 : f1;
        std::printf("%-17s precision %.3f recall %.3f F1 %.3f of %d\n", wireName(intent).data(), precision, recall, f1,
                    count.held);
    }
    std::printf("macro-F1 %.4f, temperature %.3f\n", sum / (kIntentCount - 1), training.model.temperature);
}

int run(int count, char **arguments)
{
    if (count != 5) {
        std::fprintf(stderr,
                     "usage: %s <phrases.tsv> <concepts.tsv> <common_words.txt> <model file | --cross-validate>\n",
                     arguments[0]);
        return 2;
    }
    std::array<std::string, 3> texts;
    for (std::size_t i = 0; i < texts.size(); ++i) {
        auto text = contentOf(arguments[i + 1]);
        if (!text) {
            std::fprintf(stderr, "%s: cannot be read\n", arguments[i + 1]);
            return 1;
        }
        texts[i] = *std::move(text);
    }
    const auto training = trainIntentModel({.phrases = texts[0], .concepts = texts[1], .commonWords = texts[2]});
    if (!training) {
        std::fprintf(stderr, "%s and %s: %s\n", arguments[1], arguments[2], training.error().message.c_str());
        return 1;
    }
    const std::string target = arguments[4];
    if (target == "--cross-validate") {
        printCrossValidation(*training);
        return 0;
    }
    std::ofstream file(target, std::ios::binary | std::ios::trunc);
    file << training->model.serialized();
    file.close();
    if (!file) {
        std::fprintf(stderr, "%s: cannot be written\n", target.c_str());
        return 1;
    }
    return 0;
}

} // namespace

int main(int count, char **arguments)
{
    return run(count, arguments);
}
