import * as exceptions from '../store/exceptions.ts';
import * as master from '../store/master.ts';
import type { KeyStep } from '../values/master-package.ts';
import { err, type Failure, fail, ok, type Result } from '../values/result.ts';
import { legalDate } from '../values/time.ts';
import { health, type MasterPage, masterKeys, masterPage } from './answers.ts';
import { type CallFailure, LIMITS } from './client.ts';
import type { SyncContext } from './context.ts';
import type { LineCode } from './line-code.ts';
import { createMasterPackages, type PackageFault } from './master-packages.ts';
import { followMasterKeys, pinKeys, pinnedKeys } from './portal-keys.ts';

/** What belongs together is put in force together: a service and its tariff. */
const GROUPS = [
  ['offices'],
  ['clerks'],
  ['tariffs', 'services'],
  ['guides'],
  ['timetables'],
  ['settings'],
  ['trust'],
  ['code-lists'],
] as const;
export const COLLECTIONS = GROUPS.flat();
export type Collection = (typeof COLLECTIONS)[number];

/** Master data that came on a medium. */
export type BroughtMaster = {
  /** The portal's time. */
  at: Date;
  keys: readonly KeyStep[];
  /** In the portal's order. `from`: the cursor a page begins behind, null for the beginning. */
  pages: readonly { collection: string; from: string | null; page: MasterPage }[];
  /** Whether they go on from where a collection is now; if not, the line has brought newer ones. */
  goesOn: (collection: Collection) => boolean;
};

export type MasterFailure = Failure<LineCode | 'master.package-refused'>;

/** Rows asked for at once: few on a slow line, so that a page comes within its time, many on a fast one. */
const ROWS = { least: 25, first: 200, most: 1000 } as const;
const QUICK_MS = 500;

