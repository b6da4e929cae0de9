import * as asn1js from 'asn1js';
import {
  AlgorithmIdentifier,
  BasicOCSPResponse,
  CertID,
  CRLDistributionPoints,
  type Extension,
  IssuingDistributionPoint,
  OCSPRequest,
  OCSPResponse,
  Request,
  TBSRequest,
} from 'pkijs';
import type { RevocationFacts } from '../facts.ts';
import {
  embeddedCertificate,
  isIssuedBy,
  keyUsageBits,
  type ReadCertificate,
  urlsOfPoints,
} from './certificate.ts';
import { digest, sameBytes, verifySignature } from './primitives.ts';
import { type RevocationList, type RevokedEntry, readRevocationList } from './revocation-list.ts';

const oid = {
  issuingDistributionPoint: '2.5.29.28',
  deltaIndicator: '2.5.29.27',
  authorityKeyIdentifier: '2.5.29.35',
  crlNumber: '2.5.29.20',
  expiredOnList: '2.5.29.60',
  archiveCutoff: '1.3.6.1.5.5.7.48.1.6',
  basicResponse: '1.3.6.1.5.5.7.48.1.1',
  ocspSigning: '1.3.6.1.5.5.7.3.9',
  crlDistributionPoints: '2.5.29.31',
  sha1: '1.3.14.3.2.26',
};

/** The lists and answers of a document, read once; what is none of both is left out. */
export type Evidence = {
  origin: RevocationFacts['origin'];
  content: { kind: 'crl'; list: RevocationList } | { kind: 'ocsp'; response: BasicOCSPResponse };
};

export function readEvidence(der: Uint8Array, origin: RevocationFacts['origin']): Evidence | undefined {
  const list = readRevocationList(der);
  if (list) return { origin, content: { kind: 'crl', list } };
  const response = readOcsp(der);
  return response && { origin, content: { kind: 'ocsp', response } };
}

/** An answer comes whole, as the network gives it, or only its inner part, as some signatures keep it. */
function readOcsp(der: Uint8Array): BasicOCSPResponse | undefined {
  try {
    const { responseBytes } = OCSPResponse.fromBER(new Uint8Array(der));
    if (responseBytes?.responseType !== oid.basicResponse) return undefined;
    return BasicOCSPResponse.fromBER(new Uint8Array(responseBytes.response.valueBlock.valueHexView));
  } catch {
    try {
      return BasicOCSPResponse.fromBER(new Uint8Array(der));
    } catch {
      return undefined;
    }
  }
}

/** What a piece of evidence says of a certificate; undefined when it does not speak of it, or cannot be believed. */
export function evidenceOn(
  evidence: Evidence,
  certificate: ReadCertificate,
  issuer: ReadCertificate,
): RevocationFacts | undefined {
  const { origin, content } = evidence;
  try {
    if (content.kind === 'ocsp') return onAnswer(origin, content.response, certificate, issuer);
    const said = saidByList(content.list, certificate, issuer);
    return said === 'unusable' || said === undefined ? undefined : { origin, ...said };
  } catch {
    return undefined;
  }
}

/**
 * What a list says of a certificate. Undefined: it is not one its issuer made. `unusable`: it is, and yet says nothing of this certificate,
 * because it is a part only, another authority's, or says something critical that is not known here (RFC 5280, 5.2 and 5.3).
 */
export function saidByList(
  list: RevocationList,
  certificate: ReadCertificate,
  issuer: ReadCertificate,
): Omit<RevocationFacts, 'origin'> | 'unusable' | undefined {
  const { extensions } = list;
  if (list.issuer !== certificate.issuer) return undefined;
  const usage = issuer.facts.keyUsage;
  if (usage !== undefined && !usage.includes(keyUsageBits.cRLSign)) return undefined;
  const { outcome, weak } = verifySignature(list.algorithm, issuer.publicKey, list.signed, list.signature);
  if (outcome !== 'good' || weak) return undefined;
  if (!isWholeListFor(extensions, certificate)) return 'unusable';
  const entry = entryIn(list, certificate);
  if (entry === 'unusable') return entry;
  const kept = extensions.find(({ extnID }) => extnID === oid.expiredOnList)?.extnValue.valueBlock
    .valueHexView;
  return {
    source: 'crl',
    thisUpdate: list.thisUpdate,
    nextUpdate: list.nextUpdate,
    keepsExpiredFrom: kept && timeIn(kept),
    status: entry === undefined ? 'good' : 'revoked',
    revokedAt: entry?.at,
    reason: entry?.reason,
  };
}

function entryIn(
  list: RevocationList,
  { certificate }: ReadCertificate,
): RevokedEntry | 'unusable' | undefined {
  try {
    return list.find(certificate.serialNumber.valueBlock.valueHexView);
  } catch {
    return 'unusable';
  }
}

/** A list that is a part only, or another authority's, does not show that a certificate is not revoked. */
function isWholeListFor(extensions: Extension[], certificate: ReadCertificate): boolean {
  const known = new Set([
    oid.issuingDistributionPoint,
    oid.authorityKeyIdentifier,
    oid.crlNumber,
    oid.expiredOnList,
  ]);
  if (extensions.some(({ critical, extnID }) => critical && !known.has(extnID))) return false;
  if (extensions.some(({ extnID }) => extnID === oid.deltaIndicator)) return false;
  const scope = extensions.find(({ extnID }) => extnID === oid.issuingDistributionPoint);
  if (scope === undefined) return true;
  const point: unknown = scope.parsedValue;
  if (!(point instanceof IssuingDistributionPoint)) return false;
  if (point.indirectCRL || point.onlyContainsAttributeCerts || point.onlySomeReasons !== undefined)
    return false;
  if (certificate.facts.isAuthority ? point.onlyContainsUserCerts : point.onlyContainsCACerts) return false;
  if (point.distributionPoint === undefined) return true;
  const own = certificate.certificate.extensions?.find(({ extnID }) => extnID === oid.crlDistributionPoints)
    ?.parsedValue as unknown;
  const wanted = own instanceof CRLDistributionPoints ? urlsOfPoints(own) : [];
  const names = Array.isArray(point.distributionPoint) ? point.distributionPoint : [];
  return names.some(({ type, value }) => type === 6 && wanted.includes(value));
}

