// SPDX-License-Identifier: GPL-3.0-or-later
// A model server for benchmarks, on OpenAI's wire: every word it streams is the time at which it was written, so that
// whoever reads it at last knows how long it was on its way. One thread, epoll, no more work than it takes.
// model_peer [--rate R] [--words N]   R words a second in each stream, 0: as fast as they are taken. Prints its port.
#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <deque>
#include <memory>
#include <netinet/tcp.h>
#include <string>
#include <string_view>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>
#include <unordered_map>
#include <vector>

namespace {

std::int64_t nowNs()
{
    timespec time{};
    ::clock_gettime(CLOCK_MONOTONIC, &time);
    return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

std::string chunked(const std::string &data)
{
    std::array<char, 24> size{};
    std::snprintf(size.data(), size.size(), "%zx\r\n", data.size());
    return size.data() + data + "\r\n";
}

std::string event(std::string_view delta, std::string_view reason)
{
    return R"(data: {"id":"chatcmpl-bench","object":"chat.completion.chunk","created":1700000000,"model":"bench",)"
           R"("choices":[{"index":0,"delta":{)" +
           std::string(delta) + R"(},"finish_reason":)" + std::string(reason) + "}]}\n\n";
}

struct Client
{
    int socket = -1;
    std::string request;
    std::string unsent;
    bool wantsRoom = false;    ///< it is watched for room in its socket
    std::size_t wordsLeft = 0; ///< of the stream under way
    std::int64_t nextAt = 0;
};

class Peer
{
public:
    Peer(double rate, std::size_t words)
        : interval_(rate > 0 ? std::int64_t(1e9 / rate) : 0)
        , words_(words)
        , epoll_(::epoll_create1(EPOLL_CLOEXEC))
        , listener_(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0))
    {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        if (::bind(listener_, reinterpret_cast<sockaddr *>(&address), size) != 0 || ::listen(listener_, 4096) != 0 ||
            ::getsockname(listener_, reinterpret_cast<sockaddr *>(&address), &size) != 0) {
            std::perror("model_peer");
            std::exit(1);
        }
        watch(listener_, EPOLLIN, EPOLL_CTL_ADD);
        std::printf("%u\n", unsigned(ntohs(address.sin_port)));
        std::fflush(stdout);
    }

    [[noreturn]] void run()
    {
        std::array<epoll_event, 512> events{};
        for (;;) {
            const int count = ::epoll_wait(epoll_, events.data(), int(events.size()), patienceMs());
            for (int i = 0; i < count; ++i)
                handle(events[std::size_t(i)]);
            speak();
        }
    }

private:
    void watch(int socket, std::uint32_t what, int how) const
    {
        epoll_event event{};
        event.events = what;
        event.data.fd = socket;
        ::epoll_ctl(epoll_, how, socket, &event);
    }

    int patienceMs() const
    {
        if (speakers_.empty())
            return -1;
        return interval_ > 0 ? 1 : 0;
    }

    void handle(const epoll_event &event)
    {
        if (event.data.fd == listener_)
            return accept();
        const auto known = clients_.find(event.data.fd);
        if (known == clients_.end())
            return;
        Client &client = *known->second;
        if ((event.events & EPOLLOUT) != 0 && !flush(client))
            return drop(client.socket);
        if ((event.events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0 && !read(client))
            drop(event.data.fd);
    }

    void accept()
    {
        for (;;) {
            const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
            if (socket < 0)
                return;
            const int on = 1;
            ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
            auto client = std::make_unique<Client>();
            client->socket = socket;
            clients_.emplace(socket, std::move(client));
            watch(socket, EPOLLIN, EPOLL_CTL_ADD);
        }
    }

    bool read(Client &client)
    {
        std::array<char, 65536> buffer{};
        const ssize_t got = ::recv(client.socket, buffer.data(), buffer.size(), 0);
        if (got < 0)
            return errno == EAGAIN || errno == EINTR;
        if (got == 0)
            return false;
        client.request.append(buffer.data(), std::size_t(got));
        const std::size_t end = client.request.find("\r\n\r\n");
        if (end == std::string::npos)
            return true;
        std::size_t length = 0;
        for (const char *name : {"Content-Length: ", "content-length: "}) {
            const std::size_t at = client.request.find(name);
            if (at < end)
                length = std::strtoul(client.request.c_str() + at + 16, nullptr, 10);
        }
        if (client.request.size() < end + 4 + length)
            return true;
        const bool isChat = client.request.starts_with("POST");
        client.request.erase(0, end + 4 + length);
        return isChat ? begin(client) : list(client);
    }

    bool list(Client &client)
    {
        const std::string body = R"({"object":"list","data":[{"id":"bench","object":"model"}]})";
        return send(client, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " +
                                std::to_string(body.size()) + "\r\n\r\n" + body);
    }

    bool begin(Client &client)
    {
        client.wordsLeft = words_;
        client.nextAt = nowNs();
        speakers_.push_back(client.socket);
        return send(client, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n" +
                                chunked(event(R"("role":"assistant","content":"")", "null")));
    }

    /// Gives every stream the words that are due, or one more where nothing is to be waited for.
    void speak()
    {
        const std::int64_t now = nowNs();
        for (std::size_t i = speakers_.size(); i > 0; --i) {
            const int socket = speakers_.front();
            speakers_.pop_front();
            const auto known = clients_.find(socket);
            if (known == clients_.end())
                continue;
            Client &client = *known->second;
            bool isThere = true;
            if (interval_ == 0 && client.unsent.empty())
                isThere = say(client);
            for (; interval_ > 0 && isThere && client.wordsLeft > 0 && client.nextAt <= now; client.nextAt += interval_)
                isThere = say(client);
            if (!isThere)
                drop(socket);
            else if (client.wordsLeft > 0)
                speakers_.push_back(socket);
        }
    }

    bool say(Client &client)
    {
        std::string out = chunked(event("\"content\":\"@" + std::to_string(nowNs()) + " \"", "null"));
        if (--client.wordsLeft == 0)
            out += chunked(event("", "\"stop\"")) +
                   chunked(R"(data: {"id":"chatcmpl-bench","model":"bench","choices":[],)"
                           R"("usage":{"prompt_tokens":9,"completion_tokens":9}})"
                           "\n\n") +
                   chunked("data: [DONE]\n\n") + "0\r\n\r\n";
        return send(client, out);
    }

    bool send(Client &client, const std::string &bytes)
    {
        client.unsent += bytes;
        return client.unsent.size() > bytes.size() || flush(client);
    }

    bool flush(Client &client)
    {
        const ssize_t sent = ::send(client.socket, client.unsent.data(), client.unsent.size(), MSG_NOSIGNAL);
        if (sent < 0 && errno != EAGAIN && errno != EINTR)
            return false;
        client.unsent.erase(0, sent > 0 ? std::size_t(sent) : 0);
        if (client.wantsRoom == client.unsent.empty()) {
            client.wantsRoom = !client.wantsRoom;
            watch(client.socket, client.wantsRoom ? EPOLLIN | EPOLLOUT : EPOLLIN, EPOLL_CTL_MOD);
        }
        return true;
    }

    void drop(int socket)
    {
        clients_.erase(socket);
        std::erase(speakers_, socket); // its number may soon be another's
        ::close(socket);
    }

    const std::int64_t interval_; ///< between two words, in nanoseconds; 0: none
    const std::size_t words_;
    const int epoll_;
    const int listener_;
    std::unordered_map<int, std::unique_ptr<Client>> clients_;
    std::deque<int> speakers_;
};

} // namespace

int main(int argc, char **argv)
{
    double rate = 0;
    std::size_t words = 1000;
    for (int i = 1; i + 1 < argc; i += 2) {
        const std::string_view option(argv[i]);
        if (option == "--rate")
            rate = std::atof(argv[i + 1]);
        else if (option == "--words")
            words = std::strtoul(argv[i + 1], nullptr, 10);
    }
    rlimit files{};
    ::getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &files);
    Peer(rate, words).run();
}
