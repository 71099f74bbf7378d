-- SPDX-License-Identifier: GPL-3.0-or-later
-- Full-text search over messages. The text stays in `messages`; the index refers to it by key.
-- `owner` is the user id in hexadecimal, so that it is one word: a search reads only its own user's entries.

CREATE VIEW message_texts AS
    SELECT m.message_key, hex(t.user_id) AS owner, m.content
    FROM messages m JOIN threads t USING (thread_key);

CREATE VIRTUAL TABLE message_index USING fts5 (
    owner, content,
    content = 'message_texts', content_rowid = 'message_key',
    tokenize = 'unicode61 remove_diacritics 2'
);

CREATE TRIGGER message_indexed AFTER INSERT ON messages BEGIN
    INSERT INTO message_index (rowid, owner, content)
        SELECT new.message_key, hex(user_id), new.content FROM threads WHERE thread_key = new.thread_key;
END;

CREATE TRIGGER message_unindexed AFTER DELETE ON messages BEGIN
    INSERT INTO message_index (message_index, rowid, owner, content)
        SELECT 'delete', old.message_key, hex(user_id), old.content FROM threads WHERE thread_key = old.thread_key;
END;

-- A cascade would come after the thread has gone, and with it the owner that the index has to be told.
CREATE TRIGGER thread_messages_erased BEFORE DELETE ON threads BEGIN
    DELETE FROM messages WHERE thread_key = old.thread_key;
END;

CREATE TRIGGER message_is_fixed BEFORE UPDATE OF message_key, thread_key, content ON messages BEGIN
    SELECT raise(ABORT, 'a message never changes');
END;

INSERT INTO message_index (message_index) VALUES ('rebuild');
