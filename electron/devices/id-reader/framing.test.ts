import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type FramingEvent, type FramingState, frame, framingStart, longestRead } from './framing.ts';

const bytesOf = (text: string): Uint8Array => Buffer.from(text, 'latin1');

/** Feeds bursts of chunks; after each burst comes a silence. */
const hear = (...bursts: (string | Uint8Array)[][]): { events: FramingEvent[]; state: FramingState } => {
  let state = framingStart;
  const events: FramingEvent[] = [];
  const step = (input: Parameters<typeof frame>[1]) => {
    const next = frame(state, input);
    state = next.state;
    events.push(...next.events);
    const held = state.line.length + state.lines.reduce((sum, line) => sum + line.length, 0);
    expect(held).toBeLessThanOrEqual(longestRead);
  };
  for (const burst of bursts) {
    for (const chunk of burst) {
      step({ kind: 'bytes', bytes: typeof chunk === 'string' ? bytesOf(chunk) : chunk });
    }
    step({ kind: 'silence' });
  }
  return { events, state };
};

const read = (lines: readonly string[]): FramingEvent => ({ type: 'read', text: lines.join('\n') });
const trouble = (code: 'reader.nonsense' | 'reader.too-long' | 'reader.nothing-read'): FramingEvent => ({
  type: 'trouble',
  failure: { code },
});

// Specimens of ICAO Doc 9303, parts 4 to 6.
const td3 = ['P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<', 'L898902C36UTO7408122F1204159ZE184226B<<<<<10'];
const td2 = ['I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<', 'D231458907UTO7408122F1204159<<<<<<<6'];
const td1 = [
  'I<UTOD231458907<<<<<<<<<<<<<<<',
  '7408122F1204159UTO<<<<<<<<<<<6',
  'ERIKSSON<<ANNA<MARIA<<<<<<<<<<',
];
const zones = [td1, td2, td3];

const framings: [string, (lines: readonly string[]) => string][] = [
  ['each line ended by CR', (lines) => lines.map((line) => `${line}\r`).join('')],
  ['each line ended by LF', (lines) => lines.map((line) => `${line}\n`).join('')],
  ['each line ended by CRLF', (lines) => lines.map((line) => `${line}\r\n`).join('')],
  ['lines parted by CR, ended by ETX', (lines) => `${lines.join('\r')}\x03`],
  ['STX, lines parted by CR, ETX', (lines) => `\x02${lines.join('\r')}\x03`],
  ['STX, lines ended by CRLF, ETX', (lines) => `\x02${lines.map((line) => `${line}\r\n`).join('')}\x03`],
  ['STX, lines, ETX and a check byte', (lines) => `\x02${lines.join('\r')}\x03\x5a`],
  ['STX, lines, ETX and a check byte that is a CR', (lines) => `\x02${lines.join('\r')}\x03\r`],
  ['lines parted by CR, ended by silence', (lines) => lines.join('\r')],
  ['an extra CR at the end', (lines) => `${lines.map((line) => `${line}\r`).join('')}\r`],
  ['an extra CRLF at the end', (lines) => `${lines.map((line) => `${line}\r\n`).join('')}\r\n`],
];

