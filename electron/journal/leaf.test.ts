import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Leaf, leafBytes, placeAndPayload } from './leaf.ts';

const id = fc.constantFrom('a', 'x-1', '0193a1b2-1111-7abc-8def-0123456789ab');
const leaf: fc.Arbitrary<Leaf> = fc.record({
  v: fc.constant(1 as const),
  desk: id,
  epoch: fc.nat(),
  sequence: fc.nat(),
  at: fc.constant('2026-04-01T08:00:00.000Z'),
  legalDate: fc.constant('2026-04-01'),
  counter: fc.oneof(fc.nat(), fc.double({ min: 0, noNaN: true, noDefaultInfinity: true })),
  trusted: fc.constantFrom(null, '2026-04-01T08:00:00.000Z'),
  clerk: id,
  role: id,
  kind: id,
  ids: fc.dictionary(
    fc.oneof(fc.constantFrom('payload', 'sequence', 'role'), fc.string()),
    fc.oneof(id, fc.integer()),
  ),
  payload: fc.constantFrom('A'.repeat(43), '_-b'.repeat(14)),
});
/** As anybody reads it. */
const parsed = (bytes: Buffer): object => {
  const { sequence, payload } = JSON.parse(bytes.toString('utf8'));
  return { sequence, payload };
};
const read = (bytes: Buffer): object => {
  const { sequence, payload } = placeAndPayload(Buffer.concat([Buffer.alloc(3), bytes]), 3);
  return { sequence, payload };
};

describe('the place and the payload of a leaf', () => {
  it('are what its JSON says', () => {
    fc.assert(
      fc.property(leaf, (given) => {
        const bytes = leafBytes(given);
        expect(read(bytes)).toEqual({ sequence: given.sequence, payload: given.payload });
        expect(read(bytes)).toEqual(parsed(bytes));
      }),
    );
  });

  it('are what its JSON says however it was changed, and nothing where it is none any more', () => {
    const piece = fc.constantFrom(
      '"',
      '\\',
      '{',
      '}',
      ',',
      ':',
      '0',
      '1',
      '-',
      'a',
      ' ',
      '\n',
      'é',
      ',"sequence":7',
    );
    fc.assert(
      fc.property(leaf, fc.nat(), fc.nat(3), piece, (given, where, cut, put) => {
        const text = leafBytes(given).toString('utf8');
        const at = where % text.length;
        const changed = Buffer.from(text.slice(0, at) + put + text.slice(at + cut));
        let expected: object | null = null;
        try {
          expected = parsed(changed);
        } catch {
          expect(() => read(changed)).toThrow(SyntaxError);
        }
        if (expected !== null) expect(read(changed)).toEqual(expected);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['{"ids":{"payload":"x","sequence":9},"payload":"y","sequence":1}'],
    ['{"payload":"y","sequence":1,"payload":"z","sequence":2}'],
    ['{"payload":7,"sequence":"1"}'],
    ['{}'],
  ])('are read in %s too', (text) => {
    expect(read(Buffer.from(text))).toEqual(parsed(Buffer.from(text)));
  });
});