function onAnswer(
  origin: RevocationFacts['origin'],
  response: BasicOCSPResponse,
  certificate: ReadCertificate,
  issuer: ReadCertificate,
): RevocationFacts | undefined {
  const single = response.tbsResponseData.responses.find(({ certID }) =>
    isAbout(certID, certificate, issuer),
  );
  if (single === undefined) return undefined;
  const producedAt = response.tbsResponseData.producedAt.getTime();
  if (!isFromResponder(response, issuer, producedAt)) return undefined;
  const status = readStatus(single.certStatus);
  if (status === undefined) return undefined;
  const cutoff = response.tbsResponseData.responseExtensions?.find(
    ({ extnID }) => extnID === oid.archiveCutoff,
  );
  return {
    source: 'ocsp',
    origin,
    thisUpdate: single.thisUpdate.getTime(),
    nextUpdate: single.nextUpdate?.getTime(),
    keepsExpiredFrom: cutoff && timeIn(cutoff.extnValue.valueBlock.valueHexView),
    ...status,
  };
}

function isAbout(id: CertID, certificate: ReadCertificate, issuer: ReadCertificate): boolean {
  const algorithm = id.hashAlgorithm.algorithmId;
  const name = digest(algorithm, Buffer.from(certificate.issuer, 'hex'));
  const key = digest(algorithm, keyBits(issuer));
  return (
    name !== undefined &&
    key !== undefined &&
    sameBytes(name, id.issuerNameHash.valueBlock.valueHexView) &&
    sameBytes(key, id.issuerKeyHash.valueBlock.valueHexView) &&
    sameBytes(
      id.serialNumber.valueBlock.valueHexView,
      certificate.certificate.serialNumber.valueBlock.valueHexView,
    )
  );
}

const keyBits = (certificate: ReadCertificate): Uint8Array =>
  certificate.certificate.subjectPublicKeyInfo.subjectPublicKey.valueBlock.valueHexView;

/** Signed by the issuer itself, or by whom the issuer certified for just this (RFC 6960, 4.2.2.2). */
function isFromResponder(response: BasicOCSPResponse, issuer: ReadCertificate, producedAt: number): boolean {
  const delegates = (response.certs ?? []).flatMap((certificate) => embeddedCertificate(certificate) ?? []);
  const signers = [
    issuer,
    ...delegates.filter(
      (delegate) =>
        delegate.facts.purposes?.includes(oid.ocspSigning) === true &&
        delegate.facts.notBefore <= producedAt &&
        producedAt <= delegate.facts.notAfter &&
        delegate.issuer === issuer.subject &&
        isIssuedBy(delegate, issuer).outcome === 'good',
    ),
  ];
  return signers.some((signer) => {
    const { outcome, weak } = verifySignature(
      response.signatureAlgorithm,
      signer.publicKey,
      response.tbsResponseData.tbsView,
      response.signature.valueBlock.valueHexView,
    );
    return outcome === 'good' && !weak;
  });
}

/** CertStatus of RFC 6960: [0] good, [1] revoked with its time and reason, [2] unknown. */
function readStatus(status: unknown): Pick<RevocationFacts, 'status' | 'revokedAt' | 'reason'> | undefined {
  if (!(status instanceof asn1js.BaseBlock)) return undefined;
  const { tagNumber } = status.idBlock;
  if (tagNumber === 0) return { status: 'good', revokedAt: undefined, reason: undefined };
  if (tagNumber !== 1 || !(status instanceof asn1js.Constructed)) return undefined;
  const [at, reason] = status.valueBlock.value;
  if (!(at instanceof asn1js.GeneralizedTime)) return undefined;
  const inner = reason instanceof asn1js.Constructed ? reason.valueBlock.value[0] : undefined;
  return {
    status: 'revoked',
    revokedAt: at.toDate().getTime(),
    reason: inner instanceof asn1js.Enumerated ? inner.valueBlock.valueDec : undefined,
  };
}

function timeIn(der: Uint8Array): number | undefined {
  const { result } = asn1js.fromBER(der);
  return result instanceof asn1js.GeneralizedTime ? result.toDate().getTime() : undefined;
}

/** The request for a certificate's status. SHA-1 here names an issuer and protects nothing; responders expect it. */
export function ocspRequest(certificate: ReadCertificate, issuer: ReadCertificate): Uint8Array {
  const hash = (data: Uint8Array) =>
    new asn1js.OctetString({ valueHex: digest(oid.sha1, data) ?? new Uint8Array() });
  const request = new OCSPRequest({
    tbsRequest: new TBSRequest({
      requestList: [
        new Request({
          reqCert: new CertID({
            hashAlgorithm: new AlgorithmIdentifier({
              algorithmId: oid.sha1,
              algorithmParams: new asn1js.Null(),
            }),
            issuerNameHash: hash(Buffer.from(certificate.issuer, 'hex')),
            issuerKeyHash: hash(keyBits(issuer)),
            serialNumber: certificate.certificate.serialNumber,
          }),
        }),
      ],
    }),
  });
  return new Uint8Array(request.toSchema(true).toBER());
}
