// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/core/health.h"
#include "server/core/identity.h"
#include "server/core/store_port.h"
#include "shared/base/histogram.h"
#include "shared/base/result.h"
#include "shared/wire/ops_messages.h"

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace orchestra {

/// The live system, for reading. Agents, the admin API and the ops channel all look through this one window.
/// Lives on: hub.
class LiveState
{
public:
    virtual ~LiveState() = default;
    virtual wire::OverviewRow overview() const = 0;
    virtual std::vector<wire::ConnectionRow> connections() const = 0;
    virtual std::vector<wire::ThreadRow> threads() const = 0; ///< those loaded now
    virtual std::vector<wire::TaskRow> tasks() const = 0;     ///< running, queued and the last 200 that ended
    virtual std::vector<wire::BreakerRow> breakers() const = 0;
    virtual std::vector<wire::FlagRow> flags() const = 0;
    virtual wire::DegradationRow degradation() const = 0;
    virtual HealthReport health() const = 0;
    /// Every loop the server runs answers within its bound.
    virtual bool isReady() const = 0;
};

/// Numbers over time. Names as in SeriesChunk::name, for example messages_in, first_token_p95_ms. Lives on: hub.
class SeriesSource
{
public:
    virtual ~SeriesSource() = default;
    virtual std::vector<std::string> seriesNames() const = 0;
    /// The last `range` of each named series (all when empty), at the finest step that covers it.
    virtual std::vector<wire::SeriesChunk> series(const std::vector<std::string> &names,
                                                  std::chrono::seconds range) const = 0;
};

/// Operator commands: authorised, applied, audited, answered. Lives on: hub.
class AdminPort
{
public:
    virtual ~AdminPort() = default;
    /// `done` is called once, on the hub, after the audit entry is durable (also for a refusal).
    virtual void act(const Principal &actor, wire::OpsAction action, std::function<void(wire::OpsReply)> done) = 0;
    virtual void readAudit(const Principal &actor, std::string target, std::uint64_t beforeIndex, std::size_t limit,
                           std::function<void(Result<AuditPage>)> done) = 0;
};

} // namespace orchestra
