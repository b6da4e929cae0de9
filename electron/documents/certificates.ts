import { X509Certificate } from 'node:crypto';

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
