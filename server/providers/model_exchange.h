// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/providers/http_client.h"
#include "server/providers/model_server.h"

#include <QTimer>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace orchestra {

/// One call of a model over HTTP: reads the answer as it comes and ends once, at the answer's own marker, at a failure
/// or when the model says nothing for too long. Lives on: provider.
class ModelExchange final : public HttpListener
{
public:
    struct Output
    {
        std::function<void(std::vector<ModelPiece>)> pieces;
        std::function<void(ModelEnd)> ended;
        /// Nothing more happens; the exchange may be deleted, but not from inside this call.
        std::function<void()> over;
    };

    /// All must outlive the exchange but `request`.
    ModelExchange(HttpClient &http, const Clock &clock, std::shared_ptr<const ModelServer> server,
                  const ModelRequest &request, Output output);
    ~ModelExchange() override;
    ModelExchange(const ModelExchange &) = delete;
    ModelExchange &operator=(const ModelExchange &) = delete;

    void pause() { http_.pause(exchange_); }
    void resume() { http_.resume(exchange_); }

private:
    void onHead(const HttpHead &head) override;
    void onBody(std::string_view piece) override;
    void onEnd(const HttpEnd &end) override;

    void take(std::string_view bytes);
    void tell(std::vector<ModelPiece> pieces);
    void finish();
    void fail(Error error, bool isServersFault);
    void end(Result<ModelFinish> outcome, bool isServersFault);
    std::chrono::microseconds elapsed() const;

    HttpClient &http_;
    const Clock &clock_;
    const std::shared_ptr<const ModelServer> server_;
    const Output output_;
    const std::chrono::milliseconds firstTokenWithin_;
    const MonotonicTime startedAt_;
    HttpClient::Exchange exchange_ = 0;
    HttpHead head_;
    std::unique_ptr<ModelStream> stream_;
    std::string refusal_; ///< the body of an answer that is none
    std::optional<std::chrono::microseconds> firstToken_;
    QTimer firstTokenTimer_;
    bool wasSent_ = false;
    bool isEnded_ = false;
};

} // namespace orchestra
