import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createHandReader, type Stroke } from './hand-reader.ts';

/** A keyboard whose time is set by hand: `type` strikes the keys with so many milliseconds between them. */
function keyboard() {
  let now = 0;
  let due: { at: number; run: () => void } | null = null;
  const keys: string[] = [];
  const codes: (readonly string[])[] = [];
  const reader = createHandReader<Stroke>({
    after: (ms, run) => {
      const own = { at: now + ms, run };
      due = own;
      return () => {
        if (due === own) due = null;
      };
    },
    onKeys: (strokes) => keys.push(...strokes.map(({ key }) => key)),
    onCode: (texts) => codes.push(texts),
  });
  const pass = (ms: number): void => {
    now += ms;
    if (due === null || due.at >= now) return;
    const { run } = due;
    due = null;
    run();
  };
  const strike = (key: string, code = `Key${key.toUpperCase()}`, shiftKey = false): boolean =>
    reader.stroke({ key, code, shiftKey, at: now });
  return {
    keys,
    codes,
    pass,
    strike,
    end: () => reader.endLine(now),
    other: () => reader.other(now),
    type(text: string, every: number): void {
      for (const key of text) {
        strike(key);
        pass(every);
      }
    },
  };
}

it('lets the keys of a hand do what they do, also two that were hit together', () => {
  const { type, pass, keys, codes } = keyboard();
  type('vnk', 120);
  type('ab', 5);
  pass(100);
  expect(keys).toEqual(['v', 'n', 'k', 'a', 'b']);
  expect(codes).toEqual([]);
});

it('takes what comes at a reader’s pace for a code, with or without Enter behind it, and runs none of its letters', () => {
  const one = keyboard();
  one.type('abcdefgh', 4);
  expect(one.end()).toBe(true);
  one.pass(100);
  one.type('ijklmnop', 12);
  one.pass(100);
  expect(one.keys).toEqual([]);
  expect(one.codes).toEqual([['abcdefgh'], ['ijklmnop']]);
});

it('tells Enter of a hand from the one of a reader', () => {
  const { type, end, keys } = keyboard();
  type('v', 100);
  expect(end()).toBe(false);
  type('n', 1);
  expect(end()).toBe(false);
  expect(keys).toEqual(['v', 'n']);
});

it('does what waits before another key does what it does', () => {
  const { strike, other, keys } = keyboard();
  strike('v');
  expect(keys).toEqual([]);
  expect(other()).toBe(false);
  expect(keys).toEqual(['v']);
});

it('lets no sign of a code that cannot be printed do what its key stands for', () => {
  const { type, pass, codes, keys, end, other } = keyboard();
  type('abcdef', 4);
  expect(other()).toBe(true);
  pass(4);
  type('gh', 4);
  expect(end()).toBe(true);
  pass(4);
  // Behind the end of the line too: a code may have more of them.
  expect(other()).toBe(true);
  pass(100);
  expect(other()).toBe(false);
  expect([codes, keys]).toEqual([[['abcdefgh']], []]);
});

it('keeps the lines of a code together', () => {
  const { type, pass, codes, end } = keyboard();
  type('prvniradek', 4);
  expect(end()).toBe(true);
  type('druhy', 4);
  expect(end()).toBe(true);
  pass(100);
  expect(codes).toEqual([['prvniradek\ndruhy']]);
});

it('reads what a reader set to an American keyboard meant on a Czech one', () => {
  const { strike, pass, codes, end } = keyboard();
  const czech: [string, string, boolean][] = [
    ['P', 'KeyP', true],
    ['-', 'Slash', false],
    ['+', 'Digit1', false],
    ['ě', 'Digit2', false],
    ['=', 'Minus', false],
    ['z', 'KeyY', false],
    ['1', 'Digit1', true],
  ];
  for (const stroke of czech) {
    strike(...stroke);
    pass(3);
  }
  expect(end()).toBe(true);
  pass(100);
  expect(codes).toEqual([['P-+ě=z1', 'P/12-y!']]);
});

