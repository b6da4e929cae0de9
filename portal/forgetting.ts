import { legalDate } from '../electron/values/time.ts';
import { forgetBookedPersons } from './bookings/forget.ts';
import { inTransaction } from './database.ts';
import { forgetOldDeposits } from './depot/deposits.ts';
import { forgetExpiredRecords } from './evidence/fate.ts';
import type { Portal } from './portal.ts';
import { forgetOldExtracts } from './registers/forget.ts';

const HOUR_MS = 3_600_000;

/** Throws away what the portal may not keep any longer. */
async function forget(portal: Portal, extractsKeptDays: number): Promise<void> {
  const { db, clock } = portal;
  const now = clock.now();
  const today = legalDate(now);
  inTransaction(db, () => {
    forgetExpiredRecords(db, today);
    forgetBookedPersons(db, today);
    forgetOldExtracts(db, extractsKeptDays, now);
  });
  await forgetOldDeposits(portal, today);
}

/** Forgets at the start and from then on every hour; returns what ends it. */
export async function keepForgetting(portal: Portal, extractsKeptDays: number): Promise<() => void> {
  await forget(portal, extractsKeptDays);
  const again = (): void => {
    forget(portal, extractsKeptDays).catch((error: unknown) =>
      portal.log.error({ err: error }, 'what is past its time could not be thrown away'),
    );
  };
  const timer = setInterval(again, HOUR_MS);
  timer.unref();
  return () => clearInterval(timer);
}
