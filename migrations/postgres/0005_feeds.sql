-- Feeds that people map: one row a feed, its saved versions, and which version read which report.
CREATE TABLE feeds (
    id UUID PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    version BIGINT NOT NULL,
    token_id UUID REFERENCES tokens (id),
    created_at BIGINT NOT NULL,
    retired_at BIGINT,
    reports BIGINT NOT NULL,
    rows_read BIGINT NOT NULL,
    rows_bad BIGINT NOT NULL,
    last_report_id UUID REFERENCES reports (id),
    last_report_at BIGINT,
    alarm TEXT,
    alarm_text TEXT,
    alarm_at BIGINT,
    alarm_report_id UUID REFERENCES reports (id)
);
-- What is posted with a token is read by one feed.
CREATE UNIQUE INDEX feeds_token ON feeds (token_id) WHERE token_id IS NOT NULL AND retired_at IS NULL;
-- A saved version never changes.
CREATE TABLE feed_versions (
    feed_id UUID NOT NULL REFERENCES feeds (id),
    version BIGINT NOT NULL,
    profile TEXT NOT NULL,
    saved_by TEXT NOT NULL,
    saved_at BIGINT NOT NULL,
    PRIMARY KEY (feed_id, version)
);
-- version 0: the feed was named, but the report is not read yet.
CREATE TABLE report_feeds (
    report_id UUID PRIMARY KEY REFERENCES reports (id),
    feed_id UUID NOT NULL REFERENCES feeds (id),
    version BIGINT NOT NULL,
    named BOOLEAN NOT NULL
);
CREATE INDEX report_feeds_feed ON report_feeds (feed_id, report_id);
