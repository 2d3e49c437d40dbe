-- A look-up asks only where leases of a form may be (docs/adr/0009): kinds has a bit for those of IPv4 that do not last, that
-- last, and that belong to no era, then the same three of IPv6. Of forms that are there already it may be any.
ALTER TABLE lease_shapes ADD COLUMN kinds BIGINT NOT NULL DEFAULT 63;
-- With the end in the index, leases that are over are not read.
DROP INDEX leases_era;
CREATE INDEX leases_era ON leases (era, shape, net, port_from, started_at, ended_at) WHERE era IS NOT NULL;
-- Names come in by the hundred thousand. Services and customers are never deleted, so nothing is gained by looking each of
-- them up again, and on PostgreSQL by locking its row.
ALTER TABLE lease_holders DROP CONSTRAINT lease_holders_service_id_fkey;
ALTER TABLE lease_holders DROP CONSTRAINT lease_holders_customer_id_fkey;
-- Numbers of holders: whoever adds names does not wait for others who do.
CREATE SEQUENCE lease_holder_ids;
SELECT setval('lease_holder_ids', GREATEST((SELECT COALESCE(MAX(id), 0) FROM lease_holders),
    (SELECT COALESCE(MAX(value), 0) FROM counters WHERE name = 'lease_holders')) + 1, false);
DELETE FROM counters WHERE name = 'lease_holders';
