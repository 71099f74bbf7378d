// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/app/local_operator.h"

#include "server/orchestrator/auth.h"
#include "server/orchestrator/digest.h"
#include "shared/wire/error_table.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace orchestra {
namespace {

constexpr std::size_t kTokenBytes = 32;
constexpr std::size_t kIdBytes = 6;

std::string readFirstLine(const std::string &path)
{
    std::ifstream file(path);
    std::string line;
    std::getline(file, line);
    return line;
}

/// Written beside the file and renamed over it, so that nobody ever reads half a token.
Status writePrivately(const std::string &path, const std::string &text)
{
    const std::string fresh = path + ".new";
    const int file = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    const std::string line = text + "\n";
    const bool written = file >= 0 && ::fchmod(file, 0600) == 0 &&
                         ::write(file, line.data(), line.size()) == static_cast<ssize_t>(line.size()) &&
                         ::fsync(file) == 0;
    const int problem = errno;
    if (file >= 0)
        ::close(file);
    if (!written || ::rename(fresh.c_str(), path.c_str()) != 0)
        return makeError(Code::StorageUnavailable,
                         "cannot write " + path + ": " + std::strerror(written ? errno : problem));
    return Ok{};
}

bool isLocalOperator(const TokenRecord &token, WallMs now)
{
    return token.note == kLocalOperatorNote && !token.revokedAt && (!token.expiresAt || *token.expiresAt > now);
}

void replace(StorePort &store, RandomSource &random, const Clock &clock, const std::string &path,
             const std::vector<TokenRecord> &tokens, const std::function<void(Status)> &done)
{
    for (const TokenRecord &token : tokens)
        if (isLocalOperator(token, clock.wallMs()))
            store.ask(RevokeToken{token.tokenId, clock.wallMs()}, [](const Result<Ok> &) {});
    FreshToken fresh =
        makeToken(random, "operator", Role::Operator, clock.wallMs(), {}, std::string(kLocalOperatorNote));
    store.ask(AddToken{fresh.record}, [path, text = std::move(fresh.text), done](const Result<Ok> &added) {
        done(added ? writePrivately(path, text) : added);
    });
}

} // namespace

FreshToken makeToken(RandomSource &random, std::string userId, Role role, WallMs now, std::optional<WallMs> expiresAt,
                     std::string note)
{
    FreshToken fresh;
    fresh.text = "ork_" + randomToken(random, kTokenBytes);
    fresh.record = {"tok_" + randomToken(random, kIdBytes),
                    sha256(fresh.text),
                    std::move(userId),
                    role,
                    now,
                    expiresAt,
                    {},
                    std::move(note)};
    return fresh;
}

std::string localOperatorFile(const std::string &dataDir)
{
    return dataDir + "/operator.token";
}

void ensureLocalOperator(StorePort &store, RandomSource &random, const Clock &clock, const std::string &dataDir,
                         std::function<void(Status)> done)
{
    store.ask(LoadTokens{}, [&store, &random, &clock, path = localOperatorFile(dataDir),
                             done = std::move(done)](const Result<TokenRecords> &loaded) {
        if (!loaded) {
            done(loaded.error());
            return;
        }
        const std::string hash = sha256(readFirstLine(path));
        const bool isKnown = std::ranges::any_of(loaded->tokens, [&](const TokenRecord &token) {
            return token.hash == hash && isLocalOperator(token, clock.wallMs());
        });
        if (isKnown)
            done(Ok{});
        else
            replace(store, random, clock, path, loaded->tokens, done);
    });
}

} // namespace orchestra
