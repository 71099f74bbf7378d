// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/edge/http_api/openai_events.h"

#include "server/edge/http_api/openai_answer.h"
#include "shared/wire/json_text.h"

namespace orchestra {
namespace {

/// Appends what one piece says to a delta of the same kind.
std::string_view memberOf(const ModelPiece &piece)
{
    return std::holds_alternative<ModelText>(piece) ? "content" : "reasoning_content";
}

const std::string &wordsOf(const ModelPiece &piece)
{
    const auto *text = std::get_if<ModelText>(&piece);
    return text ? text->text() : std::get<ModelThinking>(piece).text;
}

std::string deltaOf(std::size_t index, const ModelToolCall &call)
{
    std::string delta = R"("tool_calls":[{"index":)" + std::to_string(index) + R"(,"id":)";
    wire::appendJsonText(delta, call.id);
    delta += R"(,"type":"function","function":{"name":)";
    wire::appendJsonText(delta, call.name);
    delta += R"(,"arguments":)";
    wire::appendJsonText(delta, call.arguments);
    delta += "}}]";
    return delta;
}

} // namespace

OpenAiEvents::OpenAiEvents(const CompletionHead &head)
    : includesUsage_(head.includesUsage)
    , opening_("data: {\"id\":\"" + completionId(head) + R"(","object":"chat.completion.chunk","created":)" +
               std::to_string(head.createdAt) + R"(,"model":)")
    , closing_(head.includesUsage ? ",\"usage\":null}\n\n" : "}\n\n")
{
    wire::appendJsonText(opening_, head.model);
    opening_ += ",\"choices\":[";
}

void OpenAiEvents::append(std::string &out, std::string_view delta, std::string_view reason) const
{
    out.append(opening_)
        .append(R"({"index":0,"delta":{)")
        .append(delta)
        .append(R"(},"logprobs":null,"finish_reason":)");
    if (reason.empty())
        out += "null";
    else
        out.append("\"").append(reason).append("\"");
    out.append("}]").append(closing_);
}

std::string OpenAiEvents::begin() const
{
    std::string out;
    append(out, R"("role":"assistant","content":"")");
    return out;
}

std::string OpenAiEvents::part(const std::vector<ModelPiece> &pieces) const
{
    std::string out;
    std::string delta;
    for (std::size_t i = 0; i < pieces.size();) {
        // What came together and is of one kind is one chunk.
        const std::string_view member = memberOf(pieces[i]);
        std::string joined;
        const std::string *words = &wordsOf(pieces[i]);
        for (++i; i < pieces.size() && memberOf(pieces[i]) == member; ++i) {
            if (joined.empty())
                joined = *words;
            joined += wordsOf(pieces[i]);
            words = &joined;
        }
        if (words->empty())
            continue;
        delta.assign("\"").append(member).append("\":");
        wire::appendJsonText(delta, *words);
        append(out, delta);
    }
    return out;
}

std::string OpenAiEvents::end(const Result<CompletionEnding> &ending) const
{
    if (!ending)
        return "data: " + openAiError(httpFailure(ending.error())) + "\n\n";
    std::string out;
    for (std::size_t i = 0; i < ending->toolCalls.size(); ++i)
        append(out, deltaOf(i, ending->toolCalls[i]));
    append(out, {}, finishName(ending->reason));
    if (includesUsage_)
        out.append(opening_).append("],\"usage\":").append(usageValue(ending->usage).toText()).append("}\n\n");
    out += "data: [DONE]\n\n";
    return out;
}

} // namespace orchestra
