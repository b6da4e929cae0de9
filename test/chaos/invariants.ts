import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { checkEntries, leavesFrom } from '../../electron/journal/read.ts';
import type { Store } from '../../electron/store/open.ts';
import { actIdOf, blobContent, cancelIdOf, effectIdOf, SERIES, visitIdOf, YEAR } from './acts.ts';
import type { SeenCall } from './network.ts';
import type { Plan } from './plan.ts';
import type { PortalHost } from './portal-host.ts';

export type Violation = { rule: string; what: string };

/** In a minute the same thing is never asked more often; a line that works or fails as it should stays far below. */
const SAME_CALLS_A_MINUTE = 40;
const LONGEST_SILENCE_MS = 3 * 60_000;
const LONGEST_ASKED_MS = 15 * 60_000;
// Calls under way when the portal asked to be left alone, and their answers, take some time.
const GRACE_MS = 250;

type Judged = {
  plan: Plan;
  store: Store;
  host: PortalHost;
  deskId: string;
  calls: readonly SeenCall[];
  struck: number;
  lives: number;
  acknowledged: ReadonlyMap<number, number>;
  cancelled: ReadonlySet<number>;
  settled: boolean;
};

/** Holds every promise against what is really there, at the desk and at the portal. */
export function judge(of: Judged): Violation[] {
  const found: Violation[] = [];
  const check = (rule: string, holds: boolean, what: () => string): void => {
    if (!holds) found.push({ rule, what: what() });
  };
  const { plan, store, host, deskId, acknowledged } = of;
  const { seed } = plan;

  const effects = store.read((tx) =>
    tx.all<{ id: string; visit_id: string; ordinal: number; state: string; next_try_at: string | null }>(
      'SELECT id, visit_id, ordinal, state, next_try_at FROM outbox ORDER BY visit_id, ordinal',
    ),
  );
  const db = new Database(join(host.folder, 'portal.sqlite'), { readonly: true });
  const there = db
    .prepare<
      [string],
      { id: string; visit_id: string; ordinal: number; state: string; content: string; place: number }
    >(
      'SELECT id, visit_id, ordinal, state, content, rowid AS place FROM effects WHERE desk_id = ? ORDER BY rowid',
    )
    .all(deskId);
  const leavesThere = db
    .prepare<[string], { sequence: number; bytes: Buffer }>(
      'SELECT sequence, bytes FROM log_leaves WHERE desk_id = ? ORDER BY sequence',
    )
    .all(deskId);
  const answersThere = db
    .prepare<[string], { effect_id: string; kind: string }>(
      'SELECT effect_id, kind FROM answers WHERE desk_id = ? ORDER BY effect_id, kind',
    )
    .all(deskId);
  db.close();

  check('every item final or owned', of.settled, () => {
    const open = effects.filter(({ state }) => state !== 'accepted' && state !== 'closed');
    return `not settled long after healing: ${JSON.stringify(open)}, acknowledged ${acknowledged.size} of ${plan.acts.length}`;
  });

  for (const act of plan.acts) {
    const name = `act ${act.name}`;
    const id = effectIdOf(seed, act);
    const mine = effects.find((effect) => effect.id === id);
    const far = there.filter((effect) => effect.id === id);
    const entries = store.read((tx) =>
      tx.all<{ sequence: number }>('SELECT sequence FROM journal_leaves WHERE act_id = ?', [
        actIdOf(seed, act),
      ]),
    );
    const numbers = store.read((tx) =>
      tx.all<{ fate: string }>('SELECT fate FROM numbers WHERE act_id = ?', [actIdOf(seed, act)]),
    );
    check('an act is whole or not there', entries.length === (mine ? 1 : 0), () => {
      return `${name}: ${entries.length} entries, ${mine ? 'queued' : 'not queued'}`;
    });
    check(
      'every number one fate',
      numbers.length === (mine && act.kind === 'certification' ? 1 : 0),
      () => `${name}: ${numbers.length} numbers`,
    );
    if (!acknowledged.has(act.name)) continue;
    check('what was acknowledged is kept', mine !== undefined, () => `${name} is not in the store`);
    if (!mine || !of.settled) continue;
    if (act.poison !== null) {
      check('poison holds up nothing', mine.state === 'closed', () => `${name} is ${mine.state}`);
      continue;
    }
    check('at the portal exactly once', mine.state === 'accepted' && far.length === 1, () => {
      return `${name} is ${mine.state}, ${far.length} times at the portal`;
    });
    check('blobs complete', far[0]?.state === 'complete', () => `${name} is ${far[0]?.state} at the portal`);
    for (const blob of act.blobs) {
      const bytes = blobContent(seed, blob);
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      const path = join(host.folder, 'blobs', sha256.slice(0, 2), sha256);
      check('blobs complete', existsSync(path) && readFileSync(path).equals(bytes), () => {
        return `${name}: the content ${sha256.slice(0, 8)} of ${blob.size} bytes`;
      });
    }
    if (act.kind === 'certification') {
      const fate = act.cancelAfter === null ? 'used' : 'cancelled';
      check('every number one fate', numbers[0]?.fate === fate, () => `${name}: ${numbers[0]?.fate}`);
    }
  }
  for (const act of plan.acts)
    if (of.cancelled.has(act.name)) {
      const entries = store.read((tx) =>
        tx.all('SELECT sequence FROM journal_leaves WHERE act_id = ?', [cancelIdOf(seed, act)]),
      );
      check('an act is whole or not there', entries.length === 1, () => {
        return `the cancellation of act ${act.name} stands ${entries.length} times in the log`;
      });
    }

  const known = new Set(plan.acts.map((act) => effectIdOf(seed, act)));
  for (const { id } of there)
    check('at the portal exactly once', known.has(id), () => `an effect nobody made: ${id}`);

  const allotted = store.read((tx) =>
    tx.all<{ number: number }>('SELECT number FROM numbers WHERE series = ? AND year = ? ORDER BY number', [
      SERIES,
      YEAR,
    ]),
  );
  check(
    'numbers without a gap',
    allotted.every(({ number }, index) => number === index + 1),
    () => JSON.stringify(allotted.map(({ number }) => number)),
  );

  for (const visit of new Set(plan.acts.map((act) => act.visit))) {
    const far = there.filter((effect) => effect.visit_id === visitIdOf(seed, visit));
    const near = effects.filter((effect) => effect.visit_id === visitIdOf(seed, visit));
    const order = near.map(({ id }) => id).filter((id) => far.some((one) => one.id === id));
    check('order within a visit', JSON.stringify(far.map(({ id }) => id)) === JSON.stringify(order), () => {
      return `visit ${visit}: came as ${far.map(({ ordinal }) => ordinal)}`;
    });
  }

  const flaw = store.read((tx) => checkEntries(tx));
  check('the log verifies', flaw.ok, () => JSON.stringify(flaw));
  const leavesHere = store.read((tx) => leavesFrom(tx, 1, 100_000));
  if (of.settled)
    check(
      'the log verifies on both sides',
      leavesHere.length === leavesThere.length &&
        leavesHere.every(({ leaf }, index) => leavesThere[index]?.bytes.equals(Buffer.from(leaf)) === true),
      () => `${leavesHere.length} leaves here, ${leavesThere.length} there`,
    );

  if (of.settled) {
    const answersHere = store.read((tx) =>
      tx.all<{ effect_id: string; kind: string }>(
        "SELECT effect_id, kind FROM inbox_answers WHERE kind IN ('received', 'reference-number') ORDER BY effect_id, kind",
      ),
    );
    const wanted = answersThere.filter(({ kind }) => kind === 'received' || kind === 'reference-number');
    check('every answer is here once', JSON.stringify(answersHere) === JSON.stringify(wanted), () => {
      return `${answersHere.length} here, ${wanted.length} given`;
    });
  }

  for (const effect of effects) {
    const machine = ['waiting', 'incomplete'].includes(effect.state);
    check('every item final or owned', !machine || effect.next_try_at !== null, () => {
      return `${effect.id} is ${effect.state} with no next try`;
    });
  }

  found.push(...judgeCalls(of));
  return found;
}

