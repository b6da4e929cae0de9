import { createHash } from 'node:crypto';
import * as outbox from '../store/outbox.ts';
import { blob } from './answers.ts';
import { backOffMs, chanceOf } from './back-off.ts';
import type { CallFailure } from './client.ts';
import type { SyncContext } from './context.ts';

/** Contents wait in memory for a later try; the effects they belong to carry the same time in the store. */
type Held = { failures: number; notBeforeMs: number };

/**
 * Sends the contents the portal misses, one at a time, small before big, beside the other streams. `onComplete` is told when an
 * effect may have all its contents there.
 */
export function createUploads(context: SyncContext, onComplete: () => void) {
  const { store, clock, random, log, line, news, ask } = context;
  const held = new Map<string, Held>();
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

  function done(sha256: string): void {
    held.delete(sha256);
    const at = clock.now().toISOString();
    if (store.write((tx) => outbox.noteUploaded(tx, sha256, at)) > 0) onComplete();
  }

  function postpone(sha256: string, code: string): void {
    const failures = (held.get(sha256)?.failures ?? 0) + 1;
    const wait = backOffMs(failures, chanceOf(random));
    held.set(sha256, { failures, notBeforeMs: clock.monotonicMs() + wait });
    const now = clock.now();
    const nextTryAt = new Date(now.getTime() + wait).toISOString();
    const effects = store.write((tx) => {
      const waiting = outbox.waitingForBlob(tx, sha256);
      for (const { id } of waiting) outbox.markIncomplete(tx, id, now.toISOString(), nextTryAt, { code });
      return waiting;
    });
    log.warn({ call: 'blobs', code, count: failures }, 'a content was not sent');
    tell(effects.map(({ visitId }) => visitId));
  }

  function needsPerson(sha256: string, problem: outbox.Problem): void {
    held.delete(sha256);
    const at = clock.now().toISOString();
    const effects = store.write((tx) => {
      const waiting = outbox.waitingForBlob(tx, sha256);
      for (const { id } of waiting) outbox.markNeedsPerson(tx, id, at, problem);
      return waiting;
    });
    for (const { id } of effects) log.warn({ effect: id, code: problem.code }, 'an effect needs a person');
    tell(effects.map(({ visitId }) => visitId));
  }

  /** False when there is no sense in going on now. */
  function failed(sha256: string, failure: CallFailure): boolean {
    if (failure.kind === 'stopped') return false;
    if (failure.kind === 'refused' && !failure.retryable) {
      needsPerson(sha256, { code: 'effect.refused', params: { code: failure.code } });
      return true;
    }
    postpone(sha256, failure.kind === 'refused' ? 'line.portal-failed' : failure.code);
    return failure.kind === 'refused';
  }

  async function sendOne(sha256: string): Promise<boolean> {
    // The answer to an earlier try may have been lost: what is there is not sent again.
    const there = await ask((client) => client.hasBlob(sha256), { isUpload: true });
    if (!there.ok) return failed(sha256, there.error);
    if (!there.value) {
      const content = await store.blobs.read(sha256);
      if (
        !content.ok &&
        content.error.code !== 'store.blob-missing' &&
        content.error.code !== 'store.blob-damaged'
      ) {
        postpone(sha256, content.error.code);
        return true;
      }
      if (!content.ok || createHash('sha256').update(content.value).digest('hex') !== sha256) {
        needsPerson(sha256, { code: 'effect.blob-lost' });
        return true;
      }
      const bytes = Buffer.from(content.value);
      const sent = await ask((client) => client.putBlob(blob, sha256, bytes), { isUpload: true });
      if (!sent.ok) return failed(sha256, sent.error);
      if (sent.value.sha256 !== sha256 || sent.value.size !== bytes.length)
        return failed(sha256, {
          kind: 'no-answer',
          code: 'line.not-the-portal',
          retryAfterMs: null,
          portalCode: null,
        });
    }
    done(sha256);
    return true;
  }

  async function run(): Promise<void> {
    while (line.isUp()) {
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
        });
    },
    /** Resolves when nothing is being sent. */
    idle: (): Promise<void> => running ?? Promise.resolve(),
    waitMs: (): number | null => {
      if (running || held.size === 0) return null;
      return Math.max(0, Math.min(...[...held.values()].map((one) => one.notBeforeMs)) - clock.monotonicMs());
    },
  };
}
