// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/wire/json_codec.h"

#include <map>
#include <string>
#include <vector>

namespace orchestra::wire {

/// What the first text frame of a connection without a subprotocol tells about its version.
enum class FirstFrame : std::uint8_t {
    Version1,   ///< has a `data` object
    Version2,   ///< anything else that is an object: `hello`, an `id`, flat members
    Undecided,  ///< a lone ping: answer it and look at the next frame
    Unreadable, ///< no JSON object; the next frame decides
};
FirstFrame classifyFirstFrame(JsonReader &reader, std::string_view json);

/// Version 1 of the chat protocol, translated to and from version 2 for one connection: nothing behind it knows that
/// version 1 exists.
///
/// A version 1 client cannot tell turns apart, so it sees only its own, and those that ran already when it connected
/// (a reconnect in mid-answer gets what follows). A chat of its own becomes exactly one manager line, `status
/// processing`, tokens, `response`; a command becomes a `response`. The manager line is Maestro's first one; when
/// Maestro says nothing before the answer begins, it is an empty one, for no text is ever invented.
class V1Adapter
{
public:
    /// `sessionId` is repeated in each response.
    explicit V1Adapter(std::string sessionId)
        : sessionId_(std::move(sessionId))
    {
    }

    /// `id`, unique on this connection, becomes that of the frame. Members that version 1 does not have are ignored.
    /// A frame that came out must be answered through `translate`: by an ack or an error with its id.
    ClientDecoding decode(JsonReader &reader, std::string_view json, std::string id);

    /// Appends what the client is to see of `frame`: none, one or several whole frames, in order.
    void translate(const ServerFrame &frame, std::vector<std::string> &out);

private:
    enum class Asked : std::uint8_t { Chat, Command };
    /// Of a turn on the thread of this connection.
    enum class Shown : std::uint8_t {
        Whole,       ///< a chat of this connection, nothing shown yet
        WhatFollows, ///< ran already when the connection was made, nothing shown yet
        Rest,        ///< the manager line is out, or went to an earlier connection
        Response,    ///< a command of this connection
        Nothing,     ///< somebody else's, or a part of a turn
    };

    void begin(const std::string &ref, const TaskId &task);
    Shown &turn(const ServerFrame &frame);
    void showManager(std::string_view content, Shown &shown, std::vector<std::string> &out);
    void translateThinking(const ServerFrame &frame, const AgentThinking &thinking, std::vector<std::string> &out);
    void translateToken(const ServerFrame &frame, const StreamToken &token, std::vector<std::string> &out);
    void translateCompleted(const ServerFrame &frame, const AgentCompleted &completed, std::vector<std::string> &out);
    void translateError(const ErrorFrame &error, std::vector<std::string> &out);

    const std::string sessionId_;
    std::map<std::string, Asked, std::less<>> asked_; ///< frames that are not acknowledged yet, by id
    std::map<TaskId, Shown> turns_;                   ///< turns that have not ended
};

} // namespace orchestra::wire
