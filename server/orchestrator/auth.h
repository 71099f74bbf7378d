// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/core/identity.h"
#include "server/orchestrator/hub.h"

#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace orchestra {

/// The note of the token that the first start makes for the console and terminal on the same machine. It is no
/// configured token: with it alone, anonymous loopback peers may still chat.
inline constexpr std::string_view kLocalOperatorNote = "made by the first start";

/// What the peer of a connection or call has shown of itself.
struct Presented
{
    Secret credential;
    std::string claimedUser; ///< the client id of the path, or X-Client-Id
    bool isLoopback = false;
    /// An anonymous peer may pass before the tokens are loaded; whoever lets it must check() it again before it acts.
    bool mayBeProvisional = false;
};

/// Knows who is who: opaque tokens by their SHA-256, anonymous loopback peers, single-use tickets for browsers.
/// Deny by default. Lives on: hub.
class Auth
{
public:
    static constexpr std::chrono::seconds kTicketLife{30};
    static constexpr std::size_t kMaxTickets = 10'000;
    /// A credential that comes before the tokens are loaded waits at most this long.
    static constexpr std::chrono::seconds kLongestWait{30};

    explicit Auth(const Hub &hub);

    /// Set from the configuration (auth.anonymous_loopback).
    void allowAnonymousLoopback(bool allow) { anonymousLoopback_ = allow; }

    /// Replaces what is known of tokens, after a load from the store.
    void setTokens(std::vector<TokenRecord> tokens);
    /// Nobody is refused or let in for good before this.
    bool knowsTokens() const { return knowsTokens_; }
    /// True once anybody but the first start has made a token that is still good.
    bool hasConfiguredTokens() const;
    /// Whether this peer may come without a token.
    bool takesAnonymous(const Peer &peer) const
    {
        return peer.isLoopback && anonymousLoopback_ && !hasConfiguredTokens();
    }
    /// Loads the tokens again; `done` when they are there. Attempts at the same time share one load.
    void reload(std::function<void()> done);
    /// Called after each change of the tokens, so that whoever holds a connection can check it again.
    void onChange(std::function<void()> changed) { changed_ = std::move(changed); }

    /// UNAUTHENTICATED or FORBIDDEN, or who it is; SERVICE_INIT_FAILED when the tokens cannot be loaded. A token nobody
    /// knows may have been made a moment ago by another process, so it is looked for in the store once before it is
    /// refused: `done` may be called later.
    void authenticate(Presented presented, std::function<void(Result<Principal>)> done);
    /// The same without another look into the store.
    Result<Principal> check(const Presented &presented) const;
    /// False when the token behind `principal` was revoked or has expired.
    bool isStillGood(const Principal &principal) const;

    struct Ticket
    {
        std::string text;
        WallMs expiresAt = 0;
    };
    /// A ticket for `principal`, good once, for 30 s, from `origin`.
    Result<Ticket> issueTicket(const Principal &principal, const std::string &origin);
    Result<Principal> redeemTicket(const std::string &ticket, const std::string &origin);

private:
    struct IssuedTicket
    {
        Principal principal;
        std::string origin;
        MonotonicTime expires;
    };

    struct Waiting
    {
        Waiting(Schedule &schedule)
            : patience(schedule)
        {
        }
        Presented presented;
        std::function<void(Result<Principal>)> done;
        Alarm patience;
    };

    void lookUp(Presented presented, std::function<void(Result<Principal>)> done);
    void wait(Presented presented, std::function<void(Result<Principal>)> done);
    Result<Principal> checkToken(const Secret &token, const std::string &claimedUser) const;
    Result<Principal> checkAnonymous(const Presented &presented) const;
    bool isGood(const TokenRecord &token) const;
    void dropOldTickets();

    const Hub &hub_;
    bool anonymousLoopback_ = true;
    std::unordered_map<std::string, TokenRecord> byHash_;
    std::unordered_map<std::string, std::string> hashById_;
    std::unordered_map<std::string, IssuedTicket> tickets_; ///< by SHA-256 of the ticket
    std::vector<std::function<void()>> reloading_;          ///< who waits for the load under way
    std::vector<std::shared_ptr<Waiting>> untilKnown_;      ///< who waits for the first load
    bool knowsTokens_ = false;
    std::vector<std::pair<Presented, std::function<void(Result<Principal>)>>> unknown_; ///< who waits for the next look
    std::optional<MonotonicTime> lastLookUp_;
    Alarm lookUp_;
    std::function<void()> changed_;
};

/// A name that may stand for a user: 1..128 bytes of UTF-8 without control characters or white space at its ends.
bool isUserName(std::string_view name);

} // namespace orchestra
