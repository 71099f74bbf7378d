// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/edge/http_connection.h"

#include "server/edge/http_api/answer.h"
#include "server/edge/http_api/openai_answer.h"
#include "shared/wire/error_table.h"

namespace orchestra {
namespace {

constexpr std::size_t kReadAhead = std::size_t{64} * 1024;
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

std::string_view methodLabel(std::string_view method)
{
    for (const std::string_view known : {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}) {
        if (method == known)
            return known;
    }
    return "_OTHER";
}

} // namespace

HttpConnection::HttpConnection(EdgeContext &context, std::uint64_t serial, std::unique_ptr<Wire> wire,
                               const Arrival &arrival, std::optional<Error> refusal)
    : context_(context)
    , serial_(serial)
    , arrival_(arrival)
    , refusal_(std::move(refusal))
    , wire_(std::move(wire))
    , parser_({context.settings.limits.headerBytes, context.settings.limits.bodyBytes})
{
}

HttpConnection::~HttpConnection()
{
    if (wire_)
        wire_->tell(nullptr);
}

void HttpConnection::start()
{
    lastProgress_ = context_.clock.now();
    setDeadline(context_.settings.limits.requestHead); // for the TLS handshake and the head together
    wire_->tell(this);
    if (wire_->isReady())
        onReady();
}

void HttpConnection::onReady()
{
    state_ = State::Reading;
    onReadable();
}

// ---- reading ---------------------------------------------------------------------------------------------------

bool HttpConnection::mayRead() const
{
    if (state_ == State::Handshake || state_ == State::Gone)
        return false;
    if (state_ == State::Lingering)
        return true;
    // What is read ahead while a request is being answered is bounded; beyond it the bytes stay in the kernel.
    if (state_ != State::Reading || parser_.state() == RequestParser::State::Complete)
        return parser_.waitingBytes() < kReadAhead;
    return !context_.hub.isBlocked();
}

void HttpConnection::onReadable()
{
    while (mayRead()) {
        const std::ptrdiff_t count = wire_->read(context_.scratch);
        if (count < 0)
            return leave();
        if (count == 0)
            return;
        if (state_ == State::Lingering)
            continue;
        parser_.append(std::string_view(context_.scratch.data(), static_cast<std::size_t>(count)));
        advance();
        // What fills less than the buffer was all there is, and of more the wire will tell.
        if (!wire_ || (count < std::ssize(context_.scratch) && !wire_->resume()))
            return;
    }
}

void HttpConnection::resumeReading()
{
    advance();
    onReadable();
}

void HttpConnection::advance()
{
    while (state_ == State::Reading && unsent() <= context_.settings.limits.unsentBytes) {
        if (isAnswered_) {
            // One request is over; the next may have arrived behind it.
            isAnswered_ = false;
            isHeadSeen_ = false;
            parser_.next();
            isHeadDeadline_ = !parser_.isIdle();
            setDeadline(isHeadDeadline_ ? context_.settings.limits.requestHead : context_.settings.keepAlive);
        }
        switch (parser_.state()) {
        case RequestParser::State::Head:
            if (!isHeadDeadline_ && !parser_.isIdle()) {
                isHeadDeadline_ = true;
                setDeadline(context_.settings.limits.requestHead);
            }
            return;
        case RequestParser::State::Failed:
            return sendFailure(parser_.failure());
        case RequestParser::State::Body:
            if (!isHeadSeen_)
                onHead();
            if (!isAnswered_)
                return;
            break;
        case RequestParser::State::Complete:
            if (!isHeadSeen_)
                onHead();
            if (state_ == State::Reading && !isAnswered_)
                onRequest();
            break;
        }
    }
}

void HttpConnection::onHead()
{
    isHeadSeen_ = true;
    exchange_ = openExchange(parser_.head(), arrival_, context_.settings.gate, context_.ids, context_.clock.now());
    const bool entersAsOperator =
        refusal_ && refusal_->code == Code::Full && exchange_.route && exchange_.route->path == "/ops/ws";
    if (refusal_ && !entersAsOperator) {
        exchange_.keepsAlive = false;
        noteRefusal(*refusal_);
        return send(failureOf(httpFailure(*refusal_), exchange_));
    }
    if (exchange_.immediate) {
        if (exchange_.refusal)
            noteRefusal(*exchange_.refusal);
        // A refused sender is not kept, and neither is one whose body would have to be read for nothing.
        if (exchange_.immediate->status >= 400 && exchange_.immediate->status != 404)
            exchange_.keepsAlive = false;
        return send(*exchange_.immediate);
    }
    if (parser_.state() == RequestParser::State::Body) {
        isHeadDeadline_ = true;
        setDeadline(context_.settings.requestBody);
        if (exchange_.expectsContinue)
            write(kContinue);
    }
}

void HttpConnection::onRequest()
{
    switch (exchange_.route->serving) {
    case Serving::OpenApi:
        return send({200, "application/json", context_.openApi, {}});
    case Serving::Upgrade:
        return askAdmission();
    case Serving::Hub:
        return callHub();
    }
}

void HttpConnection::callHub()
{
    const std::string body = parser_.takeBody();
    ApiInput input{parser_.head(), exchange_.parameters, body, context_.json, context_.ids};
    auto request = exchange_.route->read(input);
    if (!request) {
        ++context_.counters.validationFailures[std::string(errorRow(request.error().code).name)];
        return sendFailure(httpFailure(request.error()));
    }
    if (const auto *chat = std::get_if<PostChat>(&*request))
        exchange_.apiVersion = chat->apiVersion;
    state_ = State::Waiting;
    deadline_.reset();
    if (exchange_.route->patience.count() > 0)
        setDeadline(exchange_.route->patience);
    ApiCall call;
    call.connection = context_.key(serial_);
    call.call = ++call_;
    call.peer = exchange_.caller.peer;
    call.credential = exchange_.caller.credential;
    call.correlationId = exchange_.correlationId;
    call.userName = exchange_.userName;
    call.request = std::move(*request);
    call.receivedAt = exchange_.receivedAt;
    context_.hub.send(std::move(call));
}

void HttpConnection::receive(const ApiReply &reply)
{
    if (state_ != State::Waiting || reply.call != call_)
        return;
    state_ = State::Reading;
    if (exchange_.speaksOpenAi)
        send(openAiAnswer(reply.body, exchange_.correlationId));
    else
        send(answerOf(reply.body, {exchange_.accept, exchange_.correlationId, !exchange_.route->answer.name.empty()}));
    resumeReading();
}

/// Who was turned away at the door: counted, and logged as far as that is no flood.
void HttpConnection::noteRefusal(const Error &error)
{
    if (exchange_.asksForUpgrade || refusal_)
        ++context_.counters.rejected[std::string(errorRow(error.code).label)];
    const bool isNobodysFault = error.code == Code::NotFound || error.code == Code::Invalid;
    if (isNobodysFault || !context_.refusalLog.take(context_.clock.now()))
        return;
    context_.log.write({LogLevel::Info,
                        "http.refused",
                        "a request was refused",
                        "edge",
                        exchange_.correlationId,
                        {{"code", std::string(errorRow(error.code).name)},
                         {"address", arrival_.peer.toString()},
                         {"reason", error.message}},
                        0});
}

// ---- writing ---------------------------------------------------------------------------------------------------

void HttpConnection::send(HttpResponse response)
{
    if (exchange_.apiVersion == 1)
        addDeprecation(response);
    // What is left of a body that nobody will read cannot be told from a next request.
    if (parser_.state() != RequestParser::State::Complete)
        exchange_.keepsAlive = false;
    write(serialise(response, shapeOf(exchange_, context_.clock.wallMs())));
    count(response.status);
    isAnswered_ = true;
    deadline_.reset();
    if (!exchange_.keepsAlive)
        linger();
}

void HttpConnection::sendFailure(const HttpFailure &failure)
{
    if (exchange_.correlationId.empty())
        exchange_.correlationId = toString(context_.ids.make<EventId>());
    if (!isHeadSeen_)
        exchange_.speaksOpenAi = isOpenAiPath(parser_.head().path);
    send(failureOf(failure, exchange_));
}

void HttpConnection::write(std::string_view bytes)
{
    if (unsent() == 0)
        lastProgress_ = context_.clock.now();
    (void)wire_->write(bytes); // whoever reads is told of the end
}

std::size_t HttpConnection::unsent() const
{
    return wire_ ? wire_->unsent() : 0;
}

void HttpConnection::onTaken()
{
    lastProgress_ = context_.clock.now();
    if (owesPartDrained_ && unsent() <= context_.settings.limits.unsentBytes) {
        owesPartDrained_ = false;
        context_.hub.send(PartDrained{context_.key(serial_)});
    }
    if (state_ == State::Lingering)
        return shutWrite();
    // A pipelining client that reads again gets its next answers.
    if (state_ == State::Reading && isAnswered_)
        resumeReading();
}

void HttpConnection::count(int status)
{
    const std::string key = std::string(methodLabel(exchange_.method)) + " " +
                            std::string(exchange_.route ? exchange_.route->path : std::string_view("none"));
    const std::string version = exchange_.apiVersion == 0 ? "none" : "v" + std::to_string(exchange_.apiVersion);
    ++context_.counters.httpRequests[key + " " + std::to_string(status) + " " + version];
    if (exchange_.receivedAt == MonotonicTime{})
        return;
    const auto took =
        std::chrono::duration_cast<std::chrono::microseconds>(context_.clock.now() - exchange_.receivedAt);
    context_.counters.httpDurationUs[key].record(static_cast<std::uint64_t>(std::max<std::int64_t>(0, took.count())));
}

// ---- ending ----------------------------------------------------------------------------------------------------

void HttpConnection::linger()
{
    // Closing with unread bytes resets the connection, and the reset may overtake the answer. So the answer goes out,
    // the writing half is shut, and what still comes is read and dropped for a moment.
    state_ = State::Lingering;
    setDeadline(context_.settings.linger);
    shutWrite();
}

void HttpConnection::shutWrite()
{
    if (isShut_ || unsent() > 0)
        return;
    isShut_ = true;
    wire_->shutWrite();
}

void HttpConnection::cut()
{
    if (state_ == State::Gone)
        return;
    leave();
    wire_->abort();
}

void HttpConnection::leave()
{
    if (state_ == State::Gone)
        return;
    if (state_ == State::Waiting || state_ == State::Streaming)
        context_.hub.send(ApiAborted{context_.key(serial_), call_});
    if (state_ == State::Admitting && admission_)
        context_.hub.send(ConnectionGone{context_.key(serial_), 1006, "left before the upgrade"});
    state_ = State::Gone;
    context_.host.remove(serial_);
}

void HttpConnection::sweep(MonotonicTime now)
{
    if (state_ == State::Gone)
        return;
    if (unsent() > 0 && now - lastProgress_ > context_.settings.stall)
        return cut();
    if (!deadline_ || now < *deadline_)
        return;
    switch (state_) {
    case State::Waiting:
        context_.hub.send(ApiAborted{context_.key(serial_), call_});
        ++call_; // its answer comes too late now
        state_ = State::Reading;
        exchange_.keepsAlive = false;
        return sendFailure(httpFailure(makeError(Code::NotReady, "The server did not answer in time.")));
    case State::Admitting:
        return refuseUpgrade(makeError(Code::NotReady, "The server did not answer in time."));
    case State::Reading:
        if (parser_.isIdle())
            return cut();
        if (!isHeadSeen_)
            exchange_ = {};
        exchange_.keepsAlive = false;
        return sendFailure({408, makeError(Code::Invalid, "The request took too long to arrive.")});
    default:
        return cut();
    }
}

void HttpConnection::setDeadline(std::chrono::milliseconds in)
{
    deadline_ = context_.clock.now() + in;
}

} // namespace orchestra
