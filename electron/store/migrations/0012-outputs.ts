import type { Migration } from './migration.ts';

/**
 * The papers of a number: one list for every kind of service, where certified copies had a clause and a row. A number as
 * it is printed: that of a central evidence is not made of its sequence. A fee in parts: one act may have two payees.
 * Certified signatures, copies in A3 and several in one go; the closed years of the register book.
 * Numbers of central evidences that this desk asked for: each has one fate, whatever died in between. Fees given back.
 */
export const outputs: Migration = {
  version: 12,
  name: 'outputs',
  sql: `
    UPDATE services SET record = json_set(
      json_remove(record, '$.certification.clauseDocumentId', '$.certification.rowDocumentId'),
      '$.certification.documentIds', json_array(
        json_extract(record, '$.certification.clauseDocumentId'),
        json_extract(record, '$.certification.rowDocumentId')),
      '$.certification.printed',
        json_extract(record, '$.certification.number') || '/' || json_extract(record, '$.certification.year'))
    WHERE json_extract(record, '$.certification.clauseDocumentId') IS NOT NULL;

    UPDATE services SET record = json_set(
      json_remove(record, '$.fee.item', '$.fee.units', '$.fee.unitAmount'),
      '$.fee.parts', json_array(json_object(
        'item', json_extract(record, '$.fee.item'), 'title', NULL, 'payee', NULL,
        'units', json_extract(record, '$.fee.units'), 'unitAmount', json_extract(record, '$.fee.unitAmount'))))
    WHERE json_extract(record, '$.fee.item') IS NOT NULL;

    -- Signatures are certified too, and copies in A3 and several in one go.
    UPDATE services SET record = json_set(record, '$.signing', NULL);
    UPDATE services SET record = json_set(record, '$.count.a3Pages', 0, '$.count.copies', 1)
    WHERE json_extract(record, '$.count') IS NOT NULL;

    -- Closed years of the register book: what was allotted up to then, and the paper put into the bound book.
    CREATE TABLE book_closings (
      id TEXT PRIMARY KEY,
      series TEXT NOT NULL,
      year INTEGER NOT NULL,
      last INTEGER NOT NULL CHECK (last >= 0),
      closed_at TEXT NOT NULL,
      closed_by TEXT NOT NULL,
      document_id TEXT NOT NULL REFERENCES outputs (document_id),
      UNIQUE (series, year)
    ) STRICT;
    CREATE TRIGGER book_closings_stay BEFORE DELETE ON book_closings
    BEGIN SELECT RAISE(ABORT, 'book: a closed year stays closed'); END;
    CREATE TRIGGER book_closings_fixed BEFORE UPDATE ON book_closings
    BEGIN SELECT RAISE(ABORT, 'book: a closed year stays as it was closed'); END;
    CREATE TRIGGER book_closings_last BEFORE INSERT ON numbers
    WHEN NEW.fate = 'allotted' AND EXISTS (SELECT 1 FROM book_closings WHERE series = NEW.series AND year = NEW.year)
    BEGIN SELECT RAISE(ABORT, 'book: no number of a closed year'); END;

    CREATE TABLE evidence_numbers (
      -- The service that issues: its id is what the portal knows the number by.
      service_id TEXT PRIMARY KEY REFERENCES services (id),
      series TEXT NOT NULL,
      year INTEGER NOT NULL,
      -- Who asked for it, as the portal is told.
      asked_by TEXT NOT NULL CHECK (json_valid(asked_by)),
      number INTEGER,
      printed TEXT UNIQUE,
      -- asked: the portal may have allotted it or not; somebody still has to say what becomes of it.
      fate TEXT NOT NULL CHECK (fate IN ('asked', 'used', 'cancelled')),
      reason TEXT,
      changed_at TEXT NOT NULL,
      CHECK ((fate = 'asked') OR (number IS NOT NULL AND printed IS NOT NULL)),
      CHECK ((fate = 'cancelled') = (reason IS NOT NULL)),
      UNIQUE (series, year, number)
    ) STRICT;
    -- A fee given back in part: the receipt stays as it was issued, and an act with a number of its own says what went back.
    CREATE TABLE refunds (
      id TEXT PRIMARY KEY,
      receipt_id TEXT NOT NULL REFERENCES receipts (id),
      service_id TEXT NOT NULL UNIQUE REFERENCES services (id),
      number TEXT NOT NULL UNIQUE,
      amount INTEGER NOT NULL CHECK (amount > 0),
      reason TEXT NOT NULL,
      at TEXT NOT NULL,
      legal_date TEXT NOT NULL,
      clerk_id TEXT NOT NULL,
      document_id TEXT NOT NULL REFERENCES outputs (document_id)
    ) STRICT;
    CREATE INDEX refunds_of_receipt ON refunds (receipt_id);
    CREATE TRIGGER refunds_fixed BEFORE UPDATE ON refunds
    BEGIN SELECT RAISE(ABORT, 'fees: a refund never changes'); END;
    CREATE TRIGGER refunds_stay BEFORE DELETE ON refunds
    BEGIN SELECT RAISE(ABORT, 'fees: a refund stays'); END;

    CREATE INDEX evidence_numbers_asked ON evidence_numbers (fate) WHERE fate = 'asked';
    CREATE TRIGGER evidence_numbers_stay BEFORE DELETE ON evidence_numbers
    BEGIN SELECT RAISE(ABORT, 'evidence: numbers stay'); END;
    CREATE TRIGGER evidence_numbers_forward BEFORE UPDATE ON evidence_numbers
    WHEN OLD.fate = 'cancelled' OR NEW.fate = 'asked' OR NEW.series <> OLD.series OR NEW.service_id <> OLD.service_id
      OR (OLD.number IS NOT NULL AND (NEW.number IS NOT OLD.number OR NEW.printed IS NOT OLD.printed))
    BEGIN SELECT RAISE(ABORT, 'evidence: a number keeps what it is and its fate'); END;
  `,
};
