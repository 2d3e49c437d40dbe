-- What keeps pages quick when the desk grows: small tables of what waits, and an index for each order of the queue.

-- What waits for a decision, one row a line of the inbox, kept by the triggers below: who orders a million waiting events
-- reads a row for each customer and category instead. Filled from the events alone and always equal to them, but for
-- last_at and received_at: they order the list, and do not go back when only a part of a group leaves.
CREATE TABLE waiting_customers (
    customer_id UUID NOT NULL,
    category TEXT NOT NULL,
    events BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    received_at BIGINT NOT NULL,
    PRIMARY KEY (customer_id, category)
);
CREATE TABLE waiting_sources (
    certainty TEXT NOT NULL,
    source TEXT NOT NULL,
    category TEXT NOT NULL,
    events BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    received_at BIGINT NOT NULL,
    PRIMARY KEY (certainty, source, category)
);
-- One call a statement, not a row. In the order of the keys, so that two writers wait for each other instead of
-- blocking each other.
CREATE FUNCTION events_wait_came() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO waiting_customers AS w (customer_id, category, events, last_at, received_at)
        SELECT customer_id, category, COUNT(*), MAX(at), MAX(received_at) FROM new_events
        WHERE state = 'pending' AND certainty = 'certain' AND customer_id IS NOT NULL
        GROUP BY customer_id, category ORDER BY customer_id, category
        ON CONFLICT (customer_id, category) DO UPDATE SET events = w.events + excluded.events,
            last_at = GREATEST(w.last_at, excluded.last_at), received_at = GREATEST(w.received_at, excluded.received_at);
    INSERT INTO waiting_sources AS w (certainty, source, category, events, last_at, received_at)
        SELECT certainty, source, category, COUNT(*), MAX(at), MAX(received_at) FROM new_events
        WHERE state = 'pending' AND certainty <> 'certain'
        GROUP BY certainty, source, category ORDER BY certainty, source, category
        ON CONFLICT (certainty, source, category) DO UPDATE SET events = w.events + excluded.events,
            last_at = GREATEST(w.last_at, excluded.last_at), received_at = GREATEST(w.received_at, excluded.received_at);
    RETURN NULL;
END $$;
CREATE FUNCTION events_wait_left() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE waiting_customers w SET events = w.events - g.events
        FROM (SELECT customer_id, category, COUNT(*) AS events FROM old_events
            WHERE state = 'pending' AND certainty = 'certain' GROUP BY customer_id, category) g
        WHERE w.customer_id = g.customer_id AND w.category = g.category;
    DELETE FROM waiting_customers w USING old_events o
        WHERE w.events <= 0 AND w.customer_id = o.customer_id AND w.category = o.category;
    UPDATE waiting_sources w SET events = w.events - g.events
        FROM (SELECT certainty, source, category, COUNT(*) AS events FROM old_events
            WHERE state = 'pending' AND certainty <> 'certain' GROUP BY certainty, source, category) g
        WHERE w.certainty = g.certainty AND w.source = g.source AND w.category = g.category;
    DELETE FROM waiting_sources w USING old_events o
        WHERE w.events <= 0 AND w.certainty = o.certainty AND w.source = o.source AND w.category = o.category;
    RETURN NULL;
END $$;
CREATE TRIGGER events_wait_new AFTER INSERT ON events REFERENCING NEW TABLE AS new_events
    FOR EACH STATEMENT EXECUTE FUNCTION events_wait_came();
CREATE TRIGGER events_wait_gone AFTER DELETE ON events REFERENCING OLD TABLE AS old_events
    FOR EACH STATEMENT EXECUTE FUNCTION events_wait_left();
-- By their names: what comes is counted before what left, so that a row that stays is not deleted in between.
CREATE TRIGGER events_wait_update_came AFTER UPDATE ON events REFERENCING NEW TABLE AS new_events
    FOR EACH STATEMENT EXECUTE FUNCTION events_wait_came();
CREATE TRIGGER events_wait_update_left AFTER UPDATE ON events REFERENCING OLD TABLE AS old_events
    FOR EACH STATEMENT EXECUTE FUNCTION events_wait_left();
INSERT INTO waiting_customers (customer_id, category, events, last_at, received_at)
    SELECT customer_id, category, COUNT(*), MAX(at), MAX(received_at) FROM events
    WHERE state = 'pending' AND certainty = 'certain' AND customer_id IS NOT NULL GROUP BY customer_id, category;
INSERT INTO waiting_sources (certainty, source, category, events, last_at, received_at)
    SELECT certainty, source, category, COUNT(*), MAX(at), MAX(received_at) FROM events
    WHERE state = 'pending' AND certainty <> 'certain' GROUP BY certainty, source, category;

-- Cases: the numbers of all views come from one small index, and every order of the queue has one, for the cases that
-- are worked on and for all. A list is then read to the end of its page, not to the end of the table.
CREATE INDEX cases_work ON cases (state, snoozed_until, assignee_id, unread, due_at, dispute) WHERE state <> 'closed';
CREATE INDEX cases_work_due ON cases ((due_at IS NULL), due_at, opened_at, id) WHERE state <> 'closed';
CREATE INDEX cases_work_due_last ON cases ((due_at IS NULL), due_at DESC, opened_at DESC, id DESC)
    WHERE state <> 'closed';
CREATE INDEX cases_work_opened ON cases (opened_at, id) WHERE state <> 'closed';
CREATE INDEX cases_work_events ON cases (events, id) WHERE state <> 'closed';
CREATE INDEX cases_work_activity ON cases (last_event_at, id) WHERE state <> 'closed';
CREATE INDEX cases_all_due ON cases ((due_at IS NULL), due_at, opened_at, id);
CREATE INDEX cases_all_due_last ON cases ((due_at IS NULL), due_at DESC, opened_at DESC, id DESC);
CREATE INDEX cases_all_events ON cases (events, id);
CREATE INDEX cases_all_activity ON cases (last_event_at, id);
CREATE INDEX cases_unread ON cases (unread, state) WHERE unread = TRUE AND state <> 'closed';
CREATE INDEX cases_disputed ON cases (dispute) WHERE dispute = 'open';
CREATE INDEX cases_snoozed ON cases (snoozed_until) WHERE snoozed_until IS NOT NULL;
-- The new one of that order serves its readers too.
DROP INDEX cases_live;

-- Objections that wait.
CREATE INDEX disputes_open ON disputes (due_at) WHERE decided_at IS NULL;

-- The figures of a period read these alone, not the cases and events themselves.
CREATE INDEX cases_ended ON cases (closed_at, outcome, customer_id, category, opened_at) WHERE closed_at IS NOT NULL;
DROP INDEX cases_closed;
CREATE INDEX cases_noticed ON cases (opened_at, notified_at, first_stored_at) WHERE notified_at IS NOT NULL;
DROP INDEX events_case;
CREATE INDEX events_case ON events (case_id, at, reporter) WHERE case_id IS NOT NULL;
