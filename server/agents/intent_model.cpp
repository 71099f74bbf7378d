// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/agents/intent_model.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <functional>
#include <type_traits>
#include <utility>

namespace orchestra {
namespace {

// "OIM" and the version of the layout. Numbers are little-endian; weights are 8-bit steps of a scale per row.
constexpr std::uint32_t kMagic = 0x014d494f;
constexpr std::uint32_t kMaxRows = 1U << 20U;
static_assert(std::endian::native == std::endian::little, "the model is written in native order");

class Writer
{
public:
    template <class T>
    void number(T value)
    {
        bytes_.append(reinterpret_cast<const char *>(&value), sizeof value); // NOLINT: plain numbers only
    }
    void text(std::string_view value)
    {
        number(static_cast<std::uint32_t>(value.size()));
        bytes_.append(value);
    }
    std::string take() { return std::move(bytes_); }

private:
    std::string bytes_;
};

/// Reads what Writer wrote; after the first shortage everything reads as zero and `ok()` is false.
class Reader
{
public:
    explicit Reader(std::string_view bytes)
        : rest_(bytes)
    {
    }

    template <class T>
    T number()
    {
        T value{};
        if (const std::string_view raw = take(sizeof value); raw.size() == sizeof value)
            std::memcpy(&value, raw.data(), sizeof value);
        if constexpr (std::is_floating_point_v<T>)
            ok_ = ok_ && std::isfinite(value);
        return value;
    }
    std::string_view text() { return take(number<std::uint32_t>()); }
    std::size_t left() const { return rest_.size(); }
    bool ok() const { return ok_; }

private:
    std::string_view take(std::size_t count)
    {
        ok_ = ok_ && count <= rest_.size();
        if (!ok_)
            return {};
        const std::string_view taken = rest_.substr(0, count);
        rest_.remove_prefix(count);
        return taken;
    }

    std::string_view rest_;
    bool ok_ = true;
};

Error invalid(std::string_view what)
{
    return {.code = Code::Invalid, .message = "intent model: " + std::string(what)};
}

} // namespace

std::vector<IntentModel::Active> IntentModel::weigh(const ReadText &text) const
{
    std::array<float, kFeatureGroups> squares{};
    std::vector<Active> active;
    std::vector<std::uint8_t> groups;
    active.reserve(text.features.size());
    groups.reserve(text.features.size());
    auto from = keys.begin(); // both sides ascend, so each search begins where the last one ended
    for (const Feature &feature : text.features) {
        const auto group = static_cast<std::size_t>(feature.group);
        from = std::lower_bound(from, keys.end(), feature.key);
        float value = rareWeight;
        if (from != keys.end() && *from == feature.key) {
            const auto row = static_cast<std::uint32_t>(from - keys.begin());
            value = rarity[row];
            active.push_back({row, value});
            groups.push_back(static_cast<std::uint8_t>(group));
        }
        squares[group] += value * value;
    }
    for (std::size_t i = 0; i < active.size(); ++i)
        active[i].value *= groupScale[groups[i]] / std::sqrt(squares[groups[i]]);
    return active;
}

Fingerprint IntentModel::fingerprint(const ReadText &text) const
{
    Fingerprint parts;
    std::array<float, kFeatureGroups> squares{};
    parts.reserve(text.features.size());
    auto from = keys.begin(); // both sides ascend
    for (const Feature &feature : text.features) {
        from = std::lower_bound(from, keys.end(), feature.key);
        const bool isKnown = from != keys.end() && *from == feature.key;
        const float value = isKnown ? rarity[static_cast<std::size_t>(from - keys.begin())] : rareWeight;
        squares[static_cast<std::size_t>(feature.group)] += value * value;
        parts.push_back({feature.key, value});
    }
    float total = 0;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const auto group = static_cast<std::size_t>(text.features[i].group);
        parts[i].value *= groupScale[group] / std::sqrt(squares[group]);
        total += parts[i].value * parts[i].value;
    }
    for (FingerprintPart &part : parts)
        part.value /= std::sqrt(total);
    return parts;
}

