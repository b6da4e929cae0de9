import { X509Certificate } from 'node:crypto';
import { fromBER } from 'asn1js';
import { Certificate } from 'pkijs';
import type { CertificateHolder } from '../../values/certificate-holder.ts';
import type { KeyPlace, PinState, TokenCertificate } from './port.ts';

const KEY_USAGE = '2.5.29.15';
const GIVEN_NAME = '2.5.4.42';
const SURNAME = '2.5.4.4';
const ORGANISATION_IDENTIFIER = '2.5.4.97';
const NON_REPUDIATION = 0x40;
const LONGEST_CHAIN = 8;

/** Describes one of a token's certificates; undefined for what is none, or has a key this runtime does not know. */
export function describeCertificate(
  der: Uint8Array,
  others: readonly Uint8Array[],
  place: KeyPlace,
  pin: PinState,
): TokenCertificate | undefined {
  const certificate = read(der);
  if (certificate === undefined) return undefined;
  return {
    id: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
    certificate: certificate.raw,
    chain: chainOf(certificate, others),
    subject: commonName(certificate.subject),
    holder: holderOf(der, commonName(certificate.subject)),
    issuer: commonName(certificate.issuer),
    serialNumber: certificate.serialNumber,
    validFrom: new Date(certificate.validFrom),
    validTo: new Date(certificate.validTo),
    forSignatures: isForSignatures(der),
    place,
    pin,
  };
}

/** How the certificate's key signs; undefined for a kind that is not used. */
export function keyKind(der: Uint8Array): 'rsa' | 'ec' | undefined {
  const kind = read(der)?.publicKey.asymmetricKeyType;
  return kind === 'rsa' || kind === 'ec' ? kind : undefined;
}

function read(der: Uint8Array): X509Certificate | undefined {
  try {
    const certificate = new X509Certificate(der);
    return certificate.publicKey.type === 'public' ? certificate : undefined;
  } catch {
    return undefined;
  }
}

function chainOf(leaf: X509Certificate, others: readonly Uint8Array[]): Uint8Array[] {
  const candidates = others.flatMap((der) => read(der) ?? []).filter(({ ca }) => ca);
  const chain: X509Certificate[] = [];
  let current = leaf;
  while (chain.length < LONGEST_CHAIN) {
    const issuer = candidates.find((candidate) => current.checkIssued(candidate));
    if (issuer === undefined || issuer.fingerprint256 === current.fingerprint256) break;
    chain.push(issuer);
    current = issuer;
  }
  return chain.map(({ raw }) => raw);
}

const commonName = (name: string): string => name.match(/^CN=(.*)$/m)?.[1] ?? name.replaceAll('\n', ', ');

/** The parts of the subject's name; in Node's text of it they could not be told from a value with a line break. */
function holderOf(der: Uint8Array, commonName: string): CertificateHolder {
  const { typesAndValues } = new Certificate({ schema: fromBER(der).result }).subject;
  const part = (type: string): string | null => {
    const value: unknown = typesAndValues.find((each) => each.type === type)?.value.valueBlock.value;
    return typeof value === 'string' ? value : null;
  };
  return {
    givenNames: part(GIVEN_NAME),
    surname: part(SURNAME),
    commonName,
    organisationIdentifier: part(ORGANISATION_IDENTIFIER),
  };
}

function isForSignatures(der: Uint8Array): boolean {
  const { extensions } = new Certificate({ schema: fromBER(der).result });
  const usage = extensions?.find(({ extnID }) => extnID === KEY_USAGE)?.parsedValue;
  return ((usage?.valueBlock?.valueHexView?.[0] ?? 0) & NON_REPUDIATION) !== 0;
}
