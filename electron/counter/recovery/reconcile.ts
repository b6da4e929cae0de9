import { currentEpoch, epochAnnounced, type Named, openEpoch } from '../../journal/epoch.ts';
import { lastSequence, leavesFrom } from '../../journal/read.ts';
import { appendKnown, type KnownLeaf } from '../../journal/recovered.ts';
import { rootHash, treeSize } from '../../journal/tree.ts';
import * as cursors from '../../store/cursors.ts';
import { raise } from '../../store/exceptions.ts';
import { type JsonValue, parseJson } from '../../store/json.ts';
import type { Reader, Tx } from '../../store/open.ts';
import * as recoveries from '../../store/recoveries.ts';
import type { KnownEffect, RecoveryCalls, RecoveryFailure } from '../../sync/recovery-calls.ts';
import { type Failure, fail, ok, type Result } from '../../values/result.ts';
import { epochStatement, keyStatement } from '../../values/signed-note.ts';
import { legalDate } from '../../values/time.ts';
import type { Desk } from '../desk.ts';
import { repeatErasure } from '../retention/retention.ts';
import { saveEnrolment } from '../settings/values.ts';
import { type LostNumbers, settleNumbers } from './numbers.ts';
import { forgetRescued, mergeRescued, rescuedNumbers } from './rescued.ts';

/** Id of who acts where no person does. */
export const MACHINE = { clerkId: 'desk', role: 'machine' } as const;

/** The code of a failed try; `line.*` ones go away by themselves, the others need a person. */
export type ReconcileFailure = Failure<string>;

const failureOf = (failure: RecoveryFailure): { ok: false; error: ReconcileFailure } =>
  failure.kind === 'desk-unknown'
    ? fail('recovery.code-needed')
    : fail(failure.kind === 'line' ? failure.code : 'line.portal-failed');

/**
 * The portal's calls under a token that only this machine has. The one the backup held is void from then on, and with it
 * the machine that still may hold it.
 */
async function ownCalls(
  desk: Desk,
  newToken: string | null,
): Promise<Result<RecoveryCalls, ReconcileFailure>> {
  const { store, sync } = desk;
  const take = (token: string): void =>
    store.write((tx) => {
      const own = desk.enrolled(tx);
      if (own && own.deskToken !== token) saveEnrolment(tx, { ...own, deskToken: token });
    });
  const asNew = sync.recovery(newToken ?? undefined);
  if (asNew === null) return fail('line.not-enrolled');
  const state = await asNew.state();
  if (state.ok) {
    if (newToken !== null) take(newToken);
    return ok(asNew);
  }
  if (state.error.kind !== 'desk-unknown' || newToken === null) return failureOf(state.error);
  const changed = await sync.recovery()?.changeToken(newToken, 'restore');
  if (changed === undefined) return fail('line.not-enrolled');
  if (!changed.ok) return failureOf(changed.error);
  take(newToken);
  return ok(asNew);
}

type Rescued = {
  sequence: number;
  leaf: Uint8Array;
  salt: Uint8Array | null;
  payload: Uint8Array | null;
  erased_at: string | null;
};

const rescuedAt = (tx: Tx, sequence: number): Rescued | undefined =>
  tx.get<Rescued>('SELECT sequence, leaf, salt, payload, erased_at FROM rescued_entries WHERE sequence = ?', [
    sequence,
  ]);

/** What is in the log here and at the portal must be the same; else somebody wrote another log under this desk's name. */
async function compareEnds(
  desk: Desk,
  calls: RecoveryCalls,
  here: number,
  there: number,
): Promise<Result<null, ReconcileFailure>> {
  const common = Math.min(here, there);
  if (common === 0) return ok(null);
  const from = Math.max(1, common - 199);
  const page = await calls.leaves(from);
  if (!page.ok) return failureOf(page.error);
  const own = desk.store.read((tx) => leavesFrom(tx, from, common - from + 1));
  for (const { sequence, leaf } of own)
    if (page.value.leaves[sequence - from]?.equals(leaf) !== true)
      return fail('recovery.log-differs', { sequence });
  return ok(null);
}

