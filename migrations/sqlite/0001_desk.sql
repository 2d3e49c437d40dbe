-- The desk's first tables. Instants are microseconds since 1970 UTC, addresses 16 bytes (v4 as ::ffff:a.b.c.d),
-- enums the words of the domain, JSON as text. Same number, same columns in the other engine's folder.

-- People -----------------------------------------------------------------------------------------------------------
CREATE TABLE users (
    id BLOB PRIMARY KEY,
    email TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    disabled_at INTEGER,
    created_at INTEGER NOT NULL,
    signed_in_at INTEGER
) STRICT;
-- Sessions are found by the SHA-256 of their id: who reads the database cannot take one over.
CREATE TABLE sessions (
    id_hash BLOB PRIMARY KEY,
    user_id BLOB REFERENCES users (id),
    data TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX sessions_user ON sessions (user_id);
CREATE INDEX sessions_expiry ON sessions (expires_at);
CREATE TABLE sign_in_failures (
    throttle_key TEXT PRIMARY KEY,
    failures INTEGER NOT NULL,
    last_at INTEGER NOT NULL
) STRICT;
CREATE TABLE tokens (
    id BLOB PRIMARY KEY,
    name TEXT NOT NULL,
    secret_hash BLOB NOT NULL UNIQUE,
    created_at INTEGER NOT NULL,
    revoked_at INTEGER
) STRICT;

-- Terms, customers, services, leases --------------------------------------------------------------------------------
CREATE TABLE terms (
    version TEXT PRIMARY KEY,
    published_at INTEGER NOT NULL
) STRICT;
CREATE TABLE clauses (
    id BLOB PRIMARY KEY,
    terms_version TEXT NOT NULL REFERENCES terms (version),
    number TEXT NOT NULL,
    wording TEXT NOT NULL,
    permits TEXT NOT NULL,
    days_max INTEGER NOT NULL,
    UNIQUE (terms_version, number)
) STRICT;
CREATE TABLE customers (
    id BLOB PRIMARY KEY,
    number TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    email TEXT NOT NULL,
    phone TEXT NOT NULL,
    language TEXT NOT NULL,
    search TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX customers_name ON customers (name, id);
CREATE TABLE contracts (
    id BLOB PRIMARY KEY,
    customer_id BLOB NOT NULL REFERENCES customers (id),
    number TEXT NOT NULL UNIQUE,
    terms_version TEXT NOT NULL REFERENCES terms (version),
    accepted_at INTEGER
) STRICT;
CREATE INDEX contracts_customer ON contracts (customer_id);
CREATE TABLE services (
    id BLOB PRIMARY KEY,
    customer_id BLOB NOT NULL REFERENCES customers (id),
    contract_id BLOB NOT NULL REFERENCES contracts (id),
    number TEXT NOT NULL UNIQUE,
    product TEXT NOT NULL,
    username TEXT NOT NULL,
    circuit_id TEXT NOT NULL,
    mac TEXT NOT NULL,
    protected TEXT
) STRICT;
CREATE INDEX services_customer ON services (customer_id);
CREATE INDEX services_username ON services (username);
CREATE TABLE own_ranges (
    id BLOB PRIMARY KEY,
    net BLOB NOT NULL,
    length INTEGER NOT NULL,
    label TEXT NOT NULL,
    UNIQUE (net, length)
) STRICT;
-- net is the first address of the prefix, length its bits in the 128-bit space (v4 + 96). port_from..port_to is
-- 0..65535 where the address is not shared. No ended_at: still held.
CREATE TABLE leases (
    id BLOB PRIMARY KEY,
    net BLOB NOT NULL,
    length INTEGER NOT NULL,
    port_from INTEGER NOT NULL,
    port_to INTEGER NOT NULL,
    service_id BLOB NOT NULL REFERENCES services (id),
    customer_id BLOB NOT NULL REFERENCES customers (id),
    started_at INTEGER NOT NULL,
    ended_at INTEGER,
    source TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX leases_held ON leases (net, length, started_at, port_from, service_id);
CREATE INDEX leases_service ON leases (service_id, started_at);
-- The prefix lengths in use: an address is looked up once per length.
CREATE TABLE lease_lengths (
    length INTEGER PRIMARY KEY
) STRICT;

-- Evidence ----------------------------------------------------------------------------------------------------------
CREATE TABLE report_bytes (
    sha256 TEXT PRIMARY KEY,
    bytes BLOB NOT NULL
) STRICT;
CREATE TABLE reports (
    id BLOB PRIMARY KEY,
    received_at INTEGER NOT NULL,
    channel TEXT NOT NULL,
    sha256 TEXT NOT NULL REFERENCES report_bytes (sha256),
    size INTEGER NOT NULL,
    file_name TEXT NOT NULL,
    content_type TEXT NOT NULL,
    format TEXT,
    disposition TEXT,
    state TEXT NOT NULL,
    reason TEXT,
    reporter TEXT,
    sender TEXT,
    subject TEXT,
    events INTEGER NOT NULL,
    duplicate_of BLOB REFERENCES reports (id),
    parser_version INTEGER NOT NULL
) STRICT;
CREATE INDEX reports_sha256 ON reports (sha256, received_at);
CREATE INDEX reports_state ON reports (state, received_at);
CREATE INDEX reports_received ON reports (received_at);
CREATE TABLE events (
    id BLOB PRIMARY KEY,
    report_id BLOB NOT NULL REFERENCES reports (id),
    position INTEGER NOT NULL,
    reporter TEXT NOT NULL,
    source_kind TEXT NOT NULL,
    source TEXT NOT NULL,
    port INTEGER,
    address BLOB,
    at INTEGER NOT NULL,
    from_at INTEGER,
    to_at INTEGER,
    time_grade TEXT NOT NULL,
    class TEXT NOT NULL,
    category TEXT NOT NULL,
    role TEXT NOT NULL,
    count INTEGER NOT NULL,
    reference TEXT,
    details TEXT NOT NULL,
    faults TEXT NOT NULL,
    received_at INTEGER NOT NULL,
    certainty TEXT NOT NULL,
    customer_id BLOB REFERENCES customers (id),
    service_id BLOB REFERENCES services (id),
    case_id BLOB,
    state TEXT NOT NULL,
    fingerprint BLOB NOT NULL
) STRICT;
-- The inbox reads these two alone: what waits, by holder where he is certain, else by source.
-- They hold every column that is asked for, those that are the same in every row too: no look at the rows themselves.
CREATE INDEX events_decide
    ON events (customer_id, category, at, received_at, reporter, service_id, state, certainty)
    WHERE state = 'pending' AND certainty = 'certain';
CREATE INDEX events_unsure ON events (certainty, source, category, at, received_at, reporter, state)
    WHERE state = 'pending' AND certainty <> 'certain';
CREATE INDEX events_case ON events (case_id, at) WHERE case_id IS NOT NULL;
CREATE INDEX events_customer ON events (customer_id, at) WHERE customer_id IS NOT NULL;
-- A second worker on the same report stops here.
CREATE UNIQUE INDEX events_report ON events (report_id, position);
-- The same observation of the same reporter counts once.
CREATE UNIQUE INDEX events_fingerprint ON events (fingerprint) WHERE state <> 'duplicate';
-- Dated answers to "whose was it then?"; a correction is a newer row.
CREATE TABLE attributions (
    id BLOB PRIMARY KEY,
    event_id BLOB NOT NULL REFERENCES events (id),
    made_at INTEGER NOT NULL,
    made_by TEXT NOT NULL,
    certainty TEXT NOT NULL,
    answer TEXT NOT NULL
) STRICT;
CREATE INDEX attributions_event ON attributions (event_id, made_at);
-- Events stored per day, class and reporter: the figures read these few rows instead of all events.
CREATE TABLE event_days (
    day INTEGER NOT NULL,
    class TEXT NOT NULL,
    reporter TEXT NOT NULL,
    events INTEGER NOT NULL,
    PRIMARY KEY (day, class, reporter)
) STRICT;

-- Cases -------------------------------------------------------------------------------------------------------------
CREATE TABLE counters (
    name TEXT PRIMARY KEY,
    value INTEGER NOT NULL
) STRICT;
CREATE TABLE cases (
    id BLOB PRIMARY KEY,
    number TEXT NOT NULL UNIQUE,
    customer_id BLOB NOT NULL REFERENCES customers (id),
    service_id BLOB REFERENCES services (id),
    category TEXT NOT NULL,
    class TEXT NOT NULL,
    state TEXT NOT NULL,
    outcome TEXT,
    claim TEXT,
    dispute TEXT NOT NULL,
    assignee_id BLOB REFERENCES users (id),
    opened_at INTEGER NOT NULL,
    first_event_at INTEGER NOT NULL,
    last_event_at INTEGER NOT NULL,
    first_stored_at INTEGER NOT NULL,
    events INTEGER NOT NULL,
    notified_at INTEGER,
    due_at INTEGER,
    snoozed_until INTEGER,
    closed_at INTEGER,
    repeat_of BLOB REFERENCES cases (id),
    strikes INTEGER NOT NULL,
    unread INTEGER NOT NULL,
    joinable INTEGER NOT NULL,
    search TEXT NOT NULL,
    version INTEGER NOT NULL
) STRICT;
CREATE INDEX cases_state_due ON cases (state, due_at, id);
CREATE INDEX cases_state_opened ON cases (state, opened_at, id);
CREATE INDEX cases_opened ON cases (opened_at, id);
CREATE INDEX cases_live ON cases (last_event_at) WHERE state <> 'closed';
CREATE INDEX cases_closed ON cases (closed_at) WHERE closed_at IS NOT NULL;
CREATE INDEX cases_customer ON cases (customer_id, category, opened_at);
CREATE INDEX cases_assignee ON cases (assignee_id, state);
-- At most one case that new evidence can join per customer and category: two replicas cannot open it twice.
CREATE UNIQUE INDEX cases_joinable ON cases (customer_id, category) WHERE joinable = TRUE;
CREATE TABLE messages (
    id BLOB PRIMARY KEY,
    case_id BLOB NOT NULL REFERENCES cases (id),
    kind TEXT NOT NULL,
    claim TEXT,
    author TEXT NOT NULL,
    at INTEGER NOT NULL,
    wording TEXT NOT NULL
) STRICT;
CREATE INDEX messages_case ON messages (case_id, at);
CREATE TABLE disputes (
    id BLOB PRIMARY KEY,
    case_id BLOB NOT NULL REFERENCES cases (id),
    opened_at INTEGER NOT NULL,
    wording TEXT NOT NULL,
    first_decider BLOB REFERENCES users (id),
    due_at INTEGER NOT NULL,
    decided_at INTEGER,
    decided_by BLOB REFERENCES users (id),
    outcome TEXT,
    reason TEXT
) STRICT;
CREATE INDEX disputes_case ON disputes (case_id, opened_at);
CREATE TABLE links (
    id BLOB PRIMARY KEY,
    case_id BLOB NOT NULL REFERENCES cases (id),
    customer_id BLOB NOT NULL REFERENCES customers (id),
    secret_hash BLOB NOT NULL UNIQUE,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    revoked_at INTEGER
) STRICT;
CREATE INDEX links_case ON links (case_id);

-- Notices, quarantines, releases ------------------------------------------------------------------------------------
CREATE TABLE notices (
    id BLOB PRIMARY KEY,
    case_id BLOB NOT NULL REFERENCES cases (id),
    customer_id BLOB NOT NULL REFERENCES customers (id),
    template TEXT NOT NULL,
    language TEXT NOT NULL,
    recipient TEXT NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    message_id TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    answer TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    next_at INTEGER NOT NULL,
    sent_at INTEGER,
    bounced_at INTEGER
) STRICT;
CREATE INDEX notices_case ON notices (case_id, created_at);
CREATE INDEX notices_state ON notices (state, created_at);
CREATE INDEX notices_created ON notices (created_at, id);
CREATE TABLE quarantines (
    id BLOB PRIMARY KEY,
    service_id BLOB NOT NULL REFERENCES services (id),
    customer_id BLOB NOT NULL REFERENCES customers (id),
    measure TEXT NOT NULL,
    ports TEXT NOT NULL,
    state TEXT NOT NULL,
    clause_id BLOB NOT NULL REFERENCES clauses (id),
    reason TEXT NOT NULL,
    ordered_by TEXT NOT NULL,
    ordered_at INTEGER NOT NULL,
    approved_by BLOB REFERENCES users (id),
    starts_at INTEGER NOT NULL,
    review_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    confirmed_at INTEGER,
    verified_at INTEGER,
    lift_asked_at INTEGER,
    lifted_at INTEGER,
    attempts INTEGER NOT NULL,
    answer TEXT NOT NULL,
    version INTEGER NOT NULL
) STRICT;
CREATE INDEX quarantines_state ON quarantines (state, review_at);
CREATE INDEX quarantines_lifted ON quarantines (lifted_at);
CREATE INDEX quarantines_confirmed ON quarantines (confirmed_at);
CREATE INDEX quarantines_customer ON quarantines (customer_id);
-- One live restriction per service: several cases hold it together.
CREATE UNIQUE INDEX quarantines_live ON quarantines (service_id)
    WHERE state IN ('awaiting_approval', 'scheduled', 'applying', 'in_force', 'failed', 'lifting');
CREATE TABLE quarantine_causes (
    quarantine_id BLOB NOT NULL REFERENCES quarantines (id),
    case_id BLOB NOT NULL REFERENCES cases (id),
    gone_at INTEGER,
    PRIMARY KEY (quarantine_id, case_id)
) STRICT;
CREATE INDEX quarantine_causes_case ON quarantine_causes (case_id);
CREATE TABLE releases (
    id BLOB PRIMARY KEY,
    quarantine_id BLOB NOT NULL REFERENCES quarantines (id),
    case_id BLOB NOT NULL REFERENCES cases (id),
    customer_id BLOB NOT NULL REFERENCES customers (id),
    asked_by TEXT NOT NULL,
    asked_at INTEGER NOT NULL,
    state TEXT NOT NULL,
    by_himself INTEGER NOT NULL,
    decided_by TEXT,
    decided_at INTEGER,
    reason TEXT NOT NULL
) STRICT;
CREATE INDEX releases_quarantine ON releases (quarantine_id, asked_at);
CREATE INDEX releases_customer ON releases (customer_id, asked_at);
CREATE INDEX releases_state ON releases (state, asked_at);
-- What workers owe the world. Written in the transaction of the decision; a worker takes a row for a while
-- (locked_until), does it, and records the result in one transaction that also deletes or re-dates the row.
CREATE TABLE jobs (
    id BLOB PRIMARY KEY,
    kind TEXT NOT NULL,
    noun_id BLOB NOT NULL,
    due_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    locked_by TEXT,
    locked_until INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    UNIQUE (kind, noun_id)
) STRICT;
CREATE INDEX jobs_due ON jobs (due_at);

-- The ledger --------------------------------------------------------------------------------------------------------
-- Append-only (triggers below). body and salt may be erased, nothing else may change: the hashes keep the proof.
CREATE TABLE ledger (
    seq INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    act TEXT NOT NULL,
    noun TEXT NOT NULL,
    noun_id TEXT NOT NULL,
    case_id BLOB,
    body TEXT,
    salt BLOB,
    content_hash BLOB NOT NULL,
    leaf_hash BLOB NOT NULL
) STRICT;
CREATE INDEX ledger_case ON ledger (case_id, seq) WHERE case_id IS NOT NULL;
CREATE INDEX ledger_noun ON ledger (noun_id, seq);
CREATE INDEX ledger_act ON ledger (act, seq);
-- The record by person; most entries are the machine's.
CREATE INDEX ledger_person ON ledger (actor, seq) WHERE substr(actor, 1, 5) = 'user:';
-- Entries by person, day and act, counted as they are written: the figures read these few rows instead of the record.
CREATE TABLE work_days (
    day INTEGER NOT NULL,
    actor TEXT NOT NULL,
    act TEXT NOT NULL,
    acts INTEGER NOT NULL,
    PRIMARY KEY (day, actor, act)
) STRICT;
-- The tree's right edge: one row, changed with every append.
CREATE TABLE ledger_tip (
    id INTEGER PRIMARY KEY,
    size INTEGER NOT NULL,
    frontier BLOB NOT NULL
) STRICT;
-- Roots of complete subtrees of 256, 65536... entries: an inclusion proof reads some hundred rows, not all.
CREATE TABLE ledger_nodes (
    level INTEGER NOT NULL,
    place INTEGER NOT NULL,
    hash BLOB NOT NULL,
    PRIMARY KEY (level, place)
) STRICT;
CREATE TABLE ledger_heads (
    size INTEGER PRIMARY KEY,
    root BLOB NOT NULL,
    at INTEGER NOT NULL,
    key_id TEXT NOT NULL,
    signature BLOB NOT NULL
) STRICT;
CREATE TRIGGER ledger_no_update BEFORE UPDATE ON ledger
WHEN NOT (NEW.body IS NULL AND NEW.salt IS NULL
    AND NEW.seq IS OLD.seq AND NEW.at IS OLD.at AND NEW.actor IS OLD.actor AND NEW.act IS OLD.act
    AND NEW.noun IS OLD.noun AND NEW.noun_id IS OLD.noun_id AND NEW.case_id IS OLD.case_id
    AND NEW.content_hash IS OLD.content_hash AND NEW.leaf_hash IS OLD.leaf_hash)
BEGIN
    SELECT RAISE(ABORT, 'the ledger is append-only');
END;
CREATE TRIGGER ledger_no_delete BEFORE DELETE ON ledger
BEGIN
    SELECT RAISE(ABORT, 'the ledger is append-only');
END;
