// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/texts.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QTimeZone>

#include <cmath>

namespace orchestra::texts {
namespace {

constexpr qsizetype kLineLength = 500;
constexpr QChar kThinSpace(0x202f);

QString tr(const char *text)
{
    return QCoreApplication::translate("texts", text);
}

bool isHarmful(QChar c)
{
    const char16_t code = c.unicode();
    const bool isControl = code < 0x20 || (code >= 0x7f && code < 0xa0);
    const bool isBidi =
        (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069) || code == 0x200e || code == 0x200f;
    return isControl || isBidi;
}

QString grouped(QString digits)
{
    const qsizetype dot = digits.indexOf(QLatin1Char('.'));
    for (qsizetype at = (dot < 0 ? digits.size() : dot) - 3; at > (digits.startsWith(QLatin1Char('-')) ? 1 : 0);
         at -= 3)
        digits.insert(at, kThinSpace);
    return digits;
}

QDateTime dateTime(WallMs ms, int offsetSeconds)
{
    return QDateTime::fromMSecsSinceEpoch(ms, Qt::OffsetFromUTC, offsetSeconds);
}

} // namespace

QString line(std::string_view utf8)
{
    QString text = QString::fromUtf8(utf8.data(), static_cast<qsizetype>(utf8.size())).left(kLineLength);
    for (QChar &c : text) {
        if (c == QLatin1Char('\n') || c == QLatin1Char('\t') || c == QLatin1Char('\r'))
            c = QLatin1Char(' ');
    }
    text.removeIf(isHarmful);
    return text;
}

QString block(std::string_view utf8)
{
    QString text = QString::fromUtf8(utf8.data(), static_cast<qsizetype>(utf8.size()));
    text.removeIf([](QChar c) { return isHarmful(c) && c != QLatin1Char('\n') && c != QLatin1Char('\t'); });
    return text;
}

QString count(std::uint64_t value)
{
    return grouped(QString::number(value));
}

QString number(std::optional<double> value, int decimals)
{
    return value && std::isfinite(*value) ? grouped(QString::number(*value, 'f', decimals)) : kUnknown;
}

QString bytes(std::uint64_t bytes)
{
    if (bytes < 1024)
        return tr("%1 B").arg(bytes);
    double value = static_cast<double>(bytes) / 1024;
    for (const char *unit : {"%1 KiB", "%1 MiB", "%1 GiB"}) {
        if (value < 1024)
            return tr(unit).arg(number(value, value < 100 ? 1 : 0));
        value /= 1024;
    }
    return tr("%1 TiB").arg(number(value, 1));
}

QString age(qint64 ms)
{
    const qint64 seconds = std::max<qint64>(0, ms) / 1000;
    if (ms < 1000)
        return tr("%1 s").arg(QString::number(static_cast<double>(std::max<qint64>(0, ms)) / 1000, 'f', 1));
    if (seconds < 120)
        return tr("%1 s").arg(seconds);
    if (seconds < 7200)
        return tr("%1 min").arg(seconds / 60);
    if (seconds < 86400)
        return tr("%1 h %2 min").arg(seconds / 3600).arg(seconds % 3600 / 60);
    return tr("%1 d").arg(seconds / 86400);
}

QString duration(double ms)
{
    if (!std::isfinite(ms))
        return kUnknown;
    if (ms < 10)
        return tr("%1 ms").arg(QString::number(ms, 'f', 1));
    if (ms < 1000)
        return tr("%1 ms").arg(QString::number(ms, 'f', 0));
    return tr("%1 s").arg(QString::number(ms / 1000, 'f', 2));
}

QString clock(WallMs ms, int offsetSeconds)
{
    return dateTime(ms, offsetSeconds).toString(QStringLiteral("HH:mm:ss"));
}

QString change(std::optional<double> now, std::optional<double> before)
{
    if (!now || !before || !std::isfinite(*now) || !std::isfinite(*before) || *before == 0)
        return {};
    const int percent = static_cast<int>(std::lround((*now - *before) / *before * 100));
    if (percent == 0 || std::abs(percent) > 999)
        return {}; // nothing to say, or nothing that a percentage says well
    return percent < 0 ? tr("−%1 %").arg(-percent) : tr("+%1 %").arg(percent);
}

QString breakerState(wire::BreakerState state)
{
    switch (state) {
    case wire::BreakerState::Closed:
        return tr("Closed (passing)");
    case wire::BreakerState::Open:
        return tr("Open (refusing)");
    case wire::BreakerState::HalfOpen:
        return tr("Half-open (probing)");
    case wire::BreakerState::ForcedOpen:
        return tr("Forced open (refusing)");
    case wire::BreakerState::Disabled:
        return tr("Disabled (passing)");
    case wire::BreakerState::MetricsOnly:
        return tr("Counting only (passing)");
    }
    return kUnknown;
}

QString phase(wire::ConnectionPhase phase)
{
    switch (phase) {
    case wire::ConnectionPhase::Connecting:
        return tr("Connecting");
    case wire::ConnectionPhase::Authenticating:
        return tr("Authenticating");
    case wire::ConnectionPhase::Initializing:
        return tr("Initializing");
    case wire::ConnectionPhase::Active:
        return tr("Active");
    case wire::ConnectionPhase::Closing:
        return tr("Closing");
    case wire::ConnectionPhase::Closed:
        return tr("Closed");
    }
    return kUnknown;
}

} // namespace orchestra::texts
