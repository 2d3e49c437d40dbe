-- Copies and newer readings of events, reading stored reports again, and what was passed on to others.
-- The later event, and the earlier one it is a copy (copy) or a newer reading (reading) of.
CREATE TABLE event_links (
    event_id BLOB NOT NULL REFERENCES events (id),
    kind TEXT NOT NULL,
    to_id BLOB NOT NULL REFERENCES events (id),
    made_at INTEGER NOT NULL,
    PRIMARY KEY (event_id, kind)
) STRICT;
CREATE INDEX event_links_to ON event_links (to_id, kind, made_at);
-- A reading that a newer one replaced does not count any more: the same observation may come again.
DROP INDEX events_fingerprint;
CREATE UNIQUE INDEX events_fingerprint ON events (fingerprint) WHERE state NOT IN ('duplicate', 'superseded');
-- Stored reports of a period, compared with what today's parsers make of them. cursor_at and cursor_id: the report
-- looked at last, so that the work goes on there after a crash.
CREATE TABLE rereads (
    id BLOB PRIMARY KEY,
    made_at INTEGER NOT NULL,
    made_by TEXT NOT NULL,
    from_at INTEGER NOT NULL,
    to_at INTEGER NOT NULL,
    format TEXT NOT NULL,
    report_state TEXT NOT NULL,
    parser_version INTEGER NOT NULL,
    state TEXT NOT NULL,
    reason TEXT NOT NULL,
    total INTEGER NOT NULL,
    looked INTEGER NOT NULL,
    cursor_at INTEGER NOT NULL,
    cursor_id BLOB NOT NULL,
    ended_at INTEGER
) STRICT;
CREATE INDEX rereads_made ON rereads (made_at);
-- Only the reports that read differently.
CREATE TABLE reread_reports (
    reread_id BLOB NOT NULL REFERENCES rereads (id),
    report_id BLOB NOT NULL REFERENCES reports (id),
    received_at INTEGER NOT NULL,
    old_state TEXT NOT NULL,
    new_state TEXT NOT NULL,
    added INTEGER NOT NULL,
    gone INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    kept INTEGER NOT NULL,
    applied INTEGER NOT NULL,
    PRIMARY KEY (reread_id, report_id)
) STRICT;
CREATE INDEX reread_reports_order ON reread_reports (reread_id, received_at, report_id);
-- What left the house: exactly these bytes, to whom, and what became of it.
CREATE TABLE passings (
    id BLOB PRIMARY KEY,
    way TEXT NOT NULL,
    target TEXT NOT NULL,
    event_id BLOB REFERENCES events (id),
    case_id BLOB REFERENCES cases (id),
    events INTEGER NOT NULL,
    body TEXT NOT NULL,
    note TEXT NOT NULL,
    made_by TEXT NOT NULL,
    made_at INTEGER NOT NULL,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    answer TEXT NOT NULL,
    next_at INTEGER NOT NULL,
    sent_at INTEGER
) STRICT;
CREATE INDEX passings_event ON passings (event_id, made_at) WHERE event_id IS NOT NULL;
CREATE INDEX passings_case ON passings (case_id, made_at) WHERE case_id IS NOT NULL;
CREATE INDEX passings_made ON passings (made_at, id);
