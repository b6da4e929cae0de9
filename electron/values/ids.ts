/** Where an id's parts come from: the instant (a Date or milliseconds since 1970) and random bytes. */
export type IdSource = { now: () => Date | number; random: (length: number) => Uint8Array };

/** Random bytes of the platform (Web Crypto; the same in the window, the counter process and plain Node). */
export const systemRandom = (length: number): Uint8Array => crypto.getRandomValues(new Uint8Array(length));

// A clock set back by less than this is drift, and ids go on in order; set back by more it is another time
// altogether and the id tells it.
const TOLERATED_BACKSTEP_MS = 10_000;
const TAIL_BITS = 74n;
let last: { ms: number; tail: bigint } | undefined;

const bigEndian = (bytes: Uint8Array): bigint => bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);

/**
 * A UUID of version 7 (RFC 9562 § 5.7). Ids made in one process ascend, also within one millisecond
 * (§ 6.2, method 2: the 74 random bits are read as a number and grow by a random step) and while the clock
 * steps back by less than ten seconds.
 */
export function uuidv7({ now, random }: IdSource): string {
  const ms = Number(now());
  if (!Number.isSafeInteger(ms) || ms < 0 || ms >= 2 ** 48) {
    throw new RangeError('The clock gives no instant between 1970 and 10889.');
  }
  if (last !== undefined && ms <= last.ms && last.ms - ms < TOLERATED_BACKSTEP_MS) {
    const tail = last.tail + 1n + bigEndian(random(4));
    // Full only after some 2^41 ids within one millisecond; the next millisecond is then borrowed.
    last = tail >> TAIL_BITS === 0n ? { ms: last.ms, tail } : { ms: last.ms + 1, tail: freshTail(random) };
  } else {
    last = { ms, tail: freshTail(random) };
  }
  const randA = last.tail >> 62n;
  const randB = last.tail & ((1n << 62n) - 1n);
  const value = (BigInt(last.ms) << 80n) | (0x7n << 76n) | (randA << 64n) | (0b10n << 62n) | randB;
  const hex = value.toString(16).padStart(32, '0');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

// The top bit stays free so that growth within the millisecond has room.
const freshTail = (random: IdSource['random']): bigint =>
  bigEndian(random(10)) & ((1n << (TAIL_BITS - 1n)) - 1n);

/** Whether the text is a UUID in its canonical form: lower case, hyphens, a version 1–8 of RFC 9562. */
export const isUuid = (text: string): boolean =>
  /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(text);
