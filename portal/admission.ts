import type { Clock } from '../electron/values/clock.ts';
import type { Refusal } from './errors.ts';
import type { Random } from './secrets.ts';

/** Calls of all desks together: so many at once, and so many more each second. */
export type Pace = { burst: number; perSecond: number };
export const PACE: Pace = { burst: 2000, perSecond: 500 };

/** Null lets the call in; otherwise it comes back after the time in the refusal. */
export type Admission = (isOfDesk: boolean) => Refusal | null;

const LONGEST_SECONDS = 60;

/**
 * Keeps a crowd that comes back together from standing in its own way: a bucket of tokens, and for who finds it empty a
 * time to come back at, spread over as long as the crowd needs. Calls without a desk (is the portal there?) always pass.
 */
export function createAdmission(clock: Clock, random: Random, { burst, perSecond }: Pace): Admission {
  let tokens = burst;
  let at = clock.monotonicMs();
  let turnedAway = 0;
  return (isOfDesk) => {
    const now = clock.monotonicMs();
    const gained = ((now - at) / 1000) * perSecond;
    at = now;
    tokens = Math.min(burst, tokens + gained);
    turnedAway = Math.max(0, turnedAway - gained);
    if (!isOfDesk) return null;
    if (tokens >= 1) {
      tokens -= 1;
      return null;
    }
    turnedAway += 1;
    const spread = Math.min(LONGEST_SECONDS, Math.ceil(turnedAway / perSecond));
    const chance = Buffer.from(random(4)).readUInt32BE() / 2 ** 32;
    return { code: 'portal.busy', retryAfterSeconds: 1 + Math.floor(chance * spread) };
  };
}
