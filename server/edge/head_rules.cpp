// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/edge/head_rules.h"

#include "shared/base/text.h"
#include "shared/wire/error_table.h"

#include <algorithm>
#include <array>

namespace orchestra {
namespace {

bool isTokenChar(char c)
{
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'))
        return true;
    return std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

bool isToken(std::string_view text)
{
    return !text.empty() && std::ranges::all_of(text, isTokenChar);
}

bool isDigits(std::string_view text)
{
    return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

HttpFailure bad(std::string message)
{
    return {400, makeError(Code::Invalid, std::move(message))};
}

std::optional<HttpFailure> requestLineViolation(std::string_view line)
{
    const auto firstBlank = line.find(' ');
    const auto lastBlank = line.rfind(' ');
    if (firstBlank == std::string_view::npos || firstBlank == lastBlank)
        return bad("The request line needs a method, a target and a version.");
    const auto method = line.substr(0, firstBlank);
    const auto target = line.substr(firstBlank + 1, lastBlank - firstBlank - 1);
    const auto version = line.substr(lastBlank + 1);
    if (!isToken(method) || method.size() > 16)
        return bad("The method is not a token.");
    if (version != "HTTP/1.1" && version != "HTTP/1.0") {
        if (version.starts_with("HTTP/"))
            return HttpFailure{505, makeError(Code::UnsupportedVersion, "Only HTTP/1.1 and HTTP/1.0 are served.")};
        return bad("The request line does not end in an HTTP version.");
    }
    if (target.size() > kMaxTargetBytes)
        return HttpFailure{414, makeError(Code::TooLarge, "The request target is too long.")};
    const auto isVisible = [](char c) { return c > 0x20 && c < 0x7f && c != '#'; };
    if (target.empty() || !std::ranges::all_of(target, isVisible))
        return bad("The request target holds a byte that it may not hold.");
    return std::nullopt;
}

/// Counts what may be there once at most.
struct SeenFields
{
    static constexpr std::array<std::string_view, 16> kOnce{"host",
                                                            "content-length",
                                                            "transfer-encoding",
                                                            "content-type",
                                                            "authorization",
                                                            "origin",
                                                            "expect",
                                                            "upgrade",
                                                            "sec-websocket-key",
                                                            "sec-fetch-site",
                                                            "sec-websocket-version",
                                                            "last-event-id",
                                                            "idempotency-key",
                                                            "x-correlation-id",
                                                            "x-client-id",
                                                            "traceparent"};
    std::array<bool, kOnce.size()> seen{};

    bool has(std::string_view name) const { return seen[indexOf(name)]; }
    static std::size_t indexOf(std::string_view name)
    {
        return static_cast<std::size_t>(std::ranges::find(kOnce, name) - kOnce.begin());
    }
};

std::optional<HttpFailure> framingViolation(std::string_view name, std::string_view value, bool isHttp11)
{
    if (name == "content-length" && (!isDigits(value) || value.size() > 15))
        return bad("Content-Length is not a number.");
    if (name == "transfer-encoding") {
        if (!isHttp11)
            return bad("HTTP/1.0 has no Transfer-Encoding.");
        if (!equalsIgnoringCase(value, "chunked"))
            return HttpFailure{501, makeError(Code::Invalid, "Transfer-Encoding can only be chunked.")};
    }
    if (name == "host" && value.find_first_of(", \t/@?#") != std::string_view::npos)
        return bad("Host names more than a host and a port.");
    return std::nullopt;
}

std::optional<HttpFailure> fieldViolation(std::string_view line, bool isHttp11, SeenFields &fields)
{
    const auto colon = line.find(':');
    if (colon == std::string_view::npos || !isToken(line.substr(0, colon)))
        return bad("A header field name is not a token.");
    const std::string name = lowerAscii(line.substr(0, colon));
    std::string_view value = line.substr(colon + 1);
    while (!value.empty() && (value.front() == ' ' || value.front() == '\t'))
        value.remove_prefix(1);
    while (!value.empty() && (value.back() == ' ' || value.back() == '\t'))
        value.remove_suffix(1);
    if (const auto index = SeenFields::indexOf(name); index < SeenFields::kOnce.size()) {
        if (fields.seen[index])
            return bad("The header field " + name + " is there twice.");
        fields.seen[index] = true;
    }
    return framingViolation(name, value, isHttp11);
}

} // namespace

std::optional<HttpFailure> headViolation(std::string_view text)
{
    if (holdsForbiddenByte(text, 0))
        return bad("The request head holds a control character or a bare line end.");
    auto end = text.find("\r\n");
    if (end == std::string_view::npos)
        return bad("The request line does not end.");
    const std::string_view requestLine = text.substr(0, end);
    if (auto violation = requestLineViolation(requestLine))
        return violation;
    if (text.find("\r\n ") != std::string_view::npos || text.find("\r\n\t") != std::string_view::npos)
        return bad("A header field may not be folded over lines.");
    const bool isHttp11 = requestLine.ends_with("1.1");
    SeenFields fields;
    std::size_t count = 0;
    for (auto at = end + 2; at < text.size(); at = end + 2) {
        end = text.find("\r\n", at);
        if (end == std::string_view::npos)
            return bad("A header field does not end.");
        if (++count > kMaxHeaderFields)
            return HttpFailure{431, makeError(Code::TooLarge, "The request has too many header fields.")};
        if (auto violation = fieldViolation(text.substr(at, end - at), isHttp11, fields))
            return violation;
    }
    if (isHttp11 && !fields.has("host"))
        return bad("HTTP/1.1 needs a Host header field.");
    if (fields.has("content-length") && fields.has("transfer-encoding"))
        return bad("Content-Length and Transfer-Encoding contradict each other.");
    return std::nullopt;
}

bool holdsForbiddenByte(std::string_view text, char previous)
{
    for (const char c : text) {
        if (previous == '\r' ? c != '\n' : c == '\n')
            return true;
        const auto byte = static_cast<unsigned char>(c);
        if ((byte < 0x20 && c != '\r' && c != '\n' && c != '\t') || byte == 0x7f)
            return true;
        previous = c;
    }
    return false;
}

} // namespace orchestra
