-- SPDX-License-Identifier: GPL-3.0-or-later
-- What users have asked to be remembered, and what their feedback teaches.

-- `number` is what its user calls a memory; it is given again once the last one was forgotten.
CREATE TABLE memories (
    memory_key INTEGER PRIMARY KEY,
    user_id TEXT NOT NULL CHECK (user_id <> ''),
    number INTEGER NOT NULL CHECK (number > 0),
    content TEXT NOT NULL,
    at INTEGER NOT NULL,
    UNIQUE (user_id, number)
) STRICT;

-- Full-text search, by user as in the index of messages: `owner` is the user id in hexadecimal.
CREATE VIEW memory_texts AS
    SELECT memory_key, hex(user_id) AS owner, content FROM memories;

CREATE VIRTUAL TABLE memory_index USING fts5 (
    owner, content,
    content = 'memory_texts', content_rowid = 'memory_key',
    tokenize = 'unicode61 remove_diacritics 2'
);

CREATE TRIGGER memory_indexed AFTER INSERT ON memories BEGIN
    INSERT INTO memory_index (rowid, owner, content) VALUES (new.memory_key, hex(new.user_id), new.content);
END;

CREATE TRIGGER memory_unindexed AFTER DELETE ON memories BEGIN
    INSERT INTO memory_index (memory_index, rowid, owner, content)
        VALUES ('delete', old.memory_key, hex(old.user_id), old.content);
END;

CREATE TRIGGER memory_is_fixed BEFORE UPDATE ON memories BEGIN
    SELECT raise(ABORT, 'a memory never changes');
END;

-- Who has turned the memory on or off; nobody else has chosen.
CREATE TABLE memory_choices (
    user_id TEXT PRIMARY KEY CHECK (user_id <> ''),
    is_on INTEGER NOT NULL,
    at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- A label teaches its own user's messages to be read; one of an operator everybody's.
ALTER TABLE feedback ADD COLUMN is_shared INTEGER NOT NULL DEFAULT 0;
ALTER TABLE feedback ADD COLUMN reverted_at INTEGER; -- an operator has taken the label back
CREATE INDEX feedback_labels ON feedback (at) WHERE intent IS NOT NULL AND reverted_at IS NULL;
