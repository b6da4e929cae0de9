import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import * as cursors from '../store/cursors.ts';
import * as master from '../store/master.ts';
import { err, type Failure, fail, ok, type Result } from '../values/result.ts';
import { type MasterAnswer, masterPage } from './answers.ts';
import { LIMITS } from './client.ts';
import type { SyncContext } from './context.ts';
import type { LineCode } from './line-code.ts';

export const COLLECTIONS = ['offices', 'clerks', 'services', 'tariffs', 'settings'] as const;
export type Collection = (typeof COLLECTIONS)[number];

const cursorName = (collection: Collection): string => `master:${collection}`;

/** Whether the content is what its hash says: SHA-256 of its RFC 8785 form. */
function isWhole(item: MasterAnswer): boolean {
  if (item.deleted) return true;
  try {
    const text = canonicalize(item.data);
    return text !== undefined && createHash('sha256').update(text, 'utf8').digest('hex') === item.hash;
  } catch {
    // Halves of characters, which RFC 8785 does not write down.
    return false;
  }
}

const changeOf = (item: MasterAnswer): master.MasterChange =>
  item.deleted
    ? { id: item.id, revision: item.revision, deleted: true }
    : { id: item.id, revision: item.revision, data: item.data, hash: item.hash };

type Read = { result: Result<null, Failure<LineCode>>; changed: boolean };

/**
 * Reads what is new in a collection. A page is applied in whole, with its cursor, or not at all. A reading from the
 * beginning gets its cursor only at its end, when what did not come is dropped: interrupted, it begins again.
 */
async function readCollection(context: SyncContext, collection: Collection): Promise<Read> {
  const { store, clock, line, log, ask } = context;
  let cursor = store.read((tx) => cursors.get(tx, cursorName(collection)));
  let kept = cursor === null ? new Set<string>() : null;
  let changed = false;
  for (;;) {
    if (line.isAskedToWait())
      return { result: err(line.state().reason ?? { code: 'line.portal-failed' }), changed };
    const query = cursor === null ? {} : { cursor };
    const outcome = await ask((client) =>
      client.call(masterPage, LIMITS.call, (signal) =>
        client.api.GET('/master/{collection}', { params: { path: { collection }, query }, signal }),
      ),
    );
    if (!outcome.ok) {
      const failure = outcome.error;
      if (failure.kind === 'stopped') return { result: fail('line.down'), changed };
      if (failure.kind === 'no-answer') return { result: fail(failure.code), changed };
      log.warn({ call: collection, code: failure.code }, 'master data were refused');
      if (failure.code !== 'master.cursor-unknown' || cursor === null)
        return { result: fail('line.portal-failed'), changed };
      cursor = null;
      kept = new Set();
      continue;
    }
    const page = outcome.value;
    if (!page.items.every(isWhole)) {
      log.warn(
        { call: collection, code: 'master.damaged' },
        'master data with a wrong hash: the old ones stay',
      );
      return { result: fail('line.portal-failed'), changed };
    }
    const isStuck = page.more && page.cursor === cursor;
    const isLast = !page.more || isStuck;
    for (const item of page.items) if (!item.deleted) kept?.add(item.id);
    const full = kept;
    if (page.items.length > 0 || page.cursor !== cursor)
      store.write((tx) => {
        master.apply(tx, collection, page.items.map(changeOf));
        if (full && !isLast) return;
        if (full) master.keepOnly(tx, collection, full);
        cursors.set(tx, cursorName(collection), page.cursor, clock.now().toISOString());
      });
    changed ||= page.items.length > 0;
    if (isLast) return { result: isStuck ? fail('line.portal-failed') : ok(null), changed };
    cursor = page.cursor;
  }
}

/** Reads all collections once; calls while one reading runs share it. */
export function createMasterReader(context: SyncContext) {
  const { store, clock, news } = context;
  let running: Promise<Result<null, Failure<LineCode>>> | null = null;
  let readAtMs: number | null = null;
  let failedAtMs: number | null = null;

  async function readAll(): Promise<Result<null, Failure<LineCode>>> {
    const collections: Collection[] = [];
    let first: Result<null, Failure<LineCode>> = ok(null);
    for (const collection of COLLECTIONS) {
      const { result, changed } = await readCollection(context, collection);
      if (changed) collections.push(collection);
      if (first.ok && !result.ok) first = result;
      // Without a line the others would only wait for their time to be up.
      if (!result.ok && result.error.code !== 'line.portal-failed') break;
    }
    if (first.ok) {
      store.write((tx) => master.noteWhole(tx, clock.now().toISOString()));
      readAtMs = clock.monotonicMs();
      failedAtMs = null;
    } else failedAtMs = clock.monotonicMs();
    if (collections.length > 0) news({ kind: 'master', collections });
    return first;
  }

  const since = (ms: number | null): number =>
    ms === null ? Number.POSITIVE_INFINITY : clock.monotonicMs() - ms;

  return {
    read(): Promise<Result<null, Failure<LineCode>>> {
      running ??= readAll().finally(() => {
        running = null;
      });
      return running;
    },
    isRunning: (): boolean => running !== null,
    /** Milliseconds since all was read, and since a reading failed (infinite: never). */
    ageMs: (): number => since(readAtMs),
    failedMsAgo: (): number => since(failedAtMs),
    idle: async (): Promise<void> => {
      await running?.catch(() => undefined);
    },
  };
}
