// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/agents/maestro.h"

#include "server/agents/commands.h"
#include "server/agents/entities.h"
#include "server/agents/report.h"
#include "server/agents/time_range.h"
#include "shared/base/text.h"
#include "shared/wire/json_reader.h"

#include <algorithm>
#include <cmath>

namespace orchestra {
namespace {

/// Below this an intent that was nearly chosen is not worth offering.
constexpr double kWorthOffering = 0.05;
/// From here on a text says itself what it wants, also where it could go on with something else.
constexpr double kClear = 0.75;

/// The override that a wished-for state means.
std::string overrideFor(std::string_view state)
{
    if (state == "open")
        return "forced_open";
    if (state == "closed" || state == "automatic" || state == "half_open")
        return "none";
    return std::string(state);
}

/// What a command's own words say that sentences say differently.
std::string overrideWord(std::string_view text)
{
    struct Word
    {
        std::string_view word;
        std::string_view override_;
    };
    static constexpr Word kWords[] = {{"open", "forced_open"},   {"disable", "disabled"}, {"off", "disabled"},
                                      {"count", "metrics_only"}, {"reset", "none"},       {"close", "none"},
                                      {"none", "none"},          {"auto", "none"}};
    const std::string lower = " " + lowerAscii(text) + " ";
    for (const Word &word : kWords) {
        if (lower.find(" " + std::string(word.word) + " ") != std::string::npos)
            return std::string(word.override_);
    }
    return {};
}

/// The first word of a command's rest, for names that do not exist yet.
std::string firstWord(const std::string &text)
{
    const std::size_t begin = text.find_first_not_of(' ');
    return begin == std::string::npos ? std::string() : text.substr(begin, text.find(' ', begin) - begin);
}

KnownNames namesOf(const LiveState &state)
{
    KnownNames names;
    for (const wire::FlagRow &row : state.flags())
        names.flags.push_back(row.name);
    for (const wire::BreakerRow &row : state.breakers())
        names.breakers.push_back(row.name);
    for (const wire::ConnectionRow &row : state.connections())
        names.users.push_back(row.userId);
    std::ranges::sort(names.users);
    names.users.erase(std::ranges::unique(names.users).begin(), names.users.end());
    return names;
}

/// "did I say anything about redis yesterday" -> "redis": a search for the words that carry meaning.
std::string searchWords(const std::string &text, const std::vector<Entity> &entities,
                        const std::optional<TimeRange> &range)
{
    if (const Entity *quoted = firstOf(entities, EntityKind::Quoted))
        return quoted->value;
    static constexpr std::string_view kEmptyWords[] = {"a",
                                                       "about",
                                                       "all",
                                                       "an",
                                                       "and",
                                                       "any",
                                                       "anything",
                                                       "are",
                                                       "been",
                                                       "can",
                                                       "chat",
                                                       "could",
                                                       "did",
                                                       "do",
                                                       "does",
                                                       "docs",
                                                       "documentation",
                                                       "earlier",
                                                       "ever",
                                                       "explain",
                                                       "find",
                                                       "for",
                                                       "from",
                                                       "get",
                                                       "give",
                                                       "had",
                                                       "has",
                                                       "have",
                                                       "history",
                                                       "how",
                                                       "i",
                                                       "in",
                                                       "is",
                                                       "it",
                                                       "last",
                                                       "look",
                                                       "me",
                                                       "mention",
                                                       "mentioned",
                                                       "message",
                                                       "messages",
                                                       "my",
                                                       "of",
                                                       "on",
                                                       "or",
                                                       "our",
                                                       "past",
                                                       "please",
                                                       "said",
                                                       "say",
                                                       "search",
                                                       "show",
                                                       "so",
                                                       "some",
                                                       "something",
                                                       "tell",
                                                       "that",
                                                       "the",
                                                       "there",
                                                       "thing",
                                                       "this",
                                                       "time",
                                                       "to",
                                                       "up",
                                                       "us",
                                                       "was",
                                                       "we",
                                                       "were",
                                                       "what",
                                                       "when",
                                                       "where",
                                                       "which",
                                                       "who",
                                                       "why",
                                                       "with",
                                                       "you",
                                                       "your"};
    std::string kept = text;
    if (range)
        kept.replace(range->offset, range->length, range->length, ' ');
    std::string out;
    for (std::size_t at = 0; at < kept.size();) {
        const std::size_t end = std::min(kept.find(' ', at), kept.size());
        std::string_view word(kept.data() + at, end - at);
        while (!word.empty() && std::string_view("?!.,:;").find(word.back()) != std::string_view::npos)
            word.remove_suffix(1);
        at = end + 1;
        if (word.empty() || std::ranges::find(kEmptyWords, lowerAscii(word)) != std::end(kEmptyWords))
            continue;
        out.append(out.empty() ? "" : " ").append(word);
    }
    return out.empty() ? text : out;
}

void takeEntities(OperationsRequest &request, const std::vector<Entity> &entities)
{
    const auto text = [&](EntityKind kind) {
        const Entity *found = firstOf(entities, kind);
        return found ? found->value : std::string();
    };
    request.flag = text(EntityKind::Flag);
    request.breaker = text(EntityKind::Breaker);
    request.user = text(EntityKind::User);
    if (const Entity *percent = firstOf(entities, EntityKind::Percent))
        request.percent = static_cast<std::uint64_t>(std::clamp(std::lround(percent->number), 0L, 100L));
    if (const Entity *on = firstOf(entities, EntityKind::Switch))
        request.on = on->value == "on";
    if (const Entity *state = firstOf(entities, EntityKind::BreakerState))
        request.breakerOverride = overrideFor(state->value);
    if (const Entity *span = firstOf(entities, EntityKind::Duration))
        request.duration = std::chrono::seconds(std::lround(span->number));
}

/// UUIDs anywhere in the text: of a task or of a connection, as the intent needs.
void takeIds(OperationsRequest &request)
{
    constexpr std::size_t kLength = 36;
    for (std::size_t at = 0; at + kLength <= request.text.size(); ++at) {
        const std::string_view candidate(request.text.data() + at, kLength);
        if (const auto task = parseId<TaskId>(candidate)) {
            request.task = task;
            request.connection = parseId<ConnectionId>(candidate);
            return;
        }
    }
}

/// Members of a command's JSON arguments win over what its text says.
void takeArguments(OperationsRequest &request, const wire::JsonValue &arguments)
{
    const auto take = [&](std::string_view member, std::string &field) {
        if (const std::string_view text = arguments.textOf(member); !text.empty())
            field = text;
    };
    take("flag", request.flag);
    take("breaker", request.breaker);
    take("user", request.user);
    take("query", request.query);
    take("override", request.breakerOverride);
    if (request.intent == Intent::SetFlag || request.intent == Intent::Flags)
        take("name", request.flag);
    else
        take("name", request.breaker);
    if (const wire::JsonValue *on = arguments.find("enabled"))
        request.on = on->boolean();
    if (const wire::JsonValue *percent = arguments.find("percent"); percent && percent->integer().value_or(-1) >= 0)
        request.percent = static_cast<std::uint64_t>(*percent->integer());
    if (const wire::JsonValue *seconds = arguments.find("duration_s"); seconds && seconds->integer().value_or(0) > 0)
        request.duration = std::chrono::seconds(*seconds->integer());
    if (const auto task = parseId<TaskId>(arguments.textOf("task_id")))
        request.task = task;
    if (const auto connection = parseId<ConnectionId>(arguments.textOf("connection_id")))
        request.connection = connection;
}

std::string_view title(Intent intent)
{
    for (const CommandSpec &command : allCommands()) {
        if (command.intent == intent)
            return command.summary;
    }
    return wireName(intent);
}

std::string_view commandFor(Intent intent)
{
    for (const CommandSpec &command : allCommands()) {
        if (command.intent == intent)
            return command.name;
    }
    return "help";
}

} // namespace

bool Maestro::fillFromText(OperationsRequest &request) const
{
    const std::vector<Entity> entities = findEntities(request.text, namesOf(state_));
    const auto range = findTimeRange(request.text, clock_);
    takeEntities(request, entities);
    takeIds(request);
    if (range) {
        request.from = range->from;
        request.to = range->to;
    }
    request.query = searchWords(request.text, entities, range);
    return !entities.empty() || range || request.task;
}

MaestroReading Maestro::read(const Turn &turn) const
{
    owner_.check();
    const std::string &text = turn.content();
    if (const auto learnt = learned_.match(turn.context().principal.userId, text)) {
        MaestroReading out;
        out.request.intent = learnt->intent;
        out.request.text = text;
        out.confidence = learnt->similarity;
        out.isLearnt = true;
        fillFromText(out.request);
        return out;
    }
    MaestroReading words = readWords(text);
    if (auto followUp = readFollowUp(turn, words))
        return *std::move(followUp);
    return words;
}

MaestroReading Maestro::readWords(const std::string &text) const
{
    const IntentReading reading = classifier_.classify(text);
    MaestroReading out;
    out.request.intent = reading.intent;
    out.request.text = text;
    out.confidence = reading.confidence;
    if (reading.intent == Intent::Unknown) {
        if (reading.best != Intent::Unknown && reading.confidence >= kWorthOffering)
            out.candidates.push_back(reading.best);
        if (reading.runnerUp != Intent::Unknown && reading.runnerUpConfidence >= kWorthOffering)
            out.candidates.push_back(reading.runnerUp);
        return out;
    }
    fillFromText(out.request);
    return out;
}

std::optional<MaestroReading> Maestro::readFollowUp(const Turn &turn, const MaestroReading &words) const
{
    const auto last = contexts_.last(turn.context().threadId);
    if (!last || !soundsLikeFollowUp(turn.content()))
        return std::nullopt;
    const Intent before = last->request.intent;
    const bool isUnclear = words.request.intent == Intent::Unknown || words.confidence < kClear;
    const bool isSame = words.request.intent == before;
    // Nothing is ever changed because of what somebody has said before.
    if (!(isUnclear || isSame) || changesState(words.request.intent) || changesState(before))
        return std::nullopt;
    MaestroReading out = words;
    out.isFollowUp = true;
    out.candidates.clear();
    if (before == Intent::Generate) {
        out.request = last->request;
        out.request.text = turn.content();
        return out;
    }
    // "And the weather?" after a question about connections is none about connections.
    const bool takesWords = before == Intent::SearchHistory || before == Intent::Docs || before == Intent::Metrics;
    if (!fillFromText(out.request) && !takesWords && !saysNothingNew(turn.content()))
        return std::nullopt;
    // Without words of its own to look for, it looks for the same.
    if (out.request.query == out.request.text)
        out.request.query.clear();
    out.request = continued(last->request, std::move(out.request));
    return out;
}

MaestroReading Maestro::readArguments(Intent intent, const std::string &text,
                                      const std::optional<wire::RawJson> &arguments) const
{
    owner_.check();
    MaestroReading out;
    out.request.intent = intent;
    out.request.text = text;
    // Nothing can be found in no words, and the names to look for are those of everybody who is connected.
    if (!text.empty())
        fillFromText(out.request);
    // What a command is given is meant literally, also a name that does not exist yet.
    if (intent == Intent::SearchHistory || intent == Intent::Docs)
        out.request.query = text;
    if (out.request.flag.empty() && (intent == Intent::SetFlag || intent == Intent::Flags))
        out.request.flag = firstWord(text);
    if (out.request.breaker.empty() && (intent == Intent::BreakerOverride || intent == Intent::Breakers))
        out.request.breaker = firstWord(text);
    const bool namesUser =
        intent == Intent::CloseConnection || intent == Intent::Connections || intent == Intent::Tasks;
    if (out.request.user.empty() && !out.request.task && namesUser)
        out.request.user = firstWord(text);
    if (intent == Intent::BreakerOverride && out.request.breakerOverride.empty())
        out.request.breakerOverride = overrideWord(text);
    if (arguments) {
        wire::JsonReader reader;
        if (const auto value = reader.readValue(arguments->text))
            takeArguments(out.request, *value);
    }
    return out;
}

void Maestro::say(Turn &turn, const ReportText &line)
{
    turn.think(kName, inMood(mood_.now(), line));
}

void Maestro::announce(Turn &turn, const MaestroReading &reading)
{
    const std::string percent = std::to_string(std::lround(reading.confidence * 100));
    const std::string_view what = title(reading.request.intent);
    if (reading.isLearnt)
        return say(turn, ReportWriter::fill("Feedback has taught me to read this as: {}.", {what}));
    if (reading.isFollowUp)
        return say(turn, ReportWriter::fill("This goes on with: {}.", {what}));
    switch (reading.request.intent) {
    case Intent::Unknown:
        return say(turn, ReportWriter::fill("I am not sure what you want."));
    case Intent::Generate:
        return say(turn, ReportWriter::fill("This asks for a language model ({} % sure).", {percent}));
    case Intent::Greeting:
        return say(turn, ReportWriter::fill("A greeting ({} % sure).", {percent}));
    default:
        return say(turn, ReportWriter::fill("I read this as: {} ({} % sure).", {what, percent}));
    }
}

void Maestro::answering(const Turn &turn, const OperationsRequest &request)
{
    owner_.check();
    contexts_.note(turn.context().threadId, request);
}

void Maestro::askBack(const std::shared_ptr<Turn> &turn, const MaestroReading &reading)
{
    Report report(turn);
    if (reading.candidates.empty()) {
        report.line("I do not understand. I answer questions about this server: /help lists them.");
        return report.finish();
    }
    report.line("I am not sure what you want. Did you mean:");
    for (const Intent candidate : reading.candidates) {
        if (candidate == Intent::Generate)
            report.line("- something that a language model has to write; this server has none");
        else
            report.line("- {}: /{}", {title(candidate), commandFor(candidate)});
    }
    report.line("Say it in other words, or use a command from /help.");
    report.finish();
}

} // namespace orchestra
