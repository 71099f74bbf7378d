// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/core/model_call.h"
#include "shared/base/ids.h"

#include <cstddef>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace orchestra {

/// Finds the thread that a completion goes on. Its clients name no conversation but send all of it each time, so what
/// was said before is the name: a request whose messages up to the last answer are those of an earlier exchange, answer
/// included, continues that one. Remembers the latest exchanges only. Lives on: hub.
class CompletionThreads
{
public:
    explicit CompletionThreads(std::size_t remembered)
        : remembered_(remembered)
    {
    }

    /// Nothing when this conversation is new, or forgotten.
    std::optional<ThreadId> find(const std::string &userId, const std::vector<ModelMessage> &messages) const;
    /// `messages` were answered with `text` and `calls` in `threadId`.
    void note(const std::string &userId, const std::vector<ModelMessage> &messages, std::string_view text,
              const std::vector<ModelToolCall> &calls, const ThreadId &threadId);
    std::size_t size() const { return threads_.size(); }

private:
    struct Entry
    {
        ThreadId threadId;
        std::list<std::string>::iterator age;
    };

    const std::size_t remembered_;
    std::unordered_map<std::string, Entry> threads_; ///< by digest
    std::list<std::string> oldestFirst_;
};

/// What a completion asks, as its thread shows it: everything said after the last answer. At most `bytes`, and then
/// with a note of how much there was. Empty when nothing was said.
std::string shownQuestion(const std::vector<ModelMessage> &messages, std::size_t bytes);

} // namespace orchestra
