-- How mail servers handed reports over: whom the mail returns to, and for whom it was (RFC 5321).
CREATE TABLE envelopes (
    report_id BLOB PRIMARY KEY REFERENCES reports (id),
    sender TEXT NOT NULL,
    recipients TEXT NOT NULL
) STRICT;
