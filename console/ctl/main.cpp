// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/ctl/act_session.h"
#include "console/ctl/ask_session.h"
#include "console/ctl/chat_session.h"
#include "console/ctl/completion.h"
#include "console/ctl/watch_session.h"
#include "console/link/credential.h"

#include <QCoreApplication>

#include <csignal>
#include <cstdio>
#include <memory>
#include <sys/eventfd.h>
#include <unistd.h>

using namespace orchestra;
using namespace orchestra::ctl;

namespace {

int interruptEvent = -1;

/// Only async-signal-safe calls here: the event loop does the rest.
void onInterrupt(int)
{
    const std::uint64_t one = 1;
    std::ignore = ::write(interruptEvent, &one, sizeof one);
}

int print(const QString &text)
{
    std::fputs(qPrintable(text), stdout);
    return static_cast<int>(Exit::Done);
}

int refuse(const Error &error, Exit exit)
{
    std::fprintf(stderr, "orchestractl: %s\n", error.message.c_str());
    return static_cast<int>(exit);
}

int printHelp(const QString &topic)
{
    const QString text = helpText(topic);
    return text.isEmpty() ? refuse({Code::Invalid, "There is no command \"" + topic.toStdString() + "\"."}, Exit::Usage)
                          : print(text);
}

int printCompletion(const QString &shell)
{
    const QString script = completionScript(shell);
    return script.isEmpty() ? refuse({Code::Invalid, "Completion is made for bash, zsh and fish."}, Exit::Usage)
                            : print(script);
}

int runSession(const Arguments &arguments, const Endpoint &endpoint, const Credential &credential)
{
    const SystemClock clock;
    SystemRandom random;
    Terminal terminal(!arguments.noColour && !arguments.json);
    const auto finish = [](Exit exit) { QCoreApplication::exit(static_cast<int>(exit)); };

    ChatClient chatClient(clock, random);
    ChatSession chat(arguments, chatClient, terminal);
    OpsClient opsClient(clock, random);
    const bool canAct =
        arguments.verb == Verb::Breakers || arguments.verb == Verb::Tasks || arguments.verb == Verb::Tools;
    std::unique_ptr<OpsSession> ops;
    if (canAct && isLook(arguments.topic))
        ops = std::make_unique<AskSession>(arguments, opsClient, clock, terminal);
    else if (canAct && !arguments.topic.isEmpty())
        ops = std::make_unique<ActSession>(arguments, opsClient, clock, terminal);
    else
        ops = std::make_unique<WatchSession>(arguments, opsClient, clock, terminal);
    QObject::connect(&chat, &ChatSession::ended, finish);
    QObject::connect(ops.get(), &OpsSession::ended, finish);

    interruptEvent = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    QSocketNotifier interrupted(interruptEvent, QSocketNotifier::Read);
    QObject::connect(&interrupted, &QSocketNotifier::activated, [&] {
        std::uint64_t count = 0;
        std::ignore = ::read(interruptEvent, &count, sizeof count);
        if (arguments.verb == Verb::Chat)
            chat.interrupt();
        else
            finish(Exit::Done);
    });
    std::signal(SIGINT, onInterrupt);
    std::signal(SIGTERM, onInterrupt);

    QTimer deadline;
    if (arguments.verb == Verb::Chat) {
        chat.start(endpoint, credential.token);
    } else {
        if (const Status status = ops->start(); !status)
            return refuse(status.error(), Exit::Usage);
        deadline.setSingleShot(true);
        QObject::connect(&deadline, &QTimer::timeout, [&] {
            if (!opsClient.welcome()) {
                terminal.complain(
                    QStringLiteral("%1 has not answered for %2 s").arg(endpoint.name()).arg(arguments.timeout.count()));
                finish(Exit::NotConnected);
            }
        });
        deadline.start(arguments.timeout);
        opsClient.connectTo(endpoint, credential.token, arguments.pin);
    }
    return QCoreApplication::exec();
}

} // namespace

int main(int argc, char *argv[])
{
    QCoreApplication application(argc, argv);
    QCoreApplication::setApplicationName(QStringLiteral("orchestractl"));
    QCoreApplication::setApplicationVersion(QStringLiteral(ORCHESTRA_VERSION));
    const auto arguments = parseArguments(QCoreApplication::arguments().mid(1));
    if (!arguments)
        return refuse(arguments.error(), Exit::Usage);
    switch (arguments->verb) {
    case Verb::Help:
        return printHelp(arguments->topic);
    case Verb::Version:
        return print(QStringLiteral("orchestractl " ORCHESTRA_VERSION "\n"));
    case Verb::Completion:
        return printCompletion(arguments->topic);
    default:
        break;
    }
    const auto endpoint = Endpoint::parse(arguments->server);
    if (!endpoint)
        return refuse(endpoint.error(), Exit::Usage);
    const auto credential = findCredential(*endpoint, arguments->token, arguments->tokenFile);
    if (!credential)
        return refuse(credential.error(), Exit::Usage);
    return runSession(*arguments, *endpoint, *credential);
}
