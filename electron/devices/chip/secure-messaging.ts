import { timingSafeEqual } from 'node:crypto';
import { type Answer, type Command, decodeAnswer, encodeCommand, SHORT, type Transceive } from './apdu.ts';
import { pad, type Suite, unpad } from './ciphers.ts';
import { unreadable } from './fault.ts';
import { readObjects, tlv } from './tlv.ts';

export type SessionKeys = { suite: Suite; encryption: Uint8Array; mac: Uint8Array; counter: Uint8Array };

/** Sends commands so that only this chip can read them, and knows of each answer that it is of this chip. */
export type Channel = {
  send(command: Command): Promise<ProtectedAnswer>;
};

/** A chip that has left the channel answers with a bare status: it proves nothing. */
export type ProtectedAnswer = Answer & { isProtected: boolean };

/** What encryption and its data objects may add to an answer. */
const OVERHEAD = 40;

/** The most data to ask for at once on a protected channel of short length. */
export const SHORT_PROTECTED = SHORT - OVERHEAD;

const CIPHERTEXT_WITH_PADDING = 0x87;
const CIPHERTEXT = 0x85;
const WANTED = 0x97;
const STATUS = 0x99;
const MAC = 0x8e;

/** Adds one to the counter of messages. */
export function counted(counter: Uint8Array): Uint8Array {
  const next = Uint8Array.from(counter);
  for (let at = next.length - 1; at >= 0; at -= 1) {
    const byte = ((next[at] ?? 0) + 1) & 0xff;
    next[at] = byte;
    if (byte !== 0) break;
  }
  return next;
}

const lengthBytes = (length: number, isExtended: boolean): Uint8Array =>
  isExtended ? Uint8Array.of((length >> 8) & 0xff, length & 0xff) : Uint8Array.of(length & 0xff);

/** The secure messaging of ICAO 9303-11, 9.8. */
export function secureChannel(transceive: Transceive, keys: SessionKeys): Channel {
  const { suite, encryption, mac } = keys;
  let { counter } = keys;

  const macOf = (content: Uint8Array): Uint8Array =>
    suite.mac(mac, pad(Buffer.concat([counter, content]), suite.blockSize));

  function protect({ cla, ins, p1, p2, data, le }: Command): Uint8Array {
    counter = counted(counter);
    const header = Uint8Array.of(cla | 0x0c, ins, p1, p2);
    const objects: Uint8Array[] = [];
    if (data !== undefined && data.length > 0) {
      const iv = suite.messageIv(encryption, counter);
      const hidden = suite.encrypt(encryption, iv, pad(data, suite.blockSize));
      // An odd instruction carries data objects, and then there is no byte that tells the padding.
      objects.push(
        ins % 2 === 1 ? tlv(CIPHERTEXT, hidden) : tlv(CIPHERTEXT_WITH_PADDING, Uint8Array.of(1), hidden),
      );
    }
    if (le !== undefined) objects.push(tlv(WANTED, lengthBytes(le, le > SHORT)));
    const content = Buffer.concat([pad(header, suite.blockSize), ...objects]);
    const body = Buffer.concat([...objects, tlv(MAC, macOf(content))]);
    return encodeCommand({
      cla: cla | 0x0c,
      ins,
      p1,
      p2,
      data: body,
      le: (le ?? 0) > SHORT || body.length > 255 ? 65536 : SHORT,
    });
  }

  function open(answer: Answer): ProtectedAnswer {
    counter = counted(counter);
    // Without protection a chip only says that it no longer speaks on this channel.
    if (answer.data.length === 0) return { ...answer, isProtected: false };
    const objects = readObjects(answer.data);
    const of = (tag: number) => objects.find((object) => object.tag === tag);
    const given = of(MAC)?.content ?? new Uint8Array();
    const signed = objects.filter(({ tag }) => tag !== MAC).map(({ whole }) => whole);
    const own = macOf(Buffer.concat(signed));
    if (given.length !== own.length || !timingSafeEqual(given, own)) throw unreadable();
    const status = decodeAnswer(of(STATUS)?.content ?? new Uint8Array()).status;
    if (status !== answer.status) throw unreadable();
    const padded = of(CIPHERTEXT_WITH_PADDING)?.content;
    if (padded !== undefined && padded[0] !== 1) throw unreadable();
    const hidden = padded?.subarray(1) ?? of(CIPHERTEXT)?.content;
    if (hidden === undefined) return { data: new Uint8Array(), status, isProtected: true };
    if (hidden.length === 0 || hidden.length % suite.blockSize !== 0) throw unreadable();
    const data = unpad(suite.decrypt(encryption, suite.messageIv(encryption, counter), hidden));
    if (data === null) throw unreadable();
    return { data, status, isProtected: true };
  }

  return {
    async send(command) {
      const answer = decodeAnswer(await transceive(protect(command)));
      if (answer.status === 0) throw unreadable();
      return open(answer);
    },
  };
}
