// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/store/audit_chain.h"

#include "server/store/table_access.h"
#include "shared/wire/error_table.h"

#include <QCryptographicHash>

#include <algorithm>
#include <limits>

namespace orchestra {
namespace {

#define AUDIT_COLUMNS                                                                                                  \
    "audit_index, at, actor, role, action, target, state_before, state_after, reason, result, request_id, "            \
    "previous_hash, hash FROM audit "

struct LinkedRow
{
    wire::AuditRow row;
    std::string previousHash;
    std::string hash;
};

LinkedRow readLinked(const SqliteRows &rows)
{
    LinkedRow linked;
    linked.row.index = rows.count(0);
    linked.row.at.ms = rows.integer(1);
    linked.row.actor = rows.text(2);
    linked.row.role = rows.text(3);
    linked.row.action = rows.text(4);
    linked.row.target = rows.text(5);
    linked.row.before = rows.text(6);
    linked.row.after = rows.text(7);
    linked.row.reason = rows.text(8);
    linked.row.result = rows.text(9);
    linked.row.requestId = rows.text(10);
    linked.previousHash = rows.bytes(11);
    linked.hash = rows.bytes(12);
    return linked;
}

bool isUntouched(const LinkedRow &linked)
{
    return auditHash(linked.previousHash, linked.row) == linked.hash;
}

Error changed(std::uint64_t index)
{
    return damaged("row " + std::to_string(index) +
                   " of the audit log is not what was written, or the row before it "
                   "is missing");
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

Result<std::uint64_t> verifyAudit(SqliteConnection &database)
{
    std::uint64_t count = 0;
    std::string previousHash;
    {
        auto rows = database.query("SELECT " AUDIT_COLUMNS "ORDER BY audit_index");
        while (rows.next()) {
            const LinkedRow linked = readLinked(rows);
            if (linked.row.index != count + 1 || linked.previousHash != previousHash || !isUntouched(linked))
                return changed(count + 1);
            previousHash = linked.hash;
            ++count;
        }
    }
    if (database.hasFailed())
        return database.failure().toError();
    return count;
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
            LinkedRow linked = readLinked(rows);
            if (!isUntouched(linked))
                touched = linked.row.index;
            page.rows.push_back(std::move(linked.row));
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
