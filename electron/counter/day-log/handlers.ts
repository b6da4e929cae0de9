import type { z } from 'zod';
import type { ExportFormat } from '../../contract/day-log.ts';
import * as checkpoints from '../../journal/checkpoint.ts';
import * as journal from '../../journal/read.ts';
import { inclusionProof } from '../../journal/tree.ts';
import * as inbox from '../../store/inbox.ts';
import type { JsonValue } from '../../store/json.ts';
import type { Reader } from '../../store/open.ts';
import { displayName } from '../../values/person-name.ts';
import { ok } from '../../values/result.ts';
import { record } from '../acts.ts';
import type { Desk } from '../desk.ts';
import type { Exports } from '../exports.ts';
import { refuse } from '../failure.ts';
import { type Handler, preparedCommand, query } from '../handlers.ts';
import type { Indexer } from '../indexer.ts';
import { entryMaker } from './entries.ts';
import { contentOf, mostRows } from './export/content.ts';
import { countEntries, findEntries, type LogFilter, type LogPlace, type LogRow } from './find.ts';
import { totalsOf } from './totals.ts';
import { wordsOf } from './words.ts';

const COUNTED_AT_ONCE = 10_000;

/** The day log as a supervisor reads it. Nothing here changes an entry, and no other call does either. */
export function dayLogHandlers(desk: Desk, indexer: Indexer, exports: Exports): Handler[] {
  const { store } = desk;

  /** Counts in stretches, so that a million entries make nobody wait; stops when there are more than the limit. */
  async function countSlowly(filter: LogFilter, last: number, limit: number): Promise<number> {
    let total = 0;
    for (let first = 1; first <= last && total <= limit; first += COUNTED_AT_ONCE) {
      const range = { first, last: Math.min(first + COUNTED_AT_ONCE - 1, last) };
      total += store.read((tx) => countEntries(tx, filter, range));
      await new Promise((resolve) => setImmediate(resolve));
    }
    return total;
  }

  return [
    query('day-log.page', async (_asked, { filter, before, after, limit }) => {
      const obstacle = await indexer.upToDate();
      if (obstacle) return { ok: false, error: obstacle };
      const place: LogPlace = before !== null ? { before } : after !== null ? { after } : null;
      return store.read((tx) => ok(pageOf(tx, filter, place, limit)));
    }),

    query('day-log.entry', async (_asked, { sequence }) => {
      const obstacle = await indexer.upToDate();
      if (obstacle) return { ok: false, error: obstacle };
      return store.read((tx) => {
        const entry = journal.entry(tx, sequence);
        const row = tx.get<LogRow & { epoch: number }>(
          `SELECT l.sequence, l.kind, l.at, l.legal_date AS legalDate, l.clerk_id AS clerkId, l.role,
             l.visit_id AS visitId, l.service_id AS serviceId, l.leaf_hash AS leafHash, l.epoch, p.payload
           FROM journal_leaves AS l LEFT JOIN journal_payloads AS p USING (sequence) WHERE l.sequence = ?`,
          [sequence],
        );
        if (!entry || !row) return refuse('day-log.no-such-entry');
        return ok({
          entry: entryMaker(tx)(row),
          epoch: row.epoch,
          leaf: entry.leaf,
          leafHash: entry.leafHash.toString('hex'),
          intact: entry.isIntact,
          payload: plain(entry.payload),
          words: wordsOf(tx, { ...row, payload: entry.payload }),
          erasedAt: entry.erasedAt,
          effect: effectOf(tx, sequence),
          proof: proofOf(tx, sequence),
        });
      });
    }),

    query('day-log.totals', async (_asked, { filter }) => {
      const obstacle = await indexer.upToDate();
      if (obstacle) return { ok: false, error: obstacle };
      return store.read((tx) => ok(totalsOf(tx, filter)));
    }),

    preparedCommand(
      'day-log.export',
      async (_asked, { filter, format }) => {
        if (exports.isRunning()) return refuse('export.running-already');
        const obstacle = await indexer.upToDate();
        if (obstacle) return { ok: false, error: obstacle };
        const limit = mostRows[format];
        const last = store.read(journal.lastSequence);
        const total = await countSlowly(filter, last, limit);
        if (total === 0) return refuse('export.nothing');
        if (total > limit) return refuse(tooMuch[format], { limit });
        const path = await desk.places.save({ name: fileName(filter, format), extension: format });
        return ok(path === null ? null : { path, total, last });
      },
      (commanded, { filter, format, names }, prepared) => {
        if (prepared === null) return ok(null);
        if (exports.isRunning()) return refuse('export.running-already');
        const { actId, session, now, after } = commanded;
        // Written down before the first byte leaves.
        record(desk, commanded, {
          kind: 'log-exported',
          payload: { format, count: prepared.total, filter: { ...filter } },
        });
        const file = {
          format,
          filter,
          names,
          total: prepared.total,
          last: prepared.last,
          at: now,
          clerkName: displayName(session.name),
        };
        const view = {
          exportId: actId,
          fileName: fileName(filter, format),
          state: 'running' as const,
          done: 0,
          total: prepared.total,
          failure: null,
        };
        after(() => {
          exports.start({
            exportId: actId,
            path: prepared.path,
            total: prepared.total,
            content: (signal) => contentOf(desk, file, signal),
            onFailed: (failure) =>
              store.write((tx) =>
                desk.act(tx, {
                  kind: 'export-not-finished',
                  actId: desk.newId(),
                  clerkId: 'desk',
                  role: 'machine',
                  at: desk.clock.now(),
                  payload: { export: actId, outcome: failure === null ? 'cancelled' : 'failed' },
                }),
              ),
          });
        });
        return ok(view);
      },
    ),

    preparedCommand(
      'day-log.cancel-export',
      async (_asked, { exportId }) => ok(await exports.cancel(exportId)),
      (_commanded, _input, view) => ok(view),
    ),

    query('day-log.export-state', () => ok(exports.view())),
  ];
}

