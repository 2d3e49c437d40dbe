-- What came in together stands together for its holders too: those of one day of beginning are all holders, whatever comes in
-- (docs/adr/0009). A lot is some hundred thousand leases that were added one after the other; 0: fixed addresses, and leases
-- from before there were lots.
CREATE TABLE lease_lots (
    lot BIGINT PRIMARY KEY,
    leases BIGINT NOT NULL
);
INSERT INTO lease_lots (lot, leases) VALUES (0, 0);
ALTER TABLE leases ADD COLUMN lot BIGINT NOT NULL DEFAULT 0;
DROP INDEX leases_holder;
CREATE INDEX leases_holder ON leases (lot, holder_id);