/** Brings back the entries the portal has beyond the end of this log, page by page; killed, it goes on where it was. */
async function fetchLeaves(
  desk: Desk,
  calls: RecoveryCalls,
  of: { recoveryId: string; logSize: number },
): Promise<Result<null, ReconcileFailure>> {
  const { store, clock } = desk;
  for (;;) {
    const from = store.read(lastSequence) + 1;
    if (from > of.logSize) return ok(null);
    const page = await calls.leaves(from);
    if (!page.ok) return failureOf(page.error);
    if (page.value.leaves.length === 0) return fail('line.portal-failed');
    const flawed = store.write((tx) => {
      const own = desk.enrolled(tx);
      let sequence = from;
      for (const leaf of page.value.leaves) {
        const added = appendKnown(tx, {
          leaf,
          desk: own?.deskId ?? '',
          recoveryId: of.recoveryId,
          at: clock.now().toISOString(),
          rescued: rescuedAt(tx, sequence),
        });
        if (!added.ok) return sequence;
        sequence += 1;
      }
      return null;
    });
    if (flawed !== null) return fail('recovery.log-differs', { sequence: flawed });
  }
}

/** What was rescued behind what the portal has, as far as it has no hole. */
function appendRescued(tx: Tx, of: { desk: string; recoveryId: string; at: string }): void {
  for (;;) {
    const rescued = rescuedAt(tx, lastSequence(tx) + 1);
    if (rescued === undefined) return;
    if (!appendKnown(tx, { ...of, leaf: rescued.leaf, rescued }).ok) return;
  }
}

type Range = { from: number; to: number };

/** Rescued entries behind a hole nobody can fill, and the hole. */
function behindHole(tx: Reader, last: number): { entries: Rescued[]; missing: Range[] } {
  const entries = tx.all<Rescued>(
    'SELECT sequence, leaf, salt, payload, erased_at FROM rescued_entries WHERE sequence > ? ORDER BY sequence',
    [last],
  );
  const missing: Range[] = [];
  let before = last;
  for (const { sequence } of entries) {
    if (sequence > before + 1) missing.push({ from: before + 1, to: sequence - 1 });
    before = sequence;
  }
  return { entries, missing };
}

const leafOf = (leaf: Uint8Array): KnownLeaf => JSON.parse(Buffer.from(leaf).toString('utf8'));

/**
 * The log has no hole, so what was rescued behind one cannot keep its place: each such entry is written anew, as it was, in
 * an entry that says so. Returns where each stands now.
 */
function enterAnew(desk: Desk, tx: Tx, entries: readonly Rescued[], now: Date): Map<number, number> {
  const places = new Map<number, number>();
  for (const { sequence, leaf, payload } of entries) {
    const { visit, service } = leafOf(leaf).ids;
    const at = desk.act(tx, {
      kind: 'entry-rescued',
      actId: desk.newId(),
      ...MACHINE,
      at: now,
      ...(typeof visit === 'string' && { visitId: visit }),
      ...(typeof service === 'string' && { serviceId: service }),
      ids: { entry: sequence },
      payload: {
        leaf: parseJson(Buffer.from(leaf).toString('utf8')),
        payload: payload === null ? null : parseJson(Buffer.from(payload).toString('utf8')),
      },
    });
    places.set(sequence, at);
  }
  return places;
}

/** Leaves that came back without what they were about: the acts of the time between backup and loss. */
const recoveredLeaves = (tx: Tx, recoveryId: string): KnownLeaf[] =>
  tx
    .all<{ leaf: Uint8Array }>(
      'SELECT leaf FROM journal_leaves JOIN recovered_leaves USING (sequence) WHERE recovery_id = ? ORDER BY sequence',
      [recoveryId],
    )
    .map(({ leaf }) => leafOf(leaf));

/** Leaves behind those that were here when the recovery began. */
const leavesSince = (tx: Tx, sequence: number, last: number): KnownLeaf[] =>
  tx
    .all<{ leaf: Uint8Array }>(
      'SELECT leaf FROM journal_leaves WHERE sequence > ? AND sequence <= ? ORDER BY sequence',
      [sequence, last],
    )
    .map(({ leaf }) => leafOf(leaf));

/** Acts that somebody elsewhere must hear of beside the log. */
const withEffect: ReadonlySet<string> = new Set([
  'identity-verified',
  'identity-refused',
  'submission-accepted',
  'submission-corrected',
  'copy-certified',
  'signature-certified',
  'number-cancelled',
  'fee-paid',
  'receipt-cancelled',
  'fee-refunded',
  'extract-issued',
  'conversion-issued',
  'evidence-number-cancelled',
  'closing-prepared',
  'closing-withdrawn',
]);

/** Acts that stand in the log and whose contents are neither here nor at the portal: only the paper has them. */
const withoutEffect = (
  tx: Reader,
  leaves: readonly KnownLeaf[],
  placeOf: (sequence: number) => number,
): KnownLeaf[] =>
  leaves.filter(
    ({ kind, sequence }) =>
      withEffect.has(kind) &&
      tx.get('SELECT 1 AS here FROM outbox WHERE leaf_sequence = ?', [placeOf(sequence)]) === undefined,
  );

