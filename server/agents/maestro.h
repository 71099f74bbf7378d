// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/agents/intent_classifier.h"
#include "server/agents/request.h"
#include "server/core/live_state.h"
#include "server/core/turn.h"
#include "shared/base/thread_owner.h"

#include <memory>
#include <optional>

namespace orchestra {

/// What Maestro made of a message.
struct MaestroReading
{
    OperationsRequest request;
    double confidence = 1;
    /// The intents worth offering when it asks back, best first; only set when `request.intent` is Unknown.
    std::vector<Intent> candidates;
};

/// The manager of a conversation: reads what a message wants and says so in one line. Lives on: hub.
class Maestro
{
public:
    static constexpr const char *kName = "maestro";

    /// All must outlive Maestro.
    Maestro(const IntentClassifier &classifier, const LiveState &state, const Clock &clock)
        : classifier_(classifier)
        , state_(state)
        , clock_(clock)
    {
    }

    /// Reads free text.
    MaestroReading read(const std::string &text) const;
    /// Reads the rest of a command whose intent is known.
    MaestroReading readArguments(Intent intent, const std::string &text,
                                 const std::optional<wire::RawJson> &arguments) const;
    /// Maestro's own line: the one agent_thinking of a chat turn.
    static void announce(Turn &turn, const MaestroReading &reading);
    /// Ends a turn that was not understood by asking what was meant.
    static void askBack(const std::shared_ptr<Turn> &turn, const MaestroReading &reading);

private:
    void fillFromText(OperationsRequest &request) const;

    ThreadOwner owner_;
    const IntentClassifier &classifier_;
    const LiveState &state_;
    const Clock &clock_;
};

} // namespace orchestra
