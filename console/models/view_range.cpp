// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/view_range.h"

#include "console/models/texts.h"

#include <array>
#include <cmath>

namespace orchestra {
namespace {

constexpr std::array<std::chrono::seconds, 5> kLengths = {std::chrono::minutes(5), std::chrono::minutes(15),
                                                          std::chrono::hours(1), std::chrono::hours(6),
                                                          std::chrono::hours(24)};
constexpr std::array<const char *, 5> kWords = {"5m", "15m", "1h", "6h", "24h"};
constexpr qreal kShortestZoomMs = 10'000;

} // namespace

ViewRange::ViewRange(const Clock &clock, QObject *parent)
    : QObject(parent)
    , clock_(clock)
{
    follow();
}

std::chrono::seconds ViewRange::length() const
{
    if (preset_ != Custom)
        return kLengths[static_cast<std::size_t>(preset_)];
    return std::chrono::seconds(static_cast<std::int64_t>((toMs_ - fromMs_) / 1000));
}

void ViewRange::follow()
{
    if (preset_ == Custom)
        return;
    toMs_ = static_cast<qreal>(clock_.wallMs());
    fromMs_ = toMs_ - static_cast<qreal>(std::chrono::milliseconds(length()).count());
}

void ViewRange::setPreset(int preset)
{
    if (preset < Minutes5 || preset > Hours24 || preset == preset_)
        return;
    preset_ = preset;
    follow();
    Q_EMIT presetChanged();
    Q_EMIT moved();
}

QStringList ViewRange::presets() const
{
    return {tr("5 min"), tr("15 min"), tr("1 h"), tr("6 h"), tr("24 h")};
}

QString ViewRange::word() const
{
    return preset_ == Custom ? QString() : QString::fromLatin1(kWords[static_cast<std::size_t>(preset_)]);
}

void ViewRange::setWord(const QString &word)
{
    for (std::size_t at = 0; at < kWords.size(); ++at) {
        if (word == QLatin1String(kWords[at]))
            setPreset(static_cast<int>(at));
    }
}

QString ViewRange::text() const
{
    if (preset_ != Custom)
        return presets().at(preset_);
    return tr("%1 to %2")
        .arg(texts::clock(static_cast<WallMs>(fromMs_), utcOffsetSeconds_),
             texts::clock(static_cast<WallMs>(toMs_), utcOffsetSeconds_));
}

void ViewRange::shorter()
{
    if (preset_ == Custom)
        setPreset(presetBeforeZoom_);
    else
        setPreset(preset_ - 1);
}

void ViewRange::longer()
{
    if (preset_ == Custom)
        setPreset(presetBeforeZoom_);
    else
        setPreset(preset_ + 1);
}

void ViewRange::goLive()
{
    setPaused(false);
    if (preset_ == Custom)
        setPreset(presetBeforeZoom_);
}

void ViewRange::zoom(qreal fromMs, qreal toMs)
{
    if (!(toMs - fromMs >= kShortestZoomMs))
        return;
    if (preset_ != Custom)
        presetBeforeZoom_ = preset_;
    preset_ = Custom;
    fromMs_ = fromMs;
    toMs_ = toMs;
    Q_EMIT presetChanged();
    Q_EMIT moved();
}

void ViewRange::setPaused(bool paused)
{
    if (paused == paused_)
        return;
    paused_ = paused;
    held_ = 0;
    follow();
    Q_EMIT pausedChanged();
    Q_EMIT heldChanged();
    Q_EMIT moved();
}

QString ViewRange::heldText() const
{
    return held_ == 0 ? QString() : tr("+%1").arg(texts::count(static_cast<std::uint64_t>(held_)));
}

void ViewRange::hold()
{
    ++held_;
    Q_EMIT heldChanged();
}

void ViewRange::setCursorMs(qreal ms)
{
    if (ms == cursorMs_ || (std::isnan(ms) && std::isnan(cursorMs_)))
        return;
    cursorMs_ = ms;
    Q_EMIT cursorChanged();
}

void ViewRange::setUtcOffsetSeconds(int seconds)
{
    if (seconds == utcOffsetSeconds_)
        return;
    utcOffsetSeconds_ = seconds;
    Q_EMIT zoneChanged();
    Q_EMIT presetChanged();
}

void ViewRange::tick(qreal cutMs)
{
    cutMs_ = cutMs;
    if (isFollowing())
        follow();
    Q_EMIT moved();
}

} // namespace orchestra
