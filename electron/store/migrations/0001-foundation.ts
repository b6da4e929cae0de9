import type { Migration } from './migration.ts';

// Instants are ISO 8601 in UTC with milliseconds (they sort as texts); hashes of contents are lower-case hex,
// secrets and the journal's hashes are BLOBs.
export const foundation: Migration = {
  version: 1,
  name: 'foundation',
  sql: `
CREATE TABLE desk (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL CHECK (json_valid(value))
) STRICT, WITHOUT ROWID;

CREATE TABLE settings (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL CHECK (json_valid(value)),
  changed_at TEXT NOT NULL,
  changed_by TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- The journal ------------------------------------------------------------------------------------------------

-- One row: where the log of this desk stands.
CREATE TABLE journal_state (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  epoch INTEGER NOT NULL CHECK (epoch >= 1),
  epoch_first_sequence INTEGER NOT NULL CHECK (epoch_first_sequence >= 1),
  counter INTEGER NOT NULL CHECK (counter >= 0),
  trusted_at TEXT
) STRICT;
INSERT INTO journal_state (one, epoch, epoch_first_sequence, counter, trusted_at) VALUES (1, 1, 1, 0, NULL);

CREATE TABLE journal_leaves (
  sequence INTEGER PRIMARY KEY,
  epoch INTEGER NOT NULL,
  leaf BLOB NOT NULL,
  leaf_hash BLOB NOT NULL CHECK (length(leaf_hash) = 32),
  kind TEXT NOT NULL,
  at TEXT NOT NULL,
  legal_date TEXT NOT NULL,
  clerk_id TEXT NOT NULL,
  role TEXT NOT NULL,
  visit_id TEXT,
  service_id TEXT,
  act_id TEXT NOT NULL UNIQUE
) STRICT;
CREATE INDEX journal_leaves_by_date ON journal_leaves (legal_date, sequence);
CREATE INDEX journal_leaves_by_clerk ON journal_leaves (clerk_id, sequence);
CREATE INDEX journal_leaves_by_kind ON journal_leaves (kind, sequence);
CREATE INDEX journal_leaves_by_visit ON journal_leaves (visit_id, sequence) WHERE visit_id IS NOT NULL;

CREATE TABLE journal_payloads (
  sequence INTEGER PRIMARY KEY REFERENCES journal_leaves (sequence),
  salt BLOB CHECK (length(salt) = 32),
  payload BLOB,
  erased_at TEXT,
  CHECK ((payload IS NULL) = (erased_at IS NOT NULL) AND (salt IS NULL) = (payload IS NULL))
) STRICT;

-- Also stops INSERT OR REPLACE, which would otherwise be a quiet way to change an entry.
CREATE TRIGGER journal_leaves_contiguous BEFORE INSERT ON journal_leaves
WHEN NEW.sequence IS NOT (SELECT coalesce(max(sequence), 0) + 1 FROM journal_leaves)
BEGIN SELECT RAISE(ABORT, 'journal: the sequence is contiguous'); END;
CREATE TRIGGER journal_leaves_fixed BEFORE UPDATE ON journal_leaves
BEGIN SELECT RAISE(ABORT, 'journal: an entry never changes'); END;
CREATE TRIGGER journal_leaves_kept BEFORE DELETE ON journal_leaves
BEGIN SELECT RAISE(ABORT, 'journal: an entry is never deleted'); END;

CREATE TRIGGER journal_payloads_once BEFORE INSERT ON journal_payloads
WHEN NEW.payload IS NULL OR EXISTS (SELECT 1 FROM journal_payloads WHERE sequence = NEW.sequence)
BEGIN SELECT RAISE(ABORT, 'journal: a payload is written once'); END;
CREATE TRIGGER journal_payloads_only_erased BEFORE UPDATE ON journal_payloads
WHEN NOT (
  NEW.sequence = OLD.sequence AND OLD.payload IS NOT NULL
  AND NEW.payload IS NULL AND NEW.salt IS NULL AND NEW.erased_at IS NOT NULL
)
BEGIN SELECT RAISE(ABORT, 'journal: a payload is erased, never changed'); END;
CREATE TRIGGER journal_payloads_kept BEFORE DELETE ON journal_payloads
BEGIN SELECT RAISE(ABORT, 'journal: a payload is erased, its row stays'); END;

CREATE TRIGGER journal_state_forward BEFORE UPDATE ON journal_state
WHEN NEW.counter < OLD.counter OR NEW.epoch < OLD.epoch
BEGIN SELECT RAISE(ABORT, 'journal: counter and epoch only grow'); END;
CREATE TRIGGER journal_state_kept BEFORE DELETE ON journal_state
BEGIN SELECT RAISE(ABORT, 'journal: its state stays'); END;

-- Commands ---------------------------------------------------------------------------------------------------

CREATE TABLE commands (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  clerk_id TEXT,
  input_hash BLOB NOT NULL CHECK (length(input_hash) = 32),
  result TEXT NOT NULL CHECK (json_valid(result)),
  at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX commands_by_time ON commands (at);

-- What goes up -----------------------------------------------------------------------------------------------

CREATE TABLE outbox (
  id TEXT PRIMARY KEY,
  visit_id TEXT NOT NULL,
  ordinal INTEGER NOT NULL CHECK (ordinal >= 1),
  kind TEXT NOT NULL,
  leaf_sequence INTEGER NOT NULL REFERENCES journal_leaves (sequence),
  made_at TEXT NOT NULL,
  payload TEXT CHECK (json_valid(payload)),
  state TEXT NOT NULL
    CHECK (state IN ('waiting', 'sending', 'incomplete', 'accepted', 'needs-person', 'closed')),
  attempts INTEGER NOT NULL DEFAULT 0,
  next_try_at TEXT,
  last_code TEXT,
  last_params TEXT CHECK (json_valid(last_params)),
  changed_at TEXT NOT NULL,
  UNIQUE (visit_id, ordinal),
  -- What the machine owns has a time of the next try; what it does not own has none.
  CHECK ((next_try_at IS NOT NULL) = (state IN ('waiting', 'incomplete'))),
  CHECK (payload IS NOT NULL OR state IN ('accepted', 'closed'))
) STRICT, WITHOUT ROWID;
CREATE INDEX outbox_due ON outbox (next_try_at, id) WHERE state IN ('waiting', 'incomplete');
CREATE INDEX outbox_open ON outbox (visit_id, ordinal) WHERE state IN ('waiting', 'sending', 'needs-person');
CREATE INDEX outbox_by_state ON outbox (state, id);

CREATE TRIGGER outbox_identity_fixed BEFORE UPDATE OF id, visit_id, ordinal, kind, leaf_sequence, made_at ON outbox
BEGIN SELECT RAISE(ABORT, 'outbox: what an effect is never changes'); END;

CREATE TRIGGER outbox_end_is_final BEFORE UPDATE OF state ON outbox
WHEN OLD.state IN ('accepted', 'closed') AND NEW.state <> OLD.state
BEGIN SELECT RAISE(ABORT, 'outbox: what was accepted or closed stays so'); END;

CREATE TABLE outbox_blobs (
  effect_id TEXT NOT NULL REFERENCES outbox (id) ON DELETE CASCADE,
  sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
  role TEXT NOT NULL,
  size INTEGER NOT NULL,
  media_type TEXT NOT NULL,
  uploaded_at TEXT,
  PRIMARY KEY (effect_id, sha256, role)
) STRICT, WITHOUT ROWID;
CREATE INDEX outbox_blobs_by_hash ON outbox_blobs (sha256);

-- What comes down --------------------------------------------------------------------------------------------

CREATE TABLE inbox_answers (
  sequence INTEGER PRIMARY KEY,
  effect_id TEXT,
  kind TEXT NOT NULL,
  at TEXT NOT NULL,
  body TEXT NOT NULL CHECK (json_valid(body)),
  received_at TEXT NOT NULL
) STRICT;
CREATE INDEX inbox_answers_by_effect ON inbox_answers (effect_id, sequence);

CREATE TABLE cursors (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL,
  changed_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE master (
  collection TEXT NOT NULL,
  id TEXT NOT NULL,
  revision INTEGER NOT NULL,
  data TEXT NOT NULL CHECK (json_valid(data)),
  hash TEXT NOT NULL,
  PRIMARY KEY (collection, id)
) STRICT, WITHOUT ROWID;

-- Numbers ----------------------------------------------------------------------------------------------------

-- year is 0 for a series that never starts again.
CREATE TABLE series (
  series TEXT NOT NULL,
  year INTEGER NOT NULL,
  first INTEGER NOT NULL CHECK (first >= 1),
  next INTEGER NOT NULL CHECK (next >= first),
  PRIMARY KEY (series, year)
) STRICT, WITHOUT ROWID;

CREATE TABLE numbers (
  series TEXT NOT NULL,
  year INTEGER NOT NULL,
  number INTEGER NOT NULL,
  act_id TEXT NOT NULL,
  fate TEXT NOT NULL CHECK (fate IN ('allotted', 'used', 'cancelled', 'lost')),
  reason TEXT,
  at TEXT NOT NULL,
  changed_at TEXT NOT NULL,
  PRIMARY KEY (series, year, number),
  FOREIGN KEY (series, year) REFERENCES series (series, year),
  CHECK (fate <> 'cancelled' OR coalesce(length(reason), 0) > 0)
) STRICT, WITHOUT ROWID;
CREATE INDEX numbers_by_act ON numbers (act_id);

CREATE TRIGGER numbers_gapless BEFORE INSERT ON numbers
WHEN NEW.number IS NOT (SELECT next FROM series WHERE series = NEW.series AND year = NEW.year)
BEGIN SELECT RAISE(ABORT, 'numbers: only the next one of the series can be allotted'); END;
CREATE TRIGGER numbers_step AFTER INSERT ON numbers
BEGIN UPDATE series SET next = NEW.number + 1 WHERE series = NEW.series AND year = NEW.year; END;
CREATE TRIGGER numbers_fixed BEFORE UPDATE OF series, year, number, act_id, at ON numbers
BEGIN SELECT RAISE(ABORT, 'numbers: an allotted number never changes'); END;
CREATE TRIGGER numbers_one_fate BEFORE UPDATE OF fate, reason ON numbers
WHEN OLD.fate IN ('cancelled', 'lost') OR NEW.fate = 'allotted'
BEGIN SELECT RAISE(ABORT, 'numbers: a fate is final'); END;
CREATE TRIGGER numbers_kept BEFORE DELETE ON numbers
BEGIN SELECT RAISE(ABORT, 'numbers: an allotted number stays'); END;
CREATE TRIGGER series_steps BEFORE UPDATE ON series
WHEN NEW.series <> OLD.series OR NEW.year <> OLD.year OR NEW.first <> OLD.first OR NEW.next <> OLD.next + 1
  OR NOT EXISTS (SELECT 1 FROM numbers WHERE series = OLD.series AND year = OLD.year AND number = OLD.next)
BEGIN SELECT RAISE(ABORT, 'numbers: a series moves only with its numbers'); END;
CREATE TRIGGER series_once BEFORE INSERT ON series
WHEN NEW.next <> NEW.first
  OR EXISTS (SELECT 1 FROM series WHERE series = NEW.series AND year = NEW.year)
BEGIN SELECT RAISE(ABORT, 'numbers: a series starts once, at its first number'); END;
CREATE TRIGGER series_kept BEFORE DELETE ON series
BEGIN SELECT RAISE(ABORT, 'numbers: a series stays'); END;

-- Large things -----------------------------------------------------------------------------------------------

-- Deleting a row deletes the only key to its file: the content is erased with it.
CREATE TABLE blobs (
  sha256 TEXT PRIMARY KEY CHECK (length(sha256) = 64),
  size INTEGER NOT NULL CHECK (size >= 0),
  media_type TEXT NOT NULL,
  file_name TEXT NOT NULL UNIQUE,
  key BLOB NOT NULL CHECK (length(key) = 32),
  nonce_prefix BLOB NOT NULL CHECK (length(nonce_prefix) = 7),
  created_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE blob_uses (
  sha256 TEXT NOT NULL REFERENCES blobs (sha256),
  owner TEXT NOT NULL,
  PRIMARY KEY (owner, sha256)
) STRICT, WITHOUT ROWID;
CREATE INDEX blob_uses_by_hash ON blob_uses (sha256);

-- Files whose content was erased and which the next sweep removes.
CREATE TABLE blob_removals (
  file_name TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;

-- People -----------------------------------------------------------------------------------------------------

CREATE TABLE clerk_accounts (
  id TEXT PRIMARY KEY,
  username TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL CHECK (json_valid(name)),
  roles TEXT NOT NULL CHECK (json_valid(roles)),
  competences TEXT NOT NULL CHECK (json_valid(competences)),
  office_id TEXT NOT NULL,
  verifier TEXT,
  verified_at TEXT,
  failed_count INTEGER NOT NULL DEFAULT 0,
  locked_until TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE sessions (
  key_hash BLOB PRIMARY KEY CHECK (length(key_hash) = 32),
  clerk_id TEXT NOT NULL,
  roles TEXT NOT NULL CHECK (json_valid(roles)),
  competences TEXT NOT NULL CHECK (json_valid(competences)),
  roles_as_of TEXT NOT NULL,
  signed_in_at TEXT NOT NULL,
  mode TEXT NOT NULL CHECK (mode IN ('online', 'offline')),
  last_seen_at TEXT NOT NULL,
  locked_at TEXT,
  ended_at TEXT
) STRICT, WITHOUT ROWID;
`,
};
