import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decodeIpp,
  encodeIpp,
  groupTag,
  type IppAttribute,
  type IppMessage,
  type IppValue,
  integers,
  texts,
} from './ipp-codec.ts';

const int32 = fc.integer({ min: -0x80000000, max: 0x7fffffff });
const text = fc.string({ unit: 'grapheme', maxLength: 60 });
const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,30}$/);
const value: fc.Arbitrary<IppValue> = fc.letrec<{ value: IppValue; attribute: IppAttribute }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.record({
      type: fc.constantFrom(
        'text',
        'name',
        'keyword',
        'uri',
        'uriScheme',
        'charset',
        'naturalLanguage',
        'mimeMediaType',
      ),
      text,
    }),
    fc.record({ type: fc.constantFrom('textWithLanguage', 'nameWithLanguage'), language: text, text }),
    fc.record({ type: fc.constantFrom('integer', 'enum'), integer: int32 }),
    fc.record({ type: fc.constant('boolean'), boolean: fc.boolean() }),
    fc.record({ type: fc.constant('resolution'), crossFeed: int32, feed: int32, units: fc.nat(255) }),
    fc.record({ type: fc.constant('range'), lower: int32, upper: int32 }),
    fc.record({ type: fc.constantFrom('unsupported', 'unknown', 'no-value') }),
    fc.record({
      type: fc.constant('octets'),
      tag: fc.constantFrom(0x30, 0x31, 0x7f, 0x15),
      octets: fc.uint8Array({ maxLength: 40 }),
    }),
    fc.record({ type: fc.constant('collection'), members: fc.array(tie('attribute'), { maxLength: 3 }) }),
  ),
  attribute: fc.record({ name, values: fc.array(tie('value'), { minLength: 1, maxLength: 3 }) }),
})).value;
const attribute = fc.record({ name, values: fc.array(value, { minLength: 1, maxLength: 4 }) });
const message: fc.Arbitrary<IppMessage> = fc.record({
  version: fc.tuple(fc.nat(255), fc.nat(255)),
  code: fc.nat(0xffff),
  requestId: int32,
  groups: fc.array(
    fc.record({ tag: fc.constantFrom(1, 2, 4, 5, 7), attributes: fc.array(attribute, { maxLength: 4 }) }),
    { maxLength: 4 },
  ),
  data: fc.uint8Array({ maxLength: 200 }),
});

describe('the IPP codec', () => {
  it('writes the example of RFC 8010, A.1 byte by byte', () => {
    const bytes = encodeIpp({
      version: [1, 1],
      code: 0x0002,
      requestId: 1,
      groups: [
        {
          tag: groupTag.operation,
          attributes: [
            { name: 'attributes-charset', values: [{ type: 'charset', text: 'utf-8' }] },
            { name: 'copies', values: [{ type: 'integer', integer: 20 }] },
          ],
        },
      ],
      data: Buffer.from('%PDF'),
    });
    const expected = [
      ...['0101', '0002', '00000001', '01'],
      ...[
        '47',
        '0012',
        Buffer.from('attributes-charset').toString('hex'),
        '0005',
        Buffer.from('utf-8').toString('hex'),
      ],
      ...['21', '0006', Buffer.from('copies').toString('hex'), '0004', '00000014', '03', '25504446'],
    ].join('');
    expect(bytes.toString('hex')).toBe(expected);
  });

  it('reads back what it wrote', () => {
    fc.assert(
      fc.property(message, (sent) => {
        expect(decodeIpp(encodeIpp(sent))).toEqual({ ok: true, value: sent });
      }),
    );
  });

  it('takes any bytes without throwing', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 500 }), (bytes) => {
        expect(decodeIpp(bytes)).toHaveProperty('ok');
      }),
      { numRuns: 500 },
    );
  });

  it('takes a real message cut short or with bytes changed without throwing', () => {
    fc.assert(
      fc.property(
        message,
        fc.nat(),
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 5 }),
        (sent, cut, changes) => {
          const bytes = encodeIpp({ ...sent, data: new Uint8Array() });
          const short = bytes.subarray(0, cut % bytes.length);
          expect(decodeIpp(short).ok).toBe(false);
          for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
          expect(decodeIpp(bytes)).toHaveProperty('ok');
        },
      ),
      { numRuns: 500 },
    );
  });

  it('stops at collections nested without end, soon', () => {
    const opening = Buffer.concat([Buffer.from([0x34, 0, 1, 0x61, 0, 0])]);
    const member = Buffer.from([0x4a, 0, 0, 0, 1, 0x62, 0x34, 0, 0, 0, 0]);
    const bytes = Buffer.concat([
      Buffer.from([1, 1, 0, 0, 0, 0, 0, 1, 4]),
      opening,
      ...Array.from({ length: 100_000 }, () => member),
    ]);
    expect(decodeIpp(bytes)).toEqual({
      ok: false,
      error: { code: 'printer.answer-malformed', params: { why: 'too deep' } },
    });
  });

  it('finds values by group and name, and nothing of another kind', () => {
    const groups = [
      {
        tag: groupTag.operation,
        attributes: [{ name: 'a', values: [{ type: 'keyword' as const, text: 'op' }] }],
      },
      {
        tag: groupTag.printer,
        attributes: [
          { name: 'a', values: [{ type: 'keyword' as const, text: 'x' }, { type: 'no-value' as const }] },
          { name: 'n', values: [{ type: 'enum' as const, integer: 3 }] },
        ],
      },
    ];
    expect(texts(groups, groupTag.printer, 'a')).toEqual(['x']);
    expect(texts(groups, groupTag.printer, 'n')).toEqual([]);
    expect(integers(groups, groupTag.printer, 'n')).toEqual([3]);
    expect(integers(groups, groupTag.job, 'n')).toEqual([]);
  });
});
