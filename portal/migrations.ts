/** The schema's history. A released step is never changed, only followed by another. */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE portal (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    instance TEXT NOT NULL,
    revision INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE master_items (
    collection TEXT NOT NULL CHECK (collection IN ('offices', 'clerks', 'services', 'tariffs', 'settings')),
    id TEXT NOT NULL,
    revision INTEGER NOT NULL,
    data TEXT CHECK (data IS NULL OR json_valid(data)),
    hash TEXT,
    PRIMARY KEY (collection, id),
    CHECK ((data IS NULL) = (hash IS NULL))
  ) STRICT;
  CREATE UNIQUE INDEX master_items_by_revision ON master_items (collection, revision);

  CREATE TABLE enrolment_codes (
    code_hash TEXT PRIMARY KEY,
    office_id TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    desk_id TEXT REFERENCES desks (id)
  ) STRICT;

  CREATE TABLE desks (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    office_id TEXT NOT NULL,
    token_hash TEXT NOT NULL UNIQUE,
    enrolled_at INTEGER NOT NULL,
    revoked_at INTEGER
  ) STRICT;

  CREATE TABLE clerk_passwords (
    clerk_id TEXT PRIMARY KEY,
    username TEXT NOT NULL UNIQUE,
    password_hash TEXT NOT NULL
  ) STRICT;

  CREATE TABLE sign_in_attempts (
    username_hash TEXT PRIMARY KEY,
    failures INTEGER NOT NULL,
    last_at INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE clerk_sessions (
    token_hash TEXT PRIMARY KEY,
    clerk_id TEXT NOT NULL,
    desk_id TEXT NOT NULL REFERENCES desks (id),
    started_at INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE log_leaves (
    desk_id TEXT NOT NULL REFERENCES desks (id),
    sequence INTEGER NOT NULL CHECK (sequence >= 1),
    bytes BLOB NOT NULL,
    received_at INTEGER NOT NULL,
    PRIMARY KEY (desk_id, sequence)
  ) STRICT;

  CREATE TABLE blobs (
    sha256 TEXT PRIMARY KEY,
    size INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE blob_senders (
    desk_id TEXT NOT NULL REFERENCES desks (id),
    sha256 TEXT NOT NULL REFERENCES blobs (sha256),
    PRIMARY KEY (desk_id, sha256)
  ) STRICT;

  CREATE TABLE effects (
    id TEXT PRIMARY KEY,
    desk_id TEXT NOT NULL REFERENCES desks (id),
    visit_id TEXT NOT NULL,
    ordinal INTEGER NOT NULL CHECK (ordinal >= 1),
    kind TEXT NOT NULL,
    addressed_office_id TEXT,
    content_hash TEXT NOT NULL,
    content TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('incomplete', 'complete', 'rejected')),
    received_at INTEGER NOT NULL,
    UNIQUE (desk_id, visit_id, ordinal)
  ) STRICT;

  CREATE TABLE effect_blobs (
    effect_id TEXT NOT NULL REFERENCES effects (id),
    position INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    size INTEGER NOT NULL,
    PRIMARY KEY (effect_id, position)
  ) STRICT;
  CREATE INDEX effect_blobs_by_content ON effect_blobs (sha256);

  CREATE TABLE due_references (
    effect_id TEXT PRIMARY KEY REFERENCES effects (id),
    due_at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX due_references_by_time ON due_references (due_at, effect_id);

  CREATE TABLE office_series (
    office_id TEXT NOT NULL,
    year INTEGER NOT NULL,
    last_number INTEGER NOT NULL,
    PRIMARY KEY (office_id, year)
  ) STRICT;

  CREATE TABLE answers (
    desk_id TEXT NOT NULL REFERENCES desks (id),
    sequence INTEGER NOT NULL CHECK (sequence >= 1),
    effect_id TEXT NOT NULL REFERENCES effects (id),
    kind TEXT NOT NULL CHECK (kind IN ('received', 'reference-number', 'rejected', 'completion-asked')),
    at INTEGER NOT NULL,
    reference_number TEXT UNIQUE,
    office_id TEXT,
    reason_cs TEXT,
    reason_en TEXT,
    deadline TEXT,
    PRIMARY KEY (desk_id, sequence),
    CHECK ((kind = 'reference-number') = (reference_number IS NOT NULL))
  ) STRICT;
  CREATE UNIQUE INDEX answers_once ON answers (effect_id, kind) WHERE kind IN ('received', 'reference-number');
  `,
  `
  -- The portal's own keys: 32 random bytes each.
  CREATE TABLE portal_keys (
    purpose TEXT PRIMARY KEY CHECK (purpose IN ('signing', 'sealing')),
    secret BLOB NOT NULL CHECK (length(secret) = 32)
  ) STRICT;

  -- Desks that send media: the keys they showed with their first one, and how many answers went back.
  CREATE TABLE medium_desks (
    desk_id TEXT PRIMARY KEY REFERENCES desks (id),
    signing_key BLOB NOT NULL CHECK (length(signing_key) = 32),
    sealing_key BLOB NOT NULL CHECK (length(sealing_key) = 32),
    last_return INTEGER NOT NULL DEFAULT 0
  ) STRICT;

  CREATE TABLE medium_imports (
    desk_id TEXT NOT NULL REFERENCES desks (id),
    number INTEGER NOT NULL CHECK (number >= 1),
    -- How the desk said an earlier number of its own ended: it never left the desk.
    abandoned INTEGER NOT NULL DEFAULT 0 CHECK (abandoned IN (0, 1)),
    imported_at INTEGER NOT NULL,
    PRIMARY KEY (desk_id, number)
  ) STRICT;
  `,
  `
  -- What speaks against an act that was taken in nevertheless.
  ALTER TABLE effects ADD COLUMN conflicts TEXT CHECK (json_valid(conflicts));
  ALTER TABLE answers ADD COLUMN conflicts TEXT CHECK (json_valid(conflicts));

  -- Contents that come in parts; how much has arrived is the length of the part's file.
  CREATE TABLE uploads (
    id TEXT PRIMARY KEY,
    desk_id TEXT NOT NULL REFERENCES desks (id),
    sha256 TEXT NOT NULL,
    size INTEGER NOT NULL CHECK (size > 0),
    made_at INTEGER NOT NULL,
    UNIQUE (desk_id, sha256)
  ) STRICT;
  `,
  `
  -- A code that lets another machine take a desk's place, and what became of a desk's identity.
  ALTER TABLE enrolment_codes ADD COLUMN takes_over TEXT REFERENCES desks (id);
  CREATE TABLE desk_changes (
    desk_id TEXT NOT NULL REFERENCES desks (id),
    at INTEGER NOT NULL,
    what TEXT NOT NULL CHECK (what IN ('restore', 'take-over', 'removal'))
  ) STRICT;
  CREATE INDEX desk_changes_by_desk ON desk_changes (desk_id, at);
  `,
  `
  -- The hash tree over each desk's log: complete subtrees of two leaves and more.
  CREATE TABLE log_nodes (
    desk_id TEXT NOT NULL REFERENCES desks (id),
    level INTEGER NOT NULL CHECK (level >= 1),
    position INTEGER NOT NULL CHECK (position >= 0),
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (desk_id, level, position)
  ) STRICT, WITHOUT ROWID;

  -- What a desk signs its log with; one key at a time.
  CREATE TABLE desk_keys (
    desk_id TEXT NOT NULL REFERENCES desks (id),
    public_key BLOB NOT NULL CHECK (length(public_key) = 32),
    registered_at INTEGER NOT NULL,
    retired_at INTEGER,
    PRIMARY KEY (desk_id, public_key)
  ) STRICT;
  CREATE UNIQUE INDEX desk_keys_one ON desk_keys (desk_id) WHERE retired_at IS NULL;
  -- A desk that lost its key may bring a new one, once.
  ALTER TABLE desks ADD COLUMN new_key_permitted INTEGER NOT NULL DEFAULT 0 CHECK (new_key_permitted IN (0, 1));

  CREATE TABLE log_epochs (
    desk_id TEXT NOT NULL REFERENCES desks (id),
    epoch INTEGER NOT NULL CHECK (epoch >= 2),
    first_sequence INTEGER NOT NULL CHECK (first_sequence >= 1),
    opened_at INTEGER NOT NULL,
    statement TEXT NOT NULL,
    signature BLOB NOT NULL,
    PRIMARY KEY (desk_id, epoch)
  ) STRICT;

  CREATE TABLE log_checkpoints (
    desk_id TEXT NOT NULL REFERENCES desks (id),
    size INTEGER NOT NULL CHECK (size >= 1),
    key_id BLOB NOT NULL CHECK (length(key_id) = 4),
    root_hash BLOB NOT NULL CHECK (length(root_hash) = 32),
    note TEXT NOT NULL,
    cosignature TEXT NOT NULL,
    received_at INTEGER NOT NULL,
    PRIMARY KEY (desk_id, size, key_id)
  ) STRICT;

  -- What somebody at the portal has to look at: a log that was rewritten or forked, a key nobody permitted.
  CREATE TABLE desk_exceptions (
    id INTEGER PRIMARY KEY,
    desk_id TEXT NOT NULL REFERENCES desks (id),
    kind TEXT NOT NULL CHECK (kind IN ('log-forked', 'checkpoint-refused', 'key-refused', 'epoch-refused')),
    details TEXT NOT NULL CHECK (json_valid(details)),
    first_at INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    times INTEGER NOT NULL DEFAULT 1,
    reviewed_at INTEGER,
    reviewed_by TEXT,
    note TEXT
  ) STRICT;
  CREATE UNIQUE INDEX desk_exceptions_same ON desk_exceptions (desk_id, kind, details) WHERE reviewed_at IS NULL;
  `,
  `
  -- Closings that desks ask a supervisor elsewhere to approve.
  CREATE TABLE closings (
    effect_id TEXT PRIMARY KEY REFERENCES effects (id),
    closing_id TEXT NOT NULL,
    desk_id TEXT NOT NULL REFERENCES desks (id),
    received_at INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'approved', 'returned', 'withdrawn')),
    decided_at INTEGER,
    decided_by TEXT,
    UNIQUE (desk_id, closing_id)
  ) STRICT;
  CREATE INDEX closings_waiting ON closings (received_at) WHERE state = 'waiting';

  -- The inbox carries their answers too; a CHECK can only be widened in a new table.
  CREATE TABLE answers_new (
    desk_id TEXT NOT NULL REFERENCES desks (id),
    sequence INTEGER NOT NULL CHECK (sequence >= 1),
    effect_id TEXT NOT NULL REFERENCES effects (id),
    kind TEXT NOT NULL CHECK (kind IN
      ('received', 'reference-number', 'rejected', 'completion-asked', 'closing-approved', 'closing-returned')),
    at INTEGER NOT NULL,
    reference_number TEXT UNIQUE,
    office_id TEXT,
    reason_cs TEXT,
    reason_en TEXT,
    deadline TEXT,
    conflicts TEXT CHECK (json_valid(conflicts)),
    decided_by TEXT CHECK (json_valid(decided_by)),
    note TEXT,
    PRIMARY KEY (desk_id, sequence),
    CHECK ((kind = 'reference-number') = (reference_number IS NOT NULL))
  ) STRICT;
  INSERT INTO answers_new
    SELECT desk_id, sequence, effect_id, kind, at, reference_number, office_id, reason_cs, reason_en, deadline,
      conflicts, NULL, NULL FROM answers;
  DROP TABLE answers;
  ALTER TABLE answers_new RENAME TO answers;
  CREATE UNIQUE INDEX answers_once ON answers (effect_id, kind)
    WHERE kind NOT IN ('rejected', 'completion-asked');
  `,
  `
  -- What packages of master data are signed with: the last one is in use, each is signed by the one before it.
  CREATE TABLE master_keys (
    n INTEGER PRIMARY KEY,
    secret BLOB NOT NULL CHECK (length(secret) = 32),
    signature TEXT,
    CHECK ((n = 1) = (signature IS NULL))
  ) STRICT;
  `,
  `
  -- Numbers of the central series of evidence. What became of each follows from the effects that said so: issued, cancelled
  -- (also after it was issued), or not said yet.
  CREATE TABLE evidence_numbers (
    id TEXT PRIMARY KEY,
    series TEXT NOT NULL CHECK (series IN ('extracts', 'conversions')),
    year INTEGER NOT NULL,
    sequence INTEGER NOT NULL CHECK (sequence >= 1),
    number TEXT NOT NULL UNIQUE,
    desk_id TEXT NOT NULL REFERENCES desks (id),
    office_id TEXT NOT NULL,
    allotted_at INTEGER NOT NULL,
    issued_by TEXT UNIQUE REFERENCES effects (id),
    cancelled_by TEXT UNIQUE REFERENCES effects (id),
    kept_to TEXT,
    forgotten INTEGER NOT NULL DEFAULT 0 CHECK (forgotten IN (0, 1)),
    UNIQUE (series, year, sequence)
  ) STRICT;
  CREATE INDEX evidence_numbers_open ON evidence_numbers (desk_id, series)
    WHERE issued_by IS NULL AND cancelled_by IS NULL;
  CREATE TRIGGER evidence_numbers_stay BEFORE DELETE ON evidence_numbers
    BEGIN SELECT raise(ABORT, 'A number of evidence stays.'); END;
  CREATE TRIGGER evidence_numbers_settled BEFORE UPDATE ON evidence_numbers
    WHEN new.number <> old.number OR new.id <> old.id OR new.issued_by IS NOT old.issued_by AND old.issued_by IS NOT NULL
      OR new.cancelled_by IS NOT old.cancelled_by AND old.cancelled_by IS NOT NULL
      OR new.issued_by IS NOT old.issued_by AND old.cancelled_by IS NOT NULL
    BEGIN SELECT raise(ABORT, 'The fate of a number of evidence stays.'); END;
  `,
  `
  -- Certificates of the training environment; their private keys lie in files.
  CREATE TABLE certificates (
    serial TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    issuer TEXT NOT NULL,
    issuer_serial TEXT,
    base TEXT NOT NULL,
    der BLOB NOT NULL,
    made_at INTEGER NOT NULL,
    revoked_at INTEGER
  ) STRICT;
  CREATE INDEX certificates_by_name ON certificates (name, made_at);
  CREATE INDEX certificates_by_issuer ON certificates (issuer);

  -- Each use of an office's seal.
  CREATE TABLE seals (
    id TEXT PRIMARY KEY,
    desk_id TEXT NOT NULL REFERENCES desks (id),
    office_id TEXT NOT NULL,
    data_hash TEXT NOT NULL,
    certificate TEXT NOT NULL REFERENCES certificates (serial),
    signature TEXT NOT NULL,
    made_at INTEGER NOT NULL
  ) STRICT;

  -- Questions to registers. The document stays until its fate is told; who was asked about, until it is answered.
  CREATE TABLE extracts (
    id TEXT PRIMARY KEY,
    desk_id TEXT NOT NULL REFERENCES desks (id),
    office_id TEXT NOT NULL,
    content_hash TEXT NOT NULL,
    register TEXT NOT NULL,
    variant TEXT NOT NULL,
    case_id TEXT,
    subject TEXT CHECK (json_valid(subject)),
    ticket TEXT,
    state TEXT NOT NULL CHECK (state IN ('asked', 'manual', 'answered', 'refused')),
    times_asked INTEGER NOT NULL DEFAULT 0,
    asked_at INTEGER NOT NULL,
    expected_at INTEGER NOT NULL,
    expected_on TEXT NOT NULL,
    reason TEXT CHECK (json_valid(reason)),
    -- Whether the register is owed for it.
    charged INTEGER NOT NULL CHECK (charged IN (0, 1)),
    document BLOB,
    sha256 TEXT,
    size INTEGER,
    pages INTEGER,
    answered_at INTEGER,
    seal TEXT CHECK (json_valid(seal)),
    seal_certificate TEXT REFERENCES certificates (serial),
    CHECK ((state = 'answered') = (answered_at IS NOT NULL)),
    CHECK ((state = 'refused') = (reason IS NOT NULL))
  ) STRICT;
  CREATE INDEX extracts_by_ticket ON extracts (ticket) WHERE ticket IS NOT NULL;

  -- Addresses and trust come to the desks as master data; a CHECK can only be widened in a new table.
  CREATE TABLE master_items_new (
    collection TEXT NOT NULL CHECK (collection IN ('offices', 'clerks', 'services', 'tariffs', 'settings', 'trust')),
    id TEXT NOT NULL,
    revision INTEGER NOT NULL,
    data TEXT CHECK (data IS NULL OR json_valid(data)),
    hash TEXT,
    PRIMARY KEY (collection, id),
    CHECK ((data IS NULL) = (hash IS NULL))
  ) STRICT;
  INSERT INTO master_items_new SELECT collection, id, revision, data, hash FROM master_items;
  DROP TABLE master_items;
  ALTER TABLE master_items_new RENAME TO master_items;
  CREATE UNIQUE INDEX master_items_by_revision ON master_items (collection, revision);
  `,
  `
  -- Files for citizens and from them. The token is kept as it is: whoever has the database has the file beside it.
  CREATE TABLE deposits (
    token TEXT PRIMARY KEY,
    direction TEXT NOT NULL CHECK (direction IN ('output', 'input')),
    id TEXT UNIQUE,
    desk_id TEXT REFERENCES desks (id),
    sha256 TEXT NOT NULL REFERENCES blobs (sha256),
    size INTEGER NOT NULL,
    file_name TEXT NOT NULL,
    conversion_number TEXT REFERENCES evidence_numbers (number),
    made_at INTEGER NOT NULL,
    expires_on TEXT NOT NULL,
    CHECK ((direction = 'output') = (id IS NOT NULL AND desk_id IS NOT NULL AND conversion_number IS NOT NULL))
  ) STRICT;
  CREATE INDEX deposits_by_content ON deposits (sha256);
  CREATE INDEX deposits_by_expiry ON deposits (expires_on);
  `,
  `
  -- A clause that is a file bears a number of a desk's register book, which the portal learns of with its certification only.
  CREATE TABLE deposits_new (
    token TEXT PRIMARY KEY,
    direction TEXT NOT NULL CHECK (direction IN ('output', 'input')),
    id TEXT UNIQUE,
    desk_id TEXT REFERENCES desks (id),
    sha256 TEXT NOT NULL REFERENCES blobs (sha256),
    size INTEGER NOT NULL,
    file_name TEXT NOT NULL,
    conversion_number TEXT REFERENCES evidence_numbers (number),
    book_series TEXT,
    book_year INTEGER,
    book_number INTEGER,
    cancelled_by TEXT REFERENCES effects (id),
    made_at INTEGER NOT NULL,
    expires_on TEXT NOT NULL,
    CHECK ((book_series IS NULL) = (book_year IS NULL) AND (book_year IS NULL) = (book_number IS NULL)),
    CHECK ((direction = 'output') = (id IS NOT NULL AND desk_id IS NOT NULL)),
    CHECK ((direction = 'output') = ((conversion_number IS NULL) <> (book_number IS NULL)))
  ) STRICT;
  INSERT INTO deposits_new (token, direction, id, desk_id, sha256, size, file_name, conversion_number, made_at, expires_on)
    SELECT token, direction, id, desk_id, sha256, size, file_name, conversion_number, made_at, expires_on FROM deposits;
  DROP TABLE deposits;
  ALTER TABLE deposits_new RENAME TO deposits;
  CREATE INDEX deposits_by_content ON deposits (sha256);
  CREATE INDEX deposits_by_expiry ON deposits (expires_on);
  `,
  `
  -- Which collections there are says the interface; a CHECK of their names would want a new table for each.
  CREATE TABLE master_items_new (
    collection TEXT NOT NULL,
    id TEXT NOT NULL,
    revision INTEGER NOT NULL,
    data TEXT CHECK (data IS NULL OR json_valid(data)),
    hash TEXT,
    PRIMARY KEY (collection, id),
    CHECK ((data IS NULL) = (hash IS NULL))
  ) STRICT;
  INSERT INTO master_items_new SELECT collection, id, revision, data, hash FROM master_items;
  DROP TABLE master_items;
  ALTER TABLE master_items_new RENAME TO master_items;
  CREATE UNIQUE INDEX master_items_by_revision ON master_items (collection, revision);
  `,
  `
  -- Every look into somebody's affairs: at which desk, who, into what, why. Who was looked for is not written down, only whom
  -- the look found.
  CREATE TABLE looks (
    n INTEGER PRIMARY KEY,
    desk_id TEXT NOT NULL REFERENCES desks (id),
    clerk_id TEXT NOT NULL,
    visit_id TEXT,
    kind TEXT NOT NULL CHECK (kind IN ('person', 'account', 'organisation', 'submission', 'mailbox', 'booking')),
    subject TEXT,
    purpose TEXT NOT NULL,
    note TEXT,
    at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX looks_by_subject ON looks (kind, subject, at);
  CREATE TRIGGER looks_stay BEFORE DELETE ON looks BEGIN SELECT raise(ABORT, 'A look stays.'); END;
  CREATE TRIGGER looks_unchanged BEFORE UPDATE ON looks BEGIN SELECT raise(ABORT, 'A look stays.'); END;
  `,
  `
  -- What an operator added to the forms that ship or withdrew of them.
  -- Spisová značka, where the office tells it.
  ALTER TABLE answers ADD COLUMN file_number TEXT;

  CREATE TABLE form_versions (
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    form TEXT NOT NULL CHECK (json_valid(form)),
    PRIMARY KEY (id, version)
  ) STRICT;

  CREATE TABLE changed_forms (
    id TEXT PRIMARY KEY,
    -- Null: withdrawn.
    definition TEXT CHECK (definition IS NULL OR json_valid(definition)),
    changed_at INTEGER NOT NULL
  ) STRICT;
  `,
  `
  -- Accounts of citizens and organisations. A user name is never given twice, an e-mail and an IČO stand in one living account.
  CREATE TABLE accounts (
    id TEXT PRIMARY KEY,
    number TEXT NOT NULL UNIQUE,
    year INTEGER NOT NULL,
    sequence INTEGER NOT NULL CHECK (sequence >= 1),
    kind TEXT NOT NULL CHECK (kind IN ('person', 'organisation')),
    state TEXT NOT NULL CHECK (state IN ('registered', 'active', 'blocked', 'ended', 'merged')),
    user_name TEXT UNIQUE,
    email TEXT NOT NULL,
    phone TEXT,
    ico TEXT,
    holder TEXT NOT NULL CHECK (json_valid(holder)),
    registered_at INTEGER NOT NULL,
    activated_at INTEGER,
    merged_into TEXT REFERENCES accounts (id),
    UNIQUE (year, sequence),
    CHECK ((kind = 'person') = (user_name IS NOT NULL)),
    CHECK ((kind = 'organisation') = (ico IS NOT NULL))
  ) STRICT;
  CREATE UNIQUE INDEX accounts_one_email ON accounts (email) WHERE state IN ('registered', 'active', 'blocked');
  CREATE UNIQUE INDEX accounts_one_ico ON accounts (ico) WHERE state IN ('registered', 'active', 'blocked');
  CREATE INDEX accounts_by_birth_year ON accounts (holder ->> '$.birthDate.year') WHERE kind = 'person';

  -- Who was verified, when, by which means and document, by which clerk. No picture of a document.
  CREATE TABLE account_proofs (
    n INTEGER PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts (id),
    at INTEGER NOT NULL,
    means TEXT NOT NULL CHECK (means IN ('document-in-person')),
    document_kind TEXT NOT NULL,
    document_number TEXT NOT NULL,
    issuer TEXT,
    office_id TEXT NOT NULL,
    clerk_id TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('clerk', 'supervisor')),
    desk_id TEXT REFERENCES desks (id),
    effect_id TEXT REFERENCES effects (id)
  ) STRICT;
  CREATE INDEX account_proofs_by_account ON account_proofs (account_id);
  CREATE TRIGGER account_proofs_stay BEFORE DELETE ON account_proofs
    BEGIN SELECT raise(ABORT, 'A proof stays.'); END;
  CREATE TRIGGER account_proofs_unchanged BEFORE UPDATE ON account_proofs
    BEGIN SELECT raise(ABORT, 'A proof stays.'); END;

  CREATE TABLE account_history (
    n INTEGER PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts (id),
    event TEXT NOT NULL,
    from_state TEXT,
    to_state TEXT NOT NULL,
    at INTEGER NOT NULL,
    desk_id TEXT REFERENCES desks (id),
    clerk_id TEXT,
    effect_id TEXT REFERENCES effects (id)
  ) STRICT;
  CREATE INDEX account_history_by_account ON account_history (account_id, n);
  CREATE TRIGGER account_history_stays BEFORE DELETE ON account_history
    BEGIN SELECT raise(ABORT, 'The history of an account stays.'); END;
  CREATE TRIGGER account_history_unchanged BEFORE UPDATE ON account_history
    BEGIN SELECT raise(ABORT, 'The history of an account stays.'); END;

  CREATE TRIGGER accounts_stay BEFORE DELETE ON accounts BEGIN SELECT raise(ABORT, 'An account stays.'); END;
  CREATE TRIGGER accounts_begin BEFORE INSERT ON accounts WHEN new.state <> 'registered'
    BEGIN SELECT raise(ABORT, 'An account begins as registered.'); END;
  CREATE TRIGGER accounts_move BEFORE UPDATE ON accounts WHEN new.state <> old.state
    AND old.state || '>' || new.state NOT IN ('registered>active', 'registered>ended', 'registered>merged',
      'active>blocked', 'active>ended', 'active>merged', 'blocked>active', 'blocked>ended', 'blocked>merged')
    BEGIN SELECT raise(ABORT, 'An account cannot go there.'); END;
  CREATE TRIGGER accounts_proofed BEFORE UPDATE ON accounts WHEN old.state = 'registered' AND new.state = 'active'
    AND NOT EXISTS (SELECT 1 FROM account_proofs WHERE account_id = old.id)
    BEGIN SELECT raise(ABORT, 'An account is activated on a proof only.'); END;

  CREATE TABLE account_users (
    n INTEGER PRIMARY KEY,
    organisation_id TEXT NOT NULL REFERENCES accounts (id),
    person_id TEXT NOT NULL REFERENCES accounts (id),
    rights TEXT NOT NULL CHECK (json_valid(rights)),
    since INTEGER NOT NULL,
    ended_at INTEGER,
    effect_id TEXT REFERENCES effects (id)
  ) STRICT;
  CREATE UNIQUE INDEX account_users_now ON account_users (organisation_id, person_id) WHERE ended_at IS NULL;
  CREATE INDEX account_users_by_person ON account_users (person_id) WHERE ended_at IS NULL;

  -- In which capacity somebody acted for an organisation, and for a proxy how far and until when.
  CREATE TABLE account_mandates (
    effect_id TEXT PRIMARY KEY REFERENCES effects (id),
    organisation_id TEXT NOT NULL REFERENCES accounts (id),
    capacity TEXT NOT NULL CHECK (capacity IN ('statutory-body', 'proxy')),
    scope TEXT,
    valid_to TEXT,
    CHECK ((capacity = 'proxy') = (scope IS NOT NULL))
  ) STRICT;

  -- One-time codes: what recognises them, never themselves.
  CREATE TABLE account_codes (
    account_id TEXT PRIMARY KEY REFERENCES accounts (id),
    hash TEXT NOT NULL,
    expires_on TEXT NOT NULL,
    made_at INTEGER NOT NULL
  ) STRICT;

  -- The inbox tells what became of acts about accounts; a CHECK can only be widened in a new table.
  CREATE TABLE answers_new (
    desk_id TEXT NOT NULL REFERENCES desks (id),
    sequence INTEGER NOT NULL CHECK (sequence >= 1),
    effect_id TEXT NOT NULL REFERENCES effects (id),
    kind TEXT NOT NULL CHECK (kind IN ('received', 'reference-number', 'rejected', 'completion-asked', 'closing-approved',
      'closing-returned', 'account-settled')),
    at INTEGER NOT NULL,
    reference_number TEXT UNIQUE,
    office_id TEXT,
    reason_cs TEXT,
    reason_en TEXT,
    deadline TEXT,
    conflicts TEXT CHECK (json_valid(conflicts)),
    decided_by TEXT CHECK (json_valid(decided_by)),
    note TEXT,
    file_number TEXT,
    account TEXT CHECK (json_valid(account)),
    PRIMARY KEY (desk_id, sequence),
    CHECK ((kind = 'reference-number') = (reference_number IS NOT NULL)),
    CHECK ((kind = 'account-settled') = (account IS NOT NULL))
  ) STRICT;
  INSERT INTO answers_new SELECT *, NULL FROM answers;
  DROP TABLE answers;
  ALTER TABLE answers_new RENAME TO answers;
  CREATE UNIQUE INDEX answers_once ON answers (effect_id, kind)
    WHERE kind NOT IN ('rejected', 'completion-asked');
  `,
  `
  -- Tracking: submissions as their offices know them, electronic and paper alike. A submission of a desk has its effect's id.
  CREATE TABLE submissions (
    id TEXT PRIMARY KEY,
    effect_id TEXT UNIQUE REFERENCES effects (id),
    medium TEXT NOT NULL CHECK (medium IN ('electronic', 'paper')),
    office_id TEXT NOT NULL,
    subject TEXT NOT NULL,
    receipt_number TEXT,
    reference_number TEXT UNIQUE,
    handed_in_on TEXT NOT NULL
  ) STRICT;
  CREATE INDEX submissions_by_receipt ON submissions (receipt_number);
  CREATE TRIGGER submissions_stay BEFORE DELETE ON submissions BEGIN SELECT raise(ABORT, 'A submission stays.'); END;

  CREATE TABLE submission_parties (
    n INTEGER PRIMARY KEY,
    submission_id TEXT NOT NULL REFERENCES submissions (id),
    role TEXT NOT NULL CHECK (role IN ('applicant', 'acting')),
    party TEXT NOT NULL CHECK (json_valid(party))
  ) STRICT;
  CREATE INDEX submission_parties_of ON submission_parties (submission_id);
  CREATE INDEX submission_parties_by_birth_year ON submission_parties (party ->> '$.birthDate.year');
  CREATE INDEX submission_parties_by_ico ON submission_parties (party ->> '$.ico');

  CREATE TABLE submission_states (
    n INTEGER PRIMARY KEY,
    submission_id TEXT NOT NULL REFERENCES submissions (id),
    state TEXT NOT NULL CHECK (state IN ('received', 'assigned', 'completion-asked', 'decided', 'delivered', 'closed')),
    at INTEGER NOT NULL,
    by_unit TEXT,
    by_person TEXT,
    note_cs TEXT,
    note_en TEXT,
    deadline TEXT,
    CHECK ((note_cs IS NULL) = (note_en IS NULL)),
    CHECK (by_person IS NULL OR by_unit IS NOT NULL)
  ) STRICT;
  CREATE INDEX submission_states_of ON submission_states (submission_id, n);
  CREATE TRIGGER submission_states_stay BEFORE DELETE ON submission_states
    BEGIN SELECT raise(ABORT, 'A state of a submission stays.'); END;
  CREATE TRIGGER submission_states_unchanged BEFORE UPDATE ON submission_states
    BEGIN SELECT raise(ABORT, 'A state of a submission stays.'); END;
  CREATE TRIGGER submission_states_move BEFORE INSERT ON submission_states
    WHEN coalesce((SELECT state FROM submission_states WHERE submission_id = new.submission_id ORDER BY n DESC LIMIT 1), '')
      || '>' || new.state NOT IN ('>received', 'received>assigned', 'received>completion-asked', 'received>decided',
        'received>closed', 'assigned>assigned', 'assigned>completion-asked', 'assigned>decided', 'assigned>closed',
        'completion-asked>assigned', 'completion-asked>completion-asked', 'completion-asked>decided',
        'completion-asked>closed', 'decided>delivered', 'decided>closed', 'delivered>closed')
    BEGIN SELECT raise(ABORT, 'A submission cannot go there.'); END;

  -- The next step of an office that works by itself (training).
  CREATE TABLE due_moves (
    submission_id TEXT PRIMARY KEY REFERENCES submissions (id),
    step INTEGER NOT NULL CHECK (step >= 0),
    due_at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX due_moves_by_time ON due_moves (due_at);

  -- What was taken in before there was tracking.
  INSERT INTO submissions (id, effect_id, medium, office_id, subject, receipt_number, handed_in_on)
    SELECT id, id, CASE content ->> '$.payload.authority' WHEN 'handed-in' THEN 'paper' ELSE 'electronic' END,
      addressed_office_id, content ->> '$.payload.subject', content ->> '$.payload.receiptNumber',
      content ->> '$.payload.acceptedOn'
    FROM effects WHERE kind = 'submission' AND state = 'complete';
  UPDATE submissions SET reference_number = (SELECT reference_number FROM answers
    WHERE effect_id = submissions.id AND kind = 'reference-number');
  INSERT INTO submission_parties (submission_id, role, party)
    SELECT id, 'applicant', content -> '$.payload.applicant' FROM effects WHERE id IN (SELECT id FROM submissions)
    UNION ALL SELECT id, 'acting', content -> '$.payload.actingPerson' FROM effects
      WHERE id IN (SELECT id FROM submissions) AND content -> '$.payload.actingPerson' IS NOT NULL;
  INSERT INTO submission_states (submission_id, state, at)
    SELECT id, 'received', received_at FROM effects WHERE id IN (SELECT id FROM submissions);

  CREATE TABLE answers_new (
    desk_id TEXT NOT NULL REFERENCES desks (id),
    sequence INTEGER NOT NULL CHECK (sequence >= 1),
    effect_id TEXT NOT NULL REFERENCES effects (id),
    kind TEXT NOT NULL CHECK (kind IN ('received', 'reference-number', 'rejected', 'completion-asked', 'closing-approved',
      'closing-returned', 'account-settled', 'state-changed')),
    at INTEGER NOT NULL,
    reference_number TEXT UNIQUE,
    office_id TEXT,
    reason_cs TEXT,
    reason_en TEXT,
    deadline TEXT,
    conflicts TEXT CHECK (json_valid(conflicts)),
    decided_by TEXT CHECK (json_valid(decided_by)),
    note TEXT,
    file_number TEXT,
    account TEXT CHECK (json_valid(account)),
    course TEXT CHECK (json_valid(course)),
    PRIMARY KEY (desk_id, sequence),
    CHECK ((kind = 'reference-number') = (reference_number IS NOT NULL)),
    CHECK ((kind = 'account-settled') = (account IS NOT NULL)),
    CHECK ((kind = 'state-changed') = (course IS NOT NULL))
  ) STRICT;
  INSERT INTO answers_new SELECT *, NULL FROM answers;
  DROP TABLE answers;
  ALTER TABLE answers_new RENAME TO answers;
  CREATE UNIQUE INDEX answers_once ON answers (effect_id, kind)
    WHERE kind NOT IN ('rejected', 'completion-asked', 'state-changed');
  `,
  `
  -- Bookings and the waiting line: somebody's time at an office, or their place in its line without one. Changes are read by revision.
  CREATE TABLE bookings (
    id TEXT PRIMARY KEY,
    office_id TEXT NOT NULL,
    agenda_id TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN
      ('booked', 'moved', 'lost', 'cancelled', 'arrived', 'called', 'served', 'no-show')),
    day TEXT NOT NULL,
    time TEXT,
    person TEXT CHECK (json_valid(person)),
    priority TEXT,
    arrived_at INTEGER,
    called_at INTEGER,
    called_by TEXT REFERENCES desks (id),
    counter_id TEXT,
    times_called INTEGER NOT NULL DEFAULT 0,
    revision INTEGER NOT NULL UNIQUE,
    CHECK (state <> 'called' OR called_by IS NOT NULL)
  ) STRICT;
  CREATE INDEX bookings_of_office ON bookings (office_id, revision);
  CREATE INDEX bookings_by_slot ON bookings (office_id, agenda_id, day, time);
  CREATE INDEX bookings_by_day ON bookings (day);

  -- What was done with bookings, by the id the desk made: the same again changes nothing, whichever way it comes.
  CREATE TABLE booking_steps (
    id TEXT PRIMARY KEY,
    booking_id TEXT NOT NULL,
    desk_id TEXT NOT NULL REFERENCES desks (id),
    content_hash TEXT NOT NULL,
    action TEXT NOT NULL,
    conflict TEXT,
    at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX booking_steps_by_time ON booking_steps (at);
  `,
  `
  -- The information mailbox: messages of offices to accounts. It is no data box; nothing here delivers with effects of a delivery.
  CREATE TABLE mailbox_messages (
    id TEXT PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts (id),
    office_id TEXT NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    sent_at INTEGER NOT NULL,
    reference_number TEXT
  ) STRICT;
  CREATE INDEX mailbox_messages_by_account ON mailbox_messages (account_id, sent_at);
  CREATE TRIGGER mailbox_messages_unchanged BEFORE UPDATE ON mailbox_messages
    BEGIN SELECT raise(ABORT, 'A message stays as it was sent.'); END;
  CREATE TABLE mailbox_attachments (
    id TEXT PRIMARY KEY,
    message_id TEXT NOT NULL REFERENCES mailbox_messages (id),
    name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    size INTEGER NOT NULL CHECK (size > 0),
    content BLOB NOT NULL
  ) STRICT;
  CREATE INDEX mailbox_attachments_of ON mailbox_attachments (message_id);
  CREATE TABLE mailbox_events (
    n INTEGER PRIMARY KEY,
    message_id TEXT NOT NULL REFERENCES mailbox_messages (id),
    event TEXT NOT NULL CHECK (event IN ('opened', 'handed-over', 'replied')),
    at INTEGER NOT NULL,
    desk_id TEXT NOT NULL REFERENCES desks (id),
    clerk_id TEXT NOT NULL,
    effect_id TEXT REFERENCES effects (id)
  ) STRICT;
  CREATE INDEX mailbox_events_of ON mailbox_events (message_id, event, at);
  CREATE TRIGGER mailbox_events_stay BEFORE DELETE ON mailbox_events
    BEGIN SELECT raise(ABORT, 'What happened with a message stays.'); END;
  CREATE TRIGGER mailbox_events_unchanged BEFORE UPDATE ON mailbox_events
    BEGIN SELECT raise(ABORT, 'What happened with a message stays.'); END;
  `,
  `
  -- What a version asks to be attached; null of one that was out before this was kept and is not in the catalogue any more.
  ALTER TABLE form_versions ADD COLUMN slots TEXT CHECK (slots IS NULL OR json_valid(slots));
  `,
  `
  -- A code is dead after so many tries; a password is kept as what recognises it.
  ALTER TABLE account_codes ADD COLUMN tries INTEGER NOT NULL DEFAULT 0 CHECK (tries >= 0);
  CREATE TABLE account_passwords (
    account_id TEXT PRIMARY KEY REFERENCES accounts (id),
    hash TEXT NOT NULL,
    set_at INTEGER NOT NULL
  ) STRICT;
  `,
];
