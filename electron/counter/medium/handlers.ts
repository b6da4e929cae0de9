import { createReadStream } from 'node:fs';
import { dirname } from 'node:path';
import type { Session } from '../../contract/clerks.ts';
import type { TakenAnswerView } from '../../contract/medium.ts';
import type { ContractFailure } from '../../contract/shared.ts';
import { lastSequence } from '../../journal/read.ts';
import * as cursors from '../../store/cursors.ts';
import { failureOf } from '../../store/failures.ts';
import * as media from '../../store/media.ts';
import type { Reader } from '../../store/open.ts';
import * as outbox from '../../store/outbox.ts';
import { CURSOR as LOG } from '../../sync/log-stream.ts';
import { type MediumAnswer, readAnswer, type TakenAnswer } from '../../sync/medium/answer.ts';
import { type MediumPlan, mediumParts, planMedium } from '../../sync/medium/contents.ts';
import { cursorsNow } from '../../sync/medium/take.ts';
import { pinnedKeys } from '../../sync/portal-keys.ts';
import { sealMedium } from '../../values/medium-file.ts';
import { err, ok, type Result } from '../../values/result.ts';
import { record } from '../acts.ts';
import type { Desk, Enrolled } from '../desk.ts';
import type { Exports, Piece } from '../exports.ts';
import { refuse } from '../failure.ts';
import { type Handler, preparedCommand, query } from '../handlers.ts';
import { isReconciling } from '../recovery/recovery.ts';

const EXTENSION = 'virtuos';
const fileName = (number: number): string => `prenos-${number}.${EXTENSION}`;

const acknowledged = (tx: Reader): number => Number(cursors.get(tx, LOG) ?? 0);

