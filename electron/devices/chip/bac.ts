import { timingSafeEqual } from 'node:crypto';
import { type AccessKey, mrzSecret } from './access-key.ts';
import { exchange, OK, type Transceive } from './apdu.ts';
import { pad, tripleDes, xor } from './ciphers.ts';
import { ChipFault, unreadable } from './fault.ts';
import type { SessionKeys } from './secure-messaging.ts';

export type Random = (length: number) => Uint8Array;

const zero = new Uint8Array(8);

/** Basic access control (ICAO 9303-11, 4.3): keys for secure messaging, of the machine-readable zone. */
export async function basicAccess(
  transceive: Transceive,
  key: AccessKey & { kind: 'mrz' },
  random: Random,
): Promise<SessionKeys> {
  const seed = mrzSecret(key).subarray(0, 16);
  const encryption = tripleDes.deriveKey(seed, 'encryption');
  const mac = tripleDes.deriveKey(seed, 'mac');

  const challenge = await exchange(transceive, { cla: 0, ins: 0x84, p1: 0, p2: 0, le: 8 });
  if (challenge.status !== OK || challenge.data.length !== 8) throw unreadable();
  const own = random(8);
  const ownSecret = random(16);
  const hidden = tripleDes.encrypt(encryption, zero, Buffer.concat([own, challenge.data, ownSecret]));
  const answer = await exchange(transceive, {
    cla: 0,
    ins: 0x82,
    p1: 0,
    p2: 0,
    data: Buffer.concat([hidden, tripleDes.mac(mac, pad(hidden, 8))]),
    le: 40,
  });
  // The chip only says no; a wrong key is by far the likeliest reason.
  if (answer.status !== OK) throw new ChipFault('chip.wrong-key');
  if (answer.data.length !== 40) throw unreadable();
  const theirs = answer.data.subarray(0, 32);
  if (!timingSafeEqual(tripleDes.mac(mac, pad(theirs, 8)), answer.data.subarray(32))) throw unreadable();
  const opened = tripleDes.decrypt(encryption, zero, theirs);
  if (!timingSafeEqual(opened.subarray(0, 8), challenge.data)) throw unreadable();
  if (!timingSafeEqual(opened.subarray(8, 16), own)) throw unreadable();
  const shared = xor(ownSecret, opened.subarray(16));
  return {
    suite: tripleDes,
    encryption: tripleDes.deriveKey(shared, 'encryption'),
    mac: tripleDes.deriveKey(shared, 'mac'),
    counter: Buffer.concat([challenge.data.subarray(4), own.subarray(4)]),
  };
}
