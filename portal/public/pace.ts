import { isIPv6 } from 'node:net';
import type { Clock } from '../../electron/values/clock.ts';
import type { Pace } from '../admission.ts';
import type { Refusal } from '../errors.ts';

/** How often one address may ask what is open to all. Addresses are held in memory only, and so many at most. */
export const PUBLIC_PACE: Pace = { burst: 30, perSecond: 0.5 };
/** How often one address may register or try a code: each costs work, and each code stands few tries. */
export const ACCOUNT_PACE: Pace = { burst: 10, perSecond: 1 / 60 };
const MOST_ADDRESSES = 10_000;

/** Null lets the question in. */
export type PublicPace = (address: string) => Refusal | null;

/** Whoever has one address of IPv6 has the 2^64 of its network: they count as one. */
export function networkOf(address: string): string {
  if (!isIPv6(address) || address.includes('.')) return address;
  const [head = [], tail = []] = (address.split('%')[0] ?? '')
    .split('::')
    .map((part) => part.split(':').filter((group) => group !== ''));
  // What `::` leaves out is zeros.
  return [...head, ...Array<string>(8 - head.length - tail.length).fill('0'), ...tail]
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':');
}

/** A bucket of tokens for each address, so that nobody can read the series number by number. */
export function createPublicPace(clock: Clock, { burst, perSecond }: Pace): PublicPace {
  const buckets = new Map<string, { tokens: number; at: number }>();
  return (from) => {
    const address = networkOf(from);
    const now = clock.monotonicMs();
    const known = buckets.get(address);
    const gained = known === undefined ? burst : known.tokens + ((now - known.at) / 1000) * perSecond;
    const tokens = Math.min(burst, gained);
    const mayAsk = tokens >= 1;
    // Put at the end, so that the address that has been silent longest is forgotten first.
    buckets.delete(address);
    buckets.set(address, { tokens: mayAsk ? tokens - 1 : tokens, at: now });
    const oldest = buckets.size > MOST_ADDRESSES ? buckets.keys().next().value : undefined;
    if (oldest !== undefined) buckets.delete(oldest);
    return mayAsk
      ? null
      : { code: 'request.too-many', retryAfterSeconds: Math.ceil((1 - tokens) / perSecond) };
  };
}
