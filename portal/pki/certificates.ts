import {
  Set as Asn1Set,
  BitString,
  Integer,
  ObjectIdentifier,
  OctetString,
  PrintableString,
  Sequence,
  Utf8String,
} from 'asn1js';
import {
  AccessDescription,
  AuthorityKeyIdentifier,
  BasicConstraints,
  Certificate,
  CertificatePolicies,
  CRLDistributionPoints,
  DistributionPoint,
  Extension,
  ExtKeyUsage,
  GeneralName,
  InfoAccess,
  PolicyInformation,
  RelativeDistinguishedNames,
} from 'pkijs';

/** What a certificate is for; each has its key usage and extensions. */
export type Usage = 'root' | 'issuer' | 'signature' | 'seal' | 'timestamp' | 'ocsp' | 'trust-list';

/** Names of a subject, in the order they are written. */
export type Subject = {
  country: 'CZ';
  organisation?: string;
  /** IČO of the organisation, written as `NTRCZ-…` (ETSI EN 319 412-1). */
  ico?: string;
  givenNames?: string;
  surname?: string;
  /** Of the person within the provider; no personal number. */
  serialNumber?: string;
  commonName: string;
};

export type CertificateProfile = {
  usage: Usage;
  subject: Subject;
  serial: Uint8Array;
  notBefore: Date;
  notAfter: Date;
  policy?: string;
  /** Where whoever checks it finds the issuer, its revocation list and its responder; a self-issued one has none. */
  addresses?: { issuer: string; revocationList: string; responder: string };
};

/** A certificate with its private key, as an issuer or a signer needs them. */
export type Holder = { certificate: Certificate; key: CryptoKey };

export const KEY_ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256' } as const;
export const HASH = 'SHA-256';

const OID = {
  country: '2.5.4.6',
  organisation: '2.5.4.10',
  organisationIdentifier: '2.5.4.97',
  givenName: '2.5.4.42',
  surname: '2.5.4.4',
  serialNumber: '2.5.4.5',
  commonName: '2.5.4.3',
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  basicConstraints: '2.5.29.19',
  crlDistributionPoints: '2.5.29.31',
  certificatePolicies: '2.5.29.32',
  authorityKeyIdentifier: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
  informationAccess: '1.3.6.1.5.5.7.1.1',
  qcStatements: '1.3.6.1.5.5.7.1.3',
  responder: '1.3.6.1.5.5.7.48.1',
  issuers: '1.3.6.1.5.5.7.48.2',
  noRevocationCheck: '1.3.6.1.5.5.7.48.1.5',
  timestamping: '1.3.6.1.5.5.7.3.8',
  ocspSigning: '1.3.6.1.5.5.7.3.9',
  trustListSigning: '0.4.0.2231.3.0',
  qcCompliance: '0.4.0.1862.1.1',
  qcDevice: '0.4.0.1862.1.4',
  qcType: '0.4.0.1862.1.6',
  qcSignature: '0.4.0.1862.1.6.1',
  qcSeal: '0.4.0.1862.1.6.2',
} as const;

/** Bits of the key usage, the first bit the highest: 0 digitalSignature, 1 nonRepudiation, 5 keyCertSign, 6 cRLSign. */
const KEY_USAGE: { readonly [U in Usage]: number } = {
  root: 0b0000_0110,
  issuer: 0b0000_0110,
  signature: 0b0100_0000,
  seal: 0b0100_0000,
  timestamp: 0b1000_0000,
  ocsp: 0b1000_0000,
  'trust-list': 0b1000_0000,
};

const EXTENDED_KEY_USAGE: { readonly [U in Usage]?: string } = {
  timestamp: OID.timestamping,
  ocsp: OID.ocspSigning,
  'trust-list': OID.trustListSigning,
};

/** Makes a certificate for a public key, signed by the issuer or, without one, by its own key. */
export async function issueCertificate(
  profile: CertificateProfile,
  keys: CryptoKeyPair,
  issuer: Holder | null,
): Promise<Certificate> {
  const { usage, subject, serial, notBefore, notAfter } = profile;
  const certificate = new Certificate();
  certificate.version = 2;
  certificate.serialNumber = new Integer({ valueHex: toBuffer(serial) });
  certificate.subject = nameOf(subject);
  certificate.issuer = issuer?.certificate.subject ?? certificate.subject;
  certificate.notBefore.value = notBefore;
  certificate.notAfter.value = notAfter;
  await certificate.subjectPublicKeyInfo.importKey(keys.publicKey);

  const isIssuer = usage === 'root' || usage === 'issuer';
  const ownKeyId = await keyId(certificate);
  const extensions = [
    extension(
      OID.basicConstraints,
      new BasicConstraints(isIssuer ? { cA: true, ...(usage === 'issuer' && { pathLenConstraint: 0 }) } : {}),
      true,
    ),
    extension(OID.keyUsage, keyUsage(KEY_USAGE[usage]), true),
    extension(OID.subjectKeyIdentifier, new OctetString({ valueHex: ownKeyId })),
    extension(
      OID.authorityKeyIdentifier,
      new AuthorityKeyIdentifier({
        keyIdentifier: new OctetString({
          valueHex: issuer === null ? ownKeyId : await keyId(issuer.certificate),
        }),
      }),
    ),
  ];
  const purpose = EXTENDED_KEY_USAGE[usage];
  if (purpose !== undefined)
    extensions.push(
      extension(OID.extendedKeyUsage, new ExtKeyUsage({ keyPurposes: [purpose] }), usage === 'timestamp'),
    );
  // A responder's own certificate is not asked about: that would go round in a circle.
  if (usage === 'ocsp') extensions.push(extension(OID.noRevocationCheck, NULL));
  if (profile.policy !== undefined)
    extensions.push(
      extension(
        OID.certificatePolicies,
        new CertificatePolicies({
          certificatePolicies: [new PolicyInformation({ policyIdentifier: profile.policy })],
        }),
      ),
    );
  if (usage === 'signature' || usage === 'seal')
    extensions.push(extension(OID.qcStatements, qualified(usage === 'seal' ? OID.qcSeal : OID.qcSignature)));
  if (profile.addresses !== undefined) extensions.push(...addressExtensions(profile.addresses));
  certificate.extensions = extensions;
  await certificate.sign(issuer?.key ?? keys.privateKey, HASH);
  return certificate;
}

