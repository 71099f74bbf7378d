// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/orchestrator/guarded_tool_run.h"

#include "shared/wire/error_table.h"

#include <algorithm>
#include <utility>

namespace orchestra {

GuardedToolRun::GuardedToolRun(ToolDesk &desk, const std::string &name, const std::string &digest,
                               wire::RawJson arguments, const RequestContext &caller, ToolListener &listener)
    : desk_(&desk)
    , listener_(listener)
    , name_(name)
    , digest_(digest)
    , caller_(caller)
    , startedAt_(desk.hub_.clock.now())
    , pauses_(desk.policy_.retries)
    , next_(desk.hub_.schedule)
{
    desk.runs_.insert(this);
    const auto offer = std::ranges::find(desk.offers_, name, &OfferedTool::name);
    if (offer == desk.offers_.end() || offer->tool.digest != digest) {
        const char *why = offer == desk.offers_.end() ? " cannot be used at the moment."
                                                      : " is no longer what it was when it was offered.";
        endLater({Code::NotFound, "The tool " + name + why}, "rejected");
        return;
    }
    const auto server =
        std::ranges::find_if(desk.servers_, [&](const auto &known) { return known->settings.name == offer->server; });
    server_ = server->get();
    needsConsent_ = offer->needsConsent;
    request_ = {.server = offer->server,
                .tool = offer->tool.name,
                .arguments = std::move(arguments),
                .mayRepeat = offer->tool.isReadOnly,
                .correlationId = caller.correlationId,
                .traceparent = caller.traceparent};
    next_.start(std::chrono::nanoseconds(0), [this] { takePlace(); });
}

GuardedToolRun::~GuardedToolRun()
{
    *isThere_ = false;
    if (!desk_)
        return;
    desk_->runs_.erase(this);
    if (server_ && (call_ != 0 || waiter_ != 0))
        ++desk_->hub_.counters.toolCalls[{server_->settings.name, "cancelled"}];
    abandon();
}

void GuardedToolRun::abandon()
{
    next_.stop();
    if (waiter_ != 0)
        server_->guard->stopWaiting(std::exchange(waiter_, 0));
    if (call_ != 0)
        desk_->port_.cancel(std::exchange(call_, 0));
    if (permit_)
        server_->guard->finish(*std::exchange(permit_, {}), CallOutcome::Ignored);
    release(ConcurrencyLimit::Outcome::Ignored);
    desk_ = nullptr;
}

void GuardedToolRun::takePlace()
{
    if (server_->guard->enter()) {
        hasPlace_ = true;
        return writeAudit();
    }
    const auto tooMany = [this] {
        return makeError(Code::ProviderUnavailable, "it already works on " +
                                                        std::to_string(server_->guard->concurrency().inFlight()) +
                                                        " calls, as many as it is given at a time");
    };
    waiter_ = server_->guard->wait([this] {
        waiter_ = 0;
        hasPlace_ = true;
        next_.start(std::chrono::nanoseconds(0), [this] { writeAudit(); });
    });
    if (waiter_ == 0)
        return end({.outcome = tooMany()}, "rejected");
    next_.start(desk_->policy_.limits.silence, [this, tooMany] {
        server_->guard->stopWaiting(std::exchange(waiter_, 0));
        end({.outcome = tooMany()}, "rejected");
    });
}

/// Nothing is changed outside that the audit log does not know of.
void GuardedToolRun::writeAudit()
{
    if (!needsConsent_)
        return makeCall();
    const Hub &hub = desk_->hub_;
    wire::AuditRow audit;
    audit.at = {hub.clock.wallMs()};
    audit.actor = caller_.principal.userId;
    audit.role = std::string(wireNames(caller_.principal.role)[static_cast<std::size_t>(caller_.principal.role)]);
    audit.action = "call_tool";
    audit.target = "tool:" + request_.server + "/" + request_.tool;
    audit.before = "agreed to";
    audit.after = "called";
    audit.reason = "a model has asked for it in task " + toString(caller_.taskId);
    audit.result = "ok";
    audit.requestId = caller_.correlationId;
    hub.store.ask(AppendAudit{std::move(audit)}, [this, isThere = isThere_](const Result<std::uint64_t> &index) {
        if (!*isThere || !desk_)
            return;
        if (!index)
            return end({.outcome = index.error()}, "rejected");
        ++desk_->hub_.counters.audits;
        makeCall();
    });
}

void GuardedToolRun::makeCall()
{
    // It may have had to wait, for its place or to be tried again.
    if (std::ranges::none_of(desk_->offers_, [this](const OfferedTool &offer) {
            return offer.name == name_ && offer.tool.digest == digest_;
        }))
        return end({.outcome = Error{Code::NotFound, "The tool " + name_ + " cannot be used any more."}}, "rejected");
    auto permit = server_->guard->admit();
    if (!permit)
        return end({.outcome = permit.error()}, "rejected");
    permit_ = *permit;
    server_->guard->budget().began(pauses_.attempts() > 0);
    isInFlight_ = true;
    call_ = desk_->port_.call(request_, *this);
}

void GuardedToolRun::onEnd(const ToolEnd &ended)
{
    call_ = 0;
    const auto permit = std::exchange(permit_, {});
    // What it refuses, and what a tool itself reports as failed, are answers: the server is well.
    if (permit)
        server_->guard->finish(*permit, ended.isServersFault ? CallOutcome::Failed : CallOutcome::Ok);
    desk_->hub_.counters.toolUs[server_->settings.name].record(
        static_cast<std::uint64_t>(std::max<std::int64_t>(ended.total.count(), 0)));
    desk_->measured(name_, ended);
    const bool isOverload = !ended.outcome && (ended.outcome.error().code == Code::ProviderTimeout ||
                                               ended.outcome.error().code == Code::ProviderUnavailable);
    release(ended.outcome ? ConcurrencyLimit::Outcome::Ok
            : isOverload  ? ConcurrencyLimit::Outcome::Dropped
                          : ConcurrencyLimit::Outcome::Ignored);
    if (tryAgain(ended))
        return;
    const char *label = !ended.outcome                     ? "failed"
                        : ended.outcome->isFailure         ? "tool_error"
                        : ended.outcome->isAcknowledgement ? "acknowledged"
                                                           : "ok";
    end(ended, label);
}

bool GuardedToolRun::tryAgain(const ToolEnd &ended)
{
    if (ended.outcome || !ended.isServersFault || !request_.mayRepeat || needsConsent_ ||
        !server_->guard->budget().allowsRetry())
        return false;
    const auto spent = std::chrono::duration_cast<std::chrono::milliseconds>(desk_->hub_.clock.now() - startedAt_);
    const auto pause = pauses_.next(ended.outcome.error(), desk_->policy_.limits.total - spent, desk_->hub_.random);
    if (pause)
        next_.start(*pause, [this] { takePlace(); });
    return pause.has_value();
}

void GuardedToolRun::release(ConcurrencyLimit::Outcome outcome)
{
    if (std::exchange(isInFlight_, false))
        server_->guard->budget().ended(pauses_.attempts() > 0);
    if (std::exchange(hasPlace_, false))
        server_->guard->leave(outcome);
}

void GuardedToolRun::endLater(Error error, const char *label)
{
    next_.start(std::chrono::nanoseconds(0),
                [this, error = std::move(error), label] { end({.outcome = error}, label); });
}

void GuardedToolRun::end(ToolEnd ended, const char *label)
{
    release(ConcurrencyLimit::Outcome::Ignored);
    ++desk_->hub_.counters.toolCalls[{server_ ? server_->settings.name : std::string("none"), label}];
    if (!ended.outcome && server_) {
        Error error = ended.outcome.error();
        error.message = server_->settings.name + ": " + error.message;
        ended.outcome = std::move(error);
    }
    listener_.onEnd(ended); // may destroy this
}

} // namespace orchestra
