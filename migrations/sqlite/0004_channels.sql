-- What each channel remembers, what it took in, and which own addresses stand on block lists.
CREATE TABLE channels (
    name TEXT PRIMARY KEY,
    held_by TEXT,
    held_until INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    ok_at INTEGER,
    news_at INTEGER,
    failing_since INTEGER,
    failures INTEGER NOT NULL,
    problem TEXT,
    problem_at INTEGER,
    alarm TEXT,
    mark TEXT NOT NULL
) STRICT;
-- Mails of a mailbox (UIDVALIDITY.UID) whose bytes are durable but which may still lie in its folder: written with the
-- report, so that a crash before the move does not make a second report of the same mail.
CREATE TABLE channel_items (
    channel TEXT NOT NULL,
    item TEXT NOT NULL,
    report_id BLOB NOT NULL REFERENCES reports (id),
    taken_at INTEGER NOT NULL,
    PRIMARY KEY (channel, item)
) STRICT;
CREATE TABLE channel_days (
    channel TEXT NOT NULL,
    day INTEGER NOT NULL,
    received INTEGER NOT NULL,
    duplicates INTEGER NOT NULL,
    refused INTEGER NOT NULL,
    PRIMARY KEY (channel, day)
) STRICT;
CREATE TABLE turned_away (
    id BLOB PRIMARY KEY,
    channel TEXT NOT NULL,
    at INTEGER NOT NULL,
    what TEXT NOT NULL,
    reason TEXT NOT NULL
) STRICT;
CREATE INDEX turned_away_at ON turned_away (at);
CREATE TABLE listings (
    id BLOB PRIMARY KEY,
    channel TEXT NOT NULL,
    zone TEXT NOT NULL,
    address BLOB NOT NULL,
    answers TEXT NOT NULL,
    reason TEXT NOT NULL,
    listed_at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL,
    cleared_at INTEGER,
    report_id BLOB NOT NULL REFERENCES reports (id)
) STRICT;
-- An address stands on a list once at a time.
CREATE UNIQUE INDEX listings_now ON listings (channel, address) WHERE cleared_at IS NULL;
