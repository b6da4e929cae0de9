import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as notes from './signed-note.ts';

const seed = (fill: number): Uint8Array => new Uint8Array(32).fill(fill);
const desk = { name: 'virtuos-counter/desk/1', key: notes.signingKey(seed(1)) };
const portal = { name: 'virtuos-portal/1', key: notes.signingKey(seed(2)) };
const verifierOf = (signer: notes.Signer): notes.Verifier => ({
  name: signer.name,
  publicKey: signer.key.publicKey,
});
const rootHash = createHash('sha256').update('root').digest();

describe('Ed25519', () => {
  it('is the one of RFC 8032', () => {
    // § 7.1, TEST 2.
    const key = notes.signingKey(
      Buffer.from('4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb', 'hex'),
    );
    expect(key.publicKey.toString('hex')).toBe(
      '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
    );
    expect(key.sign(Buffer.from('72', 'hex')).toString('hex')).toBe(
      '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
    );
  });

  it('refuses what is no key or no signature', () => {
    expect(notes.isSignedBy(Buffer.alloc(31), Buffer.of(), Buffer.alloc(64))).toBe(false);
    expect(notes.isSignedBy(Buffer.alloc(32, 255), Buffer.of(), Buffer.alloc(64))).toBe(false);
    expect(notes.isSignedBy(desk.key.publicKey, Buffer.of(), Buffer.alloc(63))).toBe(false);
  });
});

describe('a signed note', () => {
  it('is read and verified as the known example of the form', () => {
    // The example of the package that the form comes from (golang.org/x/mod/sumdb/note).
    const text = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
    const verifier = notes.parseVerifier(text);
    if (verifier === null) throw new Error('not read');
    expect(notes.verifierText(verifier)).toBe(text);
    const note = notes.parseNote(
      'If you think cryptography is the answer to your problem,\nthen you don’t know what your problem is.\n'.replace(
        '’',
        "'",
      ) +
        '\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n',
    );
    if (note === null) throw new Error('not read');
    expect(notes.isNoteSignedBy(note, verifier)).toBe(true);
    expect(notes.isNoteSignedBy({ ...note, text: `${note.text} ` }, verifier)).toBe(false);
    expect(notes.isNoteSignedBy(note, { ...verifier, name: 'Other' })).toBe(false);
  });

  it('holds a checkpoint, which a witness signs under', () => {
    const note = notes.signCheckpoint(desk, { size: 12, rootHash });
    expect(note.split('\n').slice(0, 4)).toEqual([desk.name, '12', rootHash.toString('base64'), '']);
    const line = notes.cosign(
      portal,
      notes.parseNote(note)?.text ?? '',
      new Date('2026-04-01T08:00:00.700Z'),
    );
    const read = notes.parseNote(note + line);
    if (read === null) throw new Error('not read');
    expect(notes.parseCheckpoint(read.text)).toEqual({ origin: desk.name, size: 12, rootHash });
    expect(read.signatures).toHaveLength(2);
    expect(notes.isNoteSignedBy(read, verifierOf(desk))).toBe(true);
    expect(notes.isNoteSignedBy(read, verifierOf(portal))).toBe(false);
    expect(notes.cosignedAt(line, read.text, verifierOf(portal))?.toISOString()).toBe(
      '2026-04-01T08:00:00.000Z',
    );
    expect(notes.cosignedAt(line, read.text, verifierOf(desk))).toBeNull();
    expect(notes.cosignedAt(line, read.text.replace('12', '13'), verifierOf(portal))).toBeNull();
  });

  it('is not read from anything else', () => {
    const note = notes.signCheckpoint(desk, { size: 12, rootHash });
    for (const other of [
      '',
      'text',
      note.slice(0, -1),
      note.replace('— ', '- '),
      note.replace('\n\n', '\n'),
      note.replace(/[A-Za-z0-9+/=]+\n$/, 'AAA=\n'),
    ])
      expect(notes.parseNote(other)).toBeNull();
    for (const text of [
      'a\n1\n',
      `a\n01\n${rootHash.toString('base64')}\n`,
      `a\n1\n${rootHash.toString('base64url')}\n`,
      `a\n1\n${rootHash.toString('base64')}\nmore\n`,
      `\n1\n${rootHash.toString('base64')}\n`,
    ])
      expect(notes.parseCheckpoint(text)).toBeNull();
  });

  it('holds no longer when any of its bytes is another', () => {
    const note = Buffer.from(notes.signCheckpoint(desk, { size: 12, rootHash }));
    fc.assert(
      fc.property(fc.nat({ max: note.length - 1 }), fc.integer({ min: 1, max: 255 }), (at, by) => {
        const spoilt = Buffer.from(note);
        spoilt[at] = (spoilt[at] ?? 0) ^ by;
        const read = notes.parseNote(spoilt.toString('utf8'));
        expect(read !== null && notes.isNoteSignedBy(read, verifierOf(desk))).toBe(false);
      }),
    );
  });

  it('tells keys of one name and kinds of keys apart', () => {
    const other = notes.signingKey(seed(3));
    expect(
      notes.keyIdOf(verifierOf(desk)).equals(notes.keyIdOf({ ...desk, publicKey: other.publicKey })),
    ).toBe(false);
    expect(notes.parseWitness(notes.verifierText(verifierOf(desk)))).toBeNull();
    expect(notes.parseWitness(notes.witnessText(verifierOf(portal)))).toEqual(verifierOf(portal));
    expect(notes.parseVerifier('a+00000000+AAAA')).toBeNull();
  });
});
