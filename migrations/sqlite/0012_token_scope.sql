-- What a key of the HTTP interface may be used for: all, reports or leases.
ALTER TABLE tokens ADD COLUMN scope TEXT NOT NULL DEFAULT 'all';
