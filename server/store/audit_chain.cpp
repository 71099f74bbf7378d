// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/store/audit_chain.h"

#include "server/store/schema.h"
#include "server/store/table_access.h"
#include "shared/wire/error_table.h"

#include <QCryptographicHash>

#include <algorithm>
#include <limits>
#include <unistd.h>

namespace orchestra {
namespace {

constexpr std::chrono::seconds kPatience{5}; ///< with another process that has the database to itself

#define AUDIT_COLUMNS                                                                                                  \
    "audit_index, at, actor, role, action, target, state_before, state_after, reason, result, request_id, "            \
    "previous_hash, hash FROM audit "

AuditEntry readEntry(const SqliteRows &rows)
{
    AuditEntry entry;
    entry.row.index = rows.count(0);
    entry.row.at.ms = rows.integer(1);
    entry.row.actor = rows.text(2);
    entry.row.role = rows.text(3);
    entry.row.action = rows.text(4);
    entry.row.target = rows.text(5);
    entry.row.before = rows.text(6);
    entry.row.after = rows.text(7);
    entry.row.reason = rows.text(8);
    entry.row.result = rows.text(9);
    entry.row.requestId = rows.text(10);
    entry.previousHash = rows.bytes(11);
    entry.hash = rows.bytes(12);
    return entry;
}

bool isUntouched(const AuditEntry &entry)
{
    return auditHash(entry.previousHash, entry.row) == entry.hash;
}

Error changed(std::uint64_t index)
{
    return damaged("row " + std::to_string(index) + " of the audit log is not what was written");
}

/// What is wrong with `entry` after a row of index and hash `last`.
std::optional<Error> flawOf(const AuditEntry &entry, const AuditEnd &last)
{
    if (entry.row.index != last.lastIndex + 1)
        return damaged("row " + std::to_string(last.lastIndex + 1) + " of the audit log is missing");
    if (!isUntouched(entry))
        return changed(entry.row.index);
    if (entry.previousHash != last.lastHash)
        return damaged("row " + std::to_string(entry.row.index) +
                       " of the audit log does not follow the row before it: that one is not what was written");
    return std::nullopt;
}

} // namespace

std::string auditHash(std::string_view previousHash, const wire::AuditRow &row)
{
    QCryptographicHash hash(QCryptographicHash::Sha256);
    const auto add = [&hash](std::string_view text) {
        const std::string length = std::to_string(text.size()) + ":";
        hash.addData(QByteArrayView(length.data(), static_cast<qsizetype>(length.size())));
        hash.addData(QByteArrayView(text.data(), static_cast<qsizetype>(text.size())));
    };
    add(previousHash);
    add(std::to_string(row.index));
    add(std::to_string(row.at.ms));
    for (const std::string *text : {&row.actor, &row.role, &row.action, &row.target, &row.before, &row.after,
                                    &row.reason, &row.result, &row.requestId})
        add(*text);
    return hash.result().toStdString();
}

Result<AuditEnd> walkAudit(SqliteConnection &database, const std::function<void(const AuditEntry &)> &each)
{
    AuditEnd end;
    {
        auto rows = database.query("SELECT " AUDIT_COLUMNS "ORDER BY audit_index");
        while (rows.next()) {
            const AuditEntry entry = readEntry(rows);
            if (!end.flaw)
                end.flaw = flawOf(entry, end);
            ++end.rows;
            end.lastIndex = entry.row.index;
            end.lastHash = entry.hash;
            if (each)
                each(entry);
        }
    }
    if (database.hasFailed())
        return database.failure().toError();
    return end;
}

Result<AuditEnd> walkAuditOf(const std::string &dataDir, const std::function<void(const AuditEntry &)> &each)
{
    const std::string path = dataDir + "/orchestra.db";
    if (::access(path.c_str(), F_OK) != 0)
        return makeError(Code::NotFound, "there is no database " + path);
    auto database = SqliteConnection::open(path, kPatience, SqliteConnection::Use::Read);
    if (!database)
        return database.error();
    const auto state = inspectSchema(**database, knownMigrations().size());
    if (!state)
        return state.error();
    if (state->isEmpty)
        return AuditEnd{};
    return walkAudit(**database, each);
}

Result<std::uint64_t> execute(TableAccess &tables, const AppendAudit &request)
{
    wire::AuditRow row = request.audit;
    std::string previousHash;
    row.index = 1;
    {
        auto rows = tables.database.query("SELECT audit_index, hash FROM audit ORDER BY audit_index DESC LIMIT 1");
        if (rows.next()) {
            row.index = rows.count(0) + 1;
            previousHash = rows.bytes(1);
        }
    }
    tables.database.run(
        "INSERT INTO audit (audit_index, at, actor, role, action, target, state_before, state_after, "
        "reason, result, request_id, previous_hash, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        row.index, row.at.ms, row.actor, row.role, row.action, row.target, row.before, row.after, row.reason,
        row.result, row.requestId, Blob{previousHash}, Blob{auditHash(previousHash, row)});
    return row.index;
}

Result<AuditPage> execute(TableAccess &tables, const ReadAudit &request)
{
    const std::size_t limit = std::max<std::size_t>(1, request.limit);
    const std::int64_t before = request.beforeIndex > 0 ? static_cast<std::int64_t>(request.beforeIndex)
                                                        : std::numeric_limits<std::int64_t>::max();
    AuditPage page;
    std::optional<std::uint64_t> touched;
    const auto read = [&](SqliteRows rows) {
        while (!touched && rows.next()) {
            if (page.rows.size() == limit) {
                page.more = true;
                break;
            }
            AuditEntry entry = readEntry(rows);
            if (!isUntouched(entry))
                touched = entry.row.index;
            page.rows.push_back(std::move(entry.row));
        }
    };
    // One more than asked for tells whether there are more.
    if (request.target.empty())
        read(tables.database.query("SELECT " AUDIT_COLUMNS "WHERE audit_index < ? ORDER BY audit_index DESC LIMIT ?",
                                   before, limit + 1));
    else
        read(tables.database.query("SELECT " AUDIT_COLUMNS "WHERE target = ? AND audit_index < ? "
                                   "ORDER BY audit_index DESC LIMIT ?",
                                   request.target, before, limit + 1));
    if (touched)
        return changed(*touched);
    return page;
}

} // namespace orchestra
