// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/edge/http_api/openai_answer.h"
#include "server/edge/http_connection.h"

/// Answers that are event streams: the events of a turn, or a completion.
namespace orchestra {
namespace {

constexpr std::string_view kEventStream = "text/event-stream; charset=utf-8";

} // namespace

void HttpConnection::receive(const ApiStreamBegin &begin)
{
    if (state_ != State::Waiting || begin.call != call_)
        return;
    streamUser_ = begin.userId;
    sequence_ = 0;
    beginStream({200, std::string(kEventStream), {}, {}}, {});
}

/// `first`: what the stream begins with, so that it goes out together with the head.
void HttpConnection::beginStream(const HttpResponse &response, const std::string &first)
{
    state_ = State::Streaming;
    deadline_.reset();
    if (!exchange_.isHttp11)
        exchange_.keepsAlive = false; // its end is the end of the body
    std::string out = serialiseStreamHead(response, shapeOf(exchange_, context_.clock.wallMs()));
    if (!first.empty())
        out += exchange_.isHttp11 ? chunk(first) : first;
    write(out);
}

void HttpConnection::writeToStream(std::string_view text)
{
    if (text.empty())
        return; // which as a chunk would be the end
    if (exchange_.isHttp11)
        write(chunk(text));
    else
        write(text);
    // Who reads too slowly is not waited for, and costs no more memory than this.
    if (unsent() > context_.settings.limits.queueBytes) {
        ++context_.counters.slowConsumers;
        cut();
    }
}

void HttpConnection::deliver(EncodedEvent &event)
{
    if (state_ != State::Streaming)
        return;
    if (event.frame().userId != streamUser_) {
        ++context_.counters.isolationViolations;
        context_.log.write({LogLevel::Critical,
                            "isolation.violation",
                            "an event of another user was stopped",
                            "edge",
                            exchange_.correlationId,
                            {},
                            0});
        return;
    }
    // Whoever is cut resumes with Last-Event-ID; until then nobody waits for it.
    writeToStream(eventStreamFrame(event, ++sequence_));
}

void HttpConnection::finishPart()
{
    owesPartDrained_ = state_ == State::Streaming;
    onTaken();
}

void HttpConnection::receive(const Unicast &unicast)
{
    EncodedEvent event(unicast.frame);
    deliver(event);
}

void HttpConnection::receive(const CloseConnection &)
{
    cut();
}

void HttpConnection::receive(const ApiStreamEnd &end)
{
    if (state_ == State::Streaming && end.call == call_)
        endStream();
}

void HttpConnection::endStream()
{
    if (exchange_.isHttp11)
        write(chunk({}));
    count(200);
    state_ = State::Reading;
    isAnswered_ = true;
    if (!exchange_.keepsAlive)
        return linger();
    resumeReading();
}

void HttpConnection::receive(const CompletionBegin &begin)
{
    if (state_ != State::Waiting || begin.call != call_)
        return;
    streamUser_.clear(); // events of a turn are not meant for it
    completion_.emplace(begin.head);
    HttpResponse response{200, std::string(kEventStream), {}, {}};
    addCompletionFields(response, begin.head, exchange_.correlationId);
    beginStream(response, completion_->begin());
}

void HttpConnection::receive(const CompletionPart &part)
{
    if (state_ == State::Streaming && part.call == call_ && completion_)
        writeToStream(completion_->part(part.pieces));
}

void HttpConnection::receive(const CompletionDone &done)
{
    if (state_ != State::Streaming || done.call != call_ || !completion_)
        return;
    writeToStream(completion_->end(done.ending));
    completion_.reset();
    if (state_ == State::Streaming)
        endStream();
}

} // namespace orchestra
