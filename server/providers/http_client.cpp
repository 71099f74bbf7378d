// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/providers/http_client.h"

#include "server/loop/descriptor_watch.h"
#include "server/providers/curl_transfer.h"
#include "shared/wire/error_table.h"

#include <curl/curl.h>

#include <QTimer>

#include <algorithm>
#include <unordered_map>
#include <utility>
#include <vector>

namespace orchestra {

/// libcurl's view of the event loop. What its callbacks report is stored and told to the listeners only after libcurl
/// has returned, so that they may begin and cancel exchanges.
class HttpClient::Core
{
public:
    Core(const Clock &clock, HttpClientSettings settings);
    ~Core();

    Exchange start(HttpRequest request, HttpListener &listener);
    void cancel(Exchange exchange);
    void pause(Exchange exchange);
    void resume(Exchange exchange);
    std::size_t running() const { return transfers_.size(); }

private:
    /// One socket of libcurl and who watches it. Stays where it is, because the watches know it.
    struct Watch
    {
        Watch(Core &owner, curl_socket_t descriptor)
            : core(owner)
            , socket(descriptor)
        {
        }
        Core &core;
        const curl_socket_t socket;
        DescriptorWatch *read = nullptr;
        DescriptorWatch *write = nullptr;
    };

    static int onSocket(CURL *easy, curl_socket_t socket, int what, void *self, void *);
    static int onTimeout(CURLM *multi, long ms, void *self);

    CurlTransfer *find(Exchange exchange) const;
    static void set(Watch &watch, DescriptorWatch *&notifier, QSocketNotifier::Type type, bool wanted);
    template <int flag>
    static void onReady(void *watch)
    {
        const auto *ready = static_cast<Watch *>(watch);
        ready->core.drive(ready->socket, flag);
    }
    void drive(curl_socket_t socket, int flags);
    void collect();
    void tellAll();
    void tell(Exchange exchange);
    CurlTransfer *tellBody(CurlTransfer *transfer, Exchange exchange);
    void tellSoon() { tellLater_.start(0); }
    void expire();
    void armDeadline(MonotonicTime due);

    const Clock &clock_;
    const HttpClientSettings settings_;
    CURLM *multi_ = nullptr;
    QTimer timer_;     ///< libcurl's
    QTimer deadline_;  ///< the earliest deadline of an exchange, or earlier
    QTimer tellLater_; ///< what has happened outside of a call from the loop
    MonotonicTime deadlineAt_ = MonotonicTime::max();
    std::unordered_map<int, Watch> watches_;
    std::vector<Exchange> touched_; ///< have something to tell
    std::unordered_map<Exchange, std::unique_ptr<CurlTransfer>> transfers_;
    std::vector<Exchange> telling_; ///< reused
    std::string spare_;
    Exchange last_ = 0;
};

HttpClient::Core::Core(const Clock &clock, HttpClientSettings settings)
    : clock_(clock)
    , settings_(std::move(settings))
    , multi_(curl_multi_init())
{
    curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, &Core::onSocket);
    curl_multi_setopt(multi_, CURLMOPT_SOCKETDATA, this);
    curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, &Core::onTimeout);
    curl_multi_setopt(multi_, CURLMOPT_TIMERDATA, this);
    curl_multi_setopt(multi_, CURLMOPT_MAX_TOTAL_CONNECTIONS, static_cast<long>(settings_.maxConnections));
    curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, static_cast<long>(settings_.keptIdle));
    for (QTimer *timer : {&timer_, &deadline_, &tellLater_})
        timer->setSingleShot(true);
    timer_.setTimerType(Qt::PreciseTimer);
    QObject::connect(&timer_, &QTimer::timeout, &timer_, [this] { drive(CURL_SOCKET_TIMEOUT, 0); });
    QObject::connect(&deadline_, &QTimer::timeout, &deadline_, [this] { expire(); });
    QObject::connect(&tellLater_, &QTimer::timeout, &tellLater_, [this] { tellAll(); });
}

