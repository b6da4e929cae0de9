import * as asn1js from 'asn1js';
import {
  type AccessDescription,
  AuthorityKeyIdentifier,
  BasicConstraints,
  Certificate,
  CertificatePolicies,
  CRLDistributionPoints,
  type Extension,
  ExtKeyUsage,
  type GeneralName,
  InfoAccess,
  QCStatements,
  type RelativeDistinguishedNames,
} from 'pkijs';
import type { CertifiedName } from '../../../values/validation-report.ts';
import type { CertificateFacts } from '../facts.ts';
import { digest, type Verdict, verifySignature } from './primitives.ts';

const oid = {
  basicConstraints: '2.5.29.19',
  keyUsage: '2.5.29.15',
  extKeyUsage: '2.5.29.37',
  certificatePolicies: '2.5.29.32',
  crlDistributionPoints: '2.5.29.31',
  authorityInfoAccess: '1.3.6.1.5.5.7.1.1',
  authorityKeyIdentifier: '2.5.29.35',
  subjectKeyIdentifier: '2.5.29.14',
  subjectAltName: '2.5.29.17',
  qcStatements: '1.3.6.1.5.5.7.1.3',
  ocsp: '1.3.6.1.5.5.7.48.1',
};

/** Extensions whose meaning is looked at here or does not bear on a signature; any other critical one is told. */
const understood = new Set([
  oid.basicConstraints,
  oid.keyUsage,
  oid.extKeyUsage,
  oid.certificatePolicies,
  oid.crlDistributionPoints,
  oid.authorityInfoAccess,
  oid.authorityKeyIdentifier,
  oid.subjectKeyIdentifier,
  oid.subjectAltName,
  oid.qcStatements,
]);

/** A certificate of the document, read once. */
export type ReadCertificate = {
  certificate: Certificate;
  der: Uint8Array;
  /** SHA-256 of the whole, the name it goes by here. */
  id: string;
  /** The subject's and issuer's names as bytes, to be compared. */
  subject: string;
  issuer: string;
  publicKey: Uint8Array;
  facts: CertificateFacts;
};

const hex = (bytes: ArrayBuffer | Uint8Array): string =>
  Buffer.from(bytes instanceof Uint8Array ? bytes : new Uint8Array(bytes)).toString('hex');

export const sha256 = '2.16.840.1.101.3.4.2.1';

/** Reads a certificate; undefined when the bytes are none. */
export function readCertificate(der: Uint8Array): ReadCertificate | undefined {
  try {
    return fromCertificate(Certificate.fromBER(new Uint8Array(der)), der);
  } catch {
    return undefined;
  }
}

/** A certificate within another structure: its bytes are those it was read from. */
export function embeddedCertificate(certificate: Certificate): ReadCertificate | undefined {
  try {
    return readCertificate(new Uint8Array(certificate.toSchema(false).toBER()));
  } catch {
    return undefined;
  }
}

function fromCertificate(certificate: Certificate, der: Uint8Array): ReadCertificate {
  const id = hex(digest(sha256, der) ?? new Uint8Array());
  return {
    certificate,
    der,
    id,
    subject: hex(certificate.subject.valueBeforeDecode),
    issuer: hex(certificate.issuer.valueBeforeDecode),
    publicKey: new Uint8Array(certificate.subjectPublicKeyInfo.toSchema().toBER()),
    facts: certificateFacts(certificate, id),
  };
}

/** Whether the issuer's key made the signature of the certificate. */
export const isIssuedBy = (certificate: ReadCertificate, issuer: ReadCertificate): Verdict =>
  verifySignature(
    certificate.certificate.signatureAlgorithm,
    issuer.publicKey,
    certificate.certificate.tbsView,
    certificate.certificate.signatureValue.valueBlock.valueHexView,
  );

function certificateFacts(certificate: Certificate, id: string): CertificateFacts {
  const extension = (which: string): Extension | undefined =>
    certificate.extensions?.find(({ extnID }) => extnID === which);
  const parsed = (which: string): unknown => extension(which)?.parsedValue;
  const constraints = parsed(oid.basicConstraints);
  const usage = parsed(oid.keyUsage);
  const purposes = parsed(oid.extKeyUsage);
  const points = parsed(oid.crlDistributionPoints);
  const access = parsed(oid.authorityInfoAccess);
  const serial = certificate.serialNumber.valueBlock.valueHexView;
  return {
    id,
    number: BigInt(`0x${hex(serial) || '0'}`).toString(),
    subject: person(certificate.subject),
    issuer: person(certificate.issuer),
    notBefore: certificate.notBefore.value.getTime(),
    notAfter: certificate.notAfter.value.getTime(),
    isAuthority: constraints instanceof BasicConstraints && constraints.cA === true,
    keyUsage: usage instanceof asn1js.BitString ? bitsOf(usage) : undefined,
    purposes: purposes instanceof ExtKeyUsage ? purposes.keyPurposes : undefined,
    unknownCritical: (certificate.extensions ?? [])
      .filter(({ critical, extnID }) => critical && !understood.has(extnID))
      .map(({ extnID }) => extnID),
    policies: policiesOf(parsed(oid.certificatePolicies)),
    qualified: qualifiedStatements(parsed(oid.qcStatements)),
    ocspUrls: access instanceof InfoAccess ? access.accessDescriptions.flatMap(ocspUrl) : [],
    crlUrls: points instanceof CRLDistributionPoints ? urlsOfPoints(points) : [],
  };
}

