/** How many days before its end a certificate's expiry is warned of: getting a new one takes weeks. */
export const EXPIRY_WARNING_DAYS = 30;

export type Validity =
  | { state: 'not-yet-valid' }
  | { state: 'valid' | 'expires-soon'; daysLeft: number }
  | { state: 'expired' };

const DAY_MS = 24 * 60 * 60 * 1000;

/** Whether a certificate may be used at that instant, and whether its owner must be told to get another. */
export function validityAt({ validFrom, validTo }: { validFrom: Date; validTo: Date }, at: Date): Validity {
  if (at < validFrom) return { state: 'not-yet-valid' };
  if (at > validTo) return { state: 'expired' };
  const daysLeft = Math.floor((validTo.getTime() - at.getTime()) / DAY_MS);
  return { state: daysLeft < EXPIRY_WARNING_DAYS ? 'expires-soon' : 'valid', daysLeft };
}
