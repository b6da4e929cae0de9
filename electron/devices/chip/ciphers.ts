import { createCipheriv, createDecipheriv, createHash } from 'node:crypto';

/**
 * The ciphers of secure messaging (ICAO 9303-11, 9.8): triple DES with two keys and the retail MAC of ISO 9797-1, or AES
 * with CMAC. Both give MACs of eight bytes.
 */
export type Suite = {
  readonly name: '3des' | 'aes';
  readonly blockSize: 8 | 16;
  encrypt(key: Uint8Array, iv: Uint8Array, data: Uint8Array): Uint8Array;
  decrypt(key: Uint8Array, iv: Uint8Array, data: Uint8Array): Uint8Array;
  /** Over data of whole blocks. */
  mac(key: Uint8Array, data: Uint8Array): Uint8Array;
  /** The key for one use of a shared secret (9.7.1). */
  deriveKey(secret: Uint8Array, use: KeyUse): Uint8Array;
  /** The vector a protected message begins with. */
  messageIv(key: Uint8Array, counter: Uint8Array): Uint8Array;
};

export type KeyUse = 'encryption' | 'mac' | 'password';
const useNumber: Readonly<Record<KeyUse, number>> = { encryption: 1, mac: 2, password: 3 };

const whole = (
  cipher: ReturnType<typeof createCipheriv> | ReturnType<typeof createDecipheriv>,
  data: Uint8Array,
): Uint8Array => {
  cipher.setAutoPadding(false);
  return Buffer.concat([cipher.update(data), cipher.final()]);
};

const derive = (hash: 'sha1' | 'sha256', length: number, secret: Uint8Array, use: KeyUse): Uint8Array =>
  createHash(hash)
    .update(secret)
    .update(Uint8Array.of(0, 0, 0, useNumber[use]))
    .digest()
    .subarray(0, length);

export const xor = (one: Uint8Array, other: Uint8Array): Uint8Array =>
  one.map((byte, index) => byte ^ (other[index] ?? 0));

/** Method 2 of ISO 9797-1: 80 and zeros up to a whole block; always something. */
export function pad(data: Uint8Array, blockSize: number): Uint8Array {
  const padded = new Uint8Array((Math.floor(data.length / blockSize) + 1) * blockSize);
  padded.set(data);
  padded[data.length] = 0x80;
  return padded;
}

/** Null when this is no such padding. */
export function unpad(data: Uint8Array): Uint8Array | null {
  let end = data.length;
  while (end > 0 && data[end - 1] === 0) end -= 1;
  return data[end - 1] === 0x80 ? data.subarray(0, end - 1) : null;
}

// Three keys of which two are the same: every OpenSSL and BoringSSL has this mode, and not all have the others.
const desKeys = (first: Uint8Array, second: Uint8Array): Uint8Array => Buffer.concat([first, second, first]);
const desMode = 'des-ede3-cbc';

export const tripleDes: Suite = {
  name: '3des',
  blockSize: 8,
  encrypt: (key, iv, data) =>
    whole(createCipheriv(desMode, desKeys(key.subarray(0, 8), key.subarray(8)), iv), data),
  decrypt: (key, iv, data) =>
    whole(createDecipheriv(desMode, desKeys(key.subarray(0, 8), key.subarray(8)), iv), data),
  mac: (key, data) => {
    const first = key.subarray(0, 8);
    const second = key.subarray(8);
    const zero = new Uint8Array(8);
    // Single DES is triple DES with one key three times over.
    const chained = whole(createCipheriv(desMode, desKeys(first, first), zero), data).subarray(-8);
    const opened = whole(createDecipheriv(desMode, desKeys(second, second), zero), chained);
    return whole(createCipheriv(desMode, desKeys(first, first), zero), opened);
  },
  // The parity bits DES has in its keys count for nothing and stay as they come.
  deriveKey: (secret, use) => derive('sha1', 16, secret, use),
  messageIv: () => new Uint8Array(8),
};

/** AES of 128, 192 or 256 bits. Keys of 128 bits come of SHA-1, longer ones of SHA-256. */
export const aes = (bits: 128 | 192 | 256): Suite => {
  const encrypt = (key: Uint8Array, iv: Uint8Array, data: Uint8Array) =>
    whole(createCipheriv(`aes-${bits}-cbc`, key, iv), data);
  const block = (key: Uint8Array, data: Uint8Array) => encrypt(key, new Uint8Array(16), data);
  return {
    name: 'aes',
    blockSize: 16,
    encrypt,
    decrypt: (key, iv, data) => whole(createDecipheriv(`aes-${bits}-cbc`, key, iv), data),
    mac: (key, data) => cmac((block_) => block(key, block_), data).subarray(0, 8),
    deriveKey: (secret, use) => derive(bits === 128 ? 'sha1' : 'sha256', bits / 8, secret, use),
    messageIv: (key, counter) => block(key, counter),
  };
};

/** CMAC (RFC 4493, NIST SP 800-38B), whole; `block` encrypts one block of 16 bytes. */
export function cmac(block: (data: Uint8Array) => Uint8Array, data: Uint8Array): Uint8Array {
  const first = doubled(block(new Uint8Array(16)));
  const count = Math.max(1, Math.ceil(data.length / 16));
  const last = data.subarray((count - 1) * 16);
  const closing = last.length === 16 ? xor(last, first) : xor(pad(last, 16), doubled(first));
  let chained: Uint8Array = new Uint8Array(16);
  for (let at = 0; at < count - 1; at += 1)
    chained = block(xor(data.subarray(at * 16, at * 16 + 16), chained));
  return block(xor(closing, chained));
}

/** Twice the number in GF(2^128). */
function doubled(block: Uint8Array): Uint8Array {
  const carry = ((block[0] ?? 0) & 0x80) === 0 ? 0 : 0x87;
  return block.map((byte, index) => {
    const next = index === 15 ? 0 : (block[index + 1] ?? 0) >> 7;
    return ((byte << 1) & 0xff) ^ next ^ (index === 15 ? carry : 0);
  });
}
