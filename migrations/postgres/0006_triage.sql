-- Mail to reporters, and what they were asked.
CREATE TABLE letters (
    id UUID PRIMARY KEY,
    kind TEXT NOT NULL,
    report_id UUID NOT NULL REFERENCES reports (id),
    recipient TEXT NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    message_id TEXT NOT NULL UNIQUE,
    in_reply_to TEXT NOT NULL,
    state TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    answer TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    next_at BIGINT NOT NULL,
    sent_at BIGINT
);
CREATE INDEX letters_created ON letters (created_at, id);
CREATE INDEX letters_report ON letters (report_id, created_at);
CREATE INDEX letters_recipient ON letters (recipient, kind, created_at);
-- Found by the SHA-256 of the secret in the link.
CREATE TABLE questions (
    id UUID PRIMARY KEY,
    report_id UUID NOT NULL REFERENCES reports (id),
    secret_hash BYTEA NOT NULL UNIQUE,
    recipient TEXT NOT NULL,
    lacking TEXT NOT NULL,
    asked_by TEXT NOT NULL,
    asked_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    answered_at BIGINT,
    answer TEXT NOT NULL
);
CREATE INDEX questions_report ON questions (report_id, asked_at);
CREATE INDEX questions_open ON questions (expires_at) WHERE answered_at IS NULL;