IntentRow IntentModel::scores(const std::vector<Active> &active) const
{
    IntentRow sum = bias;
    for (const Active &feature : active) {
        const IntentRow &row = weights[feature.row];
        for (std::size_t k = 0; k < kRowWidth; ++k)
            sum[k] += feature.value * row[k];
    }
    return sum;
}

IntentRow IntentModel::probabilities(const IntentRow &scores) const
{
    IntentRow result{};
    const float top = *std::max_element(scores.begin(), scores.begin() + kIntentCount);
    float total = 0;
    for (std::size_t k = 0; k < kIntentCount; ++k)
        total += result[k] = std::exp((scores[k] - top) / temperature);
    for (std::size_t k = 0; k < kIntentCount; ++k)
        result[k] /= total;
    return result;
}

std::string IntentModel::serialized() const
{
    Writer out;
    out.number(kMagic);
    out.number(static_cast<std::uint32_t>(kIntentCount));
    out.text(lexicon.source());
    const auto entries = vocabulary.entries();
    out.number(static_cast<std::uint32_t>(entries.size()));
    for (const Vocabulary::Entry &entry : entries) {
        out.text(entry.word);
        out.number(entry.weight);
    }
    for (const float scale : groupScale)
        out.number(scale);
    out.number(rareWeight);
    out.number(temperature);
    for (std::size_t k = 0; k < kIntentCount; ++k)
        out.number(bias[k]);
    out.number(static_cast<std::uint32_t>(keys.size()));
    for (std::size_t row = 0; row < keys.size(); ++row) {
        float largest = 0;
        for (std::size_t k = 0; k < kIntentCount; ++k)
            largest = std::max(largest, std::abs(weights[row][k]));
        const float step = largest > 0 ? largest / 127 : 1;
        out.number(keys[row]);
        out.number(rarity[row]);
        out.number(step);
        for (std::size_t k = 0; k < kIntentCount; ++k)
            out.number(static_cast<std::int8_t>(std::lround(weights[row][k] / step)));
    }
    return out.take();
}

Result<IntentModel> IntentModel::parse(std::string_view bytes)
{
    Reader in(bytes);
    if (in.number<std::uint32_t>() != kMagic)
        return invalid("not a model of this version");
    if (in.number<std::uint32_t>() != kIntentCount)
        return invalid("made for another list of intents");
    auto lexicon = Lexicon::parse(in.text());
    if (!lexicon)
        return invalid(lexicon.error().message);
    IntentModel model;
    model.lexicon = *std::move(lexicon);
    const auto words = in.number<std::uint32_t>();
    for (std::uint32_t i = 0; i < words && in.ok(); ++i) {
        const std::string_view word = in.text();
        model.vocabulary.learn(word, in.number<std::uint32_t>());
    }
    for (float &scale : model.groupScale)
        scale = in.number<float>();
    model.rareWeight = in.number<float>();
    model.temperature = in.number<float>();
    for (std::size_t k = 0; k < kIntentCount; ++k)
        model.bias[k] = in.number<float>();
    const auto rows = in.number<std::uint32_t>();
    constexpr std::size_t kRowBytes = 3 * sizeof(float) + kIntentCount;
    if (!in.ok() || rows > kMaxRows || in.left() != rows * kRowBytes || model.temperature <= 0)
        return invalid("cut short or damaged");
    model.keys.reserve(rows);
    model.rarity.reserve(rows);
    model.weights.resize(rows);
    for (IntentRow &row : model.weights) {
        model.keys.push_back(in.number<std::uint32_t>());
        model.rarity.push_back(in.number<float>());
        const auto step = in.number<float>();
        for (std::size_t k = 0; k < kIntentCount; ++k)
            row[k] = step * static_cast<float>(in.number<std::int8_t>());
    }
    if (!in.ok() ||
        std::adjacent_find(model.keys.begin(), model.keys.end(), std::greater_equal<>{}) != model.keys.end())
        return invalid("damaged rows");
    return model;
}

} // namespace orchestra
