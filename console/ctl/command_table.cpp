// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/ctl/command_table.h"

#include <QRegularExpression>

namespace orchestra::ctl {
namespace {

template <class Member>
Apply assign(Member Arguments::*member)
{
    return [member](Arguments &arguments, const QString &value) -> Status {
        arguments.*member = value;
        return Ok{};
    };
}

Apply turnOn(bool Arguments::*member)
{
    return [member](Arguments &arguments, const QString &) -> Status {
        arguments.*member = true;
        return Ok{};
    };
}

Status applyEncoding(Arguments &arguments, const QString &value)
{
    if (value == QLatin1String("json"))
        arguments.encoding = ChatEncoding::Json;
    else if (value == QLatin1String("protobuf"))
        arguments.encoding = ChatEncoding::Protobuf;
    else
        return usage(QStringLiteral("--encoding is json or protobuf, not \"%1\".").arg(value));
    return Ok{};
}

Status applyPin(Arguments &arguments, const QString &value)
{
    static const QRegularExpression digest(QStringLiteral("^([0-9A-Fa-f]{2}:?){31}[0-9A-Fa-f]{2}$"));
    if (!digest.match(value).hasMatch())
        return usage(QStringLiteral("--pin takes a SHA-256 in hexadecimal, not \"%1\".").arg(value));
    arguments.pin = value;
    return Ok{};
}

Status applyTerm(Arguments &arguments, const QString &value)
{
    static const QRegularExpression form(QStringLiteral("^([1-9][0-9]{0,5})([smhd]?)$"));
    const auto match = form.match(value);
    const QString unit = match.captured(2);
    const int scale = unit == QLatin1String("d")   ? 86400
                      : unit == QLatin1String("h") ? 3600
                      : unit == QLatin1String("m") ? 60
                                                   : 1;
    const std::chrono::seconds term(match.captured(1).toLongLong() * scale);
    if (!match.hasMatch() || term > std::chrono::days(7))
        return usage(
            QStringLiteral("--for takes a time of up to 7 days, for example 90s, 15m or 2h, not \"%1\".").arg(value));
    arguments.term = term;
    return Ok{};
}

Status applyTimeout(Arguments &arguments, const QString &value)
{
    bool isNumber = false;
    const int seconds = value.toInt(&isNumber);
    if (!isNumber || seconds < 1 || seconds > 86400)
        return usage(QStringLiteral("--timeout takes 1 to 86400 seconds, not \"%1\".").arg(value));
    arguments.timeout = std::chrono::seconds(seconds);
    return Ok{};
}

const QStringList kLinkOptions = {QStringLiteral("server"), QStringLiteral("token"), QStringLiteral("token-file"),
                                  QStringLiteral("pin"),    QStringLiteral("json"),  QStringLiteral("no-colour"),
                                  QStringLiteral("timeout")};

const QStringList kListOptions = kLinkOptions + QStringList{QStringLiteral("filter"), QStringLiteral("follow")};

} // namespace

Error usage(const QString &text)
{
    return {Code::Invalid, text.toStdString()};
}

const std::vector<Option> &options()
{
    static const std::vector<Option> all = {
        {QStringLiteral("server"), QStringLiteral("ADDRESS"),
         QStringLiteral("server to talk to; default $ORCHESTRA_SERVER or 127.0.0.1:8700"), assign(&Arguments::server)},
        {QStringLiteral("token"), QStringLiteral("TOKEN"),
         QStringLiteral(
             "credential; better: --token-file or $ORCHESTRA_TOKEN, which others on this machine cannot see"),
         assign(&Arguments::token)},
        {QStringLiteral("token-file"), QStringLiteral("FILE"),
         QStringLiteral("file that holds the credential; default: operator.token of a server on this machine"),
         assign(&Arguments::tokenFile)},
        {QStringLiteral("pin"), QStringLiteral("SHA256"),
         QStringLiteral("accept exactly this server certificate, whoever signed it"), applyPin},
        {QStringLiteral("json"), QString(), QStringLiteral("one JSON object per line, for scripts"),
         turnOn(&Arguments::json)},
        {QStringLiteral("no-colour"), QString(), QStringLiteral("plain text, as with NO_COLOR or a pipe"),
         turnOn(&Arguments::noColour)},
        {QStringLiteral("snapshot"), QString(), QStringLiteral("print what is there now, then end"),
         turnOn(&Arguments::once)},
        {QStringLiteral("once"), QStringLiteral("TEXT"),
         QStringLiteral("send one message, print the streamed answer, end"),
         [](Arguments &arguments, const QString &value) -> Status {
             arguments.message = value;
             return Ok{};
         }},
        {QStringLiteral("user"), QStringLiteral("NAME"),
         QStringLiteral("name to claim where no credential says who you are; default: your login name"),
         assign(&Arguments::user)},
        {QStringLiteral("session"), QStringLiteral("NAME"),
         QStringLiteral("conversation to continue; default: terminal"), assign(&Arguments::session)},
        {QStringLiteral("encoding"), QStringLiteral("json|protobuf"), QStringLiteral("how frames travel; default json"),
         applyEncoding},
        {QStringLiteral("approve"), QString(),
         QStringLiteral("with --once: confirm whatever the answer asks to confirm"), turnOn(&Arguments::approve)},
        {QStringLiteral("filter"), QStringLiteral("TEXT"),
         QStringLiteral("only rows that match, for example \"user:ann -phase:closing\""), assign(&Arguments::filter)},
        {QStringLiteral("follow"), QString(), QStringLiteral("go on and print what changes, until Ctrl+C"),
         turnOn(&Arguments::follow)},
        {QStringLiteral("reason"), QStringLiteral("TEXT"),
         QStringLiteral("why; kept in the audit, and needed to change anything"), assign(&Arguments::reason)},
        {QStringLiteral("for"), QStringLiteral("TIME"),
         QStringLiteral("how long a forced state lasts, for example 90s, 15m or 2h; up to 7d"), applyTerm},
        {QStringLiteral("timeout"), QStringLiteral("SECONDS"),
         QStringLiteral("give up when the server has not answered for so long; default 30"), applyTimeout},
    };
    return all;
}

const std::vector<CommandSpec> &commands()
{
    static const std::vector<CommandSpec> all = {
        {Verb::Status, QStringLiteral("status"), QString(), QStringLiteral("is it well, and since when"),
         QStringLiteral(
             "Shows health, numbers, problems and recent changes. Ends with 1 when the server is unhealthy."),
         kLinkOptions},
        {Verb::Chat, QStringLiteral("chat"), QString(), QStringLiteral("talk to the server"),
         QStringLiteral(
             "Reads messages from the terminal, one a line. /help lists commands. Ctrl+C stops the answer that\n"
             "runs; a second one, /quit or Ctrl+D ends. Lines from a pipe or a file are sent one after the other,\n"
             "each when the one before is answered. With --once it sends one message. Ends with 1 when an answer\n"
             "failed."),
         kLinkOptions + QStringList{QStringLiteral("once"), QStringLiteral("user"), QStringLiteral("session"),
                                    QStringLiteral("encoding"), QStringLiteral("approve")}},
        {Verb::Connections, QStringLiteral("connections"), QString(), QStringLiteral("who is connected"),
         QStringLiteral("Prints a table of the open connections, busiest first."),
         kLinkOptions + QStringList{QStringLiteral("filter")}},
        {Verb::Models, QStringLiteral("models"), QString(),
         QStringLiteral("which models can be asked, and how they fare"),
         QStringLiteral(
             "Prints every model of every model server: whether it answers, what it can do, the measured time to\n"
             "its first token. Ends with 1 when there is none that answers."),
         kListOptions},
        {Verb::Tools,
         QStringLiteral("tools"),
         QStringLiteral("[ACTION NAME]"),
         QStringLiteral("which tools there are, who may use them, and which wait to be accepted"),
         QStringLiteral(
             "Prints every tool with where it runs, who may use it, and whether it asks before it changes anything.\n"
             "A tool of another program that is new, or describes itself otherwise than when it was accepted, stands\n"
             "first, with what is different. ACTION is\n"
             "  show    all that a tool says of itself and, when it has changed, what it said before\n"
             "  accept  let models use it as it describes itself now; needs --reason\n"
             "NAME is SERVER/TOOL, better with the digest of what you have read, as it is printed.\n"
             "Example: orchestractl tools accept wiki/search@3f9a1c02e4b7 --reason \"read it\""),
         kListOptions + QStringList{QStringLiteral("reason")},
         {QStringLiteral("show"), QStringLiteral("accept")}},
        {Verb::Breakers,
         QStringLiteral("breakers"),
         QStringLiteral("[ACTION NAME]"),
         QStringLiteral("circuit breakers: what they let pass, and an operator's word over them"),
         QStringLiteral("Without an action it prints them all. ACTION is\n"
                        "  open     refuse every call, for the time of --for\n"
                        "  close    let every call pass and go on counting, for the time of --for\n"
                        "  reset    end what was forced\n"
                        "  probe    let the next calls through an open breaker, to see\n"
                        "  history  how it changed its state within 24 hours; without NAME: how all of them did\n"
                        "Each but history needs --reason.\nExample: orchestractl breakers open store --for 5m --reason "
                        "\"disk is replaced\""),
         kListOptions + QStringList{QStringLiteral("reason"), QStringLiteral("for")},
         {QStringLiteral("open"), QStringLiteral("close"), QStringLiteral("reset"), QStringLiteral("probe"),
          QStringLiteral("history")}},
        {Verb::Tasks,
         QStringLiteral("tasks"),
         QStringLiteral("[ACTION ID]"),
         QStringLiteral("what runs, waits and has ended, as a tree; cancel, approve, refuse"),
         QStringLiteral("Without an action it prints the tree. ACTION is\n"
                        "  cancel   end a task with everything below it\n"
                        "  approve  say yes to what a task asks to do; ID is the task's or the approval's\n"
                        "  refuse   say no to it\n"
                        "Each needs --reason."),
         kListOptions + QStringList{QStringLiteral("reason")},
         {QStringLiteral("cancel"), QStringLiteral("approve"), QStringLiteral("refuse")}},
        {Verb::Watch, QStringLiteral("watch"), QStringLiteral("TOPIC"), QStringLiteral("follow a topic as it changes"),
         QStringLiteral(
             "TOPIC is overview, connections, threads, tasks, breakers, models, tools, flags, degradation or audit."),
         kLinkOptions + QStringList{QStringLiteral("filter"), QStringLiteral("snapshot")}},
        {Verb::Tail, QStringLiteral("tail"), QString(), QStringLiteral("follow the server's log"),
         QStringLiteral("Prints log records as they are written. Lines that were missed are counted, not hidden."),
         kLinkOptions + QStringList{QStringLiteral("filter"), QStringLiteral("snapshot")}},
        {Verb::Completion, QStringLiteral("completion"), QStringLiteral("SHELL"),
         QStringLiteral("print a completion script"),
         QStringLiteral("SHELL is bash, zsh or fish. For bash: source <(orchestractl completion bash)"), QStringList()},
        {Verb::Help, QStringLiteral("help"), QStringLiteral("COMMAND"), QStringLiteral("explain a command"), QString(),
         QStringList()},
    };
    return all;
}

const CommandSpec *findCommand(const QString &name)
{
    for (const CommandSpec &command : commands()) {
        if (command.name == name)
            return &command;
    }
    return nullptr;
}

const Option *findOption(const QString &name)
{
    for (const Option &option : options()) {
        if (option.name == name)
            return &option;
    }
    return nullptr;
}

QStringList commandNames()
{
    QStringList names;
    for (const CommandSpec &command : commands())
        names << command.name;
    return names;
}

QStringList optionNames(const QString &command)
{
    QStringList names;
    const CommandSpec *spec = findCommand(command);
    for (const Option &option : options()) {
        if (!spec || spec->options.contains(option.name))
            names << QStringLiteral("--") + option.name;
    }
    return names << QStringLiteral("--help");
}

bool isLook(const QString &action)
{
    return action == QLatin1String("show") || action == QLatin1String("history");
}

QStringList actionNames(const QString &command)
{
    const CommandSpec *spec = findCommand(command);
    return spec ? spec->actions : QStringList();
}

QString helpText(const QString &command)
{
    QString out;
    const auto line = [&out](const QString &left, const QString &right) {
        out += QStringLiteral("  %1  %2\n").arg(left, -24).arg(right);
    };
    if (command.isEmpty()) {
        out = QStringLiteral("orchestractl: the operator's client of AI Orchestra, in a terminal\n\n"
                             "usage: orchestractl COMMAND [options]\n\ncommands:\n");
        for (const CommandSpec &spec : commands())
            line(spec.argument.isEmpty() ? spec.name : spec.name + QLatin1Char(' ') + spec.argument, spec.summary);
        out += QStringLiteral("\norchestractl COMMAND --help explains a command and its options.\n\nends with:\n");
        line(QStringLiteral("0"), QStringLiteral("done"));
        line(QStringLiteral("1"), QStringLiteral("the server answered, but not with success"));
        line(QStringLiteral("2"), QStringLiteral("the command line is wrong"));
        line(QStringLiteral("3"), QStringLiteral("no server there, or the link broke"));
        line(QStringLiteral("4"), QStringLiteral("the server refused the credential or the role"));
        return out;
    }
    const CommandSpec *spec = findCommand(command);
    if (!spec)
        return {};
    out = QStringLiteral("orchestractl %1%2: %3\n")
              .arg(spec->name, spec->argument.isEmpty() ? QString() : QLatin1Char(' ') + spec->argument, spec->summary);
    if (!spec->detail.isEmpty())
        out += QLatin1Char('\n') + spec->detail + QLatin1Char('\n');
    if (!spec->options.isEmpty())
        out += QStringLiteral("\noptions:\n");
    for (const Option &option : options()) {
        if (spec->options.contains(option.name))
            line(QStringLiteral("--%1 %2").arg(option.name, option.value).trimmed(), option.help);
    }
    return out;
}

} // namespace orchestra::ctl
