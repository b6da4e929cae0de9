import { createHash } from 'node:crypto';
import { blobInfo } from '../store/blobs.ts';
import { isGivenUp, knownProblem } from '../store/delivery-rules.ts';
import { StoreError } from '../store/failures.ts';
import * as outbox from '../store/outbox.ts';
import * as uploadTable from '../store/uploads.ts';
import { err, ok } from '../values/result.ts';
import { blob } from './answers.ts';
import { backOffMs, chanceOf } from './back-off.ts';
import { type CallFailure, type NoAnswer, type Outcome, uploadLimit } from './client.ts';
import type { SyncContext } from './context.ts';
import { deliverySettings } from './delivery-settings.ts';
import { type Flow, SMALLEST_PART } from './flow.ts';

/** Contents wait in memory for a later try; the effects they belong to carry the same time in the store. */
type Held = { failures: number; notBeforeMs: number };
type Failed = { kind: 'store'; code: string } | CallFailure;

const WRONG_ANSWER: NoAnswer = {
  kind: 'no-answer',
  code: 'line.not-the-portal',
  retryAfterMs: null,
  portalCode: null,
};

const asksForTime = (failure: Failed): failure is Failed & { retryAfterMs: number } =>
  'retryAfterMs' in failure && failure.retryAfterMs !== null;

/**
 * Sends the contents the portal misses, one at a time, small before big, beside the other streams. Large ones go by tus
 * (resumable uploads 1.0.0) in parts, and go on where they stood after any cut and any restart; between two parts a smaller
 * one may come first. `onComplete` is told when an effect may have all its contents there, `onRest` when nothing is sent any
 * more and `waitMs` says when to begin again.
 */
