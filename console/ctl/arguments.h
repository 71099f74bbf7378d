// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/link/chat_client.h"
#include "console/link/endpoint.h"

#include <QStringList>

#include <optional>

namespace orchestra::ctl {

enum class Verb : std::uint8_t {
    Help,
    Version,
    Status,
    Chat,
    Connections,
    Models,
    Tools,
    Breakers,
    Tasks,
    Watch,
    Tail,
    Completion
};

/// How the program ends; documented in --help.
enum class Exit : int {
    Done = 0,
    Failed = 1,       ///< the server answered, but not with success
    Usage = 2,        ///< the command line
    NotConnected = 3, ///< no server there, or the link broke
    Denied = 4,       ///< the server refused the credential or the role
};

/// What the command line asked for.
struct Arguments
{
    Verb verb = Verb::Help;
    /// help: of which command; watch: what; completion: for which shell; breakers, tasks, tools: what to do
    QString topic;
    QString target; ///< breakers, tasks, tools: to which
    QString server;
    QString token;
    QString tokenFile;
    QString pin;
    bool json = false;
    bool noColour = false;
    bool once = false;   ///< watch, tail: what is there now, then end
    bool follow = false; ///< models, tools, breakers, tasks: go on as they change
    // chat
    std::optional<QString> message; ///< --once TEXT
    QString user;
    QString session;
    ChatEncoding encoding = ChatEncoding::Json;
    bool approve = false;
    // connections, tail
    QString filter;
    // breakers, tasks, tools
    QString reason;
    std::optional<std::chrono::seconds> term;
    std::chrono::seconds timeout{30};
};

/// Error: Invalid, with a sentence that names the culprit.
Result<Arguments> parseArguments(const QStringList &arguments);

/// The general help, or that of one command; empty when there is no such command.
QString helpText(const QString &command);

/// Names of all commands, for completion and "did you mean".
QStringList commandNames();
/// The options that a command takes, long form with dashes.
QStringList optionNames(const QString &command);
/// Whether an action only looks.
bool isLook(const QString &action);
/// What a command can do besides showing its table; empty when it does only that.
QStringList actionNames(const QString &command);

} // namespace orchestra::ctl
