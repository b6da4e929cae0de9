import type { z } from 'zod';
import type { Frame, line } from '../../contract/desk.ts';
import type { RecoveryView } from '../../contract/recovery.ts';
import type { ContractFailure } from '../../contract/shared.ts';
import * as exceptions from '../../store/exceptions.ts';
import type { Reader } from '../../store/open.ts';
import * as outbox from '../../store/outbox.ts';
import type { LineState } from '../../sync/port.ts';
import { legalDate } from '../../values/time.ts';
import { centralSettings, offices, officeView } from '../catalogue/catalogue.ts';
import { findSession } from '../clerks/handlers.ts';
import { clockWarning } from '../clock-watch.ts';
import { unclosedDays } from '../closing/days.ts';
import type { Desk } from '../desk.ts';
import { freezeOf } from '../freeze/freeze.ts';
import { certificateWarning } from '../signed-files/certificate.ts';

export const lineView = (state: LineState): z.output<typeof line> => ({
  state: state.state,
  since: state.since.toISOString(),
  nextTryAt: state.nextTryAt?.toISOString() ?? null,
  reason: state.reason,
});

/** What stands in every frame besides what the store says. */
export type Standing = {
  warnings: (tx: Reader) => ContractFailure[];
  recovery: (tx: Reader) => RecoveryView | null;
};

/** A deputy stands in at this desk alone, and nobody decides what they counted themselves. */
const closingsFor = (session: Frame['session'], countedBy: readonly string[]): number =>
  session?.roles.includes('supervisor') && !session.deputyOf
    ? countedBy.filter((clerkId) => clerkId !== session.clerkId).length
    : 0;

/** What the frame of a window shows. */
export function frameOf(desk: Desk, tx: Reader, windowKey: string, standing: Standing): Frame {
  const own = desk.enrolled(tx);
  const office = own ? offices.find(tx, own.officeId) : undefined;
  const settings = desk.settings(tx);
  const session = findSession(tx, windowKey, desk.clock.now());
  return {
    environment: desk.environment,
    enrolled: own !== null,
    deskId: own?.deskId ?? null,
    deskName: own?.deskName ?? null,
    office: office ? officeView(office) : null,
    language: settings.language,
    line: lineView(desk.sync.line()),
    queue: outbox.counts(tx),
    openExceptions: session?.roles.includes('supervisor') ? exceptions.open(tx) : 0,
    closingsToDecide: closingsFor(session, desk.sync.closingsToDecide()),
    warnings: [
      ...standing.warnings(tx),
      ...desk.sync.problems(),
      ...[clockWarning(desk, tx), certificateWarning(desk, tx, session, desk.clock.now())].filter(
        (warning) => warning !== null,
      ),
    ],
    recovery: standing.recovery(tx),
    freeze: freezeOf(desk, tx, desk.clock.now()),
    unclosedDays: unclosedDays(tx, legalDate(desk.clock.now())),
    session,
    idleLockMinutes: settings.idleLockMinutes,
    offlineSignInHours: centralSettings(tx).offlineSignInHours,
    version: desk.version,
  };
}
