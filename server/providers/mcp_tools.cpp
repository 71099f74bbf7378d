// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/providers/mcp_tools.h"

#include "shared/base/text.h"
#include "shared/wire/error_table.h"
#include "shared/wire/json_text.h"

#include <QByteArray>
#include <QCryptographicHash>

#include <algorithm>
#include <map>
#include <optional>
#include <set>

namespace orchestra::mcp {
namespace {

using wire::JsonValue;

constexpr std::string_view kHeaderMark = "x-mcp-header";
/// Structured results nest inside frames that clients read with a bounded depth.
constexpr std::size_t kDeepestStructure = 20;

void appendCanonical(std::string &out, const JsonValue &value)
{
    if (const auto *members = value.members()) {
        std::map<std::string_view, const JsonValue *> sorted;
        for (const auto &member : *members)
            sorted[member.name] = &member.value;
        out += '{';
        for (const auto &[name, item] : sorted) {
            out += out.back() == '{' ? "" : ",";
            wire::appendJsonText(out, name);
            out += ':';
            appendCanonical(out, *item);
        }
        out += '}';
    } else if (const auto *items = value.items()) {
        out += '[';
        for (const JsonValue &item : *items) {
            out += &item == items->data() ? "" : ",";
            appendCanonical(out, item);
        }
        out += ']';
    } else {
        value.appendTo(out);
    }
}

/// A token of RFC 9110, section 5.6.2.
bool isToken(std::string_view text)
{
    return !text.empty() && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
    });
}

struct Mirror
{
    std::vector<std::string> path; ///< names of properties, from the root
    std::string header;
};

bool mentionsHeader(const JsonValue &value)
{
    if (const auto *members = value.members())
        return std::ranges::any_of(
            *members, [](const auto &member) { return member.name == kHeaderMark || mentionsHeader(member.value); });
    const auto *items = value.items();
    return items && std::ranges::any_of(*items, mentionsHeader);
}

/// Collects the annotations that can be reached through `properties` alone; any other makes the schema invalid.
Status collectMirrors(const JsonValue &schema, std::vector<std::string> &path, std::vector<Mirror> &out)
{
    const auto *members = schema.members();
    if (!members)
        return Ok{};
    for (const auto &[name, value] : *members) {
        if (name == kHeaderMark) {
            const std::string_view type = schema.textOf("type");
            if (!value.text() || !isToken(*value.text()))
                return makeError(Code::Invalid, "x-mcp-header is no name of a header");
            if (path.empty() || (type != "string" && type != "integer" && type != "boolean"))
                return makeError(Code::Invalid, "x-mcp-header is at a place that no header can carry");
            out.push_back({path, *value.text()});
        } else if (name == "properties" && value.isObject()) {
            for (const auto &property : *value.members()) {
                path.push_back(property.name);
                const Status collected = collectMirrors(property.value, path, out);
                path.pop_back();
                if (!collected)
                    return collected;
            }
        } else if (mentionsHeader(value)) {
            return makeError(Code::Invalid, "x-mcp-header is at a place that no header can carry");
        }
    }
    return Ok{};
}

Result<std::vector<Mirror>> mirrorsOf(const JsonValue &schema)
{
    std::vector<Mirror> mirrors;
    std::vector<std::string> path;
    if (Status collected = collectMirrors(schema, path, mirrors); !collected)
        return collected.error();
    std::set<std::string> names;
    for (const Mirror &mirror : mirrors) {
        if (!names.insert(lowerAscii(mirror.header)).second)
            return makeError(Code::Invalid, "two arguments have the x-mcp-header " + mirror.header);
    }
    return mirrors;
}

std::optional<std::string> scalarText(const JsonValue &value)
{
    if (const std::string *text = value.text())
        return *text;
    if (const auto truth = value.boolean())
        return *truth ? "true" : "false";
    if (const auto number = value.integer())
        return std::to_string(*number);
    return {};
}

std::size_t depthOf(const JsonValue &value)
{
    std::size_t deepest = 0;
    if (const auto *members = value.members()) {
        for (const auto &member : *members)
            deepest = std::max(deepest, depthOf(member.value));
    } else if (const auto *items = value.items()) {
        for (const JsonValue &item : *items)
            deepest = std::max(deepest, depthOf(item));
    } else {
        return 0;
    }
    return deepest + 1;
}

void addText(std::string &out, std::string_view text)
{
    out += out.empty() ? "" : "\n";
    out += text;
}

/// A block that carries bytes, in words: what they are and how many.
std::string describeBytes(const JsonValue &block, std::string_view member)
{
    std::string_view type = block.textOf("mimeType");
    const std::size_t bytes = block.textOf(member).size() / 4 * 3;
    return std::string(type.empty() ? "bytes" : type) + ", " + std::to_string(bytes) + " bytes";
}

