// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/ctl/arguments.h"

#include "shared/base/text.h"

#include <QRegularExpression>

#include <functional>

namespace orchestra::ctl {
namespace {

using Apply = std::function<Status(Arguments &, const QString &)>;

struct Option
{
    QString name;
    QString value; ///< placeholder in the help; empty for a switch
    QString help;
    Apply apply;
};

struct CommandSpec
{
    Verb verb;
    QString name;
    QString argument; ///< placeholder of the one positional argument; empty when it takes none
    QString summary;
    QString detail;
    QStringList options;
};

Error usage(const QString &text)
{
    return {Code::Invalid, text.toStdString()};
}

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

Status applyTimeout(Arguments &arguments, const QString &value)
{
    bool isNumber = false;
    const int seconds = value.toInt(&isNumber);
    if (!isNumber || seconds < 1 || seconds > 86400)
        return usage(QStringLiteral("--timeout takes 1 to 86400 seconds, not \"%1\".").arg(value));
    arguments.timeout = std::chrono::seconds(seconds);
    return Ok{};
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
        {QStringLiteral("timeout"), QStringLiteral("SECONDS"),
         QStringLiteral("give up when the server has not answered for so long; default 30"), applyTimeout},
    };
    return all;
}

const QStringList kLinkOptions = {QStringLiteral("server"), QStringLiteral("token"), QStringLiteral("token-file"),
                                  QStringLiteral("pin"),    QStringLiteral("json"),  QStringLiteral("no-colour"),
                                  QStringLiteral("timeout")};

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
        {Verb::Watch, QStringLiteral("watch"), QStringLiteral("TOPIC"), QStringLiteral("follow a topic as it changes"),
         QStringLiteral("TOPIC is overview, connections, threads, tasks, breakers, flags, degradation or audit."),
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

/// " Did you mean X?" when a name is near; empty otherwise.
QString suggestion(const QString &typed, const QStringList &names)
{
    QString best;
    std::size_t distance = 3;
    for (const QString &name : names) {
        const std::size_t this_ = editDistance(typed.toStdString(), name.toStdString());
        if (this_ < distance) {
            distance = this_;
            best = name;
        }
    }
    return best.isEmpty() ? QString() : QStringLiteral(" Did you mean %1?").arg(best);
}

/// Splits the command line into the command, its positional argument and applied options.
class Parser
{
public:
    explicit Parser(QStringList words)
        : words_(std::move(words))
    {
    }

    Result<Arguments> parse()
    {
        while (at_ < words_.size()) {
            const QString word = words_[at_++];
            const Status status =
                word.startsWith(QLatin1Char('-')) && word.size() > 1 ? takeOption(word) : takeWord(word);
            if (!status)
                return status.error();
            if (arguments_.verb == Verb::Version)
                return arguments_;
        }
        return finish();
    }

private:
    Status takeOption(const QString &word)
    {
        if (word == QLatin1String("--help") || word == QLatin1String("-h")) {
            wantsHelp_ = true;
            return Ok{};
        }
        if (word == QLatin1String("--version") || word == QLatin1String("-V")) {
            arguments_.verb = Verb::Version;
            return Ok{};
        }
        const QString name = word.section(QLatin1Char('='), 0, 0).mid(2);
        const Option *option = word.startsWith(QLatin1String("--")) ? findOption(name) : nullptr;
        if (!option)
            return usage(QStringLiteral("Unknown option %1.%2")
                             .arg(word, suggestion(word, command_ ? optionNames(command_->name) : optionNames({}))));
        used_ << name;
        QString value;
        if (!option->value.isEmpty()) {
            if (word.contains(QLatin1Char('=')))
                value = word.section(QLatin1Char('='), 1);
            else if (at_ < words_.size())
                value = words_[at_++];
            else
                return usage(QStringLiteral("--%1 needs %2.").arg(name, option->value));
        } else if (word.contains(QLatin1Char('='))) {
            return usage(QStringLiteral("--%1 takes no value.").arg(name));
        }
        return option->apply(arguments_, value);
    }

    Status takeWord(const QString &word)
    {
        if (!command_) {
            command_ = findCommand(word);
            if (!command_)
                return usage(QStringLiteral("Unknown command \"%1\".%2").arg(word, suggestion(word, commandNames())));
            return Ok{};
        }
        if (command_->argument.isEmpty() || !arguments_.topic.isEmpty())
            return usage(QStringLiteral("\"%1\" is one word too many for %2.").arg(word, command_->name));
        arguments_.topic = word;
        return Ok{};
    }

    Result<Arguments> finish()
    {
        if (!command_ && !wantsHelp_ && !used_.isEmpty())
            return usage(QStringLiteral("No command is given; orchestractl --help lists them."));
        if (!command_ || wantsHelp_) {
            arguments_.verb = Verb::Help;
            if (command_)
                arguments_.topic = command_->name;
            return arguments_;
        }
        arguments_.verb = command_->verb;
        for (const QString &name : used_) {
            if (!command_->options.contains(name))
                return usage(QStringLiteral("%1 does not take --%2.").arg(command_->name, name));
        }
        if (!command_->argument.isEmpty() && arguments_.topic.isEmpty() && command_->verb != Verb::Help)
            return usage(QStringLiteral("%1 needs %2.").arg(command_->name, command_->argument));
        if (arguments_.server.isEmpty())
            arguments_.server = qEnvironmentVariable("ORCHESTRA_SERVER", Endpoint::local().name());
        if (arguments_.user.isEmpty())
            arguments_.user = qEnvironmentVariable("USER", QStringLiteral("terminal"));
        if (arguments_.session.isEmpty())
            arguments_.session = QStringLiteral("terminal");
        return arguments_;
    }

    const QStringList words_;
    qsizetype at_ = 0;
    Arguments arguments_;
    const CommandSpec *command_ = nullptr;
    QStringList used_;
    bool wantsHelp_ = false;
};

} // namespace

Result<Arguments> parseArguments(const QStringList &arguments)
{
    return Parser(arguments).parse();
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
