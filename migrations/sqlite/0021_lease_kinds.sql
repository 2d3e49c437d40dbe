-- A look-up asks only where leases of a form may be (docs/adr/0009): kinds has a bit for those of IPv4 that do not last, that
-- last, and that belong to no era, then the same three of IPv6. Of forms that are there already it may be any.
ALTER TABLE lease_shapes ADD COLUMN kinds INTEGER NOT NULL DEFAULT 63;
-- With the end in the index, leases that are over are not read.
DROP INDEX leases_era;
CREATE INDEX leases_era ON leases (era, shape, net, port_from, started_at, ended_at) WHERE era IS NOT NULL;
-- Names come in by the hundred thousand. Services and customers are never deleted, so nothing is gained by looking each of
-- them up again, and on PostgreSQL by locking its row.
ALTER TABLE lease_holders RENAME TO lease_holders_before;
DROP INDEX lease_holders_name;
DROP INDEX lease_holders_service;
CREATE TABLE lease_holders (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    bound_from INTEGER NOT NULL,
    service_id BLOB,
    customer_id BLOB
) STRICT;
INSERT INTO lease_holders (id, kind, name, bound_from, service_id, customer_id)
    SELECT id, kind, name, bound_from, service_id, customer_id FROM lease_holders_before ORDER BY id;
DROP TABLE lease_holders_before;
CREATE UNIQUE INDEX lease_holders_name ON lease_holders (kind, name, bound_from);
CREATE INDEX lease_holders_service ON lease_holders (service_id) WHERE service_id IS NOT NULL;
