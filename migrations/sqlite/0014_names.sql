-- Who asked whose an address was and why, how lease sources are watched, and the names that belong to services.
-- What people looked up. kind: address or customer. result: the answer as it was then, erased with the leases it shows.
CREATE TABLE look_ups (
    id BLOB PRIMARY KEY,
    made_at INTEGER NOT NULL,
    user_id BLOB NOT NULL REFERENCES users (id),
    kind TEXT NOT NULL,
    what TEXT NOT NULL,
    why TEXT NOT NULL,
    customer_id BLOB REFERENCES customers (id),
    result TEXT
) STRICT;
CREATE INDEX look_ups_user ON look_ups (user_id, made_at);
CREATE INDEX look_ups_made ON look_ups (made_at);
-- What a person set for a source, above what the settings file says at each start. skew and silent_after in microseconds;
-- silent_after 0: never alarm.
CREATE TABLE lease_source_limits (
    source_id INTEGER PRIMARY KEY,
    skew INTEGER NOT NULL,
    silent_after INTEGER NOT NULL
) STRICT;
-- The newest rows that could not be used, with the reason.
CREATE TABLE lease_refusals (
    id BLOB PRIMARY KEY,
    source_id INTEGER NOT NULL,
    made_at INTEGER NOT NULL,
    line INTEGER NOT NULL,
    problem TEXT NOT NULL
) STRICT;
CREATE INDEX lease_refusals_source ON lease_refusals (source_id, made_at);
CREATE INDEX lease_refusals_made ON lease_refusals (made_at);
-- Hosts, mail accounts, login names and servers: whose each name was, from when to when.
CREATE TABLE service_names (
    id BLOB PRIMARY KEY,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    service_id BLOB NOT NULL REFERENCES services (id),
    customer_id BLOB NOT NULL REFERENCES customers (id),
    valid_from INTEGER NOT NULL,
    valid_to INTEGER
) STRICT;
CREATE UNIQUE INDEX service_names_row ON service_names (name, kind, service_id, valid_from);
CREATE INDEX service_names_service ON service_names (service_id);
CREATE INDEX service_names_customer ON service_names (customer_id);
