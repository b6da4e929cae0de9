import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chanceOf } from '../../../test/chaos/random.ts';
import { zoneByChance } from '../../../test/rigs/zone-pictures.ts';
import { buildMrz } from '../../values/testing/build-mrz.ts';
import type { EarEvent } from './ear-events.ts';
import { blanked, learnFraming, lineOf } from './learn-framing.ts';
import { type LearntFraming, learntEar, longestCode } from './learnt-framing.ts';

// A family of readers: what each puts around what it read. The learner sees two or three samples and nothing of the family.
const CODES = ['TEST-0123456789', 'VIRTUOS zkušební stránka: příliš žluťoučký kůň'];
const starts = ['', '\x02', '\x02A1', 'ID:', '\x1e'];
const endings = ['\r', '\n', '\r\n', '\t', '\x03', '\r\x03', '\x03\r\n', '#\r', '\x04'];
const checks = ['none', 'xor', 'sum', 'xor-of-all'] as const;

type Family = {
  start: string;
  aim: boolean;
  parted: string;
  end: string;
  check: (typeof checks)[number];
  tail: string;
  encoding: 'utf-8' | 'windows-1250';
};
const family = fc
  .record({
    start: fc.constantFrom(...starts),
    aim: fc.boolean(),
    parted: fc.constantFrom('\r', '\n', '\r\n', ''),
    end: fc.constantFrom(...endings),
    check: fc.constantFrom(...checks),
    tail: fc.constantFrom('', '\r'),
    encoding: fc.constantFrom('utf-8', 'windows-1250'),
  })
  // A check byte stands behind ETX.
  .map(
    (of): Family =>
      of.check === 'none' ? { ...of, tail: '' } : { ...of, end: of.end.includes('\r') ? '\r\x03' : '\x03' },
  );

const written = (text: string, encoding: Family['encoding']): Buffer => {
  if (encoding === 'utf-8') return Buffer.from(text, 'utf8');
  const letters = new TextDecoder('windows-1250').decode(Uint8Array.from({ length: 256 }, (_, at) => at));
  return Buffer.from([...text].map((letter) => letters.indexOf(letter)));
};
const framed = (of: Family, content: Uint8Array, aim: string): Buffer => {
  const start = Buffer.from(of.start, 'latin1');
  const inside = Buffer.concat([Buffer.from(of.aim ? aim : ''), content]);
  const end = Buffer.from(of.end, 'latin1');
  const covered = of.check === 'xor-of-all' ? [start, inside, end] : [inside, end];
  const value = Buffer.concat(covered).reduce(
    (sum, byte) => (of.check === 'sum' ? (sum + byte) & 0xff : sum ^ byte),
    0,
  );
  return Buffer.concat([
    start,
    inside,
    end,
    ...(of.check === 'none' ? [] : [Buffer.of(value)]),
    Buffer.from(of.tail, 'latin1'),
  ]);
};
const zoneOf = (seed: number): string[] =>
  zoneByChance(chanceOf('learn', String(seed)), (['TD1', 'TD2', 'TD3'] as const)[seed % 3] ?? 'TD1');
const framedZone = (of: Family, seed: number) => framed(of, Buffer.from(zoneOf(seed).join(of.parted)), ']E0');

const hear = (framing: LearntFraming, ...chunks: Uint8Array[]): EarEvent[] => {
  const ear = learntEar(framing);
  return [...chunks.flatMap((chunk) => ear.bytes(chunk)), ...ear.silence()];
};
/** Lines that come in one run are told as one. */
const textOfZone = (lines: readonly string[], { parted }: Family): string =>
  lines.join(parted === '' ? '' : '\n');

describe('what is learnt of a reader of documents', () => {
  it('reads every later document of it, however the bytes are cut', () => {
    fc.assert(
      fc.property(
        family,
        fc.uniqueArray(fc.nat(5000), { minLength: 4, maxLength: 4 }),
        fc.nat(40),
        (of, seeds, at) => {
          const [one = 0, two = 1, three = 2, later = 3] = seeds;
          const learnt = learnFraming([one, two, three].map((seed) => framedZone(of, seed)));
          if (!learnt.ok) {
            // A sum and an exclusive or may agree by chance: another document is asked for, and nothing wrong is learnt.
            expect(learnt.error.code).toBe('reader.learn-more');
            expect(of.check).not.toBe('none');
            return;
          }
          expect(learnt.value.reads).toBe('zone');
          const wire = framedZone(of, later);
          expect(hear(learnt.value, wire.subarray(0, at), wire.subarray(at))).toEqual([
            { type: 'read', text: textOfZone(zoneOf(later), of) },
          ]);
        },
      ),
    );
  });

  it('never takes a document with a wrong check byte or without its marks', () => {
    const of: Family = {
      start: '\x02',
      aim: false,
      parted: '\r',
      end: '\x03',
      check: 'xor',
      tail: '',
      encoding: 'utf-8',
    };
    const learnt = learnFraming([1, 2, 3].map((seed) => framedZone(of, seed)));
    if (!learnt.ok) throw new Error(learnt.error.code);
    const wire = framedZone(of, 9);
    const spoilt = Uint8Array.from(wire, (byte, at) => (at === wire.length - 1 ? byte ^ 1 : byte));
    for (const wrong of [spoilt, wire.subarray(1), wire.subarray(0, -1)])
      expect(hear(learnt.value, wrong)).toEqual([{ type: 'trouble', failure: { code: 'reader.nonsense' } }]);
    expect(hear(learnt.value, Buffer.from('\x02\x03\x03', 'latin1'))).toEqual([
      { type: 'trouble', failure: { code: 'reader.nothing-read' } },
    ]);
  });
});

