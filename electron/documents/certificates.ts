import { X509Certificate } from 'node:crypto';
import {
  contextTag,
  type Element,
  inside,
  Malformed,
  octetsIn,
  oidIn,
  tags,
  wholeElement,
} from './elements.ts';

/** Reads a certificate; undefined when the bytes are none, or its key is of a kind this runtime does not know. */
export function readCertificate(der: Uint8Array): X509Certificate | undefined {
  try {
    const certificate = new X509Certificate(der);
    return certificate.publicKey.type === 'public' ? certificate : undefined;
  } catch {
    return undefined;
  }
}

const LONGEST_PATH = 8;

/**
 * The certificates from this one up to one of the trusted, both included, DER; undefined when no path leads there. Each is
 * signed by the next. Times and revocation are not looked at.
 */
export function issuerPath(
  leaf: X509Certificate,
  known: readonly Uint8Array[],
  trusted: readonly X509Certificate[],
): readonly Uint8Array[] | undefined {
  const candidates = [...trusted, ...known.flatMap((der) => readCertificate(der) ?? [])];
  const isTrusted = (certificate: X509Certificate) =>
    trusted.some(({ fingerprint256 }) => fingerprint256 === certificate.fingerprint256);
  const path: X509Certificate[] = [];
  let next: X509Certificate | undefined = leaf;
  while (next !== undefined && path.length < LONGEST_PATH) {
    const current: X509Certificate = next;
    path.push(current);
    if (isTrusted(current)) return path.map(({ raw }) => raw);
    next = candidates.find((candidate) => isIssuer(candidate, current) && !path.includes(candidate));
  }
  return undefined;
}

/** Whether `issuer` is an authority whose key signed `certificate`. */
export function isIssuer(issuer: X509Certificate, certificate: X509Certificate): boolean {
  return issuer.ca && certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}

/** Parts of a certificate as they stand in it (RFC 5280, 4.1), which node:crypto does not give. */
export type CertificateParts = {
  issuer: Uint8Array;
  serialNumber: Uint8Array;
  extension(id: string): { critical: boolean; value: Uint8Array } | undefined;
};

/** Throws for bytes that are no certificate. */
export function certificateParts(der: Uint8Array): CertificateParts {
  const [toBeSigned] = inside(wholeElement(der), tags.sequence);
  const parts = inside(toBeSigned, tags.sequence);
  // The version is left out of certificates of the first one.
  if (parts[0]?.tag === contextTag(0)) parts.shift();
  const [serialNumber, , issuer] = parts;
  if (serialNumber?.tag !== tags.integer || issuer?.tag !== tags.sequence) throw new Malformed();
  const list = parts.find(({ tag }) => tag === contextTag(3));
  const extensions = list === undefined ? [] : inside(inside(list, contextTag(3))[0], tags.sequence);
  return {
    issuer: issuer.whole,
    serialNumber: serialNumber.whole,
    extension(id) {
      for (const each of extensions) {
        const [name, ...rest] = inside(each, tags.sequence);
        if (oidIn(name) === id) return extensionIn(rest);
      }
      return undefined;
    },
  };
}

function extensionIn(parts: readonly Element[]): { critical: boolean; value: Uint8Array } {
  const [first] = parts;
  return {
    critical: first?.tag === tags.boolean && first.content[0] !== 0,
    value: octetsIn(parts.at(-1)),
  };
}
