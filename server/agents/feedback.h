// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/agents/commands.h"
#include "server/agents/learned_intents.h"
#include "server/core/counters.h"
#include "server/core/feedback.h"
#include "server/core/turn.h"
#include "shared/base/clock.h"

#include <functional>
#include <memory>
#include <string>

namespace orchestra {

/// Lets the classifier learn from what users say of its readings, counts how often it was right, and lets operators see
/// and take back what was learnt. Lives on: hub.
class FeedbackDesk final : public FeedbackListener
{
public:
    static constexpr const char *kName = "feedback";

    /// All must outlive the desk.
    FeedbackDesk(LearnedIntents &learned, StorePort &store, HubCounters &counters, const Clock &clock)
        : learned_(learned)
        , store_(store)
        , counters_(counters)
        , clock_(clock)
    {
    }

    /// Learns everything the store has kept, anew.
    void load(std::function<void(Status)> done);
    /// Answers /learned and /unlearn: operators only.
    void run(const std::shared_ptr<Turn> &turn, const CommandSpec &command, const std::string &rest);

    bool isIntent(std::string_view name) const override;
    void onLabel(const IntentLabel &label, const std::string &read, bool isFirst) override;
    void onErased() override;

private:
    void list(const std::shared_ptr<Turn> &turn) const;
    void unlearn(const std::shared_ptr<Turn> &turn, const std::string &rest);
    void unlearnNow(const std::shared_ptr<Turn> &turn, std::optional<MessageId> messageId);

    ThreadOwner owner_;
    LearnedIntents &learned_;
    StorePort &store_;
    HubCounters &counters_;
    const Clock &clock_;
};

} // namespace orchestra
