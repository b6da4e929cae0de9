import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { lastSequence } from '../../electron/journal/read.ts';
import { StoreError } from '../../electron/store/failures.ts';
import * as media from '../../electron/store/media.ts';
import { openStore, type Store } from '../../electron/store/open.ts';
import * as outbox from '../../electron/store/outbox.ts';
import type { Sync } from '../../electron/sync/port.ts';
import { createSync } from '../../electron/sync/sync.ts';
import { uuidv7 } from '../../electron/values/ids.ts';
import {
  type ActDesk,
  blobContent,
  cancelNumber,
  decide,
  effectIdOf,
  type WriteAct,
  writeAct,
} from './acts.ts';
import { createDisk, Dead, KEY, type StoreBend } from './desk.ts';
import { judge, type Violation } from './invariants.ts';
import { createCarrier } from './media.ts';
import { createNetwork } from './network.ts';
import { HEALED_MS, type Plan, type PlannedAct } from './plan.ts';
import { createPortalHost, type PortalHost } from './portal-host.ts';
import { chanceOf } from './random.ts';
import { createTimeline } from './timeline.ts';

/** What a broken variant changes. */
export type Bent = {
  store?: StoreBend;
  act?: WriteAct;
  /** Changes a request on its way out. */
  request?: (request: Request) => Promise<Request>;
};

export type Result = {
  violations: Violation[];
  hash: string;
  lines: readonly string[];
  calls: number;
  simMs: number;
};

const START_MS = Date.parse('2026-04-01T08:00:00.000Z');
const CLERK_TRIES_AGAIN_MS = 5_000;
const PERSON_LOOKS_MS = 20_000;
/** Longest that everything may take once all is well: the portal may have asked for a quarter of an hour. */
const PATIENCE_MS = 45 * 60_000;
const LAST_MESSAGES_MS = 3 * 60_000;
const MOST_EVENTS = 10_000;

