// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/core/model_port.h"
#include "server/providers/http_message.h"
#include "server/providers/model_stream.h"
#include "shared/base/clock.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace orchestra {

/// The wire of one model server: what is sent to it and how its answers are read. Pure: sends nothing itself.
class ModelServer
{
public:
    static std::unique_ptr<ModelServer> make(ModelServerSettings settings);

    virtual ~ModelServer() = default;
    const std::string &name() const { return settings_.name; }

    virtual HttpRequest chat(const ModelRequest &request) const = 0;
    virtual std::unique_ptr<ModelStream> stream(const HttpHead &head) const = 0;
    virtual HttpRequest list() const = 0;
    virtual Result<std::vector<ModelInfo>> readList(std::string_view body) const = 0;
    virtual HttpRequest probe() const = 0;
    /// Absent where the server loads models by itself.
    virtual std::optional<HttpRequest> setLoaded(const std::string &model, bool loaded) const = 0;

protected:
    explicit ModelServer(ModelServerSettings settings)
        : settings_(std::move(settings))
    {
    }
    /// A request with what all have in common; `path` begins with a slash.
    HttpRequest request(std::string method, std::string_view path) const;
    HttpRequest post(std::string_view path, std::string body) const;
    static void applyDeadlines(HttpRequest &http, const ModelRequest &request);

    ModelServerSettings settings_;
};

/// A refusal with an HTTP status, before any answer.
struct Refusal
{
    Error error;
    bool isServersFault = false;
};

/// `now`: for a Retry-After that is a date.
Refusal readRefusal(const HttpHead &head, std::string_view body, WallMs now);
/// Seconds or a date (RFC 9110), in milliseconds from `now`, at most an hour; absent when it is neither.
std::optional<std::int64_t> retryAfterMs(std::string_view value, WallMs now);

} // namespace orchestra
