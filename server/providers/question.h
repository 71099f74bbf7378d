// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/providers/http_client.h"

#include <functional>
#include <string>

namespace orchestra {

/// A short exchange that is only of interest as a whole. Lives on: provider.
class Question final : public HttpListener
{
public:
    struct Answer
    {
        HttpHead head;
        std::string body;
        HttpEnd end;
    };
    using Done = std::function<void(const Answer &)>;

    /// `done` is called once, unless the question is deleted before; it may delete the question.
    Question(HttpClient &http, HttpRequest request, Done done)
        : http_(http)
        , done_(std::move(done))
        , exchange_(http.start(std::move(request), *this))
    {
    }
    ~Question() override { http_.cancel(exchange_); }
    Question(const Question &) = delete;
    Question &operator=(const Question &) = delete;

private:
    void onHead(const HttpHead &head) override { answer_.head = head; }
    void onBody(std::string_view piece) override { answer_.body.append(piece); }
    void onEnd(const HttpEnd &end) override
    {
        answer_.end = end;
        const Done done = std::move(done_);
        const Answer answer = std::move(answer_);
        done(answer);
    }

    HttpClient &http_;
    Done done_;
    Answer answer_;
    HttpClient::Exchange exchange_;
};

} // namespace orchestra
