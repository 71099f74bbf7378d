// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/agents/tokens.h"

#include "shared/base/text.h"

#include <algorithm>
#include <array>
#include <utility>

namespace orchestra {
namespace {

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}
bool isLetter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || static_cast<unsigned char>(c) >= 0x80;
}
bool isUpper(char c)
{
    return c >= 'A' && c <= 'Z';
}
bool isWordByte(char c)
{
    return isLetter(c) || isDigit(c) || c == '_';
}
bool isSpace(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}
bool allDigits(std::string_view text)
{
    return !text.empty() && std::all_of(text.begin(), text.end(), isDigit);
}

using Pair = std::pair<std::string_view, std::string_view>;

// What people write together without an apostrophe, and short forms, as the words they stand for.
constexpr std::array kShortForms = {
    Pair{"whats", "what is"},   Pair{"whos", "who is"},   Pair{"hows", "how is"},
    Pair{"wheres", "where is"}, Pair{"dont", "do not"},   Pair{"doesnt", "does not"},
    Pair{"didnt", "did not"},   Pair{"cant", "can not"},  Pair{"cannot", "can not"},
    Pair{"isnt", "is not"},     Pair{"arent", "are not"}, Pair{"wont", "will not"},
    Pair{"im", "i am"},         Pair{"ive", "i have"},    Pair{"youre", "you are"},
    Pair{"thats", "that is"},   Pair{"pls", "please"},    Pair{"plz", "please"},
    Pair{"u", "you"},           Pair{"gimme", "give me"}, Pair{"wanna", "want to"},
    Pair{"gonna", "going to"},  Pair{"lemme", "let me"},  Pair{"msgs", "messages"},
    Pair{"msg", "message"},     Pair{"doku", "docs"},     Pair{"info", "information"},
};

// The endings after an apostrophe; the bare 's is handled apart because it may be a possessive.
constexpr std::array kEndings = {
    Pair{"m", "am"}, Pair{"re", "are"}, Pair{"ve", "have"}, Pair{"ll", "will"}, Pair{"d", "would"},
};

constexpr std::array<std::string_view, 9> kTakesIs = {"what", "who",  "where", "how", "that",
                                                      "it",   "here", "there", "when"};

constexpr std::array<std::string_view, 74> kStopWords = {
    "a",     "about", "after", "all",   "am",   "an",   "and",    "any",   "are",    "as",  "at",   "be",   "been",
    "but",   "by",    "can",   "could", "did",  "do",   "does",   "for",   "from",   "had", "has",  "have", "he",
    "her",   "him",   "his",   "how",   "i",    "if",   "in",     "into",  "is",     "it",  "its",  "just", "me",
    "my",    "not",   "of",    "on",    "or",   "our",  "please", "she",   "should", "so",  "some", "that", "the",
    "their", "them",  "then",  "there", "they", "this", "those",  "to",    "us",     "was", "we",   "were", "what",
    "when",  "where", "which", "who",   "why",  "will", "with",   "would", "you",
};

static_assert(std::is_sorted(kStopWords.begin(), kStopWords.end()), "isStopWord() searches it by halves");

/// Removes everything that is not part of a word, a sign or a percentage from both ends.
std::pair<std::size_t, std::size_t> trimmed(std::string_view text, std::size_t begin, std::size_t end)
{
    while (begin < end && !isWordByte(text[begin]))
        ++begin;
    while (end > begin && !isWordByte(text[end - 1]) && text[end - 1] != '%')
        --end;
    while (begin < end && text[begin] == '_')
        ++begin;
    while (end > begin && text[end - 1] == '_')
        --end;
    return {begin, end};
}

bool isClockTime(std::string_view text)
{
    if (text.size() > 2 && (text.ends_with("am") || text.ends_with("pm"))) {
        text.remove_suffix(2);
        if (allDigits(text))
            return text.size() <= 2;
    }
    const std::size_t colon = text.find(':');
    return colon != std::string_view::npos && colon <= 2 && allDigits(text.substr(0, colon)) &&
           text.size() >= colon + 3 && allDigits(text.substr(colon + 1, 2)) &&
           (text.size() == colon + 3 || text[colon + 3] == ':');
}

/// "10:00-11:30"
bool isClockSpan(std::string_view text)
{
    const std::size_t dash = text.find('-');
    return dash != std::string_view::npos && isClockTime(text.substr(0, dash)) && isClockTime(text.substr(dash + 1));
}

bool isDate(std::string_view text)
{
    return text.size() >= 10 && allDigits(text.substr(0, 4)) && text[4] == '-' && allDigits(text.substr(5, 2)) &&
           text[7] == '-' && allDigits(text.substr(8, 2)) && (text.size() == 10 || text[10] == 't');
}

bool isDuration(std::string_view text)
{
    const std::size_t digits = text.find_first_not_of("0123456789");
    if (digits == 0 || digits == std::string_view::npos)
        return false;
    static constexpr std::array<std::string_view, 12> kUnits = {"s", "sec", "secs", "m", "min", "mins",
                                                                "h", "hr",  "hrs",  "d", "w",   "ms"};
    return std::find(kUnits.begin(), kUnits.end(), text.substr(digits)) != kUnits.end();
}

