// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/agents/intent_features.h"

#include "shared/base/text.h"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <string>

namespace orchestra {
namespace {

constexpr std::size_t kReadBytes = 600;
constexpr std::size_t kReadTokens = 48;
constexpr std::size_t kPairedTokens = 16;
// Marks the root of a word that is to be read as never met before: no model has a row for what is made of it.
constexpr std::string_view kNovel = "\x01";

/// FNV-1a over the parts with a separator, finished so that the low bits are well mixed.
std::uint32_t keyOf(std::initializer_list<std::string_view> parts)
{
    std::uint64_t hash = 0xcbf29ce484222325ULL;
    const auto add = [&](unsigned char byte) { hash = (hash ^ byte) * 0x100000001b3ULL; };
    for (const std::string_view part : parts) {
        for (const char c : part)
            add(static_cast<unsigned char>(c));
        add(0x1f);
    }
    hash ^= hash >> 29U;
    hash *= 0xbf58476d1ce4e5b9ULL;
    return static_cast<std::uint32_t>(hash >> 32U);
}

std::string_view placeholder(const Token &token)
{
    switch (token.kind) {
    case TokenKind::Word:
        break;
    case TokenKind::Number:
        return "<number>";
    case TokenKind::Percent:
        return "<percent>";
    case TokenKind::Identifier:
        // v2_api is a switch or a series, limits.idle_seconds a key or a file, t-4821 the number of something.
        return token.text.find('.') != std::string::npos   ? "<dotted>"
               : token.text.find('_') != std::string::npos ? "<snake>"
                                                           : "<serial>";
    case TokenKind::ErrorCode:
        return "<error-code>";
    case TokenKind::Address:
        return "<address>";
    case TokenKind::Time:
        return "<time>";
    case TokenKind::Quoted:
        return "<quoted>";
    case TokenKind::Url:
        return "<url>";
    }
    return {};
}

/// A word after correction, or the placeholder of a recognised thing.
struct Unit
{
    std::string word;
    std::string root;
    bool isWord = true;
    bool isKnown = true;
};

std::vector<Unit> unitsOf(std::string_view text, const Vocabulary &vocabulary)
{
    std::vector<Token> tokens = tokenize(cutUtf8(text, kReadBytes));
    if (tokens.size() > kReadTokens)
        tokens.resize(kReadTokens);
    std::vector<Unit> units;
    units.reserve(tokens.size());
    for (const Token &token : tokens) {
        const bool named = token.kind == TokenKind::Identifier && vocabulary.knows(token.text); // "p95", "v1"
        if (token.kind != TokenKind::Word && !named) {
            const std::string sign(placeholder(token));
            units.push_back({sign, sign, false, true});
            continue;
        }
        const std::string word = vocabulary.corrected(token.text);
        const std::size_t blank = word.find(' ');
        for (const std::string &part :
             {word.substr(0, blank), blank == std::string::npos ? "" : word.substr(blank + 1)}) {
            if (!part.empty())
                units.push_back({part, stem(part), true, vocabulary.knows(part)});
        }
    }
    return units;
}

void addWords(const std::vector<Unit> &units, std::vector<Feature> &out)
{
    const auto add = [&](std::initializer_list<std::string_view> parts) {
        out.push_back({keyOf(parts), parts.size() == 2 ? FeatureGroup::Words : FeatureGroup::WordPairs});
    };
    std::string_view before = "^";
    for (std::size_t i = 0; i < units.size(); ++i) {
        add({"w", units[i].root});
        if (!units[i].isKnown)
            add({"w", "<unknown>"});
        add({"ww", before, units[i].root});
        if (i >= 2)
            add({"w-w", units[i - 2].root, units[i].root});
        before = units[i].root;
    }
    add({"ww", before, "$"});
}

/// What stands at one place of a text: the concepts of the word or of a phrase that begins there, or a stop word
/// itself.
struct Place
{
    std::vector<std::string> signs;
    bool isCore = false;
};

/// A past tense or a participle is never an order: "closed" and "close" share their concepts, but not this.
std::string_view endingOf(const std::string &word)
{
    if (word.size() > 4 && word.ends_with("ed"))
        return "~ed";
    return word.size() > 5 && word.ends_with("ing") ? "~ing" : "";
}

std::vector<Place> placesOf(const std::vector<Unit> &units, const Lexicon &lexicon)
{
    std::vector<Place> places;
    for (std::size_t i = 0; i < std::min(units.size(), kPairedTokens); ++i) {
        Place place;
        std::string phrase = units[i].word;
        const std::string_view ending = endingOf(phrase);
        for (std::size_t n = 0; n < 3 && units[i].isWord; ++n) {
            for (const Lexicon::ConceptId id : lexicon.conceptsOf(phrase)) {
                place.signs.push_back(lexicon.name(id));
                if (!ending.empty())
                    place.signs.push_back(lexicon.name(id) + std::string(ending));
                place.isCore = place.isCore || lexicon.isCore(id);
            }
            if (i + n + 1 >= units.size())
                break;
            phrase += ' ';
            phrase += units[i + n + 1].word;
        }
        if (!units[i].isWord || isStopWord(units[i].word))
            place.signs.push_back(units[i].root);
        else if (!units[i].isKnown)
            place.signs.emplace_back("<unknown>");
        places.push_back(std::move(place));
    }
    return places;
}

void addConcepts(const std::vector<Place> &places, std::vector<Feature> &out)
{
    for (std::size_t i = 0; i < places.size(); ++i) {
        for (const std::string &first : places[i].signs) {
            out.push_back({keyOf({"c", first}), FeatureGroup::Concepts});
            if (i == 0)
                out.push_back({keyOf({"c^", first}), FeatureGroup::Concepts});
            for (std::size_t j = i + 1; j < places.size(); ++j) {
                for (const std::string &second : places[j].signs)
                    out.push_back({keyOf({"cc", first, second}), FeatureGroup::ConceptPairs});
            }
        }
    }
}

// Words before the point: "could you please", "i want to know", "tell me".
constexpr std::array<std::string_view, 40> kOpeners = {
    "ahead", "also", "and",  "anybody", "can",     "could", "do",   "go",    "hello", "hey",
    "hi",    "i",    "just", "kindly",  "know",    "let",   "like", "me",    "need",  "now",
    "oh",    "ok",   "okay", "please",  "quickly", "right", "so",   "tell",  "then",  "to",
    "um",    "us",   "want", "we",      "well",    "will",  "wish", "would", "you",   "your"};
static_assert(std::is_sorted(kOpeners.begin(), kOpeners.end()));

std::string_view personIn(const std::vector<Unit> &units)
{
    std::string_view person = "nobody";
    for (const Unit &unit : units) {
        if (unit.word == "you" || unit.word == "your" || unit.word == "yourself")
            return "you";
        if (unit.word == "i" || unit.word == "my" || unit.word == "me" || unit.word == "we" || unit.word == "our")
            person = "i";
    }
    return person;
}

/// How the text begins once the openers are taken off: with a question word, a verb or a thing; and whether it speaks
/// of this server and of whom. It tells "who closed connection 5" from "close connection 5", and "how does a breaker
/// work" from "how does a car work".
void addFrames(const std::vector<Unit> &units, const std::vector<Place> &places, std::vector<Feature> &out)
{
    std::size_t head = 0;
    while (head + 1 < places.size() && std::binary_search(kOpeners.begin(), kOpeners.end(), units[head].word))
        ++head;
    if (head >= places.size())
        return;
    std::vector<std::string> kinds;
    if (isStopWord(units[head].word)) {
        kinds.push_back(units[head].root);
        if (head + 1 < units.size())
            kinds.push_back(units[head].root + ' ' + (isStopWord(units[head + 1].word) ? units[head + 1].root : "..."));
    } else {
        for (const std::string &first : places[head].signs)
            kinds.push_back('#' + first);
        if (kinds.empty())
            kinds.emplace_back("other");
    }
    const auto add = [&](std::initializer_list<std::string_view> parts) {
        out.push_back({keyOf(parts), FeatureGroup::Frames});
    };
    const bool core = std::any_of(places.begin(), places.end(), [](const Place &place) { return place.isCore; });
    const std::string_view about = core ? "core" : "foreign";
    const std::string_view person = personIn(units);
    const auto unknown = static_cast<std::size_t>(
        std::count_if(units.begin(), units.end(), [](const Unit &unit) { return !unit.isKnown; }));
    add({"about", about, person});
    add({"unknown",
         unknown == 0                  ? "none"
         : unknown == units.size()     ? "all"
         : 2 * unknown >= units.size() ? "half"
                                       : "few",
         about});
    for (const std::string &kind : kinds) {
        add({"h", kind});
        add({"ha", kind, about});
        add({"hp", kind, person, about});
        for (std::size_t i = head + 1; i < places.size(); ++i) {
            for (const std::string &thing : places[i].signs)
                add({"hc", kind, thing});
        }
    }
}

void addLetters(const std::vector<Unit> &units, std::vector<Feature> &out)
{
    for (const Unit &unit : units) {
        if (!unit.isWord || isStopWord(unit.word))
            continue;
        const std::string bounded = '<' + unit.word + '>';
        const std::string_view mark = unit.root.starts_with(kNovel) ? kNovel : "l";
        for (std::size_t n = 3; n <= 5; ++n) {
            for (std::size_t at = 0; at + n <= bounded.size(); ++at)
                out.push_back({keyOf({mark, std::string_view(bounded).substr(at, n)}), FeatureGroup::Letters});
        }
    }
}

} // namespace

ReadText IntentFeatures::read(std::string_view text, bool novelWords) const
{
    std::vector<Unit> units = unitsOf(text, vocabulary_);
    for (Unit &unit : units) {
        if (novelWords && unit.isWord && !isStopWord(unit.word) && !lexicon_.conceptsOf(unit.word).empty())
            unit.root.insert(0, kNovel);
    }
    ReadText result;
    for (const Unit &unit : units) {
        if (unit.isWord && isStopWord(unit.word))
            continue;
        ++result.contentWords;
        result.knownWords += unit.isKnown ? 1 : 0;
    }
    addWords(units, result.features);
    const std::vector<Place> places = placesOf(units, lexicon_);
    addConcepts(places, result.features);
    addFrames(units, places, result.features);
    addLetters(units, result.features);
    std::sort(result.features.begin(), result.features.end());
    result.features.erase(std::unique(result.features.begin(), result.features.end()), result.features.end());
    return result;
}

} // namespace orchestra
