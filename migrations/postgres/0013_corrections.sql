-- Events that were laid to the wrong customer: what was decided, and where they went.
CREATE TABLE corrections (
    id UUID PRIMARY KEY,
    from_case UUID NOT NULL REFERENCES cases (id),
    to_case UUID REFERENCES cases (id),
    events BIGINT NOT NULL,
    closed BOOLEAN NOT NULL,
    reason TEXT NOT NULL,
    made_by TEXT NOT NULL,
    made_at BIGINT NOT NULL
);
CREATE INDEX corrections_from ON corrections (from_case, made_at);
CREATE INDEX corrections_to ON corrections (to_case, made_at) WHERE to_case IS NOT NULL;
-- A question about one event of a report that was understood; none: about the whole report, which waits for the answer.
ALTER TABLE questions ADD COLUMN event_id UUID REFERENCES events (id);
CREATE INDEX questions_event ON questions (event_id, asked_at) WHERE event_id IS NOT NULL;
