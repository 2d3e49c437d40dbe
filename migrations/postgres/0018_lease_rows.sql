-- The lease index in few bytes. Leases come in by the million and in no order of addresses: what each of them costs is the
-- pages of indexes it changes, so an index holds little and what comes in together stands together (docs/adr/0008).
-- net: the bytes that the prefix fixes (its form says how many). era: found by it are leases that last (static, longer than
-- 25 hours, without an end): that of sixteen days in which it began, or 0 for no end and more than 32 days. All others have
-- none and are found by day. nas: what the session's name has before its first slash. Sessions are found by what they hold.
ALTER TABLE leases RENAME TO leases_before;
DROP INDEX leases_lasting;
DROP INDEX leases_holder;
DROP INDEX leases_session;
CREATE TABLE leases (
    day BIGINT NOT NULL,
    shape BIGINT NOT NULL,
    net BYTEA NOT NULL,
    port_from BIGINT NOT NULL,
    started_at BIGINT NOT NULL,
    holder_id BIGINT NOT NULL,
    port_to BIGINT NOT NULL,
    ended_at BIGINT,
    sure_until BIGINT,
    era BIGINT,
    source_id BIGINT NOT NULL,
    nas TEXT,
    session TEXT COLLATE "C",
    id UUID NOT NULL
);
INSERT INTO leases (day, shape, net, port_from, started_at, holder_id, port_to, ended_at, sure_until, era, source_id, nas,
        session, id)
    SELECT l.day, l.shape,
        CASE WHEN f.length >= 96 AND substr(l.net, 1, 12) = '\x00000000000000000000ffff'::bytea
            THEN substr(l.net, 13, CAST((f.length - 89) / 8 AS INTEGER))
            ELSE substr(l.net, 1, CAST((f.length + 7) / 8 AS INTEGER)) END,
        l.port_from, l.started_at, l.holder_id, l.port_to, l.ended_at, l.sure_until,
        CASE WHEN l.lasting = FALSE THEN NULL
            WHEN l.day = 0 OR l.ended_at IS NULL OR l.ended_at - l.started_at > 2764800000000 THEN 0
            ELSE l.day / 16 END,
        l.source_id,
        CASE WHEN l.session LIKE '%/%' THEN split_part(l.session, '/', 1) END, l.session, l.id
    FROM leases_before l JOIN lease_shapes f ON f.id = l.shape
    ORDER BY l.day, l.shape, l.net, l.port_from, l.started_at;
DROP TABLE leases_before;
CREATE UNIQUE INDEX leases_place ON leases (day, shape, net, port_from, started_at, holder_id);
CREATE INDEX leases_era ON leases (era, shape, net, port_from, started_at) WHERE era IS NOT NULL;
CREATE INDEX leases_holder ON leases (day, holder_id);
CREATE INDEX leases_open ON leases (source_id, nas) WHERE ended_at IS NULL AND nas IS NOT NULL;
