// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/health.h"

namespace orchestra {

Health::Level Health::of(wire::HealthState state)
{
    switch (state) {
    case wire::HealthState::Healthy:
        return Ok;
    case wire::HealthState::Degraded:
        return Warn;
    case wire::HealthState::Unhealthy:
        return Bad;
    }
    return Idle;
}

Health::Level Health::of(wire::Severity severity)
{
    switch (severity) {
    case wire::Severity::Info:
        return Idle;
    case wire::Severity::Warning:
        return Warn;
    case wire::Severity::Problem:
        return Bad;
    }
    return Idle;
}

Health::Level Health::of(wire::ConnectionPhase phase)
{
    switch (phase) {
    case wire::ConnectionPhase::Connecting:
    case wire::ConnectionPhase::Authenticating:
    case wire::ConnectionPhase::Initializing:
        return Pending;
    case wire::ConnectionPhase::Active:
        return Ok;
    case wire::ConnectionPhase::Closing:
    case wire::ConnectionPhase::Closed:
        return Idle;
    }
    return Idle;
}

Health::Level Health::of(wire::BreakerState state)
{
    switch (state) {
    case wire::BreakerState::Closed:
        return Ok;
    case wire::BreakerState::HalfOpen:
    case wire::BreakerState::MetricsOnly:
    case wire::BreakerState::Disabled:
        return Warn;
    case wire::BreakerState::Open:
    case wire::BreakerState::ForcedOpen:
        return Bad;
    }
    return Idle;
}

Health::Level Health::of(wire::PhaseState state)
{
    switch (state) {
    case wire::PhaseState::Pending:
        return Idle;
    case wire::PhaseState::Running:
        return Pending;
    case wire::PhaseState::Done:
        return Ok;
    case wire::PhaseState::Failed:
        return Bad;
    }
    return Idle;
}

} // namespace orchestra