bool isNumber(std::string_view text)
{
    return std::any_of(text.begin(), text.end(), isDigit) &&
           std::all_of(text.begin(), text.end(), [](char c) { return isDigit(c) || c == '.' || c == ','; });
}

bool isAddress(std::string_view text)
{
    if (text.find('@') != std::string_view::npos)
        return true;
    return std::count(text.begin(), text.end(), '.') == 3 &&
           std::all_of(text.begin(), text.end(), [](char c) { return isDigit(c) || c == '.' || c == ':'; });
}

/// `raw` keeps its case, because capitals tell an error code or a camelCase name from a word.
TokenKind kindOf(std::string_view raw, std::string_view lower)
{
    if (lower.find("://") != std::string_view::npos)
        return TokenKind::Url;
    if (lower.ends_with('%'))
        return TokenKind::Percent;
    if (isAddress(lower))
        return TokenKind::Address;
    if (isClockTime(lower) || isClockSpan(lower) || isDate(lower) || isDuration(lower))
        return TokenKind::Time;
    if (isNumber(lower))
        return TokenKind::Number;
    const bool digits = std::any_of(lower.begin(), lower.end(), isDigit);
    const bool underscore = lower.find('_') != std::string_view::npos;
    const bool capitals = std::none_of(raw.begin(), raw.end(), [](char c) { return isLetter(c) && !isUpper(c); });
    if (underscore && capitals && !digits)
        return TokenKind::ErrorCode;
    if (digits || underscore || lower.find('.') != std::string_view::npos)
        return TokenKind::Identifier;
    return TokenKind::Word;
}

/// Shortens what was drawn out: "helloooo" becomes "helloo", near enough for the spelling correction.
std::string withoutLongRuns(std::string_view word)
{
    std::string out;
    for (const char c : word) {
        const std::size_t n = out.size();
        if (n < 2 || out[n - 1] != c || out[n - 2] != c)
            out += c;
    }
    return out;
}

/// Collects the tokens of one text.
class Tokenizer
{
public:
    explicit Tokenizer(std::string_view text)
        : text_(text)
    {
    }

    std::vector<Token> run()
    {
        for (std::size_t at = 0; at < text_.size();) {
            if (isSpace(text_[at])) {
                ++at;
            } else if (const std::size_t mark = closingQuote(at); mark != std::string_view::npos) {
                quoted(at, mark);
                at = mark + 1;
            } else {
                std::size_t end = at;
                while (end < text_.size() && !isSpace(text_[end]) && (end == at || text_[end] != '"'))
                    ++end;
                chunk(at, end);
                at = end;
            }
        }
        mergePercent();
        return std::move(tokens_);
    }

private:
    /// Position of the mark that closes the quotation beginning at `at`; npos when none begins there.
    std::size_t closingQuote(std::size_t at) const
    {
        const char mark = text_[at];
        if (mark != '"' && mark != '`' && mark != '\'')
            return std::string_view::npos;
        for (std::size_t i = at + 1; i < text_.size(); ++i) {
            const bool closes = mark != '\'' || i + 1 == text_.size() || !isWordByte(text_[i + 1]);
            if (text_[i] == mark && closes && i > at + 1)
                return i;
        }
        return std::string_view::npos;
    }

    void quoted(std::size_t at, std::size_t end)
    {
        tokens_.push_back({TokenKind::Quoted, std::string(text_.substr(at + 1, end - at - 1)), at, end + 1 - at});
    }

    void chunk(std::size_t from, std::size_t to)
    {
        const auto [begin, end] = trimmed(text_, from, to);
        if (begin == end)
            return;
        const std::string_view raw = text_.substr(begin, end - begin);
        const std::string lower = lowerAscii(raw);
        const TokenKind kind = kindOf(raw, lower);
        if (kind == TokenKind::Url || kind == TokenKind::Address || kind == TokenKind::Time) {
            add(kind, lower, begin, end);
            return;
        }
        if (lower == "a/b") {
            add(TokenKind::Word, lower, begin, end);
            return;
        }
        if (splitAt(begin, end, "/=,;:()[]{}<>|&+!?*\""))
            return;
        if (kind == TokenKind::Word && splitAt(begin, end, "-."))
            return;
        if (kind == TokenKind::Word)
            words(lower, begin, end);
        else
            add(kind, lower, begin, end);
    }

    /// Handles each part between `separators` as a chunk of its own; false when there is nothing to split.
    bool splitAt(std::size_t begin, std::size_t end, std::string_view separators)
    {
        const std::string_view raw = text_.substr(begin, end - begin);
        if (raw.find_first_of(separators) == std::string_view::npos || isNumber(raw))
            return false;
        std::size_t from = 0;
        while (from <= raw.size()) {
            const std::size_t to = std::min(raw.find_first_of(separators, from), raw.size());
            chunk(begin + from, begin + to);
            from = to + 1;
        }
        return true;
    }

