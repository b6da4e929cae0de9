import type { ContractFailure } from '../../contract/shared.ts';
import * as recoveries from '../../store/recoveries.ts';
import { err, ok, type Result } from '../../values/result.ts';
import type { Desk, Enrolled } from '../desk.ts';
import { refuse } from '../failure.ts';
import { type Handler, preparedCommand, query } from '../handlers.ts';
import { saveEnrolment } from '../settings/values.ts';
import { frameOf, lineView, type Standing } from './frame.ts';

export function frameHandlers(
  desk: Desk,
  deps: { standing: Standing; onChange(): void; onTakenOver(): void },
): Handler[] {
  const { store, sync } = desk;
  return [
    query('desk.frame', ({ windowKey }) =>
      ok(store.read((tx) => frameOf(desk, tx, windowKey, deps.standing))),
    ),

    preparedCommand(
      'desk.enrol',
      async (_asked, { portalUrl, enrolmentCode, deskName }) => {
        if (store.read(desk.enrolled)) return refuse('desk.enrolled-already');
        return enrol(desk, portalUrl, enrolmentCode, deskName);
      },
      ({ tx, actId, windowKey, now, after }, _input, enrolled) => {
        if (desk.enrolled(tx)) return refuse('desk.enrolled-already');
        const { tookOver, ...own } = enrolled;
        saveEnrolment(tx, own);
        if (tookOver) {
          beginTakeOver(desk, tx, now);
          after(deps.onTakenOver);
        } else recordEnrolment(desk, tx, actId, now, own);
        after(deps.onChange);
        return ok(frameOf(desk, tx, windowKey, deps.standing));
      },
    ),

    query('desk.try-line', async () => ok(lineView(await sync.tryLine()))),
  ];
}

/** Makes this machine a desk of an office at the portal; nothing is stored yet. */
export async function enrol(
  desk: Desk,
  portalUrl: string,
  code: string,
  deskName: string,
): Promise<Result<Enrolled & { tookOver?: boolean }, ContractFailure>> {
  const answer = await desk.sync.enrol(portalUrl, code, deskName);
  return answer.ok ? ok({ ...answer.value, deskName, portalUrl }) : err(answer.error);
}

/** The machine takes the place of a desk that has a log already: it goes on with that one, once the portal has given it. */
const beginTakeOver = (desk: Desk, tx: Parameters<typeof desk.act>[0], now: Date): void =>
  recoveries.begin(tx, {
    id: desk.newId(),
    kind: 'taken-over',
    backupId: null,
    backupAt: null,
    lastSequence: 0,
    begunAt: now.toISOString(),
    newToken: null,
    report: {},
  });

export const recordEnrolment = (
  desk: Desk,
  tx: Parameters<typeof desk.act>[0],
  actId: string,
  at: Date,
  enrolled: Enrolled,
): number =>
  desk.act(tx, {
    kind: 'desk-enrolled',
    actId,
    clerkId: 'desk',
    role: 'machine',
    at,
    payload: { deskId: enrolled.deskId, officeId: enrolled.officeId, deskName: enrolled.deskName },
  });
