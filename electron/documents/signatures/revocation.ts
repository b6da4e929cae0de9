import { X509Certificate } from 'node:crypto';
import { fromBER } from 'asn1js';
import {
  BasicOCSPResponse,
  Certificate,
  CRLDistributionPoints,
  ExtKeyUsage,
  GeneralName,
  getCrypto,
  InfoAccess,
  OCSPRequest,
  OCSPResponse,
} from 'pkijs';
import { err, ok, type Result } from '../../values/result.ts';
import { issuerPath } from '../certificates.ts';
import { failure, type SignatureFailure } from '../failures.ts';
import { exchange, type Http } from '../http.ts';
import { readCertificate } from '../validation/cms/certificate.ts';
import { saidByList } from '../validation/cms/revocation.ts';
import { readRevocationList } from '../validation/cms/revocation-list.ts';
import type { ValidationMaterial } from './pdf.ts';

const INFORMATION_ACCESS = '1.3.6.1.5.5.7.1.1';
const OCSP = '1.3.6.1.5.5.7.48.1';
const DISTRIBUTION_POINTS = '2.5.29.31';
const EXTENDED_KEY_USAGE = '2.5.29.37';
const OCSP_SIGNING = '1.3.6.1.5.5.7.3.9';
const URI = 6;

const LIMIT_BYTES = 16 * 1024 * 1024;
const LIMIT_MS = 15_000;

export type RevocationSettings = {
  /** The authorities of the trust list; nothing above them is asked about. */
  trusted: readonly X509Certificate[];
  http: Http;
  now(): Date;
  /** Aborts after so many milliseconds. */
  timeLimit(ms: number): AbortSignal;
};

/** Or what stands against it; undefined where nobody says anything of the certificate. */
type Found = Evidence | 'revoked' | 'unusable' | undefined;
type Evidence = { kind: 'ocsp' | 'crl'; der: Uint8Array; certificates: readonly Uint8Array[] };

/**
 * Everything a stranger needs to judge these certificates later: the paths up to trusted ones, and for each certificate below
 * those what its issuer says of it now, by OCSP or else by CRL. What is not signed by the issuer, is out of date or does not speak of
 * the certificate is no evidence; lists count by the same rule as in documents that are validated. A revoked certificate is a failure.
 */
export async function gatherMaterial(
  leaves: readonly Uint8Array[],
  known: readonly Uint8Array[],
  settings: RevocationSettings,
): Promise<Result<ValidationMaterial, SignatureFailure>> {
  const certificates = new Map<string, Uint8Array>();
  const crls = new Map<string, Uint8Array>();
  const ocspResponses = new Map<string, Uint8Array>();
  const keep = (into: Map<string, Uint8Array>, der: Uint8Array) =>
    into.set(Buffer.from(der).toString('latin1'), der);
  const asked = new Set<string>();
  for (const leaf of leaves) {
    const path = issuerPath(new X509Certificate(leaf), known, settings.trusted);
    if (path === undefined) return err(failure('signature.chain-incomplete', { subject: subjectOf(leaf) }));
    for (const [index, certificate] of path.entries()) {
      keep(certificates, certificate);
      const issuer = path[index + 1];
      const key = Buffer.from(certificate).toString('latin1');
      if (issuer === undefined || asked.has(key)) continue;
      asked.add(key);
      const found = await evidenceFor(certificate, issuer, settings);
      if (found === 'revoked')
        return err(failure('signature.certificate-revoked', { subject: subjectOf(certificate) }));
      if (found === 'unusable')
        return err(failure('signature.revocation-list-unusable', { subject: subjectOf(certificate) }));
      if (found === undefined)
        return err(failure('signature.revocation-unavailable', { subject: subjectOf(certificate) }));
      keep(found.kind === 'crl' ? crls : ocspResponses, found.der);
      for (const responder of found.certificates) keep(certificates, responder);
    }
  }
  return ok({
    certificates: [...certificates.values()],
    crls: [...crls.values()],
    ocspResponses: [...ocspResponses.values()],
  });
}

const subjectOf = (der: Uint8Array): string =>
  new X509Certificate(der).subject.match(/^CN=(.*)$/m)?.[1] ?? new X509Certificate(der).subject;

const parsed = (der: Uint8Array): Certificate => new Certificate({ schema: fromBER(der).result });

async function evidenceFor(
  certificateDer: Uint8Array,
  issuerDer: Uint8Array,
  settings: RevocationSettings,
): Promise<Found> {
  const certificate = parsed(certificateDer);
  const issuer = parsed(issuerDer);
  for (const url of ocspAddresses(certificate)) {
    const found = await askResponder(url, certificate, issuer, settings);
    if (found !== undefined) return found;
  }
  let last: Found;
  for (const url of crlAddresses(certificate)) {
    const found = await fetchList(url, certificateDer, issuerDer, settings);
    if (found !== undefined && found !== 'unusable') return found;
    last ??= found;
  }
  return last;
}