function judgeCalls({ plan, calls, struck, lives }: Judged): Violation[] {
  const found: Violation[] = [];
  const last = new Map<string, number[]>();
  for (const call of calls) {
    const key = `${call.method} ${call.path} ${call.bodyHash}`;
    const times = (last.get(key) ?? []).filter((at) => at > call.at - 60_000);
    times.push(call.at);
    last.set(key, times);
    if (times.length === SAME_CALLS_A_MINUTE)
      found.push({
        rule: 'no call beyond its schedule',
        what: `${key}: ${times.length} times within a minute, at ${call.at} ms`,
      });
  }
  // `Retry-After`: nothing is begun before its time is over; asked of an upload, it is the uploads that wait.
  const isUpload = (call: SeenCall): boolean => /\/(blobs|uploads)\b/.test(call.path);
  for (const asked of calls) {
    if (asked.retryAfter === null || asked.outcome === 'given up') continue;
    const until = asked.outcomeAt + Math.min(asked.retryAfter * 1000, LONGEST_ASKED_MS);
    const early = calls.find(
      (call) =>
        call.life === asked.life &&
        (!isUpload(asked) || isUpload(call)) &&
        call.at > asked.outcomeAt + GRACE_MS &&
        call.at < until - GRACE_MS,
    );
    if (early)
      found.push({
        rule: 'Retry-After is kept',
        what: `asked at ${asked.outcomeAt} for ${asked.retryAfter} s by ${asked.method} ${asked.path}; ${early.method} ${early.path} at ${early.at}`,
      });
  }
  // A living desk is never silent for long without having been asked to be.
  for (let index = 1; index < calls.length; index += 1) {
    const [before, after] = [calls[index - 1], calls[index]];
    if (!before || !after || before.life !== after.life) continue;
    const asked = calls
      .slice(0, index)
      .some((call) => call.retryAfter !== null && call.outcomeAt + call.retryAfter * 1000 >= before.at);
    if (!asked && after.at - before.at > LONGEST_SILENCE_MS)
      found.push({ rule: 'back-off has a ceiling', what: `silent from ${before.at} to ${after.at}` });
  }
  // How often one act may be sent: once, and again for whatever struck it.
  const sent = new Map<string, number>();
  for (const call of calls) for (const id of call.sentIds) sent.set(id, (sent.get(id) ?? 0) + 1);
  const most = 12 + 3 * (struck + lives) + 3 * plan.faults.length;
  for (const [id, times] of sent)
    if (times > most)
      found.push({
        rule: 'no call beyond its schedule',
        what: `${id} was sent ${times} times (at most ${most})`,
      });
  return found;
}
