import { join } from 'node:path';
import { leafHash, payloadHash } from '../../journal/leaf.ts';
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

type Leaf = { leaf: Uint8Array; payload: string };

/** A leaf that is what its hash says it is. */
function provenLeaf(row: SqlRow): { sequence: number; leaf: Leaf } | null {
  const { sequence, leaf, leaf_hash } = row;
  if (typeof sequence !== 'number' || !(leaf instanceof Uint8Array) || !(leaf_hash instanceof Uint8Array))
    return null;
  if (!leafHash(leaf).equals(leaf_hash)) return null;
  try {
    const value: unknown = JSON.parse(Buffer.from(leaf).toString('utf8'));
    if (typeof value !== 'object' || value === null || !('sequence' in value) || !('payload' in value))
      return null;
    return value.sequence === sequence && typeof value.payload === 'string'
      ? { sequence, leaf: { leaf, payload: value.payload } }
      : null;
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
  const tree = tables.rows(shape('journal_leaves'));
  const leaves = new Map<number, Leaf>();
  for (const row of [...tables.strays(shape('journal_leaves')), ...tree.rows]) {
    const proven = provenLeaf(row);
    if (proven !== null && proven.sequence > base) leaves.set(proven.sequence, proven.leaf);
  }
  const payloads = new Map<number, SqlRow>();
  const payloadShape = shape('journal_payloads');
  for (const row of [...tables.strays(payloadShape), ...tables.rows(payloadShape).rows]) {
    const { sequence, salt, payload, erased_at = null } = row;
    const leaf = typeof sequence === 'number' ? leaves.get(sequence) : undefined;
    if (leaf === undefined || typeof sequence !== 'number') continue;
    const isProven = isBytes(salt) && isBytes(payload) && payloadHash(salt, payload) === leaf.payload;
    const isErased = tables.proven && payload === null && isText(erased_at);
    if (isProven || (isErased && !payloads.has(sequence))) payloads.set(sequence, row);
  }
  for (const [sequence, { leaf }] of leaves) {
    const { salt = null, payload = null, erased_at = null } = payloads.get(sequence) ?? {};
    tx.run(
      'INSERT OR REPLACE INTO rescued_entries (sequence, leaf, salt, payload, erased_at) VALUES (?, ?, ?, ?, ?)',
      [sequence, leaf, salt, payload, erased_at],
    );
  }
  return { found: leaves.size, withContent: payloads.size, whole: tree.whole };
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
  const inTree = tables.rows(shape('blobs')).rows;
  for (const row of [...inTree, ...tables.strays(shape('blobs'))]) {
    if (!isFileRow(row) || seen.has(row.sha256)) continue;
    const known = tx.get<FileRow>('SELECT file_name, size, key, nonce_prefix FROM blobs WHERE sha256 = ?', [
      row.sha256,
    ]);
    if (known && isWholeFile(join(of.target, 'blobs', known.file_name), known)) continue;
    const isWhole = isWholeFile(join(of.from, 'blobs', row.file_name), row);
    if (isWhole) {
      const size = sealedSize(row.size);
      takeOver(join(of.from, 'blobs', row.file_name), join(of.target, 'blobs', row.file_name), size);
      insertRow(tx, known ? 'INSERT OR REPLACE' : 'INSERT OR IGNORE', 'blobs', row);
      found += 1;
    } else if (inTree.includes(row)) {
      // The row stays, so that whoever needs the content is told that it is gone.
      if (!known) insertRow(tx, 'INSERT OR IGNORE', 'blobs', row);
      damaged += 1;
    } else continue;
    seen.add(row.sha256);
  }
  for (const row of tables.rows(shape('blob_uses')).rows)
    if (isText(row['sha256']) && tx.get('SELECT 1 AS here FROM blobs WHERE sha256 = ?', [row['sha256']]))
      insertRow(tx, 'INSERT OR IGNORE', 'blob_uses', row);
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
        for (const row of tables.rows(shape(name)).rows) insertRow(tx, 'INSERT OR REPLACE', name, row);
      let rows = 0;
      const partly: string[] = [];
      for (const { table } of stagedTables) {
        const found = tables.rows(shape(table));
        if (!found.whole) partly.push(table);
        for (const row of found.rows) {
          tx.run('INSERT INTO rescued_rows (name, row) VALUES (?, ?)', [table, JSON.stringify(asJson(row))]);
          rows += 1;
        }
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
