import { append } from '../journal/append.ts';
import {
  type Checkpoint,
  keepCosignature,
  lastCountersigned,
  makeCheckpoint,
  nextToCountersign,
} from '../journal/checkpoint.ts';
import { currentEpoch, epochAnnounced, openEpoch, readNamed, unannouncedEpoch } from '../journal/epoch.ts';
import { type DeskKeys, signerOf } from '../journal/keys.ts';
import { treeSize } from '../journal/tree.ts';
import * as cursors from '../store/cursors.ts';
import * as deskValues from '../store/desk-values.ts';
import { raise } from '../store/exceptions.ts';
import type { Reader, Tx } from '../store/open.ts';
import * as recoveries from '../store/recoveries.ts';
import { uuidv7 } from '../values/ids.ts';
import type { Failure } from '../values/result.ts';
import {
  epochStatement,
  keyStatement,
  parseCheckpoint,
  parseNote,
  parseWitness,
} from '../values/signed-note.ts';
import { legalDate } from '../values/time.ts';
import { countersigned, epochTaken, lastCheckpoint, registeredKey } from './answers.ts';
import { type CallFailure, LIMITS } from './client.ts';
import type { Step, SyncContext } from './context.ts';

/** What a desk proves its log with, as the sync needs it. */
export type EvidenceDeps = {
  keys: DeskKeys;
  /** Null before enrolment. */
  deskId: () => string | null;
};

export type EvidenceProblem = Failure<
  | 'checkpoint.refused'
  | 'checkpoint.not-countersigned'
  | 'checkpoint.other-portal'
  | 'desk.key-refused'
  | 'log.epoch-refused'
>;

const REFUSED_RETRY_MS = 5 * 60_000;
const STORED = 'evidence';

/** What the portal knows of the desk's key, and the portal's own key, kept from the first time it said it. */
type Stored = { registered: string | null; witness: string | null };

const textOr = (value: unknown): string | null => (typeof value === 'string' ? value : null);

function stored(tx: Reader): Stored {
  const value = deskValues.get(tx, STORED);
  const fields = typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
  return { registered: textOr(fields['registered']), witness: textOr(fields['witness']) };
}

/** The portal's key with which it countersigns, as the desk has it from the portal; null before the first sync. */
export const pinnedWitness = (tx: Reader): string | null => stored(tx).witness;

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

/** What the portal answers to a desk's key, epoch and checkpoint that came on a medium. */
export type EvidenceAnswer = {
  registered: string | null;
  witness: string;
  epoch: number | null;
  checkpoint: { note: string; cosignature: string } | null;
  problem: string | null;
};

/** What a desk shows of its log on a medium: its key, the epoch the portal does not know yet, a checkpoint. */
export function shownEvidence(tx: Reader, id: string, keys: DeskKeys, checkpoint: Checkpoint | null) {
  const key = keys.current();
  const epoch = unannouncedEpoch(tx);
  const statement = epoch && epochStatement({ deskId: id, ...epoch });
  return {
    key: { publicKey: base64(key.publicKey), proof: base64(key.sign(keyStatement(id, key.publicKey))) },
    epoch: statement && { statement, signature: base64(key.sign(Buffer.from(statement))) },
    checkpoint: checkpoint?.note ?? null,
  };
}

/** Takes the portal's answer as one that came over the line; returns what a supervisor has to see of it. */
export function takeEvidence(
  tx: Tx,
  said: EvidenceAnswer,
  of: { keys: DeskKeys; at: Date },
): { isCountersigned: boolean; problem: EvidenceProblem | null } {
  const before = stored(tx);
  const witness = parseWitness(said.witness);
  if (witness === null || (before.witness !== null && before.witness !== said.witness))
    return { isCountersigned: false, problem: { code: 'checkpoint.other-portal' } };
  if (said.registered === base64(of.keys.current().publicKey))
    deskValues.set(tx, STORED, { registered: said.registered, witness: said.witness });
  if (said.epoch !== null) epochAnnounced(tx, said.epoch, of.at);
  const note = said.checkpoint && parseNote(said.checkpoint.note);
  const size = (note && parseCheckpoint(note.text)?.size) ?? 0;
  const keyId = note?.signatures[0]?.keyId;
  const isCountersigned =
    said.checkpoint !== null &&
    keyId !== undefined &&
    keepCosignature(tx, { size, keyId, cosignature: said.checkpoint.cosignature, portal: witness });
  // What the portal has not got yet comes with the next medium.
  const isNews = said.problem !== null && said.problem !== 'log.gap';
  const code = said.problem === 'log.epoch-refused' ? 'log.epoch-refused' : 'checkpoint.refused';
  return {
    isCountersigned,
    problem: isNews ? { code, params: { reason: said.problem ?? '', size } } : null,
  };
}