/** A place for many histories: one portal that they share one after another, and the store they all begin with. */
export function createWorkshop(parent: string) {
  const folder = mkdtempSync(join(parent, 'virtuos-chaos-'));
  const template = join(folder, 'template');
  const made = openStore({
    folder: template,
    key: KEY,
    clock: { now: () => new Date(START_MS), monotonicMs: () => 0 },
    random: (length) => chanceOf('template').bytes(length),
  });
  if (!made.ok) throw new Error(`the first store is not to be made: ${made.error.code}`);
  made.value.close();
  let host: PortalHost | null = null;
  // What a seed makes has the same ids each time: one portal must not see them twice.
  const used = new Set<string>();
  const HISTORIES_A_PORTAL = 100;
  let noted = (_error: unknown): void => {};
  const onRejection = (error: unknown): void => noted(error);
  process.on('unhandledRejection', onRejection);

  return {
    async run(plan: Plan, bent: Bent = {}): Promise<Result> {
      if (host && (used.size >= HISTORIES_A_PORTAL || used.has(plan.seed))) {
        await host.close();
        host = null;
      }
      if (!host) {
        host = createPortalHost(folder);
        used.clear();
      }
      used.add(plan.seed);
      const own = mkdtempSync(join(folder, 'desk-'));
      try {
        return await runHistory({
          plan,
          bent,
          host,
          folder: own,
          template,
          onRejection: (of) => {
            noted = of;
          },
        });
      } catch (error) {
        // Whatever state that left, the next history does not begin with it.
        await host.close();
        host = null;
        throw error;
      } finally {
        rmSync(own, { recursive: true, force: true });
      }
    },
    async close(): Promise<void> {
      process.off('unhandledRejection', onRejection);
      await host?.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
export type Workshop = ReturnType<typeof createWorkshop>;

async function runHistory(of: {
  plan: Plan;
  bent: Bent;
  host: PortalHost;
  folder: string;
  template: string;
  /** Whom to tell of what nobody waited for. */
  onRejection: (noted: (error: unknown) => void) => void;
}): Promise<Result> {
  const { plan, bent, host } = of;
  const { seed } = plan;
  const hash = createHash('sha256');
  const lines: string[] = [];
  const trace = (line: string): void => {
    hash.update(line).update('\n');
    lines.push(line);
  };
  const bugs: string[] = [];
  // Ids ascend within a process; a history must not depend on the one before it.
  uuidv7({ now: () => 0, random: (length) => new Uint8Array(length) });
  const timeline = createTimeline(seed, START_MS);
  const deskChance = chanceOf(seed, 'desk');
  const portalChance = chanceOf(seed, 'portal');
  const mediaChance = chanceOf(seed, 'carrier');
  host.lend({ clock: timeline.rightClock, random: (length) => portalChance.bytes(length) });
  const network = createNetwork({ plan, timeline, trace, far: (asked) => host.answer(asked) });
  const random = (length: number): Uint8Array => deskChance.bytes(length);

  const disk = createDisk({
    folder: of.folder,
    template: of.template,
    plan,
    timeline,
    random,
    trace,
    bend: bent.store ?? ((store) => store),
    onDeath: (downMs) => died(downMs),
  });

  let enrolment: { url: string; deskToken: string } | null = null;
  let store: Store = disk.open();
  let sync: Sync = newSync();
  const write = bent.act ?? writeAct;
  const desk = (): ActDesk => ({ seed, deskId, store, clock: timeline.clock, random });
  let deskId = '';
  let harm: unknown = null;

  function newSync(): Sync {
    const mine = disk.life();
    const alive = (): boolean => disk.life() === mine;
    const line = network.lineOf(mine, alive);
    const note = (fields: { code?: string; stack?: string; call?: string }, text: string): void => {
      // What the disk does to it here is no bug of it.
      if (!alive() || fields.stack?.trim().split('\n')[0]?.includes('chaos/desk.ts')) return;
      bugs.push(`${fields.call ?? ''} ${text} ${fields.stack ?? ''}`);
    };
    return createSync({
      store,
      clock: timeline.clock,
      timers: timeline.timersWhile(alive),
      random,
      environment: 'training',
      version: '0.1.0',
      portal: () => enrolment,
      onNews: () => {},
      log: { info: () => {}, warn: () => {}, error: note },
      fetch: bent.request
        ? async (request) => line(bent.request ? await bent.request(request) : request)
        : line,
    });
  }

  let isDead = false;
  let pendingRise = false;

  /** Its process is gone; the next one begins after some time. */
  function died(downMs: number): void {
    isDead = true;
    timeline.after(downMs, () => {
      trace(`${timeline.now()} rises ${disk.life()}`);
      pendingRise = true;
    });
  }

  /** The next process of the desk begins where the last one was killed. */
  async function begin(): Promise<void> {
    pendingRise = false;
    isDead = false;
    await disk.bury();
    store = disk.open();
    sync = newSync();
    takeUp(sync, disk.life());
  }

  /** As the counter does at its start; on a bad disk it is started again and again. */
  function takeUp(mine: Sync, life: number): void {
    if (disk.life() !== life) return;
    try {
      store.write((tx) => {
        outbox.recover(tx, timeline.clock.now().toISOString());
        media.recover(tx);
      });
      void timeline.busy(() => store.blobs.sweep()).catch(noted);
      mine.start();
    } catch (error) {
      noted(error);
      timeline.after(CLERK_TRIES_AGAIN_MS, () => takeUp(mine, life));
    }
  }

  of.onRejection(noted);

  /** What a dead process or a bad disk throws is expected; anything else is a finding. */
  function noted(error: unknown): void {
    if (error instanceof Dead || error instanceof StoreError) return;
    harm ??= error;
  }

  // The window: it sends a command again until it has an answer, as the real one does.
  const acknowledged = new Map<number, number>();
  const cancelled = new Set<number>();
  let waiting = plan.acts.length;

  async function perform(act: PlannedAct): Promise<void> {
    const life = disk.life();
    try {
      const staged = [];
      for (const blob of act.blobs) {
        const put = await store.blobs.put(blobContent(seed, blob));
        if (!put.ok) throw new StoreError(put.error);
        staged.push(put.value);
      }
      write(desk(), act, staged);
      if (disk.life() !== life) throw new Dead();
      acknowledged.set(act.name, timeline.now());
      waiting -= 1;
      trace(`${timeline.now()} acknowledged ${act.name}`);
      if (act.cancelAfter !== null) {
        waiting += 1;
        timeline.after(act.cancelAfter, () => cancel(act));
      }
      sync.kick();
    } catch (error) {
      noted(error);
      trace(`${timeline.now()} not acknowledged ${act.name}`);
      timeline.after(CLERK_TRIES_AGAIN_MS, () => void perform(act));
    }
  }

  function cancel(act: PlannedAct): void {
    const life = disk.life();
    try {
      cancelNumber(desk(), act);
      if (disk.life() !== life) throw new Dead();
      cancelled.add(act.name);
      waiting -= 1;
      trace(`${timeline.now()} cancelled ${act.name}`);
    } catch (error) {
      noted(error);
      timeline.after(CLERK_TRIES_AGAIN_MS, () => cancel(act));
    }
  }

  const persons = chanceOf(seed, 'persons');
  /** Somebody looks at what needs a person: tries poison once more perhaps, and closes it in the end. */
  function personLooks(): void {
    timeline.after(PERSON_LOOKS_MS, personLooks);
    try {
      const tasks = disk
        .real()
        .read((tx) =>
          tx.all<{ id: string }>("SELECT id FROM outbox WHERE state = 'needs-person' ORDER BY leaf_sequence"),
        );
      for (const { id } of tasks) {
        const act = plan.acts.find((one) => effectIdOf(seed, one) === id);
        const how = act?.poison == null || persons.yes(0.3) ? 'retry' : 'close';
        trace(`${timeline.now()} person ${how} ${act?.name ?? id}`);
        decide(desk(), id, how);
        sync.kick();
      }
    } catch (error) {
      noted(error);
    }
  }

  async function step(): Promise<void> {
    if (!(await timeline.step())) throw new Error('nothing can happen any more');
    if (pendingRise) await begin();
  }

  // Enrolment and the first reading of master data are not what is looked at: the line is good until they are done.
  const enrolling = sync.enrol('http://portal.test', host.enrolmentCode(), 'Přepážka 1');
  let enrolled = false;
  void enrolling.then((answer) => {
    if (!answer.ok) {
      harm ??= new Error(`not enrolled: ${answer.error.code}`);
      enrolled = true;
      return;
    }
    enrolment = { url: 'http://portal.test', deskToken: answer.value.deskToken };
    deskId = answer.value.deskId;
    enrolled = true;
  });
  await timeline.settle();
  while (!enrolled) await step();
  network.begin();
  disk.begin();
  const offset = timeline.now();

  takeUp(sync, disk.life());
  await timeline.settle();
  for (const act of plan.acts) timeline.at(offset + act.at, () => void perform(act));
  const carrier = createCarrier({
    folder: of.folder,
    timeline,
    trace,
    host,
    random: (length) => mediaChance.bytes(length),
    desk: () => ({ store, sync, life: disk.life(), deskId, deskToken: enrolment?.deskToken ?? '' }),
    noted,
  });
  for (const one of plan.media) timeline.at(offset + one.at, () => carrier.write(one));
  timeline.after(PERSON_LOOKS_MS, personLooks);
  for (const fault of plan.faults) {
    if (fault.kind === 'death' && fault.when === 'now')
      timeline.at(fault.at, () => {
        if (isDead) return;
        trace(`${timeline.now()} death now`);
        disk.kill();
        died(fault.for);
      });
    if (fault.kind === 'portal-death') {
      timeline.at(fault.at, () => {
        trace(`${timeline.now()} portal dies`);
        network.cut();
        void timeline.busy(() => host.stop());
      });
      timeline.at(fault.at + fault.for, () => host.start());
    }
    if (fault.kind === 'clock') timeline.at(fault.at, () => timeline.skew(fault.skew));
  }

  /** Whether nothing is left that would still have to happen. */
  function isSettled(): boolean {
    if (waiting > 0) return false;
    return disk.real().read((tx) => {
      const open = tx.get<{ n: number }>(
        "SELECT count(*) AS n FROM outbox WHERE state NOT IN ('accepted', 'closed')",
      );
      const cursor = tx.get<{ value: string }>("SELECT value FROM cursors WHERE name = 'log'");
      const numbered = tx.get<{ n: number }>(
        `SELECT count(*) AS n FROM outbox WHERE kind = 'submission' AND state = 'accepted' AND id NOT IN
          (SELECT effect_id FROM inbox_answers WHERE kind = 'reference-number')`,
      );
      const received = tx.get<{ n: number }>(
        `SELECT count(*) AS n FROM outbox WHERE state = 'accepted' AND id NOT IN
          (SELECT effect_id FROM inbox_answers WHERE kind = 'received')`,
      );
      return (
        open?.n === 0 &&
        received?.n === 0 &&
        numbered?.n === 0 &&
        Number(cursor?.value ?? 0) >= lastSequence(tx)
      );
    });
  }

  const violations: Violation[] = [];
  let events = 0;
  let settled = false;
  for (;;) {
    await step();
    events += 1;
    if (harm !== null) break;
    if (events > MOST_EVENTS) {
      violations.push({ rule: 'no call beyond its schedule', what: `${events} happenings and no end` });
      break;
    }
    if (timeline.now() < HEALED_MS) continue;
    if (events % 8 === 0 && !isDead && isSettled()) {
      settled = true;
      break;
    }
    if (timeline.now() > HEALED_MS + PATIENCE_MS) break;
  }
  // What was on its way long still comes, and must change nothing.
  const last = timeline.now() + LAST_MESSAGES_MS;
  while (settled && network.onTheWay() > 0 && timeline.now() < last) await step();

  if (harm !== null)
    violations.push({
      rule: 'nothing throws',
      what: harm instanceof Error ? (harm.stack ?? harm.message) : String(harm),
    });
  for (const bug of bugs) violations.push({ rule: 'nothing throws', what: bug });
  violations.push(
    ...judge({
      plan,
      store: disk.real(),
      host,
      deskId,
      calls: network.calls,
      struck: network.struck(),
      lives: disk.life() + 1,
      acknowledged,
      cancelled,
      settled,
    }),
  );
  for (const row of disk
    .real()
    .read((tx) => tx.all('SELECT id, state, attempts, ordinal FROM outbox ORDER BY leaf_sequence')))
    trace(JSON.stringify(row));

  let stopped = false;
  void sync.stop().then(
    () => {
      stopped = true;
    },
    () => {
      stopped = true;
    },
  );
  await timeline.settle();
  for (let guard = 0; !stopped && guard < 200; guard += 1) if (!(await timeline.step())) break;
  disk.kill();
  await timeline.settle();
  disk.close();
  host.start();
  return {
    violations,
    hash: hash.digest('hex'),
    lines,
    calls: network.calls.length,
    simMs: timeline.now(),
  };
}
