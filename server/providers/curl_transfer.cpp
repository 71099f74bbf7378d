// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/providers/curl_transfer.h"

#include "server/providers/address_rule.h"
#include "shared/base/text.h"
#include "shared/wire/error_table.h"

#include <curl/curl.h>
#include <sys/socket.h>

#include <algorithm>
#include <charconv>
#include <utility>

namespace orchestra {
namespace {

static_assert(CURL_ERROR_SIZE == 256, "errorText_ holds what libcurl writes");

constexpr std::string_view kUserAgent = "orchestrad/" ORCHESTRA_VERSION;

std::string inSeconds(std::chrono::milliseconds time)
{
    const auto ms = time.count();
    return ms % 1000 == 0 ? std::to_string(ms / 1000) + " s" : std::to_string(ms) + " ms";
}

} // namespace

std::string_view HttpHead::find(std::string_view name) const
{
    const std::string wanted = lowerAscii(name);
    for (const HttpHeader &header : headers) {
        if (lowerAscii(header.name) == wanted)
            return header.value;
    }
    return {};
}

/// What libcurl calls. Only stores: libcurl must not be called from inside.
struct CurlTransfer::Callbacks
{
    static curl_socket_t onOpenSocket(void *self, curlsocktype, curl_sockaddr *address)
    {
        auto *transfer = static_cast<CurlTransfer *>(self);
        if (!isReachable(address->addr, transfer->request_.reach)) {
            transfer->refusedAddress_ = addressText(address->addr);
            return CURL_SOCKET_BAD;
        }
        return ::socket(address->family, address->socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, address->protocol);
    }

    static std::size_t onHeader(char *data, std::size_t size, std::size_t count, void *self)
    {
        auto *transfer = static_cast<CurlTransfer *>(self);
        return transfer->takeHeaderLine({data, size * count}) ? size * count : 0;
    }

    static std::size_t onWrite(char *data, std::size_t size, std::size_t count, void *self)
    {
        auto *transfer = static_cast<CurlTransfer *>(self);
        const std::size_t bytes = size * count;
        // One look at the clock for all that one reading of the socket brings.
        if (transfer->touch())
            transfer->lastByteAt_ = transfer->clock_.now();
        if (transfer->isPaused_ || transfer->body_.size() >= kBacklog) {
            transfer->isHeld_ = true;
            return CURL_WRITEFUNC_PAUSE;
        }
        transfer->bodyBytes_ += bytes;
        if (transfer->bodyBytes_ > transfer->request_.caps.body) {
            transfer->fail(makeError(Code::ProviderError, "the answer is larger than " +
                                                              std::to_string(transfer->request_.caps.body) + " bytes"));
            return 0;
        }
        transfer->body_.append(data, bytes);
        return bytes;
    }
};

CurlTransfer::CurlTransfer(HttpClient::Exchange id, HttpRequest request, HttpListener &listener, const Clock &clock,
                           const HttpClientSettings &settings, std::vector<HttpClient::Exchange> &touched)
    : id_(id)
    , request_(std::move(request))
    , listener_(listener)
    , clock_(clock)
    , touched_(touched)
    , easy_(curl_easy_init())
    , startedAt_(clock.now())
    , lastByteAt_(startedAt_)
{
    if (easy_)
        setOptions(settings);
}

CurlTransfer::~CurlTransfer()
{
    if (easy_)
        curl_easy_cleanup(easy_);
    curl_slist_free_all(headers_);
}

bool CurlTransfer::touch()
{
    if (std::exchange(isTouched_, true))
        return false;
    touched_.push_back(id_);
    return true;
}

void CurlTransfer::setOptions(const HttpClientSettings &settings)
{
    curl_easy_setopt(easy_, CURLOPT_PRIVATE, this);
    curl_easy_setopt(easy_, CURLOPT_ERRORBUFFER, errorText_.data());
    curl_easy_setopt(easy_, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy_, CURLOPT_URL, request_.url.c_str());
    curl_easy_setopt(easy_, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy_, CURLOPT_FOLLOWLOCATION, 0L);
    // An empty string, because without one libcurl asks the environment.
    curl_easy_setopt(easy_, CURLOPT_PROXY, settings.proxy.c_str());
    curl_easy_setopt(easy_, CURLOPT_USERAGENT, kUserAgent.data());
    curl_easy_setopt(easy_, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS));
    curl_easy_setopt(easy_, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(request_.deadlines.connect.count()));
    if (!settings.caFile.empty())
        curl_easy_setopt(easy_, CURLOPT_CAINFO, settings.caFile.c_str());
    if (request_.freshConnection)
        curl_easy_setopt(easy_, CURLOPT_FRESH_CONNECT, 1L);
    curl_easy_setopt(easy_, CURLOPT_HEADERFUNCTION, &Callbacks::onHeader);
    curl_easy_setopt(easy_, CURLOPT_HEADERDATA, this);
    curl_easy_setopt(easy_, CURLOPT_WRITEFUNCTION, &Callbacks::onWrite);
    curl_easy_setopt(easy_, CURLOPT_WRITEDATA, this);
    curl_easy_setopt(easy_, CURLOPT_OPENSOCKETFUNCTION, &Callbacks::onOpenSocket);
    curl_easy_setopt(easy_, CURLOPT_OPENSOCKETDATA, this);
    setMethod();
}

