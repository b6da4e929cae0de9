import { createHash } from 'node:crypto';

/** Repeatable chance: the same words give the same row of numbers. Not for secrets. */
export type Chance = {
  /** In [0, 1). */
  next(): number;
  /** A whole number from `from` to `to`, both included. */
  whole(from: number, to: number): number;
  yes(probability: number): boolean;
  pick<T>(from: readonly T[]): T;
  bytes(length: number): Uint8Array;
};

const seedOf = (words: readonly (string | number)[]): Buffer =>
  createHash('sha256').update(words.join(' ')).digest();

/** The generator sfc32, seeded by SHA-256 of the words. */
export function chanceOf(...words: (string | number)[]): Chance {
  const seed = seedOf(words);
  let a = seed.readInt32LE(0);
  let b = seed.readInt32LE(4);
  let c = seed.readInt32LE(8);
  let counter = 1;
  const word = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    return sum >>> 0;
  };
  for (let i = 0; i < 12; i += 1) word();
  const next = (): number => word() / 2 ** 32;
  const whole = (from: number, to: number): number => from + Math.floor(next() * (to - from + 1));
  return {
    next,
    whole,
    yes: (probability) => next() < probability,
    pick: (from) => {
      const one = from[whole(0, from.length - 1)];
      if (one === undefined) throw new Error('nothing to pick from');
      return one;
    },
    bytes: (length) => {
      const bytes = new Uint8Array(length);
      for (let i = 0; i < length; i += 1) bytes[i] = word() & 0xff;
      return bytes;
    },
  };
}

/** A content of so many bytes; the same for the same words. */
export function contentOf(size: number, ...words: (string | number)[]): Buffer {
  const block = seedOf(words);
  const content = Buffer.alloc(size);
  for (let at = 0; at < size; at += block.length) block.copy(content, at);
  return content;
}
