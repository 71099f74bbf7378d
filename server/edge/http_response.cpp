// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/edge/http_response.h"

#include "shared/wire/error_table.h"
#include "shared/wire/json_value.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>

namespace orchestra {
namespace {

constexpr std::array kStatuses{
    std::pair{101, "Switching Protocols"},
    std::pair{200, "OK"},
    std::pair{202, "Accepted"},
    std::pair{204, "No Content"},
    std::pair{400, "Bad Request"},
    std::pair{401, "Unauthorized"},
    std::pair{403, "Forbidden"},
    std::pair{404, "Not Found"},
    std::pair{405, "Method Not Allowed"},
    std::pair{408, "Request Timeout"},
    std::pair{409, "Conflict"},
    std::pair{412, "Precondition Failed"},
    std::pair{413, "Content Too Large"},
    std::pair{414, "URI Too Long"},
    std::pair{415, "Unsupported Media Type"},
    std::pair{417, "Expectation Failed"},
    std::pair{426, "Upgrade Required"},
    std::pair{429, "Too Many Requests"},
    std::pair{431, "Request Header Fields Too Large"},
    std::pair{500, "Internal Server Error"},
    std::pair{501, "Not Implemented"},
    std::pair{502, "Bad Gateway"},
    std::pair{503, "Service Unavailable"},
    std::pair{504, "Gateway Timeout"},
    std::pair{505, "HTTP Version Not Supported"},
    std::pair{507, "Insufficient Storage"},
};

void appendField(std::string &out, std::string_view name, std::string_view value)
{
    out.append(name).append(": ").append(value).append("\r\n");
}

/// Status line and the fields that every answer has.
std::string beginHead(const HttpResponse &response, const ResponseShape &shape)
{
    std::string out;
    out.reserve(512 + response.body.size());
    out.append("HTTP/1.1 ").append(std::to_string(response.status)).append(" ");
    out.append(reasonPhrase(response.status)).append("\r\n");
    appendField(out, "Date", httpDate(shape.date));
    if (!response.contentType.empty())
        appendField(out, "Content-Type", response.contentType);
    appendField(out, "Cache-Control", "no-store");
    appendField(out, "X-Content-Type-Options", "nosniff");
    appendField(out, "Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
    appendField(out, "Referrer-Policy", "no-referrer");
    if (!shape.correlationId.empty())
        appendField(out, "X-Correlation-ID", shape.correlationId);
    if (!shape.corsOrigin.empty()) {
        appendField(out, "Access-Control-Allow-Origin", shape.corsOrigin);
        appendField(out, "Access-Control-Expose-Headers", "X-Correlation-ID, Retry-After, Deprecation, Sunset, Link");
    }
    appendField(out, "Vary", "Origin");
    for (const HeaderField &field : response.fields)
        appendField(out, field.name, field.value);
    const bool namesConnection =
        std::ranges::any_of(response.fields, [](const HeaderField &field) { return field.name == "Connection"; });
    if (!shape.keepsAlive && !namesConnection)
        appendField(out, "Connection", "close");
    else if (shape.keepsAlive && !shape.isHttp11)
        appendField(out, "Connection", "keep-alive");
    return out;
}

} // namespace

std::string_view reasonPhrase(int status)
{
    const auto found = std::ranges::find(kStatuses, status, [](const auto &row) { return row.first; });
    return found == kStatuses.end() ? std::string_view() : std::string_view(found->second);
}

std::string httpDate(WallMs ms)
{
    using namespace std::chrono;
    static constexpr std::array kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static constexpr std::array kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const sys_seconds stamp = floor<seconds>(sys_time<milliseconds>(milliseconds(ms)));
    const sys_days day = floor<days>(stamp);
    const year_month_day date(day);
    const hh_mm_ss time(stamp - day);
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), "%s, %02u %s %04d %02d:%02d:%02d GMT", kDays[weekday(day).c_encoding()],
                  static_cast<unsigned>(date.day()), kMonths[static_cast<unsigned>(date.month()) - 1],
                  static_cast<int>(date.year()), static_cast<int>(time.hours().count()),
                  static_cast<int>(time.minutes().count()), static_cast<int>(time.seconds().count()));
    return text.data();
}

std::string serialise(const HttpResponse &response, const ResponseShape &shape)
{
    std::string out = beginHead(response, shape);
    // RFC 9110 section 8.6: neither 1xx nor 204 has a length.
    if (response.status >= 200 && response.status != 204)
        appendField(out, "Content-Length", std::to_string(response.body.size()));
    out += "\r\n";
    if (!shape.omitsBody)
        out += response.body;
    return out;
}

std::string serialiseStreamHead(const HttpResponse &response, const ResponseShape &shape)
{
    std::string out = beginHead(response, shape);
    if (shape.isHttp11)
        appendField(out, "Transfer-Encoding", "chunked");
    // A proxy that gathers a stream before it passes it on would defeat it.
    appendField(out, "X-Accel-Buffering", "no");
    out += "\r\n";
    return out;
}

std::string chunk(std::string_view data)
{
    std::array<char, 24> size{};
    std::snprintf(size.data(), size.size(), "%zx\r\n", data.size());
    std::string out(size.data());
    out.append(data).append("\r\n");
    return out;
}

HttpResponse problem(const HttpFailure &failure, std::string_view correlationId)
{
    const Error &error = failure.error;
    wire::JsonValue body;
    body.set("type", "about:blank");
    body.set("title", reasonPhrase(failure.status));
    body.set("status", failure.status);
    body.set("detail", error.message);
    body.set("code", errorRow(error.code).name);
    body.set("correlation_id", correlationId);
    body.set("retryable", error.retryable);
    if (error.retryAfterMs)
        body.set("retry_after_ms", *error.retryAfterMs);
    if (!error.pointer.empty()) {
        wire::JsonValue entry;
        entry.set("pointer", error.pointer);
        entry.set("message", error.message);
        body.set("errors", wire::JsonValue::Array{std::move(entry)});
    }
    HttpResponse response{failure.status, "application/problem+json", body.toText(), {}};
    if (failure.status == 401)
        response.fields.push_back({"WWW-Authenticate", "Bearer"});
    if (failure.status == 426) {
        response.fields.push_back({"Upgrade", "websocket"});
        response.fields.push_back({"Connection", "Upgrade, close"});
        response.fields.push_back({"Sec-WebSocket-Version", "13"});
    }
    if (error.retryable && (failure.status == 429 || failure.status == 503)) {
        const std::int64_t ms = error.retryAfterMs.value_or(1000);
        response.fields.push_back({"Retry-After", std::to_string(std::max<std::int64_t>(1, (ms + 999) / 1000))});
    }
    return response;
}

} // namespace orchestra
