import { hash } from 'node:crypto';
import type { JsonValue } from '../store/json.ts';
import { canonical } from '../values/canonical.ts';
import { sha256 } from '../values/sha256.ts';

/** Ids an entry names besides its act: UUIDs, numbers, ids of definitions. Never a name or free text. */
export type EntryIds = Readonly<Record<string, string | number>>;

/** What is hashed of an entry: nothing personal, nothing free. The payload is bound to it by its salted hash. */
export type Leaf = {
  v: 1;
  desk: string;
  epoch: number;
  /** Place in the log, from 1, without a gap. */
  sequence: number;
  /** The desk's clock: ISO 8601 in UTC with milliseconds. */
  at: string;
  /** The day in Europe/Prague. */
  legalDate: string;
  /** Milliseconds the desk has been running, whatever its clock says; strictly ascending. */
  counter: number;
  /** The last instant the desk knew from somewhere it trusts; null before the first. */
  trusted: string | null;
  clerk: string;
  role: string;
  kind: string;
  ids: EntryIds;
  /** Base64url of SHA-256(salt || payload). */
  payload: string;
};

// Shorter than a SHA-256 in hex: the hash of a scan tells who was here to anyone who has the scan.
const SAFE_ID = /^[A-Za-z0-9][A-Za-z0-9._:/-]{0,62}$/;

/** The bytes of RFC 8785 for a JSON value. */
export const canonicalBytes = (value: JsonValue | Leaf): Buffer => Buffer.from(canonical(value), 'utf8');

/** SHA-256(salt || payload) as the leaf holds it. */
export const payloadHash = (salt: Uint8Array, payload: Uint8Array): string =>
  sha256(salt, payload).toString('base64url');

const LEAF_PREFIX = Uint8Array.of(0);

/** RFC 6962 § 2.1: SHA-256(0x00 || leaf). */
export const leafHash = (leaf: Uint8Array): Buffer => sha256(LEAF_PREFIX, leaf);

/** The hash in front of a leaf, and the prefix of leaves. */
export const SEAL_BYTES = 33;

/** Whether a leaf behind its hash and the prefix of leaves still has that hash. */
export const isSealed = (sealed: Buffer): boolean =>
  hash('sha256', sealed.subarray(SEAL_BYTES - 1), 'binary') === sealed.toString('binary', 0, SEAL_BYTES - 1);

// A whole leaf as `leafBytes` writes it. What fits it is JSON to its last character, no text in it has an escape, and no member
// is there twice outside of `ids`.
const TEXT = String.raw`"[^"\\\x00-\x1f]*"`;
const NUMBER = '-?(?:0|[1-9][0-9]*)';
const ID = `${TEXT}:(?:${TEXT}|${NUMBER})`;
const USUAL_LEAF = new RegExp(
  `^{"at":${TEXT},"clerk":${TEXT},"counter":${NUMBER},"desk":${TEXT},"epoch":${NUMBER},"ids":{(?:${ID}(?:,${ID})*)?},` +
    `"kind":${TEXT},"legalDate":${TEXT},"payload":"([A-Za-z0-9_-]*)","role":${TEXT},"sequence":(${NUMBER}),` +
    `"trusted":(?:null|${TEXT}),"v":1}$`,
);

/** What a leaf, from `start` on, says of its place and its payload; read off where it is as we write them, which is faster. */
export function placeAndPayload(bytes: Buffer, start: number): { sequence?: unknown; payload?: unknown } {
  const [, payload, sequence] = USUAL_LEAF.exec(bytes.toString('latin1', start)) ?? [];
  return sequence === undefined
    ? JSON.parse(bytes.toString('utf8', start))
    : { sequence: Number(sequence), payload };
}

/** `payloadHash` of a salt and a payload that lie one behind the other. */
export const contentsHash = (contents: Uint8Array): string => hash('sha256', contents, 'base64url');

/** The leaf's bytes. Throws when something in it could be personal: ids have the shape of ids. */
export function leafBytes(leaf: Leaf): Buffer {
  for (const [name, id] of Object.entries(leaf.ids)) {
    const isFit = typeof id === 'number' ? Number.isSafeInteger(id) : SAFE_ID.test(id);
    if (!isFit) throw new Error(`The id „${name}“ of a journal entry is no id.`);
  }
  for (const name of ['desk', 'clerk', 'role', 'kind'] as const) {
    if (!SAFE_ID.test(leaf[name])) throw new Error(`The ${name} of a journal entry is no id.`);
  }
  return canonicalBytes(leaf);
}
