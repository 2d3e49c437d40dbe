-- Indexes in the order in which rows are read: of many thousand rows those of a page are, not all.
-- A percentile is found in its step of the scale by walking up from the shortest.
DROP INDEX figure_facts_lasted;
CREATE INDEX figure_facts_lasted ON figure_facts (figure, step, lasted, day) WHERE lasted IS NOT NULL;
-- What restricts somebody, by the review date; the list asks in the same words.
CREATE INDEX quarantines_held ON quarantines (review_at, id) WHERE state || '' IN ('applying', 'in_force', 'lifting');
