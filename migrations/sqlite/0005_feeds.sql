-- Feeds that people map: one row a feed, its saved versions, and which version read which report.
CREATE TABLE feeds (
    id BLOB PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    version INTEGER NOT NULL,
    token_id BLOB REFERENCES tokens (id),
    created_at INTEGER NOT NULL,
    retired_at INTEGER,
    reports INTEGER NOT NULL,
    rows_read INTEGER NOT NULL,
    rows_bad INTEGER NOT NULL,
    last_report_id BLOB REFERENCES reports (id),
    last_report_at INTEGER,
    alarm TEXT,
    alarm_text TEXT,
    alarm_at INTEGER,
    alarm_report_id BLOB REFERENCES reports (id)
) STRICT;
-- What is posted with a token is read by one feed.
CREATE UNIQUE INDEX feeds_token ON feeds (token_id) WHERE token_id IS NOT NULL AND retired_at IS NULL;
-- A saved version never changes.
CREATE TABLE feed_versions (
    feed_id BLOB NOT NULL REFERENCES feeds (id),
    version INTEGER NOT NULL,
    profile TEXT NOT NULL,
    saved_by TEXT NOT NULL,
    saved_at INTEGER NOT NULL,
    PRIMARY KEY (feed_id, version)
) STRICT;
-- version 0: the feed was named, but the report is not read yet.
CREATE TABLE report_feeds (
    report_id BLOB PRIMARY KEY REFERENCES reports (id),
    feed_id BLOB NOT NULL REFERENCES feeds (id),
    version INTEGER NOT NULL,
    named INTEGER NOT NULL
) STRICT;
CREATE INDEX report_feeds_feed ON report_feeds (feed_id, report_id);
