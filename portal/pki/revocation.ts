import { Constructed, Enumerated, GeneralizedTime, Integer, OctetString, Primitive } from 'asn1js';
import {
  AuthorityKeyIdentifier,
  BasicOCSPResponse,
  CertID,
  CertificateRevocationList,
  Extension,
  Extensions,
  OCSPRequest,
  OCSPResponse,
  ResponseBytes,
  ResponseData,
  RevokedCertificate,
  SingleResponse,
  Time,
} from 'pkijs';
import type { Pki } from './authority.ts';
import { HASH, keyId, toBuffer } from './certificates.ts';

const OID = {
  basicResponse: '1.3.6.1.5.5.7.48.1.1',
  nonce: '1.3.6.1.5.5.7.48.1.2',
  crlNumber: '2.5.29.20',
  authorityKeyIdentifier: '2.5.29.35',
} as const;

const LIST_HOLDS_MS = 24 * 3_600_000;
const ANSWER_HOLDS_MS = 3_600_000;
const HASHES: Readonly<Record<string, string>> = {
  '1.3.14.3.2.26': 'SHA-1',
  '2.16.840.1.101.3.4.2.1': 'SHA-256',
};

/** Who answers for whose certificates. */
const RESPONDERS = { ca: 'ocsp', root: 'root-ocsp' } as const;
export type Issuer = keyof typeof RESPONDERS;
const ISSUERS: readonly Issuer[] = ['ca', 'root'];

const wholeSecond = (date: Date, plusMs = 0): Date =>
  new Date(Math.floor((date.getTime() + plusMs) / 1000) * 1000);

/** The issuer's list of revoked certificates as of now (RFC 5280). */
export async function revocationList(pki: Pki, issuer: Issuer, now: Date): Promise<Buffer> {
  const { holder } = pki.identity(issuer);
  const revoked = pki.issuedBy(issuer).filter(({ revoked_at }) => revoked_at !== null);
  const list = new CertificateRevocationList({
    version: 1,
    issuer: holder.certificate.subject,
    thisUpdate: new Time({ value: wholeSecond(now) }),
    nextUpdate: new Time({ value: wholeSecond(now, LIST_HOLDS_MS) }),
    crlExtensions: new Extensions({
      extensions: [
        new Extension({
          extnID: OID.authorityKeyIdentifier,
          extnValue: new AuthorityKeyIdentifier({
            keyIdentifier: new OctetString({ valueHex: await keyId(holder.certificate) }),
          })
            .toSchema()
            .toBER(false),
        }),
        new Extension({
          extnID: OID.crlNumber,
          extnValue: new Integer({ value: Math.floor(now.getTime() / 1000) }).toBER(false),
        }),
      ],
    }),
  });
  if (revoked.length > 0)
    list.revokedCertificates = revoked.map(
      ({ serial, revoked_at }) =>
        new RevokedCertificate({
          userCertificate: new Integer({ valueHex: toBuffer(Buffer.from(serial, 'hex')) }),
          revocationDate: new Time({ value: wholeSecond(new Date(revoked_at ?? 0)) }),
        }),
    );
  await list.sign(holder.key, HASH);
  return Buffer.from(list.toSchema(true).toBER(false));
}

const unsuccessful = (status: number): Buffer =>
  Buffer.from(
    new OCSPResponse({ responseStatus: new Enumerated({ value: status }) }).toSchema().toBER(false),
  );
const MALFORMED = 1;
const UNAUTHORIZED = 6;

/** Answers an OCSP request (RFC 6960) about certificates of one issuer. */
export async function answerOcsp(pki: Pki, request: Uint8Array, now: Date): Promise<Buffer> {
  let asked: OCSPRequest;
  try {
    asked = OCSPRequest.fromBER(toBuffer(request));
  } catch {
    return unsuccessful(MALFORMED);
  }
  const [first] = asked.tbsRequest.requestList;
  if (first === undefined) return unsuccessful(MALFORMED);
  const issuer = await issuerOf(pki, first.reqCert);
  if (issuer === null) return unsuccessful(UNAUTHORIZED);

  const responder = pki.identity(RESPONDERS[issuer]);
  const issued = pki.issuedBy(issuer);
  const responses: SingleResponse[] = [];
  for (const { reqCert } of asked.tbsRequest.requestList) {
    const serial = hexOf(reqCert.serialNumber);
    const known =
      (await issuerOf(pki, reqCert)) === issuer ? issued.find((one) => one.serial === serial) : undefined;
    responses.push(
      new SingleResponse({
        certID: reqCert,
        certStatus: statusOf(known),
        thisUpdate: wholeSecond(now),
        nextUpdate: wholeSecond(now, ANSWER_HOLDS_MS),
      }),
    );
  }
  const nonce = asked.tbsRequest.requestExtensions?.find(({ extnID }) => extnID === OID.nonce);
  const basic = new BasicOCSPResponse({
    tbsResponseData: new ResponseData({
      responderID: responder.holder.certificate.subject,
      producedAt: wholeSecond(now),
      responses,
      ...(nonce && { responseExtensions: [nonce] }),
    }),
    certs: [responder.holder.certificate],
  });
  await basic.sign(responder.holder.key, HASH);
  return Buffer.from(
    new OCSPResponse({
      responseStatus: new Enumerated({ value: 0 }),
      responseBytes: new ResponseBytes({
        responseType: OID.basicResponse,
        response: new OctetString({ valueHex: basic.toSchema().toBER(false) }),
      }),
    })
      .toSchema()
      .toBER(false),
  );
}

const hexOf = (serial: Integer): string =>
  Buffer.from(serial.valueBlock.valueHexView)
    .toString('hex')
    .replace(/^(00)+(?=..)/, '');

async function issuerOf(pki: Pki, asked: CertID): Promise<Issuer | null> {
  const hash = HASHES[asked.hashAlgorithm.algorithmId];
  if (hash === undefined) return null;
  for (const issuer of ISSUERS) {
    const { certificate } = pki.identity(issuer).holder;
    const own = new CertID();
    await own.createForCertificate(certificate, { hashAlgorithm: hash, issuerCertificate: certificate });
    const same = (a: OctetString, b: OctetString): boolean =>
      Buffer.from(a.valueBlock.valueHexView).equals(Buffer.from(b.valueBlock.valueHexView));
    if (same(own.issuerNameHash, asked.issuerNameHash) && same(own.issuerKeyHash, asked.issuerKeyHash))
      return issuer;
  }
  return null;
}

function statusOf(known: { revoked_at: number | null } | undefined): Primitive | Constructed {
  const context = (tagNumber: number) => ({ tagClass: 3, tagNumber });
  if (known === undefined) return new Primitive({ idBlock: context(2) });
  if (known.revoked_at === null) return new Primitive({ idBlock: context(0) });
  const at = new GeneralizedTime({ valueDate: wholeSecond(new Date(known.revoked_at)) });
  return new Constructed({ idBlock: context(1), value: [at] });
}
