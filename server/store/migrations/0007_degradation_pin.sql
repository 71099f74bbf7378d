-- SPDX-License-Identifier: GPL-3.0-or-later
-- The level of degradation that an operator holds for a time; no row when nobody does.

CREATE TABLE degradation_pin (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    level INTEGER NOT NULL,
    actor TEXT NOT NULL,
    reason TEXT NOT NULL,
    ends_at INTEGER NOT NULL
) STRICT;
