// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/agents/entities.h"

#include "server/agents/time_words.h"
#include "server/agents/tokens.h"
#include "server/agents/vocabulary.h"
#include "shared/base/text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <initializer_list>

namespace orchestra {
namespace {

constexpr std::size_t kReadBytes = 2000;
constexpr std::size_t kLongestName = 5;   // in words
constexpr std::size_t kShortestFuzzy = 5; // in letters; shorter names must be spelt right
constexpr std::size_t kLongName = 9;      // from here two letters may be wrong

bool isOneOf(std::string_view word, std::initializer_list<std::string_view> any)
{
    return std::find(any.begin(), any.end(), word) != any.end();
}

bool isNameByte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 0x80;
}

/// A run of letters and digits of the text.
struct Piece
{
    std::size_t offset = 0;
    std::size_t length = 0;
};

/// Lower case without what joins words: "V2-API" becomes "v2api".
std::string keyOf(std::string_view name)
{
    std::string key = lowerAscii(name);
    key.erase(std::remove_if(key.begin(), key.end(), [](char c) { return !isNameByte(c); }), key.end());
    return key;
}

std::vector<Piece> piecesOf(std::string_view text)
{
    const std::string lower = lowerAscii(text);
    std::vector<Piece> pieces;
    for (std::size_t at = 0; at < lower.size();) {
        std::size_t end = at;
        while (end < lower.size() && isNameByte(lower[end]))
            ++end;
        if (end > at)
            pieces.push_back({at, end - at});
        at = end + 1;
    }
    return pieces;
}

/// Finds the names of one kind in one text.
class NameFinder
{
public:
    NameFinder(std::string_view text, EntityKind kind, const std::vector<std::string> &names)
        : text_(text)
        , kind_(kind)
        , pieces_(piecesOf(text))
    {
        for (const std::string &name : names) {
            if (std::string key = keyOf(name); !key.empty())
                names_.push_back({std::move(key), &name});
        }
    }

    void addTo(std::vector<Entity> &out) const
    {
        for (std::size_t i = 0; i < pieces_.size();) {
            std::size_t taken = 0;
            for (std::size_t count = std::min(kLongestName, pieces_.size() - i); count > 0 && taken == 0; --count)
                taken = tryWindow(i, count, true, out) ? count : 0;
            for (std::size_t count = std::min(kLongestName, pieces_.size() - i); count > 0 && taken == 0; --count)
                taken = tryWindow(i, count, false, out) ? count : 0;
            i += std::max<std::size_t>(taken, 1);
        }
    }

private:
    struct Name
    {
        std::string key;
        const std::string *name;
    };

    bool tryWindow(std::size_t first, std::size_t count, bool exact, std::vector<Entity> &out) const
    {
        const std::size_t offset = pieces_[first].offset;
        const Piece &last = pieces_[first + count - 1];
        const std::size_t length = last.offset + last.length - offset;
        const std::string key = keyOf(text_.substr(offset, length));
        const Name *found = exact ? same(key) : onlyNear(key);
        if (found == nullptr)
            return false;
        out.push_back({kind_, *found->name, 0, offset, length, exact});
        return true;
    }

    const Name *same(const std::string &key) const
    {
        const auto found =
            std::find_if(names_.begin(), names_.end(), [&](const Name &name) { return name.key == key; });
        return found == names_.end() ? nullptr : &*found;
    }

    /// The one name that is near; nullptr when there is none or more than one.
    const Name *onlyNear(const std::string &key) const
    {
        const Name *near = nullptr;
        for (const Name &name : names_) {
            const std::size_t allowed = name.key.size() < kShortestFuzzy ? 0 : name.key.size() < kLongName ? 1 : 2;
            const std::size_t longer = std::max(name.key.size(), key.size());
            if (allowed == 0 || longer - std::min(name.key.size(), key.size()) > allowed || name.key[0] != key[0] ||
                editDistance(name.key, key) > allowed)
                continue;
            if (near != nullptr)
                return nullptr;
            near = &name;
        }
        return near;
    }