it('loses no key and runs none twice, whatever the pace', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.integer({ min: 1, max: 90 }))),
      (strokes) => {
        const { type, pass, keys, codes } = keyboard();
        for (const [key, every] of strokes) type(key, every);
        pass(1_000);
        const taken = [...keys, ...codes.flatMap(([written = '']) => [...written])].sort();
        expect(taken).toEqual(strokes.map(([key]) => key).sort());
        expect(codes.every(([written = '']) => written.length >= 6)).toBe(true);
      },
    ),
  );
});

/** How long after the one before each key comes; after the last the line is silent. */
const typed = (gaps: readonly number[], ends: boolean) => {
  const { strike, pass, end, keys, codes } = keyboard();
  const text = Array.from({ length: gaps.length + 1 }, (_, at) => 'abcdefgh'[at % 8] ?? '');
  for (const [at, key] of text.entries()) {
    strike(key);
    pass(gaps[at] ?? 10);
  }
  const isReaders = ends && end();
  pass(1_000);
  return { text: text.join(''), keys: keys.join(''), codes, isReaders };
};

it('takes every reader of a steady pace, up to thirty milliseconds a key, also where a key is held up', () => {
  const steady = fc
    .record({
      pace: fc.integer({ min: 1, max: 30 }),
      jitter: fc.array(fc.integer({ min: -12, max: 12 }), { minLength: 8, maxLength: 80 }),
      heldUp: fc.option(fc.integer({ min: 46, max: 80 }), { nil: undefined }),
      at: fc.nat(79),
    })
    .map(({ pace, jitter, heldUp, at }) =>
      jitter.map((by, place) =>
        heldUp !== undefined && place === at % jitter.length ? heldUp : Math.max(1, pace + by),
      ),
    );
  fc.assert(
    fc.property(steady, fc.boolean(), (gaps, ends) => {
      const { text, keys, codes, isReaders } = typed(gaps, ends);
      expect([keys, codes.map(([written]) => written), isReaders]).toEqual(['', [text], ends]);
    }),
  );
});

it('believes no part of a code, whatever its keys are held up by', () => {
  const held = fc.array(fc.oneof(fc.constant(10), fc.integer({ min: 46, max: 80 })), {
    minLength: 5,
    maxLength: 40,
  });
  fc.assert(
    fc.property(held, (gaps) => {
      const { text, keys, codes } = typed(gaps, false);
      expect([keys, codes]).toEqual(codes.length === 0 ? [text, []] : ['', [[text]]]);
    }),
  );
  const thirteen = [10, 10, 50, 10, 10, 10, 10, 10, 50, 10, 10, 10];
  expect(typed(thirteen, true)).toMatchObject({ codes: [['abcdefghabcde']], keys: '', isReaders: true });
});

it('takes a short code of which one key is held up, with the end of its line', () => {
  for (let at = 0; at < 7; at += 1) {
    const gaps = Array.from({ length: 7 }, (_none, place) => (place === at ? 60 : 10));
    expect(typed(gaps, true)).toMatchObject({ codes: [['abcdefgh']], keys: '', isReaders: true });
  }
});

it('never takes a hand for a reader, however fast, with keys that are hit together', () => {
  // Up to four fingers may fall at once, one handful after another; the next takes its time.
  const hand = fc
    .array(
      fc.tuple(
        fc.array(fc.integer({ min: 1, max: 45 }), { maxLength: 3 }),
        fc.integer({ min: 50, max: 400 }),
      ),
      { minLength: 3, maxLength: 40 },
    )
    .map((falls) => falls.flatMap(([together, next]) => [...together, next]));
  fc.assert(
    fc.property(hand, fc.boolean(), (gaps, ends) => {
      const { text, keys, codes, isReaders } = typed(gaps, ends);
      expect([keys, codes, isReaders]).toEqual([text, [], false]);
    }),
  );
});
