// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/models/small_models.h"
#include "shared/base/clock.h"

namespace orchestra {

/// Every frame of a connection in the order it went by, with what was missed between. Lives on: gui.
class FrameLog
{
public:
    /// The clock must outlive the log.
    FrameLog(const Clock &clock, QObject *parent)
        : clock_(clock)
        , lines_(parent)
    {
    }

    FramesModel *lines() { return &lines_; }
    quint64 count() const { return number_; }
    qint64 bytes() const { return bytes_; }
    bool showsTokens() const { return showsTokens_; }
    /// Hidden tokens are still counted.
    void setShowsTokens(bool shows) { showsTokens_ = shows; }

    void add(bool outbound, const QString &type, qint64 bytes, quint64 sequence, const QByteArray &raw);
    /// A line between frames: a gap, the end of a connection.
    void note(const QString &text);
    void clear();

private:
    const Clock &clock_;
    FramesModel lines_;
    quint64 number_ = 0;
    qint64 bytes_ = 0;
    qint64 lastAtMs_ = 0;
    bool showsTokens_ = true;
};

} // namespace orchestra