/**
 * Keeps the portal able to judge the desk's log: it gets the desk's key, every new epoch, and a checkpoint whenever the log
 * has grown, which comes back countersigned. Nothing of it holds up the log or the effects.
 */
export function createEvidence(context: SyncContext, { keys, deskId }: EvidenceDeps) {
  const { store, clock, random, log, news, ask, mayHaveForgotten } = context;
  let problem: EvidenceProblem | null = null;
  let notBeforeMs = 0;
  const newId = (): string => uuidv7({ now: clock.now, random });
  /** Of a log that grows the same trouble is told at every size. */
  const kindOf = ({ code, params }: EvidenceProblem): string => JSON.stringify([code, params?.['reason']]);

  /** Something a person has to see: the frame warns, and a supervisor reviews it once for each reason. */
  function tell(next: EvidenceProblem): Step {
    notBeforeMs = clock.monotonicMs() + REFUSED_RETRY_MS;
    const isNew = problem === null || kindOf(problem) !== kindOf(next);
    problem = next;
    if (!isNew) return 'idle';
    const now = clock.now();
    const { code, params = {} } = next;
    store.write((tx) => {
      const told = textOr(deskValues.get(tx, 'evidence-problem'));
      const what = kindOf(next);
      if (told === what) return;
      deskValues.set(tx, 'evidence-problem', what);
      raise(tx, {
        id: newId(),
        kind: 'checkpoint-refused',
        at: now.toISOString(),
        legalDate: legalDate(now),
        params: { problem: code, ...params },
      });
    });
    log.warn({ call: 'evidence', code }, 'the portal does not take the proof of the day log');
    news({ kind: 'line' });
    return 'idle';
  }

  function solved(): void {
    if (problem === null) return;
    problem = null;
    store.write((tx) => deskValues.forget(tx, 'evidence-problem'));
    news({ kind: 'line' });
  }

  const isCut = (failure: CallFailure): boolean => failure.kind !== 'refused';
  const reasonOf = (failure: CallFailure): string => {
    if (failure.kind !== 'refused') return failure.kind;
    const { reason } = failure.details;
    return typeof reason === 'string' ? reason : failure.code;
  };

  /** Makes the desk's key known; the next one in its place, where one waits. */
  async function register(id: string): Promise<Step> {
    const next = keys.next();
    const wanted = next ?? keys.current();
    const publicKey = base64(wanted.publicKey);
    const before = store.read(stored);
    if (before.registered === publicKey && next === null) return 'idle';
    const statement = keyStatement(id, wanted.publicKey);
    const body = {
      publicKey,
      proof: base64(wanted.sign(statement)),
      ...(next && { replaces: base64(keys.current().sign(statement)) }),
    };
    const outcome = await ask(
      (client) =>
        client.call(registeredKey, LIMITS.call, (signal) =>
          client.api.PUT('/desks/self/key', { body, signal }),
        ),
      { isTry: true },
    );
    if (!outcome.ok)
      return isCut(outcome.error)
        ? 'cut'
        : tell({ code: 'desk.key-refused', params: { reason: reasonOf(outcome.error) } });
    const { witness, epoch } = outcome.value;
    if (parseWitness(witness) === null || (before.witness !== null && before.witness !== witness))
      return tell({ code: 'checkpoint.other-portal' });
    const isReplaced = before.registered !== null && before.registered !== publicKey;
    if (isReplaced && next === null) {
      const opened = await openLostKeyEpoch(id, epoch);
      if (opened !== 'moved') return opened;
    }
    if (problem?.code === 'desk.key-refused') solved();
    if (next !== null) await keys.adopt();
    store.write((tx) => {
      deskValues.set(tx, STORED, { registered: publicKey, witness });
      if (next !== null) entry(id, tx, 'key-changed', {});
    });
    return 'moved';
  }

  function entry(
    desk: string,
    tx: Parameters<typeof append>[0],
    kind: 'key-changed' | 'epoch-opened',
    ids: Record<string, string | number>,
  ): void {
    append(
      tx,
      { clock, random, desk },
      { kind, actId: newId(), clerk: 'desk', role: 'machine', ids, payload: {} },
    );
  }

  /** A key that came without the one before: the log goes on under a new epoch, unless a restore has opened one already. */
  async function openLostKeyEpoch(id: string, announced: number): Promise<Step> {
    const outcome = await ask(
      (client) =>
        client.call(lastCheckpoint, LIMITS.call, (signal) => client.api.GET('/log/checkpoints', { signal })),
      { isTry: true },
    );
    if (!outcome.ok) return isCut(outcome.error) ? 'cut' : 'idle';
    const { checkpoint } = outcome.value;
    const { witness } = store.read(stored);
    const names =
      checkpoint && readNamed(checkpoint, signerOf(id, keys).name, witness ? parseWitness(witness) : null);
    if (checkpoint !== null && names === null) return tell({ code: 'checkpoint.other-portal' });
    store.write((tx) => {
      if (currentEpoch(tx) > announced) return;
      entry(id, tx, 'epoch-opened', openEpoch(tx, { names, at: clock.now() }));
    });
    return 'moved';
  }

  /** Tells the portal how the log goes on, before it gets the first entry of a new epoch. */
  async function announce(id: string): Promise<Step> {
    const epoch = store.read(unannouncedEpoch);
    if (epoch === null) return 'idle';
    const statement = epochStatement({ deskId: id, ...epoch });
    const body = { statement, signature: base64(keys.current().sign(Buffer.from(statement))) };
    const outcome = await ask(
      (client) =>
        client.call(epochTaken, LIMITS.call, (signal) => client.api.POST('/log/epochs', { body, signal })),
      { isTry: true },
    );
    if (!outcome.ok)
      return isCut(outcome.error)
        ? 'cut'
        : tell({ code: 'log.epoch-refused', params: { reason: reasonOf(outcome.error) } });
    store.write((tx) => epochAnnounced(tx, epoch.epoch, clock.now()));
    if (problem?.code === 'log.epoch-refused') solved();
    return 'moved';
  }

  const isHeld = (tx: Reader): boolean => recoveries.open(tx)?.state === 'reconciling';
  const mayWork = (): string | null => {
    if (clock.monotonicMs() < notBeforeMs) return null;
    // What a restored desk says of itself is settled first.
    return store.read(isHeld) ? null : deskId();
  };

  /** Before the leaves: the key and the epoch they are of. */
  async function introduce(): Promise<Step> {
    const id = mayWork();
    if (id === null) return 'idle';
    const registered = await register(id);
    if (registered === 'cut' || problem?.code === 'desk.key-refused') return registered;
    const announced = await announce(id);
    return announced === 'idle' ? registered : announced;
  }

  /** The next checkpoint to show, made now where the log has grown since the last one the portal saw. */
  function due(id: string): Checkpoint | null {
    const signer = signerOf(id, keys);
    const acknowledged = (tx: Reader): number => Number(cursors.get(tx, 'log') ?? 0);
    const waiting = store.read((tx) => nextToCountersign(tx, signer, acknowledged(tx)));
    if (waiting !== null) return waiting;
    const hasGrown = store.read((tx) => {
      const size = treeSize(tx);
      return size > 0 && size === acknowledged(tx) && size > (lastCountersigned(tx)?.size ?? 0);
    });
    if (!hasGrown) return null;
    return store.write((tx) => {
      const made = makeCheckpoint(tx, signer, { reason: 'sync', at: clock.now() });
      return made.size === acknowledged(tx) && made.cosignature === null ? made : null;
    });
  }

  /** After the leaves: the portal sees the newest checkpoint and signs under it. */
  async function prove(): Promise<Step> {
    const id = mayWork();
    const known = id === null ? null : store.read(stored);
    const witness = known?.witness ? parseWitness(known.witness) : null;
    if (id === null || witness === null || known?.registered !== base64(keys.current().publicKey))
      return 'idle';
    const checkpoint = due(id);
    if (checkpoint === null) return 'idle';
    const outcome = await ask(
      (client) =>
        client.call(countersigned, LIMITS.call, (signal) =>
          client.api.POST('/log/checkpoints', { body: { note: checkpoint.note }, signal }),
        ),
      { isTry: true, mayBePoison: true },
    );
    if (outcome.ok) {
      const { cosignature } = outcome.value;
      const { size, keyId } = checkpoint;
      const isKept = store.write((tx) => keepCosignature(tx, { size, keyId, cosignature, portal: witness }));
      if (!isKept) return tell({ code: 'checkpoint.not-countersigned', params: { size } });
      solved();
      return 'moved';
    }
    const failure = outcome.error;
    if (failure.kind !== 'refused') {
      // Its own trouble with this one says nothing of the line.
      if (failure.kind === 'no-answer' && failure.portalCode === 'portal.failed') {
        notBeforeMs = clock.monotonicMs() + REFUSED_RETRY_MS;
        return 'idle';
      }
      return 'cut';
    }
    const { expected } = failure.details;
    if (
      failure.code === 'log.gap' &&
      typeof expected === 'number' &&
      expected >= 1 &&
      expected <= checkpoint.size
    ) {
      // It has fewer leaves than it said: they go again.
      store.write((tx) => cursors.set(tx, 'log', String(expected - 1), clock.now().toISOString()));
      mayHaveForgotten('log');
      return 'moved';
    }
    const reason = reasonOf(failure);
    if (reason === 'no-key')
      store.write((tx) => deskValues.set(tx, STORED, { registered: null, witness: known?.witness ?? null }));
    return tell({ code: 'checkpoint.refused', params: { reason, size: checkpoint.size } });
  }

  return { introduce, prove, problem: (): EvidenceProblem | null => problem };
}
