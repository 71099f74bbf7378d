// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/edge/http_api/route.h"
#include "server/edge/http_response.h"
#include "shared/wire/error_table.h"

namespace orchestra {
namespace {

using wire::JsonValue;
using wire::Kind;
using wire::MemberType;
using wire::Presence;

constexpr std::string_view kSchemas = "#/components/schemas/";

JsonValue schemaOf(const wire::MessageType &type);

JsonValue referenceTo(std::string_view schema)
{
    JsonValue reference;
    reference.set("$ref", std::string(kSchemas) + std::string(schema));
    return reference;
}

JsonValue typed(std::string_view type, std::string_view format = {})
{
    JsonValue schema;
    schema.set("type", type);
    if (!format.empty())
        schema.set("format", format);
    return schema;
}

JsonValue schemaOfValue(const MemberType &member)
{
    switch (member.kind) {
    case Kind::Text:
        return typed("string");
    case Kind::Bool:
        return typed("boolean");
    case Kind::Unsigned: {
        auto schema = typed("integer", "int64");
        schema.set("minimum", 0);
        schema.set("maximum", wire::kLargestInteger);
        return schema;
    }
    case Kind::Real:
        return typed("number", "double");
    case Kind::Time:
        return typed("string", "date-time");
    case Kind::Json:
        return JsonValue(JsonValue::Object{});
    case Kind::Uuid:
        return typed("string", "uuid");
    case Kind::Enumeration: {
        auto schema = typed("string");
        JsonValue::Array names;
        for (const auto name : member.names)
            names.emplace_back(name);
        schema.set("enum", std::move(names));
        return schema;
    }
    case Kind::Message:
        return schemaOf(*member.message);
    case Kind::TextMap: {
        auto schema = typed("object");
        schema.set("additionalProperties", typed("string"));
        return schema;
    }
    }
    return {};
}

JsonValue schemaOfMember(const MemberType &member)
{
    auto schema = schemaOfValue(member);
    if (member.presence == Presence::Repeated && member.kind != Kind::TextMap) {
        auto list = typed("array");
        list.set("items", std::move(schema));
        return list;
    }
    if (member.nullWhenAbsent && schema.find("type"))
        schema.set("type", JsonValue::Array{schema.textOf("type"), "null"});
    return schema;
}

JsonValue schemaOf(const wire::MessageType &type)
{
    auto schema = typed("object");
    JsonValue properties{JsonValue::Object{}};
    JsonValue::Array required;
    for (const MemberType &member : type.members) {
        properties.set(std::string(member.name), schemaOfMember(member));
        if (member.presence == Presence::Required)
            required.emplace_back(member.name);
    }
    schema.set("properties", std::move(properties));
    if (!required.empty())
        schema.set("required", std::move(required));
    return schema;
}

JsonValue problemSchema()
{
    auto schema = typed("object");
    JsonValue properties;
    properties.set("type", typed("string"));
    properties.set("title", typed("string"));
    properties.set("status", typed("integer"));
    properties.set("detail", typed("string"));
    auto code = typed("string");
    JsonValue::Array names;
    for (const ErrorRow &row : kErrorTable)
        names.emplace_back(row.name);
    code.set("enum", std::move(names));
    properties.set("code", std::move(code));
    properties.set("correlation_id", typed("string"));
    properties.set("retryable", typed("boolean"));
    properties.set("retry_after_ms", typed("integer"));
    auto entry = typed("object");
    JsonValue entryProperties;
    entryProperties.set("pointer", typed("string"));
    entryProperties.set("message", typed("string"));
    entry.set("properties", std::move(entryProperties));
    auto errors = typed("array");
    errors.set("items", std::move(entry));
    properties.set("errors", std::move(errors));
    schema.set("properties", std::move(properties));
    schema.set("required", JsonValue::Array{"title", "status", "detail", "code", "correlation_id", "retryable"});
    return schema;
}

JsonValue openAiErrorSchema()
{
    JsonValue properties;
    properties.set("message", typed("string"));
    properties.set("type", typed("string"));
    for (const char *member : {"param", "code"}) {
        JsonValue nullable;
        nullable.set("type", JsonValue::Array{"string", "null"});
        properties.set(member, std::move(nullable));
    }
    auto error = typed("object");
    error.set("properties", std::move(properties));
    error.set("required", JsonValue::Array{"message", "type", "param", "code"});
    JsonValue members;
    members.set("error", std::move(error));
    auto schema = typed("object");
    schema.set("properties", std::move(members));
    schema.set("required", JsonValue::Array{"error"});
    return schema;
}

JsonValue content(std::string_view mediaType, JsonValue schema)
{
    JsonValue media;
    media.set("schema", std::move(schema));
    JsonValue out;
    out.set(std::string(mediaType), std::move(media));
    return out;
}

JsonValue bodyOf(const BodyShape &shape)
{
    return content(shape.contentType, shape.type ? referenceTo(shape.name) : JsonValue(JsonValue::Object{}));
}

JsonValue responseFor(const Route &route, int status)
{
    JsonValue response;
    response.set("description", reasonPhrase(status));
    if (status >= 400 && !(status == 503 && route.tells503InAnswer)) {
        response.set("content", route.isOpenAi ? content("application/json", referenceTo("OpenAiError"))
                                               : content("application/problem+json", referenceTo("Problem")));
    } else if (!route.answer.name.empty()) {
        auto body = bodyOf(route.answer);
        if (route.streamsEvents)
            body.set("text/event-stream", JsonValue(JsonValue::Object{}));
        response.set("content", std::move(body));
    }
    return response;
}

JsonValue parametersOf(const Route &route)
{
    JsonValue::Array parameters;
    std::string_view rest = route.path;
    for (auto open = rest.find('{'); open != std::string_view::npos; open = rest.find('{')) {
        const auto close = rest.find('}', open);
        const auto name = rest.substr(open + 1, close - open - 1);
        JsonValue parameter;
        parameter.set("name", name);
        parameter.set("in", "path");
        parameter.set("required", true);
        parameter.set("schema", name == "thread_id" || name == "task_id" ? typed("string", "uuid") : typed("string"));
        parameters.push_back(std::move(parameter));
        rest.remove_prefix(close + 1);
    }
    for (const QueryField &field : route.query) {
        JsonValue parameter;
        parameter.set("name", field.name);
        parameter.set("in", "query");
        parameter.set("description", field.summary);
        parameter.set("schema", field.kind == QueryField::Kind::Integer ? typed("integer")
                                : field.kind == QueryField::Kind::Uuid  ? typed("string", "uuid")
                                                                        : typed("string"));
        parameters.push_back(std::move(parameter));
    }
    return parameters;
}

JsonValue operationOf(const Route &route)
{
    JsonValue operation;
    operation.set("operationId", route.id);
    operation.set("summary", route.summary);
    if (route.isDeprecated)
        operation.set("deprecated", true);
    if (auto parameters = parametersOf(route); !parameters.items()->empty())
        operation.set("parameters", std::move(parameters));
    if (!route.request.name.empty()) {
        JsonValue body;
        body.set("required", route.isBodyRequired);
        body.set("content", bodyOf(route.request));
        operation.set("requestBody", std::move(body));
    }
    JsonValue responses;
    for (const int status : route.statuses)
        responses.set(std::to_string(status), responseFor(route, status));
    operation.set("responses", std::move(responses));
    // An empty requirement beside the token: anonymous loopback callers have the roles client and tester.
    JsonValue::Array security;
    if (route.role.empty() || route.role == "client")
        security.push_back(JsonValue(JsonValue::Object{}));
    JsonValue token;
    token.set("token", JsonValue(JsonValue::Array{}));
    security.push_back(std::move(token));
    operation.set("security", std::move(security));
    operation.set("x-role", route.role.empty() ? std::string_view("none") : route.role);
    return operation;
}

} // namespace

std::string openApiDocument()
{
    JsonValue info;
    info.set("title", "AI Orchestra");
    info.set("version", ORCHESTRA_VERSION);
    JsonValue license;
    license.set("name", "GPL-3.0-or-later");
    license.set("identifier", "GPL-3.0-or-later");
    info.set("license", std::move(license));

    JsonValue schemas;
    schemas.set("Problem", problemSchema());
    schemas.set("OpenAiError", openAiErrorSchema());
    JsonValue paths;
    for (const Route &route : routes()) {
        for (const BodyShape &body : {route.request, route.answer}) {
            if (body.type && !schemas.find(body.name))
                schemas.set(std::string(body.name), schemaOf(*body.type));
        }
        JsonValue path = paths.find(route.path) ? *paths.find(route.path) : JsonValue();
        std::string method(route.method);
        for (char &c : method)
            c = static_cast<char>(c - 'A' + 'a');
        path.set(std::move(method), operationOf(route));
        paths.set(std::string(route.path), std::move(path));
    }

    JsonValue token;
    token.set("type", "http");
    token.set("scheme", "bearer");
    JsonValue schemes;
    schemes.set("token", std::move(token));
    JsonValue components;
    components.set("schemas", std::move(schemas));
    components.set("securitySchemes", std::move(schemes));

    JsonValue document;
    document.set("openapi", "3.1.0");
    document.set("info", std::move(info));
    document.set("paths", std::move(paths));
    document.set("components", std::move(components));
    return document.toText();
}

} // namespace orchestra
