-- What keeps the figures and the search boxes quick when the desk grows.

-- The facts of a case, a quarantine or a release that the figures of its day count, and their sums by day. Triggers keep
-- both: the facts of a noun are worked out again when it changes, the sums follow the facts. A figure of a period is then
-- the sum of some days, and the median stands in the step of the scale that the sums point to.
-- lasted: microseconds, for what is measured; step: the lower end of the step of figure_steps it falls into.
-- span: a case open from the day `step` to the day `day`, 4000000 while it is open.
CREATE TABLE figure_facts (
    noun_id UUID NOT NULL,
    figure TEXT NOT NULL,
    part TEXT NOT NULL,
    step BIGINT NOT NULL,
    day BIGINT NOT NULL,
    n BIGINT NOT NULL,
    lasted BIGINT,
    PRIMARY KEY (noun_id, figure, part)
);
CREATE INDEX figure_facts_lasted ON figure_facts (figure, step, day, lasted) WHERE lasted IS NOT NULL;
CREATE TABLE figure_days (
    figure TEXT NOT NULL,
    day BIGINT NOT NULL,
    part TEXT NOT NULL,
    step BIGINT NOT NULL,
    n BIGINT NOT NULL,
    PRIMARY KEY (figure, day, part, step)
);
CREATE INDEX figure_days_step ON figure_days (figure, step, day, n);
-- Whole minutes to ten, then a tenth more each time, to 400 days.
CREATE TABLE figure_steps (
    step BIGINT PRIMARY KEY
);
WITH RECURSIVE steps (step) AS (
    SELECT CAST(0 AS BIGINT) UNION ALL SELECT step + GREATEST(60000000, step / 10) FROM steps WHERE step < 34560000000000
)
INSERT INTO figure_steps (step) SELECT step FROM steps;

CREATE FUNCTION figure_facts_came() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO figure_days AS d (figure, day, part, step, n)
        VALUES (NEW.figure, NEW.day, NEW.part, NEW.step, NEW.n)
        ON CONFLICT (figure, day, part, step) DO UPDATE SET n = d.n + excluded.n;
    RETURN NULL;
END $$;
CREATE FUNCTION figure_facts_left() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE figure_days SET n = n - OLD.n
        WHERE figure = OLD.figure AND day = OLD.day AND part = OLD.part AND step = OLD.step;
    DELETE FROM figure_days
        WHERE figure = OLD.figure AND day = OLD.day AND part = OLD.part AND step = OLD.step AND n <= 0;
    RETURN NULL;
END $$;
CREATE TRIGGER figure_facts_new AFTER INSERT ON figure_facts FOR EACH ROW EXECUTE FUNCTION figure_facts_came();
CREATE TRIGGER figure_facts_gone AFTER DELETE ON figure_facts FOR EACH ROW EXECUTE FUNCTION figure_facts_left();

CREATE VIEW facts_of_cases (noun_id, figure, part, step, day, n, lasted) AS
    SELECT id, 'opened', '', 0, opened_at / 86400000000, 1, CAST(NULL AS BIGINT) FROM cases
    UNION ALL
    SELECT id, 'closed', COALESCE(outcome, ''), 0, closed_at / 86400000000, 1, CAST(NULL AS BIGINT) FROM cases WHERE closed_at IS NOT NULL
    UNION ALL
    SELECT id, 'span', '', opened_at / 86400000000, COALESCE(closed_at / 86400000000, 4000000), 1, CAST(NULL AS BIGINT) FROM cases
    UNION ALL
    SELECT id, 'notice', '',
        (SELECT COALESCE(MAX(s.step), 0) FROM figure_steps s WHERE s.step <= notified_at - first_stored_at),
        opened_at / 86400000000, 1, notified_at - first_stored_at FROM cases WHERE notified_at IS NOT NULL
    UNION ALL
    -- Closed as resolved, and a new case of the category within 30 days.
    SELECT c.id, 'relapsed', '', 0, c.closed_at / 86400000000, 1, CAST(NULL AS BIGINT) FROM cases c
    WHERE c.outcome = 'resolved' AND c.closed_at IS NOT NULL AND EXISTS (SELECT 1 FROM cases o
        WHERE o.customer_id = c.customer_id AND o.category = c.category
            AND o.opened_at > c.closed_at AND o.opened_at <= c.closed_at + 2592000000000
            AND COALESCE(o.outcome, '') <> 'wrong_customer');
