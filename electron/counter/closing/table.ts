import { z } from 'zod';
import { type Counts, counts } from '../../contract/cash-desk.ts';
import { type Carried, type ClosingView, carried } from '../../contract/closing.ts';
import type { Reader, Tx } from '../../store/open.ts';

const way = z.enum(['at-desk', 'deputy', 'remote']);

export type Closing = {
  ordinal: number;
  id: string;
  number: string;
  leafSequence: number;
  firstSequence: number;
  lastSequence: number;
  firstDate: string;
  lastDate: string;
  closedAt: string;
  closedBy: string;
  way: ClosingView['way'];
  inPlaceOf: string | null;
  opening: number;
  expected: number;
  counted: number;
  counts: Counts;
  differenceReason: string | null;
  carried: Carried[];
  checkpointSize: number | null;
  rootHash: string | null;
  checkpointNote: string | null;
  documentId: string | null;
};

type Row = {
  ordinal: number;
  id: string;
  number: string;
  leaf_sequence: number;
  first_sequence: number;
  last_sequence: number;
  first_date: string;
  last_date: string;
  closed_at: string;
  closed_by: string;
  way: string;
  in_place_of: string | null;
  opening: number;
  expected: number;
  counted: number;
  counts: string;
  difference_reason: string | null;
  carried: string;
  checkpoint_size: number | null;
  root_hash: string | null;
  checkpoint_note: string | null;
  document_id: string | null;
};

const toClosing = (row: Row): Closing => ({
  ordinal: row.ordinal,
  id: row.id,
  number: row.number,
  leafSequence: row.leaf_sequence,
  firstSequence: row.first_sequence,
  lastSequence: row.last_sequence,
  firstDate: row.first_date,
  lastDate: row.last_date,
  closedAt: row.closed_at,
  closedBy: row.closed_by,
  way: way.parse(row.way),
  inPlaceOf: row.in_place_of,
  opening: row.opening,
  expected: row.expected,
  counted: row.counted,
  counts: counts.parse(JSON.parse(row.counts)),
  differenceReason: row.difference_reason,
  carried: z.array(carried).parse(JSON.parse(row.carried)),
  checkpointSize: row.checkpoint_size,
  rootHash: row.root_hash,
  checkpointNote: row.checkpoint_note,
  documentId: row.document_id,
});

export function insertClosing(tx: Tx, of: Omit<Closing, 'ordinal'>): Closing {
  const ordinal =
    1 + (tx.get<{ last: number | null }>('SELECT max(ordinal) AS last FROM day_closings')?.last ?? 0);
  tx.run(
    `INSERT INTO day_closings (ordinal, id, number, leaf_sequence, first_sequence, last_sequence, first_date, last_date,
       closed_at, closed_by, way, in_place_of, opening, expected, counted, counts, difference_reason, carried,
       checkpoint_size, root_hash, checkpoint_note, document_id)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    [
      ordinal,
      of.id,
      of.number,
      of.leafSequence,
      of.firstSequence,
      of.lastSequence,
      of.firstDate,
      of.lastDate,
      of.closedAt,
      of.closedBy,
      of.way,
      of.inPlaceOf,
      of.opening,
      of.expected,
      of.counted,
      JSON.stringify(of.counts),
      of.differenceReason,
      JSON.stringify(of.carried),
      of.checkpointSize,
      of.rootHash,
      of.checkpointNote,
      of.documentId,
    ],
  );
  return { ...of, ordinal };
}

export function findClosing(tx: Reader, id: string): Closing | null {
  const row = tx.get<Row>('SELECT * FROM day_closings WHERE id = ?', [id]);
  return row ? toClosing(row) : null;
}

export function lastClosing(tx: Reader): Closing | null {
  const row = tx.get<Row>('SELECT * FROM day_closings ORDER BY ordinal DESC LIMIT 1');
  return row ? toClosing(row) : null;
}

/** Newest first, from before an ordinal (null: from the last one). */
export const closingsPage = (tx: Reader, of: { before: number | null; limit: number }): Closing[] =>
  tx
    .all<Row>('SELECT * FROM day_closings WHERE ordinal < ? ORDER BY ordinal DESC LIMIT ?', [
      of.before ?? Number.MAX_SAFE_INTEGER,
      of.limit,
    ])
    .map(toClosing);
