// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/store/table_access.h"

namespace orchestra {

Result<ToolPins> execute(TableAccess &tables, const LoadToolPins &)
{
    ToolPins loaded;
    auto rows = tables.database.query(
        "SELECT server, tool, digest, definition, accepted_at, accepted_by FROM tool_pins ORDER BY server, tool");
    while (rows.next())
        loaded.pins.push_back({rows.text(0), rows.text(1), rows.text(2), rows.text(3), rows.integer(4), rows.text(5)});
    return loaded;
}

Result<Ok> execute(TableAccess &tables, const SaveToolPins &request)
{
    for (const ToolPin &pin : request.pins)
        tables.database.run("INSERT INTO tool_pins (server, tool, digest, definition, accepted_at, accepted_by) "
                            "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (server, tool) DO UPDATE SET "
                            "digest = excluded.digest, definition = excluded.definition, "
                            "accepted_at = excluded.accepted_at, accepted_by = excluded.accepted_by",
                            pin.server, pin.tool, pin.digest, pin.definition, pin.acceptedAt, pin.acceptedBy);
    if (!request.audit)
        return Ok{};
    const auto audited = execute(tables, AppendAudit{*request.audit});
    return audited ? Result<Ok>(Ok{}) : audited.error();
}

} // namespace orchestra