CREATE VIEW facts_of_quarantines (noun_id, figure, part, step, day, n, lasted) AS
    SELECT id, 'containment', '',
        (SELECT COALESCE(MAX(s.step), 0) FROM figure_steps s WHERE s.step <= q.lasted), q.day, 1, q.lasted
    FROM (SELECT id, confirmed_at / 86400000000 AS day, confirmed_at
            - (SELECT MIN(c.notified_at) FROM quarantine_causes k JOIN cases c ON c.id = k.case_id
                WHERE k.quarantine_id = quarantines.id) AS lasted
        FROM quarantines WHERE confirmed_at IS NOT NULL) q WHERE q.lasted IS NOT NULL
    UNION ALL
    SELECT id, 'release', '',
        (SELECT COALESCE(MAX(s.step), 0) FROM figure_steps s WHERE s.step <= q.lasted), q.day, 1, q.lasted
    FROM (SELECT id, lifted_at / 86400000000 AS day, lifted_at
            - (SELECT MIN(r.asked_at) FROM releases r
                WHERE r.quarantine_id = quarantines.id AND r.state || '' = 'granted') AS lasted
        FROM quarantines WHERE lifted_at IS NOT NULL) q WHERE q.lasted IS NOT NULL;
CREATE VIEW facts_of_releases (noun_id, figure, part, step, day, n, lasted) AS
    SELECT id, 'granted', CASE WHEN by_himself = TRUE THEN 'himself' ELSE 'decided' END, 0, asked_at / 86400000000, 1, CAST(NULL AS BIGINT)
    FROM releases WHERE state = 'granted'
    UNION ALL
    -- Granted by the customer himself, and a new case of his within 30 days.
    SELECT r.id, 'self_relapsed', '', 0, r.asked_at / 86400000000, 1, CAST(NULL AS BIGINT) FROM releases r
    WHERE r.state = 'granted' AND r.by_himself = TRUE AND EXISTS (SELECT 1 FROM cases o
        WHERE o.customer_id = r.customer_id AND o.opened_at > r.asked_at AND o.opened_at <= r.asked_at + 2592000000000
            AND COALESCE(o.outcome, '') <> 'wrong_customer');

-- At the commit, when the transaction holds the tip of the ledger: the sums of a day are rows that all writers want, and
-- so they take them one after the other and only for a moment.
CREATE FUNCTION cases_figures() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM figure_facts WHERE noun_id = NEW.id;
    INSERT INTO figure_facts SELECT * FROM facts_of_cases WHERE noun_id = NEW.id;
    INSERT INTO figure_facts SELECT c.id, 'refuted', e.reporter, 0, c.closed_at / 86400000000, COUNT(*), NULL
        FROM cases c JOIN events e ON e.case_id = c.id
        WHERE c.id = NEW.id AND c.outcome IN ('false_positive', 'not_ours') AND c.closed_at IS NOT NULL
        GROUP BY c.id, e.reporter, c.closed_at;
    RETURN NULL;
END $$;
CREATE FUNCTION cases_figures_ended() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- What ended before it was not the end. A case keeps its customer, its category and its day.
    INSERT INTO figure_facts SELECT c.id, 'relapsed', '', 0, c.closed_at / 86400000000, 1, NULL FROM cases c
        WHERE c.customer_id = NEW.customer_id AND c.category = NEW.category AND c.outcome = 'resolved'
            AND c.closed_at < NEW.opened_at AND c.closed_at >= NEW.opened_at - 2592000000000
        ON CONFLICT (noun_id, figure, part) DO NOTHING;
    INSERT INTO figure_facts SELECT r.id, 'self_relapsed', '', 0, r.asked_at / 86400000000, 1, NULL FROM releases r
        WHERE r.customer_id = NEW.customer_id AND r.state = 'granted' AND r.by_himself = TRUE
            AND r.asked_at < NEW.opened_at AND r.asked_at >= NEW.opened_at - 2592000000000
        ON CONFLICT (noun_id, figure, part) DO NOTHING;
    RETURN NULL;