/** Reads all collections once; calls while one reading runs share it. */
export function createMasterReader(context: SyncContext) {
  const { store, clock, line, log, news, ask } = context;
  const packages = createMasterPackages({ store, clock });
  let rows: number = ROWS.first;
  let running: Promise<Result<null, MasterFailure>> | null = null;
  let readAtMs: number | null = null;
  let failedAtMs: number | null = null;
  const refused = new Set<Collection>();

  async function askPage(collection: Collection, cursor: string | null) {
    const begunMs = clock.monotonicMs();
    const query = { limit: rows, ...(cursor !== null && { cursor }) };
    const outcome = await ask((client) =>
      client.call(masterPage, LIMITS.call, (signal) =>
        client.api.GET('/master/{collection}', { params: { path: { collection }, query }, signal }),
      ),
    );
    if (outcome.ok && outcome.value.more && clock.monotonicMs() - begunMs < QUICK_MS)
      rows = Math.min(ROWS.most, rows * 2);
    if (!outcome.ok && outcome.error.kind === 'no-answer' && outcome.error.code === 'line.time-out')
      rows = Math.max(ROWS.least, Math.floor(rows / 2));
    return outcome;
  }

  const cutBy = (failure: CallFailure): Failure<LineCode> => {
    if (failure.kind === 'stopped') return { code: 'line.down' };
    return { code: failure.kind === 'no-answer' ? failure.code : 'line.portal-failed' };
  };

  /** The portal may have a new key, which the one that is kept signed; a desk of old keeps the first it hears of. */
  async function followKeys(): Promise<boolean> {
    if (store.read(pinnedKeys) === null) {
      const said = await ask((client) =>
        client.call(health, LIMITS.health, (signal) => client.api.GET('/health', { signal })),
      );
      const keys = said.ok ? said.value.keys : undefined;
      if (keys === undefined) return false;
      log.warn({ call: 'master' }, 'the keys of the portal are kept from now on');
      store.write((tx) => pinKeys(tx, keys));
      return true;
    }
    const outcome = await ask((client) =>
      client.call(masterKeys, LIMITS.call, (signal) => client.api.GET('/master-keys', { signal })),
    );
    if (!outcome.ok || !store.write((tx) => followMasterKeys(tx, outcome.value.keys))) return false;
    log.info({ call: 'master' }, 'the portal signs its master data with the key that follows');
    return true;
  }

  /** A supervisor sees it once, the frame for as long as it lasts; the data that held go on to hold. */
  function tell(collection: Collection, fault: PackageFault, page: MasterPage): void {
    log.warn({ call: collection, code: 'master.package-refused' }, `refused whole: ${fault}`);
    refused.add(collection);
    const now = clock.now();
    store.write((tx) =>
      exceptions.raise(tx, {
        id: exceptions.idOf(['package-refused', collection, fault, page.cursor, page.signature ?? null]),
        kind: 'package-refused',
        at: now.toISOString(),
        legalDate: legalDate(now),
        params: { collection, fault },
      }),
    );
    news({ kind: 'line' });
  }

  /** Brings what is new in a collection to its end; nothing of it is in force yet. */
  async function bring(collection: Collection): Promise<Result<null, MasterFailure>> {
    let from = await packages.next(collection);
    let hasFollowed = false;
    let asked = askPage(collection, from);
    for (;;) {
      const outcome = await asked;
      if (!outcome.ok) {
        const failure = outcome.error;
        if (failure.kind === 'refused')
          log.warn({ call: collection, code: failure.code }, 'master data were refused');
        if (failure.kind !== 'refused' || failure.code !== 'master.cursor-unknown' || from === null)
          return err(cutBy(failure));
        await packages.refuse([collection]);
        from = null;
        asked = askPage(collection, from);
        continue;
      }
      const page = outcome.value;
      const isStuck = page.more && page.cursor === from;
      // The next page is on its way while this one is laid down.
      const next = page.more && !isStuck && !line.isAskedToWait() ? askPage(collection, page.cursor) : null;
      const fault = await packages.take(collection, from, page);
      if (fault !== null) {
        await next;
        if (fault === 'wrong-key' && !hasFollowed && (await followKeys())) {
          hasFollowed = true;
          asked = askPage(collection, from);
          continue;
        }
        tell(collection, fault, page);
        return fail('master.package-refused', { collection });
      }
      if (!page.more) return ok(null);
      if (next === null)
        return err(isStuck ? { code: 'line.portal-failed' } : (line.state().reason ?? { code: 'line.down' }));
      from = page.cursor;
      asked = next;
    }
  }

  async function readGroup(group: readonly Collection[]): Promise<Result<string[], MasterFailure>> {
    for (const collection of group) {
      if (line.isAskedToWait()) return err(line.state().reason ?? { code: 'line.portal-failed' });
      const brought = await bring(collection);
      await packages.layDown(collection);
      if (brought.ok) continue;
      if (brought.error.code === 'master.package-refused') await packages.refuse(group);
      return brought;
    }
    const changed = packages.putInForce(group);
    if (group.some((one) => refused.delete(one))) news({ kind: 'line' });
    return ok(changed);
  }

  async function readAll(): Promise<Result<null, MasterFailure>> {
    const collections: string[] = [];
    let first: Result<null, MasterFailure> = ok(null);
    for (const group of GROUPS) {
      const read = await readGroup(group);
      if (read.ok) collections.push(...read.value);
      else if (first.ok) first = read;
      // Without a line the others would only wait for their time to be up.
      if (!read.ok && !['line.portal-failed', 'master.package-refused'].includes(read.error.code)) break;
    }
    if (first.ok) {
      store.write((tx) => master.noteWhole(tx, clock.now().toISOString()));
      readAtMs = clock.monotonicMs();
      failedAtMs = null;
    } else failedAtMs = clock.monotonicMs();
    if (collections.length > 0) news({ kind: 'master', collections });
    return first;
  }

  /** The pages of a collection that a medium brought, to their end. */
  async function lay({ pages }: BroughtMaster, collection: Collection): Promise<Result<null, MasterFailure>> {
    let reached: string | null | undefined;
    for (const { from, page } of pages.filter((one) => one.collection === collection)) {
      const isNext = reached === undefined || from === reached;
      const fault = isNext ? await packages.take(collection, from, page) : 'wrong-place';
      if (fault !== null) {
        tell(collection, fault, page);
        return fail('master.package-refused', { collection });
      }
      reached = page.cursor;
    }
    await packages.layDown(collection);
    return ok(null);
  }

  async function layGroup(
    brought: BroughtMaster,
    group: readonly Collection[],
  ): Promise<Result<string[], MasterFailure>> {
    // What the line had begun to bring goes on from elsewhere.
    await packages.refuse(group);
    for (const collection of group) {
      const laid = await lay(brought, collection);
      if (laid.ok) continue;
      await packages.refuse(group);
      return laid;
    }
    for (const one of group) refused.delete(one);
    return ok(packages.putInForce(group));
  }

  async function takeAll(brought: BroughtMaster): Promise<Result<string[], MasterFailure>> {
    store.write((tx) => followMasterKeys(tx, brought.keys));
    const changed: string[] = [];
    let first: Result<null, MasterFailure> = ok(null);
    let isWhole = true;
    for (const group of GROUPS) {
      if (!group.every(brought.goesOn)) {
        isWhole = false;
        continue;
      }
      const taken = await layGroup(brought, group);
      if (taken.ok) changed.push(...taken.value);
      else if (first.ok) first = taken;
    }
    // The desk may not think its data younger than they are, nor younger than its own clock.
    const at = new Date(Math.min(brought.at.getTime(), clock.now().getTime())).toISOString();
    if (first.ok && isWhole)
      store.write((tx) => {
        if ((master.wholeAt(tx) ?? '') < at) master.noteWhole(tx, at);
      });
    if (changed.length > 0) news({ kind: 'master', collections: changed });
    return first.ok ? ok(changed) : first;
  }

  /** What is in force is put in its place; whoever waits for the reading does not wait for this. */
  const tidy = async (): Promise<void> => {
    for (const collection of COLLECTIONS) await packages.settle(collection, () => isStopping);
  };
  let tidying: Promise<void> = Promise.resolve();
  let isStopping = false;

  const since = (ms: number | null): number =>
    ms === null ? Number.POSITIVE_INFINITY : clock.monotonicMs() - ms;

  return {
    read(): Promise<Result<null, MasterFailure>> {
      running ??= tidying.then(readAll).finally(() => {
        running = null;
        tidying = tidy().catch(context.bug('master'));
      });
      return running;
    },
    /** Takes what came on a medium, behind a reading under way; returns which collections changed. */
    async take(brought: BroughtMaster): Promise<Result<string[], MasterFailure>> {
      while (running !== null) await running;
      let taken: Result<string[], MasterFailure> = ok([]);
      running = tidying
        .then(() => takeAll(brought))
        .then((done) => {
          taken = done;
          return done.ok ? ok(null) : done;
        })
        .finally(() => {
          running = null;
          tidying = tidy().catch(context.bug('master'));
        });
      await running;
      return taken;
    },
    isRunning: (): boolean => running !== null,
    /** A package that failed its check, as the frame says it. */
    problem: (): Failure | null => (refused.size === 0 ? null : { code: 'master.package-refused' }),
    /** Milliseconds since all was read, and since a reading failed (infinite: never). */
    ageMs: (): number => since(readAtMs),
    failedMsAgo: (): number => since(failedAtMs),
    /** Ends when nothing of it runs any more. */
    stop: async (): Promise<void> => {
      isStopping = true;
      await running?.catch(() => undefined);
      await tidying;
    },
  };
}
