import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { canonical } from './canonical.ts';

it('is the form another program makes by RFC 8785', () => {
  fc.assert(
    fc.property(fc.jsonValue({ noUnicodeString: false, maxDepth: 5 }), (value) => {
      expect(canonical(value)).toBe(canonicalize(value));
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
