import type { ReaderSettings } from './port.ts';

/** What a port is opened with, and what the bytes that come over it say. */
export type Line = {
  options: { baudRate: number; dataBits: 7 | 8; parity: 'none' | 'even' | 'odd'; stopBits: 1 | 2 };
  heard(bytes: Uint8Array): Uint8Array;
};

/** A byte that no text has. */
const WRONG_PARITY = 0xff;

/**
 * Seven bits with parity are eight bits on the line. They are taken as eight and checked here, because not every adapter
 * can do the other; what has the wrong parity becomes a byte that no text has.
 */
export function openedAs({
  baudRate = 9600,
  dataBits = 8,
  parity = 'none',
  stopBits = 1,
}: Pick<ReaderSettings, 'baudRate' | 'dataBits' | 'parity' | 'stopBits'>): Line {
  if (dataBits === 8 || parity === 'none')
    return { options: { baudRate, dataBits, parity, stopBits }, heard: (bytes) => bytes };
  const right = parity === 'even' ? 0 : 1;
  return {
    options: { baudRate, dataBits: 8, parity: 'none', stopBits },
    heard: (bytes) => bytes.map((byte) => (onesOf(byte) % 2 === right ? byte & 0x7f : WRONG_PARITY)),
  };
}

/** How many bits of a byte are set. */
export function onesOf(byte: number): number {
  let ones = 0;
  for (let rest = byte; rest > 0; rest >>= 1) ones += rest & 1;
  return ones;
}
