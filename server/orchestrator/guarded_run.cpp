// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/orchestrator/guarded_run.h"

#include "server/core/conversation/usage_budget.h"
#include "shared/base/text.h"
#include "shared/wire/error_table.h"

#include <algorithm>
#include <utility>

namespace orchestra {
namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;

std::size_t sizeOf(const ModelText &said)
{
    return said.text().size();
}

std::size_t sizeOf(const ModelThinking &said)
{
    return said.text.size();
}

} // namespace

GuardedRun::GuardedRun(ModelDesk &desk, ModelWish wish, ModelRequest request, ModelRunListener &listener)
    : desk_(&desk)
    , wish_(std::move(wish))
    , request_(std::move(request))
    , listener_(listener)
    , startedAt_(desk.hub_.clock.now())
    , pauses_(desk.policy_.retries)
    , next_(desk.hub_.schedule)
{
    desk_->runs_.insert(this);
    auto chosen = desk_->choose(wish_);
    if (chosen) {
        candidates_ = *std::move(chosen);
        if (answerFromCache())
            return;
        next_.start(std::chrono::nanoseconds(0), [this] { attempt(); });
    } else {
        next_.start(std::chrono::nanoseconds(0), [this, error = chosen.error()] { end(error); });
    }
}

bool GuardedRun::answerFromCache()
{
    isToBeKept_ = desk_->cache_.serves(wish_);
    if (!isToBeKept_)
        return false;
    auto kept = desk_->cache_.find(AnswerCache::keyOf(wish_.userId, candidate().name(), request_));
    ++desk_->hub_.counters.answerCache[kept ? "hit" : "miss"];
    if (!kept)
        return false;
    isToBeKept_ = false;
    cachedAge_ = kept->age;
    next_.start(std::chrono::nanoseconds(0), [this, answer = *std::move(kept)] {
        std::vector<ModelPiece> pieces(answer.text.begin(), answer.text.end());
        ModelFinish finish = answer.finish;
        finish.usage = wire::Usage{0, 0, false}; // nobody was asked
        // Whoever hears the words may let go of this run.
        next_.start(std::chrono::nanoseconds(0), [this, finish = std::move(finish)] { end(finish); });
        listener_.onAnswering(identity());
        listener_.onPieces(std::move(pieces));
    });
    return true;
}

GuardedRun::~GuardedRun()
{
    if (!desk_)
        return;
    desk_->runs_.erase(this);
    abandon();
}

void GuardedRun::abandon()
{
    next_.stop();
    if (waiter_ != 0)
        guard().stopWaiting(std::exchange(waiter_, 0));
    if (call_ != 0) {
        desk_->port_.cancel(std::exchange(call_, 0));
        countTokens({});
    }
    if (permit_)
        desk_->board_.finish(guard().breaker(), *std::exchange(permit_, {}), CallOutcome::Ignored);
    release(ConcurrencyLimit::Outcome::Ignored);
    desk_ = nullptr;
}

milliseconds GuardedRun::timeLeft() const
{
    const auto spent = duration_cast<milliseconds>(desk_->hub_.clock.now() - startedAt_);
    return std::max(desk_->policy_.deadlines.total - spent, milliseconds(0));
}

std::chrono::microseconds GuardedRun::elapsed() const
{
    return duration_cast<std::chrono::microseconds>(desk_->hub_.clock.now() - calledAt_);
}

void GuardedRun::attempt()
{
    if (!guard().enter())
        return queueForPlace();
    hasPlace_ = true;
    usePlace();
}

void GuardedRun::queueForPlace()
{
    waiter_ = guard().wait([this] {
        waiter_ = 0;
        hasPlace_ = true;
        next_.start(std::chrono::nanoseconds(0), [this] { usePlace(); });
    });
    const auto tooMany = [this] {
        ++desk_->hub_.counters.overloads;
        return makeError(Code::ProviderUnavailable, "it already works on " +
                                                        std::to_string(guard().concurrency().inFlight()) +
                                                        " answers, as many as it is given at a time");
    };
    if (waiter_ == 0)
        return elsewhereOr(tooMany());
    next_.start(std::min(timeLeft(), desk_->policy_.deadlines.firstToken), [this, tooMany] {
        guard().stopWaiting(std::exchange(waiter_, 0));
        elsewhereOr(tooMany());
    });
    listener_.onWaiting(guard().waiting() - 1);
}

/// Asks for the permit last: one of a half-open breaker is not to be wasted on waiting.
void GuardedRun::usePlace()
{
    auto permit = guard().admit();
    if (permit)
        return call(*permit);
    release(ConcurrencyLimit::Outcome::Ignored);
    elsewhereOr(permit.error());
}

/// Another candidate, or the end.
void GuardedRun::elsewhereOr(const Error &error)
{
    if (at_ + 1 == candidates_.size())
        return end(error);
    ++at_;
    attempt();
}

void GuardedRun::call(CircuitBreaker::Permit permit)
{
    permit_ = permit;
    passed_.reset();
    ++attempts_;
    guard().budget().began(isRetry());
    isInFlight_ = true;
    calledAt_ = desk_->hub_.clock.now();
    ModelRequest request = request_;
    request.model = candidate().model;
    isWithoutTools_ = !request.tools.empty() && !wish_.needsTools && !desk_->canUseTools(candidate());
    if (isWithoutTools_) {
        request.tools.clear();
        request.toolChoice.reset();
        request.parallelToolCalls.reset();
    }
    request.deadlines = desk_->policy_.deadlines;
    request.deadlines.firstToken =
        std::min({guard().firstTokenWithin(), timeLeft(), wish_.maxLatency.value_or(request.deadlines.firstToken)});
    request.deadlines.total = timeLeft();
    call_ = desk_->port_.call(candidate().server, std::move(request), *this);
}

