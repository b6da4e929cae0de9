import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { canonical } from './canonical.ts';

it('is the form another program makes by RFC 8785', () => {
  fc.assert(
    fc.property(fc.jsonValue({ noUnicodeString: false, maxDepth: 5 }), (value) => {
      const expected = canonicalize(value);
      expect(canonical(value)).toBe(expected);
      expect(canonical(JSON.parse(expected ?? '')), 'in its order already').toBe(expected);
    }),
  );
});

it('is the example of RFC 8785, section 3.2.3', () => {
  const sent = JSON.parse(
    '{"numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001], "string": "\\u20ac$\\u000F\\u000aA\'\\u0042\\u0022\\u005c\\\\\\"\\/", "literals": [null, true, false]}',
  );
  expect(canonical(sent)).toBe(
    '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
  );
});

it('passes over fields that are undefined, and keeps numbers as names in the order of texts', () => {
  expect(canonical({ b: undefined, 10: 'x', 9: 'y', a: [] })).toBe('{"10":"x","9":"y","a":[]}');
});

it('is refused for what JSON cannot hold', () => {
  for (const value of [
    '\ud800',
    { '\udc00': 1 },
    Number.NaN,
    Number.POSITIVE_INFINITY,
    undefined,
    1n,
    [Symbol('x')],
  ])
    expect(() => canonical(value)).toThrow(TypeError);
});

it.each([
  ['names that are numbers', { 10: 1, 9: 2 }, '{"10":1,"9":2}'],
  ['names in another order, deep down', [{ a: [{ b: 1, a: 2 }] }], '[{"a":[{"a":2,"b":1}]}]'],
  ['a name that means something to the platform', JSON.parse('{"a":1,"__proto__":{"b":2}}'), null],
  ['characters of two halves', { '😀': '😀', z: 1 }, '{"z":1,"😀":"😀"}'],
  ['a text about half a character', ['\\ud800', '\\\\ud800'], '["\\\\ud800","\\\\\\\\ud800"]'],
  ['numbers', [1e21, -0, 1e-7, 0.1], '[1e+21,0,1e-7,0.1]'],
  ['members that are not there', { b: undefined, a: [undefined] }, '{"a":[null]}'],
  ['what writes itself down', { at: new Date(0) }, '{"at":"1970-01-01T00:00:00.000Z"}'],
  [
    'what writes itself down out of order',
    { at: { toJSON: () => ({ b: 1, a: 2 }) } },
    '{"at":{"a":2,"b":1}}',
  ],
])('writes %s', (_what, given, expected) => {
  expect(canonical(given)).toBe(expected ?? canonicalize(given));
});
