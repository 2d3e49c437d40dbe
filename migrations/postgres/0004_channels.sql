-- What each channel remembers, what it took in, and which own addresses stand on block lists.
CREATE TABLE channels (
    name TEXT PRIMARY KEY,
    held_by TEXT,
    held_until BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    ok_at BIGINT,
    news_at BIGINT,
    failing_since BIGINT,
    failures BIGINT NOT NULL,
    problem TEXT,
    problem_at BIGINT,
    alarm TEXT,
    mark TEXT NOT NULL
);
-- Mails of a mailbox (UIDVALIDITY.UID) whose bytes are durable but which may still lie in its folder: written with the
-- report, so that a crash before the move does not make a second report of the same mail.
CREATE TABLE channel_items (
    channel TEXT NOT NULL,
    item TEXT NOT NULL,
    report_id UUID NOT NULL REFERENCES reports (id),
    taken_at BIGINT NOT NULL,
    PRIMARY KEY (channel, item)
);
CREATE TABLE channel_days (
    channel TEXT NOT NULL,
    day BIGINT NOT NULL,
    received BIGINT NOT NULL,
    duplicates BIGINT NOT NULL,
    refused BIGINT NOT NULL,
    PRIMARY KEY (channel, day)
);
CREATE TABLE turned_away (
    id UUID PRIMARY KEY,
    channel TEXT NOT NULL,
    at BIGINT NOT NULL,
    what TEXT NOT NULL,
    reason TEXT NOT NULL
);
CREATE INDEX turned_away_at ON turned_away (at);
CREATE TABLE listings (
    id UUID PRIMARY KEY,
    channel TEXT NOT NULL,
    zone TEXT NOT NULL,
    address BYTEA NOT NULL,
    answers TEXT NOT NULL,
    reason TEXT NOT NULL,
    listed_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    cleared_at BIGINT,
    report_id UUID NOT NULL REFERENCES reports (id)
);
-- An address stands on a list once at a time.
CREATE UNIQUE INDEX listings_now ON listings (channel, address) WHERE cleared_at IS NULL;
