import { fail, ok, type Result } from '../../values/result.ts';
import { countryOf, readCertificate, type SignerCertificate } from '../chip/certificate.ts';
import type { Curve } from '../chip/curves.ts';
import { ChipFault } from '../chip/fault.ts';
import { digestOf, type HashName, type PublicKey, readPublicKey } from '../chip/public-key.ts';
import { isSame, judgeSigner, type SignerJudgement } from '../chip/signer.ts';
import { Embedded, encodeCbor, UnreadablePresentation } from './cbor.ts';
import { deviceMacKey, readCoseKey, verifiesMac0, verifiesSign1 } from './cose.ts';
import { type PresentedDocument, readPresentation } from './presentation.ts';
import type { Attribute, PresentationRequest } from './request.ts';

/**
 * What was found out about a presented document, one check after another: `data` what is shown is what the issuer signed,
 * `signature` by its signer, `signer` whom an authority of the trust list appointed for this, `validity` of document, signer and
 * authority now, `revocation` of any of them, `holder` that the device which shows it is the one it was issued to, and shows it here.
 */
export const DOCUMENT_CHECKS = ['data', 'signature', 'signer', 'validity', 'revocation', 'holder'] as const;
export type DocumentCheckName = (typeof DOCUMENT_CHECKS)[number];
export type DocumentCheckReason =
  | NonNullable<SignerJudgement['reason']>
  | 'data-changed'
  | 'data-twice'
  | 'other-kind-signed'
  | 'signature-wrong'
  | 'certificate-missing'
  | 'certificate-unreadable'
  | 'state-other'
  | 'document-expired'
  | 'document-not-yet-valid'
  | 'signed-out-of-time'
  | 'no-revocation-list'
  | 'device-not-the-holders'
  | 'reader-key-missing';
export type DocumentCheck = {
  name: DocumentCheckName;
  state: 'passed' | 'failed' | 'not-checked';
  reason: DocumentCheckReason | null;
};

/** As of chips: nothing decides for a document until the issuer's data and the holder's device are proved. */
export type DocumentStrength = 'proven' | 'unproven' | 'refuted';

export type VerifiedPresentation = {
  docType: string;
  strength: DocumentStrength;
  checks: readonly DocumentCheck[];
  /** What was asked for and shown as signed, in the order it was asked for. */
  attributes: readonly (Attribute & { value: unknown })[];
  /** Asked for and not shown: the holder may refuse each. */
  missing: readonly Attribute[];
  /** Shown and not asked for: dropped, and told, because a wallet should not do it. */
  notAsked: readonly Attribute[];
  validUntil: Date;
};

export type PresentationFailure = {
  code: 'digital-id.unreadable' | 'digital-id.refused' | 'digital-id.other-document';
};

const passed = (name: DocumentCheckName): DocumentCheck => ({ name, state: 'passed', reason: null });
const failed = (name: DocumentCheckName, reason: DocumentCheckReason): DocumentCheck => ({
  name,
  state: 'failed',
  reason,
});
const notChecked = (name: DocumentCheckName, reason: DocumentCheckReason): DocumentCheck => ({
  name,
  state: 'not-checked',
  reason,
});

/**
 * Verifies what a device presented (ISO 18013-5, 9.3.1) against what was asked of it.
 *
 * `sessionTranscript` is the CBOR of the exchange as reader and device saw it: it binds the answer to this desk and this moment.
 * `readerKey` is the secret of the exchange; a wallet reached through the portal signs and needs none. `authorities` are the trust list for this
 * kind of document. Failures: `digital-id.unreadable`, `digital-id.refused` (the device shows nothing),
 * `digital-id.other-document` (another kind than asked for, or several).
 */
export function verifyPresentation(given: {
  response: Uint8Array;
  request: PresentationRequest;
  sessionTranscript: Uint8Array;
  readerKey: { curve: Curve; secret: Uint8Array } | null;
  authorities: readonly SignerCertificate[];
  now: Date;
}): Result<VerifiedPresentation, PresentationFailure> {
  const { response, request, authorities, now } = given;
  const read = readPresentation(response);
  if (!read.ok) return read;
  const { status, documents } = read.value;
  const [document, another] = documents;
  if (status !== 0 || document === undefined) return fail('digital-id.refused');
  if (another !== undefined || document.docType !== request.docType) return fail('digital-id.other-document');
  try {
    const signer = signerOf(document);
    const checks = [
      checkData(document),
      checkSignature(document, signer),
      ...checkSigner(document, signer, { authorities, now, purpose: request.signerPurpose }),
      notChecked('revocation', 'no-revocation-list'),
      checkHolder(document, given),
    ];
    return ok({
      docType: document.docType,
      strength: strengthOf(checks),
      checks,
      ...shown(document, request),
      validUntil: document.securityObject.validUntil,
    });
  } catch (thrown) {
    if (!(thrown instanceof UnreadablePresentation)) throw thrown;
    return fail('digital-id.unreadable');
  }
}

/** Revocation decides nothing while no list of it can be had; it is always told. */
function strengthOf(checks: readonly DocumentCheck[]): DocumentStrength {
  if (checks.some(({ state }) => state === 'failed')) return 'refuted';
  return checks.every(({ name, state }) => state === 'passed' || name === 'revocation')
    ? 'proven'
    : 'unproven';
}

const digests: Readonly<Record<string, HashName>> = {
  'SHA-256': 'sha256',
  'SHA-384': 'sha384',
  'SHA-512': 'sha512',
};

