// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/base/log.h"

namespace orchestra {

std::string_view toString(LogLevel level)
{
    switch (level) {
    case LogLevel::Debug:
        return "DEBUG";
    case LogLevel::Info:
        return "INFO";
    case LogLevel::Warn:
        return "WARN";
    case LogLevel::Error:
        return "ERROR";
    case LogLevel::Critical:
        return "CRITICAL";
    }
    return "ERROR";
}

} // namespace orchestra
