import { lastSequence } from '../../journal/read.ts';
import { type JsonValue, parseJson } from '../../store/json.ts';
import type { Reader, Tx } from '../../store/open.ts';
import * as outbox from '../../store/outbox.ts';
import type { SqlValue } from '../../store/transaction.ts';
import { pageOwners } from '../retention/owners.ts';

/**
 * Rows rescued from a damaged store come into the recovered one when the log is whole again: over those the backup had, by
 * their keys, so that none is there twice.
 */

type Staged = {
  table: string;
  key: readonly string[];
  /** Columns that go on changing; a row that is there already takes them from the rescued one. */
  changing: readonly string[];
};

/** In an order in which each row finds what it refers to. Numbers are entered with those the portal knows (numbers.ts). */
export const stagedTables: readonly Staged[] = [
  { table: 'visits', key: ['id'], changing: ['state', 'clerk_id', 'note', 'identity', 'erased_at'] },
  { table: 'services', key: ['id'], changing: ['state', 'record', 'definition'] },
  {
    table: 'pages',
    key: ['id'],
    changing: ['slot_id', 'position', 'rotation', 'sha256', 'dpi', 'mode', 'treatment'],
  },
  {
    table: 'added_files',
    key: ['service_id', 'slot_id'],
    changing: ['sha256', 'name', 'pages', 'size', 'claims_pdfa', 'warnings'],
  },
  { table: 'outputs', key: ['document_id'], changing: ['data', 'sha256', 'pages', 'erased_at'] },
  { table: 'prints', key: ['job_id'], changing: ['state', 'printer_uri', 'printer_job', 'trouble', 'at'] },
  { table: 'receipts', key: ['id'], changing: ['cancelled_at'] },
  { table: 'receipt_cancellations', key: ['id'], changing: [] },
  {
    table: 'outbox',
    key: ['id'],
    changing: [
      'payload',
      'state',
      'attempts',
      'next_try_at',
      'last_code',
      'last_params',
      'changed_at',
      'refusals',
      'first_refused_at',
      'task',
      'handed_over_at',
      'handed_over_by',
    ],
  },
  { table: 'outbox_blobs', key: ['effect_id', 'sha256', 'role'], changing: ['uploaded_at'] },
  { table: 'cash_movements', key: ['id'], changing: [] },
  { table: 'day_closings', key: ['ordinal'], changing: [] },
  { table: 'closing_requests', key: ['id'], changing: ['state', 'answered_at', 'answered_by', 'note'] },
  { table: 'deputies', key: ['id'], changing: ['ended_at'] },
  { table: 'exceptions', key: ['id'], changing: ['reviewed_at', 'reviewed_by', 'note', 'outcome'] },
  { table: 'media_written', key: ['number'], changing: ['state'] },
  { table: 'media_taken', key: ['number'], changing: [] },
  { table: 'journal_keys', key: ['public_key'], changing: [] },
  { table: 'journal_checkpoints', key: ['size', 'key_id'], changing: [] },
  { table: 'journal_epochs', key: ['epoch'], changing: [] },
  { table: 'series', key: ['series', 'year'], changing: [] },
  { table: 'numbers', key: ['series', 'year', 'number'], changing: ['fate', 'reason', 'changed_at'] },
];

/** Entered by numbers.ts, which keeps them without a gap. */
const numbered: ReadonlySet<string> = new Set(['series', 'numbers']);

type Row = Record<string, SqlValue>;

const sqlValue = (value: JsonValue): SqlValue => {
  if (typeof value === 'string' || typeof value === 'number' || value === null) return value;
  if (typeof value === 'object' && !Array.isArray(value) && typeof value['hex'] === 'string')
    return Buffer.from(value['hex'], 'hex');
  return null;
};

function rowOf(text: string): Row {
  const value = parseJson(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return {};
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, sqlValue(one)]));
}

