import type { CentralSettings } from '../catalogue/catalogue.ts';

export type Attempts = { failedCount: number; lockedUntil: Date | null };

/**
 * What a wrong password at the desk leads to: the first ones to nothing, then a pause that doubles from two seconds,
 * then a lock. The portal has rules of its own for passwords it judges.
 */
export function afterWrongPassword(
  before: Attempts,
  rules: CentralSettings['wrongPasswords'],
  now: Date,
): Attempts {
  const failedCount = before.failedCount + 1;
  if (failedCount >= rules.lockAfter)
    return { failedCount, lockedUntil: new Date(now.getTime() + rules.lockMinutes * 60_000) };
  if (failedCount < rules.slowAfter) return { failedCount, lockedUntil: null };
  const pause = 2_000 * 2 ** (failedCount - rules.slowAfter);
  return { failedCount, lockedUntil: new Date(now.getTime() + pause) };
}

/** Until when an account verified by the portal may be used at the desk without it. */
export const offlineUntil = (verifiedAt: Date, settings: CentralSettings): Date =>
  new Date(verifiedAt.getTime() + settings.offlineSignInHours * 3_600_000);