    std::string_view text_;
    EntityKind kind_;
    std::vector<Piece> pieces_;
    std::vector<Name> names_;
};

/// The words of orders, which spelling may be corrected to.
const Vocabulary &orderWords()
{
    static const Vocabulary kWords = [] {
        Vocabulary words;
        for (const char *word :
             {"enable",    "disable",  "activate",   "deactivate", "opened",    "closed",  "closing", "reset",
              "automatic", "metrics",  "everything", "everyone",   "everybody", "half",    "quarter", "open",
              "close",     "task",     "connection", "client",     "thread",    "session", "request", "switch",
              "turn",      "override", "clear",      "remove",     "unforce"})
            words.learn(word, 1);
        for (const char *word :
             {"ask", "tank", "mask", "clients", "rest", "reason", "matrix", "never", "clean", "clever", "pen", "opera",
              "clothes", "chose", "cloud", "learn", "threat", "calf", "every"})
            words.learn(word, 0);
        return words;
    }();
    return kWords;
}

/// Reads what needs no list of names.
class PlainReader
{
public:
    explicit PlainReader(std::string_view text)
        : tokens_(tokenize(text))
        , times_(timeWordsOf(text))
    {
        for (Token &token : tokens_) {
            if (token.kind == TokenKind::Word)
                token.text = orderWords().corrected(token.text);
        }
    }

    void addTo(std::vector<Entity> &out)
    {
        for (std::size_t i = 0; i < tokens_.size(); ++i) {
            if (const std::size_t taken = duration(i, out); taken > 0) {
                i += taken - 1;
                continue;
            }
            if (tokens_[i].kind == TokenKind::Word)
                word(i, out);
            else
                thing(i, out);
        }
    }

private:
    bool is(std::size_t i, std::initializer_list<std::string_view> any) const
    {
        return i < tokens_.size() && tokens_[i].kind == TokenKind::Word && isOneOf(tokens_[i].text, any);
    }

    /// "for 15 minutes", "for an hour", "10m": not what is past ("last 10m", "10 minutes ago").
    std::size_t duration(std::size_t i, std::vector<Entity> &out) const
    {
        const std::size_t begin = i;
        const bool announced = is(i, {"for", "during"});
        if (announced)
            i += 1;
        while (announced && is(i, {"the", "next", "another", "about"}))
            ++i;
        double seconds = 0;
        std::size_t end = i;
        if (i < tokens_.size() && times_[i].duration > 0) {
            seconds = static_cast<double>(times_[i].duration) / 1000;
            end = i + 1;
        } else if (announced) {
            const bool half = is(i, {"half"});
            if (half)
                ++i;
            double count = half ? 0.5 : 1;
            if (is(i, {"a", "an"}))
                ++i;
            else if (i < tokens_.size() && times_[i].number)
                count = *times_[i++].number;
            if (i < tokens_.size() && times_[i].unit > 0) {
                seconds = count * static_cast<double>(times_[i].unit) / 1000;
                end = i + 1;
            }
        }
        const bool past = (begin > 0 && is(begin - 1, {"last", "past", "previous"})) || is(end, {"ago", "back"}) ||
                          (announced && is(begin + 1, {"last", "past"}));
        if (seconds <= 0 || past)
            return 0;
        const Token &last = tokens_[end - 1];
        out.push_back({EntityKind::Duration,
                       {},
                       seconds,
                       tokens_[begin].offset,
                       last.offset + last.length - tokens_[begin].offset,
                       true});
        return end - begin;
    }

    void add(EntityKind kind, std::string value, std::size_t i, std::vector<Entity> &out, double number = 0,
             std::size_t count = 1) const
    {
        const Token &last = tokens_[i + count - 1];
        out.push_back(
            {kind, std::move(value), number, tokens_[i].offset, last.offset + last.length - tokens_[i].offset, true});
    }

    void word(std::size_t i, std::vector<Entity> &out) const
    {
        if (is(i, {"all", "every", "everything", "everyone", "everybody"}))
            add(EntityKind::All, tokens_[i].text, i, out);
        if (is(i, {"half", "quarter"}) && is(i + 1, {"of"}))
            add(EntityKind::Percent, {}, i, out, is(i, {"half"}) ? 50 : 25, 2);
        if (is(i, {"off", "disable", "disabled", "deactivate", "deactivated", "false"}))
            add(EntityKind::Switch, "off", i, out);
        else if (is(i, {"enable", "enabled", "activate", "activated", "true"}) || (is(i, {"on"}) && isSwitch(i)))
            add(EntityKind::Switch, "on", i, out);
        state(i, out);
    }