describe('what is learnt of a reader of codes', () => {
  it('reads every later code of it, whatever bytes are in it', () => {
    fc.assert(
      fc.property(
        family,
        fc.uint8Array({ minLength: 1, maxLength: 600 }),
        fc.constantFrom(']Q0', ']L2', ']d2', ']C0'),
        (of, payload, aim) => {
          const samples = [CODES[0], CODES[1], CODES[0]].map((text) =>
            framed(of, written(text ?? '', of.encoding), aim),
          );
          const learnt = learnFraming(samples, CODES);
          if (!learnt.ok) {
            expect(learnt.error.code).toBe('reader.learn-more');
            return;
          }
          expect(learnt.value).toMatchObject({ reads: 'code', aim: of.aim, encoding: of.encoding });
          const text = CODES.join(' ');
          expect(hear(learnt.value, framed(of, written(text, of.encoding), aim))).toEqual([
            { type: 'read', text },
          ]);
          // A code that begins as an identifier does, behind no identifier, is for the next test; stray zeros before a frame are noise.
          if (!of.aim && of.start === '' && payload[0] === 0) return;
          expect(hear(learnt.value, framed(of, payload, aim))).toEqual([
            { type: 'read', text: new TextDecoder(of.encoding, { ignoreBOM: true }).decode(payload) },
          ]);
        },
      ),
    );
  });

  it('goes to the longest code, and one trouble past it', () => {
    const of: Family = {
      start: '',
      aim: false,
      parted: '',
      end: '\r\n',
      check: 'none',
      tail: '',
      encoding: 'utf-8',
    };
    const learnt = learnFraming(
      CODES.map((text) => framed(of, written(text, 'utf-8'), '')),
      CODES,
    );
    if (!learnt.ok) throw new Error(learnt.error.code);
    const long = Buffer.alloc(longestCode, 'A\r\n');
    expect(hear(learnt.value, long, Buffer.from('\r\n'))).toEqual([{ type: 'read', text: long.toString() }]);
    expect(hear(learnt.value, Buffer.alloc(3 * longestCode, 'A'))).toEqual([
      { type: 'trouble', failure: { code: 'reader.too-long' } },
    ]);
  });

  it('is what stands between the marks where the code is not known', () => {
    const learnt = learnFraming(['\x02]Q012345\x03\r', '\x02]Q1777\x03\r'].map((text) => Buffer.from(text)));
    expect(learnt).toEqual({
      ok: true,
      value: { start: '02', aim: true, end: '030d', check: null, tail: '', encoding: null, reads: 'code' },
    });
  });
});

describe('samples that teach nothing', () => {
  const zone = Buffer.from(zoneOf(1).join('\r'));
  const endedBy = (end: string) => Buffer.concat([zone, Buffer.from(end, 'latin1')]);
  it.each([
    ['framed in two ways', [endedBy('\r'), endedBy('\n')], 'reader.learn-contradiction'],
    [
      'with an identifier once',
      [Buffer.from(']Q0AB12\r'), Buffer.from('AB12\r')],
      'reader.learn-contradiction',
    ],
    ['empty', [Buffer.from('\r'), endedBy('\r')], 'reader.learn-unclear'],
    ['empty but for a check byte', [Buffer.from('\x02\x03N'), endedBy('\r')], 'reader.learn-unclear'],
    ['only one', [endedBy('\r')], 'reader.learn-more'],
  ])('%s', (_what, samples, code) => {
    expect(learnFraming(samples)).toEqual({ ok: false, error: { code } });
  });

  it('of one document, whose check byte may be a line end', () => {
    const seed = Array.from({ length: 3000 }, (_, at) => at).find((at) => {
      const inside = Buffer.from(`${zoneOf(at).join('\r')}\x03`);
      return inside.reduce((sum, byte) => sum ^ byte, 0) === 0x0d;
    });
    const wire = Buffer.from(`\x02${zoneOf(seed ?? 0).join('\r')}\x03\r`);
    expect(learnFraming([wire, wire, wire])).toEqual({ ok: false, error: { code: 'reader.learn-more' } });
  });
});

