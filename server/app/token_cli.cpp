// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/app/token_cli.h"

#include "server/app/cli_options.h"
#include "server/app/local_operator.h"
#include "server/orchestrator/auth.h"
#include "server/store/sqlite_store.h"
#include "shared/wire/error_table.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <utility>

namespace orchestra {
namespace {

constexpr std::string_view kUsage =
    "Usage: orchestrad token add --role ROLE --user USER [--expires 30d] [--note TEXT]\n"
    "       orchestrad token list\n"
    "       orchestrad token revoke ID\n"
    "Roles: client, tester, viewer, operator, admin.\n";

CommandOutcome misspelt(const std::string &what)
{
    return {2, {}, what + "\n" + std::string(kUsage)};
}

CommandOutcome failed(const Error &error)
{
    return {1, {}, error.message + "\n"};
}

std::optional<Role> roleNamed(std::string_view name)
{
    const auto names = wireNames(Role{});
    const auto found = std::ranges::find(names, name);
    return found == names.end() ? std::nullopt : std::optional(static_cast<Role>(found - names.begin()));
}

std::string stateOf(const TokenRecord &token, WallMs now)
{
    if (token.revokedAt)
        return "revoked";
    return token.expiresAt && *token.expiresAt <= now ? "expired" : "good";
}

std::string padded(std::string text, std::size_t width)
{
    text.resize(std::max(width, text.size() + 1), ' ');
    return text;
}

CommandOutcome list(SqliteStore &store, const Clock &clock)
{
    const StoreReply reply = store.execute(LoadTokens{});
    if (!reply)
        return failed(reply.error());
    std::string out = padded("ID", 14) + padded("USER", 20) + padded("ROLE", 10) + padded("STATE", 9) +
                      padded("EXPIRES", 26) + "NOTE\n";
    for (const TokenRecord &token : std::get<TokenRecords>(*reply).tokens)
        out += padded(token.tokenId, 14) + padded(token.userId, 20) +
               padded(std::string(wireNames(token.role)[static_cast<std::size_t>(token.role)]), 10) +
               padded(stateOf(token, clock.wallMs()), 9) +
               padded(token.expiresAt ? formatTimestamp(*token.expiresAt) : "never", 26) + token.note + "\n";
    return {0, out, {}};
}

CommandOutcome add(SqliteStore &store, const std::vector<std::string> &arguments, const Clock &clock,
                   RandomSource &random)
{
    const auto options = readOptions(arguments, {"--role", "--user", "--expires", "--note"});
    if (!options)
        return misspelt(options.error().message);
    if (!options->contains("--role") || !options->contains("--user"))
        return misspelt("--role and --user are needed");
    const auto role = roleNamed(options->at("--role"));
    if (!role)
        return misspelt("there is no role " + options->at("--role"));
    const std::string &user = options->at("--user");
    if (!isUserName(user))
        return misspelt("a user name has 1 to 128 bytes and no control characters");
    std::optional<WallMs> expiresAt;
    if (options->contains("--expires")) {
        const auto life = parseLifeTime(options->at("--expires"));
        if (!life)
            return misspelt(life.error().message);
        expiresAt = clock.wallMs() + *life;
    }
    const std::string note = options->contains("--note") ? options->at("--note") : std::string();
    if (note == kLocalOperatorNote)
        return misspelt("this note is kept for the server's own token");
    const FreshToken fresh = makeToken(random, user, *role, clock.wallMs(), expiresAt, note);
    const StoreReply reply = store.execute(AddToken{fresh.record});
    if (!reply)
        return failed(reply.error());
    return {0, fresh.text + "\n", "Token " + fresh.record.tokenId + " is shown this once; keep it safe.\n"};
}

CommandOutcome revoke(SqliteStore &store, const std::vector<std::string> &arguments, const Clock &clock)
{
    if (arguments.size() != 1)
        return misspelt("name one token");
    const StoreReply reply = store.execute(RevokeToken{arguments[0], clock.wallMs()});
    return reply ? CommandOutcome{0, "revoked " + arguments[0] + "\n", {}} : failed(reply.error());
}

} // namespace

Result<std::int64_t> parseLifeTime(std::string_view text)
{
    constexpr std::array<std::pair<char, std::int64_t>, 5> units{
        {{'s', 1000}, {'m', 60'000}, {'h', 3'600'000}, {'d', 86'400'000}, {'w', 604'800'000}}};
    constexpr std::int64_t longest = std::int64_t{100} * 365 * 86'400'000;
    std::int64_t number = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
    const auto unit = std::ranges::find_if(
        units, [&](const auto &u) { return end + 1 == text.data() + text.size() && *end == u.first; });
    if (problem != std::errc() || unit == units.end() || number <= 0 || number > longest / unit->second)
        return makeError(Code::Invalid, "a life time is a number with s, m, h, d or w, for example 30d");
    return number * unit->second;
}

CommandOutcome runTokenCommand(const std::vector<std::string> &arguments, const StoreOptions &options,
                               const Clock &clock, RandomSource &random, LogSink &log)
{
    if (arguments.empty())
        return misspelt("say what to do with tokens");
    const std::string &verb = arguments.front();
    if (verb == "--help" || verb == "-h")
        return {0, std::string(kUsage), {}};
    const std::vector<std::string> rest(arguments.begin() + 1, arguments.end());
    if (verb != "add" && verb != "list" && verb != "revoke")
        return misspelt("there is no token command " + verb);
    SqliteStore store(options, clock, log);
    if (const auto opened = store.open(StoreAccess::Tool); !opened)
        return failed(opened.error());
    if (verb == "list")
        return list(store, clock);
    return verb == "add" ? add(store, rest, clock, random) : revoke(store, rest, clock);
}

} // namespace orchestra
