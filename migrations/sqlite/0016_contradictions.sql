-- Who settled a contradiction, how and why; and figures that follow events which leave a closed case.
-- settled_how: kept, corrected or withdrawn; empty while it is open.
ALTER TABLE event_doubts ADD COLUMN settled_by TEXT NOT NULL DEFAULT '';
ALTER TABLE event_doubts ADD COLUMN settled_how TEXT NOT NULL DEFAULT '';
ALTER TABLE event_doubts ADD COLUMN reason TEXT NOT NULL DEFAULT '';
UPDATE event_doubts SET settled_how = 'kept' WHERE settled_at IS NOT NULL;
CREATE INDEX event_doubts_settled ON event_doubts (settled_at) WHERE settled_at IS NOT NULL;
-- A correction may take events from a case that is closed: what was refuted is counted anew then.
CREATE TRIGGER cases_figures_fewer AFTER UPDATE OF events ON cases
WHEN NEW.events <> OLD.events AND NEW.closed_at IS NOT NULL AND NEW.outcome IN ('false_positive', 'not_ours')
BEGIN
    DELETE FROM figure_facts WHERE noun_id = NEW.id AND figure = 'refuted';
    INSERT INTO figure_facts SELECT c.id, 'refuted', e.reporter, 0, c.closed_at / 86400000000, COUNT(*), NULL
        FROM cases c JOIN events e ON e.case_id = c.id
        WHERE c.id = NEW.id AND c.outcome IN ('false_positive', 'not_ours') AND c.closed_at IS NOT NULL
        GROUP BY c.id, e.reporter, c.closed_at;
END;
