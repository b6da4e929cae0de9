import type { UncheckedEffect } from '../api.ts';

/** What a desk says first on a medium. Its token shows that it is the desk, also where no key of it is known yet. */
export type DeskManifest = {
  deskId: string;
  deskToken: string;
  number: number;
  /** Earlier numbers that never left the desk. */
  abandoned: number[];
  /** Ed25519 and X25519, base64 of 32 bytes. */
  signingKey: string;
  sealingKey: string;
  inboxCursor: string | null;
  masterCursors: Record<string, string>;
};
export type SentLeaves = { from: number; leaves: string[] };
export type SentEffects = { effects: UncheckedEffect[] };

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isPosition = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 1;
const isKey = (value: unknown): value is string =>
  typeof value === 'string' && Buffer.from(value, 'base64').length === 32;
const isEffect = (value: unknown): value is UncheckedEffect =>
  isObject(value) && typeof value.id === 'string';

export function readManifest(value: unknown): DeskManifest | null {
  if (!isObject(value)) return null;
  const { deskId, deskToken, number, abandoned, signingKey, sealingKey, inboxCursor, masterCursors } = value;
  if (typeof deskId !== 'string' || typeof deskToken !== 'string' || !isPosition(number)) return null;
  if (!Array.isArray(abandoned) || !abandoned.every(isPosition)) return null;
  if (!isKey(signingKey) || !isKey(sealingKey) || !isObject(masterCursors)) return null;
  const cursors = Object.entries(masterCursors).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  return {
    deskId,
    deskToken,
    number,
    abandoned,
    signingKey,
    sealingKey,
    inboxCursor: typeof inboxCursor === 'string' ? inboxCursor : null,
    masterCursors: Object.fromEntries(cursors),
  };
}

export function readLeaves(value: unknown): SentLeaves | null {
  if (!isObject(value) || !isPosition(value.from) || !Array.isArray(value.leaves)) return null;
  const leaves: unknown[] = value.leaves;
  return leaves.every((leaf) => typeof leaf === 'string') ? { from: value.from, leaves } : null;
}

export function readEffects(value: unknown): SentEffects | null {
  if (!isObject(value) || !Array.isArray(value.effects)) return null;
  const effects: unknown[] = value.effects;
  return effects.every(isEffect) ? { effects } : null;
}
