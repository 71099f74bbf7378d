// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/mcp_peer.h"

#include "shared/wire/json_reader.h"

#include <algorithm>

namespace orchestra {
namespace {

using wire::JsonValue;

JsonValue objectSchema(std::initializer_list<std::pair<const char *, const char *>> properties)
{
    JsonValue members{JsonValue::Object()};
    for (const auto &[name, type] : properties) {
        JsonValue property;
        property.set("type", type);
        members.set(name, std::move(property));
    }
    JsonValue schema;
    schema.set("type", "object");
    schema.set("properties", std::move(members));
    return schema;
}

JsonValue tool(const char *name, const std::string &description, bool readOnly, JsonValue schema)
{
    JsonValue hints;
    hints.set("readOnlyHint", readOnly);
    JsonValue out;
    out.set("name", name);
    out.set("description", description);
    out.set("inputSchema", std::move(schema));
    out.set("annotations", std::move(hints));
    return out;
}

JsonValue textResult(const std::string &text)
{
    JsonValue block;
    block.set("type", "text");
    block.set("text", text);
    JsonValue content{JsonValue::Array()};
    content.append(std::move(block));
    JsonValue result;
    result.set("content", std::move(content));
    return result;
}

std::string envelope(const JsonValue &id, const char *member, JsonValue value)
{
    JsonValue out;
    out.set("jsonrpc", "2.0");
    out.set("id", id);
    out.set(member, std::move(value));
    return out.toText();
}

JsonValue rpcError(std::int64_t code, const std::string &message)
{
    JsonValue error;
    error.set("code", code);
    error.set("message", message);
    return error;
}

JsonValue product()
{
    JsonValue info;
    info.set("name", "peer");
    info.set("version", "1.0");
    return info;
}

} // namespace

std::vector<std::string> McpPeer::take(std::string_view text)
{
    auto message = wire::JsonReader(64).readValue(text);
    if (!message)
        return {envelope(JsonValue(), "error", rpcError(-32700, "not JSON"))};
    const std::string method(message->textOf("method"));
    methods.push_back(method);
    if (method == "notifications/cancelled") {
        const JsonValue *id = message->at("/params/requestId");
        cancelled.push_back(id ? id->toText() : std::string());
        std::erase_if(slow_, [this](const Slow &call) { return call.id == cancelled.back(); });
    }
    if (!message->find("id"))
        return {};
    const std::string said = answer(*message);
    return said.empty() ? std::vector<std::string>() : std::vector<std::string>{said};
}

std::string McpPeer::answer(const JsonValue &message)
{
    const JsonValue &id = *message.find("id");
    const std::string method(message.textOf("method"));
    const JsonValue *given = message.find("params");
    const JsonValue params = given ? *given : JsonValue(JsonValue::Object());
    const JsonValue *version = params.at("/_meta/io.modelcontextprotocol~1protocolVersion");
    if (era_ == Era::Modern && (!version || *version->text() != "2026-07-28"))
        return envelope(id, "error", rpcError(-32602, "this server speaks 2026-07-28"));
    if (method == "server/discover" && era_ == Era::Modern)
        return envelope(id, "result", discovery());
    if (method == "initialize" && era_ == Era::Legacy) {
        ++initialised;
        JsonValue result;
        result.set("protocolVersion", "2025-06-18");
        result.set("capabilities", JsonValue(JsonValue::Object()));
        result.set("serverInfo", product());
        return envelope(id, "result", std::move(result));
    }
    if (method == "tools/list")
        return envelope(id, "result", page(params));
    if (method != "tools/call")
        return envelope(id, "error", rpcError(-32601, "Method not found"));
    const std::string name(params.textOf("name"));
    if (name == "slow") {
        const JsonValue *token = params.at("/_meta/progressToken");
        slow_.push_back({id.toText(), token ? std::optional(token->toText()) : std::nullopt});
        return {};
    }
    if (name == "refuse")
        return envelope(id, "error", rpcError(-32602, "Unknown tool: refuse"));
    const JsonValue *arguments = params.find("arguments");
    return envelope(id, "result", call(name, arguments ? *arguments : JsonValue()));
}

JsonValue McpPeer::discovery() const
{
    JsonValue versions{JsonValue::Array()};
    versions.append("2026-07-28");
    JsonValue meta;
    meta.set("io.modelcontextprotocol/serverInfo", product());
    JsonValue result;
    result.set("resultType", "complete");
    result.set("supportedVersions", std::move(versions));
    result.set("capabilities", JsonValue(JsonValue::Object()));
    result.set("_meta", std::move(meta));
    return result;
}

JsonValue McpPeer::tools() const
{
    JsonValue list{JsonValue::Array()};
    JsonValue schema = objectSchema({{"a", "integer"}, {"b", "integer"}});
    list.append(tool("add", "Adds two numbers.", true, std::move(schema)));
    list.append(tool("note", noteDescription, false, objectSchema({{"text", "string"}})));
    list.append(tool("fail", "Fails.", true, objectSchema({})));
    list.append(tool("refuse", "Is refused.", true, objectSchema({})));
    list.append(tool("slow", "Takes its time.", true, objectSchema({})));
    if (hasExtraTool)
        list.append(tool("extra", "Was not there before.", true, objectSchema({})));
    return list;
}

JsonValue McpPeer::page(const JsonValue &params) const
{
    const std::string cursor(params.textOf("cursor"));
    const std::size_t from = cursor.empty() ? 0 : std::stoul(cursor);
    const JsonValue all = tools();
    JsonValue some{JsonValue::Array()};
    for (std::size_t i = from; i < std::min(from + pageSize, all.items()->size()); ++i)
        some.append((*all.items())[i]);
    JsonValue result;
    result.set("tools", std::move(some));
    if (from + pageSize < all.items()->size())
        result.set("nextCursor", std::to_string(from + pageSize));
    return result;
}

JsonValue McpPeer::call(const std::string &name, const JsonValue &arguments)
{
    if (name == "add") {
        const std::int64_t sum =
            arguments.find("a")->integer().value_or(0) + arguments.find("b")->integer().value_or(0);
        JsonValue result = textResult("The sum is " + std::to_string(sum) + ".");
        JsonValue data;
        data.set("sum", sum);
        result.set("structuredContent", std::move(data));
        return result;
    }
    if (name == "note") {
        notes.emplace_back(arguments.textOf("text"));
        return textResult("Noted.");
    }
    JsonValue result = textResult("It did not work.");
    result.set("isError", true);
    return result;
}

std::vector<std::string> McpPeer::tick()
{
    std::vector<std::string> out;
    for (Slow &call : slow_) {
        if (!call.token)
            continue;
        out.push_back("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/progress\",\"params\":{\"progressToken\":" +
                      *call.token + ",\"progress\":" + std::to_string(++call.steps) + "}}");
    }
    return out;
}

std::string McpPeer::listChanged() const
{
    return "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/tools/list_changed\"}";
}

} // namespace orchestra
