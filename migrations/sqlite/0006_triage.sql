-- Mail to reporters, and what they were asked.
CREATE TABLE letters (
    id BLOB PRIMARY KEY,
    kind TEXT NOT NULL,
    report_id BLOB NOT NULL REFERENCES reports (id),
    recipient TEXT NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    message_id TEXT NOT NULL UNIQUE,
    in_reply_to TEXT NOT NULL,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    answer TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    next_at INTEGER NOT NULL,
    sent_at INTEGER
) STRICT;
CREATE INDEX letters_created ON letters (created_at, id);
CREATE INDEX letters_report ON letters (report_id, created_at);
CREATE INDEX letters_recipient ON letters (recipient, kind, created_at);
-- Found by the SHA-256 of the secret in the link.
CREATE TABLE questions (
    id BLOB PRIMARY KEY,
    report_id BLOB NOT NULL REFERENCES reports (id),
    secret_hash BLOB NOT NULL UNIQUE,
    recipient TEXT NOT NULL,
    lacking TEXT NOT NULL,
    asked_by TEXT NOT NULL,
    asked_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    answered_at INTEGER,
    answer TEXT NOT NULL
) STRICT;
CREATE INDEX questions_report ON questions (report_id, asked_at);
CREATE INDEX questions_open ON questions (expires_at) WHERE answered_at IS NULL;
