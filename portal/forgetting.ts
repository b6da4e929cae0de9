import { legalDate } from '../electron/values/time.ts';
import { inTransaction } from './database.ts';
import { forgetExpiredRecords } from './evidence/fate.ts';
import type { Portal } from './portal.ts';

const HOUR_MS = 3_600_000;

/** Throws away what the portal may not keep any longer. */
export function forget({ db, clock }: Pick<Portal, 'db' | 'clock'>): void {
  const now = clock.now();
  inTransaction(db, () => forgetExpiredRecords(db, legalDate(now)));
}

/** Forgets at the start and from then on every hour; returns what ends it. */
export function keepForgetting(portal: Portal): () => void {
  forget(portal);
  const timer = setInterval(() => forget(portal), HOUR_MS);
  timer.unref();
  return () => clearInterval(timer);
}
