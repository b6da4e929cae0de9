import type { Reader } from '../store/transaction.ts';
import { deskOrigin, verifierText } from '../values/signed-note.ts';
import { checkpointsBetween, keysEver } from './checkpoint.ts';
import { consistencyProof, frontier, inclusionProof, treeSize } from './tree.ts';

/**
 * The log as a file that anybody can check without this program: docs/log-format.md describes it, `verify/` reads it. JSON
 * Lines, in the order of the log, so that a file of any length is written and read page by page.
 */

export const LOG_FORMAT = 'virtuos-log/1';

export type LogExport = {
  deskId: string;
  /** Sequences of the first and last entry; the whole log without them. */
  from?: number | undefined;
  to?: number | undefined;
  /** Whether what is personal goes out too, as far as it is not erased. */
  payloads: boolean;
  /** The portal's key as text, as the desk keeps it. */
  witness: string | null;
  at: Date;
};

type Row = {
  sequence: number;
  leaf: Uint8Array;
  leaf_hash: Uint8Array;
  salt: Uint8Array | null;
  payload: Uint8Array | null;
  erased_at: string | null;
};

const PAGE = 500;
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
const line = (value: object): string => `${JSON.stringify(value)}\n`;

function entryLine(row: Row, payloads: boolean): string {
  const erased = row.erased_at !== null && { erased: row.erased_at };
  const payload =
    payloads && row.salt !== null && row.payload !== null
      ? { salt: base64(row.salt), payload: base64(row.payload) }
      : {};
  return line({ leaf: base64(row.leaf), hash: base64(row.leaf_hash), ...erased, ...payload });
}

function page(tx: Reader, from: number, to: number, payloads: boolean): string {
  const rows = tx.all<Row>(
    `SELECT l.sequence, l.leaf, l.leaf_hash, p.salt, p.payload, p.erased_at
     FROM journal_leaves AS l LEFT JOIN journal_payloads AS p USING (sequence)
     WHERE l.sequence BETWEEN ? AND ? ORDER BY l.sequence`,
    [from, to],
  );
  const checkpoints = checkpointsBetween(tx, from, to);
  let text = '';
  for (const row of rows) {
    text += entryLine(row, payloads);
    for (const { size, note, cosignature } of checkpoints)
      if (size === row.sequence) text += line({ checkpoint: note, cosignature });
  }
  return text;
}

/** What lets a reader of a part know that it goes on from what was before. */
function before(tx: Reader, from: number, to: number): string {
  if (from === 1) return '';
  const size = from - 1;
  const text = line({ before: { size, hashes: frontier(tx, size).map(base64) } });
  const [last] = checkpointsBetween(tx, 1, size).slice(-1);
  if (last === undefined) return text;
  const path = consistencyProof(tx, { from: last.size, to }).map(base64);
  return `${text}${line({ checkpoint: last.note, cosignature: last.cosignature })}${line({
    consistency: { from: last.size, to, path },
  })}`;
}

/**
 * The log, or a part of it, as chunks of text. `read` gives one consistent view each time it is called; entries never change,
 * so the chunks belong together though acts are done meanwhile. A part ends best at a checkpoint's size.
 */
export function* exportLog(read: <T>(work: (tx: Reader) => T) => T, of: LogExport): Generator<string, void> {
  const { from, to, keys } = read((tx) => ({
    from: of.from ?? 1,
    to: Math.min(of.to ?? Number.MAX_SAFE_INTEGER, treeSize(tx)),
    keys: keysEver(tx).map(verifierText),
  }));
  yield line({
    format: LOG_FORMAT,
    desk: of.deskId,
    origin: deskOrigin(of.deskId),
    from,
    to,
    exportedAt: of.at.toISOString(),
    keys,
    witness: of.witness,
  });
  if (to >= from) yield read((tx) => before(tx, from, to));
  for (let next = from; next <= to; next += PAGE)
    yield read((tx) => page(tx, next, Math.min(to, next + PAGE - 1), of.payloads));
  yield line({ end: { entries: Math.max(0, to - from + 1) } });
}

/** One entry with its proof against a checkpoint that covers it, in the same form; null when none does. */
export function exportEntry(
  tx: Reader,
  sequence: number,
  of: Pick<LogExport, 'deskId' | 'payloads' | 'witness' | 'at'>,
): string | null {
  const covering = checkpointsBetween(tx, sequence, Number.MAX_SAFE_INTEGER);
  const checkpoint = covering.findLast(({ cosignature }) => cosignature !== null) ?? covering.at(-1);
  const row = tx.get<Row>(
    `SELECT l.sequence, l.leaf, l.leaf_hash, p.salt, p.payload, p.erased_at
     FROM journal_leaves AS l LEFT JOIN journal_payloads AS p USING (sequence) WHERE l.sequence = ?`,
    [sequence],
  );
  if (row === undefined || checkpoint === undefined) return null;
  const { size, note, cosignature } = checkpoint;
  return [
    line({
      format: LOG_FORMAT,
      desk: of.deskId,
      origin: deskOrigin(of.deskId),
      from: sequence,
      to: sequence,
      exportedAt: of.at.toISOString(),
      keys: keysEver(tx).map(verifierText),
      witness: of.witness,
    }),
    entryLine(row, of.payloads),
    line({ checkpoint: note, cosignature }),
    line({ inclusion: { sequence, size, path: inclusionProof(tx, { sequence, size }).map(base64) } }),
    line({ end: { entries: 1 } }),
  ].join('');
}
