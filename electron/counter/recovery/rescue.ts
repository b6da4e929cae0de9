import { join } from 'node:path';
import { leafHash, payloadHash, placeAndPayload } from '../../journal/leaf.ts';
import { lastSequence } from '../../journal/read.ts';
import { takeOver } from '../../store/backup.ts';
import { sealedSize } from '../../store/blob-cipher.ts';
import { type DamagedTables, readDamaged, shapesOf, type TableShape } from '../../store/damaged/tables.ts';
import type { JsonValue } from '../../store/json.ts';
import type { Store, Tx } from '../../store/open.ts';
import type { RecoveryReport } from '../../store/recoveries.ts';
import type { SqlRow, SqlValue } from '../../store/transaction.ts';
import { stagedTables } from './rescued.ts';
import { type FileRow, isWholeFile } from './whole-file.ts';

/**
 * The row-by-row rescue: what can be read of a damaged store is put into the new one. Entries of the log and the keys to
 * encrypted files prove themselves; the rest is believed only from pages that prove themselves. Entries wait in
 * `rescued_entries` and rows that refer to them in `rescued_rows` until the portal was asked (rescued.ts).
 */

/** The store that lies in the desk's folder, with its key. */
export type DamagedStore = { folder: string; key: Uint8Array };

/** A leaf that is what its hash says it is. */
function provenLeaf(row: SqlRow): { sequence: number; leaf: Uint8Array } | null {
  const { sequence, leaf, leaf_hash } = row;
  if (typeof sequence !== 'number' || !(leaf instanceof Uint8Array) || !(leaf_hash instanceof Uint8Array))
    return null;
  if (!leafHash(leaf).equals(leaf_hash)) return null;
  const said = saidBy(leaf);
  return said?.sequence === sequence && typeof said.payload === 'string' ? { sequence, leaf } : null;
}

function saidBy(leaf: Uint8Array): { sequence?: unknown; payload?: unknown } | null {
  try {
    return placeAndPayload(Buffer.from(leaf.buffer, leaf.byteOffset, leaf.byteLength), 0);
  } catch {
    return null;
  }
}

const isText = (value: unknown): value is string => typeof value === 'string';
const isBytes = (value: unknown): value is Uint8Array => value instanceof Uint8Array;

function insertRow(tx: Tx, verb: 'INSERT OR IGNORE' | 'INSERT OR REPLACE', table: string, row: SqlRow): void {
  const names = Object.keys(row);
  tx.run(
    `${verb} INTO ${table} (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`,
    Object.values(row),
  );
}

/** A row as JSON, bytes as `{"hex": …}`. */
const asJson = (row: SqlRow): JsonValue =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]: [string, SqlValue]) => [
      name,
      isBytes(value) ? { hex: Buffer.from(value).toString('hex') } : typeof value === 'bigint' ? null : value,
    ]),
  );

/** Entries behind those the new store has. Returns how many there were, and with how many their content. */
function rescueEntries(
  tx: Tx,
  tables: DamagedTables,
  shape: (name: string) => TableShape,
): { found: number; withContent: number; whole: boolean } {
  const base = lastSequence(tx);
  const takeLeaf = (row: SqlRow): void => {
    const proven = provenLeaf(row);
    if (proven !== null && proven.sequence > base)
      tx.run('INSERT OR REPLACE INTO rescued_entries (sequence, leaf) VALUES (?, ?)', [
        proven.sequence,
        proven.leaf,
      ]);
  };
  tables.strays(shape('journal_leaves'), takeLeaf);
  const whole = tables.rows(shape('journal_leaves'), takeLeaf);

  const takeContent = ({ sequence = null, salt = null, payload = null, erased_at = null }: SqlRow): void => {
    const leaf = tx.get<{ leaf: Uint8Array }>('SELECT leaf FROM rescued_entries WHERE sequence = ?', [
      sequence,
    ])?.leaf;
    if (leaf === undefined) return;
    const isProven =
      isBytes(salt) && isBytes(payload) && payloadHash(salt, payload) === saidBy(leaf)?.payload;
    if (isProven)
      tx.run('UPDATE rescued_entries SET salt = ?, payload = ?, erased_at = NULL WHERE sequence = ?', [
        salt,
        payload,
        sequence,
      ]);
    else if (tables.proven && payload === null && isText(erased_at))
      tx.run('UPDATE rescued_entries SET erased_at = ? WHERE sequence = ? AND payload IS NULL', [
        erased_at,
        sequence,
      ]);
  };
  tables.strays(shape('journal_payloads'), takeContent);
  tables.rows(shape('journal_payloads'), takeContent);
  const counted = tx.get<{ found: number; withContent: number }>(
    `SELECT count(*) AS found, count(*) FILTER (WHERE payload IS NOT NULL OR erased_at IS NOT NULL) AS withContent
     FROM rescued_entries`,
  );
  return { found: 0, withContent: 0, ...counted, whole };
}