/**
 * Effects the portal has and this store does not know stand here as delivered: their visits' next effects get the right
 * ordinals and the answers to them find them. Those whose contents went with the disk never become complete.
 */
function recogniseEffects(
  tx: Tx,
  effects: readonly KnownEffect[],
  at: string,
): { known: number; incomplete: number } {
  const last = lastSequence(tx);
  let known = 0;
  let incomplete = 0;
  for (const effect of [...effects].sort((a, b) => a.ordinal - b.ordinal)) {
    if (tx.get('SELECT 1 AS here FROM outbox WHERE id = ?', [effect.id])) continue;
    const isWhole = effect.state === 'complete';
    known += 1;
    if (!isWhole) incomplete += 1;
    tx.run(
      `INSERT INTO outbox (id, visit_id, ordinal, kind, leaf_sequence, made_at, payload, state, next_try_at, changed_at)
       VALUES (?, ?, ?, ?, ?, ?, NULL, ?, NULL, ?)`,
      [
        effect.id,
        effect.visitId,
        effect.ordinal,
        effect.kind,
        Math.min(effect.leafSequence, last),
        effect.madeAt,
        isWhole ? 'accepted' : 'closed',
        at,
      ],
    );
  }
  return { known, incomplete };
}

/**
 * A visit that went on after the backup is not gone on with here: what was done in it is at the portal, and doing it again
 * would do it twice. One that did not, or whose last state was rescued, is parked, so that somebody looks at the papers
 * before taking it up.
 */
function settleVisits(
  tx: Tx,
  leaves: readonly KnownLeaf[],
  rescued: ReadonlySet<string>,
): { closed: string[]; parked: string[] } {
  const wentOn = new Set(
    leaves.flatMap(({ ids }) => (typeof ids['visit'] === 'string' ? [ids['visit']] : [])),
  );
  const open = tx.all<{ id: string; state: string }>(
    "SELECT id, state FROM visits WHERE state IN ('open', 'parked')",
  );
  const isOver = (id: string): boolean => wentOn.has(id) && !rescued.has(id);
  const closed = open.filter(({ id }) => isOver(id)).map(({ id }) => id);
  const parked = open.filter(({ id, state }) => !isOver(id) && state === 'open').map(({ id }) => id);
  for (const id of closed) tx.run("UPDATE visits SET state = 'closed' WHERE id = ?", [id]);
  for (const id of parked) tx.run("UPDATE visits SET state = 'parked' WHERE id = ?", [id]);
  // Whether a paper came out after the backup nobody knows: the clerk says.
  tx.run("UPDATE prints SET state = 'unknown' WHERE state IN ('preparing', 'rendered', 'sent', 'accepted')");
  return { closed, parked };
}

/** Says in the exceptions which numbers went with the disk. */
export function raiseLost(
  desk: Desk,
  tx: Tx,
  lost: readonly LostNumbers[],
  of: { leafSequence: number; now: Date; clerkId?: string },
): void {
  for (const { series, year, from, to } of lost)
    raise(tx, {
      id: desk.newId(),
      kind: 'number-lost',
      at: of.now.toISOString(),
      legalDate: legalDate(of.now),
      clerkId: of.clerkId,
      leafSequence: of.leafSequence,
      params: { series, year, from, to, number: from === to ? from : `${from}–${to}` },
    });
}

const jsonOf = (ranges: readonly (LostNumbers | Range)[]): JsonValue => ranges.map((range) => ({ ...range }));

/**
 * Settles a restored, rescued or taken-over store with the portal, before anything is done at it: the token changes, the
 * log's lost entries come back, what the portal has is recognised, erasures are repeated, and a new epoch opens. Every step
 * can be repeated; the last one, which ends it, is one transaction.
 */
