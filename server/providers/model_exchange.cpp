// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/providers/model_exchange.h"

#include "shared/wire/error_table.h"

#include <algorithm>
#include <utility>

namespace orchestra {
namespace {

constexpr std::size_t kRefusalKept = 4096;

} // namespace

ModelExchange::ModelExchange(HttpClient &http, const Clock &clock, std::shared_ptr<const ModelServer> server,
                             const ModelRequest &request, Output output)
    : http_(http)
    , clock_(clock)
    , server_(std::move(server))
    , output_(std::move(output))
    , firstTokenWithin_(request.deadlines.firstToken)
    , startedAt_(clock.now())
{
    firstTokenTimer_.setSingleShot(true);
    QObject::connect(&firstTokenTimer_, &QTimer::timeout, &firstTokenTimer_, [this] {
        fail(makeError(Code::ProviderTimeout,
                       "no first token within " + std::to_string(firstTokenWithin_.count()) + " ms"),
             true);
        output_.over();
    });
    exchange_ = http_.start(server_->chat(request), *this);
}

ModelExchange::~ModelExchange()
{
    http_.cancel(exchange_);
}

void ModelExchange::onHead(const HttpHead &head)
{
    wasSent_ = true;
    head_ = head;
    if (!head.isSuccess())
        return;
    stream_ = server_->stream(head);
    // Some servers send the head at once and the first token when they have it.
    const auto spent = std::chrono::duration_cast<std::chrono::milliseconds>(clock_.now() - startedAt_);
    firstTokenTimer_.start(std::max(firstTokenWithin_ - spent, std::chrono::milliseconds(0)));
}

void ModelExchange::onBody(std::string_view piece)
{
    if (stream_)
        take(piece);
    else if (refusal_.size() < kRefusalKept)
        refusal_.append(piece.substr(0, kRefusalKept - refusal_.size()));
}

void ModelExchange::take(std::string_view bytes)
{
    if (isEnded_)
        return; // what follows the marker
    std::vector<ModelPiece> pieces;
    const Status read = stream_->take(bytes, pieces);
    tell(std::move(pieces));
    if (!read) {
        fail(read.error(), true);
        http_.cancel(std::exchange(exchange_, 0));
        output_.over();
    } else if (stream_->isComplete()) {
        // Told now; the body's end is waited for, so that the connection can be used again.
        finish();
    }
}

void ModelExchange::tell(std::vector<ModelPiece> pieces)
{
    if (pieces.empty())
        return;
    if (!firstToken_) {
        firstToken_ = elapsed();
        firstTokenTimer_.stop();
    }
    output_.pieces(std::move(pieces));
}

void ModelExchange::onEnd(const HttpEnd &end)
{
    wasSent_ = wasSent_ || end.hasConnected;
    if (!isEnded_ && !end.outcome) {
        fail(end.outcome.error(), end.outcome.error().code != Code::Invalid);
    } else if (!isEnded_ && stream_) {
        finish();
    } else if (!isEnded_) {
        Refusal refusal = readRefusal(head_, refusal_, clock_.wallMs());
        fail(std::move(refusal.error), refusal.isServersFault);
    }
    output_.over();
}

void ModelExchange::finish()
{
    std::vector<ModelPiece> pieces;
    Result<ModelFinish> outcome = stream_->finish(pieces);
    tell(std::move(pieces));
    const bool isServersFault = !outcome;
    end(std::move(outcome), isServersFault);
}

void ModelExchange::fail(Error error, bool isServersFault)
{
    end(std::move(error), isServersFault);
}

void ModelExchange::end(Result<ModelFinish> outcome, bool isServersFault)
{
    firstTokenTimer_.stop();
    if (std::exchange(isEnded_, true))
        return;
    output_.ended(ModelEnd{.outcome = std::move(outcome),
                           .isServersFault = isServersFault,
                           .wasSent = wasSent_,
                           .firstToken = firstToken_,
                           .total = elapsed()});
}

std::chrono::microseconds ModelExchange::elapsed() const
{
    return std::chrono::duration_cast<std::chrono::microseconds>(clock_.now() - startedAt_);
}

} // namespace orchestra