void CurlTransfer::setMethod()
{
    if (request_.method == "HEAD") {
        curl_easy_setopt(easy_, CURLOPT_NOBODY, 1L);
    } else if (request_.method != "GET" || !request_.body.empty()) {
        curl_easy_setopt(easy_, CURLOPT_POST, 1L);
        curl_easy_setopt(easy_, CURLOPT_POSTFIELDS, request_.body.data());
        curl_easy_setopt(easy_, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request_.body.size()));
        if (request_.method != "POST")
            curl_easy_setopt(easy_, CURLOPT_CUSTOMREQUEST, request_.method.c_str());
    }
    for (const HttpHeader &header : request_.headers)
        headers_ = curl_slist_append(headers_, (header.name + ": " + header.value).c_str());
    // Waiting for "100 Continue" costs a second with servers that do not know it.
    headers_ = curl_slist_append(headers_, "Expect:");
    curl_easy_setopt(easy_, CURLOPT_HTTPHEADER, headers_);
}

bool CurlTransfer::takeHeaderLine(std::string_view line)
{
    touch();
    lastByteAt_ = clock_.now();
    if (!firstByteAt_)
        firstByteAt_ = lastByteAt_;
    if (isHeadComplete_)
        return true; // a trailer
    headBytes_ += line.size();
    if (headBytes_ > request_.caps.head) {
        fail(makeError(Code::ProviderError,
                       "the head of the answer is larger than " + std::to_string(request_.caps.head) + " bytes"));
        return false;
    }
    const std::string_view text = trimmed(line, " \t\r\n");
    if (text.empty()) {
        isHeadComplete_ = head_.status >= 200; // what came was not merely "100 Continue"
        return true;
    }
    const std::size_t colon = text.find(':');
    if (text.starts_with("HTTP/")) {
        head_ = HttpHead{};
        const std::size_t space = text.find(' ');
        if (space != std::string_view::npos)
            std::from_chars(text.data() + space + 1, text.data() + text.size(), head_.status);
    } else if (colon != std::string_view::npos) {
        head_.headers.push_back(
            {std::string(trimmed(text.substr(0, colon))), std::string(trimmed(text.substr(colon + 1)))});
    }
    return true;
}

MonotonicTime CurlTransfer::due() const
{
    const MonotonicTime atMost = startedAt_ + request_.deadlines.total;
    if (!firstByteAt_)
        return std::min(atMost, startedAt_ + request_.deadlines.firstByte);
    return isPaused_ || isHeld_ ? atMost : std::min(atMost, lastByteAt_ + request_.deadlines.gap);
}

std::string CurlTransfer::overdue(MonotonicTime now) const
{
    if (now < due())
        return {};
    if (now >= startedAt_ + request_.deadlines.total)
        return "the answer was not complete within " + inSeconds(request_.deadlines.total);
    if (!firstByteAt_)
        return "no answer within " + inSeconds(request_.deadlines.firstByte);
    return "nothing came for " + inSeconds(request_.deadlines.gap) + " in the middle of the answer";
}

void CurlTransfer::fail(Error error)
{
    if (!error_)
        error_ = std::move(error);
}

void CurlTransfer::finish(int code)
{
    touch();
    isFinished_ = true;
    finishedAt_ = clock_.now();
    if (code != CURLE_OK)
        fail(errorOf(code));
    else if (!isHeadComplete_)
        fail(makeError(Code::ProviderError, "the connection ended before an answer"));
}

Error CurlTransfer::errorOf(int code) const
{
    const std::string why = errorText_[0] ? errorText_.data() : curl_easy_strerror(static_cast<CURLcode>(code));
    switch (code) {
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
        return makeError(Code::Invalid, "not a usable http or https URL: " + request_.url);
    case CURLE_COULDNT_CONNECT:
        if (!refusedAddress_.empty())
            return Error{Code::ProviderUnavailable, refusedAddress_ + " is not an address this server may connect to"};
        return makeError(Code::ProviderUnavailable, why);
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
        return makeError(Code::ProviderUnavailable, why);
    case CURLE_OPERATION_TIMEDOUT:
        return makeError(Code::ProviderTimeout, why);
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CACERT_BADFILE:
        return Error{Code::ProviderUnavailable, why};
    default:
        return makeError(Code::ProviderError, why);
    }
}

HttpEnd CurlTransfer::end() const
{
    const auto since = [this](MonotonicTime time) {
        return std::chrono::duration_cast<std::chrono::microseconds>(time - startedAt_);
    };
    HttpEnd end;
    if (error_)
        end.outcome = *error_;
    curl_off_t connected = 0;
    if (easy_)
        curl_easy_getinfo(easy_, CURLINFO_PRETRANSFER_TIME_T, &connected);
    end.hasConnected = connected > 0 || firstByteAt_;
    if (firstByteAt_)
        end.firstByte = since(*firstByteAt_);
    end.total = since(finishedAt_);
    end.bytes = bodyBytes_;
    return end;
}

void CurlTransfer::pause()
{
    isPaused_ = true;
}

bool CurlTransfer::resume()
{
    if (!std::exchange(isPaused_, false))
        return false;
    lastByteAt_ = clock_.now();
    touch();
    return std::exchange(isHeld_, false);
}

bool CurlTransfer::takeHead()
{
    return isHeadComplete_ && !std::exchange(isHeadTaken_, true);
}

std::string CurlTransfer::takeBody(std::string spare)
{
    spare.clear();
    std::swap(spare, body_);
    return spare;
}

bool CurlTransfer::takeHeld()
{
    return !isPaused_ && std::exchange(isHeld_, false);
}

} // namespace orchestra
