// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/core/channels.h"
#include "server/edge/request_head.h"
#include "shared/wire/json_reader.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// The one table of what is served over HTTP: it drives dispatch, the checks of a request's body, and /openapi.json.
namespace orchestra {

/// A request as a route's reader sees it.
struct ApiInput
{
    const RequestHead &head;
    std::vector<std::string> parameters; ///< of the path, decoded, in order
    std::string_view body;
    wire::JsonReader &json;
    IdSource &ids;
};

enum class Serving : std::uint8_t {
    Hub,     ///< `read` makes an ApiRequest of it, the hub answers
    Upgrade, ///< a WebSocket
    OpenApi, ///< the document made of this table
};

/// A message as the document shows it.
struct BodyShape
{
    std::string_view name; ///< of the schema; empty: there is no body
    const wire::MessageType *type = nullptr;
    std::string_view contentType = "application/json";
};

struct QueryField
{
    enum class Kind : std::uint8_t { Integer, Uuid, Text };
    std::string_view name;
    Kind kind;
    std::string_view summary;
};

struct Route
{
    std::string_view method;
    std::string_view path; ///< with {name} for a segment
    std::string_view id;   ///< operationId
    std::string_view summary;
    std::string_view role; ///< the least one that may call; empty: anybody
    Serving serving = Serving::Hub;
    Result<ApiRequest> (*read)(ApiInput &input) = nullptr;
    BodyShape request = {};
    bool isBodyRequired = false;
    BodyShape answer = {};              ///< of the first status
    std::span<const int> statuses = {}; ///< the first is success
    std::span<const QueryField> query = {};
    bool isDeprecated = false;
    bool isOpenAi = false;         ///< its failures have the form of OpenAI's API
    bool streamsEvents = false;    ///< answers as an event stream when asked to
    bool tells503InAnswer = false; ///< its 503 has the body of its 200, and is no problem document
    std::chrono::milliseconds patience = std::chrono::seconds(30); ///< for the hub's answer; 0: as long as it takes
};

std::span<const Route> routes();

/// What a path and method lead to.
struct RouteMatch
{
    const Route *route = nullptr; ///< nullptr: `allowed` says which methods the path has; empty: there is no such path
    std::vector<std::string> parameters;
    std::string allowed;
};

/// HEAD finds the GET route.
RouteMatch findRoute(std::string_view method, std::string_view path);

/// The API version that a path names or an answer has; 0 for what has no version.
int versionOf(std::string_view path);

/// The OpenAPI 3.1 document of the table.
std::string openApiDocument();

} // namespace orchestra