    /// "turn on", "set x on", "x on": but not "on redis", nor "based on".
    bool isSwitch(std::size_t i) const
    {
        if (i + 1 == tokens_.size() || (i > 0 && tokens_[i - 1].kind == TokenKind::Identifier))
            return true;
        if (i > 0 && is(i - 1, {"turn", "turned", "switch", "switched", "flip", "flipped", "to", "be", "is", "flag",
                                "feature", "toggle", "toggled", "back"}))
            return true;
        return is(i + 1, {"please", "now", "for", "again", "everywhere"});
    }

    void state(std::size_t i, std::vector<Entity> &out) const
    {
        if (is(i, {"half"}) && is(i + 1, {"open", "opened"}))
            add(EntityKind::BreakerState, "half_open", i, out, 0, 2);
        else if (is(i, {"open", "opened", "trip", "tripped"}) && !(i > 0 && is(i - 1, {"half"})))
            add(EntityKind::BreakerState, "open", i, out);
        else if (is(i, {"close", "closed", "reclose"}))
            add(EntityKind::BreakerState, "closed", i, out);
        else if (is(i, {"disable", "disabled"}))
            add(EntityKind::BreakerState, "disabled", i, out);
        else if (is(i, {"metrics"}) && is(i + 1, {"only"}))
            add(EntityKind::BreakerState, "metrics_only", i, out, 0, 2);
        else if (is(i, {"reset", "automatic", "automatically", "unforce"}) ||
                 (is(i, {"clear", "remove", "lift", "drop"}) && is(i + 1, {"the", "override"})))
            add(EntityKind::BreakerState, "automatic", i, out);
    }

    void thing(std::size_t i, std::vector<Entity> &out) const
    {
        const Token &token = tokens_[i];
        double number = 0;
        std::from_chars(token.text.data(), token.text.data() + token.text.size(), number);
        switch (token.kind) {
        case TokenKind::Percent:
            add(EntityKind::Percent, {}, i, out, std::clamp(number, 0.0, 100.0));
            break;
        case TokenKind::Number:
            if (i > 0 && is(i - 1, {"task", "job", "connection", "client", "thread", "session", "request",
                                    "conversation", "id", "socket", "number"}))
                add(EntityKind::Id, token.text, i, out);
            else
                add(EntityKind::Number, {}, i, out, number);
            break;
        case TokenKind::Identifier:
            add(EntityKind::Id, token.text, i, out);
            break;
        case TokenKind::Address:
            add(EntityKind::Address, token.text, i, out);
            break;
        case TokenKind::Quoted:
            add(EntityKind::Quoted, token.text, i, out);
            break;
        default:
            break;
        }
    }

    std::vector<Token> tokens_;
    std::vector<TimeWord> times_; ///< one for each token
};

} // namespace

std::vector<Entity> findEntities(std::string_view text, const KnownNames &names)
{
    text = cutUtf8(text, kReadBytes);
    std::vector<Entity> found;
    NameFinder(text, EntityKind::Flag, names.flags).addTo(found);
    NameFinder(text, EntityKind::Breaker, names.breakers).addTo(found);
    NameFinder(text, EntityKind::User, names.users).addTo(found);
    std::vector<Entity> plain;
    PlainReader(text).addTo(plain);
    // What is a known name is nothing else ("t-4821" may be a flag), unless it stands between quotation marks.
    std::erase_if(plain, [&](const Entity &entity) {
        return entity.kind != EntityKind::Quoted && std::any_of(found.begin(), found.end(), [&](const Entity &name) {
                   return entity.offset < name.offset + name.length && name.offset < entity.offset + entity.length;
               });
    });
    found.insert(found.end(), plain.begin(), plain.end());
    std::stable_sort(found.begin(), found.end(), [](const Entity &a, const Entity &b) { return a.offset < b.offset; });
    return found;
}

const Entity *firstOf(const std::vector<Entity> &entities, EntityKind kind)
{
    const auto found =
        std::find_if(entities.begin(), entities.end(), [&](const Entity &entity) { return entity.kind == kind; });
    return found == entities.end() ? nullptr : &*found;
}

} // namespace orchestra
