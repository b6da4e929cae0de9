import type { ContractFailure } from '../contract/shared.ts';
import { append } from '../journal/append.ts';
import { clockMark, clockTrust, keepShown, setClockMark } from '../journal/clock.ts';
import { raise } from '../store/exceptions.ts';
import type { Reader, Tx } from '../store/open.ts';
import { legalDate } from '../values/time.ts';
import type { Desk } from './desk.ts';

type Parts = Pick<Desk, 'clock' | 'random' | 'newId' | 'enrolled'>;

const MINUTE_MS = 60_000;

const minutes = (offMs: number): number => Math.max(1, Math.round(Math.abs(offMs) / MINUTE_MS));

/**
 * Writes into the log that the clock is not to be trusted from here on, or is again, when that is news; a supervisor gets it
 * to review. True when it was.
 */
export function markClock(parts: Parts, tx: Tx): boolean {
  const { clock } = parts;
  const trust = clockTrust(tx, clock);
  const mark = trust.state === 'set-back' || trust.state === 'drifting' ? trust.state : null;
  if (mark === 'set-back') keepShown(tx, clock);
  if (mark === clockMark(tx)) return false;
  const now = clock.now();
  setClockMark(tx, mark);
  const { sequence } = append(
    tx,
    { clock, random: parts.random, desk: parts.enrolled(tx)?.deskId ?? 'not-enrolled' },
    {
      kind: 'clock-marked',
      actId: parts.newId(),
      clerk: 'desk',
      role: 'machine',
      ids: { clock: mark ?? 'right' },
      payload: { state: mark ?? 'right', offSeconds: Math.round(trust.offMs / 1000) },
    },
  );
  if (mark !== null)
    raise(tx, {
      id: parts.newId(),
      kind: mark === 'set-back' ? 'clock-set-back' : 'clock-drifting',
      at: now.toISOString(),
      legalDate: legalDate(now),
      leafSequence: sequence,
      params: { minutes: minutes(trust.offMs) },
    });
  return true;
}

/** What the frame says of the clock; null while nothing speaks against it. */
export function clockWarning({ clock }: Pick<Desk, 'clock'>, tx: Reader): ContractFailure | null {
  const { state, offMs } = clockTrust(tx, clock);
  if (state !== 'set-back' && state !== 'drifting') return null;
  return { code: `clock.${state}`, params: { minutes: minutes(offMs) } };
}
