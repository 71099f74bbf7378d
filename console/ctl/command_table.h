// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/ctl/arguments.h"

#include <functional>
#include <vector>

/// What the command line can say: every command and every option, each once, for reading, help and completion.
namespace orchestra::ctl {

using Apply = std::function<Status(Arguments &, const QString &)>;

/// An option and what it does to the arguments.
struct Option
{
    QString name;
    QString value; ///< placeholder in the help; empty for a switch
    QString help;
    Apply apply;
};

/// A command, what it takes and how it is explained.
struct CommandSpec
{
    Verb verb;
    QString name;
    QString
        argument; ///< placeholder of the positional argument; empty when it takes none, in [] when it may be left out
    QString summary;
    QString detail;
    QStringList options;
    QStringList actions = {}; ///< what the argument may be; a second word says to which
};

const std::vector<Option> &options();
const std::vector<CommandSpec> &commands();
/// Null when there is none of that name.
const CommandSpec *findCommand(const QString &name);
const Option *findOption(const QString &name);
/// An error of the command line.
Error usage(const QString &text);

} // namespace orchestra::ctl
