import { createHash } from 'node:crypto';
import { boolean, type Der, nothing, octets, oid, positiveInteger, sequence, smallInteger } from '../der.ts';
import { inside, tags, wholeElement } from '../elements.ts';

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
    const [information, token] = inside(wholeElement(der), tags.sequence);
    const [status, said] = inside(information, tags.sequence);
    if (status?.tag !== tags.integer) return 'unreadable';
    const code = Buffer.from(status.content).readIntBE(0, status.content.length);
    if (code > 1) {
      const texts = said?.tag === tags.sequence ? inside(said, tags.sequence) : [];
      const text = texts.map(({ content }) => Buffer.from(content).toString('utf8')).join(' ');
      return { refused: text.slice(0, 200) || String(code) };
    }
    return token === undefined ? 'unreadable' : { token: token.whole };
  } catch {
    return 'unreadable';
  }
}
