// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/clock.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace orchestra {

enum class LogLevel : std::uint8_t { Debug, Info, Warn, Error, Critical };

std::string_view toString(LogLevel level);

/// One structured log line: constant text, a stable event name and allow-listed fields. Never message content,
/// tokens or whole frames.
struct LogRecord
{
    LogLevel level = LogLevel::Info;
    std::string event;   ///< stable dotted name, for example ws.closed
    std::string message; ///< constant text, no user data
    std::string logger;  ///< component, for example edge
    std::string correlationId;
    std::vector<std::pair<std::string, std::string>> fields;
    WallMs at = 0; ///< set by the sink when 0
};

/// Where log records go. Thread-safe. Implementations: server/observe/log_sink.h, and collectors in tests.
class LogSink
{
public:
    virtual ~LogSink() = default;
    virtual void write(LogRecord record) = 0;
    /// False when records of that level are thrown away: what is written often need not be put together then.
    virtual bool wants(LogLevel) const { return true; }
};

} // namespace orchestra
