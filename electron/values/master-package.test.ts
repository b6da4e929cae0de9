import { createHash, randomBytes } from 'node:crypto';
import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { faultOf, type KeyStep, keyAfter, signNextKey, signPage, soundText } from './master-package.ts';
import { signingKey } from './signed-note.ts';

const key = signingKey(randomBytes(32));
const hash = 'a'.repeat(64);
const page = {
  collection: 'tariffs',
  from: 'c1',
  cursor: 'c2',
  more: true,
  items: [
    { id: 'vidimace', revision: 7, hash },
    { id: 'gone', revision: 8, deleted: true as const },
  ],
};

it('a page is sound for the key that signed it, and for no other', () => {
  const signature = signPage(key, page);
  expect(faultOf(page, signature, key.publicKey)).toBeNull();
  expect(faultOf(page, signature, signingKey(randomBytes(32)).publicKey)).toBe('wrong-key');
  expect(faultOf(page, undefined, key.publicKey)).toBe('not-signed');
});

it.each([
  ['of another collection', { collection: 'services' }],
  ['from elsewhere', { from: null }],
  ['to elsewhere', { cursor: 'c3' }],
  ['said to be the last', { more: false }],
  ['without its last item', { items: page.items.slice(0, 1) }],
  ['in another order', { items: [...page.items].reverse() }],
  ['with another content', { items: [{ id: 'vidimace', revision: 7, hash: 'b'.repeat(64) }] }],
  ['with an item brought back', { items: [page.items[0], { id: 'gone', revision: 8, hash }] }],
])('a page %s is not the one that was signed', (_what, change) => {
  const other = { ...page, ...change } as typeof page;
  expect(faultOf(other, signPage(key, page), key.publicKey)).toBe('wrong-signature');
});

it('a content is kept as its RFC 8785 form when its hash is right, also with fields nobody knows', () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue({ noUnicodeString: false })),
      (data) => {
        const text = canonicalize(data) ?? '';
        const right = createHash('sha256').update(text).digest('hex');
        expect(soundText({ data, hash: right })).toBe(text);
        expect(soundText({ data: { ...data, more: 1 }, hash: right })).toBeNull();
      },
    ),
  );
});

it('keys are followed as far as each is signed by the one before', () => {
  const keys = Array.from({ length: 4 }, () => signingKey(randomBytes(32)));
  const name = (n: number): string => keys[n]?.publicKey.toString('base64') ?? '';
  const steps: KeyStep[] = keys.map((one, n) => {
    const before = keys[n - 1];
    return {
      publicKey: one.publicKey.toString('base64'),
      signature: before ? signNextKey(before, one.publicKey) : null,
    };
  });
  expect(keyAfter(name(0), steps)).toBe(name(3));
  expect(keyAfter(name(2), steps)).toBe(name(3));
  expect(keyAfter(name(3), steps)).toBe(name(3));
  const forged = steps.map((step, n) =>
    n === 2 ? { ...step, signature: signNextKey(key, Buffer.from(step.publicKey, 'base64')) } : step,
  );
  expect(keyAfter(name(0), forged)).toBe(name(1));
  expect(keyAfter('somebody else’s', steps)).toBe('somebody else’s');
});