const tooMuch = {
  csv: 'export.too-much-for-table',
  xlsx: 'export.too-much-for-table',
  pdf: 'export.too-much-for-paper',
  jsonl: 'export.too-much-for-table',
} as const;

/** Says the period and nothing of any person. */
const fileName = ({ from, to }: LogFilter, format: ExportFormat): string =>
  `denni-zaznam-${from === to ? from : `${from}_${to}`}.${format}`;

function pageOf(tx: Reader, filter: LogFilter, place: LogPlace, limit: number) {
  const found = findEntries(tx, filter, place, limit + 1);
  const goesUp = place !== null && 'after' in place;
  const rows = found.length <= limit ? found : goesUp ? found.slice(1) : found.slice(0, limit);
  const isMore = found.length > limit;
  const [newest, oldest] = [rows[0]?.sequence, rows.at(-1)?.sequence];
  const isThere = (other: LogPlace): boolean => findEntries(tx, filter, other, 1).length > 0;
  return {
    entries: rows.map(entryMaker(tx)),
    older: goesUp ? oldest !== undefined && isThere({ before: oldest }) : isMore,
    newer: goesUp ? isMore : place !== null && newest !== undefined && isThere({ after: newest }),
  };
}

/** What became of the act's effect at the portal. */
function effectOf(tx: Reader, sequence: number): { state: string; referenceNumber: string | null } | null {
  const effect = tx.get<{ id: string; state: string }>(
    'SELECT id, state FROM outbox WHERE leaf_sequence = ?',
    [sequence],
  );
  if (effect === undefined) return null;
  const answer = inbox.answersTo(tx, effect.id).findLast(({ kind }) => kind === 'reference-number');
  return { state: effect.state, referenceNumber: answer?.referenceNumber ?? null };
}

/** Against the checkpoint the portal countersigned, where it covers the entry; else against the newest of the desk. */
function proofOf(tx: Reader, sequence: number) {
  const checkpoint = [checkpoints.lastCountersigned(tx), checkpoints.lastCheckpoint(tx)].find(
    (one) => one !== null && one.size >= sequence,
  );
  if (!checkpoint) return null;
  return {
    size: checkpoint.size,
    index: sequence - 1,
    rootHash: checkpoint.rootHash.toString('hex'),
    path: inclusionProof(tx, { sequence, size: checkpoint.size }).map((hash) => hash.toString('hex')),
    madeAt: checkpoint.madeAt,
    countersignedAt: checkpoint.countersignedAt,
    note: checkpoint.note + (checkpoint.cosignature ?? ''),
  };
}

/** As the wire takes it: absent members are left out. */
const plain = (value: JsonValue): z.output<ReturnType<typeof z.json>> => JSON.parse(JSON.stringify(value));
