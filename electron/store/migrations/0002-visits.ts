import type { Migration } from './migration.ts';

/** Visits, the services in them, what was captured for them, what was ordered to be printed, what was paid. */
export const visits: Migration = {
  version: 2,
  name: 'visits',
  sql: `
    CREATE TABLE visits (
      id TEXT PRIMARY KEY,
      ticket INTEGER NOT NULL,
      legal_date TEXT NOT NULL,
      state TEXT NOT NULL CHECK (state IN ('open', 'parked', 'closed', 'cancelled')),
      clerk_id TEXT NOT NULL,
      opened_at TEXT NOT NULL,
      note TEXT,
      identity TEXT NOT NULL,
      UNIQUE (legal_date, ticket)
    ) STRICT;
    CREATE INDEX visits_in_progress ON visits (state) WHERE state IN ('open', 'parked');

    CREATE TABLE services (
      id TEXT PRIMARY KEY,
      visit_id TEXT NOT NULL REFERENCES visits (id),
      ordinal INTEGER NOT NULL,
      definition_id TEXT NOT NULL,
      definition TEXT NOT NULL,
      state TEXT NOT NULL CHECK (state IN ('in-progress', 'done', 'refused', 'withdrawn')),
      record TEXT NOT NULL,
      UNIQUE (visit_id, ordinal)
    ) STRICT;

    CREATE TABLE pages (
      id TEXT PRIMARY KEY,
      service_id TEXT NOT NULL REFERENCES services (id),
      slot_id TEXT NOT NULL,
      position INTEGER NOT NULL,
      sha256 TEXT NOT NULL,
      rotation INTEGER NOT NULL CHECK (rotation IN (0, 90, 180, 270)),
      dpi INTEGER NOT NULL,
      mode TEXT NOT NULL CHECK (mode IN ('colour', 'grey', 'bw'))
    ) STRICT;
    CREATE INDEX pages_of_slot ON pages (service_id, slot_id, position);

    CREATE TABLE added_files (
      service_id TEXT NOT NULL REFERENCES services (id),
      slot_id TEXT NOT NULL,
      sha256 TEXT NOT NULL,
      name TEXT NOT NULL,
      pages INTEGER NOT NULL,
      size INTEGER NOT NULL,
      claims_pdfa TEXT,
      warnings TEXT NOT NULL,
      PRIMARY KEY (service_id, slot_id)
    ) STRICT;

    CREATE TABLE outputs (
      document_id TEXT PRIMARY KEY,
      visit_id TEXT REFERENCES visits (id),
      service_id TEXT REFERENCES services (id),
      kind TEXT NOT NULL,
      template TEXT NOT NULL,
      data TEXT NOT NULL,
      made_at TEXT NOT NULL,
      sha256 TEXT,
      pages INTEGER
    ) STRICT;
    CREATE INDEX outputs_of_visit ON outputs (visit_id);

    CREATE TABLE prints (
      job_id TEXT PRIMARY KEY,
      document_id TEXT NOT NULL REFERENCES outputs (document_id),
      copy_number INTEGER NOT NULL,
      state TEXT NOT NULL CHECK (state IN
        ('preparing', 'rendered', 'sent', 'accepted', 'completed', 'failed', 'unknown', 'confirmed-by-clerk', 'given-up')),
      printer_uri TEXT,
      printer_job INTEGER,
      trouble TEXT,
      at TEXT NOT NULL,
      UNIQUE (document_id, copy_number)
    ) STRICT;
    CREATE INDEX prints_in_progress ON prints (state) WHERE state IN ('preparing', 'rendered', 'sent', 'accepted');

    CREATE TABLE receipts (
      id TEXT PRIMARY KEY,
      visit_id TEXT NOT NULL UNIQUE REFERENCES visits (id),
      number TEXT NOT NULL UNIQUE,
      total INTEGER NOT NULL CHECK (total > 0),
      method TEXT NOT NULL CHECK (method IN ('cash', 'card')),
      at TEXT NOT NULL,
      legal_date TEXT NOT NULL,
      document_id TEXT NOT NULL REFERENCES outputs (document_id)
    ) STRICT;
  `,
};
