import { type JsonValue, parseJson } from '../store/json.ts';
import type { Reader, SqlValue, Tx } from '../store/transaction.ts';
import { err, ok, type Result } from '../values/result.ts';
import { folded } from '../values/words.ts';
import { contentsHash, isSealed, placeAndPayload, SEAL_BYTES } from './leaf.ts';

export type JournalEntry = {
  sequence: number;
  kind: string;
  at: string;
  legalDate: string;
  clerk: string;
  role: string;
  visitId: string | null;
  serviceId: string | null;
  actId: string;
  /** Null once it was erased. */
  payload: JsonValue;
};

export type JournalDetails = JournalEntry & {
  /** The text that was hashed. */
  leaf: string;
  leafHash: Buffer;
  erasedAt: string | null;
  /** Whether leaf and payload still have the hashes they were written with. */
  isIntact: boolean;
};

export type JournalFilter = {
  /** First and last legal date, `YYYY-MM-DD`. */
  from?: string | undefined;
  to?: string | undefined;
  clerk?: string | undefined;
  kind?: string | undefined;
  visitId?: string | undefined;
  /** Found in the texts and numbers of the payload, without case and diacritics, or a whole id of act or visit. */
  text?: string | undefined;
};

type Row = {
  sequence: number;
  kind: string;
  at: string;
  legal_date: string;
  clerk_id: string;
  role: string;
  visit_id: string | null;
  service_id: string | null;
  act_id: string;
  payload: Uint8Array | null;
};

/** Put together by the store: a million entries are read twice as fast as with each part on its own. */
type CheckRow = {
  sequence: number;
  /** The hash, 0x00 and the leaf. */
  sealed: Buffer;
  /** Salt and payload; null once they were erased. */
  contents: Buffer | null;
  erased_at: string | null;
};

const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');

const entryOf = (row: Row): JournalEntry => ({
  sequence: row.sequence,
  kind: row.kind,
  at: row.at,
  legalDate: row.legal_date,
  clerk: row.clerk_id,
  role: row.role,
  visitId: row.visit_id,
  serviceId: row.service_id,
  actId: row.act_id,
  payload: row.payload === null ? null : parseJson(textOf(row.payload)),
});

const COLUMNS = `l.sequence, l.kind, l.at, l.legal_date, l.clerk_id, l.role, l.visit_id, l.service_id, l.act_id,
  p.payload`;
const SOURCE = 'journal_leaves AS l LEFT JOIN journal_payloads AS p USING (sequence)';

function conditions(filter: JournalFilter): { sql: string; params: SqlValue[] } {
  const parts: [string, string | undefined][] = [
    ['l.legal_date >= ?', filter.from],
    ['l.legal_date <= ?', filter.to],
    ['l.clerk_id = ?', filter.clerk],
    ['l.kind = ?', filter.kind],
    ['l.visit_id = ?', filter.visitId],
  ];
  const sql: string[] = [];
  const params: SqlValue[] = [];
  for (const [part, value] of parts) {
    if (value === undefined) continue;
    sql.push(part);
    params.push(value);
  }
  const text = folded(filter.text?.trim() ?? '');
  if (text !== '') {
    sql.push(`(instr(searchable(p.payload), ?) > 0 OR l.act_id = ? OR l.visit_id = ?)`);
    params.push(text, text, text);
  }
  return { sql: sql.length === 0 ? '1' : sql.join(' AND '), params };
}

/** A page of the log, the newest first: entries before the sequence `before` (null: from the end). */
export function page(
  tx: Reader,
  { filter, before, limit }: { filter: JournalFilter; before: number | null; limit: number },
): JournalEntry[] {
  const { sql, params } = conditions(filter);
  return tx
    .all<Row>(
      `SELECT ${COLUMNS} FROM ${SOURCE} WHERE ${sql} AND l.sequence < ? ORDER BY l.sequence DESC LIMIT ?`,
      [...params, before ?? Number.MAX_SAFE_INTEGER, limit],
    )
    .map(entryOf);
}

/** How many entries of each kind pass the filter, by kind. */
export function countByKind(tx: Reader, filter: JournalFilter): { kind: string; count: number }[] {
  const { sql, params } = conditions(filter);
  return tx.all<{ kind: string; count: number }>(
    `SELECT l.kind, count(*) AS count FROM ${SOURCE} WHERE ${sql} GROUP BY l.kind ORDER BY l.kind`,
    params,
  );
}

/** The sequence of the last entry; 0 while the log is empty. */
export function lastSequence(tx: Reader): number {
  return tx.get<{ last: number | null }>('SELECT max(sequence) AS last FROM journal_leaves')?.last ?? 0;
}