void readBlock(const JsonValue &block, ToolAnswer &answer)
{
    const std::string_view type = block.textOf("type");
    if (type == "text") {
        addText(answer.text, block.textOf("text"));
    } else if (type == "image" || type == "audio") {
        answer.attachments.push_back(describeBytes(block, "data"));
    } else if (type == "resource_link") {
        answer.attachments.push_back("link to " + std::string(block.textOf("uri")));
    } else if (const JsonValue *resource = type == "resource" ? block.find("resource") : nullptr) {
        const std::string uri(resource->textOf("uri"));
        if (resource->find("text"))
            addText(answer.text, uri + ":\n" + std::string(resource->textOf("text")));
        else
            answer.attachments.push_back(uri + ": " + describeBytes(*resource, "blob"));
    } else {
        answer.attachments.push_back("a block of the unknown kind \"" + std::string(cutUtf8(type, 40)) + "\"");
    }
}

} // namespace

std::string canonicalText(const JsonValue &value)
{
    std::string out;
    appendCanonical(out, value);
    return out;
}

std::string digestOf(std::string_view text)
{
    QCryptographicHash hash(QCryptographicHash::Sha256);
    hash.addData(QByteArrayView(text.data(), qsizetype(text.size())));
    const QByteArray bytes = hash.result();
    return hex({bytes.constData(), std::size_t(bytes.size())});
}

Result<RemoteTool> readTool(const JsonValue &tool, const ToolLimits &limits, bool mirrorsHeaders)
{
    RemoteTool out;
    out.name = tool.textOf("name");
    if (out.name.empty() || out.name.size() > 128)
        return makeError(Code::Invalid, "its name has " + std::to_string(out.name.size()) + " bytes, not 1 to 128");
    out.definition.text = canonicalText(tool);
    if (out.definition.text.size() > limits.definitionBytes)
        return makeError(Code::TooLarge,
                         "its description has more than " + std::to_string(limits.definitionBytes) + " bytes");
    const JsonValue *schema = tool.find("inputSchema");
    if (!schema || !schema->isObject())
        return makeError(Code::Invalid, "it does not say which arguments it takes (inputSchema)");
    if (const auto mirrors = mirrorsOf(*schema); mirrorsHeaders && !mirrors)
        return mirrors.error();
    out.parameters = schema->toRaw();
    out.description = tool.textOf("description");
    out.title = tool.textOf("title");
    if (const JsonValue *hints = tool.find("annotations")) {
        const JsonValue *readOnly = hints->find("readOnlyHint");
        out.isReadOnly = readOnly && readOnly->boolean().value_or(false);
        if (out.title.empty())
            out.title = hints->textOf("title");
    }
    out.digest = digestOf(out.definition.text);
    return out;
}

std::vector<HttpHeader> argumentHeaders(const JsonValue &schema, const JsonValue &arguments)
{
    std::vector<HttpHeader> headers;
    const auto mirrors = mirrorsOf(schema);
    if (!mirrors)
        return headers;
    for (const Mirror &mirror : *mirrors) {
        const JsonValue *value = &arguments;
        for (const std::string &name : mirror.path)
            value = value ? value->find(name) : nullptr;
        if (const auto text = value ? scalarText(*value) : std::nullopt)
            headers.push_back({"Mcp-Param-" + mirror.header, headerValue(*text)});
    }
    return headers;
}

std::string headerValue(std::string_view value)
{
    constexpr std::string_view kBegin = "=?base64?";
    constexpr std::string_view kEnd = "?=";
    const bool isPlain = std::ranges::all_of(value, [](char c) { return c >= 0x20 && c <= 0x7e; }) && !value.empty() &&
                         value.front() != ' ' && value.back() != ' ' &&
                         !(value.starts_with(kBegin) && value.ends_with(kEnd));
    if (isPlain)
        return std::string(value);
    const QByteArray coded = QByteArray(value.data(), qsizetype(value.size())).toBase64();
    return std::string(kBegin) + coded.toStdString() + std::string(kEnd);
}

Result<ToolAnswer> readAnswer(const JsonValue &result)
{
    if (result.textOf("resultType") == "input_required")
        return Error{Code::UnsupportedType, "the tool wants to ask back, which this server does not do"};
    const JsonValue *content = result.find("content");
    const JsonValue *structured = result.find("structuredContent");
    if (!result.isObject() || (!content && !structured))
        return makeError(Code::ProviderError, "the answer is no result of a tool");
    ToolAnswer answer;
    if (content && content->items()) {
        for (const JsonValue &block : *content->items())
            readBlock(block, answer);
    }
    if (structured && !structured->isNull()) {
        if (depthOf(*structured) <= kDeepestStructure)
            answer.structured = structured->toRaw();
        else if (answer.text.empty())
            answer.text = structured->toText();
    }
    const JsonValue *isError = result.find("isError");
    answer.isFailure = isError && isError->boolean().value_or(false);
    return answer;
}

} // namespace orchestra::mcp
