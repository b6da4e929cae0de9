import type { Checkpoint } from '../../journal/checkpoint.ts';
import type { DeskKeys } from '../../journal/keys.ts';
import { lastSequence, leavesFrom } from '../../journal/read.ts';
import * as cursors from '../../store/cursors.ts';
import { StoreError } from '../../store/failures.ts';
import * as master from '../../store/master.ts';
import * as media from '../../store/media.ts';
import type { Store, Tx } from '../../store/open.ts';
import * as outbox from '../../store/outbox.ts';
import { type MediumPart, sealingPublicKey } from '../../values/medium-file.ts';
import { textOf } from '../effects.ts';
import { shownEvidence } from '../evidence.ts';
import { CURSOR as INBOX } from '../inbox-reading.ts';
import type { SyncLog } from '../log.ts';
import { CURSOR as LOG } from '../log-stream.ts';
import { COLLECTIONS } from '../master-reading.ts';

const BATCH = { limit: 500, maxBytes: 1_000_000 };
const LEAVES = 1000;

/** What a medium of this desk bears: the log from the first entry the portal has not, and every act it has not confirmed. */
export type MediumPlan = {
  deskId: string;
  deskToken: string;
  number: number;
  /** Numbers that never left the desk. */
  abandoned: readonly number[];
  /** The entries it bears, both included; nothing of later acts. */
  first: number;
  last: number;
  signingKey: Buffer;
  sealingKey: Buffer;
  cursors: { inbox: string | null; master: media.Cursors };
  evidence: ReturnType<typeof shownEvidence>;
};

/** Everything the portal has not confirmed at this point of the transaction, under the next number. */
export function planMedium(
  tx: Tx,
  of: {
    deskId: string;
    deskToken: string;
    number: number;
    checkpoint: Checkpoint | null;
    keys: DeskKeys;
    random: (length: number) => Uint8Array;
  },
): MediumPlan {
  const { deskId, deskToken, number, checkpoint, keys } = of;
  let seed = media.sealingSeed(tx);
  if (seed === null) {
    seed = Buffer.from(of.random(32));
    media.keepSealingSeed(tx, seed);
  }
  const masterCursors = COLLECTIONS.flatMap((one) => {
    const cursor = master.cursorOf(tx, one);
    return cursor === null ? [] : [[one, cursor] as const];
  });
  return {
    deskId,
    deskToken,
    number,
    abandoned: media.abandoned(tx),
    first: Number(cursors.get(tx, LOG) ?? 0) + 1,
    last: lastSequence(tx),
    signingKey: keys.current().publicKey,
    sealingKey: sealingPublicKey(seed),
    cursors: { inbox: cursors.get(tx, INBOX), master: Object.fromEntries(masterCursors) },
    evidence: shownEvidence(tx, deskId, keys, checkpoint),
  };
}

const json = (name: string, text: string): MediumPart => ({ kind: 'json', name, text });

/**
 * The parts of a medium in the order in which the portal takes them. Everything not confirmed goes on every medium: one that
 * is lost has lost nothing. `onDone` counts entries and effects. Throws a StoreError when the store cannot be read.
 */
export async function* mediumParts(
  { store, log }: { store: Store; log: SyncLog },
  plan: MediumPlan,
  onDone: (count: number) => void,
): AsyncGenerator<MediumPart> {
  const { deskId, deskToken, number, abandoned, signingKey, sealingKey, cursors, evidence } = plan;
  yield json(
    'manifest',
    JSON.stringify({
      deskId,
      deskToken,
      number,
      abandoned,
      signingKey: signingKey.toString('base64'),
      sealingKey: sealingKey.toString('base64'),
      inboxCursor: cursors.inbox,
      masterCursors: cursors.master,
      evidence,
    }),
  );
  for (let from = plan.first; from <= plan.last; ) {
    const limit = Math.min(LEAVES, plan.last - from + 1);
    const leaves = store.read((tx) => leavesFrom(tx, from, limit));
    yield json(
      'leaves',
      JSON.stringify({ from, leaves: leaves.map(({ leaf }) => Buffer.from(leaf).toString('base64')) }),
    );
    onDone(leaves.length);
    from += leaves.length;
  }
  const wanted = new Map<string, number>();
  for await (const part of effectParts(store, plan.last, wanted, onDone)) yield part;
  for (const [sha256, size] of wanted)
    if (await isReadable(store, sha256))
      yield { kind: 'blob', name: sha256, size, content: store.blobs.stream(sha256) };
    // The act goes without it and is told as what misses it; the others of the medium go in any case.
    else log.warn({ code: 'store.blob-damaged', call: 'medium' }, 'a content can not be read');
}

async function* effectParts(
  store: Store,
  last: number,
  wanted: Map<string, number>,
  onDone: (count: number) => void,
): AsyncGenerator<MediumPart> {
  let after: outbox.Effect | null = null;
  // What stands behind something that can not be sent would only be refused.
  const barred = new Set<string>();
  for (;;) {
    const found = store.read((tx) => outbox.unconfirmed(tx, after, { ...BATCH, last }));
    const texts: string[] = [];
    for (const { content, missing } of found) {
      after = content.effect;
      const text = barred.has(content.effect.visitId) ? null : textOf(content);
      if (text === null) {
        barred.add(content.effect.visitId);
        continue;
      }
      texts.push(text);
      for (const { sha256, size } of missing) wanted.set(sha256, size);
    }
    if (found.length === 0) return;
    const visitIds = [...new Set(found.map(({ content }) => content.effect.visitId))];
    const closed = store.read((tx) => outbox.closedIn(tx, visitIds));
    yield json('effects', `{"effects":[${texts.join(',')}],"closed":${JSON.stringify(closed)}}`);
    onDone(found.length);
  }
}

/** Looked at before it goes into the file: half a content would spoil all of it. */
async function isReadable({ blobs }: Store, sha256: string): Promise<boolean> {
  try {
    for await (const _ of blobs.stream(sha256));
    return true;
  } catch (error) {
    if (error instanceof StoreError) return false;
    throw error;
  }
}