describe('what stands around the samples and may be of a person', () => {
  const sent = (lines: readonly string[], before: string, behind: string) =>
    Buffer.from(`${before}${lines.join('\r')}${behind}`, 'latin1');
  const learn = (...samples: Buffer[]) => {
    const learnt = learnFraming(samples, CODES);
    return learnt.ok ? [learnt.value.start, learnt.value.end].join('…') : learnt.error.code;
  };
  const OTHER = 'reader.learn-other-person';
  const [one, another] = [zoneOf(1), zoneOf(4)];
  const hex = (text: string): string => Buffer.from(text, 'latin1').toString('hex');

  it.each([
    ['a number before', '8001011234', '\r'],
    ['a name behind', '', '\rNOVAKOVA\r'],
    ['one letter', '\x02M', '\r'],
    ['a letter beyond ASCII', '', '\xe1\r'],
  ])('is never learnt of one document: %s', (_what, before, behind) => {
    const sample = sent(one, before, behind);
    expect(learn(sample, sample)).toBe(OTHER);
    expect(learn(sample, sample, sample)).toBe(OTHER);
    expect(learn(sample, sent(another, before, behind))).toBe(`${hex(before)}…${hex(behind)}`);
  });

  it('is never learnt of two documents of one person, nor of one sent in two ways', () => {
    const documents = (['TD1', 'TD3'] as const).map((format) =>
      buildMrz({
        ...{ format, documentCode: format === 'TD1' ? 'ID' : 'P', issuer: 'CZE', nationality: 'CZE' },
        ...{ surname: 'NOVAKOVA', givenNames: 'ANNA', sex: 'F', optionalData: [''] },
        documentNumber: format === 'TD1' ? '998001234' : '39012345',
        birthDate: { year: 1980, month: 1, day: 1 },
        expiryDate: { year: 2031, month: 5, day: 5 },
      }),
    );
    expect(learn(...documents.map((lines) => sent(lines, '8051011234', '\r')))).toBe(OTHER);
    const joined = Buffer.from(`A1${one.join('')}\r`);
    expect(learn(sent(one, 'A1', '\r'), joined)).toBe(OTHER);
  });

  it('is never learnt where it stands in a zone as well', () => {
    const surname = /^[A-Z]+/.exec(one.at(-1) ?? '')?.[0] ?? one[0]?.slice(5, 9) ?? '';
    const behind = `\r${surname}\r`;
    expect(surname.length).toBeGreaterThan(2);
    expect(learn(sent(one, '', behind), sent(another, '', behind))).toBe(OTHER);
  });

  it('is learnt of codes everybody knows, and marks alone of one document', () => {
    const code = (text: string) => Buffer.from(`ID:${text}\r`);
    expect(learn(code(CODES[0] ?? ''), code(CODES[1] ?? ''))).toBe(`${hex('ID:')}…0d`);
    expect(learn(sent(one, '\x02', '\r\x03'), sent(one, '\x02', '\r\x03'))).toBe('02…0d03');
  });

  it('has no letter or digit in whatever is learnt of one person', () => {
    fc.assert(
      fc.property(
        fc.nat(5000),
        fc.string({ maxLength: 12 }),
        fc.string({ maxLength: 12 }),
        (seed, before, behind) => {
          const sample = sent(zoneOf(seed), before, behind);
          const learnt = learnFraming([sample, sample, sample]);
          if (!learnt.ok) return;
          const { start, end, tail } = learnt.value;
          expect(Buffer.from(start + end + tail, 'hex').toString('latin1')).not.toMatch(/[A-Za-z0-9]/);
        },
      ),
    );
  });
});

describe('the line', () => {
  const parityOf = (byte: number): number => [...byte.toString(2)].filter((bit) => bit === '1').length % 2;
  it('is told by the eighth bit', () => {
    const plain = Uint8Array.from(Buffer.from(`${zoneOf(4).join('\r')}\r`));
    const even = plain.map((byte) => byte | (parityOf(byte) << 7));
    const odd = plain.map((byte) => byte | ((1 - parityOf(byte)) << 7));
    expect(lineOf(plain)).toMatchObject({ dataBits: 8, parity: 'none' });
    expect(lineOf(even)).toMatchObject({ dataBits: 7, parity: 'even', bytes: plain });
    expect(lineOf(odd)).toMatchObject({ dataBits: 7, parity: 'odd', bytes: plain });
    expect(lineOf(written(CODES[1] ?? '', 'windows-1250'))).toMatchObject({ dataBits: 8 });
  });
  it('at another speed is nothing', () => {
    expect(lineOf(Uint8Array.of(0x80, 0xf8, 0x00, 0x86, 0x1e, 0xfe, 0x98, 0x00, 0xe6))).toBeNull();
  });
});

it('a sample is shown without anything that was in it', () => {
  const shown = blanked(Buffer.from('\x02P<UTO\rL898\r\x03'));
  expect(shown).toEqual([
    { mark: 'STX' },
    { hidden: 5 },
    { mark: 'CR' },
    { hidden: 4 },
    { mark: 'CR' },
    { mark: 'ETX' },
  ]);
});
