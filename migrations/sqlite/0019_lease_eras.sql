-- Eras of thirty-two days instead of sixteen: a look-up names two of them instead of three (docs/adr/0009).
DROP INDEX leases_era;
UPDATE leases SET era = day / 32 WHERE era > 0;
CREATE INDEX leases_era ON leases (era, shape, net, port_from, started_at) WHERE era IS NOT NULL;
