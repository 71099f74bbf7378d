// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/agents/conversation_context.h"
#include "server/agents/intent_classifier.h"
#include "server/agents/learned_intents.h"
#include "server/agents/mood.h"
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
    bool isLearnt = false;   ///< feedback has taught it
    bool isFollowUp = false; ///< it goes on with what the last turn was about
};

/// The manager of a conversation: reads what a message wants, from its words, from what feedback has taught and from
/// what the conversation was about, and says so in one line. Lives on: hub.
class Maestro
{
public:
    static constexpr const char *kName = "maestro";

    /// All must outlive Maestro.
    Maestro(const IntentClassifier &classifier, const LearnedIntents &learned, const LiveState &state,
            const Clock &clock)
        : classifier_(classifier)
        , learned_(learned)
        , state_(state)
        , clock_(clock)
        , mood_(state, clock)
        , contexts_(clock)
    {
    }

    /// Reads the free text of a turn.
    MaestroReading read(const Turn &turn) const;
    /// Reads the rest of a command whose intent is known.
    MaestroReading readArguments(Intent intent, const std::string &text,
                                 const std::optional<wire::RawJson> &arguments) const;
    /// Maestro's own line, in the tone of its mood: the one agent_thinking of a chat turn.
    void say(Turn &turn, const ReportText &line);
    /// Says how it has read the turn.
    void announce(Turn &turn, const MaestroReading &reading);
    /// The turn is answered as `request` says: what comes next in its conversation may go on with it.
    void answering(const Turn &turn, const OperationsRequest &request);
    /// Ends a turn that was not understood by asking what was meant.
    static void askBack(const std::shared_ptr<Turn> &turn, const MaestroReading &reading);

private:
    MaestroReading readWords(const std::string &text) const;
    /// What the text says with what the last turn was about; nothing when they have nothing to do with each other.
    std::optional<MaestroReading> readFollowUp(const Turn &turn, const MaestroReading &words) const;
    /// True when the text names anything: a flag, a user, a time, a number.
    bool fillFromText(OperationsRequest &request) const;

    ThreadOwner owner_;
    const IntentClassifier &classifier_;
    const LearnedIntents &learned_;
    const LiveState &state_;
    const Clock &clock_;
    MoodReader mood_;
    ConversationContexts contexts_;
};

} // namespace orchestra