function checkData({ docType, items, securityObject }: PresentedDocument): DocumentCheck {
  const hash = digests[securityObject.digestAlgorithm];
  if (hash === undefined) return notChecked('data', 'algorithm-unknown');
  if (securityObject.docType !== docType) return failed('data', 'other-kind-signed');
  for (const [namespace, inOne] of items) {
    const elements = new Set(inOne.map(({ element }) => element));
    if (elements.size < inOne.length) return failed('data', 'data-twice');
    for (const { digestId, encoded } of inOne) {
      const digest = securityObject.digests.get(namespace)?.get(digestId);
      if (digest === undefined || !isSame(digestOf(hash, encoded), digest))
        return failed('data', 'data-changed');
    }
  }
  return passed('data');
}

/** `key` is null when it is of a kind that is not known here. */
type Signer = { certificate: SignerCertificate; key: PublicKey | null } | 'missing' | 'unreadable';

function signerOf({ issuerAuth }: PresentedDocument): Signer {
  const [der] = issuerAuth.certificates;
  if (der === undefined) return 'missing';
  try {
    const certificate = readCertificate(der);
    return { certificate, key: readPublicKey(certificate.keyInfo) };
  } catch (thrown) {
    if (!(thrown instanceof ChipFault)) throw thrown;
    return 'unreadable';
  }
}

const unknownSigner = (signer: 'missing' | 'unreadable') =>
  signer === 'missing' ? ('certificate-missing' as const) : ('certificate-unreadable' as const);

function checkSignature({ issuerAuth }: PresentedDocument, signer: Signer): DocumentCheck {
  if (typeof signer === 'string') return failed('signature', unknownSigner(signer));
  const holds = signer.key && verifiesSign1(issuerAuth, signer.key);
  if (holds === null) return notChecked('signature', 'algorithm-unknown');
  return holds ? passed('signature') : failed('signature', 'signature-wrong');
}

function checkSigner(
  { items, securityObject }: PresentedDocument,
  signer: Signer,
  by: { authorities: readonly SignerCertificate[]; now: Date; purpose: string | null },
): DocumentCheck[] {
  if (typeof signer === 'string')
    return [notChecked('signer', unknownSigner(signer)), notChecked('validity', unknownSigner(signer))];
  const { signed, validFrom, validUntil } = securityObject;
  const { certificate } = signer;
  const judged = judgeSigner(certificate, by);
  const appointed: DocumentCheck =
    judged.authority !== null && !isOfOneState(items, certificate, judged.authority)
      ? failed('signer', 'state-other')
      : { name: 'signer', ...judged.signer };
  if (judged.validity.state !== 'passed') return [appointed, { name: 'validity', ...judged.validity }];
  if (validUntil < by.now) return [appointed, failed('validity', 'document-expired')];
  if (validFrom > by.now) return [appointed, failed('validity', 'document-not-yet-valid')];
  if (signed < certificate.from || signed > certificate.to)
    return [appointed, failed('validity', 'signed-out-of-time')];
  return [appointed, passed('validity')];
}

/** Any state's authority could sign for another's documents: signer, authority and the issuing country, where it is shown, agree (ISO 18013-5, 9.3.3). */
function isOfOneState(
  items: PresentedDocument['items'],
  signer: SignerCertificate,
  authority: SignerCertificate,
): boolean {
  const country = countryOf(signer.subject);
  const named = [...items.values()].flat().filter(({ element }) => element === 'issuing_country');
  return (
    country !== null &&
    countryOf(authority.subject) === country &&
    named.every(({ value }) => value === country)
  );
}

/** Device authentication (ISO 18013-5, 9.1.3), by a signature or by a code only the two of them can make. */
function checkHolder(
  { docType, securityObject, deviceItems, deviceAuth }: PresentedDocument,
  { sessionTranscript, readerKey }: Parameters<typeof verifyPresentation>[0],
): DocumentCheck {
  const key = readCoseKey(securityObject.deviceKey);
  if (key === null) return notChecked('holder', 'algorithm-unknown');
  const authenticated = new Embedded(
    // The transcript as it was exchanged, not as it would be written again.
    Buffer.concat([
      Uint8Array.of(0x84),
      encodeCbor('DeviceAuthentication'),
      sessionTranscript,
      encodeCbor(docType),
      deviceItems.whole,
    ]),
  ).whole;
  if (deviceAuth.kind === 'signature') return ofHolder(verifiesSign1(deviceAuth.object, key, authenticated));
  if (readerKey === null) return notChecked('holder', 'reader-key-missing');
  const macKey = deviceMacKey(readerKey, key, sessionTranscript);
  return ofHolder(macKey && verifiesMac0(deviceAuth.object, macKey, authenticated));
}

function ofHolder(holds: boolean | null): DocumentCheck {
  if (holds === null) return notChecked('holder', 'algorithm-unknown');
  return holds ? passed('holder') : failed('holder', 'device-not-the-holders');
}

/** Sorts what is shown by what was asked for. Only what the issuer signed counts: of itself a device may say anything. */
function shown(
  { items }: PresentedDocument,
  { attributes }: PresentationRequest,
): Pick<VerifiedPresentation, 'attributes' | 'missing' | 'notAsked'> {
  const given = [...items].flatMap(([namespace, inOne]) =>
    inOne.map(({ element, value }) => ({ namespace, element, value })),
  );
  const find = ({ namespace, element }: Attribute) =>
    given.find((one) => one.namespace === namespace && one.element === element);
  const isAsked = ({ namespace, element }: Attribute): boolean =>
    attributes.some((one) => one.namespace === namespace && one.element === element);
  return {
    attributes: attributes.flatMap((one) => find(one) ?? []),
    missing: attributes.filter((one) => find(one) === undefined),
    notAsked: given.filter((one) => !isAsked(one)).map(({ namespace, element }) => ({ namespace, element })),
  };
}