const stagedRows = (tx: Reader, table: string): Row[] =>
  tx
    .all<{ row: string }>('SELECT row FROM rescued_rows WHERE name = ? ORDER BY ordinal', [table])
    .map(({ row }) => rowOf(row));

export type RescuedNumber = {
  series: string;
  year: number;
  number: number;
  actId: string;
  fate: 'allotted' | 'used' | 'cancelled' | 'lost';
  reason: string | null;
};

/** The numbers whose rows were rescued. */
export const rescuedNumbers = (tx: Reader): RescuedNumber[] =>
  stagedRows(tx, 'numbers').flatMap(({ series, year, number, act_id, fate, reason = null }) =>
    typeof series === 'string' &&
    typeof year === 'number' &&
    typeof number === 'number' &&
    typeof act_id === 'string' &&
    (fate === 'allotted' || fate === 'used' || fate === 'cancelled' || fate === 'lost') &&
    (reason === null || typeof reason === 'string')
      ? [{ series, year, number, actId: act_id, fate, reason }]
      : [],
  );

export type Merged = {
  rows: number;
  /** Rows whose place is gone with others, by table. */
  unplaced: Record<string, number>;
  visits: ReadonlySet<string>;
};

const broke = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && String(error.code).startsWith('SQLITE_CONSTRAINT');

function place(tx: Tx, { table, key, changing }: Staged, row: Row): boolean {
  const names = Object.keys(row);
  const set = changing.filter((name) => names.includes(name)).map((name) => `${name} = excluded.${name}`);
  const differ = changing
    .filter((name) => names.includes(name))
    .map((name) => `${table}.${name} IS NOT excluded.${name}`);
  try {
    tx.run(
      `INSERT INTO ${table} (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})
       ON CONFLICT (${key.join(', ')}) DO ${
         set.length === 0 ? 'NOTHING' : `UPDATE SET ${set.join(', ')} WHERE ${differ.join(' OR ')}`
       }`,
      Object.values(row),
    );
    return true;
  } catch (error) {
    if (!broke(error)) throw error;
    return false;
  }
}

/**
 * Brings the rescued rows in. `entries` says where an entry stands that could not keep its place in the log.
 */
export function mergeRescued(
  tx: Tx,
  of: {
    entries: ReadonlyMap<number, number>;
    /** Tables of which not every page could be read. */
    inPart: ReadonlySet<string>;
    at: string;
    release: (tx: Tx, owner: string) => void;
  },
): Merged {
  const last = lastSequence(tx);
  const unplaced: Record<string, number> = {};
  let rows = 0;
  const visits = new Set<string>();
  for (const staged of stagedTables) {
    if (numbered.has(staged.table)) continue;
    const { table } = staged;
    for (const row of stagedRows(tx, table)) {
      const sequence = row['leaf_sequence'];
      if (typeof sequence === 'number') {
        const now = of.entries.get(sequence) ?? (sequence <= last ? sequence : null);
        // What has still to be sent goes, even when its entry is gone: it then stands behind the last one known.
        row['leaf_sequence'] = now ?? (table === 'outbox' ? last : null);
      }
      if (place(tx, staged, row)) {
        rows += 1;
        if (table === 'visits' && typeof row['id'] === 'string') visits.add(row['id']);
      } else unplaced[table] = (unplaced[table] ?? 0) + 1;
    }
  }
  // Pages a clerk took out after the backup stay out.
  if (visits.size > 0 && !of.inPart.has('pages')) {
    const kept = new Set(stagedRows(tx, 'pages').map(({ id }) => id));
    for (const { id } of tx.all<{ id: string }>('SELECT id FROM pages'))
      if (!kept.has(id)) {
        tx.run('DELETE FROM pages WHERE id = ?', [id]);
        for (const owner of pageOwners(id)) of.release(tx, owner);
      }
  }
  outbox.recover(tx, of.at);
  return { rows, unplaced, visits };
}

/** The staged rows have their places; nothing of them stays twice. */
export const forgetRescued = (tx: Tx): void => void tx.run('DELETE FROM rescued_rows');