void GuardedRun::noteFirstToken()
{
    if (!permit_)
        return;
    passed_ = guard().firstToken(*std::exchange(permit_, {}), elapsed(), isRetry());
}

void GuardedRun::onPieces(std::vector<ModelPiece> pieces)
{
    noteFirstToken();
    if (!std::exchange(isAnswering_, true))
        listener_.onAnswering(identity());
    for (const ModelPiece &piece : pieces) {
        saidBytes_ += std::visit([](const auto &said) { return sizeOf(said); }, piece);
        const auto *text = isToBeKept_ ? std::get_if<ModelText>(&piece) : nullptr;
        if (text && (said_.empty() || !said_.back().append(*text)))
            said_.push_back(*text);
    }
    listener_.onPieces(std::move(pieces));
}

void GuardedRun::onEnd(const ModelEnd &ended)
{
    call_ = 0;
    countTokens(ended.outcome && ended.outcome->usage ? std::optional(ended.outcome->usage->completionTokens)
                                                      : std::nullopt);
    if (ended.outcome) {
        // An answer without a word, such as tool calls, is a good one too.
        noteFirstToken();
        guard().completed();
        if (isToBeKept_)
            desk_->cache_.keep(AnswerCache::keyOf(wish_.userId, candidate().name(), request_), wish_.userId,
                               candidate().name(), std::move(said_), *ended.outcome);
        release(ConcurrencyLimit::Outcome::Ok);
        return end(ended.outcome);
    }
    if (ended.isServersFault)
        desk_->catalog_.doubt(candidate().server);
    if (!permit_) {
        if (ended.isServersFault)
            guard().brokeOff(*passed_);
        release(ended.isServersFault ? ConcurrencyLimit::Outcome::Dropped : ConcurrencyLimit::Outcome::Ignored);
        return end(ended.outcome);
    }
    failedEarly(ended);
}

/// `told` by the server; else they are estimated from what was said.
void GuardedRun::countTokens(std::optional<std::uint64_t> told)
{
    const std::uint64_t tokens = told.value_or(estimatedTokens(std::exchange(saidBytes_, 0)));
    if (tokens > 0)
        HubCounters::ofModel(desk_->hub_.counters.modelTokens, candidate().server, candidate().model) += tokens;
}

void GuardedRun::failedEarly(const ModelEnd &ended)
{
    const Error &error = ended.outcome.error();
    guard().failedEarly(*std::exchange(permit_, {}), ended.isServersFault, error, elapsed(), isRetry());
    // Asked too much of, by its own word or by its silence.
    const bool isOverload = error.code == Code::ProviderTimeout || error.code == Code::ProviderUnavailable;
    release(isOverload ? ConcurrencyLimit::Outcome::Dropped : ConcurrencyLimit::Outcome::Ignored);
    if (canDoWithoutTools(error)) {
        guard().refuseTools(desk_->hub_.clock.now() + ModelDesk::kBelieved);
        next_.start(std::chrono::nanoseconds(0), [this] { attempt(); });
    } else if (!tryOn(error)) {
        end(error);
    }
}

/// There is no code for it: servers say it in words. Whatever else they mean, one more question without tools is all it
/// costs.
bool GuardedRun::canDoWithoutTools(const Error &error) const
{
    return !request_.tools.empty() && !wish_.needsTools && !isWithoutTools_ && error.code == Code::ProviderError &&
           lowerAscii(error.message).find("tool") != std::string::npos;
}

bool GuardedRun::tryOn(const Error &error)
{
    if (!wish_.isOnce && guard().budget().allowsRetry()) {
        if (const auto pause = pauses_.next(error, timeLeft(), desk_->hub_.random)) {
            next_.start(*pause, [this] { attempt(); });
            return true;
        }
    }
    // What one model refuses as a bad request, another would refuse too.
    if (at_ + 1 == candidates_.size() || !(error.retryable || error.code == Code::NoModel))
        return false;
    ++at_;
    next_.start(std::chrono::nanoseconds(0), [this] { attempt(); });
    return true;
}

void GuardedRun::release(ConcurrencyLimit::Outcome outcome)
{
    if (!std::exchange(hasPlace_, false))
        return;
    if (std::exchange(isInFlight_, false))
        guard().budget().ended(isRetry());
    guard().leave(outcome);
}

void GuardedRun::end(Result<ModelFinish> outcome)
{
    ModelRunEnd ended;
    ended.outcome = std::move(outcome);
    if (!candidates_.empty() && !ended.outcome) {
        Error error = ended.outcome.error();
        error.message = candidate().name() + ": " + error.message;
        ended.outcome = std::move(error);
    }
    if (attempts_ > 0 || cachedAge_)
        ended.identity = identity();
    listener_.onEnd(ended); // may destroy this
}

ModelIdentity GuardedRun::identity() const
{
    ModelIdentity identity{candidate().server, candidate().model, std::max(attempts_, 1U), {},
                           candidate().route,  cachedAge_};
    if (at_ > 0)
        identity.fallbackFrom = candidates_.front().name();
    if (isWithoutTools_)
        identity.route += "; without tools, which it cannot use";
    return identity;
}

} // namespace orchestra
