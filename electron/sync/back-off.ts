/** Longest time between two tries that the desk chooses itself. */
export const CEILING_MS = 60_000;
const FIRST_MS = 1000;
// With no wait at all a failing line would be asked in a tight loop.
const SHORTEST_MS = 100;
/** Longest wait a portal may ask for by `Retry-After`; beyond it an error of the portal would stop the desk for good. */
export const LONGEST_ASKED_MS = 15 * 60_000;

/**
 * Milliseconds to the next try after so many failures in a row (from 1): full jitter below a limit that doubles up to the
 * ceiling, so that desks cut off together do not come back together. `chance` is in [0, 1).
 */
export const backOffMs = (failures: number, chance: number): number =>
  Math.max(SHORTEST_MS, Math.floor(chance * Math.min(CEILING_MS, FIRST_MS * 2 ** Math.max(0, failures - 1))));

/** A number in [0, 1) from random bytes. */
export const chanceOf = (random: (length: number) => Uint8Array): number =>
  Buffer.from(random(4)).readUInt32BE() / 2 ** 32;

/** `Retry-After` in milliseconds (RFC 9110 § 10.2.3: seconds or a date); null when absent or not understood. */
export function retryAfterMs(header: string | null, now: Date): number | null {
  if (header === null) return null;
  const text = header.trim();
  const ms = /^\d{1,9}$/.test(text) ? Number(text) * 1000 : Date.parse(text) - now.getTime();
  return Number.isFinite(ms) ? Math.min(Math.max(ms, 0), LONGEST_ASKED_MS) : null;
}
