// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/core/models.h"
#include "shared/base/clock.h"

#include <chrono>
#include <cstdint>
#include <list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace orchestra {

/// Whether answers are kept. A plain value.
enum class CacheUse : std::uint8_t {
    Off,
    OnRequest, ///< for requests that ask for it
    On,        ///< for requests that do not forbid it
};

struct AnswerCachePolicy
{
    CacheUse use = CacheUse::Off;
    std::chrono::milliseconds life = std::chrono::hours(1);
    std::size_t maxAnswers = 1000;
    std::size_t maxBytes = std::size_t{16} * 1024 * 1024;
};

/// Whole answers of models, each kept for exactly the question that it answered: the same user, model, instructions,
/// tools and messages. One user's are never another's. Bounded; what was not used for longest goes first.
/// Lives on: hub.
class AnswerCache
{
public:
    struct Answer
    {
        std::vector<ModelText> text;
        ModelFinish finish;
        std::chrono::seconds age{0};
    };

    AnswerCache(AnswerCachePolicy policy, const Clock &clock)
        : policy_(policy)
        , clock_(clock)
    {
    }

    /// May an answer to this be kept, and a kept one be given?
    bool serves(const ModelWish &wish) const;
    /// What names the question put to `model` ("server/name"): a digest of everything that its answer depends on.
    static std::string keyOf(const std::string &user, const std::string &model, const ModelRequest &request);

    std::optional<Answer> find(const std::string &key);
    /// Only whole answers are kept: those that ended by themselves, with words and without tool calls.
    void keep(const std::string &key, const std::string &user, const std::string &model, std::vector<ModelText> text,
              const ModelFinish &finish);

    /// `all`, `user:ID` or `model:SERVER/NAME`. Nothing, when it is none of them; else how many were forgotten.
    std::optional<std::size_t> clear(std::string_view space);
    /// True when `space` is one that clear() knows.
    static bool isNamespace(std::string_view space);

    std::size_t size() const { return byKey_.size(); }
    std::size_t bytes() const { return bytes_; }

private:
    struct Entry
    {
        std::string key;
        std::string user;
        std::string model;
        std::vector<ModelText> text;
        ModelFinish finish;
        MonotonicTime keptAt;
        std::size_t bytes = 0;
    };
    using Entries = std::list<Entry>;

    void forget(Entries::iterator entry);

    const AnswerCachePolicy policy_;
    const Clock &clock_;
    Entries byUse_; ///< least recently used first
    std::map<std::string, Entries::iterator, std::less<>> byKey_;
    std::size_t bytes_ = 0;
};

} // namespace orchestra
