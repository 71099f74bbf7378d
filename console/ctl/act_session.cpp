// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/ctl/act_session.h"

#include "shared/wire/error_table.h"
#include "shared/wire/json_writer.h"

namespace orchestra::ctl {
namespace {

Error missing(const QString &text)
{
    return {Code::NotFound, text.toStdString()};
}

} // namespace

ActSession::ActSession(const Arguments &arguments, OpsClient &client, const Clock &clock, Terminal &terminal)
    : OpsSession(arguments, client, clock, terminal)
{
    connect(&client_, &OpsClient::topicChanged, this, &ActSession::whenTopicChanged);
}

Status ActSession::start()
{
    client_.watch(arguments_.verb == Verb::Breakers ? wire::Topic::Breakers
                  : arguments_.verb == Verb::Tools  ? wire::Topic::Tools
                                                    : wire::Topic::Tasks);
    return Ok{};
}

void ActSession::whenTopicChanged(const TopicChange &)
{
    if (isSent_ || hasEnded())
        return;
    std::optional<std::uint64_t> revision;
    auto body = command(revision);
    if (!body) {
        terminal_.complain(printable(body.error().message));
        return end(Exit::Failed);
    }
    isSent_ = true;
    client_.act(*std::move(body), revision, arguments_.reason.trimmed().toStdString(),
                [this](const Result<wire::OpsReply> &reply) { tell(reply); });
}

Result<wire::ActionBody> ActSession::command(std::optional<std::uint64_t> &revision) const
{
    if (arguments_.verb == Verb::Breakers)
        return breakerCommand(revision);
    return arguments_.verb == Verb::Tools ? toolCommand() : taskCommand();
}

Result<wire::ActionBody> ActSession::breakerCommand(std::optional<std::uint64_t> &revision) const
{
    const auto &breakers = client_.mirror().breakers();
    const auto found = breakers.find(arguments_.target.toStdString());
    if (found == breakers.end()) {
        QStringList names;
        for (const auto &[name, row] : breakers)
            names << printable(name);
        return missing(QStringLiteral("There is no breaker \"%1\". There are: %2.")
                           .arg(arguments_.target, names.join(QStringLiteral(", "))));
    }
    revision = found->second.revision;
    if (arguments_.topic == QLatin1String("probe"))
        return wire::ActionBody(wire::ProbeBreaker{found->first});
    using Override = wire::BreakerOverride;
    const Override state = arguments_.topic == QLatin1String("open")    ? Override::ForcedOpen
                           : arguments_.topic == QLatin1String("close") ? Override::MetricsOnly
                                                                        : Override::None;
    const auto seconds = static_cast<std::uint64_t>(arguments_.term.value_or(std::chrono::seconds(0)).count());
    return wire::ActionBody(wire::OverrideBreaker{found->first, state, seconds});
}

Result<wire::ActionBody> ActSession::taskCommand() const
{
    const std::string id = arguments_.target.toStdString();
    const auto &tasks = client_.mirror().tasks();
    const auto found = tasks.find(id);
    if (arguments_.topic == QLatin1String("cancel")) {
        if (found == tasks.end())
            return missing(QStringLiteral("There is no task %1.").arg(arguments_.target));
        return wire::ActionBody(wire::CancelTask{found->second.taskId});
    }
    const bool isYes = arguments_.topic == QLatin1String("approve");
    for (const auto &[key, row] : tasks) {
        for (const wire::ApprovalRow &approval : row.approvals) {
            if (key == id && row.approvals.size() > 1)
                return missing(
                    QStringLiteral("Task %1 asks for more than one thing: name the approval.").arg(arguments_.target));
            if (key == id || toString(approval.approvalId) == id)
                return wire::ActionBody(wire::ResolveApproval{approval.approvalId, isYes});
        }
    }
    return missing(QStringLiteral("Nothing waits for a yes under %1; it may have expired.").arg(arguments_.target));
}

Result<wire::ActionBody> ActSession::toolCommand() const
{
    // NAME or NAME@DIGEST; a name may have an @ of its own.
    const std::string whole = arguments_.target.toStdString();
    const std::size_t at = whole.rfind('@');
    const std::string name = whole.substr(0, at);
    const std::string digest = at == std::string::npos ? std::string() : whole.substr(at + 1);
    for (const auto &[key, row] : client_.mirror().tools()) {
        if (row.target.empty() || !row.digest || (row.target != name && row.target != whole))
            continue;
        if (row.target != whole && !row.digest->starts_with(digest))
            return missing(
                QStringLiteral("%1 describes itself differently now: look at it again.").arg(printable(row.target)));
        return wire::ActionBody(wire::AcceptTool{row.target, *row.digest});
    }
    return missing(QStringLiteral("No server of tools offers \"%1\"; orchestractl tools shows which tools there are.")
                       .arg(arguments_.target));
}

void ActSession::tell(const Result<wire::OpsReply> &reply)
{
    if (!reply) {
        terminal_.complain(
            QStringLiteral("not confirmed, the state is unknown: %1").arg(printable(reply.error().message)));
        return end(Exit::NotConnected);
    }
    if (arguments_.json)
        terminal_.write(QString::fromStdString(wire::toJson(*reply)) + QLatin1Char('\n'));
    else if (reply->error)
        terminal_.complain(printable(reply->error->message));
    else
        terminal_.writeLine(printable(reply->message.empty() ? "done" : reply->message), Tone::Ok);
    if (!reply->error)
        return end(Exit::Done);
    end(reply->error->code == Code::Forbidden ? Exit::Denied : Exit::Failed);
}

} // namespace orchestra::ctl
