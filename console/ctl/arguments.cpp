// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/ctl/arguments.h"

#include "console/ctl/command_table.h"
#include "shared/base/text.h"

namespace orchestra::ctl {
namespace {

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
        if (!command_->actions.isEmpty() && !arguments_.topic.isEmpty() && arguments_.target.isEmpty()) {
            arguments_.target = word;
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
        const bool isNeeded = !command_->argument.isEmpty() && !command_->argument.startsWith(QLatin1Char('['));
        if (isNeeded && arguments_.topic.isEmpty() && command_->verb != Verb::Help)
            return usage(QStringLiteral("%1 needs %2.").arg(command_->name, command_->argument));
        if (const Status status = checkAction(); !status)
            return status.error();
        if (arguments_.server.isEmpty())
            arguments_.server = qEnvironmentVariable("ORCHESTRA_SERVER", Endpoint::local().name());
        if (arguments_.user.isEmpty())
            arguments_.user = qEnvironmentVariable("USER", QStringLiteral("terminal"));
        if (arguments_.session.isEmpty())
            arguments_.session = QStringLiteral("terminal");
        return arguments_;
    }

    /// What changes something must say what, to which and why; what only looks must not.
    Status checkAction() const
    {
        const QString &action = arguments_.topic;
        if (command_->actions.isEmpty())
            return Ok{};
        const bool needsTerm = action == QLatin1String("open") || action == QLatin1String("close");
        if (arguments_.term && !needsTerm)
            return usage(QStringLiteral("--for goes with open or close."));
        if (action.isEmpty())
            return arguments_.reason.isEmpty() ? Status(Ok{})
                                               : usage(QStringLiteral("--reason goes with %1.")
                                                           .arg(command_->actions.join(QStringLiteral(", "))));
        if (!command_->actions.contains(action))
            return usage(QStringLiteral("%1 knows no \"%2\".%3")
                             .arg(command_->name, action, suggestion(action, command_->actions)));
        if (arguments_.target.isEmpty() && action != QLatin1String("history"))
            return usage(QStringLiteral("%1 %2 needs to know which one.").arg(command_->name, action));
        if (isLook(action) && !arguments_.reason.isEmpty())
            return usage(QStringLiteral("%1 changes nothing: it takes no --reason.").arg(action));
        if (!isLook(action) && arguments_.reason.trimmed().isEmpty())
            return usage(
                QStringLiteral("%1 %2 needs --reason TEXT: it is kept in the audit.").arg(command_->name, action));
        if (needsTerm && !arguments_.term)
            return usage(
                QStringLiteral("%1 %2 needs --for TIME: nothing is forced for ever.").arg(command_->name, action));
        if (arguments_.follow || !arguments_.filter.isEmpty())
            return usage(QStringLiteral("--follow and --filter are for the whole table, not for %1.").arg(action));
        return Ok{};
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

} // namespace orchestra::ctl
