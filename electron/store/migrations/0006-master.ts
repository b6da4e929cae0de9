import type { Migration } from './migration.ts';

export const master: Migration = {
  version: 6,
  name: 'master',
  sql: `
-- Master data come in packages. What of a package is here already lies apart until all of it is; then one row says that it
-- holds, and what it brought is put in its place piece by piece, while nobody sees a difference.
ALTER TABLE master RENAME TO master_settled;

CREATE TABLE master_incoming (
  n INTEGER PRIMARY KEY,
  collection TEXT NOT NULL,
  id TEXT NOT NULL,
  revision INTEGER NOT NULL,
  -- NULL: the item is gone.
  data TEXT CHECK (json_valid(data)),
  hash TEXT,
  UNIQUE (collection, id),
  CHECK ((data IS NULL) = (hash IS NULL))
) STRICT;

-- coming: not seen yet; holds: seen in place of what is settled; refused: to be thrown away.
CREATE TABLE master_packages (
  collection TEXT PRIMARY KEY,
  state TEXT NOT NULL CHECK (state IN ('coming', 'holds', 'refused')),
  -- A whole collection from its beginning: what did not come with it is gone.
  anew INTEGER NOT NULL CHECK (anew IN (0, 1)),
  -- How far it has come.
  cursor TEXT
) STRICT, WITHOUT ROWID;

CREATE VIEW master AS
  SELECT s.collection, s.id, s.revision, s.data, s.hash FROM master_settled AS s
  WHERE NOT EXISTS (
    SELECT 1 FROM master_packages AS p WHERE p.collection = s.collection AND p.state = 'holds'
      AND (p.anew = 1 OR EXISTS (SELECT 1 FROM master_incoming AS i WHERE i.collection = s.collection AND i.id = s.id)))
  UNION ALL
  SELECT i.collection, i.id, i.revision, i.data, i.hash FROM master_incoming AS i
  WHERE i.data IS NOT NULL
    AND EXISTS (SELECT 1 FROM master_packages AS p WHERE p.collection = i.collection AND p.state = 'holds');
`,
};