export function createUploads(
  context: SyncContext,
  flow: Flow,
  { onComplete, onRest }: { onComplete(): void; onRest(): void },
) {
  const { store, clock, random, log, line, news, ask } = context;
  const held = new Map<string, Held>();
  /** Where uploads of this run stand, as the portal said last. */
  const offsets = new Map<string, number>();
  /** Until then the portal asked that no contents be sent. */
  let askedToWaitUntilMs = 0;
  let running: Promise<void> | null = null;

  const tell = (visitIds: string[]): void => {
    if (visitIds.length > 0) news({ kind: 'queue', visitIds: [...new Set(visitIds)] });
  };

  const next = (): string | undefined => {
    const now = clock.monotonicMs();
    const wanted = store.read((tx) => outbox.blobsToUpload(tx));
    for (const sha256 of held.keys()) if (!wanted.includes(sha256)) held.delete(sha256);
    return wanted.find((sha256) => (held.get(sha256)?.notBeforeMs ?? 0) <= now);
  };

  function forgetUpload(sha256: string): void {
    offsets.delete(sha256);
    store.write((tx) => uploadTable.forget(tx, sha256));
  }

  function done(sha256: string): void {
    held.delete(sha256);
    offsets.delete(sha256);
    const at = clock.now().toISOString();
    const complete = store.write((tx) => {
      uploadTable.forget(tx, sha256);
      return outbox.noteUploaded(tx, sha256, at);
    });
    if (complete > 0) onComplete();
  }

  /** A later try; when the portal itself refuses it too often, a person's. */
  function postpone(sha256: string, code: string, isRefusal: boolean): void {
    const failures = (held.get(sha256)?.failures ?? 0) + 1;
    const asked = askedToWaitUntilMs - clock.monotonicMs();
    // A line that was only cut is tried by the pump at once; the content goes on right behind it.
    const isCut = failures === 1 && !isRefusal;
    const wait = Math.max(isCut ? 0 : backOffMs(failures, chanceOf(random)), asked);
    held.set(sha256, { failures, notBeforeMs: clock.monotonicMs() + wait });
    const now = clock.now();
    const at = now.toISOString();
    const nextTryAt = new Date(now.getTime() + wait).toISOString();
    const effects = store.write((tx) => {
      const limits = deliverySettings(tx);
      const waiting = outbox.waitingForBlob(tx, sha256);
      for (const { id } of waiting)
        if (isRefusal && isGivenUp(outbox.noteRefusal(tx, id, at), now, limits))
          outbox.markNeedsPerson(tx, id, at, knownProblem(code));
        else outbox.postpone(tx, id, at, nextTryAt, isRefusal ? knownProblem(code) : { code });
      return waiting;
    });
    log.warn({ call: 'blobs', code, count: failures }, 'a content was not sent');
    tell(effects.map(({ visitId }) => visitId));
  }

  function needsPerson(sha256: string, problem: outbox.Problem): void {
    held.delete(sha256);
    const at = clock.now().toISOString();
    const effects = store.write((tx) => {
      uploadTable.forget(tx, sha256);
      const waiting = outbox.waitingForBlob(tx, sha256);
      for (const { id } of waiting) outbox.markNeedsPerson(tx, id, at, problem);
      return waiting;
    });
    for (const { id } of effects) log.warn({ effect: id, code: problem.code }, 'an effect needs a person');
    tell(effects.map(({ visitId }) => visitId));
  }

  /** False when there is no sense in going on now. */
  function failed(sha256: string, failure: Failed): boolean {
    if (asksForTime(failure))
      askedToWaitUntilMs = Math.max(askedToWaitUntilMs, clock.monotonicMs() + failure.retryAfterMs);
    switch (failure.kind) {
      case 'stopped':
        return false;
      case 'store':
        if (failure.code === 'store.blob-missing' || failure.code === 'store.blob-damaged')
          needsPerson(sha256, { code: 'effect.blob-lost' });
        else postpone(sha256, failure.code, false);
        return true;
      case 'refused':
        if (failure.retryable) postpone(sha256, failure.code, true);
        else needsPerson(sha256, knownProblem(failure.code));
        return true;
      case 'no-answer':
        postpone(sha256, failure.code, false);
        return false;
    }
  }

  type Sent = { ok: true; value: boolean } | { ok: false; error: Failed };

  /** A content small enough to go in one call. */
  async function sendWhole(sha256: string): Promise<Sent> {
    const content = await store.blobs.read(sha256);
    if (!content.ok) return err({ kind: 'store', code: content.error.code });
    if (createHash('sha256').update(content.value).digest('hex') !== sha256)
      return err({ kind: 'store', code: 'store.blob-damaged' });
    const bytes = Buffer.from(content.value);
    const sent = await ask((client) => client.putBlob(blob, sha256, bytes), { isUpload: true });
    if (!sent.ok) return sent;
    const isSame = sent.value.sha256 === sha256 && sent.value.size === bytes.length;
    return isSame ? ok(true) : err(WRONG_ANSWER);
  }

  /** The upload of a content and how much of it has arrived: the one begun earlier, or a new one. */
  async function uploadOf(
    sha256: string,
    size: number,
  ): Promise<Outcome<{ uploadId: string; offset: number }>> {
    const known = store.read((tx) => uploadTable.find(tx, sha256));
    if (known !== null) {
      const said = offsets.get(sha256);
      if (said !== undefined) return ok({ uploadId: known, offset: said });
      const offset = await ask((client) => client.uploadOffset(known), { isUpload: true });
      if (!offset.ok) return offset;
      if (offset.value !== null) return ok({ uploadId: known, offset: offset.value });
      forgetUpload(sha256);
    }
    const made = await ask((client) => client.createUpload(sha256, size), { isUpload: true });
    if (!made.ok) return made;
    const uploadId = made.value;
    store.write((tx) => uploadTable.save(tx, { sha256, uploadId, size, at: clock.now().toISOString() }));
    // It may be one this desk began before it forgot about it.
    const offset = await ask((client) => client.uploadOffset(uploadId), { isUpload: true });
    return offset.ok ? ok({ uploadId, offset: offset.value ?? 0 }) : offset;
  }

  /** One part of a large content. True when the whole is there. */
  async function sendPart(sha256: string, size: number): Promise<Sent> {
    const upload = await uploadOf(sha256, size);
    if (!upload.ok) return upload;
    const { uploadId, offset } = upload.value;
    if (offset > size) {
      forgetUpload(sha256);
      return err(WRONG_ANSWER);
    }
    const length = flow.partSize(size - offset);
    const part = flow.part(offset);
    const stalled = new AbortController();
    let broken: StoreError | undefined;
    let unseen: CallFailure | undefined;
    async function* content(): AsyncGenerator<Buffer, void, undefined> {
      try {
        yield* part.paced(store.blobs.stream(sha256, offset), length);
      } catch (error) {
        if (!(error instanceof StoreError)) throw error;
        broken = error;
        stalled.abort();
      }
    }
    const pieces = content();
    const looking = (async () => {
      while (await part.worthLooking()) {
        const there = await ask((client) => client.uploadOffset(uploadId), { isUpload: true });
        if (there.ok && there.value !== null) part.seen(there.value);
        else if (!there.ok && (there.error.kind === 'no-answer' || asksForTime(there.error))) {
          // Whoever can not be asked how far it is does not get the rest either.
          unseen = there.error;
          return stalled.abort();
        } else return;
      }
    })();
    const sent = await ask(
      (client) => client.patchUpload(uploadId, offset, pieces, stalled.signal, uploadLimit(length)),
      { isUpload: true },
    );
    part.over();
    await looking;
    // A body nobody read to its end would keep its file open.
    await pieces.return();
    offsets.delete(sha256);
    if (broken) return err({ kind: 'store', code: broken.failure.code });
    if (!sent.ok) {
      // The part was given up because of the look: what its answer asked for is kept.
      if (unseen && sent.error.kind === 'no-answer') return err(unseen);
      if (sent.error.kind === 'refused') {
        // Where it really stands is asked; what it does not know or did not find whole begins anew.
        if (sent.error.code === 'upload.unknown' || sent.error.code === 'blob.hash-differs')
          forgetUpload(sha256);
      }
      return sent;
    }
    if (sent.value >= size) return ok(true);
    if (sent.value <= offset) return err(WRONG_ANSWER);
    offsets.set(sha256, sent.value);
    return ok(false);
  }

  async function sendOne(sha256: string): Promise<boolean> {
    const size = store.read((tx) => blobInfo(tx, sha256)?.size);
    if (size === undefined) return failed(sha256, { kind: 'store', code: 'store.blob-missing' });
    const isBegun = store.read((tx) => uploadTable.find(tx, sha256)) !== null;
    if (!isBegun || !offsets.has(sha256)) {
      // The answer to an earlier try may have been lost: what is there is not sent again.
      const there = await ask((client) => client.hasBlob(sha256), { isUpload: true });
      if (!there.ok) return failed(sha256, there.error);
      if (there.value) {
        done(sha256);
        return true;
      }
    }
    const sent = await (size <= SMALLEST_PART ? sendWhole(sha256) : sendPart(sha256, size));
    if (!sent.ok) return failed(sha256, sent.error);
    if (sent.value) done(sha256);
    return true;
  }

  async function run(): Promise<void> {
    // What arrived another way (an answer told it, another visit brought it) leaves its upload behind.
    store.write((tx) => uploadTable.keepOnly(tx, outbox.blobsToUpload(tx)));
    while (line.isUp() && clock.monotonicMs() >= askedToWaitUntilMs) {
      const sha256 = next();
      if (sha256 === undefined || !(await sendOne(sha256))) return;
    }
  }

  return {
    start(): void {
      if (running) return;
      running = run()
        .catch(context.bug('blobs'))
        .finally(() => {
          running = null;
          onRest();
        });
    },
    /** Resolves when nothing is being sent. */
    idle: (): Promise<void> => running ?? Promise.resolve(),
    waitMs: (): number | null => {
      if (running || held.size === 0) return null;
      const next = Math.min(...[...held.values()].map((one) => one.notBeforeMs));
      return Math.max(0, Math.max(next, askedToWaitUntilMs) - clock.monotonicMs());
    },
  };
}
