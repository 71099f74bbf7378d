// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/providers/http_client.h"

#include <array>
#include <memory>
#include <string>
#include <vector>

struct curl_slist;

namespace orchestra {

/// One exchange on its way through libcurl: what it is to send, what has come and is not yet told, and why it ended.
/// Its callbacks only store: libcurl must not be called from inside them. Only for http_client.cpp. Lives on: provider.
class CurlTransfer
{
public:
    /// What may wait to be told before reading stops.
    static constexpr std::size_t kBacklog = 256 * 1024;

    /// `touched` is told the id once for all that happens until takeTouch(); it must outlive the transfer.
    CurlTransfer(HttpClient::Exchange id, HttpRequest request, HttpListener &listener, const Clock &clock,
                 const HttpClientSettings &settings, std::vector<HttpClient::Exchange> &touched);
    ~CurlTransfer();
    CurlTransfer(const CurlTransfer &) = delete;
    CurlTransfer &operator=(const CurlTransfer &) = delete;

    HttpClient::Exchange id() const { return id_; }
    /// libcurl's CURL, which is void to everybody else; null when it could not be made.
    void *easy() const { return easy_; }
    HttpListener &listener() const { return listener_; }

    /// The earliest time at which a deadline passes if nothing comes until then.
    MonotonicTime due() const;
    /// The deadline that has passed, in words; empty when none has.
    std::string overdue(MonotonicTime now) const;

    void fail(Error error); ///< the first cause counts
    void finish(int code);  ///< a CURLcode; no more callbacks come
    bool isFinished() const { return isFinished_; }
    HttpEnd end() const;

    void pause();
    /// True when reading has to be taken up again.
    bool resume();
    bool isPaused() const { return isPaused_; }

    /// Once true, when the head is complete.
    bool takeHead();
    const HttpHead &head() const { return head_; }
    bool hasBody() const { return !body_.empty(); }
    /// What has come since; `spare` is reused for what comes next.
    std::string takeBody(std::string spare);
    /// True once when reading stopped because too much waited.
    bool takeHeld();

    void takeTouch() { isTouched_ = false; }

private:
    struct Callbacks;

    /// True for the first time since takeTouch().
    bool touch();
    void setOptions(const HttpClientSettings &settings);
    void setMethod();
    bool takeHeaderLine(std::string_view line);
    Error errorOf(int code) const;

    const HttpClient::Exchange id_;
    const HttpRequest request_;
    HttpListener &listener_;
    const Clock &clock_;
    std::vector<HttpClient::Exchange> &touched_;
    void *easy_ = nullptr;
    ::curl_slist *headers_ = nullptr;
    std::array<char, 256> errorText_{};
    const MonotonicTime startedAt_;
    MonotonicTime lastByteAt_;
    std::optional<MonotonicTime> firstByteAt_;
    MonotonicTime finishedAt_{};
    HttpHead head_;
    std::size_t headBytes_ = 0;
    std::string body_;
    std::uint64_t bodyBytes_ = 0;
    std::string refusedAddress_;
    std::optional<Error> error_;
    bool isTouched_ = false;
    bool isHeadComplete_ = false;
    bool isHeadTaken_ = false;
    bool isPaused_ = false;
    bool isHeld_ = false;
    bool isFinished_ = false;
};

} // namespace orchestra
