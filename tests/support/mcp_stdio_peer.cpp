// SPDX-License-Identifier: GPL-3.0-or-later
// An McpPeer on its standard input and output: mcp_stdio_peer modern|legacy [misbehaviour].
// Beside the peer's tools it answers `about` (its environment and process group) and `crash`.
// As `deaf` it answers nothing when it is started first, and makes the file $MARK so that the next one knows.
#include "tests/support/mcp_peer.h"

#include "shared/wire/json_reader.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <string>

using namespace orchestra;

namespace {

void write(const std::string &message)
{
    std::fputs((message + "\n").c_str(), stdout);
    std::fflush(stdout);
}

std::string about(char **environment)
{
    std::string text = "group " + std::to_string(::getpgrp()) + " pid " + std::to_string(::getpid()) + ";";
    for (char **variable = environment; *variable; ++variable)
        text += std::string(" ") + *variable;
    return text;
}

/// True when the message was for this program and not for the peer.
bool takeOwn(const std::string &line, char **environment)
{
    const auto message = wire::JsonReader(64).readValue(line);
    const wire::JsonValue *name = message ? message->at("/params/name") : nullptr;
    if (!name || !name->text() || message->textOf("method") != "tools/call")
        return false;
    if (*name->text() == "crash") {
        std::fputs("I am going down\n", stderr);
        ::_exit(3);
    }
    if (*name->text() != "about")
        return false;
    wire::JsonValue block;
    block.set("type", "text");
    block.set("text", about(environment));
    wire::JsonValue content{wire::JsonValue::Array()};
    content.append(std::move(block));
    wire::JsonValue result;
    result.set("content", std::move(content));
    wire::JsonValue out;
    out.set("jsonrpc", "2.0");
    out.set("id", *message->find("id"));
    out.set("result", std::move(result));
    write(out.toText());
    return true;
}

} // namespace

int main(int argc, char **argv, char **environment)
{
    const std::string era = argc > 1 ? argv[1] : "modern";
    const std::string manner = argc > 2 ? argv[2] : "";
    McpPeer peer(era == "legacy" ? McpPeer::Era::Legacy : McpPeer::Era::Modern);
    std::fputs("peer: listening\n", stderr);
    if (manner == "chatty")
        std::puts("Welcome to a program that writes to the wrong place");
    if (manner == "endless") {
        const std::string much(1 << 16, 'x');
        while (std::fputs(much.c_str(), stdout) >= 0) {
        }
        return 1;
    }
    const char *mark = std::getenv("MARK");
    const bool isDeaf = manner == "deaf" && mark && ::access(mark, F_OK) != 0;
    if (isDeaf)
        ::close(::open(mark, O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
    if (manner == "stubborn")
        std::signal(SIGTERM, SIG_IGN);
    std::string buffer;
    for (;;) {
        pollfd input{.fd = 0, .events = POLLIN};
        ::poll(&input, 1, 50);
        for (const std::string &message : peer.tick())
            write(message);
        if ((input.revents & (POLLIN | POLLHUP)) == 0)
            continue;
        char bytes[4096];
        const ssize_t got = ::read(0, bytes, sizeof bytes);
        if (got <= 0 && manner == "stubborn") {
            ::pause();
            continue;
        }
        if (got <= 0)
            return 0;
        buffer.append(bytes, std::size_t(got));
        for (std::size_t end = buffer.find('\n'); end != std::string::npos; end = buffer.find('\n')) {
            const std::string line = buffer.substr(0, end);
            buffer.erase(0, end + 1);
            if (isDeaf)
                continue;
            // An old server may not even answer what comes before its introduction.
            if (manner == "silent" && line.find("server/discover") != std::string::npos)
                continue;
            if (takeOwn(line, environment))
                continue;
            for (const std::string &message : peer.take(line))
                write(message);
        }
    }
}
