// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/providers/stdio_process.h"

#include "shared/wire/error_table.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

namespace orchestra {
namespace {

/// What a shell says of a program that it cannot run.
constexpr int kCannotRun = 127;

struct Pipe
{
    int read = -1;
    int write = -1;

    bool open()
    {
        std::array<int, 2> ends{-1, -1};
        if (::pipe2(ends.data(), O_CLOEXEC) != 0)
            return false;
        read = ends[0];
        write = ends[1];
        return true;
    }
    void close()
    {
        for (int *end : {&read, &write}) {
            if (*end >= 0)
                ::close(*end);
            *end = -1;
        }
    }
};

void setNonBlocking(int descriptor)
{
    ::fcntl(descriptor, F_SETFL, ::fcntl(descriptor, F_GETFL) | O_NONBLOCK);
}

/// In the child, between fork and exec: only what is safe after a fork of a process with threads.
[[noreturn]] void become(const char *program, char *const *arguments, char *const *environment, int in, int out,
                         int err, pid_t parent)
{
    ::setpgid(0, 0);
    // Killed when the thread that forks is gone, so even by a kill of this server.
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent)
        ::_exit(kCannotRun);
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    ::signal(SIGPIPE, SIG_DFL); // an ignored signal would stay ignored
    ::dup2(in, 0);
    ::dup2(out, 1);
    ::dup2(err, 2);
    ::syscall(SYS_close_range, 3U, ~0U, 0U);
    if (::chdir("/") == 0)
        ::execve(program, arguments, environment);
    const char *why = ::strerrordesc_np(errno);
    if (why && ::write(2, why, ::strlen(why)) > 0)
        static_cast<void>(!::write(2, "\n", 1));
    ::_exit(kCannotRun);
}

std::vector<char *> pointersTo(std::vector<std::string> &texts)
{
    std::vector<char *> pointers;
    for (std::string &text : texts)
        pointers.push_back(text.data());
    pointers.push_back(nullptr);
    return pointers;
}

std::string describeEnd(int status)
{
    if (WIFSIGNALED(status))
        return "the program was ended by signal " + std::to_string(WTERMSIG(status));
    if (WEXITSTATUS(status) == kCannotRun)
        return "the program could not be run";
    return "the program has ended with code " + std::to_string(WEXITSTATUS(status));
}

} // namespace

StdioProcess::StdioProcess(Settings settings, Output output)
    : settings_(std::move(settings))
    , output_(std::move(output))
    , lines_(settings_.lineBytes)
    , errorLines_(settings_.lineBytes)
{
}

StdioProcess::~StdioProcess()
{
    close();
    reap();
}

std::string StdioProcess::findProgram() const
{
    const std::string &name = settings_.command.front();
    if (name.find('/') != std::string::npos)
        return ::access(name.c_str(), X_OK) == 0 ? name : std::string();
    for (const auto &[variable, value] : settings_.environment) {
        if (variable != "PATH")
            continue;
        std::string_view rest = value.reveal();
        while (!rest.empty()) {
            const std::size_t end = std::min(rest.find(':'), rest.size());
            const std::string path = std::string(rest.substr(0, end)) + "/" + name;
            if (end > 0 && ::access(path.c_str(), X_OK) == 0)
                return path;
            rest.remove_prefix(std::min(end + 1, rest.size()));
        }
    }
    return {};
}

Status StdioProcess::start()
{
    const std::string program = settings_.command.empty() ? std::string() : findProgram();
    if (program.empty())
        return Error{Code::ProviderUnavailable,
                     "there is no program " + (settings_.command.empty() ? std::string() : settings_.command.front())};
    Pipe in;
    Pipe out;
    Pipe err;
    std::vector<std::string> words = settings_.command;
    std::vector<std::string> variables;
    for (const auto &[name, value] : settings_.environment)
        variables.push_back(name + "=" + value.reveal());
    const std::vector<char *> arguments = pointersTo(words);
    const std::vector<char *> environment = pointersTo(variables);
    if (in.open() && out.open() && err.open()) {
        const pid_t parent = ::getpid();
        pid_ = ::fork();
        if (pid_ == 0)
            become(program.c_str(), arguments.data(), environment.data(), in.read, out.write, err.write, parent);
    } else {
        pid_ = -1;
    }
    const int pidfd = pid_ > 0 ? static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0U)) : -1;
    if (pidfd < 0) {
        const std::string why = std::strerror(errno);
        if (pid_ > 0)
            ::kill(pid_, SIGKILL);
        pid_ = 0;
        for (Pipe *pipe : {&in, &out, &err})
            pipe->close();
        return makeError(Code::ProviderUnavailable, program + " cannot be run: " + why);
    }
    ::setpgid(pid_, pid_); // by whoever is first, so that the group is there in any case
    ::close(in.read);
    ::close(out.write);
    ::close(err.write);
    watch(in.write, out.read, err.read, pidfd);
    return Ok{};
}

