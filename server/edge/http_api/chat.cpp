// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/edge/http_api/bodies.h"
#include "server/edge/http_api/readers.h"
#include "shared/wire/chat_rest.h"
#include "shared/wire/error_table.h"

#include <algorithm>
#include <charconv>

namespace orchestra {
namespace {

constexpr std::size_t kDefaultRows = 50;
constexpr std::size_t kMaxRows = 200;
constexpr std::size_t kMaxKeyBytes = 128;

bool parseNumber(std::string_view text, std::uint64_t &value)
{
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() && end == text.data() + text.size();
}

Error invalid(std::string message, std::string pointer)
{
    return makeError(Code::Invalid, std::move(message), std::move(pointer));
}

template <class IdType>
Result<IdType> pathId(const ApiInput &input, std::string_view what)
{
    const auto id = parseId<IdType>(input.parameters.front());
    if (!id)
        return makeError(Code::NotFound, "There is no such " + std::string(what) + ".");
    return *id;
}

template <class IdType>
Result<std::optional<IdType>> queryId(const ApiInput &input, std::string_view name)
{
    const auto text = queryValue(input.head.query, name);
    if (!text)
        return std::optional<IdType>();
    const auto id = parseId<IdType>(*text);
    if (!id)
        return invalid("must be a UUID", "/query/" + std::string(name));
    return std::optional<IdType>(*id);
}

/// Last-Event-ID of an event stream: epoch:offset.
Result<std::optional<wire::Cursor>> lastEvent(const ApiInput &input)
{
    const std::string *field = input.head.find("last-event-id");
    if (!field || field->empty())
        return std::optional<wire::Cursor>();
    const std::string_view text = *field;
    const auto colon = text.find(':');
    wire::Cursor cursor;
    if (colon == std::string_view::npos || !parseNumber(text.substr(0, colon), cursor.epoch) ||
        !parseNumber(text.substr(colon + 1), cursor.offset))
        return invalid("must be epoch:offset", "/header/Last-Event-ID");
    return std::optional<wire::Cursor>(cursor);
}

} // namespace

Result<std::string> requestIdOf(ApiInput &input)
{
    const std::string *key = input.head.find("idempotency-key");
    if (!key)
        return toString(input.ids.make<MessageId>());
    const auto isVisible = [](char c) { return c > 0x20 && c < 0x7f; };
    if (key->empty() || key->size() > kMaxKeyBytes || !std::ranges::all_of(*key, isVisible))
        return invalid("must be 1 to 128 visible ASCII characters", "/header/Idempotency-Key");
    return *key;
}

Result<std::size_t> queryNumber(const ApiInput &input, std::string_view name, std::size_t fallback, std::size_t low,
                                std::size_t high)
{
    const auto text = queryValue(input.head.query, name);
    if (!text)
        return fallback;
    std::uint64_t value = 0;
    if (!parseNumber(*text, value) || value < low || value > high)
        return invalid("must be a whole number from " + std::to_string(low) + " to " + std::to_string(high),
                       "/query/" + std::string(name));
    return static_cast<std::size_t>(value);
}

Result<ApiRequest> readChat(ApiInput &input)
{
    auto request = wire::readChatRequest(input.json, input.body, versionOf(input.head.path));
    if (!request)
        return request.error();
    auto messageId = requestIdOf(input);
    if (!messageId)
        return messageId.error();
    const auto last = lastEvent(input);
    if (!last)
        return last.error();
    wire::ChatRequestV2 &body = request->body;
    PostChat chat;
    chat.apiVersion = request->apiVersion;
    chat.message = std::move(body.message);
    chat.sessionId = std::move(body.sessionId);
    chat.threadId = body.threadId;
    chat.messageId = std::move(*messageId);
    chat.hints = std::move(body.optimizationHints);
    chat.stream = body.stream.value_or(false);
    chat.lastEvent = *last;
    chat.traceparent = input.head.valueOf("traceparent");
    chat.tracestate = input.head.valueOf("tracestate");
    return ApiRequest(std::move(chat));
}

Result<ApiRequest> readThreads(ApiInput &input)
{
    const auto limit = queryNumber(input, "limit", kDefaultRows, 1, kMaxRows);
    if (!limit)
        return limit.error();
    const auto after = queryId<ThreadId>(input, "after");
    if (!after)
        return after.error();
    return ApiRequest(ListThreads{*limit, *after});
}

Result<ApiRequest> readMessages(ApiInput &input)
{
    const auto thread = pathId<ThreadId>(input, "thread");
    if (!thread)
        return thread.error();
    const auto limit = queryNumber(input, "limit", kDefaultRows, 1, kMaxRows);
    if (!limit)
        return limit.error();
    const auto before = queryId<MessageId>(input, "before");
    if (!before)
        return before.error();
    return ApiRequest(ListMessages{*thread, *limit, *before});
}

Result<ApiRequest> readThreadDeletion(ApiInput &input)
{
    const auto thread = pathId<ThreadId>(input, "thread");
    if (!thread)
        return thread.error();
    return ApiRequest(DeleteThread{*thread});
}

Result<ApiRequest> readTasks(ApiInput &)
{
    return ApiRequest(ListTasks{});
}

Result<ApiRequest> readCancel(ApiInput &input)
{
    const auto task = pathId<TaskId>(input, "task");
    if (!task)
        return task.error();
    return ApiRequest(PostCancel{*task});
}

Result<ApiRequest> readFeedback(ApiInput &input)
{
    auto body = input.json.read<wire::FeedbackRequest>(input.body);
    if (!body)
        return body.error();
    auto id = requestIdOf(input);
    if (!id)
        return id.error();
    return ApiRequest(PostFeedback{wire::Feedback{std::move(*id), body->messageId, body->rating,
                                                  std::move(body->intent), std::move(body->comment)}});
}

Result<ApiRequest> readTicketWish(ApiInput &)
{
    return ApiRequest(PostTicket{});
}

} // namespace orchestra
