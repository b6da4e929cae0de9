import { describe, expect, it } from 'vitest';
import { trainingAuthority } from '../../../test/rigs/training-documents.ts';
import {
  digitalSigner,
  TRAINING_DOCUMENT,
  TRAINING_NAMESPACE,
  trainingWallet,
  type WalletOptions,
} from '../../../test/rigs/wallet.ts';
import { readCertificate } from '../chip/certificate.ts';
import { encodeCbor } from './cbor.ts';
import { readCoseObject } from './cose.ts';
import { encodeRequest, type PresentationRequest } from './request.ts';
import { verifyPresentation } from './verify.ts';

const now = new Date('2026-05-04T08:00:00Z');
const attribute = (element: string) => ({ namespace: TRAINING_NAMESPACE, element });
const request: PresentationRequest = {
  docType: TRAINING_DOCUMENT,
  attributes: ['family_name', 'given_name', 'birth_date'].map(attribute),
  signerPurpose: null,
};
const transcript = encodeCbor([null, null, ['OpenID4VPHandover', 'plzen-1', 'cislo-jednou-7f3a']]);
const authorities = [readCertificate(trainingAuthority().certificate)];

type Given = Parameters<typeof verifyPresentation>[0];

function present(wallet: Partial<WalletOptions> = {}, change: Partial<Given> = {}, asked = request) {
  const response = trainingWallet({ now, ...wallet }).answer(encodeRequest(asked), transcript);
  return verifyPresentation({
    response,
    request,
    sessionTranscript: transcript,
    readerKey: null,
    authorities,
    now,
    ...change,
  });
}

/** The checks that did not pass, with why; revocation never does. */
function troubles(...given: Parameters<typeof present>): Record<string, string | null> {
  const outcome = present(...given);
  if (!outcome.ok) return { code: outcome.error.code };
  const { strength, checks } = outcome.value;
  const open = checks.filter(({ name, state }) => state !== 'passed' && name !== 'revocation');
  return { strength, ...Object.fromEntries(open.map(({ name, reason }) => [name, reason])) };
}

it('proves a person by what was asked for', () => {
  const outcome = present();
  expect(outcome).toMatchObject({
    ok: true,
    value: {
      strength: 'proven',
      attributes: [
        { element: 'family_name', value: 'Vzorový' },
        { element: 'given_name', value: 'Jan Karel' },
        { element: 'birth_date', value: '1980-04-01' },
      ],
      missing: [],
      notAsked: [],
    },
  });
});

describe('refutes', () => {
  it.each<[string, Partial<WalletOptions>, Partial<Given>, Record<string, string>]>([
    [
      'another name than was signed',
      { pretend: new Map([['family_name', 'Novák']]) },
      {},
      { data: 'data-changed' },
    ],
    ['an attribute shown twice', { showToo: ['family_name'] }, {}, { data: 'data-twice' }],
    ['a copy on another device', { deviceSecret: 0x666n }, {}, { holder: 'device-not-the-holders' }],
    [
      'an answer given elsewhere',
      {},
      { sessionTranscript: encodeCbor([null, null, ['OpenID4VPHandover', 'praha-1', 'cislo-jednou-7f3a']]) },
      { holder: 'device-not-the-holders' },
    ],
    [
      'a signer that only has the name',
      { signer: digitalSigner('forged') },
      {},
      { signer: 'signer-not-genuine' },
    ],
    [
      'a signer of another state than the document',
      { attributes: new Map([['issuing_country', 'DE']]), showToo: ['issuing_country'] },
      {},
      { signer: 'state-other' },
    ],
    [
      'a signer of another state than its authority',
      { signer: digitalSigner('right', 'DE') },
      {},
      { signer: 'state-other' },
    ],
    ['an expired signer', { signer: digitalSigner('expired') }, {}, { validity: 'signer-expired' }],
    [
      'an expired document',
      {},
      { now: new Date(now.getTime() + 15 * 86_400_000) },
      { validity: 'document-expired' },
    ],
    [
      'a document not valid yet',
      {},
      { now: new Date(now.getTime() - 2 * 86_400_000) },
      { validity: 'document-not-yet-valid' },
    ],
    [
      'a signer for something else',
      {},
      { request: { ...request, signerPurpose: '1.0.18013.5.1.2' } },
      { signer: 'signer-for-something-else' },
    ],
  ])('%s', (_what, wallet, change, expected) => {
    expect(troubles(wallet, change)).toEqual({ strength: 'refuted', ...expected });
  });
});

it('proves nothing of a signer nobody appointed', () => {
  expect(troubles({ signer: digitalSigner('unknown') })).toEqual({
    strength: 'unproven',
    signer: 'signer-unknown',
  });
});

it('reads no document whose issuer signed in another version', () => {
  expect(troubles({ version: '2.0' })).toEqual({ code: 'digital-id.unreadable' });
});

it('takes one document of the kind asked for, and no other', () => {
  expect(troubles({ documents: 0 })).toEqual({ code: 'digital-id.refused' });
  expect(troubles({ documents: 2 })).toEqual({ code: 'digital-id.other-document' });
  expect(troubles({ docType: 'org.iso.18013.5.1.mDL' })).toEqual({ code: 'digital-id.other-document' });
});

it('tells what was refused, and drops what nobody asked for', () => {
  const outcome = present(
    { showToo: ['document_number'] },
    {},
    { ...request, attributes: [attribute('family_name')] },
  );
  expect(outcome).toMatchObject({
    ok: true,
    value: {
      attributes: [{ element: 'family_name' }],
      missing: [{ element: 'given_name' }, { element: 'birth_date' }],
      notAsked: [{ element: 'document_number' }],
    },
  });
  expect(JSON.stringify(outcome)).not.toContain('999000018');
});

it('reads no signature with a condition it does not know', () => {
  const signed = (head: Map<number, unknown>) => [encodeCbor(head), new Map(), null, new Uint8Array(64)];
  expect(readCoseObject(signed(new Map([[1, -7]]))).algorithm).toBe(-7);
  const conditional = new Map<number, unknown>([
    [1, -7],
    [2, [-65_537]],
    [-65_537, 'only on Sundays'],
  ]);
  expect(() => readCoseObject(signed(conditional))).toThrow('not a presentation');
});
