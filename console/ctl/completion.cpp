// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/ctl/completion.h"

#include "console/ctl/arguments.h"

namespace orchestra::ctl {
namespace {

const QStringList kTopics = {QStringLiteral("overview"),    QStringLiteral("connections"), QStringLiteral("threads"),
                             QStringLiteral("tasks"),       QStringLiteral("breakers"),    QStringLiteral("flags"),
                             QStringLiteral("degradation"), QStringLiteral("audit"),       QStringLiteral("models"),
                             QStringLiteral("tools")};
const QStringList kShells = {QStringLiteral("bash"), QStringLiteral("zsh"), QStringLiteral("fish")};

QStringList wordsAfter(const QString &command)
{
    if (command == QLatin1String("watch"))
        return kTopics + optionNames(command);
    if (command == QLatin1String("completion"))
        return kShells;
    if (command == QLatin1String("help"))
        return commandNames();
    return actionNames(command) + optionNames(command);
}

QString bashScript()
{
    QString out = QStringLiteral("_orchestractl() {\n"
                                 "  local current=${COMP_WORDS[COMP_CWORD]} words\n"
                                 "  case ${COMP_WORDS[1]} in\n");
    for (const QString &command : commandNames())
        out += QStringLiteral("    %1) words='%2' ;;\n").arg(command, wordsAfter(command).join(QLatin1Char(' ')));
    out += QStringLiteral("    *) words='%1' ;;\n  esac\n"
                          "  [ \"$COMP_CWORD\" -eq 1 ] && words='%1'\n"
                          "  case ${COMP_WORDS[COMP_CWORD-1]} in --token-file) COMPREPLY=($(compgen -f -- "
                          "\"$current\")); return ;; esac\n"
                          "  COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n}\n"
                          "complete -F _orchestractl orchestractl\n")
               .arg(commandNames().join(QLatin1Char(' ')));
    return out;
}

QString zshScript()
{
    return QStringLiteral("#compdef orchestractl\nautoload -U +X bashcompinit && bashcompinit\n") + bashScript();
}

QString fishScript()
{
    QString out = QStringLiteral("complete -c orchestractl -f\n");
    for (const QString &command : commandNames()) {
        out += QStringLiteral("complete -c orchestractl -n __fish_use_subcommand -a %1\n").arg(command);
        out += QStringLiteral("complete -c orchestractl -n '__fish_seen_subcommand_from %1' -a '%2'\n")
                   .arg(command, wordsAfter(command).join(QLatin1Char(' ')));
    }
    return out;
}

} // namespace

QString completionScript(const QString &shell)
{
    if (shell == QLatin1String("bash"))
        return bashScript();
    if (shell == QLatin1String("zsh"))
        return zshScript();
    if (shell == QLatin1String("fish"))
        return fishScript();
    return {};
}

} // namespace orchestra::ctl
