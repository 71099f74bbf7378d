// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/clock.h"
#include "shared/wire/ops_messages.h"

#include <QString>

#include <optional>
#include <string_view>

/// Values in words, as the whole console says them. Pure; translated through the context "texts".
namespace orchestra::texts {

/// What others wrote, made safe for one line: control characters and bidirectional overrides are dropped, line breaks
/// become spaces, at most 500 characters stay.
QString line(std::string_view utf8);
/// The same with line breaks and any length.
QString block(std::string_view utf8);

/// "1 240" with thin spaces.
QString count(std::uint64_t value);
/// With so many decimals and thin groups; "—" when there is no value or it is not a number.
QString number(std::optional<double> value, int decimals);
/// "842 B", "26.4 KiB".
QString bytes(std::uint64_t bytes);
/// "0.4 s", "12 s", "41 min", "6 h 12 min", "5 d".
QString age(qint64 ms);
/// "407 ms", "2.71 s".
QString duration(double ms);
/// "14:03:22"; `offsetSeconds` east of UTC.
QString clock(WallMs ms, int offsetSeconds = 0);
/// "+3 %", "−2 %"; empty when it cannot be told.
QString change(std::optional<double> now, std::optional<double> before);

/// "Closed (passing)".
QString breakerState(wire::BreakerState state);
/// "active".
QString phase(wire::ConnectionPhase phase);
/// The wire name with spaces, for enumerations without words of their own.
template <class E>
QString word(E value)
{
    return line(wireNames(value)[static_cast<std::size_t>(value)]).replace(QLatin1Char('_'), QLatin1Char(' '));
}

inline const QString kUnknown = QStringLiteral("—");

} // namespace orchestra::texts
