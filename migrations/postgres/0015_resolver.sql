-- What resolvers are asked: other systems that keep their lease data and tell who had an address at one time. The id is
-- made of the question, so that the same is asked once. leases: how many the answer had that fit; what they say is in the
-- index. A question whose leases are erased is owed again when somebody asks.
CREATE TABLE resolver_questions (
    id UUID PRIMARY KEY,
    resolver TEXT NOT NULL,
    address BYTEA NOT NULL,
    port BIGINT,
    protocol BIGINT,
    from_at BIGINT NOT NULL,
    to_at BIGINT NOT NULL,
    made_at BIGINT NOT NULL,
    asked_at BIGINT,
    attempts BIGINT NOT NULL,
    problem TEXT NOT NULL,
    answered_at BIGINT,
    leases BIGINT NOT NULL
);
CREATE INDEX resolver_questions_open ON resolver_questions (resolver, made_at) WHERE answered_at IS NULL;
CREATE INDEX resolver_questions_answered ON resolver_questions (answered_at) WHERE answered_at IS NOT NULL;
-- The look-ups of people that wait for an answer: it is put beside what they saw.
CREATE TABLE resolver_look_ups (
    question_id UUID NOT NULL REFERENCES resolver_questions (id),
    look_up_id UUID NOT NULL REFERENCES look_ups (id),
    PRIMARY KEY (question_id, look_up_id)
);
CREATE INDEX resolver_look_ups_look_up ON resolver_look_ups (look_up_id);
-- With resolvers many events may wait, and one that waits no longer is found by itself.
CREATE INDEX event_waits_event ON event_waits (event_id);
