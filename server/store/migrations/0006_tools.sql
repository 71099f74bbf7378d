-- SPDX-License-Identifier: GPL-3.0-or-later
-- The tools of other programs as an operator, or the first look at their server, has accepted them.

CREATE TABLE tool_pins (
    server TEXT NOT NULL,
    tool TEXT NOT NULL,
    digest TEXT NOT NULL, -- SHA-256 of the definition in lower-case hexadecimal
    definition TEXT NOT NULL,
    accepted_at INTEGER NOT NULL,
    accepted_by TEXT NOT NULL,
    PRIMARY KEY (server, tool)
) STRICT, WITHOUT ROWID;