export async function reconcile(desk: Desk): Promise<Result<null, ReconcileFailure>> {
  const { store, clock } = desk;
  const recovery = store.read(recoveries.open);
  if (recovery?.state !== 'reconciling') return ok(null);
  const calls = await ownCalls(desk, recovery.newToken);
  if (!calls.ok) return calls;
  const state = await calls.value.state();
  if (!state.ok) return failureOf(state.error);
  const { logSize } = state.value;
  const compared = await compareEnds(desk, calls.value, store.read(lastSequence), logSize);
  if (!compared.ok) return compared;
  const { checkpoint } = state.value;
  const fetched = await fetchLeaves(desk, calls.value, { recoveryId: recovery.id, logSize });
  if (!fetched.ok) return fetched;
  // What the portal countersigned must be the beginning of this log, to the last bit.
  if (checkpoint && !isOwnCheckpoint(desk, checkpoint))
    return fail('recovery.log-differs', { sequence: checkpoint.size });
  const effects = await calls.value.effects();
  if (!effects.ok) return failureOf(effects.error);
  const openNumbers = await calls.value.openNumbers();
  if (!openNumbers.ok) return failureOf(openNumbers.error);
  store.write((tx) =>
    appendRescued(tx, {
      desk: state.value.deskId,
      recoveryId: recovery.id,
      at: clock.now().toISOString(),
    }),
  );
  const epoch = await announceEpoch(desk, calls.value, state.value);
  if (!epoch.ok) return epoch;
  const found = {
    effects: effects.value,
    openNumbers: openNumbers.value,
    logSize,
    epoch: epoch.value,
  };
  store.write((tx) => settle(desk, tx, recovery, found, clock.now()));
  return ok(null);
}

type Announced = { number: number; names: Named | null };
type PortalState = Extract<Awaited<ReturnType<RecoveryCalls['state']>>, { ok: true }>['value'];

/**
 * Shows the portal this machine's own key and announces the epoch that begins behind everything known of the log. Announced
 * before and not settled here, it is the same epoch again.
 */
async function announceEpoch(
  desk: Desk,
  calls: RecoveryCalls,
  { deskId, epoch, checkpoint }: PortalState,
): Promise<Result<Announced, ReconcileFailure>> {
  const { keys, store } = desk;
  const key = keys.current();
  const registered = await calls.registerKey(key.publicKey, key.sign(keyStatement(deskId, key.publicKey)));
  if (!registered.ok) return failureOf(registered.error);
  const { firstSequence, here } = store.read((tx) => ({
    firstSequence: lastSequence(tx) + 1,
    here: currentEpoch(tx),
  }));
  const isAnnounced = epoch !== null && epoch.firstSequence === firstSequence && epoch.number > here;
  const number = isAnnounced ? epoch.number : Math.max(epoch?.number ?? 1, here) + 1;
  const names = checkpoint && {
    size: checkpoint.size,
    rootHash: Buffer.from(checkpoint.rootHash, 'base64'),
  };
  const statement = epochStatement({ deskId, epoch: number, firstSequence, names });
  const opened = await calls.openEpoch(statement, key.sign(Buffer.from(statement)));
  return opened.ok ? ok({ number, names }) : failureOf(opened.error);
}

type Found = {
  effects: readonly KnownEffect[];
  openNumbers: readonly { id: string; number: string }[];
  logSize: number;
  epoch: Announced;
};

/** Contents that something still needs and to which nobody has the key any more. */
const lostContents = (tx: Reader): number =>
  tx.get<{ n: number }>(
    `SELECT count(*) AS n FROM (
       SELECT sha256 FROM outbox_blobs AS b JOIN outbox AS o ON o.id = b.effect_id
         WHERE o.state NOT IN ('accepted', 'closed') AND b.uploaded_at IS NULL
       UNION SELECT sha256 FROM pages UNION SELECT sha256 FROM added_files
     ) WHERE sha256 NOT IN (SELECT sha256 FROM blobs)`,
  )?.n ?? 0;

const tableNames = (value: JsonValue | undefined): ReadonlySet<string> =>
  new Set(Array.isArray(value) ? value.filter((name) => typeof name === 'string') : []);

