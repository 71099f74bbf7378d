// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/wire/json_value.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace orchestra {

/// A server of the Model Context Protocol as tests need one, without a wire: it is given messages and gives messages.
/// Its tools: `add` (reads only, answers in words and data), `note` (changes something), `fail` (says that it failed),
/// `refuse` (a protocol error), `slow` (goes on until it is cancelled, with progress).
class McpPeer
{
public:
    enum class Era { Modern, Legacy };

    explicit McpPeer(Era era)
        : era_(era)
    {
    }

    /// What the peer says to one message, in order; nothing to a notification.
    std::vector<std::string> take(std::string_view text);
    /// One more sign of life of every `slow` call.
    std::vector<std::string> tick();
    /// A notification that the tools are others now.
    std::string listChanged() const;

    std::string noteDescription = "Keeps a note.";
    bool hasExtraTool = false;
    std::size_t pageSize = 2; ///< tools in a page of the list

    std::vector<std::string> methods;   ///< of everything that came
    std::vector<std::string> notes;     ///< what `note` was called with
    std::vector<std::string> cancelled; ///< ids, as JSON
    int initialised = 0;

private:
    struct Slow
    {
        std::string id; ///< as JSON
        std::optional<std::string> token;
        int steps = 0;
    };

    std::string answer(const wire::JsonValue &message);
    wire::JsonValue discovery() const;
    wire::JsonValue tools() const;
    wire::JsonValue page(const wire::JsonValue &params) const;
    wire::JsonValue call(const std::string &name, const wire::JsonValue &arguments);

    const Era era_;
    std::vector<Slow> slow_;
};

} // namespace orchestra
