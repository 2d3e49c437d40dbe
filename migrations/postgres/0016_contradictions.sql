-- Who settled a contradiction, how and why; and figures that follow events which leave a closed case.
-- settled_how: kept, corrected or withdrawn; empty while it is open.
ALTER TABLE event_doubts ADD COLUMN settled_by TEXT NOT NULL DEFAULT '';
ALTER TABLE event_doubts ADD COLUMN settled_how TEXT NOT NULL DEFAULT '';
ALTER TABLE event_doubts ADD COLUMN reason TEXT NOT NULL DEFAULT '';
UPDATE event_doubts SET settled_how = 'kept' WHERE settled_at IS NOT NULL;
CREATE INDEX event_doubts_settled ON event_doubts (settled_at) WHERE settled_at IS NOT NULL;
-- A correction may take events from a case that is closed: what was refuted is counted anew then.
CREATE CONSTRAINT TRIGGER cases_figures_fewer AFTER UPDATE OF events ON cases DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.events <> OLD.events AND NEW.closed_at IS NOT NULL
        AND NEW.outcome IN ('false_positive', 'not_ours'))
    EXECUTE FUNCTION cases_figures();
