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
  evidence: Evidence;
};
/** What a desk would say of its log over the line: its key, how the log goes on, a checkpoint of it (signed notes). */
export type Evidence = {
  key: { publicKey: string; proof: string } | null;
  epoch: { statement: string; signature: string } | null;
  checkpoint: string | null;
};
export type SentLeaves = { from: number; leaves: string[] };
export type SentEffects = {
  effects: UncheckedEffect[];
  /** Places within visits at which nothing will come. */
  closed: { visitId: string; ordinal: number }[];
};

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isPosition = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 1;
const isKey = (value: unknown): value is string =>
  typeof value === 'string' && Buffer.from(value, 'base64').length === 32;
const isPlace = (value: unknown): value is SentEffects['closed'][number] =>
  isObject(value) && typeof value.visitId === 'string' && isPosition(value.ordinal);
const isEffect = (value: unknown): value is UncheckedEffect =>
  isObject(value) && typeof value.id === 'string';

const isTexts = <K extends string>(value: unknown, ...names: K[]): value is Record<K, string> =>
  isObject(value) && names.every((name) => typeof value[name] === 'string');

/** A desk that proves nothing yet has none of it; half of it is not to be read as nothing. */
function readEvidence(value: unknown): Evidence | null {
  if (value === undefined) return { key: null, epoch: null, checkpoint: null };
  if (!isObject(value)) return null;
  const { key, epoch, checkpoint } = value;
  if (key !== null && !isTexts(key, 'publicKey', 'proof')) return null;
  if (epoch !== null && !isTexts(epoch, 'statement', 'signature')) return null;
  if (checkpoint !== null && typeof checkpoint !== 'string') return null;
  return { key, epoch, checkpoint };
}

export function readManifest(value: unknown): DeskManifest | null {
  if (!isObject(value)) return null;
  const { deskId, deskToken, number, abandoned, signingKey, sealingKey, inboxCursor, masterCursors } = value;
  if (typeof deskId !== 'string' || typeof deskToken !== 'string' || !isPosition(number)) return null;
  if (!Array.isArray(abandoned) || !abandoned.every(isPosition)) return null;
  if (!isKey(signingKey) || !isKey(sealingKey) || !isObject(masterCursors)) return null;
  const evidence = readEvidence(value.evidence);
  if (evidence === null) return null;
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
    evidence,
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
  const closed: unknown = value.closed ?? [];
  if (!Array.isArray(closed) || !closed.every(isPlace)) return null;
  return effects.every(isEffect) ? { effects, closed } : null;
}