END $$;
-- A case that was opened for the wrong customer is no relapse of his.
CREATE FUNCTION cases_figures_mistaken() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM figure_facts WHERE figure = 'relapsed' AND noun_id IN (SELECT c.id FROM cases c
        WHERE c.customer_id = NEW.customer_id AND c.category = NEW.category AND c.outcome = 'resolved'
            AND c.closed_at < NEW.opened_at AND c.closed_at >= NEW.opened_at - 2592000000000);
    INSERT INTO figure_facts SELECT f.* FROM facts_of_cases f WHERE f.figure = 'relapsed' AND f.noun_id IN (SELECT c.id FROM cases c
        WHERE c.customer_id = NEW.customer_id AND c.category = NEW.category AND c.outcome = 'resolved'
            AND c.closed_at < NEW.opened_at AND c.closed_at >= NEW.opened_at - 2592000000000);
    DELETE FROM figure_facts WHERE figure = 'self_relapsed' AND noun_id IN (SELECT r.id FROM releases r
        WHERE r.customer_id = NEW.customer_id AND r.asked_at < NEW.opened_at AND r.asked_at >= NEW.opened_at - 2592000000000);
    INSERT INTO figure_facts SELECT f.* FROM facts_of_releases f WHERE f.figure = 'self_relapsed' AND f.noun_id IN (SELECT r.id FROM releases r
        WHERE r.customer_id = NEW.customer_id AND r.asked_at < NEW.opened_at AND r.asked_at >= NEW.opened_at - 2592000000000);
    RETURN NULL;
END $$;
CREATE FUNCTION quarantine_figures(quarantine UUID) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM figure_facts WHERE noun_id = quarantine;
    INSERT INTO figure_facts SELECT * FROM facts_of_quarantines WHERE noun_id = quarantine;
END $$;
CREATE FUNCTION cases_figures_told() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM quarantine_figures(k.quarantine_id) FROM quarantine_causes k WHERE k.case_id = NEW.id;
    RETURN NULL;
END $$;
CREATE FUNCTION quarantines_figures() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM quarantine_figures(NEW.id);
    RETURN NULL;
END $$;
CREATE FUNCTION quarantine_causes_figures() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM quarantine_figures(NEW.quarantine_id);
    RETURN NULL;
END $$;
CREATE FUNCTION releases_figures() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM figure_facts WHERE noun_id = NEW.id;
    INSERT INTO figure_facts SELECT * FROM facts_of_releases WHERE noun_id = NEW.id;
    PERFORM quarantine_figures(NEW.quarantine_id);
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER cases_figures_new AFTER INSERT ON cases DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION cases_figures();
CREATE CONSTRAINT TRIGGER cases_figures_new_ended AFTER INSERT ON cases DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION cases_figures_ended();
CREATE CONSTRAINT TRIGGER cases_figures_changed
    AFTER UPDATE OF opened_at, closed_at, outcome, notified_at, first_stored_at ON cases DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.opened_at <> OLD.opened_at OR NEW.closed_at IS DISTINCT FROM OLD.closed_at
        OR NEW.outcome IS DISTINCT FROM OLD.outcome OR NEW.notified_at IS DISTINCT FROM OLD.notified_at
        OR (NEW.first_stored_at <> OLD.first_stored_at AND NEW.notified_at IS NOT NULL))
    EXECUTE FUNCTION cases_figures();
CREATE CONSTRAINT TRIGGER cases_figures_mistaken AFTER UPDATE OF outcome ON cases DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.outcome = 'wrong_customer' AND OLD.outcome IS DISTINCT FROM 'wrong_customer')
    EXECUTE FUNCTION cases_figures_mistaken();
CREATE CONSTRAINT TRIGGER cases_figures_told AFTER UPDATE OF notified_at ON cases DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.notified_at IS DISTINCT FROM OLD.notified_at) EXECUTE FUNCTION cases_figures_told();
CREATE CONSTRAINT TRIGGER quarantines_figures_new AFTER INSERT ON quarantines DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.confirmed_at IS NOT NULL OR NEW.lifted_at IS NOT NULL)
    EXECUTE FUNCTION quarantines_figures();
