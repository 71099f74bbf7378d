// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/orchestrator/model_desk.h"

#include <vector>

namespace orchestra {

/// One question to a model from the first attempt to the end of the answer. As long as nothing was said it may be
/// asked again, or of another model; after that, a failure is the end. Lives on: hub.
class GuardedRun final : public ModelRun, private ModelListener
{
public:
    GuardedRun(ModelDesk &desk, ModelWish wish, ModelRequest request, ModelRunListener &listener);
    ~GuardedRun() override;
    /// Ends it without a word: the desk goes.
    void abandon();
    GuardedRun(const GuardedRun &) = delete;
    GuardedRun &operator=(const GuardedRun &) = delete;

private:
    void onPieces(std::vector<ModelPiece> pieces) override;
    void onEnd(const ModelEnd &end) override;

    /// True when a kept answer is given instead of asking.
    bool answerFromCache();
    void attempt();
    void queueForPlace();
    void usePlace();
    void elsewhereOr(const Error &error);
    void call(CircuitBreaker::Permit permit);
    void noteFirstToken();
    /// The tools were refused, and the question can be asked without them.
    bool canDoWithoutTools(const Error &error) const;
    void countTokens(std::optional<std::uint64_t> told);
    void release(ConcurrencyLimit::Outcome outcome);
    void failedEarly(const ModelEnd &end);
    /// Again, or elsewhere; false when there is nothing left to try.
    bool tryOn(const Error &error);
    void end(Result<ModelFinish> outcome);
    ModelIdentity identity() const;
    std::chrono::milliseconds timeLeft() const;
    std::chrono::microseconds elapsed() const;
    const ModelDesk::Candidate &candidate() const { return candidates_[at_]; }
    ModelGuard &guard() { return *candidates_[at_].guard; }
    bool isRetry() const { return attempts_ > 1; }

    ModelDesk *desk_; ///< null once it is abandoned
    const ModelWish wish_;
    const ModelRequest request_;
    ModelRunListener &listener_;
    const MonotonicTime startedAt_;
    std::vector<ModelDesk::Candidate> candidates_;
    std::size_t at_ = 0;
    unsigned attempts_ = 0; ///< of all candidates
    RetryPauses pauses_;
    Alarm next_;
    std::optional<std::chrono::seconds> cachedAge_; ///< a kept answer was given
    bool isToBeKept_ = false;
    std::vector<ModelText> said_; ///< while the answer is to be kept

    // of the attempt under way
    ModelPort::Call call_ = 0;
    MonotonicTime calledAt_{};
    std::optional<CircuitBreaker::Permit> permit_;   ///< until the first token
    std::optional<CircuitBreaker::Finished> passed_; ///< from then on
    bool isAnswering_ = false;
    std::size_t saidBytes_ = 0;
    bool isWithoutTools_ = false; ///< they were left out, because the model cannot use them
    bool hasPlace_ = false;
    bool isInFlight_ = false;  ///< counted by the guard's budget
    std::uint64_t waiter_ = 0; ///< of the guard, while it waits for a place
};

} // namespace orchestra
