import { type DigestAlgorithm, PDF, type Signer } from '@libpdf/core';
import { OctetString } from 'asn1js';
import { AlgorithmIdentifier, MessageImprint, TimeStampReq, TimeStampResp } from 'pkijs';
import type { Identity } from '../pki/authority.ts';
import { derOf, toBuffer } from '../pki/certificates.ts';
import { answerTimestamp, type TimestampUnit } from '../timestamps/authority.ts';

const SHA256_OID = '2.16.840.1.101.3.4.2.1';

/** Seals a PDF with a timestamp (PAdES B-T), invisibly, by an incremental update. */
export async function sealPdf(
  pdf: Uint8Array,
  identity: Identity,
  unit: TimestampUnit,
  at: Date,
): Promise<Buffer> {
  const document = await PDF.load(pdf);
  const { bytes } = await document.sign({
    signer: signerOf(identity),
    fieldName: 'Pecet',
    reason: 'Elektronická pečeť správce rejstříku (cvičná)',
    signingTime: at,
    level: 'B-T',
    digestAlgorithm: 'SHA-256',
    timestampAuthority: { timestamp: (digest) => timestampOf(unit, digest, at) },
  });
  return Buffer.from(bytes);
}

function signerOf(identity: Identity): Signer {
  const [own, ...issuers] = identity.chain.map(derOf);
  if (own === undefined) throw new Error('An identity has a certificate.');
  return {
    certificate: own,
    certificateChain: issuers,
    keyType: 'EC',
    signatureAlgorithm: 'ECDSA',
    sign(data: Uint8Array, algorithm: DigestAlgorithm) {
      if (algorithm !== 'SHA-256') throw new Error(`A seal is made with SHA-256, not ${algorithm}.`);
      return identity.sign(data);
    },
  };
}

async function timestampOf(unit: TimestampUnit, digest: Uint8Array, at: Date): Promise<Uint8Array> {
  const request = new TimeStampReq({
    version: 1,
    messageImprint: new MessageImprint({
      hashAlgorithm: new AlgorithmIdentifier({ algorithmId: SHA256_OID }),
      hashedMessage: new OctetString({ valueHex: toBuffer(digest) }),
    }),
    certReq: true,
  });
  const reply = await answerTimestamp(unit, Buffer.from(request.toSchema().toBER(false)), at);
  const { timeStampToken } = TimeStampResp.fromBER(toBuffer(reply));
  if (timeStampToken === undefined) throw new Error('The own timestamp unit refused.');
  return Buffer.from(timeStampToken.toSchema().toBER(false));
}

/**
 * Breaks a seal, to practise with: a byte of the comment behind the header changes, so that the file still opens and is no longer
 * what was sealed.
 */
export function breakSeal(sealed: Buffer): Buffer {
  const comment = sealed.indexOf('\n%') + 2;
  const broken = Buffer.from(sealed);
  broken[comment] = (broken[comment] ?? 0) ^ 0x01;
  return broken;
}