/** Leaves as stored, from a sequence on, at most `limit`: what goes up and into the tree. */
export function leavesFrom(
  tx: Reader,
  sequence: number,
  limit: number,
): { sequence: number; leaf: Uint8Array; leaf_hash: Uint8Array }[] {
  return tx.all(
    'SELECT sequence, leaf, leaf_hash FROM journal_leaves WHERE sequence >= ? ORDER BY sequence LIMIT ?',
    [sequence, limit],
  );
}

const CHECK_COLUMNS = `l.sequence, CAST(l.leaf_hash || x'00' || l.leaf AS BLOB) AS sealed,
  CAST(p.salt || p.payload AS BLOB) AS contents, p.erased_at`;

/** What is wrong with an entry, undefined when nothing is. */
function flawOf({ sequence, sealed, contents, erased_at: erasedAt }: CheckRow): Flaw['reason'] | undefined {
  if (!isSealed(sealed)) return 'leaf-changed';
  const leaf = placeAndPayload(sealed, SEAL_BYTES);
  if (leaf.sequence !== sequence) return 'moved';
  if (contents === null) return erasedAt === null ? 'payload-missing' : undefined;
  return leaf.payload === contentsHash(contents) ? undefined : 'payload-changed';
}

/** One entry with the bytes its hash covers; undefined when there is none. */
export function entry(tx: Reader, sequence: number): JournalDetails | undefined {
  const row = tx.get<Row & CheckRow>(
    `SELECT ${COLUMNS}, ${CHECK_COLUMNS} FROM ${SOURCE} WHERE l.sequence = ?`,
    [sequence],
  );
  return (
    row && {
      ...entryOf(row),
      leaf: row.sealed.toString('utf8', SEAL_BYTES),
      leafHash: Buffer.from(row.sealed.subarray(0, SEAL_BYTES - 1)),
      erasedAt: row.erased_at,
      isIntact: flawOf(row) === undefined,
    }
  );
}

export type Flaw = {
  sequence: number;
  reason: 'missing' | 'moved' | 'leaf-changed' | 'payload-changed' | 'payload-missing';
};

const CHECK_PAGE = 1000;

/** Of each row its sequence, the bytes of `sealed`, those of `contents` and `erased_at`. */
type Piece = [sequence: number, sealed: number, contents: number | null, erasedAt: string | null];

/**
 * The rows of a range, a page of them at most. Their bytes come out of the store in one piece: handing over a buffer for each
 * takes longer than reading and hashing them.
 */
function checkPage(tx: Reader, from: number, to: number): CheckRow[] {
  const page = tx.get<{ pieces: string; bytes: Buffer | null }>(
    `SELECT json_group_array(json_array(sequence, length(sealed), length(contents), erased_at)) AS pieces,
       CAST(group_concat(sealed || coalesce(contents, x''), '') AS BLOB) AS bytes
     FROM (SELECT ${CHECK_COLUMNS} FROM ${SOURCE} WHERE l.sequence BETWEEN ? AND ? ORDER BY l.sequence LIMIT ?)`,
    [from, to, CHECK_PAGE],
  );
  const bytes = page?.bytes ?? Buffer.alloc(0);
  const pieces: Piece[] = JSON.parse(page?.pieces ?? '[]');
  let at = 0;
  return pieces.map(([sequence, sealed, contents, erasedAt]) => {
    const middle = at + sealed;
    const end = middle + (contents ?? 0);
    const row = {
      sequence,
      sealed: bytes.subarray(at, middle),
      contents: contents === null ? null : bytes.subarray(middle, end),
      erased_at: erasedAt,
    };
    at = end;
    return row;
  });
}

/**
 * Hashes the entries of a range again and looks whether any is missing. Fails with the first bad one, else gives
 * how many were checked. Without `to`, up to the last entry there is.
 */
export function checkEntries(tx: Reader, from = 1, to = lastSequence(tx)): Result<number, Flaw> {
  for (let next = from; next <= to; ) {
    const rows = checkPage(tx, next, to);
    if (rows.length === 0) return err({ sequence: next, reason: 'missing' });
    for (const row of rows) {
      if (row.sequence !== next) return err({ sequence: next, reason: 'missing' });
      const reason = flawOf(row);
      if (reason !== undefined) return err({ sequence: next, reason });
      next += 1;
    }
  }
  return ok(Math.max(0, to - from + 1));
}

/** Erases an entry's payload and salt; the leaf and the tree over it stay as they are. False when it was erased. */
export function erasePayload(tx: Tx, sequence: number, at: string): boolean {
  return (
    tx.run(
      `UPDATE journal_payloads SET payload = NULL, salt = NULL, erased_at = ?
       WHERE sequence = ? AND payload IS NOT NULL`,
      [at, sequence],
    ) === 1
  );
}
