import { createHash } from 'node:crypto';
import { append, type JournalEnv } from '../../electron/journal/append.ts';
import { recordBlob, type StagedBlob } from '../../electron/store/blobs.ts';
import * as commands from '../../electron/store/commands.ts';
import * as numbers from '../../electron/store/numbers.ts';
import type { Store, Tx } from '../../electron/store/open.ts';
import * as outbox from '../../electron/store/outbox.ts';
import type { Clock } from '../../electron/values/clock.ts';
import type { PlannedAct } from './plan.ts';
import { contentOf } from './random.ts';

/** Ids that only depend on the history and the act: UUIDs in form. */
export function idOf(seed: string, ...words: (string | number)[]): string {
  const hex = createHash('sha256')
    .update([seed, ...words].join(' '))
    .digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

export const YEAR = 2026;
export const SERIES = 'vidimace';

/** The desk as an act needs it. */
export type ActDesk = {
  seed: string;
  deskId: string;
  store: Store;
  clock: Clock;
  random: (length: number) => Uint8Array;
};

/** How an act is written down; the broken variants have another way. */
export type WriteAct = (desk: ActDesk, act: PlannedAct, staged: readonly StagedBlob[]) => void;

export const effectIdOf = (seed: string, act: PlannedAct): string => idOf(seed, 'effect', act.name);
export const actIdOf = (seed: string, act: PlannedAct): string => idOf(seed, 'act', act.name);
export const visitIdOf = (seed: string, visit: number): string => idOf(seed, 'visit', visit);
export const cancelIdOf = (seed: string, act: PlannedAct): string => idOf(seed, 'cancel', act.name);
export const blobContent = (seed: string, of: { size: number; content: number }): Buffer =>
  contentOf(of.size, seed, 'blob', of.size, of.content);

function payloadOf(desk: ActDesk, act: PlannedAct, number: number | null): object {
  const by = { clerkId: idOf(desk.seed, 'clerk'), role: 'clerk', rolesAsOf: '2026-04-01T07:00:00.000Z' };
  if (act.poison === 'content') return { nobody: 'knows what this is' };
  switch (act.kind) {
    case 'submission':
      return {
        service: { id: 'general-submission', version: 1 },
        addressedOfficeId: act.poison === 'office' ? 'atlantis' : 'plzen',
        subject: `Podání ${act.name}`,
        acceptedAt: '2026-04-01T08:00:00.000Z',
        acceptedOn: '2026-04-01',
        acceptedBy: by,
        offline: false,
        applicant: {
          type: 'person',
          name: { givenNames: 'Jan', surname: 'Vzorový' },
          birthDate: { year: 1980 },
        },
        authority: 'in-person',
        form: { submissionType: 'request', subject: `Podání ${act.name}`, content: 'Pro zkoušku.' },
      };
    case 'certification':
      return {
        service: { id: 'vidimace', version: 1 },
        book: { series: SERIES, year: YEAR, number: number ?? 1 },
        issuedOn: '2026-04-01',
        issuedBy: by,
        state: 'issued',
        counts: { sheets: 1, sides: 2, begunPages: 2 },
      };
    case 'receipt':
      return {
        receiptNumber: `P/${act.name + 1}/2026`,
        issuedAt: '2026-04-01T08:01:00.000Z',
        issuedBy: by,
        lines: [{ tariff: 'vidimace', quantity: 2, unitAmount: 30, amount: 60 }],
        total: 60,
        method: 'cash',
        state: 'issued',
      };
  }
}

const journalOf = (desk: ActDesk): JournalEnv => ({
  clock: desk.clock,
  random: desk.random,
  desk: desk.deskId,
});

/** The log's entry, and the number where the act takes one. */
export function record(desk: ActDesk, tx: Tx, act: PlannedAct): { sequence: number; number: number | null } {
  const at = desk.clock.now().toISOString();
  const actId = actIdOf(desk.seed, act);
  const { sequence } = append(tx, journalOf(desk), {
    kind: act.kind === 'submission' ? 'submission-accepted' : 'copy-certified',
    actId,
    clerk: 'clerk',
    role: 'clerk',
    visitId: visitIdOf(desk.seed, act.visit),
    payload: { effect: effectIdOf(desk.seed, act) },
  });
  if (act.kind !== 'certification') return { sequence, number: null };
  const allotted = numbers.allot(tx, { series: SERIES, year: YEAR, actId, at });
  if (act.cancelAfter === null) numbers.setFate(tx, allotted, 'used', at);
  return { sequence, number: allotted.number };
}

/** What has to be sent, and the command's result. */
export function queue(
  desk: ActDesk,
  tx: Tx,
  act: PlannedAct,
  of: { sequence: number; number: number | null },
  staged: readonly StagedBlob[],
): void {
  const at = desk.clock.now().toISOString();
  const id = effectIdOf(desk.seed, act);
  for (const blob of staged) recordBlob(tx, blob, { mediaType: 'application/pdf', owner: `effect:${id}` });
  const blobs = new Map(staged.map((one) => [one.sha256, one]));
  outbox.enqueue(tx, {
    id,
    visitId: visitIdOf(desk.seed, act.visit),
    kind: act.kind,
    leafSequence: of.sequence,
    madeAt: at,
    payload: payloadOf(desk, act, of.number),
    blobs: [...blobs.values()].map(({ sha256, size }) => ({
      sha256,
      size,
      role: 'signed-request',
      mediaType: 'application/pdf',
    })),
  });
  save(tx, actIdOf(desk.seed, act), at, of);
}

const save = (tx: Tx, id: string, at: string, result: object): void =>
  commands.save(tx, {
    id,
    name: 'act',
    clerkId: null,
    inputHash: createHash('sha256').update(id).digest(),
    result: JSON.stringify(result),
    at,
  });

/** An act as the counter writes one: everything in one transaction, once for each command. */
export const writeAct: WriteAct = (desk, act, staged) =>
  desk.store.write((tx) => {
    if (commands.find(tx, actIdOf(desk.seed, act))) return;
    queue(desk, tx, act, record(desk, tx, act), staged);
  });

/** A number's cancellation: an act of its own. */
export function cancelNumber(desk: ActDesk, act: PlannedAct): void {
  desk.store.write((tx) => {
    const id = cancelIdOf(desk.seed, act);
    if (commands.find(tx, id)) return;
    const actId = actIdOf(desk.seed, act);
    const row = tx.get<{ number: number }>('SELECT number FROM numbers WHERE act_id = ?', [actId]);
    if (!row) throw new Error('a number is cancelled that nobody allotted');
    const at = desk.clock.now().toISOString();
    append(tx, journalOf(desk), {
      kind: 'number-cancelled',
      actId: id,
      clerk: 'clerk',
      role: 'clerk',
      visitId: visitIdOf(desk.seed, act.visit),
      payload: { number: row.number },
    });
    numbers.setFate(
      tx,
      { series: SERIES, year: YEAR, number: row.number },
      'cancelled',
      at,
      'listina vrácena',
    );
    save(tx, id, at, {});
  });
}

/** A person decides what becomes of an effect the portal does not take. */
export function decide(desk: ActDesk, effectId: string, how: 'retry' | 'close'): void {
  desk.store.write((tx) => {
    const effect = outbox.find(tx, effectId);
    if (effect?.state !== 'needs-person') return;
    const at = desk.clock.now().toISOString();
    if (how === 'retry') outbox.retry(tx, effectId, at);
    else outbox.close(tx, effectId, at);
    append(tx, journalOf(desk), {
      kind: how === 'retry' ? 'effect-retried' : 'effect-closed',
      actId: idOf(desk.seed, how, effectId, desk.clock.monotonicMs()),
      clerk: 'supervisor',
      role: 'supervisor',
      visitId: effect.visitId,
      payload: { effect: effectId },
    });
  });
}
