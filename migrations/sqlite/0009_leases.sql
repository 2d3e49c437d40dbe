-- The lease index: who held which address and ports when, by whose word, and how far each source's word reaches.

-- Where leases come from. skew: how far its clock may be off, in microseconds. silent_after: alarm when nothing is heard
-- for so long, in microseconds. known_from..known_through: the span of time it has spoken of; no known_through: it
-- states none. erased_before: leases that ended before are gone.
CREATE TABLE lease_sources (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    skew INTEGER NOT NULL,
    silent_after INTEGER,
    known_from INTEGER,
    known_through INTEGER,
    last_heard_at INTEGER,
    erased_before INTEGER,
    rows_kept INTEGER NOT NULL,
    rows_refused INTEGER NOT NULL
) STRICT;
-- By what name a holder is known, and whose that name was from bound_from on. A name that changes hands gets a new row:
-- what was said before still means who it was then. No service: nobody's yet, until the customer import says whose.
CREATE TABLE lease_holders (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    bound_from INTEGER NOT NULL,
    service_id BLOB REFERENCES services (id),
    customer_id BLOB REFERENCES customers (id)
) STRICT;
CREATE UNIQUE INDEX lease_holders_name ON lease_holders (kind, name, bound_from);
CREATE INDEX lease_holders_service ON lease_holders (service_id) WHERE service_id IS NOT NULL;
-- The few forms that leases have: bits of the prefix in the 128-bit space, size of the port block (65536 whole address,
-- 0 irregular), its first port modulo that size, IP protocol (0 any). An address and port are looked up by equality.
CREATE TABLE lease_shapes (
    id INTEGER PRIMARY KEY,
    length INTEGER NOT NULL,
    ports INTEGER NOT NULL,
    port_offset INTEGER NOT NULL,
    protocol INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX lease_shapes_form ON lease_shapes (length, ports, port_offset, protocol);
-- The days on which leases begin.
CREATE TABLE lease_days (
    day INTEGER PRIMARY KEY
) STRICT;

ALTER TABLE leases RENAME TO leases_before;
DROP INDEX leases_held;
DROP INDEX leases_service;
-- day: of the start (days since 1970 UTC; 0 for static ones), first in the key, so that what comes in in the order of
-- time is written side by side. lasting: static, longer than 25 hours, or without an end; found by an index of their
-- own. All others began on the day asked for or shortly before. sure_until: last proof that it was still held; none = to its
-- end. No foreign keys: ten million rows come in here at a time.
CREATE TABLE leases (
    day INTEGER NOT NULL,
    shape INTEGER NOT NULL,
    net BLOB NOT NULL,
    port_from INTEGER NOT NULL,
    started_at INTEGER NOT NULL,
    holder_id INTEGER NOT NULL,
    port_to INTEGER NOT NULL,
    ended_at INTEGER,
    sure_until INTEGER,
    lasting INTEGER NOT NULL,
    source_id INTEGER NOT NULL,
    session TEXT,
    id BLOB NOT NULL,
    PRIMARY KEY (day, shape, net, port_from, started_at, holder_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX leases_lasting ON leases (shape, net, port_from, started_at, ended_at) WHERE lasting = TRUE;
CREATE INDEX leases_holder ON leases (day, holder_id);
CREATE INDEX leases_session ON leases (source_id, session) WHERE session IS NOT NULL;

INSERT INTO lease_sources (id, name, kind, skew, silent_after, known_from, rows_kept, rows_refused)
    SELECT ROW_NUMBER() OVER (ORDER BY source), source, CASE source WHEN 'static' THEN 'static' ELSE 'import' END,
        CASE source WHEN 'static' THEN 0 ELSE 2000000 END, NULL, MIN(started_at), COUNT(*), 0
    FROM leases_before GROUP BY source;
INSERT INTO lease_holders (id, kind, name, bound_from, service_id, customer_id)
    SELECT ROW_NUMBER() OVER (ORDER BY number), 'service', number, -9223372036854775807, id, customer_id FROM services
    WHERE id IN (SELECT service_id FROM leases_before);
INSERT INTO counters (name, value) SELECT 'lease_holders', COALESCE(MAX(id), 0) FROM lease_holders;
INSERT INTO lease_shapes (id, length, ports, port_offset, protocol)
    SELECT ROW_NUMBER() OVER (ORDER BY length, ports, port_offset), length, ports, port_offset, 0 FROM (
        SELECT DISTINCT length, port_to - port_from + 1 AS ports,
            port_from % (port_to - port_from + 1) AS port_offset
        FROM leases_before) AS forms;
INSERT INTO lease_days (day)
    SELECT DISTINCT CASE source WHEN 'static' THEN 0 ELSE started_at / 86400000000 END FROM leases_before;
INSERT INTO leases (day, shape, net, port_from, started_at, holder_id, port_to, ended_at, sure_until, lasting,
        source_id, session, id)
    SELECT CASE l.source WHEN 'static' THEN 0 ELSE l.started_at / 86400000000 END, f.id, l.net, l.port_from,
        l.started_at, h.id, l.port_to, l.ended_at, NULL,
        l.source = 'static' OR l.ended_at IS NULL OR l.ended_at - l.started_at > 90000000000, s.id, NULL, l.id
    FROM leases_before l
    JOIN lease_shapes f ON f.length = l.length AND f.ports = l.port_to - l.port_from + 1
        AND f.port_offset = l.port_from % (l.port_to - l.port_from + 1)
    JOIN lease_sources s ON s.name = l.source
    JOIN lease_holders h ON h.service_id = l.service_id;
DROP TABLE leases_before;
DROP TABLE lease_lengths;

-- Deterministic CGNAT (RFC 7422): who used an outside address and port is computed, not logged. ports: per subscriber;
-- first_port: of the first subscriber of each outside address.
CREATE TABLE cgnat_rules (
    id BLOB PRIMARY KEY,
    inside_net BLOB NOT NULL,
    inside_length INTEGER NOT NULL,
    outside_net BLOB NOT NULL,
    outside_length INTEGER NOT NULL,
    ports INTEGER NOT NULL,
    first_port INTEGER NOT NULL,
    valid_from INTEGER NOT NULL,
    valid_to INTEGER
) STRICT;
-- How far the import of a file has come, in the transaction of its rows.
CREATE TABLE lease_imports (
    source_id INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    rows_done INTEGER NOT NULL,
    rows_refused INTEGER NOT NULL,
    begun_at INTEGER NOT NULL,
    touched_at INTEGER NOT NULL,
    PRIMARY KEY (source_id, sha256)
) STRICT;
-- Events whose answer may have changed because of what came in since: a worker asks again.
CREATE TABLE event_asks (
    event_id BLOB PRIMARY KEY REFERENCES events (id),
    due_at INTEGER NOT NULL
) STRICT;
CREATE INDEX event_asks_due ON event_asks (due_at);
-- What an open answer hangs on beside the event's own address: an inside address, or a name that nobody had.
CREATE TABLE event_waits (
    kind TEXT NOT NULL,
    what BLOB NOT NULL,
    event_id BLOB NOT NULL REFERENCES events (id),
    PRIMARY KEY (kind, what, event_id)
) STRICT;
-- Answers that were certain and that later knowledge contradicts: for a person, never changed by themselves.
CREATE TABLE event_doubts (
    event_id BLOB PRIMARY KEY REFERENCES events (id),
    made_at INTEGER NOT NULL,
    answer TEXT NOT NULL,
    settled_at INTEGER
) STRICT;
CREATE INDEX event_doubts_open ON event_doubts (made_at) WHERE settled_at IS NULL;
CREATE INDEX events_address ON events (address, at) WHERE address IS NOT NULL;
CREATE INDEX services_circuit ON services (circuit_id) WHERE circuit_id <> '';
CREATE INDEX services_mac ON services (mac) WHERE mac <> '';
