// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/ctl/ask_session.h"

#include "shared/wire/json_writer.h"

namespace orchestra::ctl {
namespace {

constexpr std::uint64_t kPageRows = 1000;

} // namespace

AskSession::AskSession(const Arguments &arguments, OpsClient &client, const Clock &clock, Terminal &terminal)
    : OpsSession(arguments, client, clock, terminal)
{
    connect(&client_, &OpsClient::welcomed, this, &AskSession::ask);
}

void AskSession::ask()
{
    if (arguments_.verb == Verb::Breakers)
        return askTransitions(0);
    client_.queryTool(arguments_.target.toStdString(),
                      [this](const Result<wire::ToolReply> &reply) { tellTool(reply); });
}

void AskSession::askTransitions(std::uint64_t beforeIndex)
{
    client_.queryBreaker(
        arguments_.target.toStdString(), beforeIndex, kPageRows, [this](const Result<wire::BreakerReply> &reply) {
            if (!reply)
                return fail(reply.error());
            transitions_.insert(transitions_.end(), reply->transitions.begin(), reply->transitions.end());
            reply->nextIndex > 0 ? askTransitions(reply->nextIndex) : tellTransitions();
        });
}

/// The latest last: a terminal shows the end of what is printed.
void AskSession::tellTransitions()
{
    for (auto move = transitions_.rbegin(); move != transitions_.rend(); ++move) {
        if (arguments_.json)
            terminal_.append(QString::fromStdString(wire::toJson(*move)) + QLatin1Char('\n'));
        else
            terminal_.print({renderTransition(*move)});
    }
    if (transitions_.empty() && !arguments_.json)
        terminal_.writeLine(
            arguments_.target.isEmpty()
                ? QStringLiteral("No breaker has changed its state in 24 hours.")
                : QStringLiteral("No breaker \"%1\" has changed its state in 24 hours.").arg(arguments_.target),
            Tone::Dim);
    terminal_.write({});
    end(Exit::Done);
}

void AskSession::tellTool(const Result<wire::ToolReply> &reply)
{
    if (!reply)
        return fail(reply.error());
    if (!reply->tool) {
        terminal_.complain(
            QStringLiteral("No server offers a tool \"%1\"; orchestractl tools lists them.").arg(arguments_.target));
        return end(Exit::Failed);
    }
    if (arguments_.json)
        terminal_.append(QString::fromStdString(wire::toJson(*reply->tool)) + QLatin1Char('\n'));
    else
        terminal_.print(renderTool(*reply->tool));
    terminal_.write({});
    end(Exit::Done);
}

void AskSession::fail(const Error &error)
{
    terminal_.complain(printable(error.message));
    end(error.code == Code::Forbidden ? Exit::Denied : Exit::NotConnected);
}

} // namespace orchestra::ctl
