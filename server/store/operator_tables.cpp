// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/store/table_access.h"
#include "shared/wire/error_table.h"

namespace orchestra {

Result<TokenRecords> execute(TableAccess &tables, const LoadTokens &)
{
    TokenRecords loaded;
    auto rows = tables.database.query("SELECT token_id, hash, user_id, role, created_at, expires_at, revoked_at, note "
                                      "FROM tokens ORDER BY created_at, token_id");
    while (rows.next()) {
        TokenRecord token;
        token.tokenId = rows.text(0);
        token.hash = rows.text(1);
        token.userId = rows.text(2);
        const auto role = valueOf<Role>(rows.text(3));
        if (!role)
            return damaged("token " + token.tokenId + " has no known role");
        token.role = *role;
        token.createdAt = rows.integer(4);
        token.expiresAt = rows.optionalInteger(5);
        token.revokedAt = rows.optionalInteger(6);
        token.note = rows.text(7);
        loaded.tokens.push_back(std::move(token));
    }
    return loaded;
}

Result<Ok> execute(TableAccess &tables, const AddToken &request)
{
    const TokenRecord &token = request.token;
    const auto added = tables.database.run(
        "INSERT INTO tokens (token_id, hash, user_id, role, created_at, expires_at, revoked_at, note) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        token.tokenId, token.hash, token.userId, nameOf(token.role), token.createdAt, token.expiresAt, token.revokedAt,
        token.note);
    return added > 0 ? Result<Ok>(Ok{}) : makeError(Code::Conflict, "there is such a token already");
}

Result<Ok> execute(TableAccess &tables, const RevokeToken &request)
{
    // Revoking again is Ok and keeps the first time.
    const auto revoked = tables.database.run(
        "UPDATE tokens SET revoked_at = coalesce(revoked_at, ?) WHERE token_id = ?", request.at, request.tokenId);
    return revoked > 0 ? Result<Ok>(Ok{}) : makeError(Code::NotFound, "there is no such token");
}

Result<FlagRecords> execute(TableAccess &tables, const LoadFlags &)
{
    FlagRecords loaded;
    auto rows = tables.database.query("SELECT name, enabled, percent, description, owner, changed_at, changed_by, "
                                      "evaluations, last_seen, revision FROM flags ORDER BY name");
    while (rows.next()) {
        wire::FlagRow flag;
        flag.name = rows.text(0);
        flag.enabled = rows.integer(1) != 0;
        flag.percent = rows.count(2);
        flag.description = rows.text(3);
        flag.owner = rows.text(4);
        flag.changedAt.ms = rows.integer(5);
        flag.changedBy = rows.text(6);
        flag.evaluations = rows.count(7);
        if (const auto lastSeen = rows.optionalInteger(8))
            flag.lastSeen = wire::Timestamp{*lastSeen};
        flag.revision = rows.count(9);
        loaded.flags.push_back(std::move(flag));
    }
    return loaded;
}

Result<Ok> execute(TableAccess &tables, const SaveFlag &request)
{
    const wire::FlagRow &flag = request.flag;
    tables.database.run(
        "INSERT INTO flags (name, enabled, percent, description, owner, changed_at, changed_by, evaluations, "
        "last_seen, revision) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (name) DO UPDATE SET enabled = excluded.enabled, percent = excluded.percent, "
        "description = excluded.description, owner = excluded.owner, changed_at = excluded.changed_at, "
        "changed_by = excluded.changed_by, evaluations = excluded.evaluations, last_seen = excluded.last_seen, "
        "revision = excluded.revision",
        flag.name, flag.enabled, flag.percent, flag.description, flag.owner, flag.changedAt.ms, flag.changedBy,
        flag.evaluations, flag.lastSeen ? std::optional(flag.lastSeen->ms) : std::nullopt, flag.revision);
    const auto audited = execute(tables, AppendAudit{request.audit});
    return audited ? Result<Ok>(Ok{}) : audited.error();
}

Result<Ok> execute(TableAccess &tables, const ProbeWrite &request)
{
    tables.database.run("INSERT INTO meta (key, value) VALUES ('probed_at', ?) "
                        "ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                        std::to_string(request.at));
    return Ok{};
}

Result<PinnedLevel> execute(TableAccess &tables, const LoadDegradationPin &)
{
    PinnedLevel loaded;
    auto rows = tables.database.query("SELECT level, actor, reason, ends_at FROM degradation_pin");
    if (rows.next())
        loaded.pin = DegradationPin{rows.count(0), rows.text(1), rows.text(2), rows.integer(3)};
    return loaded;
}

Result<Ok> execute(TableAccess &tables, const SaveDegradationPin &request)
{
    if (!request.pin)
        tables.database.run("DELETE FROM degradation_pin");
    else
        tables.database.run("INSERT OR REPLACE INTO degradation_pin (id, level, actor, reason, ends_at) "
                            "VALUES (1, ?, ?, ?, ?)",
                            request.pin->level, request.pin->actor, request.pin->reason, request.pin->until);
    return Ok{};
}

} // namespace orchestra
