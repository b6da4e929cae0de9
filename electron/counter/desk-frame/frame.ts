import type { z } from 'zod';
import type { Frame, line } from '../../contract/desk.ts';
import type { ContractFailure } from '../../contract/shared.ts';
import type { Reader } from '../../store/open.ts';
import * as outbox from '../../store/outbox.ts';
import type { LineState } from '../../sync/port.ts';
import { centralSettings, officeItemOf, officeView } from '../catalogue/catalogue.ts';
import { findSession } from '../clerks/handlers.ts';
import type { Desk } from '../desk.ts';
import { freezeOf } from '../freeze/freeze.ts';

export const lineView = (state: LineState): z.output<typeof line> => ({
  state: state.state,
  since: state.since.toISOString(),
  nextTryAt: state.nextTryAt?.toISOString() ?? null,
  reason: state.reason,
});

/** What the frame of a window shows. */
export function frameOf(desk: Desk, tx: Reader, windowKey: string, warnings: ContractFailure[]): Frame {
  const own = desk.enrolled(tx);
  const office = own ? officeItemOf(tx, own.officeId) : undefined;
  const settings = desk.settings(tx);
  return {
    environment: desk.environment,
    enrolled: own !== null,
    deskId: own?.deskId ?? null,
    deskName: own?.deskName ?? null,
    office: office ? officeView(office) : null,
    language: settings.language,
    line: lineView(desk.sync.line()),
    queue: outbox.counts(tx),
    warnings: [...warnings, ...desk.sync.problems()],
    freeze: freezeOf(desk, tx, desk.clock.now()),
    session: findSession(tx, windowKey),
    idleLockMinutes: settings.idleLockMinutes,
    offlineSignInHours: centralSettings(tx).offlineSignInHours,
    version: desk.version,
  };
}