HttpClient::Core::~Core()
{
    for (const auto &[exchange, transfer] : transfers_)
        curl_multi_remove_handle(multi_, transfer->easy());
    transfers_.clear();
    curl_multi_cleanup(multi_);
    for (const auto &[socket, watch] : watches_) {
        delete watch.read;
        delete watch.write;
    }
}

CurlTransfer *HttpClient::Core::find(Exchange exchange) const
{
    const auto found = transfers_.find(exchange);
    return found == transfers_.end() ? nullptr : found->second.get();
}

HttpClient::Exchange HttpClient::Core::start(HttpRequest request, HttpListener &listener)
{
    const Exchange exchange = ++last_;
    auto transfer = std::make_unique<CurlTransfer>(exchange, std::move(request), listener, clock_, settings_, touched_);
    CurlTransfer &added = *transfer;
    transfers_.emplace(exchange, std::move(transfer));
    if (!added.easy() || curl_multi_add_handle(multi_, added.easy()) != CURLM_OK) {
        added.finish(CURLE_OUT_OF_MEMORY);
        tellSoon();
    }
    armDeadline(added.due());
    return exchange;
}

void HttpClient::Core::cancel(Exchange exchange)
{
    const auto found = transfers_.find(exchange);
    if (found == transfers_.end())
        return;
    // Taken out first: libcurl may call back while it closes.
    const std::unique_ptr<CurlTransfer> transfer = std::move(found->second);
    transfers_.erase(found);
    if (transfer->easy())
        curl_multi_remove_handle(multi_, transfer->easy());
}

void HttpClient::Core::pause(Exchange exchange)
{
    CurlTransfer *transfer = find(exchange);
    if (!transfer || transfer->isPaused())
        return;
    // Reading stops at the next piece: libcurl gives it back when it is told to go on.
    transfer->pause();
}

void HttpClient::Core::resume(Exchange exchange)
{
    CurlTransfer *transfer = find(exchange);
    if (!transfer || !transfer->isPaused())
        return;
    if (transfer->resume())
        curl_easy_pause(transfer->easy(), CURLPAUSE_CONT);
    armDeadline(transfer->due());
    tellSoon();
}

int HttpClient::Core::onSocket(CURL *, curl_socket_t socket, int what, void *self, void *)
{
    auto *core = static_cast<Core *>(self);
    Watch &watch = core->watches_.try_emplace(socket, *core, socket).first->second;
    set(watch, watch.read, QSocketNotifier::Read, what == CURL_POLL_IN || what == CURL_POLL_INOUT);
    set(watch, watch.write, QSocketNotifier::Write, what == CURL_POLL_OUT || what == CURL_POLL_INOUT);
    if (what == CURL_POLL_REMOVE)
        core->watches_.erase(socket);
    return 0;
}

void HttpClient::Core::set(Watch &watch, DescriptorWatch *&notifier, QSocketNotifier::Type type, bool wanted)
{
    if (!wanted && notifier) {
        // Now, because libcurl closes the socket next; later, because this may be the notifier's own call.
        notifier->setEnabled(false);
        std::exchange(notifier, nullptr)->deleteLater();
    } else if (wanted && !notifier) {
        const auto call =
            type == QSocketNotifier::Read ? &Core::onReady<CURL_CSELECT_IN> : &Core::onReady<CURL_CSELECT_OUT>;
        notifier = new DescriptorWatch(watch.socket, type, &watch, call);
    }
}

int HttpClient::Core::onTimeout(CURLM *, long ms, void *self)
{
    auto *core = static_cast<Core *>(self);
    if (ms < 0)
        core->timer_.stop();
    else
        core->timer_.start(std::chrono::milliseconds(ms));
    return 0;
}

void HttpClient::Core::drive(curl_socket_t socket, int flags)
{
    int stillRunning = 0;
    curl_multi_socket_action(multi_, socket, flags, &stillRunning);
    collect();
    tellAll();
}

