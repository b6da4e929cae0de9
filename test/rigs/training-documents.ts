import { constants, createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { type Curve, curveOf } from '../../electron/devices/chip/curves.ts';
import { tlv } from '../../electron/devices/chip/tlv.ts';
import * as der from '../../electron/documents/der.ts';

/**
 * Travel documents of the training environment: the state's authority (CSCA), signers of documents, and what they write into
 * chips. The people are fictitious, and so is the state's trust: production never reads the training list.
 */

const OID = {
  ecPublicKey: '1.2.840.10045.2.1',
  primeField: '1.2.840.10045.1.1',
  ecdsaSha256: '1.2.840.10045.4.3.2',
  sha256: '2.16.840.1.101.3.4.2.1',
  pss: '1.2.840.113549.1.1.10',
  mgf1: '1.2.840.113549.1.1.8',
  p256: '1.2.840.10045.3.1.7',
  bp256: '1.3.36.3.3.2.8.1.1.7',
  bp384: '1.3.36.3.3.2.8.1.1.11',
  country: '2.5.4.6',
  organisation: '2.5.4.10',
  commonName: '2.5.4.3',
  signedData: '1.2.840.113549.1.7.2',
  securityObject: '2.23.136.1.1.1',
  contentType: '1.2.840.113549.1.9.3',
  messageDigest: '1.2.840.113549.1.9.4',
  signingTime: '1.2.840.113549.1.9.5',
  masterList: '2.23.136.1.1.2',
  listSigner: '2.23.136.1.1.3',
  keyId: '2.5.29.14',
  issuerKeyId: '2.5.29.35',
  keyUsage: '2.5.29.15',
  basicConstraints: '2.5.29.19',
  extendedKeyUsage: '2.5.29.37',
  cardSecurity: '0.4.0.127.0.7.3.2.1',
};

const sha256 = (data: Uint8Array): Uint8Array => createHash('sha256').update(data).digest();
const bits = (content: Uint8Array) => der.element(0x03, Uint8Array.of(0), content);
const text = (tag: number, value: string) => der.element(tag, Buffer.from(value, 'utf8'));
const bytesOf = (value: bigint, length: number): Uint8Array =>
  Buffer.from(value.toString(16).padStart(length * 2, '0'), 'hex');

/** A key that signs certificates and documents. */
export type SigningKey = {
  info: Uint8Array;
  algorithm: Uint8Array;
  sign(data: Uint8Array): Uint8Array;
};

type NamedCurve = 'p256' | 'bp256' | 'bp384';

const explicitParameters = ({ ecdsa, bytes }: Curve): Uint8Array => {
  const { p, a, b, n, h } = ecdsa.Point.CURVE();
  return der.sequence(
    der.smallInteger(1),
    der.sequence(der.oid(OID.primeField), der.positiveInteger(bytesOf(p, bytes))),
    der.sequence(der.octets(bytesOf(a, bytes)), der.octets(bytesOf(b, bytes))),
    der.octets(ecdsa.Point.BASE.toBytes(false)),
    der.positiveInteger(bytesOf(n, bytes)),
    der.smallInteger(Number(h)),
  );
};

/** SubjectPublicKeyInfo of a key on a curve, named or written out as some states do. */
export const ecKeyInfo = (
  name: NamedCurve,
  point: Uint8Array,
  parameters: 'named' | 'explicit' = 'named',
): Uint8Array =>
  der.sequence(
    der.sequence(
      der.oid(OID.ecPublicKey),
      parameters === 'named' ? der.oid(OID[name]) : explicitParameters(curveOf(name)),
    ),
    bits(point),
  );

/** Signatures on curves are the same each time (RFC 6979), so what is made of a fixed secret is always the same. */
export function ecKey(
  name: NamedCurve,
  secret: bigint,
  parameters: 'named' | 'explicit' = 'named',
): SigningKey {
  const { ecdsa, bytes } = curveOf(name);
  const secretBytes = Uint8Array.from(bytesOf(secret, bytes));
  return {
    info: ecKeyInfo(name, ecdsa.getPublicKey(secretBytes, false), parameters),
    algorithm: der.sequence(der.oid(OID.ecdsaSha256)),
    sign: (data) =>
      ecdsa.sign(Uint8Array.from(sha256(data)), secretBytes, { prehash: false, lowS: false, format: 'der' }),
  };
}

export function pssKey(): SigningKey {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const hash = der.sequence(der.oid(OID.sha256), der.nothing);
  return {
    info: publicKey.export({ format: 'der', type: 'spki' }),
    algorithm: der.sequence(
      der.oid(OID.pss),
      der.sequence(
        der.element(0xa0, hash),
        der.element(0xa1, der.sequence(der.oid(OID.mgf1), hash)),
        der.element(0xa2, der.smallInteger(32)),
      ),
    ),
    sign: (data) => pssSignature(privateKey, data),
  };
}

const pssSignature = (key: KeyObject, data: Uint8Array): Uint8Array =>
  sign('sha256', data, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 });