const isFileRow = (row: SqlRow): row is SqlRow & FileRow & { sha256: string } =>
  isText(row['sha256']) &&
  /^[0-9a-f]{64}$/.test(row['sha256']) &&
  isText(row['file_name']) &&
  /^[0-9a-f]{32}$/.test(row['file_name']) &&
  typeof row['size'] === 'number' &&
  isBytes(row['key']) &&
  isBytes(row['nonce_prefix']) &&
  isText(row['media_type']) &&
  isText(row['created_at']);

/** Encrypted files with the keys to them. Returns how many are whole here and were not in the new store, and how many are not. */
function rescueFiles(
  tx: Tx,
  tables: DamagedTables,
  shape: (name: string) => TableShape,
  of: { from: string; target: string },
): { found: number; damaged: number } {
  let found = 0;
  let damaged = 0;
  const seen = new Set<string>();
  const takeFile = (row: SqlRow, isInTree: boolean): void => {
    if (!isFileRow(row) || seen.has(row.sha256)) return;
    const known = tx.get<FileRow>('SELECT file_name, size, key, nonce_prefix FROM blobs WHERE sha256 = ?', [
      row.sha256,
    ]);
    if (known && isWholeFile(join(of.target, 'blobs', known.file_name), known)) return;
    const isWhole = isWholeFile(join(of.from, 'blobs', row.file_name), row);
    if (isWhole) {
      const size = sealedSize(row.size);
      takeOver(join(of.from, 'blobs', row.file_name), join(of.target, 'blobs', row.file_name), size);
      insertRow(tx, known ? 'INSERT OR REPLACE' : 'INSERT OR IGNORE', 'blobs', row);
      found += 1;
    } else if (isInTree) {
      // The row stays, so that whoever needs the content is told that it is gone.
      if (!known) insertRow(tx, 'INSERT OR IGNORE', 'blobs', row);
      damaged += 1;
    } else return;
    seen.add(row.sha256);
  };
  tables.rows(shape('blobs'), (row) => takeFile(row, true));
  tables.strays(shape('blobs'), (row) => takeFile(row, false));
  tables.rows(shape('blob_uses'), (row) => {
    if (isText(row['sha256']) && tx.get('SELECT 1 AS here FROM blobs WHERE sha256 = ?', [row['sha256']]))
      insertRow(tx, 'INSERT OR IGNORE', 'blob_uses', row);
  });
  return { found, damaged };
}

/** What the desk knows of itself and of its people: no entry of the log stands behind it. */
const atOnce = ['desk', 'settings', 'clerk_accounts'] as const;

/** Puts what can be read of a damaged store into a new one that nobody works with yet. Returns what it found. */
export function rescueInto(store: Store, damaged: DamagedStore, target: string): RecoveryReport {
  const shapes = store.read(shapesOf);
  const shape = (name: string): TableShape => {
    const found = shapes.get(name);
    if (found === undefined) throw new Error(`The store has no table ${name}.`);
    return found;
  };
  return readDamaged(damaged.folder, damaged.key, (tables) =>
    store.write((tx) => {
      const base = lastSequence(tx);
      const entries = rescueEntries(tx, tables, shape);
      const files = rescueFiles(tx, tables, shape, { from: damaged.folder, target });
      for (const name of atOnce)
        tables.rows(shape(name), (row) => insertRow(tx, 'INSERT OR REPLACE', name, row));
      let rows = 0;
      const partly: string[] = [];
      for (const { table } of stagedTables) {
        const isWhole = tables.rows(shape(table), (row) => {
          tx.run('INSERT INTO rescued_rows (name, row) VALUES (?, ?)', [table, JSON.stringify(asJson(row))]);
          rows += 1;
        });
        if (!isWhole) partly.push(table);
      }
      return {
        pages: tables.pages.total,
        pagesUnreadable: tables.pages.unreadable,
        entriesFromBackup: base,
        entriesRescued: entries.found,
        entriesWithContent: entries.withContent,
        // Whether the log may have gone on behind the last entry that is known.
        logMayGoOn: !entries.whole,
        filesRescued: files.found,
        filesDamaged: files.damaged,
        rowsRead: rows,
        tablesInPart: partly,
      };
    }),
  );
}
