-- What keeps pages quick when the desk grows: small tables of what waits, and an index for each order of the queue.

-- What waits for a decision, one row a line of the inbox, kept by the triggers below: who orders a million waiting events
-- reads a row for each customer and category instead. Filled from the events alone and always equal to them, but for
-- last_at and received_at: they order the list, and do not go back when only a part of a group leaves.
CREATE TABLE waiting_customers (
    customer_id BLOB NOT NULL,
    category TEXT NOT NULL,
    events INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    PRIMARY KEY (customer_id, category)
) STRICT, WITHOUT ROWID;
CREATE TABLE waiting_sources (
    certainty TEXT NOT NULL,
    source TEXT NOT NULL,
    category TEXT NOT NULL,
    events INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    PRIMARY KEY (certainty, source, category)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER events_wait_new AFTER INSERT ON events WHEN NEW.state = 'pending'
BEGIN
    INSERT INTO waiting_customers (customer_id, category, events, last_at, received_at)
        SELECT NEW.customer_id, NEW.category, 1, NEW.at, NEW.received_at
        WHERE NEW.certainty = 'certain' AND NEW.customer_id IS NOT NULL
        ON CONFLICT (customer_id, category) DO UPDATE SET events = events + 1,
            last_at = MAX(last_at, excluded.last_at), received_at = MAX(received_at, excluded.received_at);
    INSERT INTO waiting_sources (certainty, source, category, events, last_at, received_at)
        SELECT NEW.certainty, NEW.source, NEW.category, 1, NEW.at, NEW.received_at WHERE NEW.certainty <> 'certain'
        ON CONFLICT (certainty, source, category) DO UPDATE SET events = events + 1,
            last_at = MAX(last_at, excluded.last_at), received_at = MAX(received_at, excluded.received_at);
END;
CREATE TRIGGER events_wait_gone AFTER DELETE ON events WHEN OLD.state = 'pending'
BEGIN
    UPDATE waiting_customers SET events = events - 1
        WHERE OLD.certainty = 'certain' AND customer_id = OLD.customer_id AND category = OLD.category;
    DELETE FROM waiting_customers WHERE customer_id = OLD.customer_id AND category = OLD.category AND events <= 0;
    UPDATE waiting_sources SET events = events - 1
        WHERE certainty = OLD.certainty AND source = OLD.source AND category = OLD.category;
    DELETE FROM waiting_sources
        WHERE certainty = OLD.certainty AND source = OLD.source AND category = OLD.category AND events <= 0;
END;
CREATE TRIGGER events_wait_left AFTER UPDATE OF state, certainty, customer_id, category, source ON events
WHEN OLD.state = 'pending'
BEGIN
    UPDATE waiting_customers SET events = events - 1
        WHERE OLD.certainty = 'certain' AND customer_id = OLD.customer_id AND category = OLD.category;
    DELETE FROM waiting_customers WHERE customer_id = OLD.customer_id AND category = OLD.category AND events <= 0;
    UPDATE waiting_sources SET events = events - 1
        WHERE certainty = OLD.certainty AND source = OLD.source AND category = OLD.category;
    DELETE FROM waiting_sources
        WHERE certainty = OLD.certainty AND source = OLD.source AND category = OLD.category AND events <= 0;
END;
CREATE TRIGGER events_wait_came AFTER UPDATE OF state, certainty, customer_id, category, source ON events
WHEN NEW.state = 'pending'
BEGIN
    INSERT INTO waiting_customers (customer_id, category, events, last_at, received_at)
        SELECT NEW.customer_id, NEW.category, 1, NEW.at, NEW.received_at
        WHERE NEW.certainty = 'certain' AND NEW.customer_id IS NOT NULL
        ON CONFLICT (customer_id, category) DO UPDATE SET events = events + 1,
            last_at = MAX(last_at, excluded.last_at), received_at = MAX(received_at, excluded.received_at);
    INSERT INTO waiting_sources (certainty, source, category, events, last_at, received_at)
        SELECT NEW.certainty, NEW.source, NEW.category, 1, NEW.at, NEW.received_at WHERE NEW.certainty <> 'certain'
        ON CONFLICT (certainty, source, category) DO UPDATE SET events = events + 1,
            last_at = MAX(last_at, excluded.last_at), received_at = MAX(received_at, excluded.received_at);
END;
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
