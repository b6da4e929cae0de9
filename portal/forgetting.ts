import { legalDate } from '../electron/values/time.ts';
import { inTransaction } from './database.ts';
import { forgetExpiredRecords } from './evidence/fate.ts';
import type { Portal } from './portal.ts';
import { forgetOldExtracts } from './registers/forget.ts';

const HOUR_MS = 3_600_000;

/** Throws away what the portal may not keep any longer. */
function forget({ db, clock }: Portal, extractsKeptDays: number): void {
  const now = clock.now();
  inTransaction(db, () => {
    forgetExpiredRecords(db, legalDate(now));
    forgetOldExtracts(db, extractsKeptDays, now);
  });
}

/** Forgets at the start and from then on every hour; returns what ends it. */
export function keepForgetting(portal: Portal, extractsKeptDays: number): () => void {
  forget(portal, extractsKeptDays);
  const timer = setInterval(() => forget(portal, extractsKeptDays), HOUR_MS);
  timer.unref();
  return () => clearInterval(timer);
}