const nameOf = (commonName: string, country = 'CZ'): Uint8Array => {
  const part = (oid: string, tag: number, value: string) =>
    der.set(der.sequence(der.oid(oid), text(tag, value)));
  return der.sequence(
    part(OID.country, 0x13, country),
    part(OID.organisation, 0x0c, 'CVIČNÝ vydavatel dokladů'),
    part(OID.commonName, 0x0c, commonName),
  );
};

const time = (instant: Date): Uint8Array =>
  text(0x18, `${instant.toISOString().replace(/\.\d+Z$|[-:T]/g, '')}Z`);

export type Validity = { from: Date; to: Date };

export type Signer = { key: SigningKey; certificate: Uint8Array; issuer: Uint8Array; serial: Uint8Array };

export const extension = (oid: string, value: Uint8Array, isCritical = true): Uint8Array =>
  der.sequence(der.oid(oid), ...(isCritical ? [der.boolean(true)] : []), der.octets(value));

const constraints = (...content: Uint8Array[]) => extension(OID.basicConstraints, der.sequence(...content));
const usage = (unused: number, uses: number) =>
  extension(OID.keyUsage, der.element(0x03, Uint8Array.of(unused, uses)));
export const purpose = (oid: string): Uint8Array =>
  extension(OID.extendedKeyUsage, der.sequence(der.oid(oid)));

/** What certificates say of themselves (ICAO 9303-12, 7.1.1), each in its extension. */
export const says = {
  isAuthority: constraints(der.boolean(true), der.smallInteger(0)),
  isNoAuthority: constraints(),
  signsCertificates: usage(1, 0x06),
  signsDocuments: usage(7, 0x80),
  signsLists: purpose(OID.listSigner),
  isOfKey: (key: number) => extension(OID.keyId, der.octets(Uint8Array.of(key)), false),
  issuedByKey: (key: number) =>
    extension(OID.issuerKeyId, der.sequence(der.element(0x80, Uint8Array.of(key))), false),
};
const ofAuthority = [says.isAuthority, says.signsCertificates];
const ofSigner = [says.signsDocuments];

function certificateOf(of: {
  subject: string;
  key: SigningKey;
  issuer: { name: string; key: SigningKey; country?: string };
  serial: number;
  valid: Validity;
  extensions: readonly Uint8Array[];
  /** Of the signer; its issuer is of the same, or of `issuer.country`. */
  country?: string;
}): Signer {
  const serial = der.smallInteger(of.serial);
  const issuer = nameOf(of.issuer.name, of.issuer.country ?? of.country);
  const body = der.sequence(
    der.element(0xa0, der.smallInteger(2)),
    serial,
    of.issuer.key.algorithm,
    issuer,
    der.sequence(time(of.valid.from), time(of.valid.to)),
    nameOf(of.subject, of.country),
    of.key.info,
    ...(of.extensions.length === 0 ? [] : [der.element(0xa3, der.sequence(...of.extensions))]),
  );
  const certificate = der.sequence(body, of.issuer.key.algorithm, bits(of.issuer.key.sign(body)));
  return { key: of.key, certificate, issuer, serial };
}

