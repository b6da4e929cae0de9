import { createHash } from 'node:crypto';
import { fromBER } from 'asn1js';
import { TimeStampResp } from 'pkijs';
import { boolean, type Der, nothing, octets, oid, positiveInteger, sequence, smallInteger } from '../der.ts';

const SHA_256 = '2.16.840.1.101.3.4.2.1';

/** What is asked of an authority (RFC 3161, 2.4.1). */
export type TimestampQuestion = {
  /** SHA-256 of what gets the timestamp. */
  imprint: Uint8Array;
  policy: string;
  nonce: Uint8Array;
};

export const imprintOf = (data: Uint8Array): Uint8Array => createHash('sha256').update(data).digest();

export function timestampRequest({ imprint, policy, nonce }: TimestampQuestion): Der {
  return sequence(
    smallInteger(1),
    sequence(sequence(oid(SHA_256), nothing), octets(imprint)),
    oid(policy),
    positiveInteger(nonce),
    boolean(true),
  );
}

/** What an authority answered: a token, a refusal with its status and reason, or nothing that could be read. */
export type TimestampAnswer = { token: Uint8Array } | { refused: string } | 'unreadable';

export function readAnswer(der: Uint8Array): TimestampAnswer {
  try {
    const { status, timeStampToken } = new TimeStampResp({ schema: fromBER(der).result });
    if (status.status > 1) {
      const said = status.statusStrings?.map((text) => text.getValue()).join(' ');
      return { refused: said?.slice(0, 200) || String(status.status) };
    }
    if (timeStampToken === undefined) return 'unreadable';
    return { token: new Uint8Array(timeStampToken.toSchema().toBER(false)) };
  } catch {
    return 'unreadable';
  }
}
