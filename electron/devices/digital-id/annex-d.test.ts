import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { readCertificate } from '../chip/certificate.ts';
import { curveOf } from '../chip/curves.ts';
import { decodeCbor, embeddedIn } from './cbor.ts';
import { type VerifiedPresentation, verifyPresentation } from './verify.ts';

/** The worked example of the standard: its own authority, signer, holder's device and reader. */
const example = JSON.parse(
  readFileSync(new URL('../../../test/fixtures/digital-id/annex-d.json', import.meta.url), 'utf8'),
);
const bytes = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, 'hex'));
const namespace = 'org.iso.18013.5.1';
const asked = ['family_name', 'document_number', 'birth_date'].map((element) => ({ namespace, element }));

const verified = (change: Partial<Parameters<typeof verifyPresentation>[0]> = {}): VerifiedPresentation => {
  const outcome = verifyPresentation({
    response: bytes(example.response),
    request: {
      docType: 'org.iso.18013.5.1.mDL',
      attributes: asked,
      signerPurpose: '1.0.18013.5.1.2',
    },
    sessionTranscript: embeddedIn(decodeCbor(bytes(example.sessionTranscriptBytes))).bytes,
    readerKey: { curve: curveOf('p256'), secret: bytes(example.readerSecret) },
    authorities: [readCertificate(bytes(example.authority))],
    now: new Date('2021-01-01T00:00:00Z'),
    ...change,
  });
  if (!outcome.ok) throw new Error(outcome.error.code);
  return outcome.value;
};
const reasons = ({ checks }: VerifiedPresentation) =>
  Object.fromEntries(checks.map(({ name, state, reason }) => [name, reason ?? state]));

it('proves the worked example of ISO/IEC 18013-5, Annex D', () => {
  const outcome = verified();
  expect(reasons(outcome)).toEqual({
    data: 'passed',
    signature: 'passed',
    signer: 'passed',
    validity: 'passed',
    revocation: 'no-revocation-list',
    holder: 'passed',
  });
  expect(outcome.strength).toBe('proven');
  expect(outcome.attributes.map(({ element, value }) => [element, value])).toEqual([
    ['family_name', 'Doe'],
    ['document_number', '123456789'],
  ]);
  expect(outcome.missing).toEqual([{ namespace, element: 'birth_date' }]);
  expect(outcome.notAsked.map(({ element }) => element)).toEqual([
    'issue_date',
    'expiry_date',
    'driving_privileges',
  ]);
});

it('refutes it in another exchange, and later than it was valid', () => {
  const other = Uint8Array.from([0x83, 0xf6, 0xf6, 0xf6]);
  expect(reasons(verified({ sessionTranscript: other })).holder).toBe('device-not-the-holders');
  expect(reasons(verified({ now: new Date('2021-10-02T00:00:00Z') })).validity).toBe('signer-expired');
});

it('refutes it whichever bit of what the issuer signed is changed', () => {
  const good = bytes(example.response);
  // The name "Doe", a digest in the security object, the signature.
  for (const [found, check] of [
    ['63446f65', 'data'],
    ['75167333b47b6c2b', 'signature'],
    ['59e64205df1e2f70', 'signature'],
  ] as const) {
    const at = Buffer.from(good).indexOf(Buffer.from(found, 'hex')) + 3;
    expect(at).toBeGreaterThan(3);
    const changed = Uint8Array.from(good, (byte, index) => (index === at ? byte ^ 1 : byte));
    const outcome = verified({ response: changed });
    expect(outcome.strength).toBe('refuted');
    expect(outcome.checks.find(({ name }) => name === check)?.state).toBe('failed');
  }
});