async function askResponder(
  url: string,
  certificate: Certificate,
  issuer: Certificate,
  { http, now, timeLimit }: RevocationSettings,
): Promise<Found> {
  const request = new OCSPRequest();
  // Responders know the certificate by hashes of its issuer; SHA-1 is what all of them understand, and nothing rests on it.
  await request.createForCertificate(certificate, { hashAlgorithm: 'SHA-1', issuerCertificate: issuer });
  const answered = await exchange(
    http,
    url,
    {
      headers: { 'content-type': 'application/ocsp-request', accept: 'application/ocsp-response' },
      body: new Uint8Array(request.toSchema(true).toBER(false)),
      signal: timeLimit(LIMIT_MS),
    },
    LIMIT_BYTES,
  );
  if (answered === undefined) return undefined;
  try {
    const { responseStatus, responseBytes } = new OCSPResponse({ schema: fromBER(answered).result });
    if (responseStatus.valueBlock.valueDec !== 0 || responseBytes === undefined) return undefined;
    const basic = BasicOCSPResponse.fromBER(Uint8Array.from(responseBytes.response.valueBlock.valueHexView));
    const [answer] = basic.tbsResponseData.responses;
    if (answer === undefined || !isCurrent(answer.thisUpdate, answer.nextUpdate, now())) return undefined;
    const responders = await Promise.all(
      [issuer, ...(basic.certs ?? [])].map(async (responder) =>
        (responder === issuer || (await mayRespond(responder, issuer))) &&
        (await verified(basic.tbsResponseData.tbsView, basic.signature, responder, basic.signatureAlgorithm))
          ? [responder]
          : [],
      ),
    );
    const [responder] = responders.flat();
    if (responder === undefined) return undefined;
    const { isForCertificate, status } = await basic.getCertificateStatus(certificate, issuer);
    if (!isForCertificate || status === 2) return undefined;
    if (status === 1) return 'revoked';
    const der = new Uint8Array(responder.toSchema().toBER(false));
    return { kind: 'ocsp', der: answered, certificates: responder === issuer ? [] : [der] };
  } catch {
    return undefined;
  }
}

async function fetchList(
  url: string,
  certificateDer: Uint8Array,
  issuerDer: Uint8Array,
  { http, now, timeLimit }: RevocationSettings,
): Promise<Found> {
  const headers = { accept: 'application/pkix-crl' };
  const answered = await exchange(http, url, { headers, signal: timeLimit(LIMIT_MS) }, LIMIT_BYTES);
  const list = answered && readRevocationList(answered);
  const certificate = readCertificate(certificateDer);
  const issuer = readCertificate(issuerDer);
  if (!list || !certificate || !issuer) return undefined;
  const next = list.nextUpdate === undefined ? undefined : new Date(list.nextUpdate);
  if (!isCurrent(new Date(list.thisUpdate), next, now())) return undefined;
  try {
    const said = saidByList(list, certificate, issuer);
    if (said === undefined || said === 'unusable') return said;
    return said.status === 'revoked' ? 'revoked' : { kind: 'crl', der: answered, certificates: [] };
  } catch {
    return undefined;
  }
}

/** The desk's clock may be a little behind whoever made the answer. */
const CLOCK_SLACK_MS = 10 * 60 * 1000;

function isCurrent(from: Date, until: Date | undefined, now: Date): boolean {
  return from.getTime() - CLOCK_SLACK_MS <= now.getTime() && (until === undefined || now <= until);
}

/** Whether this responder was made for that by the issuer. */
async function mayRespond(responder: Certificate, issuer: Certificate): Promise<boolean> {
  const usage: unknown = extension(responder, EXTENDED_KEY_USAGE);
  return (
    usage instanceof ExtKeyUsage &&
    usage.keyPurposes.includes(OCSP_SIGNING) &&
    responder.issuer.isEqual(issuer.subject) &&
    (await verified(responder.tbsView, responder.signatureValue, issuer, responder.signatureAlgorithm))
  );
}

type Verification = Parameters<ReturnType<typeof getCrypto>['verifyWithPublicKey']>;

async function verified(
  data: Uint8Array,
  signature: Verification[1],
  by: Certificate,
  algorithm: Verification[3],
): Promise<boolean> {
  try {
    const copy = Uint8Array.from(data);
    return await getCrypto(true).verifyWithPublicKey(copy, signature, by.subjectPublicKeyInfo, algorithm);
  } catch {
    return false;
  }
}

function extension(certificate: Certificate, id: string): unknown {
  return certificate.extensions?.find(({ extnID }) => extnID === id)?.parsedValue;
}

function ocspAddresses(certificate: Certificate): string[] {
  const access = extension(certificate, INFORMATION_ACCESS);
  if (!(access instanceof InfoAccess)) return [];
  return access.accessDescriptions
    .filter(({ accessMethod }) => accessMethod === OCSP)
    .flatMap(({ accessLocation }) => addresses([accessLocation]));
}

function crlAddresses(certificate: Certificate): string[] {
  const points = extension(certificate, DISTRIBUTION_POINTS);
  if (!(points instanceof CRLDistributionPoints)) return [];
  return points.distributionPoints.flatMap(({ distributionPoint }) =>
    Array.isArray(distributionPoint) ? addresses(distributionPoint) : [],
  );
}

/** The addresses among names that lead over HTTP; other ways (LDAP) are not ours. */
function addresses(names: readonly unknown[]): string[] {
  return names.flatMap((item) =>
    item instanceof GeneralName &&
    item.type === URI &&
    typeof item.value === 'string' &&
    /^https?:/.test(item.value)
      ? [item.value]
      : [],
  );
}