CREATE CONSTRAINT TRIGGER quarantines_figures_changed AFTER UPDATE OF confirmed_at, lifted_at ON quarantines
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (NEW.confirmed_at IS DISTINCT FROM OLD.confirmed_at OR NEW.lifted_at IS DISTINCT FROM OLD.lifted_at)
    EXECUTE FUNCTION quarantines_figures();
CREATE CONSTRAINT TRIGGER quarantine_causes_figures AFTER INSERT ON quarantine_causes DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION quarantine_causes_figures();
CREATE CONSTRAINT TRIGGER releases_figures_new AFTER INSERT ON releases DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.state = 'granted') EXECUTE FUNCTION releases_figures();
CREATE CONSTRAINT TRIGGER releases_figures_changed AFTER UPDATE OF state ON releases DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.state <> OLD.state) EXECUTE FUNCTION releases_figures();
INSERT INTO figure_facts SELECT * FROM facts_of_cases;
INSERT INTO figure_facts SELECT c.id, 'refuted', e.reporter, 0, c.closed_at / 86400000000, COUNT(*), NULL
    FROM cases c JOIN events e ON e.case_id = c.id
    WHERE c.outcome IN ('false_positive', 'not_ours') AND c.closed_at IS NOT NULL
    GROUP BY c.id, e.reporter, c.closed_at;
INSERT INTO figure_facts SELECT * FROM facts_of_quarantines;
INSERT INTO figure_facts SELECT * FROM facts_of_releases;
-- Only the plain count of the page of figures read these.
DROP INDEX cases_noticed;

-- The words of the search boxes. A look-up reads the words that begin with what was typed; the writers of customers and
-- cases keep them, and the store fills them once where they are missing.
CREATE TABLE search_words (
    noun TEXT NOT NULL,
    word TEXT COLLATE "C" NOT NULL,
    noun_id UUID NOT NULL,
    PRIMARY KEY (noun, word, noun_id)
);
CREATE INDEX search_words_noun ON search_words (noun_id, word);
-- Mail is looked for by its recipient too.
CREATE INDEX notices_recipient ON notices (recipient COLLATE "C");

-- How the cases of each reporter ended, by day: what the page of reporters adds up.
CREATE TABLE reporter_endings (
    day BIGINT NOT NULL,
    reporter TEXT NOT NULL,
    outcome TEXT NOT NULL,
    cases BIGINT NOT NULL,
    PRIMARY KEY (day, reporter, outcome)
);
CREATE FUNCTION reporter_cases_count() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO reporter_endings AS e (day, reporter, outcome, cases)
            VALUES (NEW.closed_at / 86400000000, NEW.reporter, NEW.outcome, 1)
            ON CONFLICT (day, reporter, outcome) DO UPDATE SET cases = e.cases + 1;
    ELSE
        UPDATE reporter_endings SET cases = cases - 1
            WHERE day = OLD.closed_at / 86400000000 AND reporter = OLD.reporter AND outcome = OLD.outcome;
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER reporter_cases_ended AFTER INSERT OR DELETE ON reporter_cases DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION reporter_cases_count();
INSERT INTO reporter_endings (day, reporter, outcome, cases)
    SELECT closed_at / 86400000000, reporter, outcome, COUNT(*) FROM reporter_cases
    GROUP BY closed_at / 86400000000, reporter, outcome;

-- How much mail is in each state stands among the sums, under the day 0.
CREATE FUNCTION notices_count() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        UPDATE figure_days SET n = n - 1 WHERE figure = 'mail' AND day = 0 AND part = OLD.state AND step = 0;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO figure_days AS d (figure, day, part, step, n) VALUES ('mail', 0, NEW.state, 0, 1)
            ON CONFLICT (figure, day, part, step) DO UPDATE SET n = d.n + 1;
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER notices_count_new AFTER INSERT OR DELETE ON notices DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION notices_count();
CREATE CONSTRAINT TRIGGER notices_count_changed AFTER UPDATE OF state ON notices DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.state <> OLD.state) EXECUTE FUNCTION notices_count();
INSERT INTO figure_days (figure, day, part, step, n) SELECT 'mail', 0, state, 0, COUNT(*) FROM notices GROUP BY state;
-- Reports of one sender, newest first; those of a reporter have their index.
CREATE INDEX reports_sender ON reports (sender, received_at) WHERE sender IS NOT NULL;
