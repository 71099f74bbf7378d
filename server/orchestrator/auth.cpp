// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/orchestrator/auth.h"

#include "server/orchestrator/digest.h"
#include "shared/base/text.h"
#include "shared/wire/error_table.h"

#include <algorithm>
#include <utility>

namespace orchestra {
namespace {

constexpr std::string_view kSynthetic = "synthetic:";
constexpr std::size_t kMaxUserName = 128;
/// Unknown tokens make the server look into the store at most this often, so that guessing does not load it.
constexpr std::chrono::seconds kLookUpPause{1};

Error unauthenticated(std::string message)
{
    return makeError(Code::Unauthenticated, std::move(message));
}

} // namespace

bool isUserName(std::string_view name)
{
    const auto isControl = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
    return !name.empty() && name.size() <= kMaxUserName && name.front() != ' ' && name.back() != ' ' &&
           std::ranges::none_of(name, isControl) && isValidUtf8(name);
}

Auth::Auth(const Hub &hub)
    : hub_(hub)
    , lookUp_(hub.schedule)
{
}

bool Auth::isGood(const TokenRecord &token) const
{
    return !token.revokedAt && (!token.expiresAt || *token.expiresAt > hub_.clock.wallMs());
}

void Auth::setTokens(std::vector<TokenRecord> tokens)
{
    byHash_.clear();
    hashById_.clear();
    for (TokenRecord &token : tokens) {
        hashById_.emplace(token.tokenId, token.hash);
        std::string hash = token.hash;
        byHash_.emplace(std::move(hash), std::move(token));
    }
    knowsTokens_ = true;
    if (changed_)
        changed_();
    for (const auto &waiting : std::exchange(untilKnown_, {}))
        waiting->done(check(waiting->presented));
}

void Auth::wait(Presented presented, std::function<void(Result<Principal>)> done)
{
    const auto waiting = std::make_shared<Waiting>(hub_.schedule);
    waiting->presented = std::move(presented);
    waiting->done = std::move(done);
    waiting->patience.start(kLongestWait, [this, waiting = waiting.get()] {
        const auto own = std::ranges::find(untilKnown_, waiting, &std::shared_ptr<Waiting>::get);
        const auto kept = *own;
        untilKnown_.erase(own);
        kept->done(makeError(Code::ServiceInitFailed, "the tokens could not be loaded in time"));
    });
    untilKnown_.push_back(waiting);
}

bool Auth::hasConfiguredTokens() const
{
    return std::ranges::any_of(
        byHash_, [this](const auto &entry) { return isGood(entry.second) && entry.second.note != kLocalOperatorNote; });
}

void Auth::reload(std::function<void()> done)
{
    reloading_.push_back(std::move(done));
    if (reloading_.size() > 1)
        return;
    hub_.store.ask(LoadTokens{}, [this](Result<TokenRecords> loaded) {
        if (loaded)
            setTokens(std::move(loaded->tokens));
        for (const auto &waiter : std::exchange(reloading_, {}))
            waiter();
    });
}

void Auth::authenticate(Presented presented, std::function<void(Result<Principal>)> done)
{
    if (!knowsTokens_ && (!presented.credential.isEmpty() || !presented.mayBeProvisional)) {
        wait(std::move(presented), std::move(done));
        return;
    }
    if (presented.credential.isEmpty() || byHash_.contains(sha256(presented.credential.reveal())))
        done(check(presented));
    else
        lookUp(std::move(presented), std::move(done));
}

/// Whoever shows an unknown token waits for the next look into the store, which serves all of them.
void Auth::lookUp(Presented presented, std::function<void(Result<Principal>)> done)
{
    unknown_.emplace_back(std::move(presented), std::move(done));
    if (lookUp_.isRunning())
        return;
    const auto since = lastLookUp_ ? hub_.clock.now() - *lastLookUp_ : std::chrono::nanoseconds(kLookUpPause);
    lookUp_.start(kLookUpPause - since, [this] {
        lastLookUp_ = hub_.clock.now();
        reload([this, waiting = std::exchange(unknown_, {})] {
            for (const auto &[presented, done] : waiting)
                done(check(presented));
        });
    });
}

Result<Principal> Auth::check(const Presented &presented) const
{
    return presented.credential.isEmpty() ? checkAnonymous(presented)
                                          : checkToken(presented.credential, presented.claimedUser);
}

Result<Principal> Auth::checkToken(const Secret &token, const std::string &claimedUser) const
{
    const auto known = byHash_.find(sha256(token.reveal()));
    if (known == byHash_.end() || known->second.revokedAt)
        return unauthenticated("the token is not known here");
    if (!isGood(known->second))
        return unauthenticated("the token has expired");
    Principal principal;
    principal.userId = known->second.userId;
    principal.role = known->second.role;
    principal.tokenId = known->second.tokenId;
    principal.expiresAt = known->second.expiresAt;
    principal.isTester = allows(principal.role, Role::Tester);
    if (principal.role == Role::Tester) {
        // A tester speaks for made-up users only, never for a person.
        if (claimedUser.starts_with(kSynthetic) && isUserName(claimedUser))
            principal.userId = claimedUser;
        if (!principal.userId.starts_with(kSynthetic))
            return makeError(Code::Forbidden, "a tester may act only as a user whose name begins with synthetic:");
    }
    return principal;
}

Result<Principal> Auth::checkAnonymous(const Presented &presented) const
{
    if (!presented.isLoopback || !anonymousLoopback_)
        return unauthenticated("a token is needed here; orchestrad token add makes one");
    if (hasConfiguredTokens())
        return unauthenticated("a token is needed: tokens are configured on this server");
    if (!isUserName(presented.claimedUser))
        return makeError(Code::Invalid, "the client id is not a user name: 1 to 128 bytes, no control characters");
    Principal principal;
    principal.userId = presented.claimedUser;
    principal.isTester = true;
    return principal;
}

bool Auth::isStillGood(const Principal &principal) const
{
    if (principal.tokenId.empty())
        return true;
    const auto hash = hashById_.find(principal.tokenId);
    return hash != hashById_.end() && isGood(byHash_.at(hash->second));
}

void Auth::dropOldTickets()
{
    const MonotonicTime now = hub_.clock.now();
    std::erase_if(tickets_, [now](const auto &entry) { return entry.second.expires <= now; });
}

Result<Auth::Ticket> Auth::issueTicket(const Principal &principal, const std::string &origin)
{
    if (tickets_.size() >= kMaxTickets)
        dropOldTickets();
    if (tickets_.size() >= kMaxTickets)
        return makeError(Code::RateLimited, "too many tickets are waiting to be used");
    const Ticket ticket{"ort_" + randomToken(hub_.random, 32),
                        hub_.clock.wallMs() + std::chrono::milliseconds(kTicketLife).count()};
    tickets_.emplace(sha256(ticket.text), IssuedTicket{principal, origin, hub_.clock.now() + kTicketLife});
    return ticket;
}

Result<Principal> Auth::redeemTicket(const std::string &ticket, const std::string &origin)
{
    auto issued = tickets_.extract(sha256(ticket));
    // Taken out before it is judged: a ticket that is shown twice, or from elsewhere, is spent.
    if (issued.empty() || issued.mapped().expires <= hub_.clock.now())
        return unauthenticated("the ticket is not good: it is used once, within 30 s");
    if (issued.mapped().origin != origin)
        return unauthenticated("the ticket belongs to another origin");
    if (!isStillGood(issued.mapped().principal))
        return unauthenticated("the token behind the ticket is no longer good");
    return issued.mapped().principal;
}

} // namespace orchestra
