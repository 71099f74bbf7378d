// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/edge/request_head.h"

#include <memory>

namespace orchestra {

struct RequestLimits
{
    std::size_t headBytes = 16384;
    std::size_t bodyBytes = 1048576;
};

/// Reads HTTP/1 requests out of a byte stream, one after the other. Bytes may come in any pieces; what follows a
/// request stays inside until next(). The caller bounds how much it appends while a request is being answered.
/// The head is held against head_rules.h first and then read by Boost.Beast, which also takes the body apart.
/// Lives on: edge (a plain value; no thread of its own).
class RequestParser
{
public:
    enum class State : std::uint8_t {
        Head,     ///< wants more bytes
        Body,     ///< head() is there, wants more bytes
        Complete, ///< head() and body() are there; next() goes on
        Failed,   ///< failure() says why; the stream can no longer be trusted
    };

    explicit RequestParser(RequestLimits limits);
    ~RequestParser();
    RequestParser(const RequestParser &) = delete;
    RequestParser &operator=(const RequestParser &) = delete;

    State append(std::string_view bytes);
    /// Forgets the present request and begins with what was received after it. Only when Complete.
    State next();

    State state() const { return state_; }
    const RequestHead &head() const { return head_; }
    std::string takeBody();
    const HttpFailure &failure() const { return failure_; }
    /// True when not a byte of the present request has been received.
    bool isIdle() const { return state_ == State::Head && input_.empty(); }
    /// Bytes that were received and belong to no request yet.
    std::size_t waitingBytes() const { return input_.size(); }
    /// Takes the bytes behind the present request: the first frames of an upgraded connection. Only when Complete.
    std::string takeRest();

private:
    struct Framing;

    void advance();
    void readHead();
    void readBody();
    void copyHead(std::size_t bytes);
    void fail(HttpFailure failure);

    const RequestLimits limits_;
    State state_ = State::Head;
    std::string input_;
    std::size_t scanned_ = 0; ///< bytes of input_ that are known to hold no end of a head
    bool forgaveEmptyLine_ = false;
    RequestHead head_;
    std::string body_;
    HttpFailure failure_;
    std::unique_ptr<Framing> framing_;
};

} // namespace orchestra
