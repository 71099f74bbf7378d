// SPDX-License-Identifier: GPL-3.0-or-later
// Loads a server with raw WebSocket frames and says what that costs the server; tests/bench/run tells it what to do.
// load --port P --pid PID   reads commands, one a line, and answers each with a line of JSON:
//   open count=N [path=/x/{}] [hello=1]                    connections to measure with; {} is their number
//   rest seconds=S                                         nothing is sent; what comes is read
//   echo active=N seconds=S [warm_up=S] [answer=TEXT]
//   chat rate=R seconds=S content=TEXT probe=FILE
//   ping rate=R seconds=S
//   relay server=orchestrad|bare id=TEXT [until=last]  every connection begins a stream of model_peer
//   gateway streams=N [until=last]                     the same over HTTP, as OpenAI's clients do
//   slow readers=N stalled=0|1 pings=R chats=R seconds=S content=TEXT pad=BYTES path=/x/{}
#include "tests/bench/measurements.h"
#include "tests/bench/relay.h"

#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <sstream>
#include <sys/resource.h>

using namespace orchestra;

namespace {

constexpr std::string_view kSubprotocol = "orchestra.v2.json";
// What Maestro leaves to a model.
constexpr std::string_view kQuestion = "write me a short poem about the sea";

/// The words of one line, `key=value` each.
class Command
{
public:
    explicit Command(const std::string &line)
    {
        std::istringstream words(line);
        words >> name_;
        for (std::string word; words >> word;) {
            const auto equals = word.find('=');
            values_[word.substr(0, equals)] = equals == std::string::npos ? "" : word.substr(equals + 1);
        }
    }

    const std::string &name() const { return name_; }
    std::string text(const std::string &key) const
    {
        const auto at = values_.find(key);
        return at == values_.end() ? std::string() : at->second;
    }
    double number(const std::string &key) const { return std::atof(text(key).c_str()); }
    std::size_t count(const std::string &key) const { return std::strtoul(text(key).c_str(), nullptr, 10); }
    std::chrono::duration<double> seconds(const std::string &key) const
    {
        return std::chrono::duration<double>(number(key));
    }

private:
    std::string name_;
    std::map<std::string, std::string> values_;
};

class Load
{
public:
    Load(std::uint16_t port, pid_t pid)
        : port_(port)
        , server_(pid)
    {
    }

    Figures run(const Command &command)
    {
        if (command.name() == "open")
            return open(command);
        if (command.name() == "rest")
            return rest(command);
        if (command.name() == "echo")
            return measureEcho(*crowd_, server_,
                               {command.count("active"), command.seconds("warm_up"), command.seconds("seconds"),
                                command.text("answer")});
        if (command.name() == "chat")
            return measureChats(
                *crowd_, server_,
                {command.number("rate"), command.seconds("seconds"), command.text("content"), command.text("probe")});
        if (command.name() == "ping")
            return measurePings(*crowd_, command.number("rate"), command.seconds("seconds"));
        if (command.name() == "relay")
            return relay(command);
        if (command.name() == "gateway")
            return gateway(command);
        if (command.name() == "slow")
            return slow(command);
        std::fprintf(stderr, "load: unknown command %s\n", command.name().c_str());
        std::exit(1);
    }

private:
    CrowdOptions greeted(const std::string &path) const
    {
        return {.port = port_,
                .path = path,
                .subprotocol = std::string(kSubprotocol),
                .greeting = clientFrame(R"({"type":"hello","id":"h","versions":[2],"cursors":[]})"),
                .welcome = R"("type":"resume_done")"};
    }

    /// connections, cpu_us (of the server, per connection), resident_before, resident.
    Figures open(const Command &command)
    {
        const double before = double(server_.residentBytes());
        crowd_ = std::make_unique<Crowd>(command.text("hello") == "1"
                                             ? greeted(command.text("path"))
                                             : CrowdOptions{.port = port_, .path = command.text("path")});
        const double cpuBefore = server_.cpuSeconds();
        crowd_->open(command.count("count"));
        const double cpu = server_.cpuSeconds() - cpuBefore;
        return {{"connections", double(crowd_->size())},
                {"cpu_us", cpu * 1e6 / double(crowd_->size())},
                {"resident_before", before},
                {"resident", double(server_.residentBytes())}};
    }

    /// resident, cores.
    Figures rest(const Command &command)
    {
        const auto begin = BenchClock::now();
        const double cpuBefore = server_.cpuSeconds();
        while (BenchClock::now() - begin < command.seconds("seconds"))
            crowd_->poll(std::chrono::milliseconds(50), [](std::size_t, unsigned, std::string_view) {});
        const double elapsed = std::chrono::duration<double>(BenchClock::now() - begin).count();
        return {{"resident", double(server_.residentBytes())}, {"cores", (server_.cpuSeconds() - cpuBefore) / elapsed}};
    }

    Figures relay(const Command &command)
    {
        const bool isBare = command.text("server") == "bare";
        return measureRelay(*crowd_, server_,
                            {.question = R"({"type":"chat","id":")" + command.text("id") + R"(","content":")" +
                                         std::string(kQuestion) + "\"}",
                             .word = R"("type":"stream_token")",
                             .end = isBare ? R"("type":"end")" : R"("type":"agent_completed")",
                             .isUntilLast = command.text("until") == "last"});
    }

    Figures gateway(const Command &command)
    {
        const std::string body = R"({"model":"bench","stream":true,"messages":[{"role":"user","content":")" +
                                 std::string(kQuestion) + "\"}]}";
        return measureGateway(port_, command.count("streams"), server_,
                              {.question = "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
                                           "application/json\r\nContent-Length: " +
                                           std::to_string(body.size()) + "\r\n\r\n" + body,
                               .word = R"("delta":{"content")",
                               .end = "[DONE]",
                               .isUntilLast = command.text("until") == "last"});
    }

    Figures slow(const Command &command)
    {
        CrowdOptions options = greeted(command.text("path"));
        Crowd drivers(options);
        drivers.open(command.count("readers"));
        // A small buffer of the kernel's, so that it is the server's that fill.
        options.receiveBuffer = 16 * 1024;
        Crowd readers(options);
        readers.open(command.count("readers"));
        // Spaces behind a command change nothing but its size.
        return measureSlowReaders(*crowd_, drivers, readers, server_,
                                  {command.text("stalled") == "1", command.number("pings"), command.number("chats"),
                                   command.seconds("seconds"),
                                   command.text("content") + std::string(command.count("pad"), ' ')});
    }

    const std::uint16_t port_;
    const ServerMeter server_;
    std::unique_ptr<Crowd> crowd_;
};

void print(const Figures &figures)
{
    std::string line;
    for (const auto &[name, value] : figures) {
        char text[64];
        std::snprintf(text, sizeof text, "%s\"%s\":%.3f", line.empty() ? "" : ",", name.c_str(), value);
        line += text;
    }
    std::printf("{%s}\n", line.c_str());
    std::fflush(stdout);
}

} // namespace

int main(int argc, char **argv)
{
    if (argc != 5 || std::string_view(argv[1]) != "--port" || std::string_view(argv[3]) != "--pid") {
        std::fputs("usage: load --port PORT --pid PID\n", stderr);
        return 2;
    }
    rlimit files{};
    ::getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &files);

    Load load(static_cast<std::uint16_t>(std::atoi(argv[2])), std::atoi(argv[4]));
    for (std::string line; std::getline(std::cin, line);)
        print(load.run(Command(line)));
    return 0;
}
