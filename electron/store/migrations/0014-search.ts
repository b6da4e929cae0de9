import type { Migration } from './migration.ts';

/**
 * What visits are found by: who, what for, under which numbers, as folded words (values/words.ts). It follows from the
 * visits and is made after the act (counter/search), so that no act waits for it; what is erased goes from it at once.
 */
export const search: Migration = {
  version: 14,
  name: 'search',
  sql: `
    -- Visits that changed since they were last taken in.
    CREATE TABLE search_due (visit_id TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;

    CREATE TABLE search_visits (
      n INTEGER PRIMARY KEY,
      visit_id TEXT NOT NULL UNIQUE REFERENCES visits (id),
      people TEXT NOT NULL,
      matters TEXT NOT NULL,
      numbers TEXT NOT NULL
    ) STRICT;
    CREATE VIRTUAL TABLE search_text USING fts5 (
      people, matters, numbers, content='search_visits', content_rowid='n', tokenize='unicode61', detail=column,
      prefix='2 3 4'
    );
    -- What is taken out leaves no trace in the index.
    INSERT INTO search_text (search_text, rank) VALUES ('secure-delete', 1);
    CREATE TRIGGER search_text_learns AFTER INSERT ON search_visits BEGIN
      INSERT INTO search_text (rowid, people, matters, numbers)
        VALUES (NEW.n, NEW.people, NEW.matters, NEW.numbers);
    END;
    CREATE TRIGGER search_text_forgets AFTER DELETE ON search_visits BEGIN
      INSERT INTO search_text (search_text, rowid, people, matters, numbers)
        VALUES ('delete', OLD.n, OLD.people, OLD.matters, OLD.numbers);
    END;

    -- The words of names, how many visits have each, and what is left of each when one letter is left out: two words one
    -- slip apart have one of these in common.
    CREATE TABLE search_words (word TEXT PRIMARY KEY, uses INTEGER NOT NULL CHECK (uses > 0)) STRICT, WITHOUT ROWID;
    CREATE TABLE search_slips (slip TEXT NOT NULL, word TEXT NOT NULL, PRIMARY KEY (slip, word)) STRICT, WITHOUT ROWID;
    CREATE INDEX search_slips_by_word ON search_slips (word);

    CREATE TRIGGER search_visit_new AFTER INSERT ON visits BEGIN
      INSERT OR IGNORE INTO search_due VALUES (NEW.id);
    END;
    CREATE TRIGGER search_visit_changed AFTER UPDATE OF identity ON visits WHEN OLD.identity <> NEW.identity BEGIN
      INSERT OR IGNORE INTO search_due VALUES (NEW.id);
    END;
    CREATE TRIGGER search_service_new AFTER INSERT ON services BEGIN
      INSERT OR IGNORE INTO search_due VALUES (NEW.visit_id);
    END;
    CREATE TRIGGER search_service_changed AFTER UPDATE OF record ON services BEGIN
      INSERT OR IGNORE INTO search_due VALUES (NEW.visit_id);
    END;
    CREATE TRIGGER search_receipt_new AFTER INSERT ON receipts BEGIN
      INSERT OR IGNORE INTO search_due VALUES (NEW.visit_id);
    END;
    CREATE TRIGGER search_answer_new AFTER INSERT ON inbox_answers WHEN NEW.kind = 'reference-number' BEGIN
      INSERT OR IGNORE INTO search_due
        SELECT visit_id FROM outbox WHERE id = NEW.effect_id AND EXISTS (SELECT 1 FROM visits WHERE id = visit_id);
    END;
    INSERT INTO search_due SELECT id FROM visits;
  `,
};
