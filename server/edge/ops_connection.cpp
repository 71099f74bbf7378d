// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/edge/ops_connection.h"

#include "shared/wire/error_table.h"
#include "shared/wire/ops_codec.h"

namespace orchestra {
namespace {

// A table that is scrolled asks for one window after the other.
constexpr double kFramesPerSecond = 100;
constexpr double kFrameBurst = 200;

std::string_view typeOf(const auto &frame)
{
    return std::visit([](const auto &body) { return std::decay_t<decltype(body)>::kType; }, frame);
}

} // namespace

OpsConnection::OpsConnection(EdgeContext &context, FrameSocketPool &pool, const SocketLimits &limits,
                             std::uint64_t serial, AdmittedUpgrade &upgrade)
    : SocketConnection(context, pool, limits.ops, limits.queue, serial, upgrade)
    , budget_(kFramesPerSecond, kFrameBurst, context.clock.now())
    , refusals_(context.settings.limits.rateRefusals, context.settings.limits.rateRefusalWindow)
{
}

void OpsConnection::onText(const QString &text)
{
    noteInbound("unreadable", static_cast<std::size_t>(text.size()));
    end(CloseCode::UnsupportedData, "the operations channel speaks binary frames");
}

void OpsConnection::onBinary(const QByteArray &bytes)
{
    if (isEnding())
        return;
    const MonotonicTime now = context().clock.now();
    const auto size = static_cast<std::size_t>(bytes.size());
    auto frame = wire::decodeOpsClient(context().json, std::string_view(bytes.constData(), size));
    noteInbound(frame ? typeOf(*frame) : std::string_view("unreadable"), size);
    if (!frame) {
        refuse(frame.error());
        countViolation(frame.error().code);
        return;
    }
    if (!budget_.take(now)) {
        ++context().counters.rateLimited;
        Error error = makeError(Code::RateLimited, "too many requests");
        error.retryAfterMs = budget_.wait().count();
        refuse(error);
        if (refusals_.add(now))
            end(CloseCode::RateAbuse, "kept sending in spite of RATE_LIMITED");
        return;
    }
    context().hub.send(OpsMessage{key(), std::move(*frame)});
}

void OpsConnection::refuse(const Error &error)
{
    wire::OpsReply reply;
    reply.error = wire::ErrorBody{error.code, error.message, error.retryable};
    reply.message = error.pointer;
    send(reply);
}

void OpsConnection::receive(const OpsOut &out)
{
    send(out.frame);
    const auto *snapshot = std::get_if<wire::TopicSnapshot>(&out.frame);
    if (snapshot && !snapshot->last)
        finishPart();
}

void OpsConnection::send(const wire::OpsServerFrame &frame)
{
    std::string bytes;
    wire::encodeOpsServer(frame, bytes);
    push(
        {std::make_shared<const std::string>(std::move(bytes)), FrameEncoding::Binary, &wire::appendOpsSequence, false},
        typeOf(frame));
}

} // namespace orchestra