/** The numbers of the bits that are set (RFC 5280, 4.2.1.3). */
function bitsOf(bits: asn1js.BitString): number[] {
  const view = bits.valueBlock.valueHexView;
  return [...view].flatMap((byte, index) =>
    [0, 1, 2, 3, 4, 5, 6, 7].filter((bit) => byte & (0x80 >> bit)).map((bit) => index * 8 + bit),
  );
}

export const keyUsageBits = { digitalSignature: 0, nonRepudiation: 1, keyCertSign: 5, cRLSign: 6 };

const policiesOf = (value: unknown): string[] =>
  value instanceof CertificatePolicies
    ? value.certificatePolicies.map(({ policyIdentifier }) => policyIdentifier)
    : [];

/** Statements of a qualified certificate (ETSI EN 319 412-5). */
function qualifiedStatements(value: unknown): CertificateFacts['qualified'] {
  const found: CertificateFacts['qualified'] = { compliance: false, device: false, types: [] };
  if (!(value instanceof QCStatements)) return found;
  for (const { id, type } of value.values) {
    if (id === '0.4.0.1862.1.1') found.compliance = true;
    if (id === '0.4.0.1862.1.4') found.device = true;
    if (id === '0.4.0.1862.1.6' && type instanceof asn1js.Sequence) {
      for (const item of type.valueBlock.value) {
        const name = item instanceof asn1js.ObjectIdentifier ? qualifiedTypes[item.getValue()] : undefined;
        if (name !== undefined) found.types.push(name);
      }
    }
  }
  return found;
}

const qualifiedTypes: Record<string, 'signature' | 'seal' | 'web'> = {
  '0.4.0.1862.1.6.1': 'signature',
  '0.4.0.1862.1.6.2': 'seal',
  '0.4.0.1862.1.6.3': 'web',
};

const ocspUrl = ({ accessMethod, accessLocation }: AccessDescription): string[] =>
  accessMethod === oid.ocsp ? urlOf(accessLocation) : [];

/** Only what a browser would fetch; a name of type 6 is a URI. */
const urlOf = ({ type, value }: GeneralName): string[] =>
  type === 6 && typeof value === 'string' && /^https?:\/\//i.test(value) ? [value] : [];

export const urlsOfPoints = (points: CRLDistributionPoints): string[] =>
  points.distributionPoints.flatMap(({ distributionPoint }) =>
    Array.isArray(distributionPoint) ? distributionPoint.flatMap(urlOf) : [],
  );

const nameParts: Record<string, keyof CertifiedName> = {
  '2.5.4.3': 'commonName',
  '2.5.4.4': 'surname',
  '2.5.4.42': 'givenName',
  '2.5.4.10': 'organisation',
  '2.5.4.97': 'organisationNumber',
  '2.5.4.6': 'country',
  '2.5.4.5': 'serialNumber',
};
const MAX_NAME_PART = 200;

export function person(name: RelativeDistinguishedNames): CertifiedName {
  const found: CertifiedName = {};
  for (const { type, value } of name.typesAndValues) {
    const part = nameParts[type];
    const text: unknown = value.valueBlock.value;
    // What a certificate says of itself is shown to people: no control characters, no endless names.
    if (part !== undefined && typeof text === 'string') {
      found[part] ??= text.replace(/\p{C}/gu, ' ').slice(0, MAX_NAME_PART);
    }
  }
  return found;
}

/** Whether an issuer's key identifier, when both name one, speaks against it. */
export function keyIdentifiersDiffer(certificate: ReadCertificate, issuer: ReadCertificate): boolean {
  const find = (of: ReadCertificate, which: string) =>
    of.certificate.extensions?.find(({ extnID }) => extnID === which)?.parsedValue as unknown;
  const wanted = find(certificate, oid.authorityKeyIdentifier);
  const own = find(issuer, oid.subjectKeyIdentifier);
  if (!(wanted instanceof AuthorityKeyIdentifier) || !(own instanceof asn1js.OctetString)) return false;
  if (wanted.keyIdentifier === undefined) return false;
  return hex(wanted.keyIdentifier.valueBlock.valueHexView) !== hex(own.valueBlock.valueHexView);
}
