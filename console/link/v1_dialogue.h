// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/clock.h"
#include "shared/base/ids.h"
#include "shared/wire/chat_messages.h"

#include <QByteArray>
#include <QString>

#include <optional>
#include <string>
#include <vector>

class QJsonObject;

namespace orchestra {

/// Speaks version 1 of the chat protocol for a client that thinks in frames of version 2. Version 1 numbers nothing and
/// echoes nothing: what a frame of version 2 must have and version 1 does not say (ids, the user's own message, times)
/// is made here, of what was sent and when. Who made an answer is not said at all: its provenance has attempt 0. Lives
/// on: gui.
class V1Dialogue
{
public:
    /// The clock must outlive it; `user` is whom the frames are for.
    V1Dialogue(const Clock &clock, IdSource &ids, std::string user);

    /// What stands for the end of resuming: version 1 may begin as soon as it is connected.
    std::vector<wire::ServerFrame> greeting() const { return {frame(wire::ResumeDone{})}; }
    /// The frame as version 1 writes it; absent for what it cannot say.
    std::optional<QByteArray> encode(const wire::ClientFrame &frame) const;
    /// What version 2 would have told about a frame that was sent: the message itself, for every connection to see.
    std::vector<wire::ServerFrame> echo(const wire::ClientFrame &frame);
    /// What a frame of the server says; empty when it cannot be read.
    std::vector<wire::ServerFrame> decode(const QByteArray &json);
    /// The `type` of a frame, for logs.
    static QString typeOf(const QByteArray &json);

private:
    wire::ServerFrame frame(wire::ServerBody body) const;
    wire::ServerFrame completed(const QJsonObject &data);
    wire::ServerFrame token(const QJsonObject &data);
    wire::ServerFrame trouble(const QJsonObject &root);
    wire::ServerFrame progress(const QJsonObject &root) const;
    wire::Timings timings() const;

    const Clock &clock_;
    IdSource &ids_;
    const std::string user_;
    std::optional<TaskId> task_; ///< the turn that runs; turns are answered one after the other
    MonotonicTime askedAt_{};
    std::optional<MonotonicTime> firstTokenAt_;
    std::uint64_t tokens_ = 0;
};

} // namespace orchestra
