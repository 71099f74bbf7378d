-- SPDX-License-Identifier: GPL-3.0-or-later
-- What operators see and change: access tokens, feature flags, the audit log, and users' feedback.

CREATE TABLE tokens (
    token_id TEXT PRIMARY KEY,
    hash TEXT NOT NULL UNIQUE, -- SHA-256 of the token in lower-case hexadecimal; the token itself is nowhere
    user_id TEXT NOT NULL,
    role TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER,
    revoked_at INTEGER,
    note TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;

CREATE TABLE flags (
    name TEXT PRIMARY KEY,
    enabled INTEGER NOT NULL,
    percent INTEGER NOT NULL CHECK (percent BETWEEN 0 AND 100),
    description TEXT NOT NULL,
    owner TEXT NOT NULL,
    changed_at INTEGER NOT NULL,
    changed_by TEXT NOT NULL,
    evaluations INTEGER NOT NULL,
    last_seen INTEGER,
    revision INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Append-only. Each row carries the hash of the one before it, so that a row that was changed or taken out shows.
CREATE TABLE audit (
    audit_index INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    role TEXT NOT NULL,
    action TEXT NOT NULL,
    target TEXT NOT NULL,
    state_before TEXT NOT NULL,
    state_after TEXT NOT NULL,
    reason TEXT NOT NULL,
    result TEXT NOT NULL,
    request_id TEXT NOT NULL,
    previous_hash BLOB NOT NULL,
    hash BLOB NOT NULL
) STRICT;

CREATE INDEX audit_of_target ON audit (target);

CREATE TRIGGER audit_is_fixed BEFORE UPDATE ON audit BEGIN
    SELECT raise(ABORT, 'the audit log is append-only');
END;
CREATE TRIGGER audit_is_kept BEFORE DELETE ON audit BEGIN
    SELECT raise(ABORT, 'the audit log is append-only');
END;

-- The last word of a user on an answer.
CREATE TABLE feedback (
    message_key INTEGER PRIMARY KEY REFERENCES messages (message_key) ON DELETE CASCADE,
    rating TEXT NOT NULL CHECK (rating IN ('up', 'down')),
    intent TEXT,
    comment TEXT,
    at INTEGER NOT NULL
) STRICT;
