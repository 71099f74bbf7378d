// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/agents/dispatcher.h"

#include "server/agents/commands.h"
#include "server/agents/execution_mode.h"
#include "server/agents/report.h"
#include "server/core/resilience/degradation.h"

namespace orchestra {
namespace {

/// With the blank before them.
std::string argumentsOf(const CommandSpec &command)
{
    return command.arguments.empty() ? std::string() : " " + std::string(command.arguments);
}

void help(const std::shared_ptr<Turn> &turn, const std::string &about)
{
    Report report(turn);
    const std::string_view name = about.starts_with('/') ? std::string_view(about).substr(1) : std::string_view(about);
    if (const CommandSpec *command = name.empty() ? nullptr : findCommand(name)) {
        report.line("/{}{}: {}{}", {command->name, argumentsOf(*command), command->summary,
                                    command->changes ? "; operators only, asks you to confirm" : ""});
        return report.finish();
    }
    report.line("Ask in your own words, or use a command:");
    for (const CommandSpec &command : allCommands())
        report.line("/{}{}: {}{}",
                    {command.name, argumentsOf(command), command.summary, command.changes ? " (operators)" : ""});
    report.finish();
}

void greet(const std::shared_ptr<Turn> &turn)
{
    Report report(turn);
    report.line(
        "Hello {}. I know this server: ask how it is, who is connected, or what changed. /help lists what I can do.",
        {turn->context().principal.userId});
    report.finish();
}

void refuseForLackOfModel(const std::shared_ptr<Turn> &turn)
{
    Report(turn).fail(
        {Code::NoModel,
         "This needs a language model, and this server has none: start Ollama on this machine, or name a server in the "
         "configuration (docs/operations.md, Models). What can be answered without one is in /help.",
         false});
}

void refuseUnknownCommand(const std::shared_ptr<Turn> &turn, const std::string &name)
{
    const CommandSpec *near = nearestCommand(name);
    std::string message = "There is no command /" + name + ".";
    message += near ? " Did you mean /" + std::string(near->name) + "?" : " /help lists them.";
    Report(turn).fail({Code::NotFound, std::move(message)});
}

} // namespace

void Dispatcher::run(std::shared_ptr<Turn> turn)
{
    owner_.check();
    if (turn->commandName())
        runCommand(turn, *turn->commandName(), turn->content());
    else
        runText(turn);
}

void Dispatcher::runCommand(const std::shared_ptr<Turn> &turn, const std::string &name, const std::string &text) const
{
    const CommandSpec *command = findCommand(name);
    if (!command)
        return refuseUnknownCommand(turn, name);
    if (command->desk != CommandDesk::Operations) {
        turn->setIntent(std::string(command->name), 1);
        return command->desk == CommandDesk::Memory ? memory_.run(turn, *command, text)
                                                    : feedback_.run(turn, *command, text);
    }
    turn->setIntent(std::string(wireName(command->intent)), 1);
    answer(turn, maestro_.readArguments(command->intent, text, turn->commandArguments()));
}

void Dispatcher::runText(const std::shared_ptr<Turn> &turn) const
{
    const MaestroReading reading = maestro_.read(*turn);
    turn->setIntent(std::string(wireName(reading.request.intent)), reading.confidence);
    const bool isAboutServer = reading.request.intent != Intent::Generate && reading.request.intent != Intent::Unknown;
    if (!isAboutServer && assistant_.isAvailable())
        return runModel(turn);
    maestro_.announce(*turn, reading);
    answer(turn, reading);
}

void Dispatcher::runModel(const std::shared_ptr<Turn> &turn) const
{
    const ModeChoice choice =
        chooseMode(turn->hints(), usual_, effectsOf(turn->context().degradationLevel).allowsSwarm);
    OperationsRequest request;
    request.intent = Intent::Generate;
    maestro_.answering(*turn, request);
    if (choice.mode == wire::ExecutionMode::Quality) {
        maestro_.say(*turn, ReportWriter::fill("This is for the swarm."));
        return swarm_.run(turn);
    }
    maestro_.say(*turn,
                 choice.isReduced
                     ? ReportWriter::fill("This is for the assistant: the swarm rests while the server is degraded.")
                     : ReportWriter::fill("This is for the assistant."));
    assistant_.run(turn, choice.mode);
}

void Dispatcher::answer(const std::shared_ptr<Turn> &turn, const MaestroReading &reading) const
{
    switch (reading.request.intent) {
    case Intent::Help:
        return help(turn, turn->commandName() ? reading.request.text : std::string());
    case Intent::Greeting:
        return greet(turn);
    case Intent::Generate:
        return refuseForLackOfModel(turn);
    case Intent::Unknown:
        return Maestro::askBack(turn, reading);
    default:
        maestro_.answering(*turn, reading.request);
        return operations_.run(turn, reading.request);
    }
}

} // namespace orchestra
