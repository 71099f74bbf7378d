// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/orchestrator/tool_desk.h"

#include <string>

namespace orchestra {

/// One call of a tool from its place in the queue to its end. Made again only where its server has failed and the tool
/// changes nothing: what a repetition of others would do only their server knows. Lives on: hub.
class GuardedToolRun final : public ToolRun, private ToolListener
{
public:
    GuardedToolRun(ToolDesk &desk, const std::string &name, const std::string &digest, wire::RawJson arguments,
                   const RequestContext &caller, ToolListener &listener);
    ~GuardedToolRun() override;
    /// Ends it without a word: the desk goes.
    void abandon();
    GuardedToolRun(const GuardedToolRun &) = delete;
    GuardedToolRun &operator=(const GuardedToolRun &) = delete;

private:
    void onProgress(const ToolProgress &progress) override { listener_.onProgress(progress); }
    void onEnd(const ToolEnd &end) override;

    void takePlace();
    void writeAudit();
    void makeCall();
    /// True when it is called once more.
    bool tryAgain(const ToolEnd &ended);
    void release(ConcurrencyLimit::Outcome outcome);
    void end(ToolEnd end, const char *label);
    void endLater(Error error, const char *label);

    ToolDesk *desk_; ///< null once it is abandoned
    ToolListener &listener_;
    ToolDesk::Server *server_ = nullptr;
    const std::string name_;
    const std::string digest_;
    bool needsConsent_ = false;
    ToolRequest request_;
    const RequestContext caller_;
    const MonotonicTime startedAt_;
    RetryPauses pauses_;
    bool isInFlight_ = false; ///< counted by the guard's budget
    Alarm next_;
    ToolPort::Call call_ = 0;
    std::optional<CircuitBreaker::Permit> permit_;
    std::uint64_t waiter_ = 0;
    bool hasPlace_ = false;
    /// Ends with this: what the store answers later is heard no more.
    std::shared_ptr<bool> isThere_ = std::make_shared<bool>(true);
};

} // namespace orchestra