describe('framing of a reader that sends', () => {
  for (const [name, wrap] of framings) {
    it(`${name}: one read of each zone, however the bytes are cut`, () => {
      fc.assert(
        fc.property(fc.constantFrom(...zones), fc.array(fc.nat(100), { maxLength: 8 }), (lines, cuts) => {
          const wire = wrap(lines);
          const points = [...new Set(cuts.map((cut) => cut % wire.length))].sort((a, b) => a - b);
          const chunks = [...points, wire.length].map((end, index) =>
            wire.slice(points[index - 1] ?? 0, end),
          );
          expect(hear(chunks).events).toEqual([read(lines)]);
          expect(hear(chunks, chunks).events).toEqual([read(lines), read(lines)]);
        }),
      );
    });
  }

  it('all lines in one run of 72, 88 or 90 characters, with and without a line end', () => {
    for (const lines of zones) {
      const run = lines.join('');
      expect([72, 88, 90]).toContain(run.length);
      for (const end of ['', '\r', '\n', '\r\n', '\x03']) {
        expect(hear([run + end]).events).toEqual([{ type: 'read', text: run }]);
      }
    }
  });

  it('a whole zone at once, without waiting for silence', () => {
    const step = frame(framingStart, { kind: 'bytes', bytes: bytesOf(`${td3.join('\r')}\r`) });
    expect(step.events).toEqual([read(td3)]);
  });

  it('two documents without a silence between them', () => {
    const wire = `${td3.join('\r')}\r${td1.join('\r\n')}\r\n`;
    expect(hear([wire]).events).toEqual([read(td3), read(td1)]);
    expect(hear([`\x02${td3.join('\r')}\x03\x02${td1.join('\r')}\x03`]).events).toEqual([
      read(td3),
      read(td1),
    ]);
  });

  it('a truncated zone or a barcode: read as it came, for others to judge', () => {
    expect(hear([`${td3[0]}\r${td3[1]?.slice(0, 20)}\r`]).events).toEqual([
      read([td3[0] ?? '', td3[1]?.slice(0, 20) ?? '']),
    ]);
    expect(hear(['8590123456\r']).events).toEqual([{ type: 'read', text: '8590123456' }]);
  });

  it('nothing but a line end, or an empty frame: nothing was read', () => {
    for (const wire of ['\r', '\n', '\r\n', '\r\r', '\x02\x03', '\x02\r\x03', '\x03']) {
      expect(hear([wire]).events).toEqual([trouble('reader.nothing-read')]);
    }
  });

  it('stray NULs: no event at all', () => {
    expect(hear(['\0'], ['\0\0']).events).toEqual([]);
    expect(hear([`\0${td3.join('\r')}\r\0`]).events).toEqual([read(td3)]);
  });
});

describe('wrong input', () => {
  it('garbage: one trouble, then the next zone is read', () => {
    const garbage = Uint8Array.from({ length: 500 }, (_, index) => 0x80 + (index % 0x80));
    expect(hear([garbage], [`${td3.join('\r')}\r`]).events).toEqual([trouble('reader.nonsense'), read(td3)]);
  });

  it('10 KB without a line end: one trouble, a bounded buffer, then the next zone is read', () => {
    const run = 'A'.repeat(10 * 1024);
    expect(hear([run], [`${td1.join('\r')}\r`]).events).toEqual([trouble('reader.too-long'), read(td1)]);
    // Even without a silence: the line end is where reading takes up again.
    expect(hear([`${run}\r${td1.join('\r')}\r`]).events).toEqual([trouble('reader.too-long'), read(td1)]);
  });

  it('many short lines are too long together as well', () => {
    expect(hear(['12345\r'.repeat(2000)]).events[0]).toEqual(trouble('reader.too-long'));
    expect(hear(['12345\r'.repeat(2000)]).events).toHaveLength(1);
  });

  it('a zone with one spoilt byte is not half read', () => {
    const spoilt = `${td3[0]?.slice(0, 10)}\xff${td3[0]?.slice(11)}\r${td3[1]}\r`;
    expect(hear([spoilt]).events).toEqual([trouble('reader.nonsense')]);
  });

  it('any bytes in any pieces: nothing thrown, at most one trouble between reads, and the next zone is read', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 20 }), (chunks) => {
        const { events } = hear(chunks, [`\x02${td3.join('\r')}\x03`]);
        expect(events.at(-1)).toEqual(read(td3));
        const troubles = events.map((event) => event.type).join(' ');
        expect(troubles).not.toContain('trouble trouble');
      }),
    );
  });

  it('gives the same events however the bytes are cut', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), fc.integer({ min: 1, max: 50 }), (bytes, size) => {
        const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
          bytes.subarray(index * size, (index + 1) * size),
        );
        expect(hear(pieces).events).toEqual(hear([bytes]).events);
      }),
    );
  });
});
