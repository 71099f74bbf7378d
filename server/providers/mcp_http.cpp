// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/providers/mcp_http.h"

#include "server/providers/model_server.h"
#include "shared/base/text.h"
#include "shared/wire/error_table.h"

#include <utility>

namespace orchestra {
namespace {

constexpr std::size_t kRefusalKept = 16 * 1024;

} // namespace

HttpHeader keyHeader(const Secret &key)
{
    const std::string &text = key.reveal();
    const std::size_t colon = text.find(": ");
    if (colon == std::string::npos)
        return {"Authorization", "Bearer " + text};
    return {text.substr(0, colon), text.substr(colon + 2)};
}

class McpHttp::Post final : public HttpListener
{
public:
    Post(McpHttp &carrier, McpMessage message)
        : carrier_(carrier)
        , number_(message.number)
        , events_(carrier.limits_.resultBytes)
        , exchange_(carrier.http_.start(carrier.requestFor(message), *this))
    {
    }
    ~Post() override { stop(); }
    Post(const Post &) = delete;
    Post &operator=(const Post &) = delete;

    void stop()
    {
        isStopped_ = true;
        carrier_.http_.cancel(std::exchange(exchange_, 0));
    }

private:
    void onHead(const HttpHead &head) override
    {
        head_ = head;
        isStream_ = head.isSuccess() && lowerAscii(head.find("Content-Type")).starts_with("text/event-stream");
        if (const std::string_view id = head.find("MCP-Session-Id"); head.isSuccess() && !id.empty())
            carrier_.session_.takeSessionId(number_, id);
    }

    void onBody(std::string_view piece) override
    {
        if (!isStream_) {
            const std::size_t most = head_.isSuccess() ? carrier_.limits_.resultBytes : kRefusalKept;
            isTooLong_ = isTooLong_ || body_.size() + piece.size() > most;
            body_.append(piece.substr(0, most - body_.size()));
            return;
        }
        events_.take(piece, [this](const ServerSentEvent &event) {
            if (!event.data.empty() && event.type == "message")
                carrier_.session_.take(number_, event.data);
            return !isStopped_;
        });
        if (!isStopped_ && events_.isTooLong())
            end(tooLong());
    }

    void onEnd(const HttpEnd &end) override
    {
        exchange_ = 0;
        if (!end.outcome)
            return this->end(end.outcome);
        if (head_.isSuccess()) {
            if (isTooLong_)
                return this->end(tooLong());
            if (!isStream_ && !body_.empty() && head_.status != 202)
                carrier_.session_.take(number_, body_);
            return this->end(Ok{});
        }
        refuse();
    }

    void refuse()
    {
        Refusal refusal = readRefusal(head_, body_, carrier_.clock_.wallMs());
        if (refusal.error.code == Code::NoModel)
            refusal.error.code = Code::NotFound;
        if (head_.status / 100 == 3)
            refusal.error.message = "HTTP " + std::to_string(head_.status) + ": redirects are not followed";
        McpHttp &carrier = carrier_;
        const std::uint64_t number = number_;
        carrier.session_.refused(number, head_.status, body_, std::move(refusal.error), refusal.isServersFault);
        carrier.leave(number);
    }

    Error tooLong() const
    {
        return makeError(Code::ProviderError,
                         "the answer is larger than " + std::to_string(carrier_.limits_.resultBytes) + " bytes");
    }

    void end(const Status &outcome)
    {
        McpHttp &carrier = carrier_;
        const std::uint64_t number = number_;
        carrier.session_.over(number, outcome);
        carrier.leave(number);
    }

    McpHttp &carrier_;
    const std::uint64_t number_;
    HttpHead head_;
    EventStream events_;
    std::string body_;
    bool isStream_ = false;
    bool isTooLong_ = false;
    bool isStopped_ = false;
    HttpClient::Exchange exchange_;
};

McpHttp::McpHttp(HttpClient &http, const Clock &clock, McpSession &session, const ToolServerSettings &settings,
                 const ToolLimits &limits)
    : http_(http)
    , clock_(clock)
    , session_(session)
    , settings_(settings)
    , limits_(limits)
{
    clearing_.setSingleShot(true);
    QObject::connect(&clearing_, &QTimer::timeout, &clearing_, [this] { over_.clear(); });
}

McpHttp::~McpHttp() = default;

HttpRequest McpHttp::requestFor(McpMessage &message) const
{
    HttpRequest http;
    http.method = "POST";
    http.url = settings_.url;
    http.reach = Reach::Configured;
    http.headers = std::move(message.headers);
    http.headers.push_back({"Content-Type", "application/json"});
    http.headers.push_back({"Accept", "application/json, text/event-stream"});
    if (!settings_.key.isEmpty())
        http.headers.push_back(keyHeader(settings_.key));
    http.body = std::move(message.body);
    http.freshConnection = !message.mayRepeat;
    // How long an answer may take is for whoever asked to say; this only keeps nothing for ever.
    http.deadlines = {.connect = limits_.connect,
                      .firstByte = limits_.total + limits_.handshake,
                      .gap = limits_.total + limits_.handshake,
                      .total = limits_.total + limits_.handshake};
    http.caps.body = 4 * limits_.resultBytes;
    return http;
}

void McpHttp::send(McpMessage message)
{
    const std::uint64_t number = message.number;
    posts_[number] = std::make_unique<Post>(*this, std::move(message));
}

void McpHttp::drop(std::uint64_t number)
{
    if (const auto post = posts_.find(number); post != posts_.end())
        post->second->stop();
    leave(number);
}

/// Takes a post out; it may be what calls.
void McpHttp::leave(std::uint64_t number)
{
    auto post = posts_.extract(number);
    if (post.empty())
        return;
    over_.push_back(std::move(post.mapped()));
    clearing_.start(0);
}

} // namespace orchestra
