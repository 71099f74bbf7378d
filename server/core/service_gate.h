// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/wire/ops_messages.h"

#include <cstdint>
#include <functional>
#include <vector>

namespace orchestra {

/// Whether the core services are there, and how far they have come. Whoever needs them asks for them; one attempt
/// serves all. Lives on: hub. Implemented by the startup of the server.
class ServiceGate
{
public:
    virtual ~ServiceGate() = default;
    virtual bool isReady() const = 0;
    /// Finished and unfinished phases, in their order.
    virtual std::vector<wire::PhaseRow> phases() const = 0;
    /// Begins the shared attempt unless the services are there or one is under way. A failed attempt is begun again
    /// by itself while anybody waits, after a pause.
    virtual void ensure() = 0;
    /// `changed` is called after each change of isReady() or phases(). One listener.
    virtual void onChange(std::function<void()> changed) = 0;
};

/// Phases done out of all, in percent; 100 only when all are done.
std::uint64_t progressOf(const std::vector<wire::PhaseRow> &phases);

} // namespace orchestra