const AUTHORITY = 'CVIČNÁ CSCA';
const years = (from: number, to: number): Validity => ({
  from: new Date(Date.UTC(from, 0, 1)),
  to: new Date(Date.UTC(to, 0, 1)),
});
/** The secret of the training authority is no secret: anybody may make training documents. */
const TRAINING_SECRET = BigInt(`0x${createHash('sha256').update('VIRTUOS training CSCA').digest('hex')}`);

const authorityWith = (
  name: string,
  secret: bigint,
  extensions: readonly Uint8Array[],
  valid: Validity,
): Signer => {
  const key = ecKey('bp384', secret);
  return certificateOf({
    subject: name,
    key,
    issuer: { name, key },
    serial: 1,
    valid,
    extensions,
  });
};

/** The authority whose certificate ships in resources/training/chip-authorities.pem. */
export const trainingAuthority = (
  extensions: readonly Uint8Array[] = ofAuthority,
  valid: Validity = years(2020, 2050),
): Signer => authorityWith(AUTHORITY, TRAINING_SECRET, extensions, valid);

export type SignerKind = 'right' | 'expired' | 'unknown' | 'forged';

/** A signer of documents: appointed by the training authority, or by one nobody knows, or by one that only has its name. */
export function documentSigner(
  kind: SignerKind,
  key: SigningKey = ecKey('bp256', 0x7a11n),
  valid: Validity = kind === 'expired' ? years(2020, 2022) : years(2021, 2049),
  extensions: readonly Uint8Array[] = ofSigner,
  country = 'CZ',
): Signer {
  const issuer = {
    country: 'CZ',
    name: kind === 'unknown' ? 'CSCA, KTEROU NIKDO NEZNÁ' : AUTHORITY,
    key: kind === 'right' || kind === 'expired' ? ecKey('bp384', TRAINING_SECRET) : ecKey('bp384', 0xbadn),
  };
  return certificateOf({
    subject: 'CVIČNÝ podepisovatel dokladů',
    key,
    issuer,
    serial: 7,
    valid,
    extensions,
    country,
  });
}

/** Another state's authority, and signers of documents and of lists that it appointed. */
export function stateOf(
  country: string,
  secret = 0x5151n,
): { authority: Signer; signer: Signer; listSigner: Signer } {
  const name = `CSCA ${country}`;
  const key = ecKey('bp256', secret);
  const issuer = { name, key };
  const common = { country, valid: years(2020, 2050) };
  return {
    authority: certificateOf({ ...common, subject: name, key, issuer, serial: 1, extensions: ofAuthority }),
    signer: certificateOf({
      ...common,
      subject: 'SIGNER',
      key: ecKey('p256', secret + 1n),
      issuer,
      serial: 9,
      extensions: ofSigner,
    }),
    listSigner: certificateOf({
      ...common,
      subject: 'LIST SIGNER',
      key: ecKey('p256', secret + 2n),
      issuer,
      serial: 10,
      extensions: [...ofSigner, says.signsLists],
    }),
  };
}

/** EF.CardSecurity (ICAO 9303-11, 9.2.11) over these security infos. */
export const cardSecurity = (infos: Uint8Array, signer: Signer): Uint8Array =>
  signedData(OID.cardSecurity, infos, signer);

/** A master list (ICAO 9303-12, 9) of these certificates. */
export const masterList = (certificates: readonly Uint8Array[], signer: Signer): Uint8Array =>
  signedData(OID.masterList, der.sequence(der.smallInteger(0), der.set(...certificates)), signer);