/// Takes what has ended out of libcurl.
void HttpClient::Core::collect()
{
    int left = 0;
    while (const CURLMsg *message = curl_multi_info_read(multi_, &left)) {
        if (message->msg != CURLMSG_DONE)
            continue;
        const CURLcode code = message->data.result;
        CURL *easy = message->easy_handle;
        CurlTransfer *transfer = nullptr;
        curl_easy_getinfo(easy, CURLINFO_PRIVATE, &transfer);
        curl_multi_remove_handle(multi_, easy);
        transfer->finish(code);
    }
}

void HttpClient::Core::tellAll()
{
    std::vector<Exchange> telling = std::move(telling_);
    telling.clear();
    telling.swap(touched_);
    for (const Exchange exchange : telling)
        tell(exchange);
    telling_ = std::move(telling);
}

void HttpClient::Core::tell(Exchange exchange)
{
    CurlTransfer *transfer = find(exchange);
    if (!transfer)
        return;
    transfer->takeTouch();
    if (transfer->takeHead()) {
        armDeadline(transfer->due());
        transfer->listener().onHead(transfer->head());
        transfer = find(exchange);
    }
    transfer = tellBody(transfer, exchange);
    if (!transfer || !transfer->isFinished() || transfer->hasBody())
        return;
    const std::unique_ptr<CurlTransfer> ended = std::move(transfers_.at(exchange));
    transfers_.erase(exchange);
    ended->listener().onEnd(ended->end());
}

/// Null when the exchange is no longer there, as it was not when it was given as null.
CurlTransfer *HttpClient::Core::tellBody(CurlTransfer *transfer, Exchange exchange)
{
    while (transfer) {
        if (transfer->hasBody() && !transfer->isPaused()) {
            std::string piece = transfer->takeBody(std::move(spare_));
            transfer->listener().onBody(piece);
            spare_ = std::move(piece);
            transfer = find(exchange); // the listener may have cancelled it
        } else if (transfer->takeHeld()) {
            // Gives what waits in libcurl at once; the loop tells it.
            curl_easy_pause(transfer->easy(), CURLPAUSE_CONT);
            if (!transfer->hasBody())
                break;
        } else {
            break;
        }
    }
    return transfer;
}

void HttpClient::Core::expire()
{
    deadlineAt_ = MonotonicTime::max();
    const MonotonicTime now = clock_.now();
    MonotonicTime next = MonotonicTime::max();
    for (const auto &[exchange, transfer] : transfers_) {
        if (transfer->isFinished())
            continue;
        if (std::string why = transfer->overdue(now); !why.empty()) {
            curl_multi_remove_handle(multi_, transfer->easy());
            transfer->fail(makeError(Code::ProviderTimeout, std::move(why)));
            transfer->finish(CURLE_OK);
        } else {
            next = std::min(next, transfer->due());
        }
    }
    armDeadline(next);
    tellAll();
}

void HttpClient::Core::armDeadline(MonotonicTime due)
{
    if (due >= deadlineAt_)
        return;
    deadlineAt_ = due;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(due - clock_.now());
    deadline_.start(std::max(left, std::chrono::milliseconds(0)));
}

HttpClient::HttpClient(const Clock &clock, HttpClientSettings settings)
    : core_(std::make_unique<Core>(clock, std::move(settings)))
{
}

HttpClient::~HttpClient() = default;

HttpClient::Exchange HttpClient::start(HttpRequest request, HttpListener &listener)
{
    owner_.check();
    return core_->start(std::move(request), listener);
}

void HttpClient::cancel(Exchange exchange)
{
    owner_.check();
    core_->cancel(exchange);
}

void HttpClient::pause(Exchange exchange)
{
    owner_.check();
    core_->pause(exchange);
}

void HttpClient::resume(Exchange exchange)
{
    owner_.check();
    core_->resume(exchange);
}

std::size_t HttpClient::running() const
{
    owner_.check();
    return core_->running();
}

} // namespace orchestra
