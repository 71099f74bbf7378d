// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/result.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace orchestra {

struct HttpHeader
{
    std::string name;
    std::string value;
    bool operator==(const HttpHeader &) const = default;
};

/// How long each part of an exchange may take.
struct HttpDeadlines
{
    std::chrono::milliseconds connect = std::chrono::seconds(5);    ///< name look-up, connection and TLS
    std::chrono::milliseconds firstByte = std::chrono::seconds(30); ///< from the start to the answer's first byte
    std::chrono::milliseconds gap = std::chrono::seconds(30);       ///< between two pieces of the answer
    std::chrono::milliseconds total = std::chrono::minutes(10);     ///< from the start to the end
};

/// How much of an answer is taken.
struct HttpCaps
{
    std::size_t head = 64 * 1024;
    std::size_t body = 64 * 1024 * 1024;
};

/// Where a request may go. Link-local, multicast and unspecified addresses are always refused, whatever a name
/// resolves to.
enum class Reach : std::uint8_t {
    Public,     ///< neither this machine nor private networks
    Configured, ///< any other address too: an operator has written this host and port into the configuration
};

/// One request. Redirects are never followed: what they lead to was not checked.
struct HttpRequest
{
    std::string method = "GET";
    std::string url; ///< http or https
    std::vector<HttpHeader> headers;
    std::string body;
    HttpDeadlines deadlines;
    HttpCaps caps;
    Reach reach = Reach::Public;
    /// A connection that was used before may have been closed unseen, and the request would then be sent again. Set
    /// for what must not happen twice.
    bool freshConnection = false;
};

/// The answer's status and headers.
struct HttpHead
{
    int status = 0;
    std::vector<HttpHeader> headers;

    /// The first header of this name (in any case); empty when there is none.
    std::string_view find(std::string_view name) const;
    bool isSuccess() const { return status >= 200 && status < 300; }
};

/// How an exchange ended. Times count from the start of the exchange.
struct HttpEnd
{
    Status outcome = Ok{}; ///< ok when the answer came to its proper end, whatever its HTTP status
    bool hasConnected = false;
    std::optional<std::chrono::microseconds> firstByte; ///< when the head began
    std::chrono::microseconds total{0};
    std::uint64_t bytes = 0; ///< of the body
};

/// Hears of one exchange, in the order head, body, end. Nothing follows onEnd, or a cancel. Any call on the client is
/// allowed from inside.
class HttpListener
{
public:
    virtual ~HttpListener() = default;
    virtual void onHead(const HttpHead &head) = 0;
    virtual void onBody(std::string_view piece) = 0;
    virtual void onEnd(const HttpEnd &end) = 0;
};

} // namespace orchestra
