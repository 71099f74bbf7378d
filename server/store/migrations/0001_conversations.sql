-- SPDX-License-Identifier: GPL-3.0-or-later
-- Threads, their messages and the tasks that answer them.
-- Ids are the 16 bytes of a UUID; stamps are milliseconds since 1970-01-01T00:00:00Z.

CREATE TABLE meta (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE threads (
    thread_key INTEGER PRIMARY KEY,
    thread_id BLOB NOT NULL UNIQUE CHECK (length(thread_id) = 16),
    user_id TEXT NOT NULL CHECK (user_id <> ''),
    session_id TEXT NOT NULL, -- empty: the default thread of no session
    title TEXT NOT NULL DEFAULT '',
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    epoch INTEGER NOT NULL DEFAULT 1 CHECK (epoch > 0),
    head INTEGER NOT NULL DEFAULT 0 CHECK (head >= 0), -- offset of the last durable event of the epoch
    message_count INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE UNIQUE INDEX threads_of_session ON threads (user_id, session_id) WHERE session_id <> '';
CREATE INDEX threads_of_user ON threads (user_id, updated_at, thread_id);

-- A message never changes once it is here, but for the offset that a user's message gets when its task ends.
CREATE TABLE messages (
    message_key INTEGER PRIMARY KEY, -- in the order of the events of a thread
    message_id BLOB NOT NULL UNIQUE CHECK (length(message_id) = 16),
    thread_key INTEGER NOT NULL REFERENCES threads ON DELETE CASCADE,
    task_key INTEGER NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('user', 'assistant')),
    content TEXT NOT NULL,
    at INTEGER NOT NULL,
    epoch INTEGER NOT NULL,
    event_offset INTEGER NOT NULL DEFAULT 0, -- 0: the event has no durable offset
    digest INTEGER NOT NULL -- of id, role, time and content: SQLite itself does not notice a flipped bit in a text
) STRICT;

CREATE INDEX messages_of_thread ON messages (thread_key);

-- One turn: its key is that of the user's message. `ref` with `body_hash` is what makes a resend harmless.
CREATE TABLE tasks (
    task_key INTEGER PRIMARY KEY REFERENCES messages (message_key) ON DELETE CASCADE,
    task_id BLOB NOT NULL UNIQUE CHECK (length(task_id) = 16),
    thread_key INTEGER NOT NULL,
    answer_id BLOB NOT NULL CHECK (length(answer_id) = 16),
    ref TEXT NOT NULL,
    body_hash TEXT NOT NULL,
    accepted_at INTEGER NOT NULL,
    checkpoint TEXT, -- the answer so far, while the task runs
    checkpoint_provenance TEXT, -- JSON
    checkpoint_at INTEGER,
    outcome TEXT, -- JSON of the terminal event without the answer's text; absent while the task runs
    ended_at INTEGER,
    agent TEXT NOT NULL DEFAULT '',
    intent TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE INDEX tasks_by_ref ON tasks (thread_key, ref);
CREATE INDEX tasks_unfinished ON tasks (thread_key) WHERE outcome IS NULL;
