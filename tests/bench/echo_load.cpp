// SPDX-License-Identifier: GPL-3.0-or-later
// Loads a WebSocket echo server with raw frames and says what that costs the server.
// echo_load --port P --pid PID [--connections N] [--idle N] [--depth D] [--bytes B] [--seconds S] [--warm-up S] [--path
// /x] Prints one line: connections idle depth bytes messages messages/s us-of-server-CPU-per-message server-RSS-kB
// us-of-server-CPU-per-connection.
#include "tests/support/ws_frames.h"

#include <algorithm>
#include <arpa/inet.h>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fcntl.h>
#include <fstream>
#include <netinet/tcp.h>
#include <string>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

using namespace orchestra;

namespace {

struct Options
{
    std::uint16_t port = 0;
    pid_t pid = 0;
    std::size_t connections = 100;
    std::size_t idle = 0;
    std::size_t depth = 1;
    std::size_t bytes = 200;
    double seconds = 3;
    double warmUp = 0.5;
    std::string path = "/";
};

[[noreturn]] void fail(const char *what)
{
    std::perror(what);
    std::exit(1);
}

double seconds()
{
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

double cpuSeconds(pid_t pid)
{
    clockid_t clock{};
    timespec time{};
    if (::clock_getcpuclockid(pid, &clock) != 0 || ::clock_gettime(clock, &time) != 0)
        fail("the server's CPU time");
    return double(time.tv_sec) + double(time.tv_nsec) * 1e-9;
}

long residentKb(pid_t pid)
{
    std::ifstream status("/proc/" + std::to_string(pid) + "/status");
    for (std::string word; status >> word;) {
        if (word == "VmRSS:") {
            long kb = 0;
            status >> kb;
            return kb;
        }
    }
    return -1;
}

int openWebSocket(const Options &options)
{
    const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(options.port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (socket < 0 || ::connect(socket, reinterpret_cast<sockaddr *>(&address), sizeof address) != 0)
        fail("connect");
    const int on = 1;
    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    const std::string request = "GET " + options.path +
                                " HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";
    if (::send(socket, request.data(), request.size(), MSG_NOSIGNAL) != ssize_t(request.size()))
        fail("send");
    std::string reply;
    while (reply.find("\r\n\r\n") == std::string::npos) {
        char byte = 0;
        if (::recv(socket, &byte, 1, 0) != 1)
            fail("no answer to the upgrade");
        reply += byte;
    }
    if (reply.find(" 101 ") == std::string::npos) {
        std::fprintf(stderr, "%s\n", reply.c_str());
        std::exit(1);
    }
    ::fcntl(socket, F_SETFL, O_NONBLOCK);
    return socket;
}

/// Every connection has `depth` messages under way; an answer is a fixed number of bytes, so none needs parsing.
class Load
{
public:
    explicit Load(const Options &options)
        : options_(options)
        , epoll_(::epoll_create1(0))
        , message_(WsFrame{.payload = std::string(options.bytes, 'x')}.bytes())
        , answerBytes_(WsFrame{.payload = std::string(options.bytes, 'x'), .isMasked = false}.bytes().size())
    {
        for (std::size_t i = 0; i < options.connections; ++i) {
            sockets_.push_back(openWebSocket(options));
            epoll_event event{};
            event.events = EPOLLIN;
            event.data.u64 = i;
            ::epoll_ctl(epoll_, EPOLL_CTL_ADD, sockets_.back(), &event);
        }
        pending_.resize(sockets_.size());
    }

    void begin()
    {
        for (const int socket : sockets_)
            send(socket, options_.depth);
    }

    /// Echoes until `end`; how many.
    std::size_t runUntil(double end)
    {
        std::size_t messages = 0;
        std::vector<epoll_event> events(512);
        std::vector<char> buffer(256 * 1024);
        while (seconds() < end) {
            const int count = ::epoll_wait(epoll_, events.data(), int(events.size()), 100);
            for (int i = 0; i < count; ++i) {
                const std::size_t index = events[std::size_t(i)].data.u64;
                const ssize_t got = ::recv(sockets_[index], buffer.data(), buffer.size(), 0);
                if (got <= 0)
                    fail("the server closed a connection");
                pending_[index] += std::size_t(got);
                const std::size_t answers = pending_[index] / answerBytes_;
                pending_[index] %= answerBytes_;
                messages += answers;
                send(sockets_[index], answers);
            }
        }
        return messages;
    }

private:
    void send(int socket, std::size_t times)
    {
        std::string bytes;
        for (std::size_t i = 0; i < times; ++i)
            bytes += message_;
        if (!bytes.empty() && ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL) != ssize_t(bytes.size()))
            fail("send");
    }

    const Options &options_;
    const int epoll_;
    const std::string message_;
    const std::size_t answerBytes_;
    std::vector<int> sockets_;
    std::vector<std::size_t> pending_;
};

Options parse(int argc, char **argv)
{
    Options options;
    for (int i = 1; i + 1 < argc; i += 2) {
        const std::string name = argv[i];
        const char *value = argv[i + 1];
        if (name == "--port")
            options.port = std::uint16_t(std::atoi(value));
        else if (name == "--pid")
            options.pid = std::atoi(value);
        else if (name == "--connections")
            options.connections = std::strtoul(value, nullptr, 10);
        else if (name == "--idle")
            options.idle = std::strtoul(value, nullptr, 10);
        else if (name == "--depth")
            options.depth = std::strtoul(value, nullptr, 10);
        else if (name == "--bytes")
            options.bytes = std::strtoul(value, nullptr, 10);
        else if (name == "--seconds")
            options.seconds = std::atof(value);
        else if (name == "--warm-up")
            options.warmUp = std::atof(value);
        else if (name == "--path")
            options.path = value;
    }
    return options;
}

} // namespace

int main(int argc, char **argv)
{
    const Options options = parse(argc, argv);
    rlimit files{};
    ::getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &files);

    const double cpuAtStart = cpuSeconds(options.pid);
    std::vector<int> idle;
    for (std::size_t i = 0; i < options.idle; ++i)
        idle.push_back(openWebSocket(options));
    Load load(options);
    const double perConnection =
        (cpuSeconds(options.pid) - cpuAtStart) / double(std::max<std::size_t>(1, options.idle + options.connections));
    const long resident = residentKb(options.pid);
    load.begin();
    load.runUntil(seconds() + options.warmUp);
    const double begin = seconds();
    const double cpuBegin = cpuSeconds(options.pid);
    const std::size_t messages = load.runUntil(begin + options.seconds);
    const double elapsed = seconds() - begin;
    const double cpu = cpuSeconds(options.pid) - cpuBegin;
    std::printf("%zu %zu %zu %zu %zu %.0f %.2f %ld %.1f\n", options.connections, options.idle, options.depth,
                options.bytes, messages, double(messages) / elapsed,
                cpu * 1e6 / double(std::max<std::size_t>(1, messages)), resident, perConnection * 1e6);
    return 0;
}
