-- Copies and newer readings of events, reading stored reports again, and what was passed on to others.
-- The later event, and the earlier one it is a copy (copy) or a newer reading (reading) of.
CREATE TABLE event_links (
    event_id UUID NOT NULL REFERENCES events (id),
    kind TEXT NOT NULL,
    to_id UUID NOT NULL REFERENCES events (id),
    made_at BIGINT NOT NULL,
    PRIMARY KEY (event_id, kind)
);
CREATE INDEX event_links_to ON event_links (to_id, kind, made_at);
-- A reading that a newer one replaced does not count any more: the same observation may come again.
DROP INDEX events_fingerprint;
CREATE UNIQUE INDEX events_fingerprint ON events (fingerprint) WHERE state NOT IN ('duplicate', 'superseded');
-- Stored reports of a period, compared with what today's parsers make of them. cursor_at and cursor_id: the report
-- looked at last, so that the work goes on there after a crash.
CREATE TABLE rereads (
    id UUID PRIMARY KEY,
    made_at BIGINT NOT NULL,
    made_by TEXT NOT NULL,
    from_at BIGINT NOT NULL,
    to_at BIGINT NOT NULL,
    format TEXT NOT NULL,
    report_state TEXT NOT NULL,
    parser_version BIGINT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT NOT NULL,
    total BIGINT NOT NULL,
    looked BIGINT NOT NULL,
    cursor_at BIGINT NOT NULL,
    cursor_id UUID NOT NULL,
    ended_at BIGINT
);
CREATE INDEX rereads_made ON rereads (made_at);
-- Only the reports that read differently.
CREATE TABLE reread_reports (
    reread_id UUID NOT NULL REFERENCES rereads (id),
    report_id UUID NOT NULL REFERENCES reports (id),
    received_at BIGINT NOT NULL,
    old_state TEXT NOT NULL,
    new_state TEXT NOT NULL,
    added BIGINT NOT NULL,
    gone BIGINT NOT NULL,
    changed BIGINT NOT NULL,
    kept BIGINT NOT NULL,
    applied BOOLEAN NOT NULL,
    PRIMARY KEY (reread_id, report_id)
);
CREATE INDEX reread_reports_order ON reread_reports (reread_id, received_at, report_id);
-- What left the house: exactly these bytes, to whom, and what became of it.
CREATE TABLE passings (
    id UUID PRIMARY KEY,
    way TEXT NOT NULL,
    target TEXT NOT NULL,
    event_id UUID REFERENCES events (id),
    case_id UUID REFERENCES cases (id),
    events BIGINT NOT NULL,
    body TEXT NOT NULL,
    note TEXT NOT NULL,
    made_by TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    state TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    answer TEXT NOT NULL,
    next_at BIGINT NOT NULL,
    sent_at BIGINT
);
CREATE INDEX passings_event ON passings (event_id, made_at) WHERE event_id IS NOT NULL;
CREATE INDEX passings_case ON passings (case_id, made_at) WHERE case_id IS NOT NULL;
CREATE INDEX passings_made ON passings (made_at, id);