void StdioProcess::watch(int in, int out, int err, int pidfd)
{
    in_ = in;
    out_ = out;
    err_ = err;
    pidfd_ = pidfd;
    for (const int end : {in, out, err})
        setNonBlocking(end);
    const auto notifier = [](int descriptor, QSocketNotifier::Type type, auto call) {
        auto made = std::make_unique<QSocketNotifier>(descriptor, type);
        QObject::connect(made.get(), &QSocketNotifier::activated, made.get(), call);
        return made;
    };
    writable_ = notifier(in, QSocketNotifier::Write, [this] { flush(); });
    writable_->setEnabled(false);
    readable_ = notifier(out, QSocketNotifier::Read, [this] { readOutput(); });
    errorReadable_ = notifier(err, QSocketNotifier::Read, [this] { readErrors(); });
    exit_ = notifier(pidfd, QSocketNotifier::Read, [this] { exited(); });
}

void StdioProcess::write(std::string_view line)
{
    if (in_ < 0)
        return;
    if (unwritten_.size() + line.size() > settings_.unreadBytes)
        return fail("the program does not read what it is sent");
    unwritten_.append(line).append("\n");
    flush();
}

void StdioProcess::flush()
{
    while (!unwritten_.empty()) {
        const ssize_t written = ::write(in_, unwritten_.data(), unwritten_.size());
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0 && errno != EAGAIN)
            unwritten_.clear(); // its end is told by its exit
        if (written < 0)
            break;
        unwritten_.erase(0, static_cast<std::size_t>(written));
    }
    writable_->setEnabled(!unwritten_.empty());
}

namespace {

/// Reads what is there, piece by piece; `take` returns whether to go on.
template <class Take>
void readAll(int descriptor, QSocketNotifier &notifier, Take take)
{
    constexpr int kMostPieces = 16;     // then others have their turn
    std::array<char, 64 * 1024> buffer; // NOLINT: filled by read()
    for (int i = 0; i < kMostPieces; ++i) {
        const ssize_t got = ::read(descriptor, buffer.data(), buffer.size());
        if (got < 0 && errno == EINTR)
            continue;
        if (got == 0)
            notifier.setEnabled(false);
        if (got <= 0 || !take(std::string_view(buffer.data(), static_cast<std::size_t>(got))))
            return;
    }
}

} // namespace

void StdioProcess::readOutput()
{
    if (!readable_)
        return;
    readAll(out_, *readable_, [this](std::string_view bytes) {
        const bool isWhole = lines_.take(bytes, [this](std::string_view line) {
            if (!line.empty())
                output_.line(line);
            return !isOver_;
        });
        if (isOver_)
            return false;
        if (!isWhole)
            fail("the program writes lines of more than " + std::to_string(settings_.lineBytes) + " bytes");
        return isWhole;
    });
}

void StdioProcess::readErrors()
{
    if (!errorReadable_)
        return;
    readAll(err_, *errorReadable_, [this](std::string_view bytes) {
        const bool isWhole = errorLines_.take(bytes, [this](std::string_view line) {
            if (!line.empty())
                output_.errorLine(line);
            return !isOver_;
        });
        if (isOver_)
            return false;
        if (!isWhole)
            errorReadable_->setEnabled(false); // no log: let it fill its pipe
        return isWhole;
    });
}

void StdioProcess::exited()
{
    exit_->setEnabled(false);
    // What it said last still counts.
    readErrors();
    if (!isOver_)
        readOutput();
    if (isOver_)
        return;
    // What it has started goes with it, while its number cannot be anybody else's.
    ::kill(-pid_, SIGKILL);
    int status = 0;
    isReaped_ = ::waitpid(pid_, &status, WNOHANG) == pid_;
    fail(describeEnd(status));
}

void StdioProcess::fail(std::string why)
{
    if (isOver_)
        return;
    const auto ended = output_.ended;
    close();
    if (pid_ > 0 && !isReaped_)
        ::kill(-pid_, SIGKILL); // it is of no use any more, and neither is what it has started
    ended(std::move(why));
}

void StdioProcess::close()
{
    isOver_ = true;
    writable_.reset();
    // Later, because one of these may be what calls.
    for (Notifier *notifier : {&readable_, &errorReadable_, &exit_}) {
        if (*notifier) {
            (*notifier)->setEnabled(false);
            notifier->release()->deleteLater();
        }
    }
    // It may still have something to write while it ends: the other pipes stay until it has.
    if (in_ >= 0)
        ::close(std::exchange(in_, -1));
}

bool StdioProcess::hasEnded(std::chrono::milliseconds within) const
{
    pollfd exit{.fd = pidfd_, .events = POLLIN, .revents = 0};
    return ::poll(&exit, 1, static_cast<int>(within.count())) == 1;
}

/// The thread is about to end or the server was taken out of the configuration: this may wait a moment, because nobody
/// is served meanwhile who could be kept waiting for long.
void StdioProcess::reap()
{
    if (pid_ <= 0)
        return;
    if (!isReaped_) {
        if (!hasEnded(kPatience)) {
            ::kill(-pid_, SIGTERM);
            hasEnded(kPatience);
        }
        ::kill(-pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
    }
    for (const int end : {out_, err_, pidfd_})
        ::close(end);
    pid_ = 0;
}

} // namespace orchestra
