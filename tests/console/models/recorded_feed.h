// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/clock.h"

#include <QByteArray>
#include <QFile>
#include <QMap>
#include <QString>

#include <optional>
#include <vector>

namespace orchestra {

/// What a real server sent to a console, frame by frame, and what it said of itself over HTTP at the end. A text file:
/// `frame MS BASE64` (milliseconds since the first), `answer PATH BASE64`, `end WALL_MS`. tests/console/record_feed
/// makes one.
struct RecordedFeed
{
    struct Frame
    {
        qint64 atMs = 0;
        QByteArray bytes;
    };

    std::vector<Frame> frames;
    QMap<QString, QByteArray> answers; ///< by path
    WallMs end = 0;

    static std::optional<RecordedFeed> read(const QString &path)
    {
        QFile file(path);
        if (!file.open(QIODevice::ReadOnly))
            return std::nullopt;
        RecordedFeed feed;
        while (!file.atEnd()) {
            const QList<QByteArray> words = file.readLine().trimmed().split(' ');
            if (words.first() == "frame" && words.size() == 3)
                feed.frames.push_back({words[1].toLongLong(), QByteArray::fromBase64(words[2])});
            else if (words.first() == "answer" && words.size() == 3)
                feed.answers.insert(QString::fromLatin1(words[1]), QByteArray::fromBase64(words[2]));
            else if (words.first() == "end" && words.size() == 2)
                feed.end = words[1].toLongLong();
        }
        return feed;
    }

    bool write(const QString &path) const
    {
        QFile file(path);
        if (!file.open(QIODevice::WriteOnly | QIODevice::Truncate))
            return false;
        for (const Frame &frame : frames)
            file.write("frame " + QByteArray::number(frame.atMs) + ' ' + frame.bytes.toBase64() + '\n');
        for (auto answer = answers.cbegin(); answer != answers.cend(); ++answer)
            file.write("answer " + answer.key().toLatin1() + ' ' + answer.value().toBase64() + '\n');
        return file.write("end " + QByteArray::number(end) + '\n') > 0;
    }
};

} // namespace orchestra
