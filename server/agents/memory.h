// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/agents/commands.h"
#include "server/core/store_port.h"
#include "server/core/turn.h"
#include "shared/base/clock.h"
#include "shared/base/thread_owner.h"

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace orchestra {

/// A plain value.
struct MemoryRules
{
    std::size_t most = 200;   ///< memories of one user
    std::size_t bytes = 2000; ///< of one memory
    std::size_t recalled = 5; ///< that a model is shown at a time
};

/// What users ask to be remembered beyond a conversation. Each user has a memory of their own, which nobody else can
/// read, and which is off until the user, or the flag `memory`, turns it on. Lives on: hub.
class Memory
{
public:
    static constexpr const char *kName = "memory";
    /// Turns the memory on for whoever has not chosen.
    static constexpr const char *kFlag = "memory";

    /// Both must outlive the memory and its turns.
    Memory(StorePort &store, const Clock &clock, MemoryRules rules = {})
        : store_(store)
        , clock_(clock)
        , rules_(rules)
    {
    }

    /// Answers one of the memory's commands with what stands behind its name.
    void run(const std::shared_ptr<Turn> &turn, const CommandSpec &command, const std::string &rest) const;
    /// What the turn's user has asked to be remembered and `text` may have to do with, best first; nothing while the
    /// memory is off or cannot be read. `recalled` is called once, unless the turn ends before.
    void recall(const std::shared_ptr<Turn> &turn, const std::string &text,
                std::function<void(std::vector<MemoryRecord>)> recalled) const;

private:
    void remember(const std::shared_ptr<Turn> &turn, const std::string &text) const;
    void keep(const std::shared_ptr<Turn> &turn, const std::string &text) const;
    void find(const std::shared_ptr<Turn> &turn, const std::string &text) const;
    void list(const std::shared_ptr<Turn> &turn, const std::string &rest) const;
    void forget(const std::shared_ptr<Turn> &turn, const std::string &rest) const;
    void forgetNow(const std::shared_ptr<Turn> &turn, std::optional<std::uint64_t> number) const;
    void choose(const std::shared_ptr<Turn> &turn, const std::string &rest) const;

    ThreadOwner owner_;
    StorePort &store_;
    const Clock &clock_;
    const MemoryRules rules_;
};

/// The words of a text that carry meaning, for a search.
std::vector<std::string> meaningfulWords(std::string_view text);

} // namespace orchestra
