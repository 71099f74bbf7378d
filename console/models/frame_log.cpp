// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/frame_log.h"

namespace orchestra {

void FrameLog::add(bool outbound, const QString &type, qint64 bytes, quint64 sequence, const QByteArray &raw)
{
    const qint64 now = clock_.wallMs();
    FrameLine line;
    line.direction = outbound ? FramesModel::Sent : FramesModel::Received;
    line.number = ++number_;
    line.sequence = sequence;
    line.type = type;
    line.bytes = bytes;
    line.deltaMs = lastAtMs_ == 0 ? -1 : now - lastAtMs_;
    // A hello may carry a token; no log holds one.
    line.raw = type == QLatin1String("hello") || type == QLatin1String("auth_refresh") ? QByteArray() : raw;
    lastAtMs_ = now;
    bytes_ += bytes;
    if (showsTokens_ || type != QLatin1String("stream_token"))
        lines_.add(std::move(line));
}

void FrameLog::note(const QString &text)
{
    FrameLine line;
    line.direction = FramesModel::Gap;
    line.number = ++number_;
    line.type = text;
    lines_.add(std::move(line));
}

void FrameLog::clear()
{
    lines_.clear();
    number_ = 0;
    bytes_ = 0;
    lastAtMs_ = 0;
}

} // namespace orchestra
