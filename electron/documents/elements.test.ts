import fc from 'fast-check';
import { expect, it } from 'vitest';
import { element } from './der.ts';
import { inside, Malformed, octetsIn, wholeElement } from './elements.ts';

const octets = (text: string) => element(0x04, Buffer.from(text));
const lengthless = (tag: number, ...parts: Uint8Array[]) =>
  new Uint8Array(Buffer.concat([Buffer.of(tag, 0x80), ...parts, Buffer.of(0, 0)]));

it('finds the parts of an element, whether it tells its length or ends with a mark', () => {
  const parts = [octets('a'), lengthless(0x30, octets('b'), lengthless(0x30)), octets('c'.repeat(300))];
  for (const whole of [element(0x30, ...parts), lengthless(0x30, ...parts)])
    expect(inside(wholeElement(whole), 0x30).map((part) => part.whole)).toEqual(parts);
});

it('joins an octet string that comes in parts', () => {
  expect(octetsIn(wholeElement(lengthless(0x24, octets('ab'), element(0x24, octets('c')))))).toEqual(
    Buffer.from('abc'),
  );
});

it.each([
  ['is cut off', element(0x30, octets('a')).slice(0, -1)],
  ['never ends', lengthless(0x30, octets('a')).slice(0, -1)],
  ['has something after it', Uint8Array.of(...octets('a'), 0)],
  ['is of another kind', octets('a')],
])('refuses an element that %s', (_what, bytes) => {
  expect(() => inside(wholeElement(bytes), 0x30)).toThrow(Malformed);
});

it('reads any bytes or refuses them', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      try {
        inside(wholeElement(bytes), 0x30);
      } catch (error) {
        expect(error).toBeInstanceOf(Malformed);
      }
    }),
  );
});