/** Acts to the portal and its answers on a medium, for a desk without a line. */
export function mediumHandlers(desk: Desk, exports: Exports): Handler[] {
  const { store, clock, random } = desk;
  /** The last medium of this run among the files that are written. */
  let own: string | null = null;

  return [
    query('medium.get', () =>
      ok(
        store.read((tx) => {
          const last = lastSequence(tx);
          const written = media.lastWritten(tx);
          const taken = media.lastTaken(tx);
          const view = exports.view();
          return {
            waiting: {
              entries: Math.max(0, last - acknowledged(tx)),
              effects: outbox.countUnconfirmed(tx, last),
            },
            written: written && {
              number: written.number,
              at: written.at,
              entries: written.entries,
              effects: written.effects,
            },
            taken: taken && {
              number: taken.number,
              answers: taken.answers,
              at: taken.at,
              takenAt: taken.takenAt,
            },
            running: view?.state === 'running' && view.exportId === own ? view : null,
          };
        }),
      ),
    ),

    preparedCommand(
      'medium.export',
      async () => {
        if (exports.isRunning()) return refuse('export.running-already');
        const enrolled = store.read(desk.enrolled);
        if (enrolled === null) return refuse('desk.not-enrolled');
        const keys = store.read(pinnedKeys);
        if (keys === null) return refuse('medium.no-portal-key');
        const name = fileName(store.read(media.nextNumber));
        const path = await desk.places.save({ name, extension: EXTENSION });
        return ok(path === null ? null : { path, enrolled, recipient: Buffer.from(keys.sealing, 'base64') });
      },
      (commanded, _input, prepared) => {
        if (prepared === null) return ok(null);
        if (exports.isRunning()) return refuse('export.running-already');
        const { tx, actId, now, after } = commanded;
        const { path, enrolled, recipient } = prepared;
        // One whose end could not be written down, on a full disk: nothing is being written now.
        media.recover(tx);
        const number = media.nextNumber(tx);
        // Written down before the first byte leaves, and so on the medium itself.
        record(desk, commanded, { kind: 'medium-written', payload: { number } });
        const checkpoint = desk.checkpoint(tx, 'sync');
        const plan = planMedium(tx, { ...enrolled, number, checkpoint, keys: desk.keys, random });
        const entries = plan.last - plan.first + 1;
        const effects = outbox.countUnconfirmed(tx, plan.last);
        const total = entries + effects;
        media.begin(tx, { number, at: now.toISOString(), entries, effects, cursors: cursorsNow(tx) });
        after(() => {
          own = actId;
          exports.start({
            exportId: actId,
            path,
            total,
            content: () => sealed(desk, plan, { recipient, at: now }),
            onDone: () => store.write((late) => media.end(late, number, 'written')),
            onFailed: (failure) =>
              store.write((late) => {
                media.end(late, number, 'abandoned');
                desk.act(late, {
                  kind: 'export-not-finished',
                  actId: desk.newId(),
                  clerkId: 'desk',
                  role: 'machine',
                  at: clock.now(),
                  payload: { export: actId, outcome: failure === null ? 'cancelled' : 'failed' },
                });
              }),
          });
        });
        return ok({
          exportId: actId,
          fileName: fileName(number),
          state: 'running' as const,
          done: 0,
          total,
          failure: null,
        });
      },
    ),

    preparedCommand(
      'medium.cancel-export',
      async (_asked, { exportId }) => ok(await exports.cancel(exportId)),
      (_commanded, _input, view) => ok(view),
    ),

    preparedCommand(
      'medium.take',
      async ({ session, now }) => {
        const enrolled = store.read(desk.enrolled);
        if (enrolled === null) return refuse('desk.not-enrolled');
        if (store.read(isReconciling)) return refuse('recovery.waits-for-portal');
        const path = await desk.places.open({ name: 'odpoved', extension: EXTENSION });
        if (path === null) return ok(null);
        const answer = await read(desk, enrolled, path);
        if (!answer.ok) return answer;
        const taken = await desk.sync.takeMedium(answer.value, (tx, { number, answers }) =>
          desk.act(tx, {
            kind: 'medium-taken',
            actId: desk.newId(),
            ...takerOf(session),
            at: now,
            payload: { number, answers },
          }),
        );
        return taken.ok ? ok(viewOf(taken.value)) : err(taken.error);
      },
      (_commanded, _input, taken) => ok(taken),
    ),
  ];

  async function* sealed(
    { keys }: Desk,
    plan: MediumPlan,
    { recipient, at }: { recipient: Buffer; at: Date },
  ): AsyncGenerator<Piece> {
    let done = 0;
    const parts = mediumParts({ store, log: desk.log }, plan, (count) => {
      done += count;
    });
    const of = { to: 'portal' as const, deskId: plan.deskId, number: plan.number, at: at.toISOString() };
    const sealing = { recipient, signer: keys.current(), ephemeralSeed: random(32) };
    for await (const bytes of sealMedium(of, sealing, parts)) yield { bytes, done };
  }
}

/** Who took it; of nobody signed in the desk itself. */
const takerOf = (session: Session | null): { clerkId: string; role: string } =>
  session === null
    ? { clerkId: 'desk', role: 'machine' }
    : { clerkId: session.clerkId, role: session.roles[0] ?? 'clerk' };

async function read(
  { store }: Desk,
  own: Enrolled,
  path: string,
): Promise<Result<MediumAnswer, ContractFailure>> {
  const { seed, keys } = store.read((tx) => ({ seed: media.sealingSeed(tx), keys: pinnedKeys(tx) }));
  // Answers come to desks that asked.
  if (seed === null || keys === null) return refuse('medium.not-for-us');
  try {
    const portalKey = Buffer.from(keys.signing, 'base64');
    return await readAnswer(createReadStream(path), { deskId: own.deskId, seed, portalKey });
  } catch (error) {
    if (failureOf(error, dirname(path)) === undefined) throw error;
    return refuse('medium.unreadable');
  }
}

const viewOf = ({ effects, master: changed, ...taken }: TakenAnswer): TakenAnswerView => ({
  ...taken,
  ...effects,
  masterChanged: changed && changed.length > 0,
});
