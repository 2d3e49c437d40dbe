-- Who vouches, what he is worth to us, and what we tell him.
CREATE TABLE reporters (
    name TEXT PRIMARY KEY,
    first_at BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    switched_on BOOLEAN NOT NULL,
    weight BIGINT NOT NULL,
    never_automatic BOOLEAN NOT NULL,
    feedback TEXT NOT NULL,
    feedback_by TEXT NOT NULL,
    feedback_to TEXT NOT NULL,
    reason TEXT NOT NULL,
    changed_by TEXT NOT NULL,
    changed_at BIGINT,
    version BIGINT NOT NULL
);
-- Reports by day: how many, how many of them no machine understood, new events, events said before.
CREATE TABLE reporter_days (
    day BIGINT NOT NULL,
    reporter TEXT NOT NULL,
    reports BIGINT NOT NULL,
    parked BIGINT NOT NULL,
    events BIGINT NOT NULL,
    repeated BIGINT NOT NULL,
    PRIMARY KEY (day, reporter)
);
CREATE INDEX reporter_days_reporter ON reporter_days (reporter, day);
-- How old the events with a stated time were when they came: minutes is the step of the scale they fell into.
CREATE TABLE reporter_ages (
    day BIGINT NOT NULL,
    reporter TEXT NOT NULL,
    minutes BIGINT NOT NULL,
    events BIGINT NOT NULL,
    PRIMARY KEY (day, reporter, minutes)
);
-- Closed cases by the reporters whose events are on them.
CREATE TABLE reporter_cases (
    case_id UUID NOT NULL REFERENCES cases (id),
    reporter TEXT NOT NULL,
    outcome TEXT NOT NULL,
    closed_at BIGINT NOT NULL,
    PRIMARY KEY (case_id, reporter)
);
CREATE INDEX reporter_cases_closed ON reporter_cases (closed_at, reporter, outcome);
CREATE INDEX reporter_cases_reporter ON reporter_cases (reporter, closed_at);
INSERT INTO reporter_cases (case_id, reporter, outcome, closed_at)
    SELECT DISTINCT c.id, e.reporter, c.outcome, c.closed_at FROM cases c JOIN events e ON e.case_id = c.id
    WHERE c.state = 'closed' AND c.outcome IS NOT NULL AND c.closed_at IS NOT NULL;
-- What the delivery of a mailed report showed: what our own server had checked, and whether a machine may answer.
CREATE TABLE provenances (
    report_id UUID PRIMARY KEY REFERENCES reports (id),
    reporter TEXT NOT NULL,
    received_at BIGINT NOT NULL,
    standing TEXT NOT NULL,
    verdicts TEXT NOT NULL,
    message_id TEXT NOT NULL,
    silent TEXT NOT NULL
);
CREATE INDEX provenances_reporter ON provenances (reporter, received_at, standing);
-- Senders and reporters whose reports are filed away unread.
CREATE TABLE sender_marks (
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    reason TEXT NOT NULL,
    marked_by TEXT NOT NULL,
    marked_at BIGINT NOT NULL,
    PRIMARY KEY (kind, name)
);
-- Parked reports that were filed with the mark: taken back, they are parked again.
CREATE TABLE sender_mark_reports (
    report_id UUID PRIMARY KEY REFERENCES reports (id),
    kind TEXT NOT NULL,
    name TEXT NOT NULL
);
CREATE INDEX sender_mark_reports_mark ON sender_mark_reports (kind, name);
CREATE INDEX reports_reporter ON reports (reporter, received_at) WHERE reporter IS NOT NULL;
-- Who reported before this table was there.
INSERT INTO reporters (name, first_at, last_at, switched_on, weight, never_automatic, feedback, feedback_by,
        feedback_to, reason, changed_by, changed_at, version)
    SELECT reporter, MIN(received_at), MAX(received_at), TRUE, 5, FALSE, 'none', 'mail', '', '', '', NULL, 0
    FROM reports WHERE reporter IS NOT NULL GROUP BY reporter;
INSERT INTO reporter_days (day, reporter, reports, parked, events, repeated)
    SELECT received_at / 86400000000, reporter, COUNT(*), SUM(CASE WHEN state = 'parked' THEN 1 ELSE 0 END),
        CAST(SUM(events) AS BIGINT), 0
    FROM reports WHERE reporter IS NOT NULL GROUP BY received_at / 86400000000, reporter;