/** A list of revoked signers (RFC 5280, 5) by this authority. */
export function revocationList(
  authority: Signer,
  serials: readonly number[],
  valid: Validity,
  { ofList = [], ofEntry = [] }: { ofList?: readonly Uint8Array[]; ofEntry?: readonly Uint8Array[] } = {},
): Uint8Array {
  const body = der.sequence(
    der.smallInteger(1),
    authority.key.algorithm,
    authority.issuer,
    time(valid.from),
    time(valid.to),
    ...(serials.length === 0
      ? []
      : [
          der.sequence(
            ...serials.map((serial) =>
              der.sequence(
                ...[der.smallInteger(serial), time(valid.from)],
                ...(ofEntry.length === 0 ? [] : [der.sequence(...ofEntry)]),
              ),
            ),
          ),
        ]),
    ...(ofList.length === 0 ? [] : [der.element(0xa0, der.sequence(...ofList))]),
  );
  return der.sequence(body, authority.key.algorithm, bits(authority.key.sign(body)));
}

/** EF.SOD over these groups, signed by this signer. */
export function securityObject(
  groups: ReadonlyMap<number, Uint8Array>,
  signer: Signer,
  /** The groups it speaks of, where they are others than those that were signed. */
  pretended: ReadonlyMap<number, Uint8Array> = groups,
  /** Certificates that stand beside the signer's. */
  beside: readonly Uint8Array[] = [],
): Uint8Array {
  const hash = der.sequence(der.oid(OID.sha256), der.nothing);
  const contentOf = (of: ReadonlyMap<number, Uint8Array>) =>
    der.sequence(
      der.smallInteger(0),
      hash,
      der.sequence(
        ...[...of].map(([number, group]) =>
          der.sequence(der.smallInteger(number), der.octets(sha256(group))),
        ),
      ),
    );
  return tlv(0x77, signedData(OID.securityObject, contentOf(groups), signer, contentOf(pretended), beside));
}

/** CMS SignedData (RFC 5652) over a content; `shown`: what stands there instead of what was signed. */
function signedData(
  type: string,
  content: Uint8Array,
  signer: Signer,
  shown = content,
  beside: readonly Uint8Array[] = [],
): Uint8Array {
  const hash = der.sequence(der.oid(OID.sha256), der.nothing);
  const attributes = der.set(
    der.sequence(der.oid(OID.contentType), der.set(der.oid(type))),
    der.sequence(der.oid(OID.signingTime), der.set(text(0x17, '260101000000Z'))),
    der.sequence(der.oid(OID.messageDigest), der.set(der.octets(sha256(content)))),
  );
  const info = der.sequence(
    der.smallInteger(1),
    der.sequence(signer.issuer, signer.serial),
    hash,
    der.retagged(attributes, 0xa0),
    signer.key.algorithm,
    der.octets(signer.key.sign(attributes)),
  );
  const signed = der.sequence(
    der.smallInteger(3),
    der.set(hash),
    der.sequence(der.oid(type), der.element(0xa0, der.octets(shown))),
    der.element(0xa0, ...beside, signer.certificate),
    der.set(info),
  );
  return der.sequence(der.oid(OID.signedData), der.element(0xa0, signed));
}

/** Data group 1: the machine-readable zone. */
export const zoneGroup = (zone: string): Uint8Array => tlv(0x61, tlv(0x5f1f, Buffer.from(zone, 'latin1')));

/** Data group 2: one face (ISO 19794-5). */
export function faceGroup(image: Uint8Array, format: 'jpeg' | 'jpeg2000' = 'jpeg'): Uint8Array {
  const face = Buffer.alloc(20 + 12);
  face.writeUInt32BE(face.length + image.length, 0);
  face[21] = format === 'jpeg' ? 0 : 1;
  const header = Buffer.alloc(14);
  header.write('FAC\0' + '010\0', 0, 'latin1');
  header.writeUInt32BE(header.length + face.length + image.length, 8);
  header.writeUInt16BE(1, 12);
  const block = Buffer.concat([header, face, image]);
  return tlv(
    0x75,
    tlv(
      0x7f61,
      tlv(0x02, Uint8Array.of(1)),
      tlv(0x7f60, tlv(0xa1, tlv(0x81, Uint8Array.of(2))), tlv(0x5f2e, block)),
    ),
  );
}
