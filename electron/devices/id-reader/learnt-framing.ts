import type { Ear, EarEvent } from './ear-events.ts';
import { isWholeZone, silenceMs } from './framing.ts';

/** One byte over what was read and, where it says so, the marks around it. `unknown`: how it is computed nobody found out. */
export type CheckByte = { how: 'xor' | 'sum' | 'unknown'; withStart: boolean; withEnd: boolean };

/**
 * How one reader sends what it reads, as learnt from samples: `start`, perhaps an AIM identifier (ISO/IEC 15424), what was read, `end`,
 * perhaps one check byte, `tail`. Bytes are in hexadecimal, 16 of each at most.
 */
export type LearntFraming = {
  start: string;
  aim: boolean;
  end: string;
  check: CheckByte | null;
  tail: string;
  /** How letters beyond ASCII are written; null: no sample had one. */
  encoding: 'utf-8' | 'windows-1250' | 'iso-8859-2' | null;
  reads: 'zone' | 'code' | 'both';
};

/** The longest code that is taken: a QR code holds 2,953 bytes at most (ISO/IEC 18004), PDF417 fewer. */
export const longestCode = 4096;

/** A frame that is complete ends with a shorter silence: a code may hold the very bytes that end it. */
const afterFrameMs = 40;

const AIM = /^\][A-Za-z][0-9A-Za-z]$/;
export const isAim = (bytes: Uint8Array): boolean => AIM.test(latin1(bytes));

export const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');
export const bytesOfHex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'));

export const startsWith = (bytes: Uint8Array, marks: Uint8Array): boolean =>
  marks.every((mark, at) => bytes[at] === mark);
export const endsWith = (bytes: Uint8Array, marks: Uint8Array): boolean =>
  bytes.length >= marks.length && marks.every((mark, at) => bytes[bytes.length - marks.length + at] === mark);

/** The check byte of a frame; null where it is not known how it is computed. `content` has the AIM identifier with it. */
export function checkByteOf(
  { how, withStart, withEnd }: CheckByte,
  parts: { start: Uint8Array; content: Uint8Array; end: Uint8Array },
): number | null {
  if (how === 'unknown') return null;
  let value = 0;
  for (const part of [withStart ? parts.start : [], parts.content, withEnd ? parts.end : []])
    for (const byte of part) value = how === 'xor' ? value ^ byte : (value + byte) & 0xff;
  return value;
}

/** What was read, in letters. Bytes that are none in the reader's writing are shown as the usual sign for that. */
export function textOf(bytes: Uint8Array, encoding: LearntFraming['encoding']): string {
  if (encoding !== null) return new TextDecoder(encoding, { ignoreBOM: true }).decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1250').decode(bytes);
  }
}

const linesOf = (content: Uint8Array): string[] =>
  latin1(content)
    .split(/[\r\n]+/)
    .filter((line) => line !== '');

/**
 * Understands one learnt way of sending. A machine-readable zone is told at once; a code only with the silence after it, because its
 * content may be any bytes.
 */
export function learntEar(framing: LearntFraming): Ear {
  const [start, end, tail] = [framing.start, framing.end, framing.tail].map(bytesOfHex);
  const longest = longestCode + 3 * 16 + 4;
  const held = new Uint8Array(longest);
  let length = 0;
  let skipping = false;

  const heard = (): Uint8Array => held.subarray(0, length);

  /** What stands between the marks, with the AIM identifier, or null: this is no frame of this reader. */
  const contentOf = (whole: Uint8Array): Uint8Array | null => {
    if (start === undefined || end === undefined || tail === undefined) return null;
    const checks = framing.check === null ? 0 : 1;
    const to = whole.length - tail.length - checks - end.length;
    if (to < start.length || !startsWith(whole, start) || !endsWith(whole, tail)) return null;
    if (!startsWith(whole.subarray(to), end)) return null;
    const content = whole.subarray(start.length, to);
    const expected = framing.check && checkByteOf(framing.check, { start, content, end });
    return expected === null || whole[to + end.length] === expected ? content : null;
  };

  const withoutAim = (content: Uint8Array): Uint8Array =>
    framing.aim && isAim(content.subarray(0, 3)) ? content.subarray(3) : content;

  const told = (content: Uint8Array): EarEvent[] => {
    const read = withoutAim(content);
    if (read.length === 0) return [{ type: 'trouble', failure: { code: 'reader.nothing-read' } }];
    const lines = linesOf(read);
    return [{ type: 'read', text: isWholeZone(lines) ? lines.join('\n') : textOf(read, framing.encoding) }];
  };

  const forget = (): void => {
    held.fill(0, 0, length);
    length = 0;
  };

  return {
    bytes: (bytes) => {
      const events: EarEvent[] = [];
      for (const byte of bytes) {
        if (skipping) continue;
        // Lines idle at zero put stray NULs on the wire when plugged in.
        if (length === 0 && byte === 0 && start?.[0] !== 0) continue;
        if (length === longest) {
          events.push({ type: 'trouble', failure: { code: 'reader.too-long' } });
          forget();
          skipping = true;
          continue;
        }
        held[length] = byte;
        length += 1;
        // Zones have 72 characters and more, and no mark in them.
        if (framing.reads === 'code' || length < 72 || length > 200) continue;
        const content = contentOf(heard());
        if (content === null || !isWholeZone(linesOf(withoutAim(content)))) continue;
        events.push(...told(content));
        forget();
      }
      return events;
    },
    silence: () => {
      skipping = false;
      if (length === 0) return [];
      const whole = heard();
      const content = contentOf(whole);
      const events: EarEvent[] =
        content === null
          ? // What is left over after a zone that was told at once.
            whole.every((byte) => byte === 0x0d || byte === 0x0a)
            ? []
            : [{ type: 'trouble', failure: { code: 'reader.nonsense' } }]
          : told(content);
      forget();
      return events;
    },
    quietMs: () =>
      length > 0 && framing.end + framing.tail !== '' && contentOf(heard()) !== null
        ? afterFrameMs
        : silenceMs,
  };
}
