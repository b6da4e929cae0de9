import type { FreezeRule, FreezeView } from '../../contract/freeze.ts';
import type { ContractFailure } from '../../contract/shared.ts';
import { clockTrust, notBefore } from '../../journal/clock.ts';
import * as master from '../../store/master.ts';
import type { Reader } from '../../store/open.ts';
import * as outbox from '../../store/outbox.ts';
import { legalDate } from '../../values/time.ts';
import { centralSettings } from '../catalogue/catalogue.ts';
import { unclosedDays } from '../closing/days.ts';
import type { Desk } from '../desk.ts';
import { countdowns } from './rules.ts';

const codes: Record<FreezeRule, string> = {
  'master-data': 'freeze.master-data',
  unsent: 'freeze.unsent',
  'unclosed-days': 'freeze.unclosed-days',
  clock: 'freeze.clock',
};

/** How near the desk is to taking no new acts, and whether it takes none now. A desk that is nobody's yet is free. */
export function freezeOf(desk: Pick<Desk, 'enrolled' | 'clock'>, tx: Reader, now: Date): FreezeView {
  if (!desk.enrolled(tx)) return { frozen: null, countdowns: [] };
  const masterDataAt = master.wholeAt(tx);
  const { waiting, needsPerson } = outbox.counts(tx);
  const found = countdowns(
    {
      masterDataAt: masterDataAt === null ? null : new Date(masterDataAt),
      unsentActs: waiting + needsPerson,
      unclosedDays: unclosedDays(tx, legalDate(now)).length,
      clockOffMs: clockTrust(tx, desk.clock).offMs,
    },
    centralSettings(tx).freeze,
    // A clock that was set back makes nothing younger.
    new Date(Math.max(now.getTime(), notBefore(tx, desk.clock).getTime())),
  );
  const broken = found.find(({ frozen }) => frozen);
  const frozen: ContractFailure | null = broken
    ? { code: codes[broken.rule], params: { value: broken.value, limit: broken.limit } }
    : null;
  return { frozen, countdowns: found };
}