    void words(std::string lower, std::size_t begin, std::size_t end)
    {
        if (const std::size_t curly = lower.find("\xe2\x80\x99"); curly != std::string::npos) {
            lower[curly] = '\''; // a typographic apostrophe (U+2019) reads like the plain one
            lower.erase(curly + 1, 2);
        }
        const std::size_t mark = lower.find('\'');
        if (mark == std::string::npos) {
            for (const auto &[from, to] : kShortForms) {
                if (lower == from)
                    return addAll(to, begin, end);
            }
            return add(TokenKind::Word, withoutLongRuns(lower), begin, end);
        }
        std::string head = lower.substr(0, mark);
        const std::string_view tail = std::string_view(lower).substr(mark + 1);
        const bool negation = tail == "t" && head.ends_with('n');
        if (negation)
            head = head == "can" || head == "won" ? (head == "can" ? "can" : "will") : head.substr(0, head.size() - 1);
        if (!head.empty())
            add(TokenKind::Word, withoutLongRuns(head), begin, end);
        if (negation)
            add(TokenKind::Word, "not", begin, end);
        else if (tail == "s" && head == "let")
            add(TokenKind::Word, "us", begin, end);
        else if (tail == "s" && std::find(kTakesIs.begin(), kTakesIs.end(), head) != kTakesIs.end())
            add(TokenKind::Word, "is", begin, end);
        for (const auto &[from, to] : kEndings) {
            if (tail == from)
                add(TokenKind::Word, std::string(to), begin, end);
        }
    }

    void addAll(std::string_view words, std::size_t begin, std::size_t end)
    {
        const std::size_t space = words.find(' ');
        add(TokenKind::Word, std::string(words.substr(0, space)), begin, end);
        if (space != std::string_view::npos)
            add(TokenKind::Word, std::string(words.substr(space + 1)), begin, end);
    }

    void add(TokenKind kind, std::string text, std::size_t begin, std::size_t end)
    {
        tokens_.push_back({kind, std::move(text), begin, end - begin});
    }

    /// "25 percent" and "25 %" are one thing.
    void mergePercent()
    {
        for (std::size_t i = 0; i < tokens_.size(); ++i) {
            Token &number = tokens_[i];
            if (number.kind != TokenKind::Number)
                continue;
            const std::size_t after = number.offset + number.length;
            if (i + 1 < tokens_.size() && (tokens_[i + 1].text == "percent" || tokens_[i + 1].text == "pct")) {
                number.length = tokens_[i + 1].offset + tokens_[i + 1].length - number.offset;
                tokens_.erase(tokens_.begin() + static_cast<std::ptrdiff_t>(i) + 1);
            } else if (text_.substr(after, 2) == " %") {
                number.length += 2;
            } else {
                continue;
            }
            number.kind = TokenKind::Percent;
            number.text += '%';
        }
    }

    std::string_view text_;
    std::vector<Token> tokens_;
};

bool hasVowel(std::string_view text)
{
    return text.find_first_of("aeiouy") != std::string_view::npos;
}

/// Undoes the doubled consonant of "stopp(ing)", but leaves "call" and "pass".
void undouble(std::string &word)
{
    const std::size_t n = word.size();
    if (n > 2 && word[n - 1] == word[n - 2] && std::string_view("lsz").find(word[n - 1]) == std::string_view::npos)
        word.pop_back();
}

bool strip(std::string &word, std::string_view suffix, std::size_t keep)
{
    if (!word.ends_with(suffix) || word.size() < suffix.size() + keep ||
        !hasVowel(std::string_view(word).substr(0, word.size() - suffix.size())))
        return false;
    word.resize(word.size() - suffix.size());
    return true;
}

} // namespace

std::vector<Token> tokenize(std::string_view text)
{
    return Tokenizer(text).run();
}

std::string stem(std::string_view word)
{
    std::string out(word);
    if (out.size() < 4 || !std::all_of(out.begin(), out.end(), [](char c) { return c >= 'a' && c <= 'z'; }))
        return out;
    if (out.ends_with("ies") && out.size() > 4)
        out.resize(out.size() - 2); // the i stays: "query" ends as "queri" too
    else if (out.ends_with("sses") || out.ends_with("ches") || out.ends_with("shes") || out.ends_with("xes"))
        out.resize(out.size() - 2);
    else if (out.ends_with('s') && !out.ends_with("ss") && !out.ends_with("us") && !out.ends_with("is"))
        out.pop_back();
    if (strip(out, "ing", 3) || strip(out, "ed", 3))
        undouble(out);
    else
        strip(out, "ly", 4);
    if (out.size() > 5 && (out.ends_with("tion") || out.ends_with("sion")))
        out.resize(out.size() - 3);
    if (out.size() > 3 && out.ends_with('e'))
        out.pop_back();
    if (out.size() > 3 && out.ends_with('y'))
        out.back() = 'i';
    return out;
}

bool isStopWord(std::string_view word)
{
    return std::binary_search(kStopWords.begin(), kStopWords.end(), word);
}

} // namespace orchestra
