-- SPDX-License-Identifier: GPL-3.0-or-later
-- How circuit breakers changed their states, for a day; what an override did, for as long as it lasts.

CREATE TABLE breaker_transitions (
    transition_index INTEGER PRIMARY KEY,
    breaker TEXT NOT NULL,
    from_state TEXT NOT NULL,
    to_state TEXT NOT NULL,
    at INTEGER NOT NULL,
    cause TEXT NOT NULL,
    actor TEXT,
    override_until INTEGER
) STRICT;

CREATE INDEX transitions_of_breaker ON breaker_transitions (breaker, transition_index);
CREATE INDEX transitions_by_age ON breaker_transitions (at);
