import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  hkdfSync,
  type KeyObject,
} from 'node:crypto';

/**
 * An office's recovery key: an X25519 key pair (RFC 7748). The public half is master data; desks wrap the key of every
 * backup to it. The private half is a sheet of paper in the office's safe and nowhere else.
 */

type Random = (length: number) => Uint8Array;

/** A key sealed with AES-256-GCM; `ephemeral` is the public half made for this one sealing. All base64url. */
export type SealedKey = { nonce: string; sealed: string };
export type WrappedKey = SealedKey & { ephemeral: string };

const PRIVATE_DER = Buffer.from('302e020100300506032b656e04220420', 'hex');
const PUBLIC_DER = Buffer.from('302a300506032b656e032100', 'hex');
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url');
const bytesOf = (text: string): Buffer => Buffer.from(text, 'base64url');

const privateKey = (raw: Uint8Array): KeyObject =>
  createPrivateKey({ key: Buffer.concat([PRIVATE_DER, raw]), format: 'der', type: 'pkcs8' });
const publicKey = (raw: Uint8Array): KeyObject =>
  createPublicKey({ key: Buffer.concat([PUBLIC_DER, raw]), format: 'der', type: 'spki' });

/** The public half of a private key of 32 bytes, as the office's master data hold it. */
export const recoveryPublicKey = (raw: Uint8Array): string =>
  base64(
    createPublicKey(privateKey(raw)).export({ format: 'der', type: 'spki' }).subarray(PUBLIC_DER.length),
  );

/** Whether a text is a public key as the master data hold it. */
export const isRecoveryPublicKey = (text: string): boolean => /^[A-Za-z0-9_-]{43}$/.test(text);

/** What names a public key to people: the first eight characters of its hash, in two groups. */
export const recoveryKeyName = (publicText: string): string =>
  createHash('sha256')
    .update(bytesOf(publicText))
    .digest('hex')
    .slice(0, 8)
    .toUpperCase()
    .replace(/^(.{4})/, '$1-');

function seal(key: Uint8Array, content: Uint8Array, context: string, random: Random): SealedKey {
  const nonce = random(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(Buffer.from(context));
  return {
    nonce: base64(nonce),
    sealed: base64(Buffer.concat([cipher.update(content), cipher.final(), cipher.getAuthTag()])),
  };
}

function unseal(key: Uint8Array, { nonce, sealed }: SealedKey, context: string): Uint8Array | null {
  const bytes = bytesOf(sealed);
  const iv = bytesOf(nonce);
  if (bytes.length < TAG_BYTES || iv.length !== NONCE_BYTES) return null;
  const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(context));
  decipher.setAuthTag(bytes.subarray(bytes.length - TAG_BYTES));
  const content = decipher.update(bytes.subarray(0, bytes.length - TAG_BYTES));
  try {
    decipher.final();
    return new Uint8Array(content);
  } catch {
    return null;
  }
}

const derived = (secret: Uint8Array, salt: Uint8Array, purpose: string): Uint8Array =>
  new Uint8Array(hkdfSync('sha256', secret, salt, purpose, KEY_BYTES));

/** Seals a key so that only the holder of the recovery key's private half reads it. `context` must be the same again. */
export function wrapToRecoveryKey(
  publicText: string,
  key: Uint8Array,
  context: string,
  random: Random,
): WrappedKey {
  const own = privateKey(random(KEY_BYTES));
  const ephemeral = createPublicKey(own).export({ format: 'der', type: 'spki' }).subarray(PUBLIC_DER.length);
  const recipient = bytesOf(publicText);
  const shared = diffieHellman({ privateKey: own, publicKey: publicKey(recipient) });
  const wrapping = derived(shared, Buffer.concat([ephemeral, recipient]), 'virtuos backup, recovery key');
  return { ephemeral: base64(ephemeral), ...seal(wrapping, key, context, random) };
}

/** The sealed key; null when it was sealed to another recovery key or was changed. */
export function unwrapWithRecoveryKey(
  raw: Uint8Array,
  wrapped: WrappedKey,
  context: string,
): Uint8Array | null {
  const ephemeral = bytesOf(wrapped.ephemeral);
  if (ephemeral.length !== KEY_BYTES) return null;
  const shared = diffieHellman({ privateKey: privateKey(raw), publicKey: publicKey(ephemeral) });
  const salt = Buffer.concat([ephemeral, bytesOf(recoveryPublicKey(raw))]);
  return unseal(derived(shared, salt, 'virtuos backup, recovery key'), wrapped, context);
}

const deskWrapping = (deskKey: Uint8Array): Uint8Array =>
  derived(deskKey, new Uint8Array(0), 'virtuos backup, desk key');

/** Seals a key under the desk's own store key. */
export const wrapToDeskKey = (
  deskKey: Uint8Array,
  key: Uint8Array,
  context: string,
  random: Random,
): SealedKey => seal(deskWrapping(deskKey), key, context, random);

export const unwrapWithDeskKey = (
  deskKey: Uint8Array,
  wrapped: SealedKey,
  context: string,
): Uint8Array | null => unseal(deskWrapping(deskKey), wrapped, context);

// The paper: Crockford's base 32 (no I, L, O, U), version, 32 bytes and a check of 4 bytes, in groups of four.
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const VERSION = 1;
const CHECK_BYTES = 4;
const CHARACTERS = Math.ceil(((1 + KEY_BYTES + CHECK_BYTES) * 8) / 5);

const checkOf = (versioned: Uint8Array): Buffer =>
  createHash('sha256').update('virtuos recovery key').update(versioned).digest().subarray(0, CHECK_BYTES);

/** A private key of 32 bytes as it stands on the sheet. */
export function recoveryKeyText(raw: Uint8Array): string {
  const versioned = Buffer.concat([Uint8Array.of(VERSION), raw]);
  let bits = '';
  for (const byte of Buffer.concat([versioned, checkOf(versioned)]))
    bits += byte.toString(2).padStart(8, '0');
  const characters = (bits.match(/.{1,5}/g) ?? []).map((five) =>
    ALPHABET.charAt(Number.parseInt(five.padEnd(5, '0'), 2)),
  );
  return (characters.join('').match(/.{1,4}/g) ?? []).join('-');
}

/** The private key typed from the sheet; null when a character is wrong or missing. Case, spaces and dashes do not matter. */
export function readRecoveryKey(text: string): Uint8Array | null {
  const typed = text
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[\s\p{Pd}]+/gu, '')
    .replace(/O/g, '0')
    .replace(/[IL]/g, '1');
  if (typed.length !== CHARACTERS) return null;
  let bits = '';
  for (const character of typed) {
    const value = ALPHABET.indexOf(character);
    if (value < 0) return null;
    bits += value.toString(2).padStart(5, '0');
  }
  const bytes = Buffer.from((bits.match(/.{8}/g) ?? []).map((eight) => Number.parseInt(eight, 2)));
  const versioned = bytes.subarray(0, 1 + KEY_BYTES);
  const isSound =
    versioned[0] === VERSION && checkOf(versioned).equals(bytes.subarray(1 + KEY_BYTES, bytes.length));
  return isSound ? new Uint8Array(versioned.subarray(1)) : null;
}