/** One attribute in each relative name, as everybody writes them; the library would put all into one. */
function nameOf(subject: Subject): RelativeDistinguishedNames {
  const names: Asn1Set[] = [];
  const add = (type: string, value: string | undefined): void => {
    if (value === undefined) return;
    const text = type === OID.country || type === OID.serialNumber ? PrintableString : Utf8String;
    const pair = new Sequence({ value: [new ObjectIdentifier({ value: type }), new text({ value })] });
    names.push(new Asn1Set({ value: [pair] }));
  };
  add(OID.country, subject.country);
  add(OID.organisation, subject.organisation);
  add(OID.organisationIdentifier, subject.ico === undefined ? undefined : `NTRCZ-${subject.ico}`);
  add(OID.givenName, subject.givenNames);
  add(OID.surname, subject.surname);
  add(OID.serialNumber, subject.serialNumber);
  add(OID.commonName, subject.commonName);
  return RelativeDistinguishedNames.fromBER(new Sequence({ value: names }).toBER(false));
}

const NULL = { toSchema: () => ({ toBER: () => Uint8Array.of(5, 0).buffer }) };

type Encodable = { toBER(sizeOnly?: boolean): ArrayBuffer };
type Schematic = { toSchema(): Encodable };

function extension(extnID: string, value: Encodable | Schematic, critical = false): Extension {
  const encodable = 'toSchema' in value ? value.toSchema() : value;
  return new Extension({ extnID, critical, extnValue: encodable.toBER(false) });
}

function keyUsage(bits: number): BitString {
  let unusedBits = 0;
  while (((bits >> unusedBits) & 1) === 0) unusedBits += 1;
  return new BitString({ valueHex: Uint8Array.of(bits).buffer, unusedBits });
}

/** Statements of a qualified certificate, its key in a device (ETSI EN 319 412-5). */
const qualified = (type: string): Sequence =>
  new Sequence({
    value: [
      new Sequence({ value: [new ObjectIdentifier({ value: OID.qcCompliance })] }),
      new Sequence({ value: [new ObjectIdentifier({ value: OID.qcDevice })] }),
      new Sequence({
        value: [
          new ObjectIdentifier({ value: OID.qcType }),
          new Sequence({ value: [new ObjectIdentifier({ value: type })] }),
        ],
      }),
    ],
  });

function addressExtensions(at: NonNullable<CertificateProfile['addresses']>): Extension[] {
  const address = (value: string): GeneralName => new GeneralName({ type: 6, value });
  return [
    extension(
      OID.crlDistributionPoints,
      new CRLDistributionPoints({
        distributionPoints: [new DistributionPoint({ distributionPoint: [address(at.revocationList)] })],
      }),
    ),
    extension(
      OID.informationAccess,
      new InfoAccess({
        accessDescriptions: [
          new AccessDescription({ accessMethod: OID.responder, accessLocation: address(at.responder) }),
          new AccessDescription({ accessMethod: OID.issuers, accessLocation: address(at.issuer) }),
        ],
      }),
    ),
  ];
}

/** SHA-1 of the public key, as RFC 5280 proposes to name keys; no security rests on it. */
export const keyId = (certificate: Certificate): Promise<ArrayBuffer> =>
  crypto.subtle.digest(
    'SHA-1',
    toBuffer(certificate.subjectPublicKeyInfo.subjectPublicKey.valueBlock.valueHexView),
  );

/** A copy in a buffer of its own, as the encoders want it. */
export const toBuffer = (bytes: Uint8Array): ArrayBuffer => new Uint8Array(bytes).buffer;

export const derOf = (certificate: Certificate): Buffer =>
  Buffer.from(certificate.toSchema(true).toBER(false));

/** Serial number in hexadecimal, without a leading zero byte. */
export const serialOf = (certificate: Certificate): string =>
  Buffer.from(certificate.serialNumber.valueBlock.valueHexView)
    .toString('hex')
    .replace(/^(00)+(?=..)/, '');