function settle(
  desk: Desk,
  tx: Tx,
  recovery: recoveries.Recovery,
  { effects, openNumbers, logSize, epoch }: Found,
  now: Date,
): void {
  const at = now.toISOString();
  const leaves = recoveredLeaves(tx, recovery.id);
  const last = lastSequence(tx);
  const since = leavesSince(tx, recovery.lastSequence, last);
  cursors.set(tx, 'log', String(Math.min(logSize, last)), at);
  const { entries, missing } = behindHole(tx, last);
  const lost = settleNumbers(tx, effects, {
    recoveryId: recovery.id,
    at,
    rescued: rescuedNumbers(tx),
  });
  const known = {
    ...recovery.report,
    entriesFromPortal: leaves.length,
    entriesEnteredAnew: entries.length,
    entriesMissing: jsonOf(missing),
    lastKnownAt: entries.map(({ leaf }) => leafOf(leaf).at).at(-1) ?? since.at(-1)?.at ?? null,
    numbersLost: jsonOf(lost),
  };
  // Before the epoch's first entry, which is this one: nothing is appended while it is reconciling.
  recoveries.reconciled(tx, { id: recovery.id, at });
  // Earlier tries may have announced epochs that never came to be.
  tx.run('UPDATE journal_state SET epoch = ? WHERE one = 1', [epoch.number - 1]);
  const epochIds = openEpoch(tx, { names: epoch.names, at: now });
  epochAnnounced(tx, epoch.number, now);
  const leafSequence = desk.act(tx, {
    kind: 'store-recovered',
    actId: desk.newId(),
    ...MACHINE,
    at: now,
    ids: { recovery: recovery.id, lastEntry: last, ...epochIds },
    payload: { kind: recovery.kind, backupAt: recovery.backupAt, ...known },
  });
  const places = enterAnew(desk, tx, entries, now);
  tx.run('DELETE FROM rescued_entries');
  const merged = mergeRescued(tx, {
    entries: places,
    inPart: tableNames(recovery.report['tablesInPart']),
    at,
    release: (inTx, owner) => desk.store.blobs.release(inTx, owner),
  });
  forgetRescued(tx);
  const recognised = recogniseEffects(tx, effects, at);
  const visits = settleVisits(tx, leaves, merged.visits);
  const all = [...since, ...entries.map(({ leaf }) => leafOf(leaf))];
  let erasures = 0;
  for (const { kind, ids } of all)
    if (kind === 'content-erased' && repeatErasure(desk, tx, ids, at)) erasures += 1;
  const undelivered = withoutEffect(tx, all, (sequence) => places.get(sequence) ?? sequence);
  recoveries.setReport(tx, recovery.id, {
    ...known,
    effectsRecognised: recognised.known,
    effectsIncomplete: recognised.incomplete,
    effectsLost: undelivered.map(({ sequence, kind, at: madeAt }) => ({ entry: sequence, kind, at: madeAt })),
    rowsRescued: merged.rows,
    rowsLost: merged.unplaced,
    contentsLost: lostContents(tx),
    visitsClosed: visits.closed.length,
    visitsParked: visits.parked.length,
    erasuresRepeated: erasures,
  });
  raise(tx, {
    id: desk.newId(),
    kind: recovery.kind === 'rescued' ? 'store-damaged' : 'store-restored',
    at,
    legalDate: legalDate(now),
    leafSequence,
    params: {
      kind: recovery.kind,
      backupAt: recovery.backupAt ?? '',
      entries: leaves.length,
      visits: visits.closed.length,
      incomplete: recognised.incomplete,
    },
  });
  for (const { sequence, ids } of undelivered)
    raise(tx, {
      id: desk.newId(),
      kind: 'store-restored',
      at,
      legalDate: legalDate(now),
      visitId: typeof ids['visit'] === 'string' ? ids['visit'] : undefined,
      leafSequence: places.get(sequence) ?? sequence,
      params: { code: 'recovery.effect-lost' },
    });
  for (const visitId of [...visits.closed, ...visits.parked])
    raise(tx, {
      id: desk.newId(),
      kind: 'store-restored',
      at,
      legalDate: legalDate(now),
      visitId,
      leafSequence,
      params: { code: visits.closed.includes(visitId) ? 'recovery.visit-closed' : 'recovery.visit-parked' },
    });
  raiseLost(desk, tx, lost, { leafSequence, now });
  for (const { id, number } of openNumbers)
    if (!mayStillIssue(tx, id))
      raise(tx, {
        id: desk.newId(),
        kind: 'number-lost',
        at,
        legalDate: legalDate(now),
        leafSequence,
        params: { number, code: 'recovery.evidence-number-open' },
      });
}

/**
 * Whether a service may still be issued under the number the portal allotted for it. Where it may not, the paper may be out
 * or not: only somebody who looks for it can say.
 */
const mayStillIssue = (tx: Reader, serviceId: string): boolean =>
  tx.get(
    `SELECT 1 AS found FROM services AS s JOIN visits AS v ON v.id = s.visit_id
     WHERE s.id = ? AND s.state = 'in-progress' AND v.state IN ('open', 'parked')`,
    [serviceId],
  ) !== undefined;

const isOwnCheckpoint = ({ store }: Desk, of: { size: number; rootHash: string }): boolean =>
  store.read(
    (tx) => of.size <= treeSize(tx) && rootHash(tx, of.size).equals(Buffer.from(of.rootHash, 'base64')),
  );
